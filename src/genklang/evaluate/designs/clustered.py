"""Randomised by group: as the randomised design, but the groups are what was assigned, and what is counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genklang.evaluate import allocation, flags
from genklang.evaluate.allocation import Allocation
from genklang.evaluate.arrays import Bools, Ints
from genklang.evaluate.clusters import Clustered, difference_between_clusters, levels_differ
from genklang.evaluate.columns import categories, outcome
from genklang.evaluate.comparison import Sample, arm, as_share
from genklang.evaluate.covariates import covariates
from genklang.evaluate.findings import ArmFlow, Finding, Flag, Flow, Group, Loss, Subgroup
from genklang.evaluate.judgement import judged
from genklang.evaluate.problems import EvaluationError, Problems, refuse
from genklang.evaluate.request import Request
from genklang.evaluate.texts import Number, Text
from genklang.evaluate.verdicts import Verdict

FEW_CLUSTERS = 20
MOST_LEVELS = 12
ASSUMPTIONS = (
    Text(
        sv="Lotten avgjorde vilka grupper som fick vad, och grupperna var bestämda innan.",
        en="The lot decided which clusters got what, and the clusters were settled before.",
    ),
    Text(
        sv="Vem som kom med i en grupp påverkades inte av vad gruppen lottades till.",
        en="Who came to be in a cluster was not touched by what the cluster was assigned.",
    ),
    Text(
        sv="Den ena gruppens utfall påverkas inte av vad en annan fick.",
        en="One cluster's outcome is not touched by what another got.",
    ),
)


@dataclass(frozen=True, kw_only=True)
class _Read:
    arms: Allocation
    sample: Sample
    clusters: Ints
    known: Bools
    filled: list[str]
    levels: dict[str, list[str | None]]  # of the people compared
    received: list[str | None] | None


def build(request: Request) -> Finding:
    """The finding of a comparison of groups assigned whole. Raises EvaluationError with all that is wrong."""
    request.needs("outcome", "treatment", "cluster")
    read = _read(request)
    sample = read.sample
    result = difference_between_clusters(
        sample.outcome,
        sample.treated,
        clusters=read.clusters,
        strata=sample.strata,
        covariates=sample.covariates,
        seed=request.seed,
        draws=request.draws,
        confidence=request.confidence,
    )
    is_share = sample.kind == "share"
    estimate, lots = (as_share(each) if is_share else each for each in (result.estimate, result.lots))
    relevant = sample.spread / 2 if request.relevant is None else request.relevant
    verdict, depends = judged(estimate, lots.p, better=request.better, relevant=relevant)
    flow, plan = _flow(request, read), request.departures()
    names = {False: read.arms.treated, True: read.arms.control}
    subgroups = _subgroups(request, read, relevant)
    return Finding(
        design="cluster_randomised",
        question=Text(
            sv="Vad betyder det för ”{outcome}” att gruppen lottats till {treated}, jämfört med {control}?",
            en="What does it mean for “{outcome}” that one's cluster was assigned {treated}, compared with {control}?",
        ).fill(
            outcome=request.label or request.outcome or "",
            treated=read.arms.label(is_control=False),
            control=read.arms.label(is_control=True),
        ),
        outcome=request.described(sample.kind, request.outcome),
        practice=request.practice,
        estimates=(estimate, lots),
        verdict=verdict,
        relevant=relevant,
        confidence=request.confidence,
        arms=tuple(
            arm(sample, is_control=c, name=names[c], label=read.arms.label(is_control=c), confidence=None)
            for c in (False, True)
        ),
        assumptions=ASSUMPTIONS,
        flow=flow,
        subgroups=subgroups,
        plan=plan,
        flags=(
            *flags.depends_on_method(depends),
            *_flags(result),
            *flags.missing(flow.arms),
            *flags.crossed(flow.arms),
            *flags.imputed(read.filled),
            *flags.chosen_control(read.arms.control, is_guess=read.arms.is_guess),
            *flags.plan(plan),
            *flags.direction(request.better),
            *flags.relevance(relevant, is_assumed=request.relevant is None, is_share=is_share),
            *flags.subgroups(subgroups),
        ),
        settings=(
            ("clusters", sum(result.clusters)),
            ("treated_clusters", result.clusters[0]),
            ("icc", result.icc),
            ("design_effect", result.design_effect),
            ("seed", request.seed),
            ("draws", request.draws),
        ),
    )


def _read(request: Request) -> _Read:
    problems = Problems()
    column, group = request.outcome or "", request.cluster or ""
    measured = outcome(column, request.columns[column], problems, kind=request.kind, success=request.success)
    arms = allocation.allocation(request, problems)
    strata = allocation.strata(request, problems)
    background, filled = covariates(request, problems)
    got = allocation.received(request, arms, problems)
    levels = {
        name: categories(name, request.columns[name], problems, may_miss=True, most=MOST_LEVELS)
        for name in request.subgroups
    }
    labels = categories(group, request.columns[group], problems, may_miss=False)
    problems.check()
    if arms is None:
        raise AssertionError("no arms without a problem")
    known = ~np.isnan(measured.values)
    kept = arms.compared & known
    if not kept.any():
        raise refuse(
            Text(sv="ingen har något utfall.", en="nobody has an outcome."),
            Text(sv="Fyll i utfallet.", en="Fill in the outcome."),
            column=column,
        )
    sample = Sample(
        kind=measured.kind,
        outcome=measured.values,
        treated=arms.is_treated,
        strata=strata,
        covariates=background,
    ).where(kept)
    codes = np.unique(np.array(labels)[kept], return_inverse=True)[1].astype(np.int64)
    rows = np.flatnonzero(kept)
    return _Read(
        arms=arms,
        sample=sample,
        clusters=codes,
        known=known,
        filled=filled,
        levels={name: [column[row] for row in rows] for name, column in levels.items()},
        received=got,
    )


def _subgroups(request: Request, read: _Read, relevant: float) -> tuple[Subgroup, ...]:
    return tuple(_subgroup(name, levels, request, read, relevant) for name, levels in read.levels.items())


def _subgroup(name: str, levels: list[str | None], request: Request, read: _Read, relevant: float) -> Subgroup:
    """Each level's own difference by cluster, and whether they differ, levels of one cluster hanging together."""
    names = sorted({level for level in levels if level is not None})
    given = np.array([-1 if level is None else names.index(level) for level in levels])
    groups = tuple(_group(level, given == place, request, read, relevant) for place, level in enumerate(names))
    inside = given >= 0
    part = read.sample.where(inside)
    test = None
    if len(names) > 1:
        test = levels_differ(part.outcome, part.treated, given[inside], clusters=read.clusters[inside])
    planned = None if request.planned is None else name in (request.planned.subgroups or ())
    return Subgroup(name=name, label=Text.of(name), planned=planned, groups=groups, interaction=test)


