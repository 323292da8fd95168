"""Difference-in-differences: municipalities that began, at different times, against those still without."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from genklang.evaluate import flags
from genklang.evaluate.findings import Arm, Curve, Finding, Flag
from genklang.evaluate.judgement import judged
from genklang.evaluate.lone import Lone, lone_adopter
from genklang.evaluate.panels import Panel, read_panel
from genklang.evaluate.problems import refuse
from genklang.evaluate.request import Controls, Request
from genklang.evaluate.staggered import Staggered, staggered_differences
from genklang.evaluate.texts import Number, Text

FEW_GROUPS = 10
BY_TIME = Text(sv="Effekt efter perioder sedan starten", en="Effect by periods since the start")
BAND = Text(
    sv="Effekt efter perioder sedan starten, band för alla på en gång", en="Effect by periods, band for all at once"
)
ASSUMPTIONS = (
    Text(
        sv="Utan arbetssättet hade de som började utvecklats som de andra (parallella utvecklingar).",
        en="Without the practice those who began would have developed as the others did (parallel trends).",
    ),
    Text(
        sv="Ingen ändrade sig i väntan på att börja, och den enas start påverkar inte de andra.",
        en="Nobody changed in wait of beginning, and one's start does not touch the others.",
    ),
    Text(sv="Den som börjat fortsätter.", en="Who has begun goes on."),
)


def build(request: Request) -> Finding:
    """The finding of a staggered adoption: `outcome` by `group` and `time`, starts by `first` or `treatment`."""
    request.needs("outcome", "time", "group")
    panel = read_panel(request)
    early = panel.first == 0
    kept = panel.where(~early)
    usual = _usual(kept)
    controls: Controls = request.controls or usual
    result = _differences(kept, controls, request)
    spread = float(kept.values[:, : int(kept.first[kept.ever].min())].std(ddof=1))
    relevant = spread / 2 if request.relevant is None else request.relevant
    second = result.average.p if isinstance(result, Lone) else None
    verdict, _ = judged(result.average, second, better=request.better, relevant=relevant)
    plan = request.departures()
    return Finding(
        design="difference_in_differences",
        question=Text(
            sv="Ändrades ”{outcome}” mer där arbetssättet infördes än där det inte gjorde det?",
            en="Did “{outcome}” change more where the practice was adopted than where it was not?",
        ).fill(outcome=request.label or request.outcome or ""),
        outcome=request.described("mean", request.outcome),
        practice=request.practice,
        estimates=(result.average, *(estimate for since, estimate in result.by_time if since >= 0)),
        verdict=verdict,
        relevant=relevant,
        confidence=request.confidence,
        arms=_arms(kept),
        tests=() if result.before is None else (result.before,),
        assumptions=ASSUMPTIONS,
        plan=plan,
        flags=(
            *_flags(panel, kept, result, int(early.sum())),
            *flags.plan(plan),
            *flags.direction(request.better),
            *flags.relevance(relevant, is_assumed=request.relevant is None, is_share=False),
        ),
        curves=_curves(result),
        settings=(
            ("controls", controls),
            ("adopters", int(kept.ever.sum())),
            ("others", int((~kept.ever).sum())),
            ("weight", request.weight),
            ("cluster", request.cluster),
            ("simultaneous", None if isinstance(result, Lone) else result.simultaneous),
        ),
    )


def _differences(panel: Panel, controls: Controls, request: Request) -> Staggered | Lone:
    """Of several that began by their spread; of one by the others', which cannot be weighed or clustered."""
    if int(panel.ever.sum()) > 1:
        return staggered_differences(
            panel.values,
            panel.first,
            controls=controls,
            weights=panel.weights,
            clusters=panel.clusters,
            confidence=request.confidence,
            seed=request.seed,
        )
    own = int(np.flatnonzero(panel.ever)[0])
    return lone_adopter(
        panel.values[own], panel.values[~panel.ever], start=int(panel.first[own]), confidence=request.confidence
    )


def _usual(panel: Panel) -> Controls:
    """Those who never begin, where there are at least as many as a few; otherwise those not yet begun too."""
    if len(panel.names) < 2 or not panel.ever.any():
        raise refuse(
            Text(sv="ingen grupp börjar under tiden.", en="nobody begins within the time."),
            Text(sv="Ange när grupperna började (--first).", en="Give when the groups began (--first)."),
        )
    return "never" if int((~panel.ever).sum()) >= FEW_GROUPS else "not_yet"


