"""What a change of one enrolment brings to others, written with it by `writing`: events that pass, and notes that
somebody now stands otherwise to a place. `inside` does them afterwards.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction

from genklang.engine.machine import Machine
from genklang.engine.shared import Delivery, OwnPlaces, Places, Shared, passed
from genklang.engine.shared.places import shared_from_dict
from genklang.engine.types import Event as EngineEvent
from genklang.engine.types import State
from genklang.operate import clock
from genklang.operate.directory import AdoptionDirectory, engine_event
from genklang.operate.machines import adoption_machine, load_state
from genklang.operate.models import Adoption, Enrolment, Event, Outbox
from genklang.operate.rows import insert
from genklang.operate.shared_states import SharedState
from genklang.protocol.types import Protocol

DELIVERY, LOOK = "inside", "places"
CHANNELS = (DELIVERY, LOOK)
KEPT = 64
_places: dict[tuple[str, str, str], Places] = {}


def places_for(adoption: Adoption) -> Places:
    """The places of the version that new enrolments start on, with the adoption's own numbers."""
    own = adoption.overlay.get("places", {})
    name = (adoption.protocol_version.digest, adoption.zone, repr(own))
    if name not in _places:
        if len(_places) >= KEPT:
            _places.pop(next(iter(_places)), None)
        numbers = {place: own_places(values) for place, values in own.items()}
        _places[name] = Places(adoption_machine(adoption).protocol, zone=adoption.zone, own=numbers)
    return _places[name]


def own_places(values: Mapping[str, Any]) -> OwnPlaces:
    """An organisation's own numbers, as its overlay has them."""
    return OwnPlaces(values.get("capacity"), values.get("starts"), values.get("shares", {}))


def shared_of(adoption: Adoption) -> Shared:
    """What is remembered now, for pages. Nothing where nobody has come yet."""
    row = SharedState.objects.filter(adoption=adoption).first()
    return {**places_for(adoption).begin(), **shared_from_dict(row.state if row else {})}


def reaches_others(adoption: Adoption, machine: Machine) -> bool:
    """Whether anything that happens to one enrolment can bring something to others."""
    return not adoption.historical and (machine.compiled.passes or bool(adoption_machine(adoption).protocol.places))


def write_for(
    enrolment: Enrolment,
    machine: Machine,
    *,
    before: State | None,
    after: State,
    events: Sequence[Event],
    explained: Iterable[str],
) -> None:
    """Writes what a change of one enrolment brings to others. The caller holds its transaction, and has written it.

    `explained` are ids of events that were held until now.
    """
    adoption = enrolment.adoption
    rows = _looks(enrolment, before, after) if adoption_machine(adoption).protocol.places else []
    if machine.compiled.passes:
        rows += _passed(enrolment, machine.protocol, after, [*events, *_by_key(enrolment, explained)])
    if rows:
        insert(rows, ignore_conflicts=True)
        transaction.on_commit(lambda: _settle(adoption.pk), robust=True)


def look_again(adoption: Adoption) -> None:
    """Everybody is looked at anew: the numbers, the version or the adoption's standing has changed."""
    if adoption.historical or not adoption_machine(adoption).protocol.places:
        return
    values = {"stale": True, "next_free": clock.now()}
    SharedState.objects.update_or_create(adoption=adoption, defaults=values)
    transaction.on_commit(lambda: _settle(adoption.pk), robust=True)


def differs(enrolment: Enrolment) -> bool:
    """Whether places remember the enrolment otherwise than it stands, and nothing waits that would put it right."""
    adoption = enrolment.adoption
    places = places_for(adoption)
    if not places.declared or adoption.historical:
        return False
    row = SharedState.objects.filter(adoption=adoption).first()
    waits = Outbox.objects.filter(
        adoption=adoption, enrolment=enrolment, channel__in=CHANNELS, delivered_at=None, given_up_at=None
    )
    if row is None or row.stale or waits.exists():
        return False
    stands = places.standing(load_state(enrolment))
    kept = {name: queue.stand(enrolment.key) for name, queue in shared_from_dict(row.state).items()}
    return any(
        (stand and stand._replace(since=0)) != (known and known._replace(since=0))
        for name, known in kept.items()
        for stand in [stands.get(name)]
    )


def _settle(adoption_id: int) -> None:
    from genklang.operate import inside  # late: what it records is written through this module again

    inside.settle(adoption_id)


def _looks(enrolment: Enrolment, before: State | None, after: State) -> list[Outbox]:
    """A note that the enrolment stands otherwise to a place than before."""
    places = places_for(enrolment.adoption)
    if (places.standing(before) if before else {}) == places.standing(after):
        return []
    return [look(enrolment, f"{after.horizon}-{clock.now()}", {})]


def look(enrolment: Enrolment, name: str, payload: Mapping[str, Any]) -> Outbox:
    """A note to look at how the enrolment stands; `name` tells it from others."""
    return Outbox(
        key=f"{enrolment.public_id}/places/{name}",
        adoption_id=enrolment.adoption_id,
        enrolment=enrolment,
        channel=LOOK,
        payload={"enrolment": enrolment.key, **payload},
        available_at=clock.now(),
    )


def _by_key(enrolment: Enrolment, keys: Iterable[str]) -> list[Event]:
    keys = list(keys)
    return list(Event.objects.filter(enrolment=enrolment, key__in=keys)) if keys else []


def _passed(enrolment: Enrolment, protocol: Protocol, state: State, rows: Iterable[Event]) -> list[Outbox]:
    events = [engine_event(row) for row in rows if row.held is None and row.key not in state.voids]
    who = AdoptionDirectory(enrolment.adoption_id, about=events)
    deliveries = [one for event in events for one in passed(protocol, enrolment.key, event, who)]
    return delivery_rows(enrolment.adoption, deliveries)


def delivery_rows(adoption: Adoption, deliveries: Sequence[Delivery]) -> list[Outbox]:
    """What waits to be recorded in other enrolments; nothing for those that are not there."""
    if not deliveries:
        return []
    found = Enrolment.objects.filter(adoption=adoption, key__in={one.enrolment for one in deliveries})
    targets = {row.key: row for row in found.only("pk", "key", "public_id")}
    return [
        Outbox(
            key=f"{adoption.public_id}/{one.event.id}",
            adoption_id=adoption.pk,
            enrolment=targets[one.enrolment],
            channel=DELIVERY,
            payload={"place": one.place, **_as_payload(one.event)},
            available_at=clock.now(),
        )
        for one in deliveries
        if one.enrolment in targets
    ]


def _as_payload(event: EngineEvent) -> dict[str, Any]:
    names = ("id", "kind", "occurred_at", "sequence")
    return {**{name: getattr(event, name) for name in names}, "data": dict(event.data)}
