"""Reading a series: one measurement a period, when the practice began, and other series to compare with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from genklang.evaluate.arrays import Bools, Floats
from genklang.evaluate.columns import TimeUnit, categories, numbers, positive, start_in, times, yes_no
from genklang.evaluate.problems import Problems, refuse
from genklang.evaluate.request import Request
from genklang.evaluate.texts import Text


@dataclass(frozen=True, kw_only=True)
class Line:
    """One series: `values` (n,) and what was `exposed` (n,) at whole, increasing `periods` (n,)."""

    values: Floats
    exposed: Floats
    periods: Floats


@dataclass(frozen=True, kw_only=True)
class Course:
    """The series asked about, the `other` (several are one: added up as counts, else averaged), and the start."""

    own: Line
    other: Line | None
    others: int
    start: float
    unit: TimeUnit
    was_sorted: bool
    missing: int
    gaps: int


def read_course(request: Request, *, is_count: bool) -> Course:
    """The series of `outcome` by `time`; with `group` and `treated`, all other groups are compared with.

    Raises EvaluationError with all that is wrong.
    """
    problems = Problems()
    outcome, time = request.outcome or "", request.time or ""
    values = numbers(outcome, request.columns[outcome], problems)
    moments, unit = times(time, request.columns[time], problems)
    exposed = _exposed(request, problems)
    _check_times(moments, time, problems)
    if is_count:
        _check_counts(values, outcome, problems)
    inside = _own(request, problems)
    start = _start(request, moments, unit, inside, problems)
    problems.check()
    known = ~np.isnan(values) & ~np.isnan(exposed)
    if not (known & inside).any():
        raise refuse(
            Text(sv="det finns inga mätningar.", en="there are no measurements."),
            Text(sv="Fyll i utfallet.", en="Fill in the outcome."),
            column=outcome,
        )
    first, step = _periods(moments[known & inside], time)
    own = _line(values, exposed, moments, known & inside, first, step)
    other = _others(values, exposed, moments, known & ~inside, (first, step), is_count=is_count)
    return Course(
        own=own,
        other=other,
        others=_count(request, ~inside),
        start=float(np.ceil((start - first) / step - 1e-6)),
        unit=unit,
        was_sorted=bool(np.any(np.diff(moments[known & inside]) < 0)),
        missing=int((inside & ~known).sum()),
        gaps=int((np.diff(own.periods) > 1).sum()),
    )


def _exposed(request: Request, problems: Problems) -> Floats:
    """What is exposed in each row: one where nothing is said."""
    if request.exposure is None:
        return np.ones(request.size)
    return positive(request.exposure, request.columns, problems)


def _check_counts(values: Floats, column: str, problems: Problems) -> None:
    wrong = Text(sv="ett antal kan inte vara {v}.", en="a count cannot be {v}.")
    bad = [(int(row), wrong.fill(v=f"{values[row]:g}")) for row in np.flatnonzero(values < 0)]
    problems.add_rows(bad, Text(sv="Skriv ett tal från 0 och uppåt.", en="Write a number, 0 or above."), column=column)


def _check_times(moments: Floats, column: str, problems: Problems) -> None:
    if problems.found:
        return
    missing = Text(sv="tiden saknas.", en="the time is missing.")
    instead = Text(sv="Skriv en tid på varje rad.", en="Write a time in every row.")
    problems.add_rows([(int(row), missing) for row in np.flatnonzero(np.isnan(moments))], instead, column=column)


def _own(request: Request, problems: Problems) -> Bools:
    """The rows of the group asked about; all, where no group is named."""
    if request.group is None:
        return np.ones(request.size, dtype=np.bool_)
    labels = categories(request.group, request.columns[request.group], problems, may_miss=False)
    inside = np.array([label == request.treated for label in labels], dtype=np.bool_)
    if request.treated is None or not inside.any():
        found = sorted({label for label in labels if label is not None})
        problems.add(
            Text(sv="det framgår inte vilken grupp som började.", en="nothing tells which group began."),
            Text(
                sv='Namnge den med treated="…" (--treated …), en av: {found}.',
                en='Name it with treated="…" (--treated …), one of: {found}.',
            ).fill(found=", ".join(found[:12])),
            column=request.group,
        )
    return inside


def _count(request: Request, others: Bools) -> int:
    cells = () if request.group is None else request.columns[request.group]
    return len({str(cell) for cell, is_other in zip(cells, others, strict=False) if is_other})


def _start(request: Request, moments: Floats, unit: TimeUnit, inside: Bools, problems: Problems) -> float:
    """When the practice began: as told, or the first time that the treatment column says yes."""
    if request.start is not None:
        start = start_in(request.start, unit)
        if start is None:
            problems.add(
                Text(
                    sv="starten är skriven på annat sätt än tiderna ({s}).",
                    en="the start is written otherwise than the times ({s}).",
                ).fill(s=f'"{request.start}"'),
                Text(
                    sv='Skriv den som i kolumnen, till exempel "2026-03".',
                    en='Write it as in the column, for example "2026-03".',
                ),
            )
        return start or 0.0
    if request.treatment is None:
        problems.add(
            Text(sv="det framgår inte när arbetssättet började.", en="nothing tells when the practice began."),
            Text(
                sv="Ange start (--start 2026-03), eller en kolumn med 0 före och 1 efter (--treatment).",
                en="Give start (--start 2026-03), or a column with 0 before and 1 after (--treatment).",
            ),
        )
        return 0.0
    return _start_of_phase(request.treatment, request.columns[request.treatment], moments, inside, problems)


def _start_of_phase(column: str, cells: Sequence[object], moments: Floats, inside: Bools, problems: Problems) -> float:
    phases = np.array([np.nan if (phase := yes_no(cell)) is None else phase for cell in cells])[inside]
    own = moments[inside]
    order = np.argsort(own, kind="stable")
    if np.isnan(phases).any() or np.any(np.diff(phases[order]) < 0) or not phases.any():
        problems.add(
            Text(
                sv="kolumnen är inte 0 före och 1 efter starten.",
                en="the column is not 0 before and 1 after the start.",
            ),
            Text(
                sv="Skriv 0 på varje rad före starten och 1 på varje efter.",
                en="Write 0 in each row before the start and 1 after.",
            ),
            column=column,
        )
        return 0.0
    return float(own[phases == 1].min())


def _periods(moments: Floats, column: str) -> tuple[float, float]:
    """The first moment, and the shortest step between two, which is one period. Refuses uneven steps."""
    ordered = np.sort(moments)
    steps = np.diff(ordered)
    step = float(steps[steps > 0].min()) if np.any(steps > 0) else 1.0
    exact = (ordered - ordered[0]) / step
    if np.any(np.abs(exact - np.round(exact)) > 0.01):
        raise refuse(
            Text(
                sv="mätningarna kommer inte med jämna mellanrum.", en="the measurements do not come at even intervals."
            ),
            Text(sv="Räkna ihop dem per vecka eller månad först.", en="Add them up per week or month first."),
            column=column,
        )
    return float(ordered[0]), step


def _line(values: Floats, exposed: Floats, moments: Floats, rows: Bools, first: float, step: float) -> Line:
    order = np.argsort(moments[rows], kind="stable")
    periods = np.round((moments[rows][order] - first) / step)
    return Line(values=values[rows][order], exposed=exposed[rows][order], periods=periods)


def _others(
    values: Floats, exposed: Floats, moments: Floats, rows: Bools, scale: tuple[float, float], *, is_count: bool
) -> Line | None:
    """The others as one series: counts and what was exposed added up, numbers averaged."""
    if not rows.any():
        return None
    first, step = scale
    periods, place, size = np.unique(np.round((moments[rows] - first) / step), return_inverse=True, return_counts=True)
    sums = np.bincount(place.ravel(), weights=values[rows])
    at_risk = np.bincount(place.ravel(), weights=exposed[rows])
    return Line(
        values=(sums if is_count else sums / size).astype(np.float64),
        exposed=at_risk.astype(np.float64),
        periods=periods,
    )
