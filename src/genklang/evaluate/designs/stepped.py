"""Stepped wedge: every group begins in the end, and a lot decided in which order."""

from __future__ import annotations

import numpy as np

from genklang.evaluate import flags
from genklang.evaluate.designs.staggered import dropped
from genklang.evaluate.findings import Arm, Finding, Flag
from genklang.evaluate.judgement import judged
from genklang.evaluate.panels import Panel, read_panel
from genklang.evaluate.request import Request
from genklang.evaluate.stepped import stepped_wedge
from genklang.evaluate.texts import Text

FEW_GROUPS = 8
ASSUMPTIONS = (
    Text(sv="Lotten avgjorde i vilken ordning grupperna började.", en="The lot decided in which order groups began."),
    Text(
        sv="Effekten kommer genast och är lika stor hela tiden; växer den, blir skattningen för låg.",
        en="The effect comes at once and stays of one size; where it grows, the estimate is too low.",
    ),
    Text(
        sv="Ingen ändrade sig i väntan på att börja, och grupperna påverkar inte varandra.",
        en="Nobody changed in wait of beginning, and groups do not touch each other.",
    ),
)


def build(request: Request) -> Finding:
    """The finding of a stepped wedge: `outcome` by `group` and `time`, starts by `first` or `treatment`."""
    request.needs("outcome", "time", "group")
    panel = read_panel(request)
    result = stepped_wedge(
        panel.values, panel.first, seed=request.seed, draws=request.draws, confidence=request.confidence
    )
    without = panel.values[np.arange(len(panel.periods)) < panel.first[:, None]]
    relevant = float(without.std(ddof=1)) / 2 if request.relevant is None else request.relevant
    verdict, depends = judged(result.estimate, result.vertical.p, better=request.better, relevant=relevant)
    plan = request.departures()
    return Finding(
        design="stepped_wedge",
        question=Text(
            sv="Vad betyder arbetssättet för ”{outcome}”, när en lott avgjorde vem som började först?",
            en="What does the practice mean for “{outcome}”, when a lot decided who began first?",
        ).fill(outcome=request.label or request.outcome or ""),
        outcome=request.described("mean", request.outcome),
        practice=request.practice,
        estimates=(result.estimate, result.vertical),
        verdict=verdict,
        relevant=relevant,
        confidence=request.confidence,
        arms=_arms(panel),
        assumptions=ASSUMPTIONS,
        plan=plan,
        flags=(
            *flags.depends_on_method(depends),
            *_few(panel),
            *dropped(panel),
            *flags.plan(plan),
            *flags.direction(request.better),
            *flags.relevance(relevant, is_assumed=request.relevant is None, is_share=False),
        ),
        settings=(
            ("groups", len(panel.names)),
            ("periods", len(panel.periods)),
            ("seed", request.seed),
            ("draws", request.draws),
        ),
    )


def _arms(panel: Panel) -> tuple[Arm, ...]:
    """Means with and without the practice as seen, not allowing for the period; groups are counted."""
    on = np.arange(len(panel.periods)) >= panel.first[:, None]
    labels = (
        ("with", Text(sv="med arbetssättet", en="with the practice"), on, False),
        ("without", Text(sv="utan arbetssättet", en="without the practice"), ~on, True),
    )
    return tuple(
        Arm(name=name, label=label, is_control=c, n=int(rows.any(axis=1).sum()), value=float(panel.values[rows].mean()))
        for name, label, rows, c in labels
    )


def _few(panel: Panel) -> list[Flag]:
    if len(panel.names) >= FEW_GROUPS:
        return []
    sv, en = "Få grupper ({n}): lotten kunde falla på få sätt.", "Few groups ({n}): the lots could fall in few ways."
    return [flags.said("few_groups", sv=sv, en=en, n=len(panel.names))]
