"""One kind of place: who waits, who holds one, who is next. Decided from how things stand, never from how they came.

Those who wait are taken by their rank (the greatest first), then by how long they have waited, then by number. A share
has its own places; capacity that no share owns is for anybody. With borrowing, what nobody of its own share waits for
may be given to another. Nobody loses a place that they have: the share that lent one is first in turn for the next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

Where = Literal["waiting", "holding"]


class OwnPlaces(NamedTuple):
    """How many there are, where an organisation has its own numbers. None and left out: as in the protocol."""

    capacity: int | None = None
    starts: int | None = None
    shares: Mapping[str, int] = MappingProxyType({})


class Stand(NamedTuple):
    """How one enrolment stands to a place: since when it has waited for it, or held it."""

    where: Where
    since: int
    rank: float | None = None
    share: str | None = None


class Queue(NamedTuple):
    """All that is remembered of one kind of place, by enrolment.

    `promised` are places given but not yet recorded there: (the event's id, when). `starts` is when each was given one,
    as far back as `per` reaches. `refused` is since when somebody has waited who could not take theirs.
    """

    waiting: Mapping[str, Stand]
    holding: Mapping[str, Stand]
    promised: Mapping[str, tuple[str, int]]
    starts: Mapping[str, tuple[int, ...]]
    refused: Mapping[str, int]

    def stand(self, enrolment: str) -> Stand | None:
        """How one enrolment stands, None where it neither waits nor holds one."""
        return self.waiting.get(enrolment) or self.holding.get(enrolment)

    def standing(self, enrolment: str, stand: Stand | None) -> Queue:
        """The same, with another standing of one enrolment."""
        return self._replace(
            waiting=_with(self.waiting, enrolment, stand if stand and stand.where == "waiting" else None),
            holding=_with(self.holding, enrolment, stand if stand and stand.where == "holding" else None),
        )


class Limits(NamedTuple):
    """How many there are: at once, and within the running period; each share's own; and whether they may be lent."""

    capacity: int | None
    starts: int | None
    shares: Mapping[str, int]
    borrowing: bool


class Waiting(NamedTuple):
    """Somebody in the queue. `number` counts from 1."""

    enrolment: str
    number: int
    since: int
    share: str | None


class Part(NamedTuple):
    """One share's places: its own, how many are held by its people, and how many of these it has borrowed."""

    share: str
    own: int
    held: int
    waiting: int

    @property
    def borrowed(self) -> int:
        """How many more than its own its people hold."""
        return max(0, self.held - self.own)


class Occupancy(NamedTuple):
    """How full it is. `capacity` is None where only starts are limited, `starts` None where they are not."""

    held: int
    capacity: int | None
    waiting: int
    started: int
    starts: int | None
    parts: tuple[Part, ...]

    @property
    def free(self) -> int | None:
        """How many more could hold one now."""
        return None if self.capacity is None else max(0, self.capacity - self.held)


def _with(stands: Mapping[str, Stand], enrolment: str, stand: Stand | None) -> Mapping[str, Stand]:
    """The same but for one; copied as a whole, which is fast however long the queue is."""
    if stand is None and enrolment not in stands:
        return stands
    changed = dict(stands)
    changed.pop(enrolment, None)
    return changed if stand is None else {**changed, enrolment: stand}


EMPTY = Queue({}, {}, {}, {}, {})


def in_turn(queue: Queue) -> list[Waiting]:
    """Those who wait and have not been promised a place, in the order of their turn."""
    waiting = [(_place(stand, one), stand) for one, stand in queue.waiting.items() if one not in queue.promised]
    ordered = sorted(waiting, key=lambda one: one[0])
    return [
        Waiting(place[2], number, stand.since, stand.share) for number, (place, stand) in enumerate(ordered, start=1)
    ]


def held_by(queue: Queue) -> dict[str, str | None]:
    """Those who hold a place or have been promised one, with their share."""
    promised = {one: queue.waiting[one].share for one in queue.promised if one in queue.waiting}
    return {**promised, **{enrolment: stand.share for enrolment, stand in queue.holding.items()}}


def next_in_turn(queue: Queue, limits: Limits) -> str | None:
    """Who is to be given a place now; None where there is none to give, or nobody to give it to."""
    held = held_by(queue)
    if limits.capacity is not None and len(held) >= limits.capacity:
        return None
    if limits.starts is not None and started(queue) >= limits.starts:
        return None
    waiting = [
        (_place(stand, one), one, stand.share)
        for one, stand in queue.waiting.items()
        if one not in queue.promised and queue.refused.get(one) != stand.since
    ]
    if limits.shares:
        waiting = _by_share(waiting, Counter(held.values()), limits)
    return min(waiting)[1] if waiting else None


def _place(stand: Stand, enrolment: str) -> tuple[float, int, str]:
    """Where somebody stands in the queue: least is first."""
    return (-(stand.rank if stand.rank is not None else float("-inf")), stand.since, enrolment)


Candidate = tuple[tuple[float, int, str], str, str | None]


def _by_share(waiting: list[Candidate], held: Counter[str | None], limits: Limits) -> list[Candidate]:
    """Those whose own share has room; else, where anybody may, all of them."""
    own = [one for one in waiting if held[one[2]] < limits.shares.get(one[2] or "", 0)]
    if own or limits.borrowing:
        return own or waiting
    common = None if limits.capacity is None else limits.capacity - sum(limits.shares.values())
    beyond = sum(max(0, count - limits.shares.get(share or "", 0)) for share, count in held.items())
    return waiting if common is not None and beyond < common else []


def started(queue: Queue) -> int:
    """How many have been given one within the running period."""
    return sum(map(len, queue.starts.values()))


def occupancy(queue: Queue, limits: Limits) -> Occupancy:
    """How full it is, in all and by share; shares in the order of the protocol, then whoever belongs to none."""
    held, turn = held_by(queue), in_turn(queue)
    by_share, waiting = Counter(held.values()), Counter(one.share for one in turn)
    named = [Part(share, own, by_share[share], waiting[share]) for share, own in limits.shares.items()]
    known = set(limits.shares)
    others = [share for share in (*by_share, *waiting) if share not in known]
    if limits.shares and others:
        others_held = sum(by_share[share] for share in set(others))
        named.append(Part("", 0, others_held, sum(waiting[share] for share in set(others))))
    return Occupancy(len(held), limits.capacity, len(turn), started(queue), limits.starts, tuple(named))
