"""Sound tables for every design, and ways to spoil them: the same for the library, the command line and Hypothesis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Table = dict[str, list[Any]]


def people() -> Table:
    """Forty people in eight units and two arms, rated twice, followed for a time, with costs."""
    random = np.random.default_rng(1)
    n = 40
    return {
        "y": [round(float(v), 2) for v in random.normal(10, 3, n)],
        "before": [round(float(v), 2) for v in random.normal(12, 3, n)],
        "t": [(i // 5) % 2 for i in range(n)],
        "unit": [f"u{i // 5}" for i in range(n)],
        "time": [round(float(v), 1) for v in random.exponential(30, n)],
        "event": [int(v) for v in random.random(n) < 0.6],
        "cost": [round(float(v)) for v in random.normal(500, 90, n)],
        "size": [400] * n,
        "got": [(i // 5) % 2 if i % 7 else 0 for i in range(n)],
        "s": ["p" if i % 2 else "q" for i in range(n)],
    }


def course() -> Table:
    """Forty months of counts, a start after twenty."""
    random = np.random.default_rng(2)
    return {
        "y": [int(v) for v in random.poisson(30, 40)],
        "time": [f"{2020 + i // 12}-{1 + i % 12:02d}" for i in range(40)],
        "t": [int(i >= 20) for i in range(40)],
        "e": [100 + i for i in range(40)],
    }


def places(last: int) -> Table:
    """Twelve places over ten years; those before `last` begin, one after another."""
    random = np.random.default_rng(3)
    rows = [(g, year) for g in range(12) for year in range(10)]
    starts = [6 + g % 3 if g < last else None for g in range(12)]
    return {
        "y": [round(float(v), 2) for v in random.normal(10, 2, len(rows))],
        "time": [2010 + year for _, year in rows],
        "place": [f"p{g}" for g, _ in rows],
        "t": [int(starts[g] is not None and year >= (starts[g] or 0)) for g, year in rows],
    }


DESIGNS: dict[str, tuple[Callable[[], Table], dict[str, Any]]] = {
    "randomised": (people, {"outcome": "y", "treatment": "t", "received": "got", "subgroups": ["s"]}),
    "cluster_randomised": (people, {"outcome": "y", "treatment": "t", "cluster": "unit", "subgroups": ["s"]}),
    "survival": (people, {"time": "time", "event": "event", "treatment": "t", "subgroups": ["s"]}),
    "one_group": (people, {"outcome": "y", "target": 9.0}),
    "before_after": (people, {"outcome": "y", "before": "before", "cluster": "unit"}),
    "interrupted_time_series": (course, {"outcome": "y", "time": "time", "treatment": "t"}),
    "interrupted_counts": (course, {"outcome": "y", "time": "time", "treatment": "t", "exposure": "e"}),
    "difference_in_differences": (
        lambda: places(6),
        {"outcome": "y", "time": "time", "group": "place", "treatment": "t"},
    ),
    "lone_adopter": (lambda: places(1), {"outcome": "y", "time": "time", "group": "place", "treatment": "t"}),
    "synthetic_control": (lambda: places(1), {"outcome": "y", "time": "time", "group": "place", "treatment": "t"}),
    "stepped_wedge": (lambda: places(12), {"outcome": "y", "time": "time", "group": "place", "treatment": "t"}),
    "survey": (people, {"outcome": "y", "strata": ["s"], "population": "size", "covariates": ["before"]}),
    "cost_effectiveness": (
        people,
        {"outcome": "y", "cost": "cost", "treatment": "t", "willingness": 100.0, "better": "higher"},
    ),
}
NAMES = {"interrupted_counts": "interrupted_time_series", "lone_adopter": "difference_in_differences"}


def _all(column: str, value: Any) -> Callable[[Table], Table]:
    return lambda table: {**table, column: [value] * len(table[column])} if column in table else table


def _some(column: str, value: Any, every: int = 3) -> Callable[[Table], Table]:
    def spoil(table: Table) -> Table:
        if column not in table:
            return table
        return {**table, column: [value if i % every == 0 else cell for i, cell in enumerate(table[column])]}

    return spoil


def _rows(keep: Callable[[int], bool]) -> Callable[[Table], Table]:
    return lambda table: {name: [cell for i, cell in enumerate(cells) if keep(i)] for name, cells in table.items()}


def _scaled(factor: float) -> Callable[[Table], Table]:
    return lambda table: {**table, "y": [factor * float(cell) for cell in table["y"]]}


def _both(*spoils: Callable[[Table], Table]) -> Callable[[Table], Table]:
    def spoil(table: Table) -> Table:
        for each in spoils:
            table = each(table)
        return table

    return spoil


SPOILS: dict[str, Callable[[Table], Table]] = {
    "sound": lambda table: table,
    "constant outcome": _all("y", 3),
    "outcome all zero": _all("y", 0),
    "outcome missing for all": _all("y", None),
    "outcome missing for some": _some("y", None),
    "outcome in words": _some("y", "många"),
    "outcome NaN": _some("y", float("nan")),
    "outcome infinite": _some("y", float("inf")),
    "outcome boolean": lambda table: {**table, "y": [i % 3 == 0 for i in range(len(table["y"]))]},
    "outcome negative": _scaled(-1),
    "outcome huge": _scaled(1e45),
    "outcome beyond reason": _scaled(1e80),
    "outcome tiny": _scaled(1e-40),
    "one arm": _all("t", 0),
    "all begun": _all("t", 1),
    "three arms": _some("t", 2),
    "treatment missing": _some("t", None),
    "treatment in words": _some("t", "kanske"),
    "treatment never the same": lambda table: {**table, "t": list(range(len(table["t"])))},
    "one cluster an arm": lambda table: (
        {**table, "unit": [f"u{arm}" for arm in table["t"]]} if "unit" in table else table
    ),
    "cluster in both arms": lambda table: {**table, "unit": ["u"] * len(table["unit"])} if "unit" in table else table,
    "cluster missing": _some("unit", None),
    "ten people": _rows(lambda i: i % 4 == 0),
    "two rows": _rows(lambda i: i < 2),
    "one row": _rows(lambda i: i == 0),
    "no rows": _rows(lambda _: False),
    "every row twice": lambda table: {name: cells * 2 for name, cells in table.items()},
    "out of order": lambda table: {name: cells[::-1] for name, cells in table.items()},
    "time missing": _some("time", None),
    "time in words": _some("time", "i våras"),
    "time negative": _some("time", -5),
    "time the same for all": _all("time", 2015),
    "time mixed": _some("time", "2020-02-30"),
    "no events": _all("event", 0),
    "only events": _all("event", 1),
    "event in words": _some("event", "vet ej"),
    "cost negative": _some("cost", -1),
    "cost the same": _all("cost", 5),
    "cost in words": _some("cost", "dyrt"),
    "population zero": _all("size", 0),
    "population too small": _all("size", 3),
    "nobody exposed": _all("e", 0),
    "exposure negative": _some("e", -3),
    "exposure missing": _some("e", None),
    "group missing": _some("place", None),
    "one group": _all("place", "p"),
    "gaps": _rows(lambda i: i % 11 != 3),
    "strata of one": lambda table: {**table, "s": [f"s{i}" for i in range(len(table["s"]))]} if "s" in table else table,
    "huge and words": _both(_scaled(1e45), _some("t", "x")),
}
