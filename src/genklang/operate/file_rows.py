"""Reading the rows of a declared file as events: which column is which field, which rows are one, what is wrong."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from genklang.documents.invoice import cents
from genklang.engine.machine import Machine
from genklang.operate.files import Cell, Row, Table
from genklang.operate.import_rows import ReadRow, form_problems
from genklang.operate.incoming import IncomingEvent
from genklang.operate.problems import Problem, Refused, shorten
from genklang.protocol.checks.paperwork import COLUMN_OF_ENROLMENT
from genklang.protocol.paperwork import FileIn
from genklang.protocol.problems import closest

LARGEST_AMOUNT = Decimal(10) ** 11


@dataclass(frozen=True)
class Filed:
    """A row as text by field, with the event that it would become. Its `problems` are those of the row by itself."""

    line: int
    cells: Mapping[str, str]
    event: IncomingEvent
    amount: Decimal | None
    problems: tuple[Problem, ...]

    @property
    def fingerprint(self) -> str:
        """The same for a row that says the same, in whichever file."""
        said = "\x1f".join(f"{name}={self.cells[name]}" for name in sorted(self.cells))
        return hashlib.sha256(f"{self.event.enrolment}\x1e{said}".encode()).hexdigest()


@dataclass(frozen=True)
class Reader:
    """Reads rows of one of a protocol's files, for the enrolment that they are handed in for."""

    name: str
    file: FileIn
    machine: Machine
    enrolment: str
    now: int

    @property
    def fields(self) -> list[str]:
        """The columns that the file may have, by their fields' names."""
        return list(self.machine.protocol.events[self.file.rows].fields)

    def check_columns(self, table: Table, *, file: str) -> None:
        """Raises Refused when a column is missing or unknown, when nobody is named, or when there is no row."""
        named = [self._field_of(column) for column in table.columns]
        problems = [
            Problem(file, _("has no column “%(name)s”") % {"name": name}, _("Add it; every row needs it."))
            for name in self._needed()
            if name not in named
        ]
        known = [*self.fields, *map(str.lower, self.file.columns), COLUMN_OF_ENROLMENT]
        for column, field in zip(table.columns, named, strict=True):
            if field not in self.fields and field != COLUMN_OF_ENROLMENT:
                alike = closest(column, known)
                instead = _("Did you mean “%(name)s”?") % {"name": alike} if alike else _("Take the column away.")
                what = _("has a column that the practice does not know")
                problems.append(Problem(file, what, instead, shorten(column)))
        if not self.enrolment and COLUMN_OF_ENROLMENT not in named:
            instead = _("Choose what the rows belong to, or add a column “enrolment”.")
            problems.append(Problem(file, _("does not say what its rows belong to"), instead))
        if not table.rows and not problems:
            problems.append(Problem(file, _("has no rows below its first line"), _("Write one row on each line.")))
        if problems:
            raise Refused(problems)

    def read(self, rows: Iterable[Row]) -> list[Filed]:
        """Each row with the event it would become."""
        return [
            self.read_cells(row.line, {self._field_of(name): _text(cell) for name, cell in row.cells.items()})
            for row in rows
        ]

    def read_cells(self, line: int, cells: Mapping[str, str]) -> Filed:
        """A row by its fields' names: from a file, by the API, or mended by a person."""
        enrolment = cells.get(COLUMN_OF_ENROLMENT, "").strip() or self.enrolment
        data = {name: text for name, text in cells.items() if name != COLUMN_OF_ENROLMENT and text != ""}
        coerced = self.machine.coerce(self.file.rows, data).data
        event = IncomingEvent(self._key(enrolment, coerced), enrolment, self.file.rows, self.now, data, sequence=line)
        wrong = [one.problem for one in form_problems(ReadRow(line, event, ""), self.machine)]
        return Filed(line, dict(cells), event, self._amount(cells), tuple(wrong))

    def _needed(self) -> list[str]:
        declared = self.machine.protocol.events[self.file.rows].fields
        return [name for name, field in declared.items() if field.required]

    def _field_of(self, column: str) -> str:
        headings = {heading.strip().lower(): field for heading, field in self.file.columns.items()}
        return headings.get(column, column)

    def _key(self, enrolment: str, data: Mapping[str, object]) -> str:
        """The event's id, made of the fields that tell rows apart; empty where one of them cannot be read."""
        parts = [data.get(name) for name in self.file.key]
        if not enrolment or any(part in (None, "") for part in parts):
            return ""
        said = "\x1f".join([self.name, enrolment, *map(str, parts)])
        return f"row-{hashlib.sha256(said.encode()).hexdigest()[:40]}"

    def _amount(self, cells: Mapping[str, str]) -> Decimal | None:
        """The declared total as it is written, also where it is more than may be; None where it is no number."""
        written = cells.get(self.file.total or "", "")
        try:
            number = Decimal(re.sub(r"\s", "", written).replace(",", "."))
        except InvalidOperation:
            return None
        return cents(number) if number.is_finite() and abs(number) < LARGEST_AMOUNT else None


def other_content() -> Problem:
    """A row that is here already, with another content."""
    what = _("is here already, and says something else there")
    return Problem("row", what, _("Reject it, and take the earlier one back if that is what was wrong."))


def _text(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    return cell.isoformat() if isinstance(cell, date) else cell
