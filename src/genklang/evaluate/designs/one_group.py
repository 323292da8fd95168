"""One group beside a target: what was reached, with its interval. Says nothing of causes."""

from __future__ import annotations

import numpy as np

from genklang.evaluate import flags
from genklang.evaluate.arrays import Floats
from genklang.evaluate.columns import OutcomeColumn, outcome, positive
from genklang.evaluate.findings import Arm, ArmFlow, Estimate, Finding, Flag, Flow, Loss
from genklang.evaluate.methods import RATE
from genklang.evaluate.problems import Problems, refuse
from genklang.evaluate.request import Request
from genklang.evaluate.single import one_mean, one_rate, one_share
from genklang.evaluate.texts import Text
from genklang.evaluate.verdicts import Verdict, verdict_of

ASSUMPTIONS = (
    Text(
        sv="Mätningarna är oberoende av varandra; flera mätningar av samma person gör intervallet för smalt.",
        en="The measurements are independent; several of the same person make the interval too narrow.",
    ),
    Text(
        sv="Gruppen liknar dem som frågan gäller. Utan jämförelsegrupp går det inte att säga vad arbetssättet "
        "åstadkom.",
        en="The group is like those asked about. With no comparison group nobody can say what the practice "
        "brought about.",
    ),
)


def build(request: Request) -> Finding:
    """The finding of one group. Raises EvaluationError with all that is wrong."""
    request.needs("outcome")
    measured, exposed = _read(request)
    known = ~np.isnan(measured.values)
    values = measured.values[known]
    estimate, dispersion = _estimate(values, measured, request, None if exposed is None else exposed[known])
    relevant = _spread(values, measured, estimate) / 2 if request.relevant is None else request.relevant
    flow = _flow(request, measured.values)
    seen = _arm(values, measured, estimate)
    plan = request.departures()
    return Finding(
        design="one_group",
        question=_question(request),
        outcome=request.described(measured.kind, request.outcome),
        practice=request.practice,
        estimates=(estimate,),
        verdict=_verdict(estimate, request, relevant),
        relevant=relevant,
        confidence=request.confidence,
        arms=(seen,),
        assumptions=ASSUMPTIONS,
        flow=flow,
        plan=plan,
        flags=(*_flags(request, flow, seen, relevant, is_share=measured.kind == "share"), *flags.plan(plan)),
        settings=(("target", request.target), ("exposure", request.exposure), ("dispersion", dispersion)),
    )


def _read(request: Request) -> tuple[OutcomeColumn, Floats | None]:
    """The outcome, and how many were exposed in each row where that is told (both known, or neither)."""
    problems = Problems()
    column = request.outcome or ""
    kind = "count" if request.exposure is not None else request.kind
    measured = outcome(column, request.columns[column], problems, kind=kind, success=request.success)
    exposed = None if request.exposure is None else positive(request.exposure, request.columns, problems)
    problems.check()
    values = measured.values if exposed is None else np.where(np.isnan(exposed), np.nan, measured.values)
    if np.isnan(values).all():
        raise refuse(
            Text(sv="ingen har något utfall.", en="nobody has an outcome."),
            Text(sv="Minst en mätning behövs.", en="At least one measurement is needed."),
            column=column,
        )
    return OutcomeColumn(measured.kind, values), exposed


def _estimate(
    values: Floats, measured: OutcomeColumn, request: Request, exposed: Floats | None
) -> tuple[Estimate, float | None]:
    if exposed is not None:
        return one_rate(values, exposed, target=request.target, confidence=request.confidence)
    if measured.kind == "share":
        return one_share(int(values.sum()), len(values), target=request.target, confidence=request.confidence), None
    return one_mean(values, target=request.target, confidence=request.confidence), None


def _spread(values: Floats, measured: OutcomeColumn, estimate: Estimate) -> float:
    if measured.kind == "share":
        return float((values.mean() * (1 - values.mean())) ** 0.5)
    return float(values.std(ddof=1)) if estimate.method is not RATE else estimate.value


def _verdict(estimate: Estimate, request: Request, relevant: float) -> Verdict:
    if request.target is None or estimate.low is None or estimate.high is None:
        return Verdict.UNINFORMATIVE
    low, high = estimate.low - request.target, estimate.high - request.target
    return verdict_of(low=low, high=high, better=request.better, relevant=relevant)


def _arm(values: Floats, measured: OutcomeColumn, estimate: Estimate) -> Arm:
    return Arm(
        name="all",
        label=Text(sv="alla", en="everybody"),
        is_control=False,
        n=len(values),
        value=estimate.value,
        low=estimate.low,
        high=estimate.high,
        events=int(values.sum()) if measured.kind == "share" else None,
        standard_deviation=None if measured.kind == "share" or len(values) < 2 else float(values.std(ddof=1)),
    )


def _flow(request: Request, values: Floats) -> Flow:
    n, known = len(values), int((~np.isnan(values)).sum())
    lost = (Loss(reason=Text(sv="utfall saknas", en="outcome missing"), n=n - known),) if n > known else ()
    only = ArmFlow(
        name="all", label=Text(sv="alla", en="everybody"), allocated=n, followed_up=known, analysed=known, lost=lost
    )
    return Flow(assessed=request.assessed, eligible=request.eligible, arms=(only,))


def _question(request: Request) -> Text:
    outcome_label = request.label or request.outcome or ""
    if request.target is None:
        return Text(sv="Hur är det med ”{outcome}”?", en="How is “{outcome}”?").fill(outcome=outcome_label)
    return Text(sv="Når ”{outcome}” målet {target}?", en="Does “{outcome}” reach the target {target}?").fill(
        outcome=outcome_label, target=f"{request.target:g}"
    )


def _flags(request: Request, flow: Flow, seen: Arm, relevant: float, *, is_share: bool) -> list[Flag]:
    found = [*flags.few_people([seen]), *flags.missing(flow.arms)]
    if request.target is None:
        return [
            *found,
            flags.said("no_target", sv="Inget mål är angivet (--target).", en="No target is given (--target)."),
        ]
    return [
        *found,
        *flags.direction(request.better),
        *flags.relevance(relevant, is_assumed=request.relevant is None, is_share=is_share),
    ]
