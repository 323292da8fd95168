"""Sentences of a finding on cost-effectiveness."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genklang.evaluate.texts import Number, Part, Text, decimals_for
from genklang.evaluate.verdicts import Verdict

if TYPE_CHECKING:
    from genklang.evaluate.findings import Finding

_MEANINGS = {
    Verdict.BETTER: Text(sv="Det är värt pengarna, till det priset.", en="It is worth the money, at that price."),
    Verdict.WORSE: Text(
        sv="Det är inte värt pengarna, till det priset.", en="It is not worth the money, at that price."
    ),
    Verdict.NO_DIFFERENCE: Text(
        sv="Om det är värt pengarna går inte att skilja från slump, och det väger ungefär jämnt.",
        en="Whether it is worth the money cannot be told from chance, and it is about even.",
    ),
    Verdict.UNINFORMATIVE: Text(
        sv="Underlaget räcker inte för att säga om det är värt pengarna.",
        en="There is not enough to say whether it is worth the money.",
    ),
}


def sentences(finding: Finding) -> tuple[Text, Text, Text]:
    """Who and for how much, what was gained, what it means."""
    return _who(finding), _seen(finding), _MEANINGS[finding.verdict]


def _who(finding: Finding) -> Text:
    treated, control = finding.arms[:2]
    cost = finding.estimated("cost").value
    parts: dict[str, Part] = {
        "n1": treated.n,
        "n0": control.n,
        "arm1": treated.label,
        "arm0": control.label,
        "cost": Number(abs(cost), 0),
        "word": Text(sv="billigare", en="less") if cost < 0 else Text(sv="dyrare", en="more"),
    }
    return Text(
        sv="{n1} personer i {arm1} jämförs med {n0} i {arm0}, och arbetssättet var {cost} kronor {word} per person.",
        en="{n1} people in {arm1} are compared with {n0} in {arm0}, and the practice cost SEK {cost} {word} a person.",
    ).fill(**parts)


def _seen(finding: Finding) -> Text:
    estimate, effect = finding.estimate, finding.estimated("effect")
    spread = ((effect.high or 0.0) - (effect.low or 0.0)) / 2
    return Text(
        sv="Utfallet blev {effect} {side} per person; räknat till {worth} kronor per enhet är nettonyttan {net} kronor "
        "({confidence} procents osäkerhetsintervall: {low} till {high}).",
        en="The outcome became {effect} {side} a person; at SEK {worth} a unit the net benefit is SEK {net} "
        "({confidence} percent interval: {low} to {high}).",
    ).fill(
        effect=Number(abs(effect.value), decimals_for(spread)),
        side=Text(sv="sämre", en="worse") if effect.value < 0 else Text(sv="bättre", en="better"),
        worth=Number(float(dict(finding.settings)["willingness"] or 0), 0),
        net=Number(estimate.value, 0),
        confidence=Number(100 * finding.confidence, 0),
        low=Number(estimate.low or 0.0, 0),
        high=Number(estimate.high or 0.0, 0),
    )