def _arms(panel: Panel) -> tuple[Arm, ...]:
    """Means over all periods with and without the practice, as seen; groups are counted."""
    since = np.arange(len(panel.periods)) - panel.first[:, None]
    return tuple(
        Arm(
            name=name,
            label=label,
            is_control=is_control,
            n=int(rows.any(axis=1).sum()),
            value=float(panel.values[rows].mean()),
        )
        for name, label, rows, is_control in (
            ("with", Text(sv="med arbetssättet", en="with the practice"), since >= 0, False),
            ("without", Text(sv="utan arbetssättet", en="without the practice"), since < 0, True),
        )
    )


def _flags(panel: Panel, kept: Panel, result: Staggered | Lone, early: int) -> list[Flag]:
    found = []
    if isinstance(result, Lone):
        sv = (
            "Bara en grupp började: slump bedöms av hur mycket de {n} andra ändrades. Se även design synthetic_control."
        )
        en = "Only one group began: chance is judged by how much the {n} others changed. See also synthetic_control."
        found.append(flags.said("lone_adopter", sv=sv, en=en, n=len(kept.names) - 1))
        if result.average.low is None:
            sv, en = "För få andra för ett intervall.", "Too few others for an interval."
            found.append(flags.said("few_donors", sv=sv, en=en))
    if result.before is not None and result.before.p < 0.05:
        sv = "Grupperna gick isär redan före starten (p {p}): skillnaden efter kan ha samma orsak."
        en = "The groups went apart before the start (p {p}): the difference after may have the same cause."
        found.append(flags.said("went_apart_before", sv=sv, en=en, p=Number(result.before.p, 3)))
    adopters = int(kept.ever.sum())
    if isinstance(result, Staggered) and min(adopters, len(kept.names) - adopters) < FEW_GROUPS:
        sv = "Få grupper ({n} började, {m} gjorde det inte): intervallet är för smalt snarare än för brett."
        en = "Few groups ({n} began, {m} did not): the interval is too narrow rather than too wide."
        found.append(flags.said("few_groups", sv=sv, en=en, n=adopters, m=len(kept.names) - adopters))
    if early:
        sv, en = (
            "{n} grupper hade börjat redan från start och är inte med.",
            "{n} groups had begun at the outset; left out.",
        )
        found.append(flags.said("begun_before", sv=sv, en=en, n=early))
    return [*found, *dropped(panel)]


def dropped(panel: Panel) -> list[Flag]:
    """Groups that lack a period, by name; and rows that were averaged."""
    found = []
    if panel.dropped:
        sv, en = "Grupper med luckor är inte med: {names}.", "Groups with gaps are left out: {names}."
        found.append(flags.said("dropped_groups", sv=sv, en=en, names=", ".join(panel.dropped[:10])))
    if panel.averaged:
        sv, en = "Flera rader per grupp och period: medelvärdet används.", "Several rows a group and period: averaged."
        found.append(flags.said("averaged_rows", sv=sv, en=en))
    return found


def _curves(result: Staggered | Lone) -> tuple[Curve, ...]:
    """The effect by periods since the start, each with its own interval, and with a band that holds all at once."""
    points = [(float(since), estimate) for since, estimate in result.by_time]
    x = tuple(since for since, _ in points)
    y = tuple(estimate.value for _, estimate in points)
    if any(estimate.low is None for _, estimate in points):
        return (Curve(name="by_time", label=BY_TIME, x=x, y=y),)
    pointwise = Curve(
        name="by_time",
        label=BY_TIME,
        x=x,
        y=y,
        low=tuple(estimate.low or 0.0 for _, estimate in points),
        high=tuple(estimate.high or 0.0 for _, estimate in points),
    )
    wide = None if isinstance(result, Lone) else result.simultaneous
    if wide is None:
        return (pointwise,)
    halves = [wide * (estimate.standard_error or 0.0) for _, estimate in points]
    band = replace(
        pointwise,
        name="by_time_simultaneous",
        label=BAND,
        low=tuple(value - half for value, half in zip(y, halves, strict=True)),
        high=tuple(value + half for value, half in zip(y, halves, strict=True)),
    )
    return pointwise, band
