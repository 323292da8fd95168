"""Randomised, person by person: intention to treat, strata as the lots were drawn, subgroups beside."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from genklang.evaluate import allocation, flags
from genklang.evaluate.allocation import Allocation
from genklang.evaluate.arrays import Bools, Floats, Ints
from genklang.evaluate.bounds import Bounds, lee, manski
from genklang.evaluate.columns import categories, many_numbers, outcome
from genklang.evaluate.comparison import Sample, arm, by_lot, compare
from genklang.evaluate.covariates import covariates
from genklang.evaluate.crossovers import effect_on_compliers
from genklang.evaluate.findings import Arm, ArmFlow, Estimate, Finding, Flag, Flow, Loss, Subgroup
from genklang.evaluate.judgement import judged
from genklang.evaluate.problems import EvaluationError, Problems, refuse
from genklang.evaluate.request import Request
from genklang.evaluate.subgroups import subgroup, thirds
from genklang.evaluate.texts import Text

MOST_LEVELS = 12
QUESTION = Text(
    sv="Vad betyder det för ”{outcome}” att ha lottats till {treated}, jämfört med {control}?",
    en="What does being assigned by lot to {treated} mean for “{outcome}”, compared with {control}?",
)
ASSUMPTIONS = (
    Text(
        sv="Lotten avgjorde vem som fick vad, och ingen kunde veta eller styra utfallet av den.",
        en="The lot decided who got what, and nobody could know or steer how it fell.",
    ),
    Text(
        sv="Var och en räknas i den grupp som lotten gav, även om det blev något annat (intention to treat).",
        en="Everybody is counted in the arm that the lot gave, even if something else came of it (intention to treat).",
    ),
    Text(
        sv="Den ena personens utfall påverkas inte av vad den andra fick, och lottningen gjordes person för person.",
        en="One person's outcome is not touched by what another got, and the lots were drawn person by person.",
    ),
)
MISSING_AT_RANDOM = Text(
    sv="De som saknar utfall hade i genomsnitt haft samma utfall som de övriga i sin grupp.",
    en="Those without an outcome would on average have had the same as the others in their arm.",
)
LARGE_SAMPLE = Text(
    sv="Intervallet bygger på att medelvärden av så här många personer är ungefär normalfördelade.",
    en="The interval rests on means of so many people being about normally distributed.",
)
LOWER = Text(sv="lägst, hur det än gick för bortfallet", en="lowest, however those lost fared")
UPPER = Text(sv="högst, hur det än gick för bortfallet", en="highest, however those lost fared")
COMMON_EFFECT = Text(
    sv="Över strata redovisas ett vägt genomsnitt av skillnaden; den får vara olika stor i olika strata.",
    en="Over strata a weighted average of the difference is shown; it may differ in size between strata.",
)


@dataclass(frozen=True, kw_only=True)
class _Read:
    """The table read: everybody's arm, who has an outcome, and the people to be compared."""

    arms: Allocation
    sample: Sample
    levels: dict[str, list[str | None]]
    numeric: dict[str, Floats]  # subgroups that are numbers of many values
    filled: list[str]
    measured: Floats  # NaN where missing
    known: Bools
    received: list[str | None] | None
    paired: Bools  # in a stratum with both arms
    kept: Bools


def build(request: Request) -> Finding:
    """The finding of a randomised comparison. Raises EvaluationError with all that is wrong."""
    request.needs("outcome", "treatment")
    check_by_person(request)
    read = _read(request)
    sample = read.sample
    estimate = compare(sample, confidence=request.confidence)
    lots = _lots(request, sample)
    if estimate.p is None and lots is not None:
        estimate = replace(estimate, p=lots.p)
    relevant = sample.spread / 2 if request.relevant is None else request.relevant
    verdict, depends = judged(estimate, None if lots is None else lots.p, better=request.better, relevant=relevant)
    subgroups = _subgroups(request, read, relevant)
    flow = _flow(request, read)
    plan = request.departures()
    arms = _arms(request, read)
    lost = _bounds(request, read)
    return Finding(
        design="randomised",
        question=_question(request, read.arms),
        outcome=request.described(sample.kind, request.outcome),
        practice=request.practice,
        estimates=(estimate, *([] if lots is None else [lots]), *_on_compliers(request, read), *_ends(lost, sample)),
        verdict=verdict,
        relevant=relevant,
        confidence=request.confidence,
        arms=arms,
        assumptions=_assumptions(request, read),
        flow=flow,
        subgroups=subgroups,
        plan=plan,
        flags=(
            *flags.depends_on_method(depends),
            *_data_flags(request, read, flow, arms),
            *flags.bounds(lost, is_share=sample.kind == "share"),
            *flags.plan(plan),
            *flags.direction(request.better),
            *flags.relevance(relevant, is_assumed=request.relevant is None, is_share=sample.kind == "share"),
            *flags.subgroups(subgroups),
        ),
        settings=(
            ("seed", request.seed),
            ("draws", request.draws),
            ("strata", ", ".join(request.strata) or None),
            ("covariates", ", ".join(request.covariates) or None),
        ),
    )


