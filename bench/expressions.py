"""Compiled expressions against the same thing written in Python by hand, unknown values minded in both."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import Any

from bench.figures import Figure, at_least, in_turns, seconds
from genklang.protocol.expressions import Scope, Type, compile_expression

Row = Mapping[str, Any]
NAMES = {
    "old": Type.BOOLEAN,
    "alone": Type.BOOLEAN,
    "age": Type.INTEGER,
    "hours": Type.NUMBER,
    "area": Type.TEXT,
    "opened": Type.INSTANT,
    "closed": Type.INSTANT,
}
ROWS: list[Row] = [
    {
        "old": None if n % 11 == 0 else n % 3 == 0,
        "alone": n % 2 == 0,
        "age": None if n % 7 == 0 else 60 + n % 40,
        "hours": n % 13 / 2,
        "area": "north" if n % 5 else None,
        "opened": n * 1_000_000,
        "closed": None if n % 4 == 0 else n * 1_000_000 + 90_000_000,
    }
    for n in range(500)
]


def both(row: Row) -> Any:
    old, alone = row["old"], row["alone"]
    if old is False or alone is False:
        return False
    return None if old is None or alone is None else True


def between(row: Row) -> Any:
    age = row["age"]
    return None if age is None else 65 <= age <= 75


def ratio(row: Row) -> Any:
    hours, age = row["hours"], row["age"]
    return None if hours is None or age is None or age == 0 else hours * 4 / age


def known_area(row: Row) -> Any:
    area = row["area"]
    return ("elsewhere" if area is None else area) in ("north", "south")


def took(row: Row) -> Any:
    opened, closed = row["opened"], row["closed"]
    return None if opened is None or closed is None else closed - opened > 60_000_000


def banded(row: Row) -> Any:
    age = row["age"]
    if age is not None and age < 76:
        return "65-75"
    return "76-85" if age is not None and age < 86 else "86-95"


PAIRS: dict[str, Callable[[Row], Any]] = {
    "old and alone": both,
    "age between 65 and 75": between,
    "hours * 4 / age": ratio,
    "coalesce(area, 'elsewhere') in ('north', 'south')": known_area,
    "closed - opened > minutes(1)": took,
    "case when age < 76 then '65-75' when age < 86 then '76-85' else '86-95' end": banded,
}


def run(args: argparse.Namespace) -> list[Figure]:
    """One figure an expression, and one for all together."""
    rounds = 40 if args.quick else 200
    figures, ours, theirs = [], 0.0, 0.0
    for text, native in PAIRS.items():
        compiled = compile_expression(text, Scope(NAMES)).python
        assert [compiled(row) for row in ROWS] == [native(row) for row in ROWS], text
        times = in_turns(_timed(compiled, rounds), _timed(native, rounds), runs=5)
        ours, theirs = ours + times[0], theirs + times[1]
        figures.append(at_least(f"expression: {text}", times, 0.6, unit="µs"))
    return [*figures, at_least("expressions, all together", (ours, theirs), 0.6, unit="µs")]


def _timed(work: Callable[[Row], Any], rounds: int) -> Callable[[], float]:
    def all_rows() -> None:
        for _ in range(rounds):
            for row in ROWS:
                work(row)

    return lambda: seconds(all_rows) / rounds / len(ROWS) * 1e6
