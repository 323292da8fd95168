"""What a reader of a pool must know before trusting it; silent when all is well."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from genklang.evaluate.findings import Flag, Test
from genklang.evaluate.flags import direction, said
from genklang.evaluate.texts import Number, decimals_for

if TYPE_CHECKING:
    from genklang.evaluate.findings import Estimate
    from genklang.evaluate.pooling.effects import Summary

FEW_STUDIES = 5
FEW_FOR_EGGER = 10
FEW_FOR_PREDICTION = 10
_SUSPECT = 0.1  # the level that Egger and others use: the test is weak


def of_pool(
    *,
    summaries: Sequence[Summary],
    left_out: Sequence[Summary],
    without_result: int,
    small: Test | None,
    skipped: bool,
    wider: Estimate | None,
    better: str | None,
    relevant: float | None,
) -> tuple[Flag, ...]:
    """All flags of a pool, in the order of their weight."""
    k = len(left_out) or 2
    return (
        *_depends(summaries),
        *_one_study(summaries[0], left_out),
        *_few(k),
        *_short(k, wider),
        *_without(without_result, k),
        *_small(small, k, skipped=skipped),
        *direction(better),
        *_relevance(relevant),
    )


def disagree(summaries: Sequence[Summary]) -> bool:
    """Whether the ways of pooling with a between-study variance differ in ruling out zero."""
    return len({each.excludes_zero for each in summaries if each.name != "fixed"}) > 1


def _depends(summaries: Sequence[Summary]) -> list[Flag]:
    if not disagree(summaries):
        return []
    return [
        said(
            "depends_on_method",
            sv="Slutsatsen beror på hur skillnaden mellan studierna räknas: {some} av {all} sätt utesluter slumpen.",
            en="The verdict depends on how the spread between studies is reckoned: {some} of {all} ways rule out "
            "chance.",
            some=sum(each.excludes_zero for each in summaries),
            all=len(summaries),
        )
    ]


def _one_study(headline: Summary, left_out: Sequence[Summary]) -> list[Flag]:
    tipping = [each.name for each in left_out if each.excludes_zero != headline.excludes_zero]
    if not tipping:
        return []
    return [
        said(
            "depends_on_one_study",
            sv="Utan en enda av studierna blir slutsatsen en annan: {names}.",
            en="Without a single one of the studies the verdict would be another: {names}.",
            names=", ".join(tipping),
        )
    ]


def _few(k: int) -> list[Flag]:
    if k >= FEW_STUDIES:
        return []
    return [
        said(
            "few_studies",
            sv="Bara {k} studier: hur mycket effekten skiljer sig mellan platser är nästan okänt.",
            en="Only {k} studies: how much the effect differs between places is next to unknown.",
            k=k,
        )
    ]


def _short(k: int, wider: Estimate | None) -> list[Flag]:
    """By simulation (bench/evaluate.py): with few studies that differ, the usual interval holds too seldom."""
    if wider is None or k >= FEW_FOR_PREDICTION:
        return []
    low, high = wider.low or 0.0, wider.high or 0.0
    decimals = decimals_for((high - low) / 2)
    return [
        said(
            "prediction_short",
            sv="Färre än {n} resultat: det vanliga intervallet för nästa kommun kan vara för smalt. Räknas osäkerheten "
            "om spridningen in blir det {low} till {high}.",
            en="Fewer than {n} results: the usual interval for the next municipality may be too narrow. With the "
            "spread's own uncertainty included it is {low} to {high}.",
            n=FEW_FOR_PREDICTION,
            low=Number(low, decimals),
            high=Number(high, decimals),
        )
    ]


def _without(n: int, k: int) -> list[Flag]:
    if n == 0:
        return []
    return [
        said(
            "without_result",
            sv="{n} av {all} införanden har inte gett något resultat; de kan ha gått sämre.",
            en="{n} of {all} adoptions have given no result; they may have fared worse.",
            n=n,
            all=n + k,
        )
    ]


def _small(small: Test | None, k: int, *, skipped: bool) -> list[Flag]:
    if skipped or small is None:
        sv = "Om små studier skiljer sig från stora kan inte prövas: för få, eller lika stora."
        en = "Whether small studies differ from large ones cannot be tested: too few, or all of one size."
        return [said("small_studies_untested", sv=sv, en=en)]
    if small.p < _SUSPECT:
        sv = "Små studier visar annat än stora (p {p}): resultat kan saknas, eller platserna skilja sig."
        en = "Small studies show other effects than large ones (p {p}): results may be missing, or places differ."
        return [said("small_studies_differ", sv=sv, en=en, p=Number(small.p, 3))]
    if k < FEW_FOR_EGGER:
        sv = "Färre än {n} studier: prövningen av om små skiljer sig från stora säger lite."
        en = "Fewer than {n} studies: the test of whether small differ from large ones says little."
        return [said("few_for_small_studies", sv=sv, en=en, n=FEW_FOR_EGGER)]
    return []


def _relevance(relevant: float | None) -> list[Flag]:
    if relevant is None:
        return []
    sv = "Ingen minsta viktiga skillnad är angiven; medianstudiens medelfel ({relevant}) har använts."
    en = "No smallest relevant difference is stated; the median study's standard error ({relevant}) was used."
    return [said("relevance_assumed", sv=sv, en=en, relevant=Number(relevant, decimals_for(relevant)))]
