"""The people around somebody, as a map and as a list: who, how related, how close, what each can help with."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, pi, sin

from django.utils.translation import gettext as _

from genklang.operate.models import Enrolment, Event
from genklang.operate.pages.choosing import standing
from genklang.operate.pages.telling import Telling, keys_in
from genklang.operate.pages.words import Words
from genklang.protocol.types import Protocol

RINGS = {1: (120, 82), 2: (195, 132), 3: (270, 180)}
NEAREST, FARTHEST = min(RINGS), max(RINGS)


@dataclass(frozen=True)
class Near:
    """Somebody on the map. `x` and `y` are steps from its middle; `ring` is 1 for the nearest; `key` is the event's."""

    key: str
    number: int
    name: str
    relation: str
    closeness: str
    ring: int
    helps: str
    x: float
    y: float

    @property
    def label_y(self) -> int:
        """Where the name is written: on the side that looks away from the middle."""
        return 34 if self.y >= 0 else -24


@dataclass(frozen=True)
class Network:
    """The whole map. `middle` is who it is about; `asks_help` when the practice asks what people can help with."""

    middle: str
    people: list[Near]
    asks_help: bool

    @property
    def rings(self) -> list[tuple[int, int]]:
        """The rings from the outermost in: half their width and height."""
        return sorted(RINGS.values(), reverse=True)


def network_of(enrolment: Enrolment, words: Words) -> Network | None:
    """The map, as it is now; None where the practice draws none."""
    declared = words.protocol.network
    if declared is None:
        return None
    rows = list(_present(enrolment, words.protocol))
    telling = Telling(enrolment.adoption, words)
    people = [_near(row, place, len(rows), telling) for place, row in enumerate(rows)]
    return Network(enrolment.called, people, declared.helps is not None)


def _present(enrolment: Enrolment, protocol: Protocol) -> Iterator[Event]:
    """Those on the map, the nearest first: everybody who was added and not taken off."""
    declared = protocol.network
    assert declared is not None
    gone = _taken_off(enrolment, protocol)
    rows = [row for row in standing(enrolment, [declared.of]) if row.key not in gone]
    yield from sorted(rows, key=lambda row: (_ring(row, declared.closeness), row.occurred_at, row.key))


def _taken_off(enrolment: Enrolment, protocol: Protocol) -> set[str]:
    """The keys of those whom an event has taken off the map, through whichever field of it points at them."""
    removed = protocol.network.removed if protocol.network else None
    if removed is None:
        return set()
    pointing = [name for name, field in protocol.events[removed].fields.items() if field.type == "reference"]
    rows = standing(enrolment, [removed])
    return {key for row in rows for name in pointing if row.data.get(name) for key in keys_in(row.data[name])}


def _near(row: Event, place: int, count: int, telling: Telling) -> Near:
    declared = telling.words.protocol.network
    assert declared is not None
    fields = telling.words.protocol.events[declared.of].fields
    said = {
        name: telling.value(fields[name], row.data[name]) if row.data.get(name) is not None else ""
        for name in filter(None, [declared.name, declared.relation, declared.helps])
    }
    ring = _ring(row, declared.closeness)
    angle = 2 * pi * place / count - pi / 2
    across, down = RINGS[ring]
    return Near(
        key=row.key,
        number=place + 1,
        name=said[declared.name],
        relation=said[declared.relation],
        closeness={1: _("close"), 2: _("fairly close"), 3: _("farther away")}[ring],
        ring=ring,
        helps=said.get(declared.helps or "", ""),
        x=round(across * cos(angle), 1),
        y=round(down * sin(angle), 1),
    )


def _ring(row: Event, closeness: str) -> int:
    value = row.data.get(closeness)
    return min(max(value, NEAREST), FARTHEST) if isinstance(value, int) else FARTHEST
