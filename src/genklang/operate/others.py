"""What others who take part have written for anybody to answer: which of it is open, and what they are called.

The one place that decides what of one enrolment another may read. Nothing but the event's own answers and the name that
the person has chosen leaves it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from genklang.bank.selectors import protocol_of
from genklang.engine.folding import voided_ids
from genklang.engine.shared import leads_to, must_arrive
from genklang.engine.types import Event as EngineEvent
from genklang.operate.directory import AdoptionDirectory, engine_event
from genklang.operate.machines import load_state
from genklang.operate.models import Adoption, Enrolment, Event
from genklang.operate.problems import Problem
from genklang.protocol.checks.flow import stages_of
from genklang.protocol.together import Passing, Shown
from genklang.protocol.types import EventField, Protocol

MOST = 300


@dataclass(frozen=True)
class Way:
    """How somebody may answer others: the event, and its field that points at what is answered."""

    kind: str
    field: str
    asked: EventField


def ways(protocol: Protocol, kinds: Iterable[str]) -> list[Way]:
    """The ways to answer others that these kinds of event are."""
    return [
        Way(kind, name, field)
        for kind in kinds
        for name, field in protocol.events[kind].fields.items()
        if field.type == "reference" and field.whose == "others"
    ]


def open_to(enrolment: Enrolment, way: Way, *, keys: Collection[str] | None = None) -> list[Event]:
    """Events of others that somebody may read and point at in that way, the latest first; of these keys, if given."""
    rows = Event.objects.filter(adoption=enrolment.adoption_id, kind__in=list(way.asked.of or ()), held=None)
    rows = rows.filter(enrolment__ended_at=None, enrolment__broken_reason="").exclude(enrolment=enrolment)
    if keys is not None:
        rows = rows.filter(key__in=keys)
    found = list(rows.select_related("enrolment__protocol_version").order_by("-occurred_at", "-pk")[:MOST])
    if not found:
        return []
    protocol = protocol_of(enrolment.protocol_version)
    pointed = _pointed_at(enrolment.adoption, protocol, _deciding(protocol, way))
    gone = _void(enrolment.adoption, found)
    return [row for row in found if row.key not in gone and _is_open(protocol, row, way, pointed)]


def can_take(enrolment: Enrolment, kind: str) -> bool:
    """Whether what another passes to the enrolment can happen there in its stage."""
    protocol = protocol_of(enrolment.protocol_version)
    declared = protocol.events.get(kind)
    return declared is not None and not enrolment.broken_reason and enrolment.stage in stages_of(protocol, declared)


def called(enrolment: Enrolment) -> str:
    """What others may call whoever it is about: the name chosen for it, else an empty text; never another."""
    protocol = protocol_of(enrolment.protocol_version)
    role = protocol.roles.get(enrolment.role) or next((one for one in protocol.roles.values() if one.participant), None)
    if role is None or role.called is None:
        return ""
    return str(load_state(enrolment).facts.get(role.called) or "")


def problems(enrolment: Enrolment, event: EngineEvent, *, reported: bool) -> list[Problem]:
    """What is wrong with what the event points at outside its own log. `reported` by somebody, not told by the system.

    Holds the adoption meanwhile, so that of two who take the same request one is told that it is gone.
    """
    protocol = protocol_of(enrolment.protocol_version)
    declared = protocol.events.get(event.kind)
    found: list[Problem] = []
    for name, field in declared.fields.items() if declared and reported else ():
        if not (value := event.data.get(name)):
            continue
        ids = [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]
        if field.type == "participant" and not _is_somebody_else(enrolment, ids[0]):
            found.append(Problem(name, _("is nobody else who takes part"), _("Choose somebody who does."), ids[0]))
        elif field.type == "reference" and field.whose == "others":
            _hold(enrolment)
            there = open_to(enrolment, Way(event.kind, name, field), keys=ids)
            if len({row.key for row in there}) < len(set(ids)):
                found.append(Problem(name, _("is no longer there"), _("Choose something else: it may be taken.")))
        elif field.type == "reference" and field.once:
            pointed = _pointed_at(enrolment.adoption, protocol, [event.kind], enrolment=enrolment)
            if pointed.keys() & set(ids):
                found.append(Problem(name, _("is answered already"), _("Take the earlier answer back first.")))
    if declared and declared.passes and reported and not found and must_arrive(protocol, event.kind):
        found += _out_of_reach(enrolment, protocol, event, declared.passes)
    return found


def _out_of_reach(enrolment: Enrolment, protocol: Protocol, event: EngineEvent, passing: Passing) -> list[Problem]:
    """Whoever would be told must still be there for it: not ended, nor meanwhile taken by another."""
    _hold(enrolment)
    who = AdoptionDirectory(enrolment.adoption_id, about=[event])
    to = leads_to(protocol, enrolment.key, event, passing.to, who)
    rows = Enrolment.objects.filter(adoption=enrolment.adoption_id, key=to).select_related("protocol_version")
    row = rows.first() if to else None
    if row is None or can_take(row, passing.as_):
        return []
    return [Problem(passing.to, _("cannot be reached any more"), _("Choose somebody else: things have changed."))]


def _hold(enrolment: Enrolment) -> None:
    """Makes those who point at the same thing come one after the other; a preview writes nothing, and need not."""
    if connection.in_atomic_block:
        Adoption.objects.select_for_update(no_key=True).filter(pk=enrolment.adoption_id).first()


def _is_somebody_else(enrolment: Enrolment, key: str) -> bool:
    return key != enrolment.key and Enrolment.objects.filter(adoption=enrolment.adoption_id, key=key).exists()


def _is_open(protocol: Protocol, row: Event, way: Way, pointed: Mapping[str, list[str]]) -> bool:
    passes, by = protocol.events[way.kind].passes, pointed.get(row.key, [])
    if passes and passes.to == way.field and not can_take(row.enrolment, passes.as_):
        return False
    if not all(_lets(shown, by) for shown in _for_others(protocol, row.kind)):
        return False
    return not (way.asked.once and way.kind in by)


def _lets(shown: Shown, pointing: list[str]) -> bool:
    """The latest word about it decides."""
    said = [kind for kind in pointing if kind in shown.once or kind in shown.unless]
    return said[-1] in shown.once if said else not shown.once


def _for_others(protocol: Protocol, kind: str) -> list[Shown]:
    """What `shown` says about others who take part, and not of guests or the public alone."""
    return [shown for shown in protocol.events[kind].shown if not shown.to]


def _deciding(protocol: Protocol, way: Way) -> set[str]:
    """The kinds of event that decide whether something is open, by pointing at it."""
    shown = [declared for kind in way.asked.of or () for declared in _for_others(protocol, kind)]
    return {kind for one in shown for kind in (*one.once, *one.unless)} | ({way.kind} if way.asked.once else set())


def _pointed_at(
    adoption: Adoption, protocol: Protocol, kinds: Collection[str], *, enrolment: Enrolment | None = None
) -> dict[str, list[str]]:
    """The kinds of the standing events, among these kinds, that point at each id, in order of time."""
    found: dict[str, list[str]] = {}
    if not kinds:
        return found
    rows = Event.objects.filter(adoption=adoption, kind__in=list(kinds), held=None)
    rows = rows.filter(enrolment=enrolment) if enrolment else rows
    gone = _void(adoption)
    for key, kind, data in rows.order_by("occurred_at", "sequence", "key").values_list("key", "kind", "data"):
        for id in _pointing(protocol, kind, data) if key not in gone else ():
            found.setdefault(id, []).append(kind)
    return found


def _pointing(protocol: Protocol, kind: str, data: Mapping[str, object]) -> set[str]:
    return {str(one) for name in _references(protocol, kind) for one in _listed(data.get(name))}


def _references(protocol: Protocol, kind: str) -> list[str]:
    return [name for name, field in protocol.events[kind].fields.items() if field.type == "reference"]


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else [value] if value else []


def _void(adoption: Adoption, among: Iterable[Event] | None = None) -> frozenset[str]:
    """The keys of events that were taken back; of the enrolments of these events, if given."""
    rows = Event.objects.filter(adoption=adoption, kind="voided")
    if among is not None:
        rows = rows.filter(enrolment__in={row.enrolment_id for row in among})
    return voided_ids(map(engine_event, rows))
