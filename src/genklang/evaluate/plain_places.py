"""Sentences of findings about places over time: several that began, or one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genklang.evaluate.meanings import CAUSAL, PLACES
from genklang.evaluate.plain_words import LOWER_HIGHER, decimals_of, interval_words, meaning_of
from genklang.evaluate.texts import Number, Text

if TYPE_CHECKING:
    from genklang.evaluate.findings import Finding


def sentences(finding: Finding) -> tuple[Text, Text, Text]:
    """Who, what was seen, what it means."""
    who = {"difference_in_differences": _who_several, "stepped_wedge": _who_stepped}.get(finding.design, _who_one)
    meaning = CAUSAL if finding.design == "stepped_wedge" else PLACES
    return who(finding), _seen(finding), meaning_of(finding, meaning)


def _who_stepped(finding: Finding) -> Text:
    settings = dict(finding.settings)
    return Text(
        sv="{n} grupper lottades till när de skulle börja, och följdes i {k} perioder.",
        en="{n} groups were assigned by lot when to begin, and followed for {k} periods.",
    ).fill(n=int(settings["groups"] or 0), k=int(settings["periods"] or 0))


def _who_several(finding: Finding) -> Text:
    settings = dict(finding.settings)
    if settings["adopters"] == 1:
        return Text(
            sv="En grupp började med arbetssättet under tiden och jämförs med {m} som aldrig började.",
            en="One group began with the practice in the time and is compared with {m} that never did.",
        ).fill(m=int(settings["others"] or 0))
    template = Text(
        sv="{n} grupper började med arbetssättet under tiden och jämförs med grupper som ännu inte gjort det, "
        "däribland {m} som aldrig började.",
        en="{n} groups began with the practice in the time and are compared with groups that had not yet, {m} of which "
        "never did.",
    )
    return template.fill(n=int(settings["adopters"] or 0), m=int(settings["others"] or 0))


def _who_one(finding: Finding) -> Text:
    settings = dict(finding.settings)
    return Text(
        sv="{place} jämförs med en blandning av {n} andra som liknade den under {k} perioder före starten.",
        en="{place} is compared with a mix of {n} others that was like it in {k} periods before the start.",
    ).fill(place=str(settings["place"]), n=int(settings["donors"] or 0), k=int(settings["periods_before"] or 0))


def _seen(finding: Finding) -> Text:
    estimate = finding.estimate
    decimals = decimals_of(estimate)
    word = LOWER_HIGHER[0] if estimate.value < 0 else LOWER_HIGHER[1]
    return Text(
        sv="”{outcome}” blev i snitt {value} {word} än det annars väntades bli ({interval}, i {unit}).",
        en="“{outcome}” became on average {value} {word} than otherwise expected ({interval}, in {unit}).",
    ).fill(
        outcome=finding.outcome.label,
        value=Number(abs(estimate.value), decimals),
        word=word,
        interval=interval_words(estimate, scale=1.0, words=LOWER_HIGHER, decimals=decimals),
        unit=finding.outcome.unit,
    )
