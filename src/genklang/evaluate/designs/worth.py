"""Cost-effectiveness of a comparison: costs and outcomes person by person."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from genklang.evaluate import allocation, flags
from genklang.evaluate.allocation import Allocation
from genklang.evaluate.arrays import Bools, Floats
from genklang.evaluate.columns import OutcomeKind, numbers, outcome
from genklang.evaluate.findings import Arm, ArmFlow, Finding, Flag, Flow, Loss
from genklang.evaluate.money import SEK
from genklang.evaluate.problems import Problems, refuse
from genklang.evaluate.request import Request
from genklang.evaluate.texts import Text
from genklang.evaluate.verdicts import Verdict, verdict_of
from genklang.evaluate.worth import Worth, cost_effectiveness, swings

ASSUMPTIONS = (
    Text(
        sv="Alla kostnader som skiljer sig åt är med, för lika lång tid som utfallet.",
        en="All costs that differ are included, over as long a time as the outcome.",
    ),
    Text(
        sv="En enhet av utfallet är värd lika mycket för alla och hur många man än vinner.",
        en="A unit of the outcome is worth the same to all, however many are gained.",
    ),
    Text(
        sv="Grupperna var lika från början, som lottning gör dem.",
        en="The groups were alike to begin with, as lots make them.",
    ),
)


def build(request: Request) -> Finding:
    """The finding on net benefit: `outcome`, `cost`, `treatment`, and `willingness` in SEK a unit."""
    request.needs("outcome", "cost", "treatment", "willingness", "better")
    arms, kind, values, cost, known = _read(request)
    kept = arms.compared & known
    gained = values[kept] if request.better == "higher" else -values[kept]
    treated = arms.is_treated[kept]
    worth = request.willingness or 0.0
    result = cost_effectiveness(cost[kept], gained, treated, willingness=worth, confidence=request.confidence)
    relevant = float((worth * gained - cost[kept]).std(ddof=1)) / 2 if request.relevant is None else request.relevant
    seen = _arms(arms, cost[kept], treated)
    flow, plan = _flow(request, arms, known), request.departures()
    return Finding(
        design="cost_effectiveness",
        question=Text(
            sv="Är ”{outcome}” värt vad arbetssättet kostar?", en="Is “{outcome}” worth what the practice costs?"
        ).fill(outcome=request.label or request.outcome or ""),
        outcome=replace(request.described("money", request.outcome), unit=SEK, better="higher"),
        practice=request.practice,
        estimates=tuple(
            each
            for each in (result.benefit, result.cost, result.effect, result.ratio, *swings(result, worth))
            if each is not None
        ),
        verdict=_verdict(result, relevant),
        relevant=relevant,
        confidence=request.confidence,
        arms=seen,
        assumptions=ASSUMPTIONS,
        flow=flow,
        plan=plan,
        flags=(
            *_ratio_flags(result),
            *flags.few_people(seen),
            *flags.missing(flow.arms),
            *flags.chosen_control(arms.control, is_guess=arms.is_guess),
            *flags.plan(plan),
            *flags.relevance(relevant, is_assumed=request.relevant is None, is_share=False),
        ),
        curves=(result.acceptable,),
        settings=(("willingness", worth), ("outcome_kind", kind), ("cost", request.cost)),
    )


def _read(request: Request) -> tuple[Allocation, OutcomeKind, Floats, Floats, Bools]:
    problems = Problems()
    column, price = request.outcome or "", request.cost or ""
    measured = outcome(column, request.columns[column], problems, kind=request.kind, success=request.success)
    cost = numbers(price, request.columns[price], problems)
    arms = allocation.allocation(request, problems)
    problems.check()
    if arms is None:
        raise AssertionError("no arms without a problem")
    known: Bools = ~np.isnan(measured.values) & ~np.isnan(cost)
    for belongs in (arms.is_treated, arms.is_control):
        if int((belongs & known).sum()) < 2:
            raise refuse(
                Text(sv="en arm har färre än två med både kostnad och utfall.", en="an arm has fewer than two known."),
                Text(sv="Minst två behövs i varje arm.", en="At least two with both are needed in each arm."),
                column=price,
            )
    return arms, measured.kind, measured.values, cost, known


def _verdict(result: Worth, relevant: float) -> Verdict:
    low, high = result.benefit.low or 0.0, result.benefit.high or 0.0
    return verdict_of(low=low, high=high, better="higher", relevant=relevant)


def _arms(arms: Allocation, cost: Floats, treated: Bools) -> tuple[Arm, ...]:
    """What each arm cost on average."""
    return tuple(
        Arm(
            name=arms.control if is_control else arms.treated,
            label=arms.label(is_control=is_control),
            is_control=is_control,
            n=int(rows.sum()),
            value=float(cost[rows].mean()),
            standard_deviation=float(cost[rows].std(ddof=1)),
        )
        for is_control, rows in ((False, treated), (True, ~treated))
    )


def _flow(request: Request, arms: Allocation, known: Bools) -> Flow:
    reason = Text(sv="kostnad eller utfall saknas", en="cost or outcome missing")
    made = []
    for is_control, belongs in ((False, arms.is_treated), (True, arms.is_control)):
        n, left = int(belongs.sum()), int((belongs & known).sum())
        lost = (Loss(reason=reason, n=n - left),) if n > left else ()
        name, label = (arms.control if is_control else arms.treated), arms.label(is_control=is_control)
        made.append(ArmFlow(name=name, label=label, allocated=n, followed_up=left, analysed=left, lost=lost))
    return Flow(assessed=request.assessed, eligible=request.eligible, arms=tuple(made))


def _ratio_flags(result: Worth) -> list[Flag]:
    if result.ratio is None:
        sv = "Utfallet kan vara oförändrat: kostnad per vunnen enhet kan inte anges."
        en = "The outcome may be unchanged: no cost per unit gained can be given."
        return [flags.said("no_ratio", sv=sv, en=en)]
    if result.effect.value < 0:
        sv = "Utfallet blev sämre: kvoten är vad som sparas per förlorad enhet."
        en = "The outcome became worse: the ratio is what is saved per unit lost."
        return [flags.said("ratio_of_losses", sv=sv, en=en)]
    return []
