"""Cost-effectiveness: what more it costs, what more it gives, and whether that is worth it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from genklang.evaluate.arrays import Bools, Floats, t_quantile
from genklang.evaluate.columns import LARGEST
from genklang.evaluate.findings import Curve, Estimate
from genklang.evaluate.means import difference_in_means
from genklang.evaluate.methods import ICER, NET_BENEFIT
from genklang.evaluate.methods import TORNADO as TORNADO_METHOD
from genklang.evaluate.problems import Problems
from genklang.evaluate.texts import Text

COST = Text(sv="skillnad i kostnad per person", en="difference in cost per person")
EFFECT = Text(sv="skillnad i utfall per person", en="difference in outcome per person")
BENEFIT = Text(sv="nettonytta per person", en="net benefit per person")
RATIO = Text(sv="kostnad per vunnen enhet", en="cost per unit gained")
_POINTS = 41
TORNADO = {
    "cost": Text(sv="nettonytta om kostnaden är låg eller hög", en="net benefit if the cost is low or high"),
    "effect": Text(sv="nettonytta om utfallet är lågt eller högt", en="net benefit if the outcome is low or high"),
    "willingness": Text(
        sv="nettonytta om en enhet är värd hälften, eller hälften mer",
        en="net benefit if a unit is worth half, or half more",
    ),
}


@dataclass(frozen=True, kw_only=True)
class Worth:
    """Costs and outcomes beside each other. `ratio` is None where no outcome was gained or lost for certain.

    `acceptable`: the chance that it is worth it, by what one unit of the outcome is worth.
    """

    cost: Estimate
    effect: Estimate
    benefit: Estimate
    ratio: Estimate | None
    acceptable: Curve


def cost_effectiveness(
    cost: Floats, effect: Floats, treated: Bools, *, willingness: float, confidence: float = 0.95
) -> Worth:
    """`cost` (n,) in SEK, `effect` (n,) where more is better, `treated` (n,); one unit is worth `willingness` SEK.

    Net benefit per person is willingness × effect − cost, compared between the arms by Welch's method (Stinnett &
    Mullahy 1998, Medical Decision Making 18:S68-S80). The ratio has Fieller's limits (1954, JRSS B 16:175-185).
    Raises EvaluationError when an arm has fewer than two people or nothing varies.
    """
    parts = [_difference(cost, treated, confidence), difference_in_means(effect, treated, confidence=confidence)]
    benefit = difference_in_means(willingness * effect - cost, treated, confidence=confidence)
    dearer = replace(parts[0], name="cost", label=COST)
    gained = replace(parts[1], name="effect", label=EFFECT)
    shared = sum(float(np.cov(cost[arm], effect[arm])[0, 1]) / int(arm.sum()) for arm in (treated, ~treated))
    return Worth(
        cost=dearer,
        effect=gained,
        benefit=replace(benefit, name="net_benefit", label=BENEFIT, method=NET_BENEFIT),
        ratio=_fieller(dearer, gained, shared, len(cost), confidence),
        acceptable=_acceptable(dearer, gained, shared, willingness),
    )


def _difference(cost: Floats, treated: Bools, confidence: float) -> Estimate:
    """The difference in cost; where each arm has one price for all, it is known, and has no interval."""
    if any(float(np.ptp(cost[arm])) > 0 for arm in (treated, ~treated)):
        return difference_in_means(cost, treated, confidence=confidence)
    value = float(cost[treated].mean() - cost[~treated].mean())
    return Estimate(name="cost", label=COST, value=value, method=NET_BENEFIT)


def _fieller(cost: Estimate, effect: Estimate, shared: float, n: int, confidence: float) -> Estimate | None:
    """The ratio with its limits; None while the outcome's own interval holds zero: the ratio then has no bounds."""
    t = t_quantile(confidence, n - 2)
    a, b = cost.value, effect.value
    va, vb = ((each.standard_error or 0.0) ** 2 for each in (cost, effect))
    square = b**2 - t**2 * vb
    if square <= 0:
        return None
    middle = a * b - t**2 * shared
    root = max(0.0, middle**2 - square * (a**2 - t**2 * va)) ** 0.5
    return Estimate(
        name="icer",
        label=RATIO,
        value=a / b,
        low=(middle - root) / square,
        high=(middle + root) / square,
        confidence=confidence,
        method=ICER,
    )


