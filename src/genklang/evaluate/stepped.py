"""Stepped wedge: all groups begin, and a lot decided when. The lots themselves judge chance: starts are dealt anew."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genklang.evaluate.arrays import Floats, Ints
from genklang.evaluate.findings import Estimate
from genklang.evaluate.methods import STEPPED, STEPPED_VERTICAL, Method
from genklang.evaluate.problems import refuse
from genklang.evaluate.randomisation import p_of_draws, shifts_not_ruled_out
from genklang.evaluate.texts import Text

EFFECT = Text(sv="skillnad med arbetssättet", en="difference with the practice")
VERTICAL = Text(sv="skillnad inom samma period", en="difference within the same period")


@dataclass(frozen=True, kw_only=True)
class Stepped:
    """The effect allowing for group and period, and the one from comparisons within each period alone."""

    estimate: Estimate
    vertical: Estimate


def stepped_wedge(
    values: Floats,
    first: Ints,
    *,
    seed: int | np.random.Generator = 1,
    draws: int = 10_000,
    confidence: float = 0.95,
) -> Stepped:
    """Effect from `values` (groups, periods) and each group's `first` period (number of periods for never).

    The estimate is that of a regression with a constant for each group and each period (Hussey & Hughes 2007, Contemp
    Clin Trials 28:182-191), every group the same weight. p-value and interval come from dealing the starts anew among
    the groups (Wang & De Gruttola 2017, Stat Med 36:2831-2843), so they hold with few groups and however their periods
    hang together. Raises EvaluationError with fewer than four groups, one start for all, or nothing that varies.
    """
    treated = (np.arange(values.shape[1]) >= first[:, None]).astype(np.float64)
    _check(values, first)
    random = np.random.default_rng(seed)
    orders = random.permuted(np.broadcast_to(np.arange(len(first)), (draws, len(first))), axis=1)
    both = (_centred(treated), STEPPED, "effect", EFFECT), (_within(treated), STEPPED_VERTICAL, "vertical", VERTICAL)
    first_, second = (
        _estimate(contrast, values, treated, orders, method, name, label, confidence)
        for contrast, method, name, label in both
    )
    return Stepped(estimate=first_, vertical=second)


def _centred(treated: Floats) -> Floats:
    """Weights of the regression: treatment less the means of its group and its period, over its own square."""
    rest = treated - treated.mean(axis=1, keepdims=True) - treated.mean(axis=0) + treated.mean()
    return np.asarray(rest / (rest**2).sum(), dtype=np.float64)


def _within(treated: Floats) -> Floats:
    """Weights of the comparisons within periods that hold both, each by how much it can tell (n1 n0/(n1 + n0)).

    Thompson et al. (2018), Stat Med 37:2487-2500.
    """
    n1, count = treated.sum(axis=0), len(treated)
    n0 = count - n1
    parts = n1 * n0 / count
    with np.errstate(divide="ignore", invalid="ignore"):
        weights = np.where(parts > 0, parts * (treated / n1 - (1 - treated) / n0), 0.0)
    return np.asarray(weights / parts.sum(), dtype=np.float64)


def _estimate(
    contrast: Floats,
    values: Floats,
    treated: Floats,
    orders: Ints,
    method: Method,
    name: str,
    label: Text,
    confidence: float,
) -> Estimate:
    """A weighted sum of the values; the draws give each group another's weights."""
    observed = float((contrast * values).sum())
    differences, shares = (_dealt(contrast, what, orders) for what in (values - values.mean(axis=0), treated))
    low, high = shifts_not_ruled_out(observed, differences, shares, confidence=confidence)
    is_bounded = bool(np.isfinite(low) and np.isfinite(high))
    return Estimate(
        name=name,
        label=label,
        value=observed,
        low=low if is_bounded else None,
        high=high if is_bounded else None,
        confidence=confidence if is_bounded else None,
        p=p_of_draws(differences, observed),
        method=method,
    )


def _dealt(contrast: Floats, what: Floats, orders: Ints) -> Floats:
    """Per draw (draws,): the weighted sum when group i has the weights of group order[i]."""
    table = contrast @ what.T  # (whose weights, whose values)
    groups = np.arange(len(table))
    return np.asarray(table[orders, groups].sum(axis=1), dtype=np.float64)


def _check(values: Floats, first: Ints) -> None:
    if len(first) < 4 or len(np.unique(first)) < 2:
        raise refuse(
            Text(sv="{n} grupper, {k} olika starter.", en="{n} groups, {k} different starts.").fill(
                n=len(first), k=len(np.unique(first))
            ),
            Text(sv="Minst fyra grupper och två starter behövs.", en="At least four groups and two starts are needed."),
        )
    if not ((first > 0) & (first < values.shape[1])).any():
        raise refuse(
            Text(sv="ingen börjar under tiden.", en="nobody begins within the time."),
            Text(
                sv="Ta med perioder både före och efter starterna.",
                en="Include periods both before and after the starts.",
            ),
        )
    if float(np.ptp(values - values.mean(axis=0))) <= 1e-12 * float(np.abs(values).max()):
        raise refuse(
            Text(sv="grupperna är helt lika.", en="the groups are all alike."),
            Text(sv="Välj ett utfall som varierar.", en="Choose an outcome that varies."),
        )
