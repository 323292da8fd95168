"""Tables for evaluating a practice as its study says: a row per enrolment, or a row per period before and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import fsum
from typing import Any, Literal

from genklang.engine.time import Zone
from genklang.engine.types import Event
from genklang.measure.calendar import MICROSECONDS_PER_DAY, start_of, whole_periods
from genklang.measure.tables import Log, Table, Tables
from genklang.protocol.checks.pairs import before_column
from genklang.protocol.expressions import compile_expression
from genklang.protocol.scopes import table_scope
from genklang.protocol.types import Measure, Outcome, Protocol, Series, TimeToEvent

StudyTable = dict[str, list[Any]]


def study_table(protocol: Protocol, tables: Tables) -> StudyTable:
    """One row for each enrolment that can be evaluated: of a randomised practice, those with an arm.

    Columns: `enrolment`, `arm` (where there are arms), every fact that is one value, each outcome of the study (None
    where missing; a count of nothing is 0), with `<outcome>_before` where it was measured before too, and for time
    to event `time` (days) and `event` (True, or False where watching ended before). Raises ValueError for a protocol
    without a study.
    """
    study = protocol.study
    if study is None:
        raise ValueError(f"{protocol.practice} has no study. Add one to its protocol.")
    logs = [log for log in tables.logs if _counts(protocol, log)]
    table: StudyTable = {"enrolment": [log.enrolment for log in logs]}
    if protocol.randomise:
        table["arm"] = [log.state.arm for log in logs]
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
    return table


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
    for row in _needed(tables[measure.of], [*expression.names, *([each] if each else [])]):
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


def _needed(table: Table, names: Iterable[str]) -> Iterable[Mapping[str, Any]]:
    """Rows with only the columns that an expression names: a year of doses is many."""
    kept = list(dict.fromkeys(["enrolment", *names]))
    return (dict(zip(kept, row, strict=True)) for row in zip(*(table.data[name] for name in kept), strict=True))


def _times(tables: Tables, declared: TimeToEvent, logs: Sequence[Log]) -> StudyTable:
    times: list[float | None] = []
    events: list[bool | None] = []
    zone = Zone(tables.zone)
    for log in logs:
        start = _first(log.events, declared.start)
        if start is None:
            times.append(None)
            events.append(None)
            continue
        watched = min(zone.add(start, declared.horizon), _last_seen(tables, log))
        end = _first(log.events, declared.end, since=start)
        happened = end is not None and end <= watched
        times.append(((end if happened and end is not None else watched) - start) / MICROSECONDS_PER_DAY)
        events.append(happened)
    return {"time": times, "event": events}


def _first(events: Iterable[Event], kind: str, *, since: int = 0) -> int | None:
    return next((event.occurred_at for event in events if event.kind == kind and event.occurred_at >= since), None)


def _last_seen(tables: Tables, log: Log) -> int:
    """Until when the participant was watched: the end of participation, or of the data."""
    stage = tables.practice.stages.get(log.state.stage or "")
    return log.state.stage_since if stage and stage.final else tables.horizon


@dataclass(frozen=True, slots=True)
class SeriesTable:
    """One figure a period. `index` counts periods from the first; `transition` is a period in which the change came."""

    name: str
    per: Literal["week", "month"]
    index: tuple[int, ...]
    period: tuple[date, ...]
    value: tuple[float | None, ...]
    after: tuple[bool, ...]
    transition: tuple[date, ...]
    change: date | None

    def columns(self) -> StudyTable:
        """As evaluating takes it: `period` ("2026-03", or a date for a week), `index`, `value`, `after` (0 or 1)."""
        return {
            "period": [self._written(start) for start in self.period],
            "index": list(self.index),
            "value": list(self.value),
            "after": [int(after) for after in self.after],
        }

    def _written(self, start: date) -> str:
        return start.isoformat()[:7] if self.per == "month" else start.isoformat()


def series_table(protocol: Protocol, tables: Tables, name: str) -> SeriesTable:
    """A series of the study's, by whole local periods from the first enrolment to the horizon.

    The change is the first occurrence of its event in the adoption. A period in which it comes is neither before nor
    after: it is left out, unless the change comes on its first day. Raises ValueError for a series that the study
    does not have.
    """
    declared = protocol.study.series.get(name) if protocol.study else None
    if declared is None:
        raise ValueError(f'"{name}" is no series of the study of {protocol.practice}.')
    change = _change(tables, declared)
    starts = _periods(tables, declared)
    transition = {start for start in starts if change and start < change and start == start_of(declared.per, change)}
    kept = [start for start in starts if start not in transition]
    values = _values(protocol, tables, declared)
    return SeriesTable(
        name=name,
        per=declared.per,
        index=tuple(starts.index(start) for start in kept),
        period=tuple(kept),
        value=tuple(values.get(start) for start in kept),
        after=tuple(change is not None and start >= change for start in kept),
        transition=tuple(sorted(transition)),
        change=change,
    )


def _change(tables: Tables, declared: Series) -> date | None:
    moments = [_first(log.events, declared.change) for log in tables.logs]
    known = [moment for moment in moments if moment is not None]
    return tables.day(min(known)) if known else None


def _periods(tables: Tables, declared: Series) -> list[date]:
    enrolled = [date.fromisoformat(day) for day in tables["enrolments"].data["local_date"]]
    if not enrolled:
        return []
    return whole_periods(declared.per, min(enrolled), tables.day(tables.horizon))


def _values(protocol: Protocol, tables: Tables, declared: Series) -> dict[date, float | None]:
    expression = compile_expression(declared.value, table_scope(protocol, declared.of))
    rows: dict[date, list[Mapping[str, Any]]] = {}
    for row in _needed(tables[declared.of], {*expression.names, "local_date"}):
        rows.setdefault(start_of(declared.per, date.fromisoformat(row["local_date"])), []).append(row)
    values = {start: expression.aggregate(own) for start, own in rows.items()}
    return {start: None if value is None else float(value) for start, value in values.items()}


def series_columns(protocol: Protocol, tables: Tables) -> StudyTable:
    """All series of the study side by side: `period`, `after` (0 or 1) and a column each; None for no value."""
    columns: dict[str, dict[str, float | None]] = {}
    after: dict[str, int] = {}
    for name in protocol.study.series if protocol.study else ():
        own = series_table(protocol, tables, name).columns()
        columns[name] = dict(zip(own["period"], own["value"], strict=True))
        after |= dict(zip(own["period"], own["after"], strict=True))
    periods = sorted(after)
    side_by_side = {name: [values.get(period) for period in periods] for name, values in columns.items()}
    return {"period": periods, "after": [after[period] for period in periods], **side_by_side}


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
