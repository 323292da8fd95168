"""Indicators: aggregates over outcome facts, events and enrolments, as SQL on DuckDB or PostgreSQL, and what follows
from them.

tables.py      what there is to measure: columns, and tables made from participants' logs
sql.py         an indicator as one SQL statement
engines.py     running it: on handed-in tables, or inside a database that has its own
values.py      one value per period and group; what is too small to leave the organisation
partials.py    the same per participant, for resampling
economy.py     quantities times prices
study.py       one row per participant for evaluating; series before and after
"""
