"""From an adoption's log to its figures: what counts is read once, measured, and kept for a little while.

Figures are the same as the command line's: the same tables go to the same room `measure`.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db.models import Max

from genklang.engine.types import Event as EngineEvent
from genklang.engine.types import OutcomeFact as EngineFact
from genklang.measure.calendar import months_between
from genklang.measure.engines import measure
from genklang.measure.tables import Record, Tables
from genklang.measure.values import IndicatorValue
from genklang.operate import clock
from genklang.operate.machines import shown_state
from genklang.operate.models import Adoption, Enrolment, Event, OutcomeFact
from genklang.operate.pages.protocols import protocol_of
from genklang.protocol.scopes import ENROLMENTS
from genklang.protocol.types import Protocol

KEPT_FOR = 60 * clock.SECOND
MOST_KEPT = 64
T = TypeVar("T")
_kept: dict[tuple[str, str], tuple[int, tuple[Any, ...], Any]] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Measured:
    """Every figure of an adoption: `values` by period and group, `totals` over the whole time and everybody.

    `began` and `until` are the local days between which people have taken part.
    """

    values: list[IndicatorValue]
    totals: list[IndicatorValue]
    enrolments: int
    enrolment_months: float
    months: float
    at: int
    began: date = date.min
    until: date = date.max

    def of(self, indicator: str) -> list[IndicatorValue]:
        """The values of one indicator, in order."""
        return [value for value in self.values if value.indicator == indicator]

    def total(self, indicator: str) -> IndicatorValue | None:
        """The indicator over the whole time and everybody."""
        return next((value for value in self.totals if value.indicator == indicator), None)


def measured(adoption: Adoption) -> Measured:
    """The adoption's figures, at most a minute old."""
    return kept(adoption, "measured", lambda: _measured(adoption))


def kept(adoption: Adoption, what: str, make: Callable[[], T], *, kept_for: int = KEPT_FOR) -> T:
    """What `make` makes, kept until the log has grown and `kept_for` µs have passed; until somebody
    new takes part, or the prices have changed.
    """
    place, stamp, now = (str(adoption.public_id), what), _stamp(adoption), clock.now()
    with _lock:
        found = _kept.get(place)
    if found and found[1][2:] == stamp[2:] and (found[1] == stamp or now - found[0] < kept_for):
        return found[2]  # type: ignore[no-any-return]
    made = make()
    with _lock:
        if len(_kept) >= MOST_KEPT:
            _kept.pop(next(iter(_kept)))
        _kept[place] = (now, stamp, made)
    return made


def tables_of(adoption: Adoption) -> Tables:
    """The tables that the adoption's indicators and study are computed from."""
    protocol = protocol_of(adoption.protocol_version)
    rows = list(Enrolment.objects.filter(adoption=adoption).order_by("key"))
    events, facts = _events(adoption, protocol), _facts(adoption, protocol)
    logs = [Record(row.key, events.get(row.pk, []), facts.get(row.pk, []), shown_state(row)) for row in rows]
    return Tables(protocol, logs, zone=adoption.zone, horizon=_horizon(adoption))


def _measured(adoption: Adoption) -> Measured:
    protocol, tables = protocol_of(adoption.protocol_version), tables_of(adoption)
    return Measured(
        values=measure(protocol, tables),
        totals=measure(protocol, tables, grouped=False),
        enrolments=len(tables.logs),
        enrolment_months=tables.enrolment_months,
        months=_months(tables),
        at=clock.now(),
        began=tables.day(_began(tables)),
        until=tables.day(tables.horizon),
    )


def _months(tables: Tables) -> float:
    """How many average months the adoption has had people, at least a day."""
    return max(months_between(_began(tables), tables.horizon), 1 / 30)


def _began(tables: Tables) -> int:
    return min(tables[ENROLMENTS].data["enrolled_at"], default=tables.horizon)


def _events(adoption: Adoption, protocol: Protocol) -> dict[int, list[EngineEvent]]:
    """Events that count, of the kinds that anything is computed from, by enrolment and in order."""
    log = Event.objects.filter(adoption=adoption)
    voided = {str(data.get("event")) for data in log.filter(kind="voided").values_list("data", flat=True)}
    columns = ("enrolment_id", "key", "kind", "occurred_at", "by", "data", "sequence")
    rows = log.filter(held__isnull=True, kind__in=_kinds(protocol)).order_by("occurred_at", "sequence", "key")
    found: dict[int, list[EngineEvent]] = defaultdict(list)
    for enrolment, key, *rest in rows.values_list(*columns).iterator(chunk_size=5000):
        if key not in voided:
            found[enrolment].append(EngineEvent(key, *rest))
    return found


def _facts(adoption: Adoption, protocol: Protocol) -> dict[int, list[EngineFact]]:
    """Outcome facts that stand, of the expectations that anything is computed from, by enrolment."""
    columns = (
        *("enrolment_id", "due", "expectation", "occurrence", "slot_date", "target_at", "deadline_at"),
        *("status", "resolved_at", "event", "stage", "arm"),
    )
    wanted = [name for name in _measured_things(protocol) if name in protocol.expectations]
    rows = OutcomeFact.objects.filter(enrolment__adoption=adoption, current=True, expectation__in=wanted)
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


def _stamp(adoption: Adoption) -> tuple[Any, ...]:
    events = Event.objects.filter(adoption=adoption).aggregate(last=Max("pk"))["last"]
    facts = OutcomeFact.objects.filter(enrolment__adoption=adoption).aggregate(last=Max("pk"))["last"]
    people = Enrolment.objects.filter(adoption=adoption).count()
    return (events, facts, people, repr(adoption.overlay.get("prices")))
