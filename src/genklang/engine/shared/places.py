"""The places of a protocol: what is remembered of them for one adoption, and whom they are given to.

A shell keeps `Shared` in one row, locks it, tells it how enrolments stand (`observe`), asks who is given a place
(`give`), and says what came of that (`answered`). Nothing else is locked meanwhile: a place is promised first, and
recorded in the enrolment afterwards, so that it is never given twice and nobody waits for anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from genklang.engine.shared.queue import EMPTY, Limits, OwnPlaces, Queue, Stand, held_by, next_in_turn
from genklang.engine.shared.types import Delivery
from genklang.engine.time import Zone
from genklang.engine.types import Event, State
from genklang.protocol.expressions import compile_expression
from genklang.protocol.scopes import eligibility_scope
from genklang.protocol.together import Place
from genklang.protocol.types import Protocol

FORMAT = 1
Shared = Mapping[str, Queue]


class Settled(NamedTuple):
    """What is remembered from now on, and the places that are given."""

    shared: Shared
    deliveries: tuple[Delivery, ...] = ()


class Places:
    """The places of a protocol made ready, with an organisation's own numbers. Made once, used for every change."""

    def __init__(self, protocol: Protocol, *, zone: str, own: Mapping[str, OwnPlaces] | None = None) -> None:
        self.declared: Mapping[str, Place] = protocol.places
        self._zone = Zone(zone)
        scope = eligibility_scope(protocol) if protocol.places else None
        self._first = {
            name: compile_expression(place.first, scope).python
            for name, place in protocol.places.items()
            if place.first and scope
        }
        self.limits = {name: limits_of(one, (own or {}).get(name)) for name, one in protocol.places.items()}

    def begin(self) -> Shared:
        """Nobody waits, and nobody holds a place."""
        return dict.fromkeys(self.declared, EMPTY)

    def standing(self, state: State) -> dict[str, Stand]:
        """How an enrolment stands to each place, by its stage; only the places that it waits for or holds."""
        return {
            name: Stand(where, state.stage_since, self._rank(name, state.facts), _share(place, state.facts))
            for name, place in self.declared.items()
            if (where := _where(place, state.stage))
        }

    def observe(self, shared: Shared, state: State) -> Shared:
        """Remember how an enrolment stands now, whatever has led to it. Telling it again changes nothing."""
        stands = self.standing(state)
        return {
            name: _observed(shared.get(name, EMPTY), state.enrolment, stands.get(name), limited=bool(place.starts))
            for name, place in self.declared.items()
        }

    def give(self, shared: Shared, at: int) -> Settled:
        """Give what there is to those whose turn it is, at an instant that is not before any told so far."""
        queues: dict[str, Queue] = {}
        deliveries: list[Delivery] = []
        for name in self.declared:
            queue = self._forget(name, shared.get(name, EMPTY), at)
            while (enrolment := next_in_turn(queue, self.limits[name])) is not None:
                delivery = self._delivery(name, enrolment, at)
                queue = _promise(queue, enrolment, delivery.event.id, at, limited=bool(self.declared[name].starts))
                deliveries.append(delivery)
            queues[name] = queue
        return Settled(queues, tuple(deliveries))

    def after(self, shared: Shared, state: State, at: int) -> Settled:
        """`observe` and then `give`."""
        return self.give(self.observe(shared, state), at)

    def answered(self, shared: Shared, event: str, *, accepted: bool) -> Shared:
        """A place that was given has been recorded, or could not be: then it goes to the next."""
        return {name: _answered(queue, event, accepted=accepted) for name, queue in shared.items()}

    def next_free(self, shared: Shared) -> int | None:
        """When the running period lets the next one start, None where nobody waits for that."""
        instants = [
            self._zone.add(min(map(min, queue.starts.values())), place.per)
            for name, place in self.declared.items()
            if place.per and (queue := shared.get(name, EMPTY)).starts and _waits(queue)
        ]
        return min(instants, default=None)

    def _forget(self, name: str, queue: Queue, at: int) -> Queue:
        """Leave out the starts that the running period no longer counts."""
        per = self.declared[name].per
        if per is None or not queue.starts:
            return queue
        kept = {
            enrolment: left
            for enrolment, starts in queue.starts.items()
            if (left := tuple(start for start in starts if self._zone.add(start, per) > at))
        }
        return queue._replace(starts=kept)

    def _delivery(self, place: str, enrolment: str, at: int) -> Delivery:
        event = Event(f"{enrolment}:{place}:{at}", self.declared[place].gives, at, "system", {}, received_at=at)
        return Delivery(enrolment, event, place)

    def _rank(self, name: str, facts: Mapping[str, Any]) -> float | None:
        value = self._first[name](facts) if name in self._first else None
        return None if value is None else float(value)


