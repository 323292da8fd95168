"""Reading a table's columns: numbers, yes and no, categories, times. Collects what cannot be read, row by row.

Knows decimal commas, the usual words for yes and no and the usual marks for a missing value. Guesses nothing else.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from numbers import Real
from typing import Any, Literal

import numpy as np

from genklang.evaluate.arrays import Floats
from genklang.evaluate.problems import Problems, refuse
from genklang.evaluate.texts import Text

Columns = Mapping[str, Sequence[object]]
OutcomeKind = Literal["share", "mean", "count"]

YES = frozenset({"ja", "j", "yes", "y", "true", "sant", "sann"})
NO = frozenset({"nej", "n", "no", "false", "falskt", "falsk"})
_MISSING = frozenset({"", "na", "n/a", "nan", "null", ".", "-", "saknas", "missing", "nat"})
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")
LARGEST = 1e50  # its fourth power is still a number
SMALLEST = 1e-50  # and so is this one's
_SPACED = re.compile(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(\D|$))")

FILL_IN = Text(sv="Fyll i värdet, eller ta bort raden.", en="Fill in the value, or remove the row.")
WRITE_NUMBER = Text(sv='Skriv ett tal, till exempel "12,5".', en='Write a number, for example "12.5".')


@dataclass(frozen=True)
class OutcomeColumn:
    """An outcome read: its kind and its values, NaN where missing."""

    kind: OutcomeKind
    values: Floats


class Wide(dict[str, Sequence[object]]):
    """The columns that are asked for, and the names of `all` that the table has: the others are not copied."""

    all: tuple[str, ...] = ()


def as_columns(table: Any, wanted: set[str] | None = None) -> Columns:
    """A table as columns: a mapping of sequences, a sequence of rows (mappings), or a data frame.

    Only `wanted` ones, and one more where none is, so that the table keeps its length; a list is taken as it stands.
    """
    is_wide = isinstance(table, Mapping) or hasattr(table, "columns")
    rows = [] if is_wide else list(table)
    names = list(table) if is_wide else list(dict.fromkeys(name for row in rows for name in row))
    kept = [name for name in names if wanted is None or str(name) in wanted] or names[:1]
    columns = Wide()
    columns.all = tuple(str(name) for name in names)
    for name in kept:
        cells = table[name] if is_wide else [row.get(name) for row in rows]
        columns[str(name)] = cells if isinstance(cells, list) else list(cells)
    lengths = {name: len(cells) for name, cells in columns.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise refuse(
            Text(sv="Kolumnerna är olika långa ({told}).", en="The columns have different lengths ({told}).").fill(
                told=told
            ),
            Text(sv="Ge alla kolumner lika många rader.", en="Give every column the same number of rows."),
        )
    return columns


def is_missing(cell: object) -> bool:
    if cell is None:
        return True
    if isinstance(cell, str):
        return cell.strip().casefold() in _MISSING
    return (isinstance(cell, Real) and math.isnan(float(cell))) or type(cell).__name__ in {"NaTType", "NAType"}


def number_in(cell: Any) -> float | None:
    """The number that a cell holds, or None where it holds none or one beyond reason. A decimal comma will do."""
    if isinstance(cell, str):
        written = _SPACED.sub("", cell.strip()).replace("\u2212", "-")
        if not _NUMBER.fullmatch(written):
            return None
        value = float(written.replace(",", "."))
    elif isinstance(cell, (Real, np.bool_)) or hasattr(cell, "__float__"):
        value = float(cell)
    else:
        return None
    if abs(value) < SMALLEST:
        return 0.0
    return value if abs(value) <= LARGEST else None


def yes_no(cell: object) -> float | None:
    """1 for yes, 0 for no, None for anything else."""
    if isinstance(cell, str):
        word = cell.strip().casefold()
        if word in YES or word in NO:
            return float(word in YES)
    value = number_in(cell)
    return value if value in (0.0, 1.0) else None


def label_in(cell: object) -> str:
    """A cell as a category's name: 1, 1.0, True and "1" are the same."""
    if isinstance(cell, (bool, np.bool_)):
        return str(int(cell))
    if isinstance(cell, Real) and float(cell).is_integer():
        return str(int(float(cell)))
    written = str(cell).strip()
    return written[:-2] if re.fullmatch(r"\d+\.0", written) else written


def numbers(name: str, cells: Sequence[object], problems: Problems) -> Floats:
    """A column of numbers, NaN where missing; a problem for each cell that is neither."""
    return _read(name, cells, problems, number_in, WRITE_NUMBER)


