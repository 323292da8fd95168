"""Time to an event in two randomised arms: curves, the difference at the horizon, and log-rank."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from genklang.evaluate import allocation, flags
from genklang.evaluate.allocation import Allocation
from genklang.evaluate.arrays import Bools, Floats, Ints
from genklang.evaluate.columns import OutcomeColumn, categories, numbers, outcome
from genklang.evaluate.covariates import covariates
from genklang.evaluate.designs.randomised import ASSUMPTIONS as RANDOMISED
from genklang.evaluate.designs.randomised import check_by_person
from genklang.evaluate.findings import (
    Arm,
    ArmFlow,
    Curve,
    Estimate,
    Finding,
    Flag,
    Flow,
    Group,
    Loss,
    Subgroup,
)
from genklang.evaluate.hazards import Hazards, hazard_ratio
from genklang.evaluate.judgement import judged
from genklang.evaluate.problems import EvaluationError, Problems, refuse
from genklang.evaluate.request import Request
from genklang.evaluate.subgroups import interaction
from genklang.evaluate.survival import KaplanMeier, Survived, compare_survival
from genklang.evaluate.texts import Number, Text
from genklang.evaluate.verdicts import Verdict

ASSUMPTIONS = (
    *RANDOMISED,
    Text(
        sv="De som slutat följas hade haft händelsen i samma takt som de som fortfarande följs (oberoende "
        "censurering).",
        en="Those no longer followed would have had the event at the pace of those still followed (independent "
        "censoring).",
    ),
)


MOST_LEVELS = 12
SUSPECT = 0.05


@dataclass(frozen=True, kw_only=True)
class _Read:
    arms: Allocation
    time: Floats
    event: OutcomeColumn
    strata: Ints | None
    covariates: Floats
    filled: list[str]
    levels: dict[str, list[str | None]]
    received: list[str | None] | None
    kept: Bools


def build(request: Request) -> Finding:
    """The finding of time to an event. `time` runs from each person's start. Raises EvaluationError."""
    request.needs("time", "event", "treatment")
    check_by_person(request)
    read = _read(request)
    result = _compared(request, read, read.kept, request.horizon)
    hazards = _hazards(request, read)
    share = float(read.event.values[read.kept].mean())
    relevant = (share * (1 - share)) ** 0.5 / 2 if request.relevant is None else request.relevant
    headline = replace(result.difference, p=result.log_rank.p)
    verdict, depends = judged(headline, result.log_rank.p, better=request.better, relevant=relevant)
    flow = _flow(request, read)
    arms = _arms(read, result)
    subgroups = _subgroups(request, read, relevant, result.horizon)
    plan = request.departures(outcome=request.outcome or request.event, horizon=result.horizon)
    return Finding(
        design="survival",
        question=_question(request, read.arms),
        outcome=request.described("share", request.event),
        practice=request.practice,
        estimates=(
            headline,
            *(() if result.mean_time is None else (result.mean_time,)),
            *(() if hazards is None else (hazards.ratio,)),
        ),
        tests=(result.log_rank, *(() if hazards is None or not hazards.proportional else (hazards.proportional,))),
        verdict=verdict,
        relevant=relevant,
        confidence=request.confidence,
        arms=arms,
        assumptions=ASSUMPTIONS,
        flow=flow,
        subgroups=subgroups,
        plan=plan,
        flags=(
            *flags.depends_on_method(depends),
            *_proportional(hazards),
            *flags.few_people(arms),
            *flags.missing(flow.arms[:2]),
            *flags.crossed(flow.arms[:2]),
            *flags.imputed(read.filled),
            *flags.chosen_control(read.arms.control, is_guess=read.arms.is_guess),
            *flags.plan(plan),
            *flags.direction(request.better),
            *flags.relevance(relevant, is_assumed=request.relevant is None, is_share=True),
            *flags.subgroups(subgroups),
        ),
        curves=(
            _curve(result.treated, read.arms, is_control=False),
            _curve(result.control, read.arms, is_control=True),
        ),
        settings=(
            ("horizon", result.horizon),
            ("strata", ", ".join(request.strata) or None),
            ("covariates", ", ".join(request.covariates) or None),
        ),
    )


def _compared(request: Request, read: _Read, kept: Bools, horizon: float | None) -> Survived:
    return compare_survival(
        read.time[kept],
        read.event.values[kept] == 1,
        read.arms.is_treated[kept],
        strata=None if read.strata is None else read.strata[kept],
        horizon=horizon,
        confidence=request.confidence,
    )


def _hazards(request: Request, read: _Read) -> Hazards | None:
    kept = read.kept
    return hazard_ratio(
        read.time[kept],
        read.event.values[kept] == 1,
        read.arms.is_treated[kept],
        strata=None if read.strata is None else read.strata[kept],
        covariates=read.covariates[kept],
        confidence=request.confidence,
    )


def _proportional(hazards: Hazards | None) -> list[Flag]:
    if hazards is None or hazards.proportional is None or hazards.proportional.p >= SUSPECT:
        return []
    sv = "Hazardkvoten ändras med tiden (p {p}): en enda siffra säger för lite, se kurvorna och medeltiden."
    en = "The hazard ratio changes with time (p {p}): one number says too little, see the curves and the mean time."
    return [flags.said("hazards_not_proportional", sv=sv, en=en, p=Number(hazards.proportional.p, 3))]


def _subgroups(request: Request, read: _Read, relevant: float, horizon: float) -> tuple[Subgroup, ...]:
    return tuple(_subgroup(name, levels, request, read, relevant, horizon) for name, levels in read.levels.items())


