"""Which events of one enrolment are also told in another, and which enrolment a field leads to.

An event that passes is told under an id made from its own. When it is voided, the voiding passes too, and so does a
voiding of that: the other enrolment's log always says what this one's does. Nothing is replayed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple
from typing import Protocol as Interface

from genklang.engine.shared.types import Delivery
from genklang.engine.types import Event
from genklang.protocol.ledgers import referred_kinds
from genklang.protocol.together import Passing
from genklang.protocol.types import DataField, EventKind, Protocol

LONGEST_ID = 200
_FAR = 24  # hexadecimal digits of a shortened id


class Told(NamedTuple):
    """An event of the adoption, and the number of the enrolment that it belongs to."""

    enrolment: str
    event: Event


class Directory(Interface):
    """Where a shell looks up what lies outside the enrolment at hand."""

    def told(self, event: str) -> Told | None:
        """The event of this id, in whatever enrolment of the adoption it is."""

    def has(self, enrolment: str) -> bool:
        """Whether the adoption has an enrolment of this number."""


def passed(protocol: Protocol, enrolment: str, event: Event, who: Directory) -> tuple[Delivery, ...]:
    """What an event, accepted in `enrolment`, brings to another. Nothing where its field is empty or leads nowhere.

    For the voiding of an event that passed, the voiding of what it became.
    """
    if event.kind == "voided":
        return _taken_back(protocol, event, who)
    kind = protocol.events.get(event.kind)
    if kind is None or kind.passes is None:
        return ()
    to = leads_to(protocol, enrolment, event, kind.passes.to, who)
    if to is None or to == enrolment:
        return ()
    return (Delivery(to, _retold(protocol, Told(enrolment, event), kind.passes, who)),)


def must_arrive(protocol: Protocol, kind: str) -> bool:
    """Whether an event means nothing unless the other can take it: it answers what others offer, or moves the other."""
    declared = protocol.events.get(kind)
    passes = declared.passes if declared else None
    if declared is None or passes is None:
        return False
    field, there = declared.fields.get(passes.to), protocol.events.get(passes.as_)
    return bool((field and field.whose == "others") or (there and there.moves))


def passed_id(event: str) -> str:
    """The id that an event has where it is passed to."""
    name = f"{event}>"
    return name if len(name) <= LONGEST_ID else f"{hashlib.sha256(event.encode()).hexdigest()[:_FAR]}>"


def leads_to(protocol: Protocol, enrolment: str, event: Event, field: str, who: Directory) -> str | None:
    """The number of the enrolment that a field of an event leads to, None for nowhere.

    A participant; whose a reference of others' is; or, for a reference to one's own, where that event was passed from,
    or whom it names in turn. `self` is the enrolment itself.
    """
    if field == "self":
        return enrolment
    declared = _field(protocol, event.kind, field)
    value = event.data.get(field)
    if declared is None or not isinstance(value, str) or not value:
        return None
    if declared.type == "participant":
        return value if who.has(value) else None
    if declared.type != "reference":
        return None
    found = who.told(value)
    if found is None:
        return None
    return found.enrolment if found.enrolment != enrolment else _origin(protocol, found, who)


def _origin(protocol: Protocol, own: Told, who: Directory) -> str | None:
    """The other enrolment that an own event is about: where it came from, or where it leads itself."""
    kind = protocol.events.get(own.event.kind)
    reply = who.told(str(own.event.data.get("reply", "")))
    if reply is not None and reply.enrolment != own.enrolment:
        return reply.enrolment
    fields: Mapping[str, DataField] = kind.fields if kind else {}
    for name, field in fields.items():
        value = own.event.data.get(name)
        if field.type == "participant" and isinstance(value, str) and value != own.enrolment and who.has(value):
            return value
    if kind is not None and kind.passes is not None:
        return leads_to(protocol, own.enrolment, own.event, kind.passes.to, who)
    return None


def _retold(protocol: Protocol, told: Told, passing: Passing, who: Directory) -> Event:
    """The event as it is told there: fields of the same name, whom it came from, and what it replies to."""
    there, event = protocol.events.get(passing.as_), told.event
    data = _carried(there, told.enrolment, event.id, _known(protocol, told, who)) if there else {}
    return Event(passed_id(event.id), passing.as_, event.occurred_at, "system", data, event.sequence, event.received_at)


def _known(protocol: Protocol, told: Told, who: Directory) -> dict[str, Any]:
    """The event's fields, and those of the own events that it refers to."""
    found: dict[str, Any] = {}
    for field in referred_kinds(protocol, told.event.kind):
        referred = who.told(str(told.event.data.get(field, "")))
        found |= referred.event.data if referred and referred.enrolment == told.enrolment else {}
    return found | dict(told.event.data)


def _carried(there: EventKind, enrolment: str, reply: str, known: Mapping[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for name, field in there.fields.items():
        if field.type == "participant":
            data[name] = enrolment
        elif name == "reply" and field.type == "reference":
            data[name] = reply
        elif known.get(name) is not None:
            data[name] = known[name]
    return data


def _taken_back(protocol: Protocol, event: Event, who: Directory) -> tuple[Delivery, ...]:
    """The voiding of what the voided event became where it was passed to."""
    voided = who.told(str(event.data.get("event", "")))
    if voided is None:
        return ()
    there = passed(protocol, voided.enrolment, voided.event, who)
    return tuple(
        Delivery(
            one.enrolment,
            Event(
                passed_id(event.id),
                "voided",
                event.occurred_at,
                "system",
                {"event": one.event.id},
                event.sequence,
                event.received_at,
            ),
        )
        for one in there
    )


def _field(protocol: Protocol, kind: str, field: str) -> DataField | None:
    declared = protocol.events.get(kind)
    return declared.fields.get(field) if declared else None
