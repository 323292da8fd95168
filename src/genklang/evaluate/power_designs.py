"""Power where people are not compared by a t test: a series, time to an event, and places over time.

Each takes the standard error that the design's own estimate would have, and asks how often the effect would show.
"""

from __future__ import annotations

from functools import lru_cache
from math import floor, log

import numpy as np

from genklang.evaluate.arrays import Floats, normal_quantile, t_quantile

LEAST_PERIODS = 8
MOST_PLACES = 60.0
PLAYED = 200


def of_one_share(share: float, effect: float, n: float, alpha: float) -> float:
    """One group's share against a target, by the normal test (Fleiss, Levin & Paik 2003, ch. 2)."""
    from scipy.special import ndtr

    true = share + effect
    z = normal_quantile(1 - alpha) * (share * (1 - share)) ** 0.5
    spread = max(true * (1 - true), 1e-12) ** 0.5
    distance = abs(effect) * n**0.5
    return float(ndtr((distance - z) / spread) + ndtr((-distance - z) / spread))


def of_survival(share: float, effect: float, n: float, treated: float, alpha: float) -> float:
    """The log-rank test, hazards in proportion (Schoenfeld 1981, Biometrika 68:316-319).

    `share` have the event without the practice by the end, share + effect with it; n people in all.
    """
    other = min(max(share + effect, 1e-9), 1 - 1e-9)
    ratio = log(1 - other) / log(1 - share)
    events = n * (treated * other + (1 - treated) * share)
    return of_statistic(log(ratio) * (events * treated * (1 - treated)) ** 0.5, None, alpha)


def of_series(effect: float, sd: float, n: float, after: float, autocorrelation: float, alpha: float) -> float:
    """The average change of a segmented regression over as long after the start as before it was seen.

    Generalised least squares with known first-order autocorrelation (Zhang, Wagner & Ross-Degnan 2011, J Clin Epidemiol
    64:1252-1261); `after` is the share of the n periods from the start on; degrees of freedom as the estimate's.
    """
    periods = max(LEAST_PERIODS, floor(n + 1e-9))
    start = min(periods - 4, max(4, round(periods * (1 - after))))
    since = np.arange(periods) - start
    is_after = since >= 0
    design = np.column_stack([np.ones(periods), since, is_after, np.where(is_after, since, 0)])
    near = is_after & (since < min(start, periods - start))
    weights = np.zeros(4)
    weights[2:] = design[near][:, 2:].mean(axis=0)
    x = _whitened(design, autocorrelation)
    error = sd * float(weights @ np.linalg.inv(x.T @ x) @ weights) ** 0.5
    r = max(autocorrelation, 0.0)
    free = max(3.0, periods * (1 - r) / (1 + r) - 4)
    return of_statistic(effect / error, free, alpha)


def _whitened(design: Floats, r: float) -> Floats:
    """The design with its memory taken out; errors then have the series' own spread."""
    later = (design[1:] - r * design[:-1]) / (1 - r**2) ** 0.5
    return np.asarray(np.vstack([design[:1], later]), dtype=np.float64)


def of_differences(effect: float, sd: float, n: float, periods: float, treated: float, alpha: float) -> float:
    """Difference-in-differences of n groups over so many periods, the practice beginning halfway.

    Each change is against the period before the start; `sd` is that of one group in one period about its own level.
    """
    after = max(1, floor(periods / 2))
    error = sd * ((1 + 1 / after) * (1 / (n * treated) + 1 / (n * (1 - treated)))) ** 0.5
    return of_statistic(effect / error, max(1.0, n - 2), alpha)


def of_stepped(effect: float, sd: float, n: float, periods: float, alpha: float) -> float:
    """Stepped wedge of n groups over so many periods, starts spread evenly, group and period allowed for.

    Hussey & Hughes (2007), Contemp Clin Trials 28:182-191; `sd` is that of one group in one period about its own level.
    """
    steps = max(3, floor(periods))
    whole = max(4, floor(n + 1e-9))
    starts = 1 + np.arange(whole) * (steps - 1) // whole
    on = (np.arange(steps) >= starts[:, None]).astype(np.float64)
    left = on - on.mean(axis=0) - on.mean(axis=1, keepdims=True) + on.mean()
    error = sd / float((left**2).sum()) ** 0.5
    return of_statistic(effect / error, float((whole - 1) * (steps - 1) - 1), alpha)


def of_one_place(effect: float, sd: float, n: float, periods: float, alpha: float) -> float:
    """A synthetic control of one place among n over so many periods, the practice beginning halfway.

    Played through by the design's own method, with the same 200 invented panels each time: every place goes by itself
    about its own level, by `sd` from one period to the next. Places that go along with each other show more.
    """
    gaps, fits = _played(max(3, floor(n + 1e-9)), max(6, floor(periods + 1e-9)))
    own = np.abs(gaps[:, 0] + effect / sd) / fits[:, 0]
    others = np.abs(gaps[:, 1:]) / fits[:, 1:]
    p = (1 + (others >= own[:, None]).sum(axis=1)) / gaps.shape[1]
    return float((p <= alpha + 1e-9).mean())


@lru_cache(maxsize=64)
def _played(places: int, periods: int) -> tuple[Floats, Floats]:
    """The average gap after the start, and the fit before it, of every place (studies, places) where nothing helps."""
    from genklang.evaluate.synthetic import LEAST_BEFORE, synthetic_control

    start = max(LEAST_BEFORE, periods // 2)
    generator = np.random.default_rng([places, periods])
    panels = generator.normal(size=(PLAYED, places, periods))
    found = [synthetic_control(panel[0], panel[1:], start=start) for panel in panels]
    return np.array([each.gaps[:, start:].mean(axis=1) for each in found]), np.array([each.fit for each in found])


def of_statistic(expected: float, free: float | None, alpha: float) -> float:
    """The chance that a statistic whose mean is `expected` passes the level, either way: normal, or t with `free`."""
    from scipy.special import nctdtr, ndtr

    if free is None:
        z = normal_quantile(1 - alpha)
        return float(ndtr(abs(expected) - z) + ndtr(-abs(expected) - z))
    t = t_quantile(1 - alpha, free)
    upper = float(nctdtr(free, abs(expected), t))
    return 1.0 if np.isnan(upper) else 1 - upper
