"""The same people before and after, with no comparison group: a change, and a warning about its cause."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from genklang.evaluate import flags
from genklang.evaluate.arrays import Bools, Floats, Ints
from genklang.evaluate.columns import OutcomeKind, categories, outcome
from genklang.evaluate.findings import Arm, ArmFlow, Estimate, Finding, Flow, Group, Loss, Subgroup
from genklang.evaluate.judgement import judged
from genklang.evaluate.paired import Rated, paired_shares, per_person
from genklang.evaluate.problems import EvaluationError, Problems, refuse
from genklang.evaluate.request import Request
from genklang.evaluate.single import paired_change
from genklang.evaluate.subgroups import interaction
from genklang.evaluate.texts import Text
from genklang.evaluate.verdicts import Verdict

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


RATERS_ALIKE = Text(
    sv="Alla som skattat en person räknas ihop till en skattning; personer räknas, inte skattningar.",
    en="All who rated one person are averaged into one rating; people are counted, not ratings.",
)
MOST_LEVELS = 12


@dataclass(frozen=True, kw_only=True)
class _Read:
    """The pairs that are whole, one a person, and what became of the rest."""

    kind: OutcomeKind
    before: Floats
    after: Floats
    levels: dict[str, list[str | None]]  # of each person; None where their ratings differ
    ratings: int
    icc: float | None
    flow: Flow


def build(request: Request) -> Finding:
    """The finding of paired measurements: `before` and `outcome` (after), several a person where `cluster` names them.

    Raises EvaluationError.
    """
    request.needs("outcome", "before")
    read = _read(request)
    is_share = read.kind == "share"
    estimate = _change(read.before, read.after, is_share=is_share, confidence=request.confidence)
    spread = float(read.before.std(ddof=1)) or float(read.after.std(ddof=1))
    relevant = spread / 2 if request.relevant is None else request.relevant
    plan, arms = request.departures(), _arms(read)
    subgroups = _subgroups(request, read, relevant)
    return Finding(
        design="before_after",
        question=Text(
            sv="Ändrades ”{outcome}” hos samma personer?", en="Did “{outcome}” change in the same people?"
        ).fill(outcome=request.label or request.outcome or ""),
        outcome=request.described(read.kind, request.outcome),
        practice=request.practice,
        estimates=(estimate,),
        verdict=_verdict(estimate, request, relevant),
        relevant=relevant,
        confidence=request.confidence,
        arms=arms,
        assumptions=ASSUMPTIONS if read.icc is None else (*ASSUMPTIONS, RATERS_ALIKE),
        flow=read.flow,
        subgroups=subgroups,
        plan=plan,
        flags=(
            flags.said("no_comparison", sv="Ingen jämförelsegrupp.", en="No comparison group."),
            *flags.plan(plan),
            *flags.few_people(arms),
            *flags.missing(read.flow.arms),
            *flags.direction(request.better),
            *flags.relevance(relevant, is_assumed=request.relevant is None, is_share=is_share),
            *flags.subgroups(subgroups),
        ),
        settings=(("cluster", request.cluster), ("ratings", read.ratings), ("icc", read.icc)),
    )


def _verdict(estimate: Estimate, request: Request, relevant: float) -> Verdict:
    return judged(estimate, estimate.p, better=request.better, relevant=relevant)[0]


def _change(before: Floats, after: Floats, *, is_share: bool, confidence: float) -> Estimate:
    if is_share:
        return paired_shares(before, after, confidence=confidence)
    return paired_change(before, after, confidence=confidence)


def _read(request: Request) -> _Read:
    problems = Problems()
    before, after = (
        outcome(column, request.columns[column], problems, kind=request.kind, success=request.success)
        for column in (request.before or "", request.outcome or "")
    )
    people = _people(request, problems)
    levels = {
        name: categories(name, request.columns[name], problems, may_miss=True, most=MOST_LEVELS)
        for name in request.subgroups
    }
    problems.check()
    known = (~np.isnan(before.values), ~np.isnan(after.values))
    both = known[0] & known[1]
    flow = _flow(request, known, people)
    _check_pairs(flow.analysed, request)
    kind: OutcomeKind = before.kind if before.kind == after.kind else "mean"
    if people is None:
        own = {name: [column[row] for row in np.flatnonzero(both)] for name, column in levels.items()}
        return _Read(
            kind="share" if kind == "share" else "mean",
            before=before.values[both],
            after=after.values[both],
            levels=own,
            ratings=int(both.sum()),
            icc=None,
            flow=flow,
        )
    rated = per_person(before.values[both], after.values[both], people[both])
    return _Read(
        kind="mean",
        before=rated.before,
        after=rated.after,
        levels={name: _of_people(column, both, rated) for name, column in levels.items()},
        ratings=int(both.sum()),
        icc=rated.icc,
        flow=flow,
    )


def _people(request: Request, problems: Problems) -> Ints | None:
    """Whom each row is about; None where every row is a person."""
    if request.cluster is None:
        return None
    labels = categories(request.cluster, request.columns[request.cluster], problems, may_miss=False)
    return np.unique(np.array([label or "" for label in labels]), return_inverse=True)[1].astype(np.int64).ravel()


def _of_people(column: list[str | None], both: Bools, rated: Rated) -> list[str | None]:
    """Each person's level; None where their ratings have several (such as who rated)."""
    found: list[set[str | None]] = [set() for _ in range(len(rated.before))]
    for row, person in zip(np.flatnonzero(both), rated.people, strict=True):
        found[person].add(column[row])
    return [next(iter(levels)) if len(levels) == 1 else None for levels in found]