def check_by_person(request: Request) -> None:
    """Refuses to count people where groups were assigned: the interval would be far too narrow."""
    planned = request.planned
    by_plan = planned is not None and (planned.cluster or planned.design == "cluster_randomised")
    if request.cluster is None and not by_plan:
        return
    raise refuse(
        Text(
            sv="grupper lottades, och då får personer inte räknas en och en.",
            en="clusters were assigned, and then people may not be counted one by one.",
        ),
        Text(
            sv='Använd design "cluster_randomised" med cluster="…" (--design cluster_randomised --cluster …).',
            en='Use design "cluster_randomised" with cluster="…" (--design cluster_randomised --cluster …).',
        ),
        column=request.cluster or (None if planned is None else planned.cluster),
    )


def _read(request: Request) -> _Read:
    problems = Problems()
    column = request.outcome or ""
    measured = outcome(column, request.columns[column], problems, kind=request.kind, success=request.success)
    arms = allocation.allocation(request, problems)
    got = allocation.received(request, arms, problems)
    strata = allocation.strata(request, problems)
    background, filled = covariates(request, problems)
    numeric = {name: found for name in request.subgroups if (found := many_numbers(request.columns[name], MOST_LEVELS))}
    levels = {
        name: thirds(np.array(numeric[name]))
        if name in numeric
        else categories(name, request.columns[name], problems, may_miss=True, most=MOST_LEVELS)
        for name in request.subgroups
    }
    problems.check()
    if arms is None:
        raise AssertionError("no arms without a problem")
    known = ~np.isnan(measured.values)
    paired = _with_both(arms, strata, known)
    kept = arms.compared & known & paired
    sample = Sample(
        kind=measured.kind,
        outcome=measured.values,
        treated=arms.is_treated,
        strata=strata,
        covariates=background,
    ).where(kept)
    return _Read(
        arms=arms,
        sample=sample,
        levels=levels,
        numeric={name: np.array(column) for name, column in numeric.items()},
        filled=filled,
        measured=measured.values,
        known=known,
        received=got,
        paired=paired,
        kept=kept,
    )


def _with_both(arms: Allocation, strata: Ints | None, known: Bools) -> Bools:
    """Which people are in a stratum where both arms have somebody with an outcome; everybody when none is."""
    everybody = np.ones(len(known), dtype=np.bool_)
    if strata is None:
        return everybody
    size = int(strata.max()) + 1
    treated, control = (np.bincount(strata[known & arm], minlength=size) for arm in (arms.is_treated, arms.is_control))
    both = np.asarray((treated > 0) & (control > 0))
    return np.asarray(both[strata]) if both.any() else everybody


def _lots(request: Request, sample: Sample) -> Estimate | None:
    try:
        return by_lot(sample, seed=request.seed, draws=request.draws, confidence=request.confidence)
    except EvaluationError:  # covariates that explain all leave nothing to draw lots about
        return None


def _bounds(request: Request, read: _Read) -> Bounds | None:
    """What the difference could be, however those lost fared; None when nobody was lost."""
    compared = read.arms.compared
    if read.known[compared].all():
        return None
    outcome, treated = read.measured[compared], read.arms.is_treated[compared]
    try:
        if read.sample.kind == "share":
            return manski(outcome, treated, confidence=request.confidence)
        return lee(outcome, treated, confidence=request.confidence)
    except EvaluationError:  # too few known outcomes for bounds: the finding stands without
        return None


