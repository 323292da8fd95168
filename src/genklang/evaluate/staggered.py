"""Difference-in-differences when groups begin at different times: each cohort against groups still without.

Two-way fixed effects would use those who began early as controls for those who began late, and may turn the sign
(Goodman-Bacon 2021). Here every cohort and period has its own effect first, and they are averaged after
(Callaway & Sant'Anna 2021, J Econometrics 225:200-230).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from genklang.evaluate.arrays import Bools, Floats, Ints, t_p, t_quantile
from genklang.evaluate.findings import Estimate, Test
from genklang.evaluate.methods import GROUP_TIME
from genklang.evaluate.problems import refuse
from genklang.evaluate.request import Controls
from genklang.evaluate.texts import Text

_MOST_BEFORE = 5  # periods before the start that are tested: the nearest say most
AVERAGE = Text(sv="genomsnittlig effekt hos dem som fick arbetssättet", en="average effect on those with the practice")
SINCE = Text(sv="{k} perioder efter starten", en="{k} periods after the start")


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cohort's effect in one period, against the period before it began; `influence` (groups,) of each group."""

    cohort: int
    period: int
    value: float
    treated: int
    controls: int
    influence: Floats

    @property
    def since(self) -> int:
        """Periods since the start; below zero before it."""
        return self.period - self.cohort


@dataclass(frozen=True, kw_only=True)
class Staggered:
    """The average effect, the effect by periods since the start, and whether they went apart before it."""

    average: Estimate
    by_time: tuple[tuple[int, Estimate], ...]
    before: Test | None
    cells: tuple[Cell, ...]


def staggered_differences(
    values: Floats, first: Ints, *, controls: Controls = "never", confidence: float = 0.95
) -> Staggered:
    """Effects from `values` (groups, periods) and each group's `first` period (number of periods for never).

    `controls`: groups that never begin, or also those that have not yet begun. Errors come from the influence of each
    group (clustered by group, so that what a group is like over time does not matter), with t(groups - 1).
    Raises EvaluationError when nobody begins within the periods, nobody is left to compare with, or nothing varies.
    """
    cells = _with_lone(_cells(values, first, controls), first)
    if not any(cell.since >= 0 for cell in cells):
        raise refuse(
            Text(sv="ingen börjar så att före och efter kan jämföras.", en="nobody begins with a before and an after."),
            Text(
                sv='Minst en grupp behöver börja efter första perioden, och någon vara utan ("not_yet" eller "never").',
                en='At least one group must begin after the first period, and one be without ("not_yet" or "never").',
            ),
        )
    n = len(values)
    if int(((first > 0) & (first < values.shape[1])).sum()) < 2:
        raise refuse(
            Text(sv="bara en grupp började.", en="only one group began."),
            Text(sv='Använd design "synthetic_control".', en='Use design "synthetic_control".'),
        )
    average = _average(cells, first, confidence)
    found = [
        (since, _since([cell for cell in cells if cell.since == since], first, since, confidence))
        for since in sorted({cell.since for cell in cells if cell.since != -1})
    ]
    by_time = tuple((since, estimate) for since, estimate in found if estimate is not None)
    return Staggered(average=average, by_time=by_time, before=_before(cells, first, n), cells=tuple(cells))


def _cells(values: Floats, first: Ints, controls: Controls) -> list[Cell]:
    count = values.shape[1]
    cells = []
    for cohort in sorted({int(start) for start in first if 0 < start < count}):
        for period in range(count):
            if period == cohort - 1:
                continue
            without = first == count
            if controls == "not_yet":
                without = first > max(period, cohort - 1)
            inside: Bools = first == cohort
            without &= ~inside
            if without.any():
                change = values[:, period] - values[:, cohort - 1]
                cells.append(_cell(change, inside, without, cohort=cohort, period=period))
    return cells


def _cell(change: Floats, inside: Bools, without: Bools, *, cohort: int, period: int) -> Cell:
    n1, n0 = int(inside.sum()), int(without.sum())
    own, theirs = float(change[inside].mean()), float(change[without].mean())
    # as unbiased variances: divided by one less than the groups; a lone group is dealt with afterwards
    parts = ((inside, own, n1, 1.0), (without, theirs, n0, -1.0))
    influence = np.zeros(len(change))
    for rows, mean, count, sign in parts:
        influence[rows] = sign * (change[rows] - mean) / count * (count / max(1, count - 1)) ** 0.5
    if n1 == 1 and n0 > 1:
        influence[inside] = float(change[without].std(ddof=1))
    return Cell(
        cohort=cohort, period=period, value=own - theirs, treated=n1, controls=n0, influence=influence * len(change)
    )


