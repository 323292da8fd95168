"""The protocol behind an adoption or enrolment, with its words in local time."""

from zoneinfo import ZoneInfo

from genklang.bank.models import ProtocolVersion
from genklang.bank.selectors import protocol_of
from genklang.operate import clock
from genklang.operate.models import Adoption, Enrolment
from genklang.operate.pages.words import Words
from genklang.protocol.types import EventKind, Protocol

__all__ = ["numbers_of", "planned_by_people", "protocol_of", "stages_of", "words_in", "words_of"]


def words_of(thing: Adoption | Enrolment) -> Words:
    """Words for an adoption, or for one enrolment on the version it is pinned to."""
    return words_in(thing.adoption if isinstance(thing, Enrolment) else thing, thing.protocol_version)


def words_in(adoption: Adoption, version: ProtocolVersion) -> Words:
    """Words for those in an adoption who are on that version."""
    return Words(protocol_of(version), ZoneInfo(adoption.zone), clock.now())


def stages_of(protocol: Protocol, kind: EventKind) -> frozenset[str]:
    """The stages in which an event may happen."""
    if kind.during is not None:
        return frozenset(kind.during)
    if kind.moves:
        return frozenset(source for source, _target in kind.moves)
    return frozenset(name for name, stage in protocol.stages.items() if not stage.final)


def numbers_of(protocol: Protocol, kind: str) -> frozenset[str]:
    """The fields of an event that hold a number which only ties two events together; people need not see it."""
    return frozenset(
        name
        for each in protocol.expectations.values()
        for name in each.matching or ()
        if kind in [*(each.after or []), *each.expect] and _ties(protocol, kind, name)
    )


def _ties(protocol: Protocol, kind: str, name: str) -> bool:
    """Whether a field is a number or text of the event's own; references and people are chosen, and tell something."""
    field = protocol.events[kind].fields.get(name) if kind in protocol.events else None
    return field is not None and field.type in ("text", "integer")


def planned_by_people(protocol: Protocol, roles: frozenset[str]) -> list[str]:
    """Expectations that these roles are to meet: those that no device or system meets for them."""
    found = []
    for name, expectation in protocol.expectations.items():
        reporters = {who for kind in expectation.expect for who in protocol.events[kind].by}
        if reporters & roles and not reporters & {"device", "system"}:
            found.append(name)
    return found