def _group(level: str, rows: Bools, request: Request, read: _Read, relevant: float) -> Group:
    part = read.sample.where(rows)
    estimate, verdict = None, Verdict.UNINFORMATIVE
    try:
        result = difference_between_clusters(
            part.outcome,
            part.treated,
            clusters=read.clusters[rows],
            strata=part.strata,
            covariates=part.covariates,
            seed=request.seed,
            draws=request.draws,
            confidence=request.confidence,
        )
    except EvaluationError:  # too few clusters in this level: shown without an estimate
        pass
    else:
        estimate = as_share(result.estimate) if part.kind == "share" else result.estimate
        verdict, _ = judged(estimate, result.lots.p, better=request.better, relevant=relevant)
    names = {False: read.arms.treated, True: read.arms.control}
    arms = tuple(
        arm(part, is_control=c, name=names[c], label=read.arms.label(is_control=c), confidence=None)
        for c in (False, True)
    )
    return Group(level=level, n=len(part.outcome), arms=arms, estimate=estimate, verdict=verdict)


def _flow(request: Request, read: _Read) -> Flow:
    arms = []
    for is_control, belongs in ((False, read.arms.is_treated), (True, read.arms.is_control)):
        n, known = int(belongs.sum()), int((belongs & read.known).sum())
        lost = Loss(reason=Text(sv="utfall saknas", en="outcome missing"), n=n - known)
        arms.append(
            ArmFlow(
                name=read.arms.control if is_control else read.arms.treated,
                label=read.arms.label(is_control=is_control),
                allocated=n,
                followed_up=known,
                analysed=known,
                lost=(lost,) if lost.n else (),
                crossed=read.arms.crossed(read.received, belongs, is_control=is_control),
            )
        )
    return Flow(
        assessed=request.assessed,
        eligible=request.eligible,
        randomised=int(read.arms.compared.sum()),
        arms=tuple(arms),
    )


def _flags(result: Clustered) -> list[Flag]:
    count = sum(result.clusters)
    found = [
        flags.said(
            "cluster_inference",
            sv="Grupper lottades, så grupper räknas: {n} stycken. Personer i samma grupp liknar varandra (ICC {icc}).",
            en="Clusters were assigned, so clusters are counted: {n}. People of one cluster are alike (ICC {icc}).",
            n=count,
            icc=Number(result.icc, 3),
        )
    ]
    if count < FEW_CLUSTERS:
        sv, en = "Få grupper ({n}): intervallet är osäkert.", "Few clusters ({n}): the interval is uncertain."
        found.append(flags.said("few_clusters", sv=sv, en=en, n=count))
    if result.ways is not None and result.ways < 40:
        sv = "Lotten kunde falla på bara {n} sätt: inget test kan utesluta slump på 5-procentsnivån."
        en = "The lots could fall in only {n} ways: no test can rule out chance at the 5 percent level."
        found.append(flags.said("few_ways", sv=sv, en=en, n=result.ways))
    return found