def _with_lone(cells: Sequence[Cell], first: Ints) -> list[Cell]:
    """A group alone in its cohort shows no spread: it gets its distance from the others as long since the start.

    So what cohorts differ by counts as chance, which errs on the safe side. Where no other is as long since the start,
    the spread of those without stands in.
    """
    found = []
    for cell in cells:
        alike = [other for other in cells if other.since == cell.since]
        units = sum(other.treated for other in alike)
        if cell.treated == 1 and units > 1:
            usual = sum(other.treated * other.value for other in alike) / units
            influence = cell.influence.copy()
            influence[first == cell.cohort] = (cell.value - usual) * (units / (units - 1)) ** 0.5 * len(first)
            found.append(replace(cell, influence=influence))
        else:
            found.append(cell)
    return found


def _average(cells: Sequence[Cell], first: Ints, confidence: float) -> Estimate:
    """First over each cohort's periods, then over cohorts by their size: everybody who began counts the same."""
    after = [cell for cell in cells if cell.since >= 0]
    periods = {cohort: sum(cell.cohort == cohort for cell in after) for cohort in {cell.cohort for cell in after}}
    found = _weighed(after, first, lambda cell: 1 / periods[cell.cohort], "average_effect", AVERAGE, confidence)
    if found is None:
        raise refuse(
            Text(sv="grupperna ändras alla lika: osäkerheten kan inte räknas ut.", en="all groups change alike."),
            Text(sv="Kontrollera att det är uppmätta värden.", en="Check that these are measured values."),
        )
    return found


def _since(cells: Sequence[Cell], first: Ints, since: int, confidence: float) -> Estimate | None:
    name = f"effect_{since}" if since >= 0 else f"before_{-since}"
    return _weighed(cells, first, lambda cell: 1.0, name, SINCE.fill(k=since), confidence)


def _weighed(
    cells: Sequence[Cell], first: Ints, part: Callable[[Cell], float], name: str, label: Text, confidence: float
) -> Estimate | None:
    """The weighed average with its interval; None where all groups change alike, and nothing tells the error."""
    value, influence = _sum(cells, first, part)
    n = len(first)
    error = float(np.sqrt(influence @ influence)) / n
    if error <= 1e-12 * max(1e-300, max(abs(cell.value) for cell in cells)):
        return None
    half = t_quantile(confidence, n - 1) * error
    return Estimate(
        name=name,
        label=label,
        value=value,
        low=value - half,
        high=value + half,
        confidence=confidence,
        p=t_p(value / error, n - 1),
        standard_error=error,
        degrees_of_freedom=float(n - 1),
        method=GROUP_TIME,
    )


def _sum(cells: Sequence[Cell], first: Ints, part: Callable[[Cell], float]) -> tuple[float, Floats]:
    """The weighted average of cells, weights by cohort size, and each group's influence, the weights' own included."""
    n = len(first)
    shares = np.array([float((first == cell.cohort).mean()) * part(cell) for cell in cells])
    parts = np.array([part(cell) for cell in cells])
    values = np.array([cell.value for cell in cells])
    total = float(shares.sum())
    value = float(shares @ values) / total
    influence = np.zeros(n)
    for cell, share, each in zip(cells, shares, parts, strict=True):
        of_share = each * ((first == cell.cohort) - float((first == cell.cohort).mean()))
        influence += cell.influence * share / total + of_share * (cell.value - value) / total
    return value, influence


def _before(cells: Sequence[Cell], first: Ints, n: int) -> Test | None:
    """Wald's test that all effects before the start are zero; None with nothing before, or too few groups.

    Against Hotelling's distribution with as many as the smaller side has, since few groups make Wald's find too much.
    """
    from scipy.special import fdtrc

    smaller = min(int((first < first.max()).sum()), int((first == first.max()).sum()))
    since = sorted({cell.since for cell in cells if cell.since < -1})[-_MOST_BEFORE:]
    if not since or len(since) + 2 > smaller:
        return None
    found = [_sum([cell for cell in cells if cell.since == k], first, lambda cell: 1.0) for k in since]
    values, influence = np.array([value for value, _ in found]), np.array([each for _, each in found])
    covariance = influence @ influence.T / n**2
    statistic = float(values @ np.linalg.pinv(covariance, rcond=1e-10, hermitian=True) @ values)
    df = int(np.linalg.matrix_rank(covariance, hermitian=True))
    if df == 0:
        return None
    p = float(fdtrc(df, smaller - df, statistic * (smaller - df) / (df * (smaller - 1))))
    label = Text(sv="gick grupperna isär redan före starten?", en="did the groups go apart before the start?")
    return Test(
        name="before",
        label=label,
        statistic=statistic,
        degrees_of_freedom=df,
        p=p,
        method=GROUP_TIME,
    )
