"""A random sample of people: how it is in all of the population, and what those who did not answer could change."""

from __future__ import annotations

import numpy as np

from genklang.evaluate import allocation, flags
from genklang.evaluate.arrays import Floats, Ints
from genklang.evaluate.columns import OutcomeColumn, categories, numbers, outcome
from genklang.evaluate.covariates import covariates
from genklang.evaluate.findings import Arm, ArmFlow, Estimate, Finding, Flag, Flow, Loss
from genklang.evaluate.methods import MANSKI
from genklang.evaluate.problems import Problems, refuse
from genklang.evaluate.request import Request
from genklang.evaluate.survey import Survey, survey_mean
from genklang.evaluate.texts import Number, Text
from genklang.evaluate.verdicts import Verdict, verdict_of

LOW_RESPONSE = 0.8
ASSUMPTIONS = (
    Text(sv="De tillfrågade drogs slumpmässigt.", en="Those asked were drawn at random."),
    Text(
        sv="De som inte svarade hade inom sitt stratum i snitt svarat som de andra; gränserna visar vad som annars är "
        "möjligt.",
        en="Those who did not answer would within their stratum on average have answered as the others; the bounds "
        "show what else is possible.",
    ),
)


def build(request: Request) -> Finding:
    """The finding of a survey: `outcome`, and `strata`, `cluster`, `weight` or `population` as it was drawn."""
    request.needs("outcome")
    if request.weight is not None and request.population is not None:
        raise refuse(
            Text(sv="både weight och population är angivna.", en="both weight and population are given."),
            Text(sv="Ange en av dem.", en="Give one of them."),
        )
    measured, result, filled = _read(request)
    estimate = result.estimate
    is_share = measured.kind == "share"
    answers = measured.values[~np.isnan(measured.values)]
    relevant = float(answers.std(ddof=1)) / 2 if request.relevant is None else request.relevant
    flow, plan = _flow(request, result), request.departures()
    everybody = Text(sv="alla som svarade", en="all who answered")
    seen = Arm(name="all", label=everybody, is_control=False, n=result.answered, value=float(answers.mean()))
    return Finding(
        design="survey",
        question=Text(sv="Hur är det med ”{outcome}” i befolkningen?", en="How is “{outcome}” in the population?").fill(
            outcome=request.label or request.outcome or ""
        ),
        outcome=request.described(measured.kind, request.outcome),
        practice=request.practice,
        estimates=(estimate, *_ends(result)),
        verdict=_verdict(estimate, request, relevant),
        relevant=relevant,
        confidence=request.confidence,
        arms=(seen,),
        assumptions=ASSUMPTIONS,
        flow=flow,
        plan=plan,
        flags=(
            *_flags(result),
            *_calibrated(request),
            *flags.imputed(filled),
            *flags.few_people([seen]),
            *flags.plan(plan),
            *(flags.direction(request.better) if request.target is not None else ()),
            *flags.relevance(relevant, is_assumed=request.relevant is None, is_share=is_share),
        ),
        settings=(
            ("target", request.target),
            ("drawn", result.drawn),
            ("answered", result.answered),
            ("design_effect", result.design_effect),
            ("covariates", ", ".join(request.covariates) or None),
        ),
    )


def _read(request: Request) -> tuple[OutcomeColumn, Survey, list[str]]:
    problems = Problems()
    column = request.outcome or ""
    measured = outcome(column, request.columns[column], problems, kind=request.kind, success=request.success)
    strata = allocation.strata(request, problems)
    clusters = _codes(request, problems)
    weights, population = (_amounts(name, request, problems) for name in (request.weight, request.population))
    background, filled = covariates(request, problems)
    problems.check()
    result = survey_mean(
        measured.values,
        strata=strata,
        clusters=clusters,
        weights=weights,
        population=population,
        known_of_all=background,
        is_share=measured.kind == "share",
        confidence=request.confidence,
    )
    return measured, result, filled


def _codes(request: Request, problems: Problems) -> Ints | None:
    if request.cluster is None:
        return None
    labels = categories(request.cluster, request.columns[request.cluster], problems, may_miss=False)
    return np.unique(np.array([label or "" for label in labels]), return_inverse=True)[1].astype(np.int64)


def _amounts(name: str | None, request: Request, problems: Problems) -> Floats | None:
    """A column of numbers above zero, none missing."""
    if name is None:
        return None
    values = numbers(name, request.columns[name], problems)
    wrong = Text(sv="{v} är inget antal.", en="{v} is no number of people.")
    cells = request.columns[name]
    bad = [(row, wrong.fill(v=f'"{cells[row]}"')) for row in np.flatnonzero(~(values > 0)).tolist()]
    problems.add_rows(bad, Text(sv="Skriv ett tal över noll.", en="Write a number above zero."), column=name)
    return values


def _ends(result: Survey) -> list[Estimate]:
    if result.bounds is None:
        return []
    labels = (
        ("bound_lower", Text(sv="om ingen av dem som teg hade sagt ja", en="had none of the silent said yes")),
        ("bound_upper", Text(sv="om alla som teg hade sagt ja", en="had all of the silent said yes")),
    )
    return [
        Estimate(name=name, label=label, value=value, method=MANSKI, is_share=True)
        for (name, label), value in zip(labels, result.bounds, strict=True)
    ]


def _verdict(estimate: Estimate, request: Request, relevant: float) -> Verdict:
    if request.target is None or estimate.low is None or estimate.high is None:
        return Verdict.UNINFORMATIVE
    low, high = estimate.low - request.target, estimate.high - request.target
    return verdict_of(low=low, high=high, better=request.better, relevant=relevant)


def _flow(request: Request, result: Survey) -> Flow:
    silent = result.drawn - result.answered
    lost = (Loss(reason=Text(sv="svarade inte", en="did not answer"), n=silent),) if silent else ()
    only = ArmFlow(
        name="all",
        label=Text(sv="tillfrågade", en="asked"),
        allocated=result.drawn,
        followed_up=result.answered,
        analysed=result.answered,
        lost=lost,
    )
    return Flow(assessed=request.assessed, eligible=request.eligible, arms=(only,))


def _calibrated(request: Request) -> list[Flag]:
    if not request.covariates:
        return []
    sv = "Svaren är vägda så att de liknar alla som drogs i: {names}."
    en = "Answers are weighed to be like all who were drawn in: {names}."
    return [flags.said("calibrated", sv=sv, en=en, names=", ".join(request.covariates))]


def _flags(result: Survey) -> list[Flag]:
    if result.answered == result.drawn:
        return []
    rate = Number(100 * result.answered / result.drawn, 0)
    if result.bounds is not None:
        sv = "{rate} % svarade: beroende på de tysta ligger andelen mellan {low} och {high} av 100."
        en = "{rate}% answered: by what the silent would have said, the share is between {low} and {high} per 100."
        low, high = (Number(100 * end, 1) for end in result.bounds)
        return [flags.said("response", sv=sv, en=en, rate=rate, low=low, high=high)]
    sv, en = "{rate} % svarade; de tysta kan skilja sig.", "{rate}% answered; the silent may differ."
    return [flags.said("response", sv=sv, en=en, rate=rate)]
