"""Sentences of when a practice has paid for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genklang.evaluate.meanings import MONEY
from genklang.evaluate.texts import Number, Text

if TYPE_CHECKING:
    from genklang.evaluate.findings import Estimate, Finding


def sentences(finding: Finding) -> tuple[Text, Text, Text]:
    """What it costs and saves, what that gives, what it means."""
    return _who(finding), _seen(finding), MONEY[finding.verdict]


def _who(finding: Finding) -> Text:
    settings = {name: float(value or 0) for name, value in finding.settings if not isinstance(value, str)}
    return Text(
        sv="Arbetssättet kostar {upfront} kronor att börja med och {running} kronor i månaden, och sparar "
        "{saving} kronor per enhet.",
        en="The practice costs SEK {upfront} to start and SEK {running} a month, and saves SEK {saving} per unit.",
    ).fill(**{name: Number(settings[name], 0) for name in ("upfront", "running", "saving")})


def _seen(finding: Finding) -> Text:
    paid = [each for each in finding.estimates if each.name == "payback_months"]
    template = Text(
        sv="Det ger i snitt {net} kronor i månaden över {months} månader, och pengarna är {paid}.",
        en="That gives SEK {net} a month on average over {months} months, and the money is {paid}.",
    )
    return template.fill(
        net=Number(finding.estimate.value, 0),
        months=Number(float(dict(finding.settings)["months"] or 0), 0),
        paid=_paid(paid[0]) if paid else Text(sv="inte tillbaka inom den tiden", en="not back within that time"),
    )


def _paid(estimate: Estimate) -> Text:
    back = Text(sv="tillbaka efter {n} månader", en="back after {n} months").fill(n=Number(estimate.value, 0))
    if estimate.low is None:
        return back
    soonest = Number(estimate.low, 0)
    if estimate.high is None:
        return Text(
            sv="{back} (tidigast efter {low}, kanske inte alls)",
            en="{back} (after {low} at the earliest, perhaps not at all)",
        ).fill(back=back, low=soonest)
    return Text(sv="{back} (mellan {low} och {high})", en="{back} (between {low} and {high})").fill(
        back=back, low=soonest, high=Number(estimate.high, 0)
    )