def _subgroup(
    name: str, levels: list[str | None], request: Request, read: _Read, relevant: float, horizon: float
) -> Subgroup:
    """Each level's difference at the common horizon, and whether these differ."""
    given = np.array([level or "" for level in levels])
    groups: list[Group] = []
    compared: list[tuple[Estimate, float]] = []
    for level in sorted({level for level in levels if level is not None}):
        rows = read.kept & (given == level)
        estimate, arms = _of_level(request, read, rows, horizon)
        verdict = Verdict.UNINFORMATIVE
        if estimate is not None:
            verdict, _ = judged(estimate, estimate.p, better=request.better, relevant=relevant)
            compared.append((estimate, estimate.standard_error or 0.0))
        groups.append(Group(level=level, n=int(rows.sum()), arms=arms, estimate=estimate, verdict=verdict))
    planned = None if request.planned is None else name in (request.planned.subgroups or ())
    return Subgroup(
        name=name, label=Text.of(name), planned=planned, groups=tuple(groups), interaction=interaction(compared)
    )


def _of_level(request: Request, read: _Read, rows: Bools, horizon: float) -> tuple[Estimate | None, tuple[Arm, ...]]:
    try:
        result = _compared(request, read, rows, horizon)
    except EvaluationError:  # an empty arm, no events, or nobody followed as far
        labels = [(False, read.arms.is_treated), (True, read.arms.is_control)]
        return None, tuple(
            Arm(
                name=read.arms.control if is_control else read.arms.treated,
                label=read.arms.label(is_control=is_control),
                is_control=is_control,
                n=int((rows & belongs).sum()),
                value=None,
            )
            for is_control, belongs in labels
        )
    return replace(result.difference, p=result.log_rank.p), _arms(read, result)


def _read(request: Request) -> _Read:
    problems = Problems()
    time_column, event_column = request.time or "", request.event or ""
    time = numbers(time_column, request.columns[time_column], problems)
    negative = [
        (int(row), Text(sv="tiden är {t}.", en="the time is {t}.").fill(t=f"{time[row]:g}"))
        for row in np.flatnonzero(time < 0)
    ]
    before = Text(
        sv="Händelsen kan inte komma före starten: kontrollera datumen, och skriv noll eller mer.",
        en="The event cannot come before the start: check the dates, and write zero or more.",
    )
    problems.add_rows(negative, before, column=time_column)
    event = outcome(event_column, request.columns[event_column], problems, kind="share", success=request.success)
    arms = allocation.allocation(request, problems)
    got = allocation.received(request, arms, problems)
    strata = allocation.strata(request, problems)
    background, filled = covariates(request, problems)
    levels = {
        name: categories(name, request.columns[name], problems, may_miss=True, most=MOST_LEVELS)
        for name in request.subgroups
    }
    problems.check()
    if arms is None:
        raise AssertionError("no arms without a problem")
    kept = ~np.isnan(time) & ~np.isnan(event.values) & arms.compared
    if not kept.any():
        raise refuse(
            Text(sv="ingen har både tid och händelse.", en="nobody has both a time and an event."),
            Text(sv="Fyll i båda kolumnerna.", en="Fill in both columns."),
        )
    return _Read(
        arms=arms,
        time=time,
        event=event,
        strata=strata,
        covariates=background,
        filled=filled,
        levels=levels,
        received=got,
        kept=kept,
    )


def _question(request: Request, arms: Allocation) -> Text:
    return Text(
        sv="Hur många får ”{event}”, och när, i {treated} jämfört med {control}?",
        en="How many have “{event}”, and when, in {treated} compared with {control}?",
    ).fill(
        event=request.label or request.event or "",
        treated=arms.label(is_control=False),
        control=arms.label(is_control=True),
    )


def _arms(read: _Read, result: Survived) -> tuple[Arm, ...]:
    return tuple(
        _arm(read, curve, result.horizon, is_control=is_control)
        for is_control, curve in ((False, result.treated), (True, result.control))
    )


def _arm(read: _Read, curve: KaplanMeier, horizon: float, *, is_control: bool) -> Arm:
    """The share with the event by the horizon, and the median time."""
    without, low, high = curve.at(horizon)
    return Arm(
        name=read.arms.control if is_control else read.arms.treated,
        label=read.arms.label(is_control=is_control),
        is_control=is_control,
        n=len(curve.followed),
        value=1 - without,
        low=1 - high,
        high=1 - low,
        events=int(curve.events.sum()),
        median=curve.median,
    )


def _curve(curve: KaplanMeier, arms: Allocation, *, is_control: bool) -> Curve:
    """The curve from time zero; the share without the event after each time."""
    return Curve(
        name=arms.control if is_control else arms.treated,
        label=arms.label(is_control=is_control),
        x=(0.0, *curve.times.tolist()),
        y=(1.0, *curve.survival.tolist()),
        low=(1.0, *curve.low.tolist()),
        high=(1.0, *curve.high.tolist()),
        at_risk=(len(curve.followed), *curve.at_risk.tolist()),
    )


def _flow(request: Request, read: _Read) -> Flow:
    reason = Text(sv="tid eller händelse saknas", en="time or event missing")
    arms = []
    for is_control, belongs in ((False, read.arms.is_treated), (True, read.arms.is_control)):
        allocated, analysed = int(belongs.sum()), int((belongs & read.kept).sum())
        arms.append(
            ArmFlow(
                name=read.arms.control if is_control else read.arms.treated,
                label=read.arms.label(is_control=is_control),
                allocated=allocated,
                followed_up=analysed,
                analysed=analysed,
                lost=(Loss(reason=reason, n=allocated - analysed),) if allocated > analysed else (),
                crossed=read.arms.crossed(read.received, belongs, is_control=is_control),
            )
        )
    return Flow(assessed=request.assessed, eligible=request.eligible, randomised=request.size, arms=tuple(arms))
