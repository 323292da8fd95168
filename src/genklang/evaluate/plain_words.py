"""Parts of sentences: intervals, differences with their direction, and rates, each with the decimals it deserves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from genklang.evaluate.meanings import DEPENDS
from genklang.evaluate.texts import Number, Text, decimals_for
from genklang.evaluate.verdicts import Verdict

if TYPE_CHECKING:
    from genklang.evaluate.findings import Estimate, Finding

FEWER_MORE = (Text(sv="färre", en="fewer"), Text(sv="fler", en="more"))
LOWER_HIGHER = (Text(sv="lägre", en="lower"), Text(sv="högre", en="higher"))
RARE = 0.001


def interval_words(estimate: Estimate, *, scale: float, words: tuple[Text, Text], decimals: int) -> Text:
    """ "between 16.4 and 0.1 fewer", or "between 16.4 fewer and 0.3 more" when zero lies within."""
    low, high = estimate.low, estimate.high
    if low is None or high is None:
        return Text(sv="utan osäkerhetsintervall", en="with no interval")
    near, far = (abs(low), abs(high)) if low > 0 else (abs(high), abs(low))
    if low > 0 or high < 0:
        template = Text(
            sv="{confidence} procents osäkerhetsintervall: mellan {near} och {far} {word}",
            en="{confidence} percent interval: between {near} and {far} {word}",
        )
        side = words[1] if low > 0 else words[0]
        return template.fill(
            confidence=percent(estimate.confidence),
            near=scaled(near, scale, _shown(near * scale, decimals)),
            far=scaled(far, scale, decimals),
            word=side,
        )
    template = Text(
        sv="{confidence} procents osäkerhetsintervall: från {low} {less} till {high} {more}",
        en="{confidence} percent interval: from {low} {less} to {high} {more}",
    )
    return template.fill(
        confidence=percent(estimate.confidence),
        low=scaled(abs(low), scale, decimals),
        high=scaled(abs(high), scale, decimals),
        less=words[0],
        more=words[1],
    )


def _shown(value: float, decimals: int) -> int:
    """As many decimals as keep a limit that is not zero from reading as zero, four at most."""
    while decimals < 4 and value and round(value, decimals) == 0:
        decimals += 1
    return decimals


def scaled(value: float, scale: float, decimals: int) -> Number:
    """A value in the unit that it is told in."""
    return Number(value * scale, decimals)


def percent(confidence: float | None) -> Number:
    """A confidence as a percentage."""
    value = 100 * (confidence or 0)
    return Number(value, 0 if value == round(value) else 1)


def decimals_of(estimate: Estimate, scale: float = 1.0) -> int:
    """As many decimals as the interval deserves."""
    if estimate.low is None or estimate.high is None:
        return decimals_for(abs(estimate.value) * scale)
    return decimals_for((estimate.high - estimate.low) * scale / 2)


def scale_of(finding: Finding) -> float:
    """Shares are told per hundred."""
    return 100.0 if finding.estimate.is_share else 1.0


def signed(estimate: Estimate, *, scale: float, words: tuple[Text, Text], decimals: int) -> Text:
    """ "8.3 fewer", "0.0 more"."""
    word = words[0] if estimate.value < 0 else words[1]
    return Text(sv="{value} {word}", en="{value} {word}").fill(
        value=scaled(abs(estimate.value), scale, decimals), word=word
    )


def per_exposed(finding: Finding) -> float:
    """Rates are told per hundred exposed, or per hundred thousand where events are rare; other figures as they are."""
    if not dict(finding.settings).get("exposure"):
        return 1.0
    largest = max(abs(arm.value or 0.0) for arm in finding.arms)
    return 100.0 if max(largest, abs(finding.estimate.value)) >= RARE else 100_000.0


def exposed(scale: float) -> Text:
    """What a rate is told per."""
    return Text(sv="per {n} exponerade", en="per {n} exposed").fill(n=Number(scale, 0))


def meaning_of(finding: Finding, meanings: Mapping[Verdict, Text]) -> Text:
    """What the verdict means; with a warning where it hangs on the choice of method."""
    depends = any(flag.id == "depends_on_method" for flag in finding.flags)
    said = meanings[finding.verdict]
    return DEPENDS.fill(meaning=said) if depends else said
