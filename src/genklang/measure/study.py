"""The table for evaluating a practice as its study says, with a row per enrolment. Over time: see `over_time`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any

from genklang.engine.randomisation import cluster_of
from genklang.engine.time import Zone
from genklang.engine.types import Event
from genklang.measure.calendar import MICROSECONDS_PER_DAY
from genklang.measure.tables import Log, Table, Tables
from genklang.protocol.checks.pairs import before_column
from genklang.protocol.expressions import Scope, Type, compile_expression
from genklang.protocol.scopes import table_scope
from genklang.protocol.types import Measure, Outcome, Protocol, TimeToEvent
from genklang.protocol.units import Money

StudyTable = dict[str, list[Any]]
AVERAGE = re.compile(r"\s*avg\(((?:[^()]|\([^()]*\))+)\)(?:\s*filter\s*\(.*\))?\s*", re.DOTALL)


def study_table(protocol: Protocol, tables: Tables, *, prices: Mapping[str, Money] | None = None) -> StudyTable:
    """One row for each enrolment that can be evaluated: of a randomised practice, those with an arm; of a survey, those
    in the sample whose time to answer is over, with an answer or not.

    Columns: `enrolment`, `arm` and `cluster` (where there are such), every fact that is one value, each outcome of the
    study (None where missing; a count of nothing is 0), with `<outcome>_before` where it was measured before too; for
    time to event `time` (days) and `event` (True, or False where watching ended before); for a survey `population`,
    how many the sample was drawn from; and `cost`, where the study says what each has used (`prices` replace the
    protocol's own). Raises ValueError for a protocol without a study.
    """
    study = protocol.study
    if study is None:
        raise ValueError(f"{protocol.practice} has no study. Add one to its protocol.")
    logs = [log for log in tables.logs if _counts(protocol, log)]
    population = None
    if study.draw is not None:
        sample = sample_of(protocol, logs, study.draw)
        logs, population = list(sample.asked), sample.population
    table: StudyTable = {"enrolment": [log.enrolment for log in logs]}
    if population is not None:
        table["population"] = [population] * len(logs)
    if protocol.randomise:
        table["arm"] = [log.state.arm for log in logs]
        if protocol.randomise.cluster:
            table["cluster"] = [cluster_of(log.state.facts[protocol.randomise.cluster]) for log in logs]
    for name, fact in protocol.facts.items():
        if fact.type != "times":
            table[name] = [log.state.facts.get(name) for log in logs]
    for name, outcome in study.outcomes.items():
        if outcome.before is None:
            table[name] = _outcome(protocol, tables, outcome, table["enrolment"])
        else:
            table[before_column(name)], table[name] = pairs(protocol, tables, outcome, table["enrolment"])
    if study.time_to_event:
        table |= _times(tables, study.time_to_event, logs)
    if study.cost_effectiveness:
        table["cost"] = _costs(protocol, tables, table["enrolment"], prices or {})
    return table


@dataclass(frozen=True, slots=True)
class Sample:
    """Whom a survey is of: those `asked`, whose time to answer is over; `waived` of those drawn were not to be asked;
    `waiting` have time left; and how many the sample was drawn from, up to the last of those asked."""

    asked: tuple[Log, ...]
    waived: int
    waiting: int
    population: int


def sample_of(protocol: Protocol, logs: Sequence[Log], draw: str) -> Sample:
    """The sample of a draw. Whoever was drawn is asked by the expectations that begin with it: each has one due."""
    asking = {name for name, one in protocol.expectations.items() if draw in (one.after or ())}
    asked: list[Log] = []
    waived = waiting = 0
    for log in logs:
        if not log.state.facts.get(draw):
            continue
        settled = {fact.expectation: fact.status for fact in log.facts if fact.expectation in asking}
        if any(settled.get(name) is None for name in asking):
            waiting += 1
        elif "waived" in settled.values():
            waived += 1
        else:
            asked.append(log)
    return Sample(tuple(asked), waived, waiting, _drawn_from(protocol, logs, draw, asked) - waived)


def _drawn_from(protocol: Protocol, logs: Sequence[Log], draw: str, asked: Sequence[Log]) -> int:
    """How many had been drawn or not when the last of those asked was."""
    after = protocol.draws[draw].after
    last = max((first(log.events, after) or 0 for log in asked), default=0)
    moments = [first(log.events, after) for log in logs if log.state.facts.get(draw) is not None]
    return sum(1 for moment in moments if moment is not None and moment <= last)


def _costs(
    protocol: Protocol, tables: Tables, enrolments: Sequence[str], prices: Mapping[str, Money]
) -> list[float | None]:
    """What each has cost: everything used at its price; None where something is not known."""
    assert protocol.study and protocol.study.cost_effectiveness and protocol.economy
    parts = []
    for spending in protocol.study.cost_effectiveness.costs.values():
        price = float((prices.get(spending.price) or protocol.economy.prices[spending.price].amount).amount)
        used = _outcome(protocol, tables, spending, enrolments)
        parts.append([None if quantity is None else price * float(quantity) for quantity in used])
    return [None if None in row else fsum(part for part in row if part is not None) for row in zip(*parts, strict=True)]


def _counts(protocol: Protocol, log: Log) -> bool:
    return log.state.stage is not None and (protocol.randomise is None or log.state.arm is not None)


def _outcome(protocol: Protocol, tables: Tables, measure: Measure, enrolments: Sequence[str]) -> list[Any]:
    """The aggregate over each participant's own rows."""
    own = _aggregates(protocol, tables, measure, enrolments, each=None)
    return [own[name][None] for name in enrolments]


def _aggregates(
    protocol: Protocol, tables: Tables, measure: Measure, enrolments: Sequence[str], *, each: str | None
) -> dict[str, dict[Any, Any]]:
    """For each participant the aggregate over their own rows, by the value of the field `each` (None: all rows)."""
    expression = compile_expression(measure.value, table_scope(protocol, measure.of))
    own: dict[str, dict[Any, list[Mapping[str, Any]]]] = {name: {} if each else {None: []} for name in enrolments}
    for row in needed(tables[measure.of], [*expression.names, *([each] if each else [])]):
        if row["enrolment"] in own:
            own[row["enrolment"]].setdefault(row[each] if each else None, []).append(row)
    return {name: {who: expression.aggregate(rows) for who, rows in by.items()} for name, by in own.items()}


def pairs(
    protocol: Protocol, tables: Tables, outcome: Outcome, enrolments: Sequence[str]
) -> tuple[list[Any], list[Any]]:
    """What each participant was before, and after; None for a measurement that is missing.

    Where several answer (`each`), those who answered both times count, with the mean of theirs; where nobody did, the
    mean of all who answered the one time stands alone, so that it shows which of the two is missing.
    """
    assert outcome.before is not None
    before = _aggregates(protocol, tables, outcome.before, enrolments, each=outcome.each)
    after = _aggregates(protocol, tables, outcome, enrolments, each=outcome.each)
    found = [_pair(before[name], after[name]) for name in enrolments]
    return [first for first, _second in found], [second for _first, second in found]


def _pair(before: Mapping[Any, Any], after: Mapping[Any, Any]) -> tuple[float | None, float | None]:
    first, second = ({who: value for who, value in each.items() if value is not None} for each in (before, after))
    both = first.keys() & second.keys()
    if first and second and not both:
        second = {}
    chosen = both or first.keys() | second.keys()
    means = [_mean([float(each[who]) for who in chosen if who in each]) for each in (first, second)]
    return means[0], means[1]


def needed(table: Table, names: Iterable[str]) -> Iterable[Mapping[str, Any]]:
    """Rows with only the columns that an expression names: a year of doses is many."""
    kept = list(dict.fromkeys(["enrolment", *names]))
    return (dict(zip(kept, row, strict=True)) for row in zip(*(table.data[name] for name in kept), strict=True))


def _times(tables: Tables, declared: TimeToEvent, logs: Sequence[Log]) -> StudyTable:
    times: list[float | None] = []
    events: list[bool | None] = []
    zone = Zone(tables.zone)
    for log in logs:
        start = first(log.events, declared.start)
        if start is None:
            times.append(None)
            events.append(None)
            continue
        watched = min(zone.add(start, declared.horizon), _last_seen(tables, log))
        end = first(log.events, declared.end, since=start)
        happened = end is not None and end <= watched
        times.append(((end if happened and end is not None else watched) - start) / MICROSECONDS_PER_DAY)
        events.append(happened)
    return {"time": times, "event": events}


def first(events: Iterable[Event], kind: str, *, since: int = 0) -> int | None:
    return next((event.occurred_at for event in events if event.kind == kind and event.occurred_at >= since), None)


def _last_seen(tables: Tables, log: Log) -> int:
    """Until when the participant was watched: the end of participation, or of the data."""
    stage = tables.practice.stages.get(log.state.stage or "")
    return log.state.stage_since if stage and stage.final else tables.horizon


def study_effect(protocol: Protocol, table: StudyTable) -> float | None:
    """The primary outcome's mean in the other arm less that in the control arm: what the economy calls `effect`."""
    study, randomise = protocol.study, protocol.randomise
    if study is None or randomise is None or study.control is None or not study.outcomes:
        return None
    treated = next(arm for arm in randomise.arms if arm != study.control)
    outcome = table[next(iter(study.outcomes))]
    pairs = [(arm, float(value)) for arm, value in zip(table["arm"], outcome, strict=True) if value is not None]
    with_it, without = (_mean([value for arm, value in pairs if arm == one]) for one in (treated, study.control))
    return None if with_it is None or without is None else with_it - without


def _mean(values: Sequence[float]) -> float | None:
    return fsum(values) / len(values) if values else None


def is_mean_of_shares(protocol: Protocol, outcome: Outcome) -> bool:
    """Whether each participant has a share between 0 and 1, to be told as per cent: an average of yes and no.

    In a survey each gives one answer, and it is the share of people that is told.
    """
    if protocol.study is not None and protocol.study.design == "survey":
        return False
    found, known = AVERAGE.fullmatch(outcome.value), table_scope(protocol, outcome.of)
    of_one_row = Scope(known.names, options=known.options)
    return found is not None and compile_expression(found[1], of_one_row).type is Type.BOOLEAN