def _subgroups(request: Request, read: _Read, relevant: float) -> tuple[Subgroup, ...]:
    return tuple(_subgroup(name, levels, request, read, relevant) for name, levels in read.levels.items())


def _subgroup(name: str, levels: list[str | None], request: Request, read: _Read, relevant: float) -> Subgroup:
    """Each level's own change, and whether they differ: people of one level are not those of another."""
    given = np.array([level or "" for level in levels])
    groups: list[Group] = []
    for level in sorted({level for level in levels if level is not None}):
        rows = given == level
        part = replace(read, before=read.before[rows], after=read.after[rows])
        estimate = None
        with suppress(EvaluationError):  # too few, or all alike: shown without an estimate
            estimate = _change(part.before, part.after, is_share=read.kind == "share", confidence=request.confidence)
        verdict = Verdict.UNINFORMATIVE if estimate is None else _verdict(estimate, request, relevant)
        groups.append(Group(level=level, n=int(rows.sum()), arms=_arms(part), estimate=estimate, verdict=verdict))
    planned = None if request.planned is None else name in (request.planned.subgroups or ())
    compared = [(each.estimate, each.estimate.standard_error or 0.0) for each in groups if each.estimate is not None]
    return Subgroup(
        name=name, label=Text.of(name), planned=planned, groups=tuple(groups), interaction=interaction(compared)
    )


def _check_pairs(n: int, request: Request) -> None:
    if n < 2:
        raise refuse(
            Text(sv="{n} personer har båda mätningarna.", en="{n} people have both measurements.").fill(n=n),
            Text(sv="Minst två behövs, helst trettio.", en="At least two are needed, better thirty."),
            column=request.outcome,
        )


def _arms(read: _Read) -> tuple[Arm, Arm]:
    is_share = read.kind == "share"
    return (
        _arm("after", Text(sv="efter", en="after"), read.after, is_control=False, is_share=is_share),
        _arm("before", Text(sv="före", en="before"), read.before, is_control=True, is_share=is_share),
    )


def _arm(name: str, label: Text, values: Floats, *, is_control: bool, is_share: bool) -> Arm:
    n = len(values)
    return Arm(
        name=name,
        label=label,
        is_control=is_control,
        n=n,
        value=float(values.mean()) if n else None,
        events=int(values.sum()) if is_share else None,
        standard_deviation=float(values.std(ddof=1)) if n > 1 and not is_share else None,
    )


def _flow(request: Request, known: Known, people: Ints | None) -> Flow:
    """People, not ratings: who has at least one whole pair is followed up."""
    first, second = known
    if people is not None:
        whole = np.bincount(people, weights=first & second) > 0
        any_first, any_second = (np.bincount(people, weights=each) > 0 for each in known)
        first = whole | any_first
        second = whole | (any_second & ~any_first)  # ratings by different people make no pair
    both = int((first & second).sum())
    only = ArmFlow(
        name="all",
        label=Text(sv="alla", en="everybody"),
        allocated=len(first),
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
