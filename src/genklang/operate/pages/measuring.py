"""From an adoption's log to its figures: what counts is read once, measured, and kept: see `keeping`.

Figures are the same as the command line's: the same tables go to the same room `measure`.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from genklang.engine.types import Event as EngineEvent
from genklang.engine.types import OutcomeFact as EngineFact
from genklang.measure.calendar import months_between
from genklang.measure.engines import measure_parts
from genklang.measure.tables import Record, Tables
from genklang.measure.values import IndicatorValue
from genklang.operate import clock
from genklang.operate.machines import shown_state
from genklang.operate.models import Adoption, Enrolment, Event, OutcomeFact
from genklang.operate.pages.keeping import Lasting, kept
from genklang.operate.pages.protocols import protocol_of
from genklang.protocol.scopes import ENROLMENTS
from genklang.protocol.types import Protocol
from genklang.protocol.units import Money

AT_ONCE = 500


@dataclass(frozen=True)
class Measured:
    """Every figure of an adoption: `values` by period and group, `totals` over the whole time and everybody.

    `began` and `until` are the local days between which people have taken part. `being_made` when so many take part
    that nobody waits for their figures to be made for the first time, and there are none meanwhile.
    """

    values: list[IndicatorValue]
    totals: list[IndicatorValue]
    enrolments: int
    enrolment_months: float
    months: float
    at: int
    began: date = date.min
    until: date = date.max
    being_made: bool = False

    def of(self, indicator: str) -> list[IndicatorValue]:
        """The values of one indicator, in order."""
        return [value for value in self.values if value.indicator == indicator]

    def total(self, indicator: str) -> IndicatorValue | None:
        """The indicator over the whole time and everybody."""
        return next((value for value in self.totals if value.indicator == indicator), None)


def measured(adoption: Adoption) -> Measured:
    """The adoption's figures, at most a minute old; of very many, see `kept`."""
    return kept(adoption, "measured", lambda: measure(adoption), lasting=Lasting(Measured, _meanwhile))


def measured_now(adoption: Adoption) -> Measured:
    """The same, for what leaves the house: waited for, however long it takes."""
    figures = measured(adoption)
    return measure(adoption) if figures.being_made else figures


def _meanwhile(number: int) -> Measured:
    """What stands for the figures of so many people until they have been made."""
    now = clock.now()
    today = clock.moment(now).date()
    return Measured([], [], number, 0.0, 1 / 30, now, began=today, until=today, being_made=True)


def prices_of(adoption: Adoption) -> dict[str, Money]:
    """The organisation's own prices."""
    return {name: Money.parse(str(written)) for name, written in adoption.overlay.get("prices", {}).items()}


def tables_of(adoption: Adoption) -> Tables:
    """The tables that the adoption's indicators and study are computed from."""
    protocol = protocol_of(adoption.protocol_version)
    logs = [one for some in _logs(adoption, protocol) for one in some]
    return Tables(protocol, logs, zone=adoption.zone, horizon=_horizon(adoption))


def parts_of(adoption: Adoption) -> Iterator[Tables]:
    """The same tables, some participants at a time: at least one part."""
    protocol, horizon = protocol_of(adoption.protocol_version), _horizon(adoption)
    for some in chain([[]], _logs(adoption, protocol)):
        yield Tables(protocol, some, zone=adoption.zone, horizon=horizon)


def _logs(adoption: Adoption, protocol: Protocol) -> Iterator[list[Record]]:
    """Everybody's log, in the order of their numbers, so many people at a time."""
    voided = _voided(adoption)
    rows, last = Enrolment.objects.filter(adoption=adoption).order_by("key"), ""
    while some := list(rows.filter(key__gt=last)[:AT_ONCE]):
        last, keys = some[-1].key, [row.pk for row in some]
        events, facts = _events(protocol, keys, voided), _facts(protocol, keys)
        yield [Record(row.key, events.get(row.pk, []), facts.get(row.pk, []), shown_state(row)) for row in some]


