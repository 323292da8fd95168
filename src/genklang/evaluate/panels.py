"""Groups followed over the same periods, as one table: rows are groups, columns are periods."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genklang.evaluate.arrays import Bools, Floats, Ints
from genklang.evaluate.columns import (
    TimeUnit,
    categories,
    is_missing,
    label_in,
    numbers,
    positive,
    start_in,
    times,
    yes_no,
)
from genklang.evaluate.problems import Problems, refuse
from genklang.evaluate.request import Request
from genklang.evaluate.texts import Text


@dataclass(frozen=True, kw_only=True)
class Panel:
    """`values` (groups, periods) without gaps, and the column of each group's first period with the practice.

    `first` (groups,) counts columns from 0; the number of periods stands for never. `unit` is the time column's.
    """

    names: tuple[str, ...]
    periods: Floats
    values: Floats
    first: Ints
    unit: TimeUnit
    dropped: tuple[str, ...]  # groups that lack a period
    averaged: bool  # several rows of one group and period were averaged
    weights: Floats | None = None  # (groups,), how much each counts
    clusters: Ints | None = None  # (groups,), what each belongs to

    @property
    def ever(self) -> Bools:
        return self.first < len(self.periods)

    def where(self, kept: Bools) -> Panel:
        return Panel(
            names=tuple(name for name, keep in zip(self.names, kept, strict=True) if keep),
            periods=self.periods,
            values=self.values[kept],
            first=self.first[kept],
            unit=self.unit,
            dropped=self.dropped,
            averaged=self.averaged,
            weights=None if self.weights is None else self.weights[kept],
            clusters=None if self.clusters is None else self.clusters[kept],
        )


def read_panel(request: Request) -> Panel:
    """The panel of `outcome` by `group` and `time`; starts from `first`, `treatment`, or `treated` and `start`.

    Groups that lack a period are left out and named. Raises EvaluationError with all that is wrong.
    """
    problems = Problems()
    outcome, time, group = request.outcome or "", request.time or "", request.group or ""
    values = numbers(outcome, request.columns[outcome], problems)
    moments, unit = times(time, request.columns[time], problems)
    labels = categories(group, request.columns[group], problems, may_miss=False)
    blank = [
        (int(row), Text(sv="tiden saknas.", en="the time is missing.")) for row in np.flatnonzero(np.isnan(moments))
    ]
    problems.add_rows(blank, Text(sv="Fyll i tiden.", en="Fill in the time."), column=time)
    weights = None if request.weight is None else positive(request.weight, request.columns, problems)
    problems.check()
    names, rows = np.unique(np.array(labels), return_inverse=True)
    periods, columns = np.unique(moments, return_inverse=True)
    table, count = _table(values, rows.ravel(), columns.ravel(), (len(names), len(periods)), weights)
    starts = _starts(request, names, rows.ravel(), columns.ravel(), periods, unit)
    whole: Bools = np.asarray(~np.isnan(table).any(axis=1))
    panel = Panel(
        names=tuple(str(name) for name in names),
        periods=periods,
        values=table,
        first=starts,
        unit=unit,
        dropped=tuple(str(name) for name in names[~whole]),
        averaged=bool((count > 1).any()),
        weights=None if weights is None else _per_group(weights, rows.ravel(), len(names)),
        clusters=_clusters(request, rows.ravel(), len(names)),
    ).where(whole)
    if len(panel.names) < 2 or len(periods) < 2:
        raise refuse(
            Text(
                sv="{n} grupper har ett värde i alla {k} perioder; {m} har luckor.",
                en="{n} groups have a value in all {k} periods; {m} have gaps.",
            ).fill(n=len(panel.names), k=len(periods), m=len(panel.dropped)),
            Text(
                sv="Minst två grupper och två perioder behövs: fyll i, eller ta bort perioder där många saknas.",
                en="At least two groups and two periods are needed: fill in, or remove periods that many lack.",
            ),
            column=group,
        )
    return panel


def _table(
    values: Floats, rows: Ints, columns: Ints, shape: tuple[int, int], weights: Floats | None
) -> tuple[Floats, Ints]:
    """Means per group and period, NaN where nothing was measured, and how many rows are behind each."""
    w = np.ones(len(values)) if weights is None else weights
    known = ~np.isnan(values) & ~np.isnan(w)
    place = (rows * shape[1] + columns)[known]
    count = np.bincount(place, minlength=shape[0] * shape[1])
    total = np.bincount(place, weights=w[known], minlength=shape[0] * shape[1])
    sums = np.bincount(place, weights=(values * w)[known], minlength=shape[0] * shape[1])
    with np.errstate(invalid="ignore"):
        return (sums / total).reshape(shape), count.reshape(shape)


def _per_group(weights: Floats, rows: Ints, groups: int) -> Floats:
    """Each group's weight: the mean of its rows'. A group without one gets none, and is dropped for its gap."""
    known = ~np.isnan(weights)
    sums = np.bincount(rows[known], weights=weights[known], minlength=groups)
    return np.asarray(sums / np.maximum(1, np.bincount(rows[known], minlength=groups)), dtype=np.float64)


def _clusters(request: Request, rows: Ints, groups: int) -> Ints | None:
    """What each group belongs to, the same in all its rows."""
    if request.cluster is None:
        return None
    problems = Problems()
    labels = categories(request.cluster, request.columns[request.cluster], problems, may_miss=False)
    problems.check()
    codes = np.unique(np.array(labels), return_inverse=True)[1].astype(np.int64).ravel()
    found = np.full(groups, -1, dtype=np.int64)
    found[rows] = codes
    if np.any(found[rows] != codes):
        raise refuse(
            Text(sv="en grupp hör till flera kluster.", en="a group belongs to several clusters."),
            Text(sv="Skriv samma kluster på gruppens alla rader.", en="Write the same cluster in all of its rows."),
            column=request.cluster,
        )
    return found


def _starts(request: Request, names: Ints, rows: Ints, columns: Ints, periods: Floats, unit: TimeUnit) -> Ints:
    problems = Problems()
    if request.first is not None:
        starts = _from_first(request, len(names), rows, periods, unit, problems)
    elif request.treatment is not None:
        starts = _from_treatment(request, len(names), rows, columns, len(periods), problems)
    else:
        starts = _from_one(request, names, periods, unit, problems)
    problems.check()
    return starts


def _from_first(request: Request, groups: int, rows: Ints, periods: Floats, unit: TimeUnit, problems: Problems) -> Ints:
    """A column with the first period of each group, the same in all its rows; empty, 0 or "never" for never."""
    starts = np.full(groups, -1, dtype=np.int64)
    name = request.first or ""
    wrong = Text(sv="{cell} är ingen tid som de andra.", en="{cell} is no time like the others.")
    bad: list[tuple[int, Text]] = []
    for row, cell in enumerate(request.columns[name]):
        start = _place(cell, periods, unit)
        if start is None:
            bad.append((row, wrong.fill(cell=f'"{cell}"')))
        elif starts[rows[row]] not in (-1, start):
            bad.append((row, Text(sv="gruppen har två starter.", en="the group has two starts.")))
        else:
            starts[rows[row]] = start
    instead = Text(sv="Skriv gruppens första period, eller inget.", en="Write the group's first period, or nothing.")
    problems.add_rows(bad, instead, column=name)
    return starts


def _place(cell: object, periods: Floats, unit: TimeUnit) -> int | None:
    """The column of a start; the number of periods for never, None for what is no time."""
    if is_missing(cell) or label_in(cell).casefold() in {"0", "inf", "never", "aldrig"}:
        return len(periods)
    start = start_in(cell, unit)
    return None if start is None else int(np.searchsorted(periods, start))


def _from_treatment(request: Request, groups: int, rows: Ints, columns: Ints, periods: int, problems: Problems) -> Ints:
    """0 before and 1 from the start on, in each group."""
    name = request.treatment or ""
    cells = [yes_no(cell) for cell in request.columns[name]]
    bad = [(row, Text(sv="är varken 0 eller 1.", en="is neither 0 nor 1.")) for row, v in enumerate(cells) if v is None]
    problems.add_rows(bad, Text(sv="Skriv 0 före och 1 efter.", en="Write 0 before and 1 after."), column=name)
    problems.check()
    given = np.array(cells, dtype=np.float64) > 0
    starts = np.full(groups, periods, dtype=np.int64)
    np.minimum.at(starts, rows[given], columns[given])
    ended = int((~given & (columns >= starts[rows])).sum())
    if ended:
        problems.add(
            Text(sv="arbetssättet slutar i {n} rader.", en="the practice ends in {n} rows.").fill(n=ended),
            Text(sv="Designen kräver att den som börjat fortsätter.", en="The design needs that who began goes on."),
            column=name,
        )
    return starts


def _from_one(request: Request, names: Ints, periods: Floats, unit: TimeUnit, problems: Problems) -> Ints:
    """One group named with `treated`, from `start` on."""
    starts = np.full(len(names), len(periods), dtype=np.int64)
    place = None if request.start is None else _place(request.start, periods, unit)
    if request.treated not in names or place is None:
        problems.add(
            Text(
                sv="vem som fick arbetssättet och när är inte angivet.",
                en="who got the practice, and when, is not given.",
            ),
            Text(
                sv='Ange first="…", treatment="…", eller treated="Umeå" och start="2019".',
                en='Give first="…", treatment="…", or treated="Umeå" and start="2019".',
            ),
        )
        return starts
    starts[np.flatnonzero(names == request.treated)] = place
    return starts
