"""A CSV text as columns, with the line of each row, so that an error can name it. Takes text, not files."""

from __future__ import annotations

import csv
import io
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from genklang.evaluate.problems import Problems, refuse
from genklang.evaluate.texts import Text

_MOST_BAD = 20
_MOST_SAME = 100_000


@dataclass(frozen=True)
class CsvTable:
    """Columns by name (text; of a Parquet file what it holds), and for each row the line where it begins."""

    columns: Mapping[str, Sequence[object]]
    lines: Sequence[int]


def decoded(data: bytes) -> str:
    """Bytes of a CSV file as text: UTF-8, or the Windows code page that spreadsheets save in. Refuses binary files."""
    if b"\0" in data or data[:2] in {b"PK", b"\xd0\xcf"}:
        raise refuse(
            Text(sv="filen är ingen CSV-fil.", en="the file is no CSV file."),
            Text(
                sv="Spara kalkylbladet som CSV (kommatecken eller semikolon mellan värdena).",
                en="Save the spreadsheet as CSV (commas or semicolons between the values).",
            ),
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def read_csv(text: str) -> CsvTable:
    """Reads comma, semicolon or tab separated text with names in its first row. Raises EvaluationError."""
    rows = _rows(text)
    _, head = next(rows, (0, None))
    if head is None:
        raise refuse(
            Text(sv="filen är tom.", en="the file is empty."),
            Text(sv="Första raden ska ge kolumnernas namn.", en="The first row is to name the columns."),
        )
    names = [name.strip() for name in head]
    problems = Problems()
    _check_names(names, problems)
    columns: list[list[str]] = [[] for _ in names]
    lines = array("l")
    bad: list[tuple[int, int]] = []
    same: dict[str, str] = {}  # one copy of cells that come again: a million rows of 0 and 1 are two words
    for line, cells in rows:
        if len(cells) != len(names):
            bad += [(line, len(cells))] if any(map(str.strip, cells)) else []
            continue
        if not any(map(str.strip, cells)):
            continue
        lines.append(line)
        for column, cell in zip(columns, cells, strict=True):
            column.append(same.setdefault(cell, cell) if len(same) < _MOST_SAME else same.get(cell, cell))
    _check_lengths(bad, len(names), problems)
    problems.check()
    return CsvTable(columns=dict(zip(names, columns, strict=True)), lines=lines)


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line where it begins; quoted cells may run over several lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    line = 1
    try:
        for cells in reader:
            if cells:
                yield line, cells
            line = reader.line_num + 1
    except csv.Error:
        raise refuse(
            Text(sv="rad {line} kan inte läsas som CSV.", en="line {line} cannot be read as CSV.").fill(line=line),
            Text(sv="Kontrollera citattecknen på raden.", en="Check the quotation marks on that line."),
        ) from None


def _delimiter(text: str) -> str:
    """The mark that divides the first line most; a comma where none does."""
    first = text.split("\n", 1)[0]
    return max(",;\t", key=first.count)


def _check_names(names: list[str], problems: Problems) -> None:
    for name in sorted({name for name in names if names.count(name) > 1 or not name}):
        wrong = Text(sv="rubriken står flera gånger.", en="the heading stands more than once.")
        empty = Text(sv="en rubrik är tom.", en="a heading is empty.")
        problems.add(
            wrong if name else empty,
            Text(sv="Ge varje kolumn ett eget namn.", en="Give each column a name of its own."),
            column=name or None,
        )


def _check_lengths(bad: list[tuple[int, int]], width: int, problems: Problems) -> None:
    wrong = Text(
        sv="rad {line} har {n} värden, rubrikraden {width}.", en="line {line} has {n} values, the heading {width}."
    )
    instead = Text(
        sv="Sätt citattecken om värden som innehåller skiljetecken.",
        en="Put quotation marks around values that hold the dividing mark.",
    )
    for line, n in bad[:_MOST_BAD]:
        problems.add(wrong.fill(line=line, n=n, width=width), instead)
    if len(bad) > _MOST_BAD:
        more = Text(sv="{n} rader till har fel antal värden.", en="{n} more lines have the wrong number of values.")
        problems.add(more.fill(n=len(bad) - _MOST_BAD), instead)