def positive(name: str, columns: Columns, problems: Problems) -> Floats:
    """A column of numbers above zero, NaN where missing."""
    values = numbers(name, columns[name], problems)
    wrong = Text(sv="{v} är inget antal.", en="{v} is no amount.")
    bad = [(int(row), wrong.fill(v=f"{values[row]:g}")) for row in np.flatnonzero(values <= 0)]
    problems.add_rows(bad, Text(sv="Skriv ett tal över noll.", en="Write a number above zero."), column=name)
    return values


def _read(name: str, cells: Sequence[object], problems: Problems, read: Any, instead: Text) -> Floats:
    wrong = Text(sv="{cell} kan inte läsas här.", en="{cell} cannot be read here.")
    values = np.full(len(cells), np.nan)
    bad: list[tuple[int, Text]] = []
    for row, cell in enumerate(cells):
        if is_missing(cell):
            continue
        value = read(cell)
        if value is None:
            bad.append((row, wrong.fill(cell=f'"{cell}"')))
        else:
            values[row] = value
    problems.add_rows(bad, instead, column=name)
    return values


def outcome(
    name: str, cells: Sequence[object], problems: Problems, *, kind: OutcomeKind | None, success: str | None
) -> OutcomeColumn:
    """The outcome, its kind told or inferred: 0/1 and yes/no are a share, whole numbers a count, others a mean."""
    present = [cell for cell in cells if not is_missing(cell)]
    if success is not None:
        return OutcomeColumn("share", _named_success(name, cells, success, problems))
    if kind in (None, "share") and present and all(yes_no(cell) is not None for cell in present):
        return OutcomeColumn("share", _read(name, cells, problems, yes_no, WRITE_NUMBER))
    if kind == "share" or (present and all(isinstance(cell, str) and number_in(cell) is None for cell in present)):
        _refuse_words(name, present, problems)
        return OutcomeColumn("share", np.full(len(cells), np.nan))
    values = numbers(name, cells, problems)
    return OutcomeColumn(kind or _numeric_kind(values), _no_negative_counts(name, values, kind, problems))


def _named_success(name: str, cells: Sequence[object], success: str, problems: Problems) -> Floats:
    labels = sorted({label_in(cell) for cell in cells if not is_missing(cell)})
    if success not in labels:
        wrong = Text(
            sv="värdet {success} finns inte (finns: {labels}).",
            en="the value {success} does not occur (found: {labels}).",
        )
        instead = Text(sv="Skriv ett värde som finns.", en="Write a value that occurs.")
        problems.add(wrong.fill(success=f'"{success}"', labels=_some(labels)), instead, column=name)
    return np.array([np.nan if is_missing(cell) else float(label_in(cell) == success) for cell in cells])


def _refuse_words(name: str, present: Sequence[object], problems: Problems) -> None:
    labels = sorted({label_in(cell) for cell in present})
    wrong = Text(
        sv="utfallet står i ord eller koder som inte är ja eller nej ({labels}).",
        en="the outcome is in words or codes that are neither yes nor no ({labels}).",
    )
    instead = Text(
        sv='Skriv 1 eller "ja" för dem som ska räknas och 0 eller "nej" för övriga, eller namnge värdet som räknas, '
        'till exempel success="{first}" (--success {first}).',
        en='Write 1 or "yes" for those to be counted and 0 or "no" for the others, or name the value that counts, '
        'for example success="{first}" (--success {first}).',
    )
    problems.add(wrong.fill(labels=_some(labels)), instead.fill(first=labels[0] if labels else "1"), column=name)


def _numeric_kind(values: Floats) -> OutcomeKind:
    present = values[~np.isnan(values)]
    whole = present.size > 0 and bool(np.all(present == np.floor(present)) and np.all(present >= 0))
    return "count" if whole else "mean"


def _no_negative_counts(name: str, values: Floats, kind: OutcomeKind | None, problems: Problems) -> Floats:
    if kind == "count":
        wrong = Text(sv="ett antal kan inte vara {value}.", en="a count cannot be {value}.")
        instead = Text(sv="Skriv ett helt tal från 0 och uppåt.", en="Write a whole number, 0 or above.")
        bad = [
            (int(row), wrong.fill(value=f"{values[row]:g}"))
            for row in np.flatnonzero((values < 0) | ((values != np.floor(values)) & ~np.isnan(values)))
        ]
        problems.add_rows(bad, instead, column=name)
    return values