def limits_of(place: Place, own: OwnPlaces | None = None) -> Limits:
    """How many there are, with an organisation's own numbers where it has any."""
    own = own or OwnPlaces()
    return Limits(
        place.capacity if own.capacity is None or place.capacity is None else own.capacity,
        place.starts if own.starts is None or place.starts is None else own.starts,
        {name: own.shares.get(name, share.places) for name, share in place.shares.items()},
        place.borrowing,
    )


def shared_as_dict(shared: Shared) -> dict[str, Any]:
    """Shared state as plain values."""
    return {"format": FORMAT, "places": {name: _as_dict(queue) for name, queue in shared.items()}}


def shared_from_dict(plain: Mapping[str, Any]) -> Shared:
    """The shared state that `shared_as_dict` gave, empty for nothing. Raises ValueError for another format."""
    if not plain:
        return {}
    if plain.get("format") != FORMAT:
        raise ValueError(f"shared state of format {plain.get('format')!r} cannot be read, only {FORMAT}")
    return {name: _from_dict(queue) for name, queue in plain["places"].items()}


def _where(place: Place, stage: str | None) -> Any:
    return "waiting" if stage in place.waiting else "holding" if stage in place.holding else None


def _share(place: Place, facts: Mapping[str, Any]) -> str | None:
    return facts.get(place.shared_by) if place.shared_by else None


def _waits(queue: Queue) -> bool:
    return bool(queue.waiting)


def _observed(queue: Queue, enrolment: str, stand: Stand | None, *, limited: bool) -> Queue:
    known = queue.stand(enrolment)
    if stand is None:
        refused = {one: since for one, since in queue.refused.items() if one != enrolment}
        return queue if known is None else queue.standing(enrolment, None)._replace(refused=refused)
    if known is not None and known.where == stand.where:  # from one stage of the queue to another: the wait goes on
        stand = stand._replace(since=min(known.since, stand.since))
    starts = _starts(queue, enrolment, known, stand) if limited else queue.starts
    return (
        queue if known == stand and starts == queue.starts else queue.standing(enrolment, stand)._replace(starts=starts)
    )


def _starts(queue: Queue, enrolment: str, known: Stand | None, stand: Stand) -> Mapping[str, tuple[int, ...]]:
    """The starts that count: one that was given without asking here too, and none that was taken back."""
    starts = queue.starts.get(enrolment, ())
    if stand.where == "holding" and (known is None or known.where == "waiting") and enrolment not in queue.promised:
        starts = starts if starts and starts[-1] >= stand.since else (*starts, stand.since)
    elif stand.where == "waiting" and enrolment not in queue.promised:
        starts = tuple(start for start in starts if start < stand.since)
    return {one: value for one, value in {**queue.starts, enrolment: starts}.items() if value}


def _promise(queue: Queue, enrolment: str, event: str, at: int, *, limited: bool) -> Queue:
    starts = {**queue.starts, enrolment: (*queue.starts.get(enrolment, ()), at)} if limited else queue.starts
    return queue._replace(promised={**queue.promised, enrolment: (event, at)}, starts=starts)


def _answered(queue: Queue, event: str, *, accepted: bool) -> Queue:
    found = [(enrolment, at) for enrolment, (id, at) in queue.promised.items() if id == event]
    for enrolment, at in found:
        promised = {one: value for one, value in queue.promised.items() if one != enrolment}
        queue = queue._replace(promised=promised)
        stand = queue.stand(enrolment)
        if accepted and stand:
            queue = queue.standing(enrolment, stand._replace(where="holding", since=at))
        elif not accepted:
            starts = tuple(start for start in queue.starts.get(enrolment, ()) if start != at)
            refused = {**queue.refused, enrolment: stand.since} if stand else queue.refused
            queue = queue._replace(
                starts={one: value for one, value in {**queue.starts, enrolment: starts}.items() if value},
                refused=refused,
            )
    return queue


def _as_dict(queue: Queue) -> dict[str, Any]:
    return {
        "waiting": {enrolment: list(stand[1:]) for enrolment, stand in queue.waiting.items()},
        "holding": {enrolment: list(stand[1:]) for enrolment, stand in queue.holding.items()},
        "promised": {enrolment: list(promise) for enrolment, promise in queue.promised.items()},
        "starts": {enrolment: list(starts) for enrolment, starts in queue.starts.items()},
        "refused": dict(queue.refused),
    }


def _from_dict(plain: Mapping[str, Any]) -> Queue:
    return Queue(
        {enrolment: Stand("waiting", *values) for enrolment, values in plain["waiting"].items()},
        {enrolment: Stand("holding", *values) for enrolment, values in plain["holding"].items()},
        {enrolment: (str(event), int(at)) for enrolment, (event, at) in plain["promised"].items()},
        {enrolment: tuple(starts) for enrolment, starts in plain["starts"].items()},
        {enrolment: int(since) for enrolment, since in plain["refused"].items()},
    )


__all__ = ["Places", "Settled", "Shared", "held_by", "limits_of", "shared_as_dict", "shared_from_dict"]
