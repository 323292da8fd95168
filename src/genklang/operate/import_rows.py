"""Reading the rows of a table in long form as events; everything wrong is collected, each with line and column."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from genklang.engine import types as engine
from genklang.engine.machine import Machine
from genklang.operate.files import Cell, Row, Table
from genklang.operate.incoming import FIRST, IncomingEvent
from genklang.operate.instants import read_instant
from genklang.operate.problems import Problem, Refused, not_a, shorten
from genklang.operate.recording import in_words
from genklang.protocol.problems import closest

NEEDED = ("enrolment", "event", "occurred_at")
OPTIONAL = ("id", "by")
HOUSE_KINDS = ("enrolled", "stated", "allocated")


@dataclass(frozen=True)
class RowProblem:
    """One thing wrong with a row: its line in the file and, where one cell is to blame, the column."""

    line: int
    column: str
    problem: Problem

    def __str__(self) -> str:
        where = _("line %(line)d") % {"line": self.line}
        return f"{where}: {self.problem}"


@dataclass(frozen=True)
class ReadRow:
    """One row as an event. `by` is the role, device or system that it is imported as."""

    line: int
    event: IncomingEvent
    by: str


@dataclass(frozen=True)
class Reading:
    """The events of a table, in its order, and everything that could not be read."""

    rows: tuple[ReadRow, ...]
    problems: tuple[RowProblem, ...]


def check_columns(table: Table, machine: Machine, *, file: str) -> None:
    """Raises Refused when a needed column is missing, when one is unknown, or when there is no row."""
    known = {*NEEDED, *OPTIONAL, *_fields(machine)}
    problems = [
        Problem(file, _("has no column “%(name)s”") % {"name": name}, _("Add it; every row needs it."))
        for name in NEEDED
        if name not in table.columns
    ]
    for name in table.columns:
        if name not in known:
            alike = closest(name, known)
            instead = _("Did you mean “%(name)s”?") % {"name": alike} if alike else _("Take the column away.")
            problems.append(Problem(file, _("has a column that the practice does not know"), instead, shorten(name)))
    if not table.rows and not problems:
        problems.append(Problem(file, _("has no rows below its first line"), _("Write one event on each line.")))
    if problems:
        raise Refused(problems)


def read_rows(table: Table, machine: Machine, *, zone: str) -> Reading:
    """Every row as an event. Local times are read in `zone`; rows without an id get one made of what they say."""
    read: list[ReadRow] = []
    problems: list[RowProblem] = []
    lines: dict[str, int] = {}
    places: dict[str, int] = {}
    for row in table.rows:
        found = list(_problems(row, zone))
        if found:
            problems += [*found, *_unread(row, machine)]
            continue
        one = _event(row, machine, zone=zone, place=places.get(str(row.cells["enrolment"]), 0))
        places[one.event.enrolment] = one.event.sequence + 1
        if (earlier := lines.setdefault(one.event.id, row.line)) != row.line:
            problems += [_twice(row, earlier), *form_problems(one, machine)]
        else:
            read.append(one)
    return Reading(tuple(read), tuple(problems))


def _fields(machine: Machine) -> set[str]:
    protocol = machine.protocol
    fields = {name for event in protocol.events.values() for name in event.fields}
    return fields | set(protocol.facts) | ({"arm"} if protocol.randomise else set())


def _problems(row: Row, zone: str) -> Iterator[RowProblem]:
    for name in NEEDED:
        if name not in row.cells:
            problem = Problem(name, _("is missing"), _("Write it in every row."))
            yield RowProblem(row.line, name, problem)
    for name, longest in (("enrolment", 80), ("event", 60), ("id", 200)):
        written = str(row.cells.get(name, ""))
        if len(written) > longest or not written.isprintable():
            yield RowProblem(row.line, name, Problem(name, _("is too long"), _("Shorten it."), shorten(written)))
    if "occurred_at" in row.cells:
        try:
            read_instant(row.cells["occurred_at"], zone=zone)
        except ValueError as error:
            problem = not_a("occurred_at", str(error), example="2026-03-29 08:00", written=row.cells["occurred_at"])
            yield RowProblem(row.line, "occurred_at", problem)


def form_problems(row: ReadRow, machine: Machine) -> Iterator[RowProblem]:
    """What is wrong with a row whatever has happened before: its kind, who reports it, its fields."""
    event = row.event
    for problem in machine.check_form(engine.Event(event.id, event.kind, event.occurred_at, row.by, event.data)):
        told = in_words(problem)
        yield RowProblem(row.line, told.where, told)


def _unread(row: Row, machine: Machine) -> Iterator[RowProblem]:
    """What else is wrong with a row that cannot become an event, so that all of it can be put right at once."""
    cells = {name: _text(cell) for name, cell in row.cells.items()}
    if kind := cells.get("event"):
        event = IncomingEvent("row", cells.get("enrolment", ""), kind, 0, _data(cells))
        yield from form_problems(ReadRow(row.line, event, cells.get("by", "")), machine)


def _event(row: Row, machine: Machine, *, zone: str, place: int) -> ReadRow:
    cells = {name: _text(cell) for name, cell in row.cells.items()}
    kind = cells["event"]
    occurred_at = read_instant(row.cells["occurred_at"], zone=zone)
    data = _data(cells)
    event = IncomingEvent(
        id=cells.get("id") or _derived(cells["enrolment"], kind, occurred_at, data),
        enrolment=cells["enrolment"],
        kind=kind,
        occurred_at=occurred_at,
        data=data,
        sequence=FIRST if kind == "enrolled" else place,
    )
    declared = machine.protocol.events.get(kind)
    return ReadRow(row.line, event, cells.get("by") or (declared.by[0] if declared else "system"))


def _data(cells: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in cells.items() if name not in (*NEEDED, *OPTIONAL)}


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else cell.isoformat()


def _derived(enrolment: str, kind: str, occurred_at: int, data: Mapping[str, str]) -> str:
    """The same id for the same row, whichever file it stands in."""
    said = "\x1f".join([enrolment, kind, str(occurred_at), *(f"{name}={data[name]}" for name in sorted(data))])
    return "import-" + hashlib.sha256(said.encode()).hexdigest()[:40]


def _twice(row: Row, earlier: int) -> RowProblem:
    if "id" in row.cells:
        what = _("stands on line %(line)d as well") % {"line": earlier}
        problem = Problem("id", what, _("Give each row an id of its own."), shorten(row.cells["id"]))
        return RowProblem(row.line, "id", problem)
    what = _("says the same as line %(line)d") % {"line": earlier}
    instead = _("Take it away; or, if it happened twice, add a column “id” and give each its own.")
    return RowProblem(row.line, "", Problem("row", what, instead))
