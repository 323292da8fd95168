"""What guests and the public may read of an enrolment's log: what refers to what, and what `shown` lets through.

Taken back or waiting events are not there at all.
"""

from collections.abc import Collection, Iterable, Iterator
from functools import cached_property

from genklang.operate.machines import machine_for
from genklang.operate.models import Enrolment, Event, Link
from genklang.protocol.together import Shown
from genklang.protocol.types import EventKind, Protocol


class Log:
    """The events of one enrolment that count, oldest first, with what each refers to."""

    def __init__(self, enrolment: Enrolment) -> None:
        self.enrolment = enrolment
        self.protocol: Protocol = machine_for(enrolment).protocol
        rows = list(Event.objects.filter(enrolment=enrolment, held=None).select_related("actor", "link"))
        void = {str(row.data.get("event", "")) for row in rows if row.kind == "voided"}
        known = (row for row in rows if row.kind in self.protocol.events and row.key not in void)
        self.events = {row.key: row for row in known}

    @property
    def ended(self) -> bool:
        """Whether the enrolment has ended."""
        return self.protocol.stages[self.enrolment.stage].final

    def kind(self, event: Event) -> EventKind:
        """What the protocol says of the event."""
        return self.protocol.events[event.kind]

    def refers_to(self, event: Event) -> list[Event]:
        """The events of this log that it points at."""
        return [self.events[key] for key in references(self.kind(event), event.data) if key in self.events]

    def referring(self, key: str, *, kinds: Collection[str] | None = None) -> list[Event]:
        """The events, of these kinds, that point at it, oldest first."""
        return [each for each in self._pointing.get(key, []) if kinds is None or each.kind in kinds]

    def lets_through(self, event: Event, role: str = "") -> bool:
        """Whether `shown` lets this role read it now, or everybody: the latest word about it decides."""
        about = (one for one in self.kind(event).shown if not (role and one.to and role not in one.to))
        return all(self._lets(one, event) for one in about)

    def _lets(self, shown: Shown, event: Event) -> bool:
        said = self.referring(event.key, kinds=[*shown.once, *shown.unless])
        return said[-1].kind in shown.once if said else not shown.once

    def for_public(self, role: str) -> list[Event]:
        """What anybody may read, oldest first."""
        sees = self.protocol.roles[role].sees
        return [event for event in self.events.values() if event.kind in sees and self.lets_through(event, role)]

    def for_guest(self, invited: Event, *, role: str, link: int) -> list[Event]:
        """What belongs to the event that invited a guest, and may be read by the role; oldest first.

        From that event along references, both ways, but never through what another guest has said, nor through
        another's invitation: what one is told is not told to the other.
        """
        belongs, coming = {invited.key}, [invited]
        while coming:
            for near in self._near(coming.pop(), invited, link=link):
                if near.key not in belongs:
                    belongs.add(near.key)
                    coming.append(near)
        return [event for event in self.events.values() if event.key in belongs and self._reads(event, role, link=link)]

    def said_through(self, event: Event, link: int) -> bool:
        """Whether it was said through the link; or by somebody on an open page, who was given the link for it."""
        public = event.by in self.protocol.roles and self.protocol.roles[event.by].public
        return event.link_id == link or (
            public and any(one.pk == link for one in self._links if one.event == event.key)
        )

    def _reads(self, event: Event, role: str, *, link: int) -> bool:
        own = self.said_through(event, link)
        return own or (event.kind in self.protocol.roles[role].sees and self.lets_through(event, role))

    def _near(self, event: Event, invited: Event, *, link: int) -> Iterator[Event]:
        for near in [*self.refers_to(event), *self.referring(event.key)]:
            others = near.link_id not in (None, link) or self.kind(near).invites is not None
            if near.key == invited.key or not others:
                yield near

    @cached_property
    def _links(self) -> list[Link]:
        return list(Link.objects.filter(enrolment=self.enrolment))

    @cached_property
    def _pointing(self) -> dict[str, list[Event]]:
        found: dict[str, list[Event]] = {}
        for event in self.events.values():
            for key in references(self.kind(event), event.data):
                found.setdefault(key, []).append(event)
        return found


def references(kind: EventKind, data: dict[str, object]) -> list[str]:
    """The ids that an event's reference fields hold."""
    values: Iterable[object] = (data.get(name) for name, field in kind.fields.items() if field.type == "reference")
    listed = (each for value in values for each in (value if isinstance(value, list) else [value]))
    return [each for each in listed if isinstance(each, str) and each]