def categories(
    name: str,
    cells: Sequence[object],
    problems: Problems,
    *,
    may_miss: bool,
    most: int | None = None,
    instead: Text = FILL_IN,
) -> list[str | None]:
    """A column of categories, None where missing; missing cells are problems unless they may be.

    `instead` is what to write where a cell is empty.
    """
    labels = [None if is_missing(cell) else label_in(cell) for cell in cells]
    if not may_miss:
        empty = Text(sv="cellen är tom.", en="the cell is empty.")
        problems.add_rows([(row, empty) for row, label in enumerate(labels) if label is None], instead, column=name)
    distinct = {label for label in labels if label is not None}
    if most is not None and len(distinct) > most:
        wrong = Text(
            sv="{n} olika värden är för många för grupper.", en="{n} different values are too many for groups."
        )
        instead = Text(
            sv='Dela in i högst {most} grupper, till exempel "65–75", "76–85" och "86–95".',
            en='Make at most {most} groups, for example "65–75", "76–85" and "86–95".',
        )
        problems.add(wrong.fill(n=len(distinct)), instead.fill(most=most), column=name)
    return labels


def many_numbers(cells: Sequence[object], most: int) -> list[float] | None:
    """A column's numbers, NaN where missing, where all are numbers and more than `most` differ; otherwise None."""
    values: list[float] = []
    for cell in cells:
        value = math.nan if is_missing(cell) else number_in(cell)
        if value is None:
            return None
        values.append(value)
    return values if len({value for value in values if value == value}) > most else None


TimeUnit = Literal["number", "month", "day"]


def times(name: str, cells: Sequence[object], problems: Problems) -> tuple[Floats, TimeUnit]:
    """Points in time as numbers on one scale: plain numbers, years, months ("2026-03") or dates ("2026-03-29").

    Months are counted in months, dates in days, or in months where all fall on the same day of the month. NaN where
    missing.
    """
    present = [cell for cell in cells if not is_missing(cell)]
    understood = {unit: sum(moment(cell, unit) is not None for cell in present) for unit in _READERS}
    unit = max(understood, key=lambda each: understood[each])
    instead = Text(
        sv='Skriv alla tider på samma sätt: tal, månader som "2026-03" eller datum som "2026-03-29".',
        en='Write every time in the same way: numbers, months like "2026-03" or dates like "2026-03-29".',
    )
    values = _read(name, cells, problems, _READERS[unit], instead)
    if unit == "day" and len({date.fromordinal(int(day)).day for day in values[~np.isnan(values)]}) == 1:
        return np.array([np.nan if np.isnan(day) else _month_of(date.fromordinal(int(day))) for day in values]), "month"
    return values, unit


def moment(cell: object, unit: TimeUnit) -> float | None:
    """One point in time on the scale of a unit, or None."""
    return _READERS[unit](cell)


def _number(cell: object) -> float | None:
    return None if isinstance(cell, (date, bool)) else number_in(cell)


def _month(cell: object) -> float | None:
    match = re.fullmatch(r"(\d{4})-(\d{2})", str(cell).strip())
    if match is not None:
        return float(12 * int(match[1]) + int(match[2]) - 1) if 1 <= int(match[2]) <= 12 else None
    return None


def _day(cell: object) -> float | None:
    if isinstance(cell, date):
        return float(cell.toordinal())
    try:
        return float(datetime.fromisoformat(str(cell).strip()).date().toordinal())
    except ValueError:
        return None


def _month_of(day: date) -> float:
    return float(12 * day.year + day.month - 1)


_READERS: dict[TimeUnit, Callable[[object], float | None]] = {"number": _number, "month": _month, "day": _day}


def start_in(cell: object, unit: TimeUnit) -> float | None:
    """A start on the scale of a column: a date will do for a column of months, and a month for one of dates."""
    value = moment(cell, unit)
    if value is not None or unit == "number":
        return value
    day, month = _day(cell), _month(cell)
    if unit == "month" and day is not None:
        at = date.fromordinal(int(day))
        return _month_of(at) + (at.day - 1) / 31
    if unit == "day" and month is not None:
        return float(date(int(month) // 12, int(month) % 12 + 1, 1).toordinal())
    return None


def named(columns: Columns, names: Iterable[str | None]) -> None:
    """Refuses, all at once, names that are no columns of the table."""
    problems = Problems()
    for name in dict.fromkeys(name for name in names if name is not None and name not in columns):
        wrong = Text(sv="kolumnen finns inte i tabellen.", en="the column is not in the table.")
        instead = Text(sv="Välj bland: {names}.", en="Choose among: {names}.")
        known = columns.all if isinstance(columns, Wide) else tuple(columns)
        problems.add(wrong, instead.fill(names=_some(known)), column=name)
    problems.check()


def _some(labels: Sequence[str], most: int = 12) -> str:
    shown = ", ".join(f'"{label}"' for label in labels[:most])
    return shown + (", …" if len(labels) > most else "")
