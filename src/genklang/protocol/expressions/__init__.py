"""Expressions: SQL's expression syntax in a typed subset of our own, run in Python and printed for SQL databases.

    expression = compile_expression("avg(met) filter (where minutes_late > 5)", scope)
    expression.aggregate(rows)      # in Python
    expression.sql("duckdb")        # the same value, in a database

Values: booleans; whole numbers (64 bits); numbers (64-bit floats); texts; dates as ISO text ("2026-03-29"); instants
and durations as whole microseconds, in tables too (BIGINT); times as a tuple of "HH:MM" (Python only). None and NULL
are unknown, with SQL's three-valued logic. What cannot be computed (division by zero, ln(0)) is unknown, no error.
"""

from genklang.protocol.expressions.expression import Expression, compile_expression
from genklang.protocol.expressions.nodes import ExpressionError, ExpressionProblem, Scope, TableShape, Type

__all__ = ["Expression", "ExpressionError", "ExpressionProblem", "Scope", "TableShape", "Type", "compile_expression"]
