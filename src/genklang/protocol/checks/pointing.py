"""Checks of fields that point at something: earlier events, people of the enrolment, other enrolments."""

from genklang.protocol.checks.notes import Notes
from genklang.protocol.document import Path
from genklang.protocol.problems import listed, quoted
from genklang.protocol.types import DataField, Protocol

POINTING = ("reference", "member", "participant", "file")
_OF_REFERENCES = {"of": None, "whose": "own", "many": False, "once": False}


def check(protocol: Protocol, notes: Notes) -> None:
    """Note what is wrong with what fields point at. (Files have checks of their own.)"""
    for name, fact in protocol.facts.items():
        path: Path = ("facts", name)
        if fact.type in POINTING[:3]:
            what = f"A fact is {fact.type}, which only what happens can tell"
            notes.note((*path, "type"), what, "Make it a field of an event.", written=fact.type)
        if fact.valid is not None and not fact.valid:
            notes.note((*path, "valid"), "An answer would never hold", 'Write for example "1 year".', written="0")
    for event, kind in protocol.events.items():
        for name, field in kind.fields.items():
            _field(("events", event, "fields", name), field, notes)
        members = [name for name, field in kind.fields.items() if field.type == "member"]
        for name in members[1:]:
            what = f"The event is about two members: {quoted(members[0])} too"
            notes.note(("events", event, "fields", name), what, "Keep one of them.", written=name, key=True)


def _field(path: Path, field: DataField, notes: Notes) -> None:
    if field.type != "reference":
        for word, default in _OF_REFERENCES.items():
            if getattr(field, word) != default:
                what = f"{word} stands beside type {field.type}"
                notes.note((*path, word), what, "Write type: reference, or take it away.", key=True)
    elif not field.of:
        some = listed(list(notes.protocol.events), most=3)
        notes.note(path, "Nothing says what it refers to", f"Write of: and kinds of event, such as {some}.", key=True)
    for number, event in enumerate(field.of or ()):
        notes.known(notes.item((*path, "of"), number), event, notes.protocol.events, kind="event")
    if field.type == "member" and not notes.protocol.member_roles:
        what = "Nobody belongs to an enrolment beside the participant"
        notes.note((*path, "type"), what, "Write member: true for a role.", written="member")
