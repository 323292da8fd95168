"""Reading a table out of an uploaded file: CSV with any usual separator and encoding, or XLSX."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils.translation import gettext as _

from genklang.operate.problems import Problem, Refused

LARGEST = 20 * 1024 * 1024
LARGEST_UNPACKED = 400 * 1024 * 1024
MOST_ROWS = 200_000
SEPARATORS = ",;\t"
Cell = str | date | datetime


@dataclass(frozen=True)
class Row:
    """One row: its line in the file (as an editor or spreadsheet numbers it) and its filled cells by column."""

    line: int
    cells: dict[str, Cell]


@dataclass(frozen=True)
class Table:
    """What a file held."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(content: bytes, *, file: str) -> Table:
    """The table in a CSV or XLSX file, told apart by content. Raises Refused when there is none."""
    if len(content) > LARGEST:
        raise _refusal(file, _("is larger than 20 MB"), _("Divide it into several files."))
    if not content.strip():
        raise _refusal(file, _("is empty"), _("The first line names the columns: enrolment, event, occurred_at …"))
    lines = _sheet(content, file) if content.startswith(b"PK\x03\x04") else _csv(content, file)
    return _table(lines, file)


def _table(lines: Iterator[tuple[int, list[Cell]]], file: str) -> Table:
    filled = (line for line in lines if any(cell != "" for cell in line[1]))
    head = next(filled, None)
    columns = tuple(str(cell).strip().lower() for cell in head[1]) if head else ()
    while columns and not columns[-1]:
        columns = columns[:-1]
    if twice := sorted({name for name in columns if columns.count(name) > 1}):
        raise _refusal(file, _("names a column twice"), _("Give each column a name of its own."), ", ".join(twice))
    rows: list[Row] = []
    for number, cells in filled:
        if len(rows) == MOST_ROWS:
            raise _refusal(file, _("has more than 200,000 rows"), _("Divide it into several files."))
        rows.append(Row(number, {name: cell for name, cell in zip(columns, cells, strict=False) if cell != ""}))
        if len(cells) > len(columns) and any(cell != "" for cell in cells[len(columns) :]):
            raise _too_wide(file, number, len(cells), len(columns))
    return Table(columns, tuple(rows))


def _too_wide(file: str, line: int, cells: int, columns: int) -> Refused:
    what = _("has %(cells)d cells, but there are %(columns)d columns") % {"cells": cells, "columns": columns}
    instead = _("Put text that holds the separator between quotation marks.")
    return _refusal(_("%(file)s, line %(line)d") % {"file": file, "line": line}, what, instead)


def _csv(content: bytes, file: str) -> Iterator[tuple[int, list[Cell]]]:
    text = _decoded(content, file)
    first = text.lstrip("\r\n").splitlines()[0]
    separator = max(SEPARATORS, key=first.count)
    if not first.count(separator):
        what = _("is no table: its first line holds neither comma, semicolon nor tab")
        raise _refusal(file, what, _("Save it as CSV, with the first line naming the columns."), first[:60])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for cells in reader:
            yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error:
        where = _("%(file)s, line %(line)d") % {"file": file, "line": reader.line_num}
        raise _refusal(where, _("is no CSV"), _("Check that every quotation mark that opens also closes.")) from None


def _decoded(content: bytes, file: str) -> str:
    if b"\x00" in content:
        raise _refusal(file, _("is no CSV and no XLSX"), _("Save it as CSV (UTF-8) or as an Excel workbook (.xlsx)."))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _sheet(content: bytes, file: str) -> Iterator[tuple[int, list[Cell]]]:
    if _unpacked_size(content) > LARGEST_UNPACKED:
        raise _refusal(file, _("is larger than 20 MB"), _("Divide it into several files."))
    from openpyxl import load_workbook  # a fifth of a second that only spreadsheets are worth
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError):
        raise _refusal(file, _("is no Excel workbook"), _("Save it as .xlsx, or as CSV (UTF-8).")) from None
    try:
        sheet = book.worksheets[0]
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            yield number, [_cell(value) for value in cells]
    finally:
        book.close()


def _unpacked_size(content: bytes) -> int:
    """What a workbook grows to when it is read; 0 where it is none, which reading it will tell."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return sum(part.file_size for part in packed.infolist())
    except zipfile.BadZipFile:
        return 0


def _cell(value: object) -> Cell:
    """Numbers as people write them: a spreadsheet keeps 3 as 3.0 and yes as TRUE."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case datetime() | date():
            return value
        case time():
            return value.strftime("%H:%M")
    return str(value).strip()


def _refusal(where: str, what: str, instead: str, written: str = "") -> Refused:
    return Refused([Problem(where, what, instead, written)])