def _on_compliers(request: Request, read: _Read) -> list[Estimate]:
    """The effect of what was received, where it is known of everybody compared."""
    if read.received is None:
        return []
    got = [read.received[row] for row in np.flatnonzero(read.kept)]
    if None in got:
        return []
    found = effect_on_compliers(
        read.sample.outcome,
        read.sample.treated,
        np.array([label == read.arms.treated for label in got], dtype=np.bool_),
        strata=read.sample.strata,
        covariates=read.sample.covariates,
        confidence=request.confidence,
    )
    return [] if found is None else [replace(found, is_share=read.sample.kind == "share")]


def _ends(lost: Bounds | None, sample: Sample) -> list[Estimate]:
    if lost is None:
        return []
    is_share = sample.kind == "share"
    return [
        Estimate(name=name, label=label, value=value, method=lost.method, is_share=is_share)
        for name, label, value in (("bound_lower", LOWER, lost.lower), ("bound_upper", UPPER, lost.upper))
    ]


def _question(request: Request, arms: Allocation) -> Text:
    return QUESTION.fill(
        outcome=request.label or request.outcome or "",
        treated=arms.label(is_control=False),
        control=arms.label(is_control=True),
    )


def _arms(request: Request, read: _Read) -> tuple[Arm, ...]:
    names = {False: read.arms.treated, True: read.arms.control}
    return tuple(
        arm(
            read.sample,
            is_control=is_control,
            name=name,
            label=read.arms.label(is_control=is_control),
            confidence=request.confidence,
        )
        for is_control, name in names.items()
    )


def _subgroups(request: Request, read: _Read, relevant: float) -> tuple[Subgroup, ...]:
    rows = np.flatnonzero(read.kept)
    return tuple(
        subgroup(
            name,
            [levels[row] for row in rows],
            sample=read.sample,
            arms=read.arms,
            request=request,
            relevant=relevant,
            numeric=read.numeric[name][rows] if name in read.numeric else None,
        )
        for name, levels in read.levels.items()
    )


def _flow(request: Request, read: _Read) -> Flow:
    arms = read.arms
    compared = [
        _arm_flow(read, belongs, name, arms.label(is_control=is_control))
        for is_control, name, belongs in ((False, arms.treated, arms.is_treated), (True, arms.control, arms.is_control))
    ]
    elsewhere = Text(sv="annan arm än de två som jämförs", en="another arm than the two compared")
    others = [
        ArmFlow(
            name=name, label=Text.of(name), allocated=n, followed_up=n, analysed=0, lost=(Loss(reason=elsewhere, n=n),)
        )
        for name, n in arms.others
    ]
    return Flow(
        assessed=request.assessed, eligible=request.eligible, randomised=request.size, arms=(*compared, *others)
    )


def _arm_flow(read: _Read, belongs: Bools, name: str, label: Text) -> ArmFlow:
    arms = read.arms
    allocated, followed = int(belongs.sum()), int((belongs & read.known).sum())
    analysed = int((belongs & read.kept).sum())
    lost = (
        Loss(reason=Text(sv="utfall saknas", en="outcome missing"), n=allocated - followed),
        Loss(reason=Text(sv="ensam arm i sitt stratum", en="only arm in its stratum"), n=followed - analysed),
    )
    return ArmFlow(
        name=name,
        label=label,
        allocated=allocated,
        followed_up=followed,
        analysed=analysed,
        lost=tuple(loss for loss in lost if loss.n),
        crossed=arms.crossed(read.received, belongs, is_control=name == arms.control),
    )


def _assumptions(request: Request, read: _Read) -> tuple[Text, ...]:
    texts = [*ASSUMPTIONS]
    texts += [] if read.known[read.arms.compared].all() else [MISSING_AT_RANDOM]
    texts += [COMMON_EFFECT] if request.strata else []
    return (*texts, LARGE_SAMPLE) if read.sample.kind != "share" or request.strata else tuple(texts)


def _data_flags(request: Request, read: _Read, flow: Flow, arms: tuple[Arm, ...]) -> list[Flag]:
    return [
        *flags.few_people(arms),
        *flags.missing(flow.arms[:2]),
        *flags.crossed(flow.arms[:2]),
        *flags.lone_strata(int((read.arms.compared & read.known & ~read.paired).sum())),
        *flags.imputed(read.filled),
        *flags.chosen_control(read.arms.control, is_guess=read.arms.is_guess),
    ]
