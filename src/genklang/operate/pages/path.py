"""The way through a practice, for one enrolment: the stages it has passed, is in, and can still come to.

A practice with several kinds of participant has ways that are not this one's; those are left out.
"""

from collections.abc import Iterable

from genklang.engine.conditions import Condition, event_kinds
from genklang.operate.models import Enrolment
from genklang.protocol.scopes import PARTICIPANT
from genklang.protocol.types import Move, Protocol


def stages_of_way(protocol: Protocol, enrolment: Enrolment) -> list[str]:
    """The stages of the enrolment's own way, in the protocol's order."""
    moves = list(_moves(protocol, enrolment))
    ahead = _reached([enrolment.stage], moves)
    behind = _reached([enrolment.stage], [(after, before) for before, after in moves])
    return [name for name in protocol.stages if name in ahead or name in behind]


def _moves(protocol: Protocol, enrolment: Enrolment) -> Iterable[Move]:
    """Every move that events may bring to this kind of participant."""
    for name, kind in protocol.events.items():
        if kind.moves and _may_happen_to(protocol, name, enrolment):
            yield from kind.moves
    if protocol.randomise:
        yield from protocol.randomise.moves


def _may_happen_to(protocol: Protocol, event: str, enrolment: Enrolment) -> bool:
    """Whether an event is for this kind of participant, as far as that alone decides it."""
    when = protocol.events[event].when
    if when is None or not enrolment.role:
        return True
    return Condition(when, event_kinds(protocol, event)).asked({PARTICIPANT: enrolment.role}) is not False


def _reached(start: list[str], moves: list[Move]) -> set[str]:
    found = set(start)
    for _ in moves:
        found |= {after for before, after in moves if before in found}
    return found
