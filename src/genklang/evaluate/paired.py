"""The same people before and after: a change in a mean, or in a share, also when several rate each person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genklang.evaluate.arrays import Floats, Ints
from genklang.evaluate.clusters import intraclass
from genklang.evaluate.findings import Estimate
from genklang.evaluate.methods import PAIRED_NEWCOMBE
from genklang.evaluate.shares import wilson
from genklang.evaluate.single import CHANGE


@dataclass(frozen=True, kw_only=True)
class Rated:
    """Each person's mean over raters, before and after (people,), how many rated in all, and how alike they rate."""

    before: Floats
    after: Floats
    people: Ints  # the place in `people` of each rating's person
    icc: float


def per_person(before: Floats, after: Floats, people: Ints) -> Rated:
    """One change a person, however many rated: `before`, `after` and `people` (ratings,), nothing missing.

    People are what is counted: several ratings of one person say less than as many people (Donner & Klar 2000, ch. 6).
    `icc` is how alike raters see the change of one person.
    """
    codes = np.unique(people, return_inverse=True)[1].astype(np.int64).ravel()
    sizes = np.bincount(codes)
    first, second = (np.bincount(codes, weights=each) / sizes for each in (before, after))
    return Rated(before=first, after=second, people=codes, icc=intraclass(after - before, codes))


def paired_shares(before: Floats, after: Floats, *, confidence: float = 0.95) -> Estimate:
    """Share after minus share before in the same people, `before` and `after` (n,) of 0 and 1.

    Newcombe's limits for paired shares (1998, Stat Med 17:2635-2650, method 10) and the exact p-value of those who
    changed (McNemar 1947). Where nobody changed, the p-value is one.
    """
    n = len(before)
    up, down = int(((after == 1) & (before == 0)).sum()), int(((after == 0) & (before == 1)).sum())
    both, neither = int(((after == 1) & (before == 1)).sum()), int(((after == 0) & (before == 0)).sum())
    p1, p0 = (both + up) / n, (both + down) / n
    (l1, u1), (l0, u0) = (tuple(map(float, wilson(p * n, n, confidence=confidence))) for p in (p1, p0))
    phi = _phi(both, up, down, neither)
    below = (p1 - l1) ** 2 - 2 * phi * (p1 - l1) * (u0 - p0) + (u0 - p0) ** 2
    above = (u1 - p1) ** 2 - 2 * phi * (u1 - p1) * (p0 - l0) + (p0 - l0) ** 2
    value = (up - down) / n
    return Estimate(
        name="change",
        label=CHANGE,
        value=value,
        low=max(-1.0, value - max(0.0, below) ** 0.5),
        high=min(1.0, value + max(0.0, above) ** 0.5),
        confidence=confidence,
        p=_mcnemar(up, down),
        standard_error=float(max(0.0, (up + down) / n - value**2) / n) ** 0.5,
        method=PAIRED_NEWCOMBE,
        is_share=True,
    )


def _phi(both: int, up: int, down: int, neither: int) -> float:
    """How before and after hang together, with Newcombe's correction for continuity; zero where a margin is empty."""
    n = both + up + down + neither
    margins = (both + up) * (down + neither) * (both + down) * (up + neither)
    if margins == 0:
        return 0.0
    product = both * neither - up * down
    corrected = max(product - n / 2, 0) if product > 0 else product
    return float(corrected / margins**0.5)


def _mcnemar(up: int, down: int) -> float:
    from scipy.stats import binomtest

    return 1.0 if up + down == 0 else float(binomtest(up, up + down, 0.5).pvalue)
