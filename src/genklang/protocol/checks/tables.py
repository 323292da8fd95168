"""Checks of dated tables and of proposals: editions in order, rows that are whole, sums that can be worked out."""

from collections.abc import Mapping
from datetime import date, timedelta

from genklang.protocol.checks.notes import Notes
from genklang.protocol.document import Path
from genklang.protocol.expressions import Type
from genklang.protocol.problems import quoted
from genklang.protocol.reckoning import Edition, Proposal, Table
from genklang.protocol.scopes import RESERVED, fields_of, proposal_scope
from genklang.protocol.types import DataField, Protocol

Row = Mapping[str, float | str]


def check(protocol: Protocol, notes: Notes) -> None:
    """Note what is wrong with tables and proposals."""
    for name, table in protocol.tables.items():
        _table(("tables", name), table, notes)
    for name, proposal in protocol.proposals.items():
        _proposal(("proposals", name), name, proposal, notes)


def _table(path: Path, table: Table, notes: Notes) -> None:
    if not notes.known((*path, "key"), table.key, table.columns, kind="column"):
        return
    for number, edition in enumerate(table.editions):
        place = (*path, "editions", number)
        _dates(place, edition, notes)
        _rows(place, edition, table, notes)
    _in_order(path, table, notes)


def day(written: str) -> date | None:
    """The day that is written, None where there is no such day."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _dates(path: Path, edition: Edition, notes: Notes) -> None:
    for name, written in (("from", edition.from_), ("until", edition.until)):
        if written is not None and day(written) is None:
            what = f"{quoted(written)} is no day of the calendar"
            notes.note((*path, name), what, "Write for example 2026-01-01.", written=written)
    if edition.until is not None and edition.until < edition.from_:
        what = f"It ends ({edition.until}) before it begins ({edition.from_})"
        notes.note((*path, "until"), what, "Write the last day, or leave it out.", written=edition.until)


def _in_order(path: Path, table: Table, notes: Notes) -> None:
    for number, (one, other) in enumerate(zip(table.editions, table.editions[1:], strict=False), start=1):
        place = (*path, "editions", number, "from")
        if other.from_ <= one.from_:
            what = f"The edition from {other.from_} stands after the one from {one.from_}"
            notes.note(place, what, "Write the earliest first, each once.", written=other.from_)
        elif one.until is not None and one.until >= other.from_:
            what = f"Two editions hold on {other.from_}: the one before is written until {one.until}"
            last = day(other.from_)
            instead = f"Write until: {last - timedelta(days=1)} there, or leave it out." if last else "Mend the dates."
            notes.note(place, what, instead, written=other.from_)


def _rows(path: Path, edition: Edition, table: Table, notes: Notes) -> None:
    keys: list[float | str] = []
    for number, row in enumerate(edition.rows):
        place = (*path, "rows", number)
        for column in row:
            notes.known((*place, column), column, table.columns, kind="column")
        _numbers(place, row, table, notes)
        if table.key not in row:
            notes.note(place, f"The row has no {table.key}", f"Write {table.key}: …, which it is looked up by.")
        else:
            _key((*place, table.key), row[table.key], keys, notes)


def _numbers(place: Path, row: Row, table: Table, notes: Notes) -> None:
    for column, value in row.items():
        if column != table.key and isinstance(value, str):
            notes.note((*place, column), f"{quoted(value)} is no number", "Write for example 3910.", written=value)


def _key(place: Path, key: float | str, before: list[float | str], notes: Notes) -> None:
    written = key if isinstance(key, str) else f"{key:g}"
    if key in before:
        notes.note(place, f"{quoted(written)} has a row already", "Keep one of them.", written=written)
    elif before and isinstance(key, str) != isinstance(before[-1], str):
        notes.note(place, "Words and numbers are mixed as keys", "Use one or the other.", written=written)
    elif before and not isinstance(key, str) and key < before[-1]:  # type: ignore[operator]
        notes.note(place, "The rows are not in rising order", "Write the lowest number first.", written=written)
    before.append(key)


def _proposal(path: Path, name: str, proposal: Proposal, notes: Notes) -> None:
    protocol = notes.protocol
    if notes.known((*path, "on"), proposal.on, protocol.events, kind="event"):
        _at((*path, "at"), proposal, notes)
        _lines((*path, "lines"), name, proposal, notes)
    if notes.known((*path, "decided_by"), proposal.decided_by, protocol.events, kind="event"):
        _decision(path, proposal, notes)
        _waits(path, proposal, notes)


def _at(path: Path, proposal: Proposal, notes: Notes) -> None:
    fields = fields_of(notes.protocol, proposal.on)
    if proposal.at is not None and notes.known(path, proposal.at, fields, kind=f"field of {proposal.on}"):
        _typed(path, proposal.at, fields, ("date",), notes)


def _lines(path: Path, name: str, proposal: Proposal, notes: Notes) -> None:
    protocol = notes.protocol
    taken = {*protocol.facts, *fields_of(protocol, proposal.on), *RESERVED}
    for line, step in proposal.lines.items():
        place = (*path, line)
        if line in taken:
            what = f"{quoted(line)} is already something that the sum may ask for"
            notes.note(place, what, "Give the line another name.", written=line, key=True)
        scope = proposal_scope(protocol, name, before=line)
        notes.expression((*place, "value"), step.value, scope, Type.NUMBER)
        notes.expression((*place, "when"), step.when, scope, Type.BOOLEAN)
    last = list(proposal.lines)[-1]
    if proposal.lines[last].when is not None:
        what = "The last line is the answer, and cannot be left out"
        notes.note((*path, last, "when"), what, "Take it away, or write case when … end as the value.")


def _decision(path: Path, proposal: Proposal, notes: Notes) -> None:
    fields = fields_of(notes.protocol, proposal.decided_by)
    wanted = {"refers": ("reference",), "into": ("number", "integer"), "proposed": ("number",), "reason": ("text",)}
    for part, kinds in wanted.items():
        field = getattr(proposal, part)
        place = (*path, part)
        if notes.known(place, field, fields, kind=f"field of {proposal.decided_by}"):
            _typed(place, field, fields, kinds, notes)
            if part in ("proposed", "reason") and fields[field].required:
                what = f"{quoted(field)} is not always filled in"
                notes.note(place, what, f"Write required: false for it in {proposal.decided_by}.", written=field)
    refers = fields.get(proposal.refers)
    if refers is not None and refers.type == "reference" and refers.of != [proposal.on]:
        what = f"{quoted(proposal.refers)} points at something else than {quoted(proposal.on)}"
        notes.note((*path, "refers"), what, f"Write of: {proposal.on} for it.", written=proposal.refers)


def _typed(path: Path, name: str, fields: Mapping[str, DataField], kinds: tuple[str, ...], notes: Notes) -> None:
    if fields[name].type not in kinds:
        what = f"{quoted(name)} is {fields[name].type}, where {kinds[0]} is wanted"
        notes.note(path, what, f"Write type: {kinds[0]} for it, or name another field.", written=name)


def _waits(path: Path, proposal: Proposal, notes: Notes) -> None:
    """Somebody must be told that a proposal waits."""
    for expectation in notes.protocol.expectations.values():
        if proposal.on in (expectation.after or ()) and proposal.decided_by in expectation.expect:
            return
    what = f"Nothing expects {quoted(proposal.decided_by)}, so nobody is told that the proposal waits"
    instead = f"Add an expectation: after: {proposal.on}, matching: {proposal.refers}, expect: {proposal.decided_by}."
    notes.note((*path, "decided_by"), what, instead, written=proposal.decided_by)
