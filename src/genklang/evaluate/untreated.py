"""Rows that do not say which arm somebody was in: left out where that is asked for, counted, and told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from genklang.evaluate.columns import Columns, is_missing
from genklang.evaluate.findings import Finding, Flow, Loss
from genklang.evaluate.flags import said
from genklang.evaluate.problems import Problem
from genklang.evaluate.texts import Text

REASON = Text(sv="uppgift om grupp saknas", en="no arm is given")


def rows_with_an_arm(columns: Columns, treatment: str) -> list[int]:
    """The places of the rows that say which arm."""
    return [row for row, cell in enumerate(columns[treatment]) if not is_missing(cell)]


def only(columns: Columns, rows: Sequence[int]) -> Columns:
    """The same columns with those rows alone."""
    return {name: [cells[row] for row in rows] for name, cells in columns.items()}


def where_they_were(problems: Sequence[Problem], rows: Sequence[int]) -> list[Problem]:
    """Problems of the rows that were kept, at their places in the whole table."""
    return [each if each.row is None else replace(each, row=rows[each.row]) for each in problems]


def told(finding: Finding, left_out: int) -> Finding:
    """The finding with those left out counted in the flow, and a flag first of all."""
    if left_out == 0:
        return finding
    flow = finding.flow or Flow()
    flag = said(
        "treatment_missing",
        sv="{n} rader säger inte vilken grupp personen lottades till, och är inte med: är de många, eller är det inte "
        "slumpen som valt dem, kan jämförelsen halta.",
        en="{n} rows do not say which arm the lot gave, and are not in it: if they are many, or were not chosen by "
        "chance, the comparison may be unfair.",
        n=left_out,
    )
    left = (*flow.left_before, Loss(reason=REASON, n=left_out))
    return replace(finding, flow=replace(flow, left_before=left), flags=(flag, *finding.flags))
