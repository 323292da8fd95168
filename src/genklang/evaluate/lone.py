"""Difference-in-differences with one adopter: no spread among those who began, so the others show what chance does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genklang.evaluate.arrays import Floats
from genklang.evaluate.findings import Estimate, Test
from genklang.evaluate.methods import LONE_ADOPTER
from genklang.evaluate.problems import refuse
from genklang.evaluate.texts import Text

AVERAGE = Text(sv="genomsnittlig effekt hos den som började", en="average effect on the one that began")
SINCE = Text(sv="{k} perioder efter starten", en="{k} periods after the start")
BEFORE = Text(sv="gick den isär från de andra redan före starten?", en="did it go apart from the others before?")


@dataclass(frozen=True, kw_only=True)
class Lone:
    """The average effect, the effect by periods since the start, and whether it went apart before."""

    average: Estimate
    by_time: tuple[tuple[int, Estimate], ...]
    before: Test | None


def lone_adopter(own: Floats, others: Floats, *, start: int, confidence: float = 0.95) -> Lone:
    """`own` (periods,) from period `start` on, against `others` (groups, periods) that never began.

    The change from all periods before to all after, less the others' mean change. Each other is in turn taken for the
    one that began: p is the rank among them, and the interval holds the effects that are not ruled out (Conley & Taber
    2011, Rev Econ Stat 93:113-125). Raises EvaluationError with no period on a side, under two others, or all alike.
    """
    periods = len(own)
    if not 0 < start < periods or len(others) < 2:
        raise refuse(
            Text(sv="för få perioder eller jämförelser.", en="too few periods, or groups to compare with."),
            Text(
                sv="Minst en period före, en efter och två andra grupper behövs, helst nitton.",
                en="At least one period before, one after and two other groups are needed, better nineteen.",
            ),
        )
    everybody = np.vstack([own, others])
    usual = others.sum(axis=0)
    rest = np.vstack([usual / len(others), (usual - others) / (len(others) - 1)])
    gaps = everybody - rest
    gaps = gaps - gaps[:, :start].mean(axis=1, keepdims=True)
    scale = float(np.abs(gaps).max())
    if scale <= 1e-12 * float(np.abs(everybody).max()) or scale == 0:
        raise refuse(
            Text(sv="grupperna ändras alla lika.", en="all groups change alike."),
            Text(sv="Kontrollera att det är uppmätta värden.", en="Check that these are measured values."),
        )
    average = _ranked(gaps[:, start:].mean(axis=1), "average_effect", AVERAGE, confidence)
    by_time = tuple(
        (period - start, _ranked(gaps[:, period], _name(period - start), SINCE.fill(k=period - start), confidence))
        for period in range(periods)
        if period != start - 1
    )
    return Lone(average=average, by_time=by_time, before=_before(gaps[:, :start]))


def _name(since: int) -> str:
    return f"effect_{since}" if since >= 0 else f"before_{-since}"


def _ranked(gaps: Floats, name: str, label: Text, confidence: float) -> Estimate:
    """The first gap among all, with the interval of effects that its rank does not rule out."""
    size = np.abs(gaps)
    count = len(gaps)
    above = int(np.floor((1 - confidence) * count + 1e-9))
    half = None if above < 1 else float(np.sort(size[1:])[::-1][above - 1])
    value = float(gaps[0])
    return Estimate(
        name=name,
        label=label,
        value=value,
        low=None if half is None else value - half,
        high=None if half is None else value + half,
        confidence=None if half is None else confidence,
        p=float((size >= size[0] * (1 - 1e-12)).sum() / count),
        method=LONE_ADOPTER,
    )


def _before(gaps: Floats) -> Test | None:
    """The rank of its spread about its own level before the start."""
    if gaps.shape[1] < 2:
        return None
    spread = np.sqrt((gaps**2).mean(axis=1))
    p = float((spread >= spread[0] * (1 - 1e-12)).mean())
    statistic = float(spread[0])
    return Test(name="before", label=BEFORE, statistic=statistic, degrees_of_freedom=None, p=p, method=LONE_ADOPTER)
