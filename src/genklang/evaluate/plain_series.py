"""Sentences of one series before and after a start: figures, and counts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from genklang.evaluate.meanings import CHANGE
from genklang.evaluate.plain_words import (
    FEWER_MORE,
    LOWER_HIGHER,
    decimals_of,
    exposed,
    interval_words,
    meaning_of,
    per_exposed,
    signed,
)
from genklang.evaluate.texts import Number, Text

if TYPE_CHECKING:
    from genklang.evaluate.findings import Finding


def sentences(finding: Finding) -> tuple[Text, Text, Text]:
    """What was measured, what was seen, what it means."""
    return _who(finding), _seen(finding), meaning_of(finding, CHANGE)


def _who(finding: Finding) -> Text:
    after, before = finding.arms[:2]
    return Text(
        sv="{n0} mätningar före starten jämförs med {n1} efter.",
        en="{n0} measurements before the start are compared with {n1} after it.",
    ).fill(n0=before.n, n1=after.n)


def _seen_counts(finding: Finding) -> Text:
    """Counts: how many more or fewer, in percent of what was expected."""
    ratio, estimate = finding.estimated("rate_ratio"), finding.estimate
    percent = replace(
        ratio, value=100 * (ratio.value - 1), low=100 * ((ratio.low or 0.0) - 1), high=100 * ((ratio.high or 0.0) - 1)
    )
    decimals = min(1, decimals_of(percent))
    scale = per_exposed(finding)
    return Text(
        sv="De första {n} perioderna efter starten var ”{outcome}” {change} procent {word} än väntat ({interval}); det "
        "är {amount} {per}.",
        en="In the first {n} periods after the start “{outcome}” was {change} percent {word} than expected "
        "({interval}); that is {amount} {per}.",
    ).fill(
        n=f"{dict(finding.settings).get('horizon') or 0:g}",
        outcome=finding.outcome.label,
        change=Number(abs(percent.value), decimals),
        word=LOWER_HIGHER[0] if percent.value < 0 else LOWER_HIGHER[1],
        interval=interval_words(percent, scale=1.0, words=LOWER_HIGHER, decimals=decimals),
        amount=signed(estimate, scale=scale, words=FEWER_MORE, decimals=decimals_of(estimate, scale)),
        per=exposed(scale) if scale > 1 else Text(sv="per period", en="a period"),
    )


def _seen(finding: Finding) -> Text:
    if finding.outcome.kind == "count":
        return _seen_counts(finding)
    estimate, decimals = finding.estimate, decimals_of(finding.estimate)
    slope = finding.estimated("slope_change")
    template = Text(
        sv="De första {n} perioderna efter starten låg ”{outcome}” i snitt {change} än väntat "
        "({interval}); takten per period blev {slope}.",
        en="In the first {n} periods after the start “{outcome}” was on average {change} than expected "
        "({interval}); the pace per period "
        "became {slope}.",
    )
    return template.fill(
        outcome=finding.outcome.label,
        change=signed(estimate, scale=1.0, words=LOWER_HIGHER, decimals=decimals),
        interval=interval_words(estimate, scale=1.0, words=LOWER_HIGHER, decimals=decimals),
        n=f"{dict(finding.settings).get('horizon') or 0:g}",
        slope=signed(slope, scale=1.0, words=LOWER_HIGHER, decimals=decimals_of(slope)),
    )
