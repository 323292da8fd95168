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

_TURNS = 1999
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
    """The average effect, the effect by periods since the start, and whether they went apart before it.

    `simultaneous`: how many standard errors wide a band is that holds all of `by_time` at once; None where nothing
    tells.
    """

    average: Estimate
    by_time: tuple[tuple[int, Estimate], ...]
    before: Test | None
    cells: tuple[Cell, ...]
    simultaneous: float | None


@dataclass(frozen=True, kw_only=True)
class _Groups:
    """Each group's `first` period, its weight (mean one) and its cluster (groups,): groups are their own otherwise."""

    first: Ints
    weights: Floats
    clusters: Ints

    @property
    def n(self) -> int:
        return len(self.first)

    @property
    def free(self) -> int:
        """Degrees of freedom: one less than the clusters."""
        return int(self.clusters.max())

    def clustered(self, influence: Floats) -> Floats:
        """Influence (…, groups) added up by cluster."""
        if self.free + 1 == self.n:
            return influence
        sums = np.zeros((*influence.shape[:-1], self.free + 1))
        np.add.at(sums.T, self.clusters, influence.T)
        return np.asarray(sums * ((self.free + 1) / self.free) ** 0.5, dtype=np.float64)

    def error(self, influence: Floats) -> float:
        sums = self.clustered(influence)
        return float(np.sqrt(sums @ sums)) / self.n


def staggered_differences(
    values: Floats,
    first: Ints,
    *,
    controls: Controls = "never",
    weights: Floats | None = None,
    clusters: Ints | None = None,
    confidence: float = 0.95,
    seed: int = 1,
) -> Staggered:
    """Effects from `values` (groups, periods) and each group's `first` period (number of periods for never).

    `controls`: groups that never begin, or also those that have not yet begun. `weights` (groups,): how much each
    counts. Errors come from the influence of each group (so that what a group is like over time does not matter), or of
    `clusters` (groups,) of groups, with t(clusters - 1).
    Raises EvaluationError when nobody begins within the periods, nobody is left to compare with, or nothing varies.
    """
    n = len(values)
    groups = _Groups(
        first=first,
        weights=np.ones(n) if weights is None else weights / weights.mean(),
        clusters=np.arange(n) if clusters is None else np.unique(clusters, return_inverse=True)[1].ravel(),
    )
    cells = _with_lone(_cells(values, groups, controls), first)
    if not any(cell.since >= 0 for cell in cells):
        raise refuse(
            Text(sv="ingen börjar så att före och efter kan jämföras.", en="nobody begins with a before and an after."),
            Text(
                sv='Minst en grupp behöver börja efter första perioden, och någon vara utan ("not_yet" eller "never").',
                en='At least one group must begin after the first period, and one be without ("not_yet" or "never").',
            ),
        )
    _check_clusters(groups)
    average = _average(cells, groups, confidence)
    found = [
        (since, _since([cell for cell in cells if cell.since == since], groups, since, confidence))
        for since in sorted({cell.since for cell in cells if cell.since != -1})
    ]
    by_time = tuple((since, estimate) for since, estimate in found if estimate is not None)
    return Staggered(
        average=average,
        by_time=by_time,
        before=_before(cells, groups),
        cells=tuple(cells),
        simultaneous=_simultaneous(cells, groups, [since for since, _ in by_time], confidence, seed),
    )


def _check_clusters(groups: _Groups) -> None:
    began = groups.first < groups.first.max()
    if groups.free >= 2 and len(np.unique(groups.clusters[began])) >= 2:
        return
    raise refuse(
        Text(sv="bara ett kluster började, eller färre än tre finns.", en="but one cluster began, or under three are."),
        Text(
            sv='Ta bort cluster, eller använd design "synthetic_control" för en plats.',
            en='Leave cluster out, or use design "synthetic_control" for one place.',
        ),
    )


def _simultaneous(
    cells: Sequence[Cell], groups: _Groups, sinces: Sequence[int], confidence: float, seed: int
) -> float | None:
    """The largest of all standardised errors at once, by turning each cluster's influence over at random.

    Callaway & Sant'Anna (2021), algorithm 1, with Rademacher's weights, which hold with few clusters (Cameron,
    Gelbach & Miller 2008). Never narrower than the interval of one alone.
    """
    if not sinces:
        return None
    found = [_sum([cell for cell in cells if cell.since == since], groups, _alike)[1] for since in sinces]
    influence = groups.clustered(np.array(found))
    errors = np.sqrt((influence**2).sum(axis=1))
    signs = np.random.default_rng(seed).choice(np.array([-1.0, 1.0]), size=(_TURNS, influence.shape[1]))
    largest = np.abs(signs @ influence.T / errors).max(axis=1)
    return max(float(np.quantile(largest, confidence)), t_quantile(confidence, groups.free))


