"""Three sentences about a pool: how many, what on average, what the next municipality may expect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genklang.evaluate.plain_words import interval_words
from genklang.evaluate.texts import Number, Text, decimals_for

if TYPE_CHECKING:
    from genklang.evaluate.findings import Estimate
    from genklang.evaluate.pooling.effects import Pooled

_WORDS = (Text(sv="lägre", en="lower"), Text(sv="högre", en="higher"))


def sentences(pooled: Pooled) -> tuple[Text, Text, Text]:
    """The three sentences, each in both languages."""
    return _who(pooled), _average(pooled), _next(pooled)


def _who(pooled: Pooled) -> Text:
    told = Text(
        sv="{k} resultat vägs samman, och effekterna skiljer sig åt {much}.",
        en="{k} results are pooled, and the effects differ {much}.",
    )
    if pooled.without_result:
        told = Text(
            sv="{k} resultat vägs samman ({n} införanden har inte gett något), och effekterna skiljer sig åt {much}.",
            en="{k} results are pooled ({n} adoptions have given none), and the effects differ {much}.",
        )
    return told.fill(k=len(pooled.rows), n=pooled.without_result, much=_much(pooled))


def _much(pooled: Pooled) -> Text:
    if pooled.tau2 == 0:
        return Text(sv="inte mer än slumpen brukar ge", en="no more than chance tends to give")
    if pooled.heterogeneity.p > 1 - pooled.confidence:
        return Text(sv="något mer än slumpen brukar ge", en="somewhat more than chance tends to give")
    return Text(sv="klart mer än slumpen brukar ge", en="clearly more than chance tends to give")


def _average(pooled: Pooled) -> Text:
    estimate = pooled.headline
    template = Text(
        sv="I snitt är utfallet {change} med arbetssättet ({interval}, i {unit}).",
        en="On average the outcome is {change} with the practice ({interval}, in {unit}).",
    )
    return template.fill(change=_signed(estimate), interval=_interval(estimate), unit=pooled.unit)


def _next(pooled: Pooled) -> Text:
    if pooled.prediction is None:
        return Text(
            sv="Två resultat är för få för att säga vad nästa kommun kan vänta sig.",
            en="Two results are too few to say what the next municipality may expect.",
        )
    template = Text(
        sv="Nästa kommun kan vänta sig något däromkring, men spannet är vidare ({interval}).",
        en="The next municipality may expect something near that, but the span is wider ({interval}).",
    )
    return template.fill(interval=_interval(pooled.prediction))


def _signed(estimate: Estimate) -> Text:
    word = _WORDS[0] if estimate.value < 0 else _WORDS[1]
    value = Number(abs(estimate.value), _decimals(estimate))
    return Text(sv="{value} {word}", en="{value} {word}").fill(value=value, word=word)


def _interval(estimate: Estimate) -> Text:
    return interval_words(estimate, scale=1.0, words=_WORDS, decimals=_decimals(estimate))


def _decimals(estimate: Estimate) -> int:
    return decimals_for(((estimate.high or 0.0) - (estimate.low or 0.0)) / 2)
