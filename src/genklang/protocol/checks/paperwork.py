"""Checks of work on files: what a row becomes, what a document is made of, and the event of its making."""

from collections.abc import Collection, Mapping

from genklang.protocol.checks.notes import Notes
from genklang.protocol.document import Path
from genklang.protocol.expressions import Type
from genklang.protocol.paperwork import Document, FileIn
from genklang.protocol.problems import quoted
from genklang.protocol.scopes import event_scope
from genklang.protocol.types import EventField, Protocol

NUMBERS = ("integer", "number")
TIMES = ("date", "instant")
TEXT = ("text",)
COLUMN_OF_ENROLMENT = "enrolment"
FILLED: Mapping[str, tuple[str, ...]] = {"number": TEXT, "total": NUMBERS}


def check(protocol: Protocol, notes: Notes) -> None:
    """Note what is wrong with files and documents."""
    for name, file in protocol.files.items():
        _file(("files", name), file, notes)
    for name, document in protocol.documents.items():
        _document(("documents", name), document, notes)


def _file(path: Path, file: FileIn, notes: Notes) -> None:
    if not notes.known((*path, "rows"), file.rows, notes.protocol.events, kind="event"):
        return
    event = notes.protocol.events[file.rows]
    for heading, field in file.columns.items():
        if field != COLUMN_OF_ENROLMENT:
            notes.known((*path, "columns", heading), field, event.fields, kind="field of the event")
    for number, field in enumerate(file.key):
        place = notes.item((*path, "key"), number)
        if notes.known(place, field, event.fields, kind="field of the event") and not event.fields[field].required:
            what = f"{quoted(field)} may be left empty, so it does not tell rows apart"
            notes.note(place, what, "Name a field that every row has, or take required: false away.", written=field)
    field_of(notes, (*path, "total"), file.total, event.fields, NUMBERS)
    staff = [role for role in event.by if role in notes.protocol.roles]
    if not staff:
        what = f"Nobody may hand it in: {quoted(file.rows)} is reported by {', '.join(event.by) or 'nobody'}"
        notes.note((*path, "rows"), what, "Add a role of staff to the event's by.", written=file.rows)


def _document(path: Path, document: Document, notes: Notes) -> None:
    events = notes.protocol.events
    if notes.known((*path, "on"), document.on, events, kind="event"):
        fields = events[document.on].fields
        for name in type(document.recipient).model_fields:
            field_of(notes, (*path, "recipient", name), getattr(document.recipient, name), fields, TEXT)
        scope = event_scope(notes.protocol, document.on)
        for name, line in document.lines.items():
            notes.expression((*path, "lines", name, "quantity"), line.quantity, scope, Type.NUMBER)
            notes.expression((*path, "lines", name, "price"), line.price, scope, Type.NUMBER)
            notes.expression((*path, "lines", name, "when"), line.when, scope, Type.BOOLEAN)
    if notes.known((*path, "made"), document.made, events, kind="event"):
        _made((*path, "made"), document, notes)


def _made(path: Path, document: Document, notes: Notes) -> None:
    """The event of its making is the system's, and holds nothing that somebody would have to write."""
    event = notes.protocol.events[document.made]
    if "system" not in event.by:
        what = f"{quoted(document.made)} is not reported by system"
        notes.note(path, what, "Write by: system for the event.", written=document.made)
    for name, field in event.fields.items():
        points_back = field.type == "reference" and document.on in (field.of or [])
        if name in FILLED and field.type not in FILLED[name]:
            what = f"{quoted(name)} of {quoted(document.made)} is {field.type}"
            notes.note(path, what, f"Write type: {FILLED[name][-1]} for the field.", written=name)
        elif name not in FILLED and field.required and not points_back:
            what = f"Nothing fills in {quoted(name)} of {quoted(document.made)}"
            instead = f"Write required: false. Filled in are number, total and a reference of {document.on}."
            notes.note(path, what, instead, written=name)


def field_of(
    notes: Notes, path: Path, name: str | None, fields: Mapping[str, EventField], wanted: Collection[str]
) -> None:
    """Note a field that the event does not have, or that is of another type than those wanted."""
    if name is None or not notes.known(path, name, fields, kind="field of the event"):
        return
    if fields[name].type not in wanted:
        what = f"{quoted(name)} is {fields[name].type}"
        notes.note(path, what, f"Name a field of type {' or '.join(wanted)}.", written=name)