def _acceptable(cost: Estimate, effect: Estimate, shared: float, willingness: float) -> Curve:
    """The chance that net benefit is above zero, over what a unit may be worth: normal, both parts together.

    Fenwick, O'Brien & Briggs (2004), Health Economics 13:405-415.
    """
    from scipy.special import ndtr

    worth = np.linspace(0.0, 3 * willingness if willingness > 0 else 1.0, _POINTS)
    mean = worth * effect.value - cost.value
    va, vb = ((each.standard_error or 0.0) ** 2 for each in (cost, effect))
    spread = np.sqrt(np.maximum(worth**2 * vb + va - 2 * worth * shared, 1e-300))
    return Curve(
        name="acceptable",
        label=Text(sv="sannolikhet att det är värt pengarna", en="chance that it is worth the money"),
        x=tuple(map(float, worth)),
        y=tuple(map(float, ndtr(mean / spread))),
    )


def swings(worth: Worth, willingness: float) -> tuple[Estimate, ...]:
    """The tornado of the net benefit, widest first: cost and outcome within their limits, a unit's worth ± half."""
    expected = {"cost": worth.cost.value, "effect": worth.effect.value, "willingness": willingness}
    ranges: dict[str, Sequence[float]] = {"willingness": (0.5 * willingness, 1.5 * willingness)}
    for each in (worth.cost, worth.effect):
        if each.low is not None and each.high is not None:
            ranges[each.name] = (each.low, each.high)
    found = tornado(lambda given: given["willingness"] * given["effect"] - given["cost"], expected, ranges)
    return tuple(
        Estimate(
            name=f"tornado_{swing.name}",
            label=TORNADO[swing.name],
            value=worth.benefit.value,
            low=min(swing.low, swing.high, worth.benefit.value),
            high=max(swing.low, swing.high, worth.benefit.value),
            method=TORNADO_METHOD,
        )
        for swing in found
    )


@dataclass(frozen=True, kw_only=True)
class Swing:
    """One assumption's part in a tornado: the result when it is low and when it is high, all else as expected."""

    name: str
    low: float
    high: float

    @property
    def width(self) -> float:
        return abs(self.high - self.low)

    def as_dict(self) -> dict[str, object]:
        return {"name": self.name, "low": self.low, "high": self.high, "width": self.width}


def tornado(
    model: Callable[[Mapping[str, float]], float],
    expected: Mapping[str, float],
    ranges: Mapping[str, Sequence[float]],
) -> tuple[Swing, ...]:
    """Which assumption matters most: each in turn at its low and high end, the widest swing first.

    Raises EvaluationError for ranges of what the model does not have, or that do not hold what is expected.
    """
    problems = Problems()
    for name, given in ranges.items():
        if name not in expected:
            wrong = Text(sv="{name} finns inte i modellen.", en="{name} is not in the model.").fill(name=name)
            choose = Text(sv="Välj bland: {names}.", en="Choose among: {names}.").fill(names=", ".join(expected))
            problems.add(wrong, choose)
        elif len(given) != 2 or not -LARGEST <= given[0] <= expected[name] <= given[1] <= LARGEST:
            wrong = Text(sv="{name}: gränserna omsluter inte {v}.", en="{name}: the limits do not hold {v}.")
            instead = Text(sv="Skriv lägsta och högsta.", en="Write the lowest and the highest.")
            problems.add(wrong.fill(name=name, v=f"{expected[name]:g}"), instead)
    problems.check()
    swings = [
        Swing(name=name, low=model({**expected, name: low}), high=model({**expected, name: high}))
        for name, (low, high) in ranges.items()
    ]
    return tuple(sorted(swings, key=lambda swing: -swing.width))
