"""From an adoption's log to its figures: what counts is read once, measured, and kept for a little while.

Figures are the same as the command line's: the same tables go to the same room `measure`.
"""

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any, NamedTuple, TypeVar

from django.db import connection
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import get_language, override

from genklang.engine.types import Event as EngineEvent
from genklang.engine.types import OutcomeFact as EngineFact
from genklang.measure.calendar import months_between
from genklang.measure.engines import measure_parts
from genklang.measure.tables import Record, Tables
from genklang.measure.values import IndicatorValue
from genklang.operate import clock
from genklang.operate.machines import shown_state
from genklang.operate.models import Adoption, Enrolment, Event, OutcomeFact
from genklang.operate.pages.paging import MANY, counted
from genklang.operate.pages.protocols import protocol_of
from genklang.protocol.scopes import ENROLMENTS
from genklang.protocol.types import Protocol
from genklang.protocol.units import Money

KEPT_FOR = 60 * clock.SECOND
MOST_KEPT = 64
TIMES_KEPT = 20
AT_ONCE = 500
T = TypeVar("T")
Stamp = tuple[Any, ...]
Place = tuple[str, str]
log = logging.getLogger(__name__)


class _Kept(NamedTuple):
    """Something made: when (µs), by which stamp, and how many seconds it took."""

    at: int
    stamp: Stamp
    value: Any
    took: float

    @property
    def of_many(self) -> bool:
        """Whether so many take part that nobody should wait for it."""
        return int(self.stamp[2]) >= MANY

    def holds(self, stamp: Stamp, now: int, kept_for: int) -> bool:
        """Whether it may still be shown as it is."""
        if self.of_many:
            kept_for = max(kept_for, int(TIMES_KEPT * self.took * clock.SECOND))
        same = self.stamp[2:] == stamp[2:]
        return same and (self.stamp == stamp or now - self.at < kept_for)


_kept: dict[Place, _Kept] = {}
_being_made: set[Place] = set()
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
    """The adoption's figures, at most a minute old; of very many, see `kept`."""
    return kept(adoption, "measured", lambda: _measured(adoption))


def kept(adoption: Adoption, what: str, make: Callable[[], T], *, kept_for: int = KEPT_FOR) -> T:
    """What `make` makes, kept until the log has grown and `kept_for` µs have passed; until somebody
    new takes part, or the prices have changed.

    Of many people it is kept at least twenty times as long as it took to make, and nobody waits for it to be made anew:
    it is shown as it was while that goes on beside.
    """
    place, stamp, now = (str(adoption.public_id), what), _stamp(adoption), clock.now()
    with _lock:
        found = _kept.get(place)
    if found and found.holds(stamp, now, kept_for):
        return found.value  # type: ignore[no-any-return]
    if found and found.of_many:
        _renew_beside(place, stamp, make)
        return found.value  # type: ignore[no-any-return]
    return _make(place, stamp, make)


def _make(place: Place, stamp: Stamp, make: Callable[[], T]) -> T:
    began = time.monotonic()
    made = make()
    found = _Kept(clock.now(), stamp, made, time.monotonic() - began)
    with _lock:
        _kept.pop(place, None)
        if len(_kept) >= MOST_KEPT:
            _kept.pop(next(iter(_kept)))
        _kept[place] = found
    return made


def _renew_beside(place: Place, stamp: Stamp, make: Callable[[], object]) -> None:
    """Makes it anew in a thread of its own, one at a time."""
    language, zone = get_language(), timezone.get_current_timezone()

    def renew() -> None:
        try:
            with override(language), timezone.override(zone):
                _make(place, stamp, make)
        except Exception:
            log.exception("figures were not renewed; the earlier ones stand")
        finally:
            connection.close()
            with _lock:
                _being_made.discard(place)

    with _lock:
        if place in _being_made:
            return
        _being_made.add(place)
    threading.Thread(target=renew, name="figures", daemon=True).start()


def prices_of(adoption: Adoption) -> dict[str, Money]:
    """The organisation's own prices."""
    return {name: Money.parse(str(written)) for name, written in adoption.overlay.get("prices", {}).items()}


def tables_of(adoption: Adoption) -> Tables:
    """The tables that the adoption's indicators and study are computed from."""
    protocol = protocol_of(adoption.protocol_version)
    logs = [one for some in _logs(adoption, protocol) for one in some]
    return Tables(protocol, logs, zone=adoption.zone, horizon=_horizon(adoption))


def _logs(adoption: Adoption, protocol: Protocol) -> Iterator[list[Record]]:
    """Everybody's log, in the order of their numbers, so many people at a time."""
    voided = _voided(adoption)
    rows, last = Enrolment.objects.filter(adoption=adoption).order_by("key"), ""
    while some := list(rows.filter(key__gt=last)[:AT_ONCE]):
        last, keys = some[-1].key, [row.pk for row in some]
        events, facts = _events(protocol, keys, voided), _facts(protocol, keys)
        yield [Record(row.key, events.get(row.pk, []), facts.get(row.pk, []), shown_state(row)) for row in some]


def _measured(adoption: Adoption) -> Measured:
    protocol, horizon = protocol_of(adoption.protocol_version), _horizon(adoption)
    began, enrolments, months = list[int](), 0, 0.0
    day = Tables(protocol, (), zone=adoption.zone, horizon=horizon).day

    def parts() -> Iterator[Tables]:
        nonlocal enrolments, months
        for some in chain([[]], _logs(adoption, protocol)):
            tables = Tables(protocol, some, zone=adoption.zone, horizon=horizon)
            began.extend(tables[ENROLMENTS].data["enrolled_at"])
            enrolments, months = enrolments + len(some), months + tables.enrolment_months
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


def _stamp(adoption: Adoption) -> Stamp:
    """What figures hang on, each told by the end of an index: the log's last row, time that has passed somewhere, who
    takes part, the prices.
    """
    latest = Event.objects.filter(adoption=adoption).order_by("-received_at", "-pk").values_list("pk", flat=True)
    facts = OutcomeFact.objects.order_by("-pk").values_list("pk", flat=True)
    people = Enrolment.objects.filter(adoption=adoption)
    number = counted((adoption.pk, "enrolments"), people.count, size=int)
    return (latest.first(), facts.first(), number, repr(adoption.overlay.get("prices")))