def _cells(values: Floats, groups: _Groups, controls: Controls) -> list[Cell]:
    count, first = values.shape[1], groups.first
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
                cells.append(_cell(change, inside, without, groups, cohort=cohort, period=period))
    return cells


def _cell(change: Floats, inside: Bools, without: Bools, groups: _Groups, *, cohort: int, period: int) -> Cell:
    n1, n0, w = int(inside.sum()), int(without.sum()), groups.weights
    own, theirs = (float(w[rows] @ change[rows] / w[rows].sum()) for rows in (inside, without))
    # as unbiased variances: divided by one less than the groups; a lone group is dealt with afterwards
    influence = np.zeros(len(change))
    for rows, mean, count, sign in ((inside, own, n1, 1.0), (without, theirs, n0, -1.0)):
        part = w[rows] / w[rows].sum()
        influence[rows] = sign * (change[rows] - mean) * part * (count / max(1, count - 1)) ** 0.5
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


def _average(cells: Sequence[Cell], groups: _Groups, confidence: float) -> Estimate:
    """First over each cohort's periods, then over cohorts by their size: everybody who began counts the same."""
    after = [cell for cell in cells if cell.since >= 0]
    periods = {cohort: sum(cell.cohort == cohort for cell in after) for cohort in {cell.cohort for cell in after}}
    found = _weighed(after, groups, lambda cell: 1 / periods[cell.cohort], "average_effect", AVERAGE, confidence)
    if found is None:
        raise refuse(
            Text(sv="grupperna ändras alla lika: osäkerheten kan inte räknas ut.", en="all groups change alike."),
            Text(sv="Kontrollera att det är uppmätta värden.", en="Check that these are measured values."),
        )
    return found


def _alike(_: Cell) -> float:
    return 1.0


def _since(cells: Sequence[Cell], groups: _Groups, since: int, confidence: float) -> Estimate | None:
    name = f"effect_{since}" if since >= 0 else f"before_{-since}"
    return _weighed(cells, groups, _alike, name, SINCE.fill(k=since), confidence)


def _weighed(
    cells: Sequence[Cell], groups: _Groups, part: Callable[[Cell], float], name: str, label: Text, confidence: float
) -> Estimate | None:
    """The weighed average with its interval; None where all groups change alike, and nothing tells the error."""
    value, influence = _sum(cells, groups, part)
    error = groups.error(influence)
    if error <= 1e-12 * max(1e-300, max(abs(cell.value) for cell in cells)):
        return None
    half = t_quantile(confidence, groups.free) * error
    return Estimate(
        name=name,
        label=label,
        value=value,
        low=value - half,
        high=value + half,
        confidence=confidence,
        p=t_p(value / error, groups.free),
        standard_error=error,
        degrees_of_freedom=float(groups.free),
        method=GROUP_TIME,
    )


def _sum(cells: Sequence[Cell], groups: _Groups, part: Callable[[Cell], float]) -> tuple[float, Floats]:
    """The weighted average of cells, weights by cohort size, and each group's influence, the weights' own included."""
    sizes = {cell.cohort: groups.weights * (groups.first == cell.cohort) for cell in cells}
    shares = np.array([float(sizes[cell.cohort].mean()) * part(cell) for cell in cells])
    parts = np.array([part(cell) for cell in cells])
    values = np.array([cell.value for cell in cells])
    total = float(shares.sum())
    value = float(shares @ values) / total
    influence = np.zeros(groups.n)
    for cell, share, each in zip(cells, shares, parts, strict=True):
        of_share = each * (sizes[cell.cohort] - float(sizes[cell.cohort].mean()))
        influence += cell.influence * share / total + of_share * (cell.value - value) / total
    return value, influence


def _before(cells: Sequence[Cell], groups: _Groups) -> Test | None:
    """Wald's test that all effects before the start are zero; None with nothing before, or too few groups.

    Against Hotelling's distribution with as many as the smaller side has, since few groups make Wald's find too much.
    """
    from scipy.special import fdtrc

    first = groups.first
    smaller = min(len(np.unique(groups.clusters[side])) for side in (first < first.max(), first == first.max()))
    since = sorted({cell.since for cell in cells if cell.since < -1})[-_MOST_BEFORE:]
    if not since or len(since) + 2 > smaller:
        return None
    found = [_sum([cell for cell in cells if cell.since == k], groups, _alike) for k in since]
    values, influence = np.array([value for value, _ in found]), groups.clustered(np.array([each for _, each in found]))
    covariance = influence @ influence.T / groups.n**2
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
