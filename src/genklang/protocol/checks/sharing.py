"""Checks of what enrolments share: places with their queue and shares, and events that pass from one to another."""

from collections.abc import Mapping

from genklang.protocol.checks.notes import Notes
from genklang.protocol.document import Path
from genklang.protocol.expressions import Type
from genklang.protocol.ledgers import referred_kinds
from genklang.protocol.problems import listed, quoted
from genklang.protocol.scopes import eligibility_scope, fields_of
from genklang.protocol.together import Passing, Place
from genklang.protocol.types import DataField, EventKind, Protocol

REPLY = "reply"


def check(protocol: Protocol, notes: Notes) -> None:
    """Note what is wrong with places and with events that pass."""
    for name, place in protocol.places.items():
        path = ("places", name)
        _stages(path, place, notes)
        _gives(path, place, notes)
        _numbers(path, place, notes)
        _shares(path, place, notes)
        if protocol.facts:
            notes.expression((*path, "first"), place.first, eligibility_scope(protocol), Type.NUMBER, Type.BOOLEAN)
    for name, kind in protocol.events.items():
        if kind.passes:
            _passes(("events", name, "passes"), kind, kind.passes, notes)


def _stages(path: Path, place: Place, notes: Notes) -> None:
    for part, stages in (("waiting", place.waiting), ("holding", place.holding)):
        for number, stage in enumerate(stages):
            where = notes.item((*path, part), number)
            if not notes.known(where, stage, notes.protocol.stages, kind="stage"):
                continue
            if part == "holding" and stage in place.waiting:
                what = f"{quoted(stage)} both waits for the place and holds it"
                notes.note(where, what, "Name it in one of them only.", written=stage)
            if notes.protocol.stages[stage].final:
                what = f"Nobody leaves {quoted(stage)}, so its places would never be free again"
                notes.note(where, what, "Name a stage that is not final.", written=stage)


def _gives(path: Path, place: Place, notes: Notes) -> None:
    where = (*path, "gives")
    if not notes.known(where, place.gives, notes.protocol.events, kind="event"):
        return
    kind = notes.protocol.events[place.gives]
    if "system" not in kind.by:
        what = f"{quoted(place.gives)} is what the system records, and it may not"
        notes.note(where, what, f"Write by: system for the event {place.gives}.", written=place.gives)
    moves = dict(kind.moves)
    for stage in place.waiting:
        if stage in notes.protocol.stages and moves.get(stage) not in place.holding:
            what = f"{quoted(place.gives)} does not move from {quoted(stage)} to a stage that holds the place"
            instead = f"Write moves: [{stage}, {place.holding[0]}] for it." if place.holding else "Write holding."
            notes.note(where, what, instead, written=place.gives)
    asked = [name for name, field in kind.fields.items() if field.required]
    if asked or kind.when:
        what = f"{quoted(place.gives)} {'asks for ' + listed(asked) if asked else 'has a condition'}"
        notes.note(where, what, "Let the system record it as it is: without questions, and without when.")


def _numbers(path: Path, place: Place, notes: Notes) -> None:
    if place.capacity is None and place.starts is None:
        notes.note(path, "There is no limit", "Write capacity: 26, or starts: 20 with per: 1 year.", key=True)
    if (place.starts is None) != (place.per is None):
        notes.note(
            path, "starts and per belong together", "Write both, for example starts: 20 and per: 1 year.", key=True
        )


def _shares(path: Path, place: Place, notes: Notes) -> None:
    if not place.shares:
        if place.shared_by or place.borrowing:
            instead = "Write shares: {name: {places: 5}}, or leave the line out."
            notes.note((*path, "shared_by" if place.shared_by else "borrowing"), "There are no shares", instead)
        return
    if place.shared_by is None:
        notes.note(
            (*path, "shares"), "Nothing says whose share one belongs to", "Write shared_by: and a fact.", key=True
        )
        return
    choices = {name: fact for name, fact in notes.protocol.facts.items() if fact.type == "choice"}
    if notes.known((*path, "shared_by"), place.shared_by, choices, kind="fact of type choice"):
        for name in place.shares:
            options = choices[place.shared_by].options
            notes.known((*path, "shares", name), name, options, kind=f"answer of {place.shared_by}")
    total = sum(share.places for share in place.shares.values())
    if place.capacity is not None and total > place.capacity:
        what = f"The shares own {total} places together, and there are {place.capacity}"
        notes.note((*path, "shares"), what, "Write shares that fit within capacity.", key=True)


def _passes(path: Path, kind: EventKind, passing: Passing, notes: Notes) -> None:
    leading = {
        name: field
        for name, field in kind.fields.items()
        if field.type == "participant" or (field.type == "reference" and not field.many)
    }
    if notes.known((*path, "to"), passing.to, leading, kind="field of type participant or reference"):
        _leads(path, passing.to, leading[passing.to], notes)
    if not notes.known((*path, "as"), passing.as_, notes.protocol.events, kind="event"):
        return
    there, known = notes.protocol.events[passing.as_], carried_fields(notes.protocol, path[1])
    if "system" not in there.by:
        what = f"{quoted(passing.as_)} is what the system records, and it may not"
        notes.note((*path, "as"), what, f"Write by: system for the event {passing.as_}.", written=passing.as_)
    missing = [name for name, field in there.fields.items() if field.required and not _given(name, field, known)]
    if missing:
        what = f"{quoted(passing.as_)} asks for {listed(missing)}, which does not come with it"
        instead = "Give this event a field of the same name that must be answered, or write required: false there."
        notes.note((*path, "as"), what, instead, written=passing.as_)


def _leads(path: Path, name: str, field: DataField, notes: Notes) -> None:
    """A reference to one's own must lead on to somebody else."""
    if field.type == "participant" or field.whose == "others":
        return
    for own in field.of or ():
        kind = notes.protocol.events.get(own)
        if kind and not _comes_from_another(kind):
            what = f"{quoted(name)} refers to {quoted(own)}, which leads to nobody else"
            instead = f"Give {own} a field reply of type reference, or one of type participant, or let it pass itself."
            notes.note((*path, "to"), what, instead, written=name)


def _comes_from_another(kind: EventKind) -> bool:
    told = REPLY in kind.fields or any(field.type == "participant" for field in kind.fields.values())
    return told or kind.passes is not None


def carried_fields(protocol: Protocol, event: object) -> Mapping[str, DataField]:
    """The fields whose values come with an event that passes: its own, and those of the own events it refers to."""
    found: dict[str, DataField] = {}
    for name, kinds in referred_kinds(protocol, str(event)).items():
        shared = [fields_of(protocol, kind) for kind in kinds]
        if fields_of(protocol, str(event))[name].required and shared:
            found |= {one: field for one, field in shared[0].items() if all(one in each for each in shared)}
    return found | dict(fields_of(protocol, str(event)))


def _given(name: str, field: DataField, fields: Mapping[str, DataField]) -> bool:
    """Whether a field of what an event becomes has a value there."""
    if field.type == "participant" or (name == REPLY and field.type == "reference"):
        return True
    same = fields.get(name)
    return same is not None and same.required and same.type == field.type
