"""Typed tree to SQL for DuckDB, PostgreSQL, SQLite and Spark: the same value in each, and as in Python.

Where the databases differ (division by zero, halves, signs, texts by alphabet, what overflows) the text spells out what
is meant. Columns are quoted; booleans are booleans, in SQLite 0 and 1. SQLite has no median: register one to use it.
Spark reads it with the settings of SPARK_SETTINGS; there a sum of numbers is folded over a sorted list, since its own
adds in whatever order the parts arrive.
"""

from collections.abc import Callable
from typing import Literal, get_args

from genklang.protocol.expressions.calls import AGGREGATES, ORDERED_AGGREGATES
from genklang.protocol.expressions.nodes import LISTS, Node, Type
from genklang.protocol.expressions.values import CAPITALS, LARGEST_EXPONENT, LARGEST_WHOLE, SMALL, SMALLEST_EXPONENT

Dialect = Literal["duckdb", "postgres", "sqlite", "spark"]
# DuckDB 2.0 cannot plan `t <> CASE WHEN i = 0 THEN '' END` over a single row where it knows that one side is NULL.
# Whoever opens a connection runs this first; what is lost is some pruning.
DUCKDB_SETTING = "SET disabled_optimizers = 'statistics_propagation'"
# ANSI: overflow is an error, as elsewhere, and a name in double quotes is a name.
SPARK_SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
    "spark.sql.session.timeZone": "UTC",
}
DIALECTS: tuple[Dialect, ...] = get_args(Dialect)

_NUMBER = {"duckdb": "DOUBLE", "postgres": "DOUBLE PRECISION", "sqlite": "REAL", "spark": "DOUBLE"}
_TEXT = {"duckdb": "TEXT", "postgres": "TEXT", "sqlite": "TEXT", "spark": "STRING"}
_INFIX = {
    "add": "+",
    "subtract": "-",
    "multiply": "*",
    "concat": "||",
    "eq": "=",
    "ne": "<>",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "and": "AND",
    "or": "OR",
}
_ARITHMETIC = frozenset({"add", "subtract", "multiply"})
_ORDERING = frozenset({"lt", "le", "gt", "ge"})


class NotInSql(ValueError):
    """The expression is one that only Python can compute: it draws at random, holds a list, or looks up in a table."""


def quoted_column(name: str) -> str:
    """Return a column's name in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def to_sql(node: Node, dialect: Dialect, *, column: Callable[[str], str] = quoted_column) -> str:
    """Return the expression in a dialect; `column` writes a column's name. Raises NotInSql."""
    return _Printer(dialect, column).sql(node)


