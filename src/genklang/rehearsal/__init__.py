"""Simulated participants in virtual time, on the real engine. Pure: the same seed gives the same bytes.

problems.py     what is wrong with what was asked for
script.py       a protocol's `rehearsal` block compiled: what simulated people do, and with what chance
staff.py        how soon simulated staff answer alarms and tasks (the language has no words for it)
participant.py  one participant's life, step by step
running.py      many participants: `rehearse`
live.py         simulated participants in real time, for a demonstration
forecast.py     what to expect, with intervals: `expect`
"""
