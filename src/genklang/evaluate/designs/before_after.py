"""The same people before and after, with no comparison group: a change, and a warning about its cause."""

from __future__ import annotations

import numpy as np

from genklang.evaluate import flags
from genklang.evaluate.arrays import Bools, Floats
from genklang.evaluate.columns import OutcomeColumn, outcome
from genklang.evaluate.findings import Arm, ArmFlow, Finding, Flow, Loss
from genklang.evaluate.problems import Problems, refuse
from genklang.evaluate.request import Request
from genklang.evaluate.single import paired_change
from genklang.evaluate.texts import Text
from genklang.evaluate.verdicts import verdict_of

Known = tuple[Bools, Bools]
ASSUMPTIONS = (
    Text(
        sv="Utan insatsen hade inget ändrats: varken tiden, annat stöd eller att man började när det var som "
        "värst spelar in.",
        en="Without the practice nothing would have changed: neither time, other support, nor starting when it "
        "was worst.",
    ),
    Text(
        sv="Personernas förändringar är oberoende av varandra.",
        en="The people's changes are independent of each other.",
    ),
    Text(
        sv="De som saknar en av mätningarna hade i genomsnitt förändrats som de övriga.",
        en="Those who lack one of the measurements would on average have changed as the others did.",
    ),
)


def build(request: Request) -> Finding:
    """The finding of paired measurements: `before` and `outcome` (after). Raises EvaluationError."""
    request.needs("outcome", "before")
    before, after = _read(request)
    known = (~np.isnan(before.values), ~np.isnan(after.values))
    both = known[0] & known[1]
    _check_pairs(int(both.sum()), request)
    first, second = before.values[both], after.values[both]
    estimate = paired_change(first, second, confidence=request.confidence)
    relevant = float(first.std(ddof=1)) / 2 if request.relevant is None else request.relevant
    low, high = estimate.low or 0.0, estimate.high or 0.0
    plan = request.departures()
    flow = _flow(request, known)
    arms = (
        _arm("after", Text(sv="efter", en="after"), second, is_control=False),
        _arm("before", Text(sv="före", en="before"), first, is_control=True),
    )
    return Finding(
        design="before_after",
        question=Text(
            sv="Ändrades ”{outcome}” hos samma personer?", en="Did “{outcome}” change in the same people?"
        ).fill(outcome=request.label or request.outcome or ""),
        outcome=request.described("mean", request.outcome),
        practice=request.practice,
        estimates=(estimate,),
        verdict=verdict_of(low=low, high=high, better=request.better, relevant=relevant),
        relevant=relevant,
        confidence=request.confidence,
        arms=arms,
        assumptions=ASSUMPTIONS,
        flow=flow,
        plan=plan,
        flags=(
            flags.said("no_comparison", sv="Ingen jämförelsegrupp.", en="No comparison group."),
            *flags.plan(plan),
            *flags.few_people(arms),
            *flags.missing(flow.arms),
            *flags.direction(request.better),
            *flags.relevance(relevant, is_assumed=request.relevant is None, is_share=False),
        ),
    )


def _read(request: Request) -> tuple[OutcomeColumn, OutcomeColumn]:
    problems = Problems()
    before, after = (
        outcome(column, request.columns[column], problems, kind=request.kind, success=request.success)
        for column in (request.before or "", request.outcome or "")
    )
    problems.check()
    return before, after


def _check_pairs(n: int, request: Request) -> None:
    if n < 2:
        raise refuse(
            Text(sv="{n} personer har båda mätningarna.", en="{n} people have both measurements.").fill(n=n),
            Text(sv="Minst två behövs, helst trettio.", en="At least two are needed, better thirty."),
            column=request.outcome,
        )


def _arm(name: str, label: Text, values: Floats, *, is_control: bool) -> Arm:
    return Arm(
        name=name,
        label=label,
        is_control=is_control,
        n=len(values),
        value=float(values.mean()),
        standard_deviation=float(values.std(ddof=1)),
    )


def _flow(request: Request, known: Known) -> Flow:
    first, second = known
    both = int((first & second).sum())
    only = ArmFlow(
        name="all",
        label=Text(sv="alla", en="everybody"),
        allocated=request.size,
        followed_up=both,
        analysed=both,
        lost=tuple(Loss(reason=reason, n=n) for reason, n in _losses(first, second) if n),
    )
    return Flow(assessed=request.assessed, eligible=request.eligible, arms=(only,))


def _losses(first: Bools, second: Bools) -> list[tuple[Text, int]]:
    """How many lack which measurement."""
    return [
        (Text(sv="mätningen efter saknas", en="no measurement after"), int((first & ~second).sum())),
        (Text(sv="mätningen före saknas", en="no measurement before"), int((~first & second).sum())),
        (Text(sv="inte mätt alls", en="never measured"), int((~first & ~second).sum())),
    ]
