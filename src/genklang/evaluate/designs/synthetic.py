"""One municipality against a mix of others that was most like it before it began."""

from __future__ import annotations

import numpy as np

from genklang.evaluate import flags
from genklang.evaluate.designs.staggered import dropped
from genklang.evaluate.findings import Arm, Curve, Finding, Flag
from genklang.evaluate.judgement import judged
from genklang.evaluate.panels import Panel, read_panel
from genklang.evaluate.problems import refuse
from genklang.evaluate.request import Request
from genklang.evaluate.synthetic import Synthetic, synthetic_control
from genklang.evaluate.texts import Number, Text

POOR_FIT = 0.25
ASSUMPTIONS = (
    Text(
        sv="Den som följde blandningen före starten hade fortsatt att göra det utan arbetssättet.",
        en="The one that followed the mix before the start would have gone on doing so without the practice.",
    ),
    Text(
        sv="De andra fick inte arbetssättet och påverkades inte av det, och inget annat hände bara här.",
        en="The others did not get the practice and were not touched by it, and nothing else happened only here.",
    ),
)


def build(request: Request) -> Finding:
    """The finding of one group: `outcome` by `group` and `time`; who began and when as in a panel."""
    request.needs("outcome", "time", "group")
    if request.covariates:
        raise refuse(
            Text(sv="kovariater används inte här.", en="covariates are not used here."),
            Text(
                sv="Blandningen görs på utfallet före starten.", en="The mix is made on the outcome before the start."
            ),
        )
    panel = read_panel(request)
    own = _treated(panel)
    start = int(panel.first[own])
    donors = ~panel.ever
    result = synthetic_control(panel.values[own], panel.values[donors], start=start, confidence=request.confidence)
    before = panel.values[own, :start]
    relevant = float(before.std(ddof=1)) / 2 if request.relevant is None else request.relevant
    verdict, depends = judged(result.effect, result.ratio.p, better=request.better, relevant=relevant)
    plan = request.departures()
    names = [name for name, is_donor in zip(panel.names, donors, strict=True) if is_donor]
    return Finding(
        design="synthetic_control",
        question=Text(
            sv="Vad blev ”{outcome}” i {place}, mot vad det annars hade blivit?",
            en="What became of “{outcome}” in {place}, against what it would have been?",
        ).fill(outcome=request.label or request.outcome or "", place=panel.names[own]),
        outcome=request.described("mean", request.outcome),
        practice=request.practice,
        estimates=(result.effect,),
        verdict=verdict,
        relevant=relevant,
        confidence=request.confidence,
        arms=_arms(panel, own, result, start),
        tests=(result.ratio,),
        assumptions=ASSUMPTIONS,
        plan=plan,
        flags=(
            *flags.depends_on_method(depends),
            *_flags(panel, result, len(names)),
            *flags.plan(plan),
            *flags.direction(request.better),
            *flags.relevance(relevant, is_assumed=request.relevant is None, is_share=False),
        ),
        curves=_curves(panel, own, result),
        settings=(
            ("place", panel.names[own]),
            ("donors", len(names)),
            ("periods_before", start),
            ("periods_after", len(panel.periods) - start),
            ("fit_before", float(result.fit[0])),
            ("mix", _mix(names, result)),
        ),
    )


def _treated(panel: Panel) -> int:
    began = np.flatnonzero(panel.ever)
    if len(began) != 1:
        raise refuse(
            Text(sv="{n} grupper började.", en="{n} groups began.").fill(n=len(began)),
            Text(
                sv='Designen gäller en. För flera: "difference_in_differences".',
                en='The design is for one. For several: "difference_in_differences".',
            ),
        )
    return int(began[0])


def _mix(names: list[str], result: Synthetic) -> str:
    heavy = sorted(zip(result.weights, names, strict=True), reverse=True)
    return ", ".join(f"{name} {weight:.2f}" for weight, name in heavy if weight >= 0.005)


def _arms(panel: Panel, own: int, result: Synthetic, start: int) -> tuple[Arm, ...]:
    place = Text.of(panel.names[own])
    mix = Text(sv="blandningen av andra", en="the mix of others")
    n = len(panel.periods) - start
    return (
        Arm(name="with", label=place, is_control=False, n=n, value=float(panel.values[own, start:].mean())),
        Arm(name="without", label=mix, is_control=True, n=n, value=float(result.synthetic[start:].mean())),
    )


def _flags(panel: Panel, result: Synthetic, donors: int) -> list[Flag]:
    found = []
    if result.effect.low is None:
        sv = "Bara {n} att jämföra med: lägre p-värde än {p} går inte att få, och inget intervall."
        en = "Only {n} to compare with: no p-value below {p} can be had, and no interval."
        found.append(flags.said("few_donors", sv=sv, en=en, n=donors, p=Number(1 / (donors + 1), 3)))
    spread = float(panel.values[:, : int(panel.first.min())].std(ddof=1))
    if result.fit[0] > POOR_FIT * spread:
        sv = "Blandningen liknade inte platsen före starten: skillnaden efter säger lite."
        en = "The mix was not like the place before the start: the difference after says little."
        found.append(flags.said("poor_fit", sv=sv, en=en))
    return [*found, *dropped(panel)]


def _curves(panel: Panel, own: int, result: Synthetic) -> tuple[Curve, ...]:
    x = tuple(map(float, panel.periods))
    placebos = result.gaps[1:]
    return (
        Curve(name="seen", label=Text.of(panel.names[own]), x=x, y=tuple(map(float, panel.values[own]))),
        Curve(
            name="synthetic",
            label=Text(sv="blandningen av andra", en="the mix of others"),
            x=x,
            y=tuple(map(float, result.synthetic)),
        ),
        Curve(
            name="gap",
            label=Text(sv="skillnad, och de andras som om de börjat", en="difference, and the others' as if begun"),
            x=x,
            y=tuple(map(float, result.gaps[0])),
            low=tuple(map(float, placebos.min(axis=0))),
            high=tuple(map(float, placebos.max(axis=0))),
        ),
    )
