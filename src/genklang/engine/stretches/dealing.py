"""Dues that nobody met, and staff dealt with: missed, their alarm resolved, and closed when the next had its turn.

They are taken out of a course, so that what comes after them meets the dues after them.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from genklang.engine.stretches.courses import Course, Dealt, Dues
from genklang.engine.stretches.rows import Rows
from genklang.engine.types import Due

_LOOKED_AT = 4  # dues that may be missed and not yet closed at one and the same time


def without_dealt_with(one: Course, rows: Rows) -> Course:
    """The course without the dues that an event resolves, and that the events after it can no longer meet."""
    if one.dues.counted or not one.rule.alarm or one.rule.task or "resolved" not in rows.names:
        return one
    for row in rows.places([name == "resolved" for name in rows.names]).tolist():
        name = str(rows.data.get(row, {}).get("due", ""))
        number = _missed(one, rows, row, name) if name.startswith(f"{one.rule.name}/") else None
        if number is not None:
            one = _without(one, number, row)
    return one


def _missed(one: Course, rows: Rows, row: int, name: str) -> int | None:
    """The number of a due of this name that is missed when an event resolves it; None where another event meets it."""
    stop = int(one.dues.deadline.searchsorted(rows.limits[row], "right"))
    for number in range(max(stop - _LOOKED_AT, 0), stop):
        due = one.dues.due(number)
        if due is not None and due.id == name:
            met = number < len(one.at) and one.at[number] < one.dues.closes[number]
            last = number + 1 >= len(one.dues.closes)
            return None if met or last else number
    return None


def _without(one: Course, number: int, row: int) -> Course:
    dues = one.dues

    def due(place: int) -> Due | None:
        return dues.due(place if place < number else place + 1)

    left = Dues(
        np.delete(dues.opens, number),
        np.delete(dues.target, number),
        np.delete(dues.deadline, number),
        np.delete(dues.closes, number),
        tuple(np.delete(column, number) for column in dues.reminders),
        due,
    )
    dealt = Dealt(dues.of(number), row, int(dues.closes[number]))
    return replace(one, dues=left, dealt=(*one.dealt, dealt))
