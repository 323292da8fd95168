"""What there is to measure: the columns of each table, and tables made from participants' logs.

One table for each expectation (its outcome facts), each kind of event, and `enrolments`. A table is columns of equal
length. Every table has `local_date`, the local day that a row is counted on: a due's slot, an event's day, the day of
enrolment. So no database has to reckon with time zones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Protocol

from genklang.engine.time import parse_instant
from genklang.engine.types import Event, OutcomeFact, State
from genklang.measure.calendar import local_day, months_between
from genklang.protocol import scopes
from genklang.protocol.expressions import Type
from genklang.protocol.scopes import ENROLMENTS
from genklang.protocol.types import Protocol as Practice

Columns = Mapping[str, Type]


class Log(Protocol):
    """What measuring needs to know of one enrolment.

    `events` are those that count, in the order of the fold; `facts` those that stand, one a due.
    """

    @property
    def enrolment(self) -> str: ...
    @property
    def events(self) -> Sequence[Event]: ...
    @property
    def facts(self) -> Sequence[OutcomeFact]: ...
    @property
    def state(self) -> State: ...


@dataclass(frozen=True, slots=True)
class Record:
    """A plain Log."""

    enrolment: str
    events: Sequence[Event]
    facts: Sequence[OutcomeFact]
    state: State


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of equal length, with their types.

    Dates and instants as the expressions have them: ISO text, microseconds.
    """

    columns: Columns
    data: Mapping[str, Sequence[Any]]

    def __len__(self) -> int:
        return len(self.data["enrolment"])

    def rows(self) -> Iterator[dict[str, Any]]:
        """Row by row, as mappings."""
        names = list(self.columns)
        return (dict(zip(names, row, strict=True)) for row in zip(*(self.data[name] for name in names), strict=True))


class Tables:
    """The tables of some participants, made when first asked for.

    `horizon` is the instant up to which enrolments last.
    """

    def __init__(self, practice: Practice, logs: Iterable[Log], *, zone: str, horizon: int) -> None:
        self.practice = practice
        self.logs = tuple(logs)
        self.zone = zone
        self.horizon = horizon
        self._made: dict[str, Table] = {}

    def __getitem__(self, of: str) -> Table:
        if of not in self._made:
            self._made[of] = self._make(of)
        return self._made[of]

    @cached_property
    def day(self) -> Callable[[int], date]:
        """The local day of an instant."""
        return local_day(self.zone)

    @property
    def enrolment_months(self) -> float:
        """How many average months all have taken part, together."""
        return float(sum(self[ENROLMENTS].data["months"]))

    def _make(self, of: str) -> Table:
        columns = columns_of(self.practice, of)
        if of in self.practice.expectations:
            rows = _fact_rows(self, of)
        elif of == ENROLMENTS:
            rows = _enrolment_rows(self)
        else:
            rows = _event_rows(self, of)
        data: dict[str, list[Any]] = {name: [] for name in columns}
        for row in rows:
            for name, column in data.items():
                column.append(row.get(name))
        return Table(columns, {name: _read(column, columns[name]) for name, column in data.items()})


def columns_of(practice: Practice, of: str) -> Columns:
    """The columns of a table: what an aggregate may name, and `local_date`. Raises KeyError for what is no table."""
    return {**scopes.columns_of(practice, of), "local_date": Type.DATE}


def _fact_rows(tables: Tables, expectation: str) -> Iterator[Mapping[str, Any]]:
    for log in tables.logs:
        known = {**log.state.facts, "enrolment": log.enrolment, "expectation": expectation}
        for fact in log.facts:
            if fact.expectation == expectation:
                yield {**known, **outcome_row(fact)}


def outcome_row(fact: OutcomeFact) -> dict[str, Any]:
    """An outcome fact's own columns. Whether it was met is unknown (None) where it was waived or cancelled."""
    counted = fact.status in ("met", "met_late", "missed")
    answered = fact.status in ("met", "met_late")
    return {
        "occurrence": fact.occurrence,
        "slot_date": fact.slot_date,
        "local_date": fact.slot_date,
        "target_at": fact.target_at,
        "deadline_at": fact.deadline_at,
        "resolved_at": fact.resolved_at,
        "status": fact.status,
        "met": fact.status == "met" if counted else None,
        "met_late": fact.status == "met_late" if counted else None,
        "missed": fact.status == "missed" if counted else None,
        "minutes_late": fact.minutes_late if answered else None,
        "arm": fact.arm,
        "stage": fact.stage,
    }


def _event_rows(tables: Tables, kind: str) -> Iterator[Mapping[str, Any]]:
    """A field that was left empty is unknown, also where a fact has the same name."""
    unanswered = dict.fromkeys(tables.practice.events[kind].fields)
    for log in tables.logs:
        known = {**log.state.facts, **unanswered, "enrolment": log.enrolment, "arm": log.state.arm}
        for event, stage in with_stages(tables.practice, log.events):
            if event.kind == kind:
                yield {
                    **known,
                    **event.data,
                    "event": event.id,
                    "occurred_at": event.occurred_at,
                    "stage": stage,
                    "local_date": tables.day(event.occurred_at).isoformat(),
                }


def with_stages(practice: Practice, events: Iterable[Event]) -> Iterator[tuple[Event, str | None]]:
    """Each event with the stage just before it; None before the enrolment.

    Events in order, held and voided ones left out.
    """
    moves = {name: dict(kind.moves) for name, kind in practice.events.items()}
    if practice.randomise:
        moves["allocated"] = dict(practice.randomise.moves)
    stage: str | None = None
    for event in events:
        yield event, stage
        if event.kind == "enrolled":
            stage = practice.first_stage
        elif stage is not None:
            stage = moves.get(event.kind, {}).get(stage, stage)


def _enrolment_rows(tables: Tables) -> Iterator[Mapping[str, Any]]:
    for log in tables.logs:
        state = log.state
        enrolled = next((event.occurred_at for event in log.events if event.kind == "enrolled"), None)
        if enrolled is None or state.stage is None:
            continue
        ended = state.stage_since if tables.practice.stages[state.stage].final else None
        yield {
            **state.facts,
            "enrolment": log.enrolment,
            "enrolled_at": enrolled,
            "ended_at": ended,
            "stage": state.stage,
            "arm": state.arm,
            "months": months_between(enrolled, tables.horizon if ended is None else ended),
            "local_date": tables.day(enrolled).isoformat(),
        }


def _read(column: list[Any], kind: Type) -> list[Any]:
    """Values as the expressions have them, from the forms that events and facts carry them in."""
    if kind is Type.INSTANT:
        return [parse_instant(value) if isinstance(value, str) else value for value in column]
    if kind is Type.NUMBER:
        return [None if value is None else float(value) for value in column]
    if kind in (Type.TIMES, Type.NUMBERS):
        return [None if value is None else tuple(value) for value in column]
    return column