@contextmanager
def one_moment() -> Iterator[None]:
    """All that is read within is as of one moment, whatever is written meanwhile."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def measure(adoption: Adoption) -> Measured:
    """The adoption's figures, made anew."""
    protocol, horizon = protocol_of(adoption.protocol_version), _horizon(adoption)
    began, enrolments, months = list[int](), 0, 0.0
    day = Tables(protocol, (), zone=adoption.zone, horizon=horizon).day

    def parts() -> Iterator[Tables]:
        nonlocal enrolments, months
        for tables in parts_of(adoption):
            began.extend(tables[ENROLMENTS].data["enrolled_at"])
            enrolments, months = enrolments + len(tables.logs), months + tables.enrolment_months
            yield tables

    values, totals = measure_parts(protocol, parts())
    first = min(began, default=horizon)
    return Measured(
        values=values,
        totals=totals,
        enrolments=enrolments,
        enrolment_months=months,
        months=max(months_between(first, horizon), 1 / 30),  # average months; at least a day
        at=clock.now(),
        began=day(first),
        until=day(horizon),
    )


def _voided(adoption: Adoption) -> set[str]:
    rows = Event.objects.filter(adoption=adoption, kind="voided")
    return {str(data.get("event")) for data in rows.values_list("data", flat=True)}


def _events(protocol: Protocol, enrolments: list[int], voided: set[str]) -> dict[int, list[EngineEvent]]:
    """Events that count, of the kinds that anything is computed from, by enrolment and in order."""
    columns = ("enrolment_id", "key", "kind", "occurred_at", "by", "data", "sequence")
    rows = Event.objects.filter(enrolment__in=enrolments, held__isnull=True, kind__in=_kinds(protocol))
    rows = rows.order_by("occurred_at", "sequence", "key")
    found: dict[int, list[EngineEvent]] = defaultdict(list)
    for enrolment, key, *rest in rows.values_list(*columns).iterator(chunk_size=5000):
        if key not in voided:
            found[enrolment].append(EngineEvent(key, *rest))
    return found


def _facts(protocol: Protocol, enrolments: list[int]) -> dict[int, list[EngineFact]]:
    """Outcome facts that stand, of the expectations that anything is computed from, by enrolment."""
    columns = (
        *("enrolment_id", "due", "expectation", "occurrence", "slot_date", "target_at", "deadline_at"),
        *("status", "resolved_at", "event", "stage", "arm"),
    )
    wanted = [name for name in _measured_things(protocol) if name in protocol.expectations]
    rows = OutcomeFact.objects.filter(enrolment__in=enrolments, current=True, expectation__in=wanted)
    found: dict[int, list[EngineFact]] = defaultdict(list)
    for row in rows.order_by("target_at", "due").values_list(*columns).iterator(chunk_size=5000):
        found[row[0]].append(_fact(row[1:]))
    return found


def _fact(row: Sequence[Any]) -> EngineFact:
    due, expectation, occurrence, slot_date, target_at, deadline_at, status, resolved_at, event, stage, arm = row
    return EngineFact(
        due=due,
        expectation=expectation,
        occurrence=occurrence,
        slot_date=slot_date,
        slot_time="",
        anchor="",
        opens_at=target_at,
        target_at=target_at,
        deadline_at=deadline_at,
        status=status,
        resolved_at=resolved_at,
        event=event or None,
        stage=stage,
        arm=arm or None,
    )


def _measured_things(protocol: Protocol) -> set[str]:
    """Everything that an indicator or the study is taken of."""
    found = {indicator.of for indicator in protocol.indicators.values()}
    if protocol.study:
        for outcome in protocol.study.outcomes.values():
            found |= {outcome.of, *([outcome.before.of] if outcome.before else [])}
        found |= {name for series in protocol.study.series.values() for name in (series.of, series.change)}
        if protocol.study.draw:
            found |= {name for name, one in protocol.expectations.items() if protocol.study.draw in (one.after or ())}
            found.add(protocol.draws[protocol.study.draw].after)
        if protocol.study.received:
            found.add(protocol.study.received)
        if protocol.study.cost_effectiveness:
            found |= {spending.of for spending in protocol.study.cost_effectiveness.costs.values()}
        if protocol.study.time_to_event:
            found |= {protocol.study.time_to_event.start, protocol.study.time_to_event.end}
    return found


def _kinds(protocol: Protocol) -> list[str]:
    moving = {name for name, kind in protocol.events.items() if kind.moves}
    return sorted({"enrolled", "allocated"} | moving | (_measured_things(protocol) - set(protocol.expectations)))


def _horizon(adoption: Adoption) -> int:
    """Now; in an imported past, when the last thing happened."""
    if not adoption.historical:
        return clock.now()
    last = Event.objects.filter(adoption=adoption).aggregate(at=Max("occurred_at"))["at"]
    return int(last or clock.now())