class _Printer:
    """Prints a tree, everything in parentheses, so that no database's precedence matters."""

    def __init__(self, dialect: Dialect, column: Callable[[str], str]) -> None:
        self.dialect = dialect
        self.column = column
        self.number = _NUMBER[dialect]

    def sql(self, node: Node) -> str:
        """Return the text of a node."""
        if node.op in AGGREGATES:
            return self.aggregate(node)
        if node.op in _INFIX:
            return self.infix(node)
        printer: Callable[[Node], str] | None = getattr(self, f"sql_{node.op}", None)
        if node.op in ("lookup", "lookup_sum", "how_many"):
            raise NotInSql(f"{node.op} is for proposals, which are worked out one at a time and never in a database")
        if printer is None:
            raise NotInSql(f"{node.op} is drawn at random, which no database does the same way")
        return printer(node)

    def args(self, node: Node) -> list[str]:
        return [self.sql(arg) for arg in node.args]

    def infix(self, node: Node) -> str:
        if node.op == "multiply" and node.type is Type.DURATION and Type.NUMBER in (arg.type for arg in node.args):
            return self.whole(f"({' * '.join(self.args(node))})")
        if node.op in _ARITHMETIC:
            parts = [self.wide(arg) for arg in node.args]
        elif node.op in _ORDERING:
            parts = [self.ordered(arg) for arg in node.args]
        else:
            parts = self.args(node)
        return f"({f' {_INFIX[node.op]} '.join(parts)})"

    def wide(self, node: Node) -> str:
        """Return the text of a node; a whole number written out is 64 bits wide, so that sums do not overflow 32."""
        text = self.sql(node)
        return f"CAST({text} AS BIGINT)" if node.op == "literal" and node.type is Type.INTEGER else text

    def ordered(self, node: Node) -> str:
        """Return the text of a node; texts are ordered by code point in every database."""
        collated = self.dialect == "postgres" and node.type in (Type.TEXT, Type.DATE)
        return f'({self.sql(node)} COLLATE "C")' if collated else self.sql(node)

    def real(self, node: Node) -> str:
        text = self.sql(node)
        return text if node.op == "literal" and node.type is Type.NUMBER else f"CAST({text} AS {self.number})"

    def sql_literal(self, node: Node) -> str:
        if node.type in LISTS:
            raise NotInSql(f"A list of {node.type} has no form in SQL")
        if node.value is None:
            return self.null(node.type)
        if isinstance(node.value, str):
            return self.text(node.value)
        if isinstance(node.value, bool):
            return str(node.value).upper()
        if node.type is Type.NUMBER:
            return f"CAST({node.value!r} AS {self.number})"
        return str(node.value) if node.value >= 0 else f"({node.value})"

    def text(self, words: str) -> str:
        if self.dialect == "spark":  # a backslash escapes there, and two quotes are two
            return "'" + words.replace("\\", "\\\\").replace("'", "\\'") + "'"
        return "'" + words.replace("'", "''") + "'"

    def null(self, kind: Type) -> str:
        if kind is Type.NULL:
            return "NULL"
        text = _TEXT[self.dialect]
        types = {Type.NUMBER: self.number, Type.BOOLEAN: "BOOLEAN", Type.TEXT: text, Type.DATE: text}
        return f"CAST(NULL AS {types.get(kind, 'BIGINT')})"

    def sql_name(self, node: Node) -> str:
        return self.column(node.value)

    def sql_not(self, node: Node) -> str:
        return f"(NOT {self.sql(node.args[0])})"

    def sql_is_null(self, node: Node) -> str:
        return f"({self.sql(node.args[0])} IS NULL)"

    def sql_is_not_null(self, node: Node) -> str:
        return f"({self.sql(node.args[0])} IS NOT NULL)"

    def sql_in(self, node: Node) -> str:
        first, *items = self.args(node)
        return f"({first} IN ({', '.join(items)}))"

    def sql_between(self, node: Node) -> str:
        value, low, high = (self.ordered(arg) for arg in node.args)
        return f"({value} BETWEEN {low} AND {high})"

    def sql_case(self, node: Node) -> str:
        return self.branches("CASE", self.args(node))

    def sql_switch(self, node: Node) -> str:
        subject, *rest = self.args(node)
        return self.branches(f"CASE {subject}", rest)

    @staticmethod
    def branches(start: str, parts: list[str]) -> str:
        pairs = zip(parts[:-1:2], parts[1:-1:2], strict=True)
        return f"({start} {' '.join(f'WHEN {when} THEN {then}' for when, then in pairs)} ELSE {parts[-1]} END)"

    def sql_negative(self, node: Node) -> str:
        return f"(- {self.sql(node.args[0])})"

    def sql_divide(self, node: Node) -> str:
        above, below = (self.real(arg) for arg in node.args)
        quotient = f"({above} / NULLIF({below}, 0))"
        return self.whole(quotient) if node.type is Type.DURATION else quotient

    def sql_modulo(self, node: Node) -> str:
        above, below = (self.wide(arg) for arg in node.args)
        return f"({above} % NULLIF({below}, 0))"

    def sql_coalesce(self, node: Node) -> str:
        args = self.args(node)
        return f"COALESCE({', '.join(args)})" if len(args) > 1 else args[0]

    def sql_nullif(self, node: Node) -> str:
        return f"NULLIF({', '.join(self.args(node))})"

    def sql_least(self, node: Node) -> str:
        return self.extreme(node, "LEAST", "MIN")

    def sql_greatest(self, node: Node) -> str:
        return self.extreme(node, "GREATEST", "MAX")

    def extreme(self, node: Node, name: str, in_sqlite: str) -> str:
        """Return the extreme of what is known; in SQLite each stands in for the next."""
        parts = [self.ordered(arg) for arg in node.args]
        if self.dialect != "sqlite":
            return f"{name}({', '.join(parts)})"
        turned = [f"COALESCE({', '.join(parts[start:] + parts[:start])})" for start in range(len(parts))]
        return f"{in_sqlite}({', '.join(turned)})"

    def sql_same(self, node: Node) -> str:
        return self.sql(node.args[0])

    def sql_abs(self, node: Node) -> str:
        return f"ABS({self.wide(node.args[0])})"

    def sql_round(self, node: Node) -> str:
        return self.whole(self.sql(node.args[0]))

    def whole(self, number: str) -> str:
        return f"CAST({self.half_away(number)} AS BIGINT)"

    def half_away(self, number: str) -> str:
        if self.dialect == "spark":  # its TRUNC is of dates, and a bare 0.5 a decimal
            half = f"(ABS({self.bounded(number)}) + CAST(0.5 AS DOUBLE))"
            return f"(SIGN({number}) * CAST(FLOOR({half}) AS DOUBLE))"
        return f"TRUNC({self.bounded(number)} + 0.5 * SIGN({number}))"

    @staticmethod
    def bounded(number: str) -> str:
        return f"CASE WHEN ABS({number}) < {LARGEST_WHOLE:.1e} THEN {number} END"

    def sql_round_to(self, node: Node) -> str:
        power = f"CAST({node.value} AS {self.number})"
        return f"({self.half_away(f'({self.real(node.args[0])} * {power})')} / {power})"

    def sql_floor(self, node: Node) -> str:
        return f"CAST(FLOOR({self.bounded(self.sql(node.args[0]))}) AS BIGINT)"

    def sql_ceil(self, node: Node) -> str:
        return f"CAST(CEIL({self.bounded(self.sql(node.args[0]))}) AS BIGINT)"

    def sql_exp(self, node: Node) -> str:
        number, greatest = self.real(node.args[0]), "MAX" if self.dialect == "sqlite" else "GREATEST"
        floor = f"CAST({SMALLEST_EXPONENT} AS {self.number})"
        return f"EXP(CASE WHEN {number} <= {LARGEST_EXPONENT} THEN {greatest}({number}, {floor}) END)"

    def sql_ln(self, node: Node) -> str:
        number = self.real(node.args[0])
        return f"LN(CASE WHEN {number} > 0 THEN {number} END)"

    def sql_power(self, node: Node) -> str:
        base, exponent = (self.real(arg) for arg in node.args)
        size = f"ABS({exponent} * LN(NULLIF(ABS({base}), 0)))"
        real = f"({base} > 0 OR {exponent} = FLOOR({exponent}))"
        fits = f"({base} = 0 AND {exponent} >= 0) OR ({real} AND {size} <= {-SMALLEST_EXPONENT})"
        return f"POWER(CASE WHEN {fits} THEN {base} END, {exponent})"

    def sql_lower(self, node: Node) -> str:
        return self.translated(self.sql(node.args[0]), CAPITALS, SMALL)

    def sql_upper(self, node: Node) -> str:
        return self.translated(self.sql(node.args[0]), SMALL, CAPITALS)

    def translated(self, text: str, letters: str, others: str) -> str:
        if self.dialect != "sqlite":
            return f"TRANSLATE({text}, '{letters}', '{others}')"
        text = f"{'LOWER' if letters == CAPITALS else 'UPPER'}({text})"
        for letter, other in zip(letters[26:], others[26:], strict=True):
            text = f"REPLACE({text}, '{letter}', '{other}')"
        return text

    def sql_length(self, node: Node) -> str:
        return f"CAST(LENGTH({self.sql(node.args[0])}) AS BIGINT)"

    def sql_contains(self, node: Node) -> str:
        text, part = self.args(node)
        return f"({'INSTR' if self.dialect in ('sqlite', 'spark') else 'STRPOS'}({text}, {part}) > 0)"

    def sql_duration(self, node: Node) -> str:
        if node.args[0].type is Type.INTEGER:
            return f"({self.wide(node.args[0])} * CAST({node.value} AS BIGINT))"
        return self.whole(f"({self.real(node.args[0])} * {node.value})")

    def sql_dates_between(self, node: Node) -> str:
        one, other = self.args(node)
        if self.dialect == "duckdb":
            return f"DATE_DIFF('day', CAST({one} AS DATE), CAST({other} AS DATE))"
        if self.dialect == "postgres":
            return f"CAST(CAST({other} AS DATE) - CAST({one} AS DATE) AS BIGINT)"
        if self.dialect == "spark":
            return f"CAST(DATEDIFF(CAST({other} AS DATE), CAST({one} AS DATE)) AS BIGINT)"
        return f"CAST(ROUND(JULIANDAY({other}) - JULIANDAY({one})) AS BIGINT)"

    def sql_instants_between(self, node: Node) -> str:
        one, other = self.args(node)
        return f"(CAST({other} - {one} AS {self.number}) / 86400000000)"

    def aggregate(self, node: Node) -> str:
        if node.op in ORDERED_AGGREGATES:
            raise NotInSql(f"{node.op} is for signals, whose rows are in order of time")
        where = f" FILTER (WHERE {self.sql(node.condition)})" if node.condition else ""
        if node.op == "count_all":
            return f"COUNT(*){where}"
        arg = node.args[0]
        if node.op in ("count", "count_distinct"):
            return f"COUNT({'DISTINCT ' if node.op == 'count_distinct' else ''}{self.sql(arg)}){where}"
        if self.dialect == "spark" and Type.NUMBER in (arg.type, node.type) and node.op in ("sum", "avg"):
            return self.folded(node, where)
        if node.op == "sum":
            total = f"SUM({self.in_order(self.counted(arg), arg.type)}){where}"
            return total if node.type is Type.NUMBER else f"CAST({total} AS BIGINT)"
        if node.op in ("min", "max"):
            return f"{self.extreme_name(node.op, arg.type)}({self.ordered(arg)}){where}"
        number = f"CAST({self.counted(arg)} AS {self.number})"
        if node.op == "median" and self.dialect in ("postgres", "spark"):
            lower, upper = (
                f"PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY {number}{way}){where}" for way in ("", " DESC")
            )
            return f"(({lower} + {upper}) / 2)"
        if node.op == "median" and self.dialect == "duckdb":  # its own lies half the distance above the lower one
            lower, higher = (f"QUANTILE_DISC({sign}{number}, 0.5){where}" for sign in ("", "-"))
            return f"(({lower} - {higher}) / 2)"
        return f"{node.op.upper()}({self.in_order(number, arg.type) if node.op == 'avg' else number}){where}"

    def folded(self, node: Node, where: str) -> str:
        """Return the text of a sum or mean in Spark: numbers gathered, sorted and added one after the other."""
        number = f"CAST({self.counted(node.args[0])} AS DOUBLE)"
        total = f"AGGREGATE(ARRAY_SORT(COLLECT_LIST({number}){where}), CAST(0 AS DOUBLE), (total, one) -> total + one)"
        count = f"NULLIF(COUNT({number}){where}, 0)"
        return f"({total} / {count})" if node.op == "avg" else f"CASE WHEN {count} IS NOT NULL THEN {total} END"

    def in_order(self, text: str, kind: Type) -> str:
        """Return the text of an aggregate's argument; numbers are added in order of size, for the same last digit."""
        return f"{text} ORDER BY {text}" if kind is Type.NUMBER and self.dialect != "sqlite" else text

    def counted(self, node: Node) -> str:
        """Return the text of what is added up: booleans as 1 and 0."""
        return f"CAST({self.sql(node)} AS INTEGER)" if node.type is Type.BOOLEAN else self.sql(node)

    def extreme_name(self, op: str, kind: Type) -> str:
        if self.dialect == "postgres" and kind is Type.BOOLEAN:
            return "BOOL_AND" if op == "min" else "BOOL_OR"
        return op.upper()
