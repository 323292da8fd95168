"""What a difference means in money, where somebody has said what a unit of the outcome costs."""

from __future__ import annotations

from genklang.evaluate.findings import Estimate, Finding
from genklang.evaluate.methods import PRICED
from genklang.evaluate.request import Request
from genklang.evaluate.texts import Text

LABEL = Text(sv="ändrad kostnad per hundra personer, kronor", en="change in costs per hundred people, SEK")


def priced(finding: Finding, request: Request) -> tuple[Estimate, ...]:
    """The headline per hundred people × `price`, and the practice's own cost for as many; none without a price."""
    per_hundred = finding.per_hundred
    if request.price is None or per_hundred is None or finding.design in ("one_group", "survey"):
        return ()
    own = 100 * (request.practice_cost or 0.0)
    value, low, high = (
        None if each is None else request.price * each + own
        for each in (per_hundred.value, per_hundred.low, per_hundred.high)
    )
    if value is None:
        return ()
    return (
        Estimate(
            name="cost_per_hundred",
            label=LABEL,
            value=value,
            low=low,
            high=high,
            confidence=finding.estimate.confidence,
            method=PRICED,
        ),
    )
