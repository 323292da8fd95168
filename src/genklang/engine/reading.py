"""Answers as people, devices and files write them, read as the types of their fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from datetime import time as clock_time
from typing import Any

from genklang.engine.problems import Language, Problem, in_both
from genklang.engine.time import format_instant, parse_instant
from genklang.protocol.types import DataField, FieldKind

_TRUE = {"true", "yes", "ja", "1", "sant"}
_FALSE = {"false", "no", "nej", "0", "falskt"}
_EXAMPLES: dict[FieldKind, dict[Language, str]] = {
    "boolean": {"sv": "ja eller nej", "en": "yes or no"},
    "integer": {"sv": "ett heltal, till exempel 3", "en": "a whole number, for example 3"},
    "number": {"sv": "ett tal, till exempel 2,5", "en": "a number, for example 2.5"},
    "text": {"sv": "några ord", "en": "some words"},
    "date": {"sv": "ett datum, till exempel 2026-03-29", "en": "a date, for example 2026-03-29"},
    "time": {"sv": "ett klockslag, till exempel 08:00", "en": "a time of day, for example 08:00"},
    "times": {"sv": "klockslag, till exempel 08:00, 20:00", "en": "times of day, for example 08:00, 20:00"},
    "instant": {
        "sv": "en tid med tidszon, till exempel 2026-03-29T08:05:00+02:00",
        "en": "a time with its time zone, for example 2026-03-29T08:05:00+02:00",
    },
    "numbers": {"sv": "tal, till exempel 4; 9", "en": "numbers, for example 4; 9"},
    "reference": {"sv": "id för en tidigare händelse", "en": "the id of an earlier event"},
    "member": {"sv": "vem av dem som hör till deltagandet", "en": "which of those who belong to the enrolment"},
    "participant": {"sv": "numret på ett annat deltagande", "en": "the number of another enrolment"},
    "file": {"sv": "en fil", "en": "a file"},
}


def read(kind: str, name: str, declared: DataField, given: Any) -> tuple[Any, Problem | None]:
    """The value as JSON has it, and what is wrong with what was given."""
    written = str(given)
    try:
        value = _value(declared, given)
    except (ValueError, TypeError):
        return None, Problem(code="wrong_value", kind=kind, field=name, written=written, words=example(declared))
    numbers = value if declared.type == "numbers" else [value]
    problems = (_out_of_bounds(kind, name, declared, number) for number in numbers)
    return value, next(filter(None, problems), None)


def _value(declared: DataField, given: Any) -> Any:
    if declared.type == "choice":
        return _options(declared, str(given))
    return _several(given) if declared.many else _READERS[declared.type](given)


def _out_of_bounds(kind: str, name: str, declared: DataField, value: Any) -> Problem | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    for code, limit, wrong in (
        ("too_low", declared.min, declared.min is not None and value < declared.min),
        ("too_high", declared.max, declared.max is not None and value > declared.max),
    ):
        if wrong:
            return Problem(code=code, kind=kind, field=name, written=str(value), words=in_both(limit=f"{limit:g}"))
    return None


def _boolean(given: Any) -> bool:
    if isinstance(given, bool):
        return given
    written = str(given).strip().lower()
    if written in _TRUE or written in _FALSE:
        return written in _TRUE
    raise ValueError(written)


def _integer(given: Any) -> int:
    number = _number(given)
    if number != int(number):
        raise ValueError(given)
    return int(number)


def _number(given: Any) -> float | int:
    if isinstance(given, bool):
        raise ValueError(given)
    number = float(given.strip().replace(",", ".")) if isinstance(given, str) else float(given)
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError(given)
    return int(number) if isinstance(given, int) else number


def _text(given: Any) -> str:
    if not isinstance(given, str | int | float):
        raise TypeError(given)
    return str(given).strip()


def _date(given: Any) -> str:
    return date.fromisoformat(str(given).strip()).isoformat()


def _time(given: Any) -> str:
    written = str(given).strip()
    return clock_time.fromisoformat(written.zfill(5) if ":" in written else "?").strftime("%H:%M")


def _times(given: Any) -> list[str]:
    parts = given.split(",") if isinstance(given, str) else list(given)
    return sorted({_time(part) for part in parts})


def _numbers(given: Any) -> list[float | int]:
    """Numbers one after the other; a comma without a space is a decimal one."""
    parts = given.replace(";", " ").split() if isinstance(given, str) else list(given)
    return [_number(part.strip(",") if isinstance(part, str) else part) for part in parts]


def _several(given: Any) -> list[str]:
    """Ids, each once, in the order in which they were given."""
    parts = given.replace(",", " ").split() if isinstance(given, str) else [_text(one) for one in given]
    return list(dict.fromkeys(part for part in parts if part))


def _instant(given: Any) -> str:
    return format_instant(parse_instant(str(given).strip()))


def _options(declared: DataField, written: str) -> str:
    """The name of an answer, also when given by its Swedish or English words."""
    for name, words in declared.options.items():
        if written.strip().lower() in (name, words.sv.lower(), words.en.lower()):
            return name
    raise ValueError(written)


_READERS: dict[str, Callable[[Any], Any]] = {
    "boolean": _boolean,
    "integer": _integer,
    "number": _number,
    "text": _text,
    "date": _date,
    "time": _time,
    "times": _times,
    "instant": _instant,
    "numbers": _numbers,
    "reference": _text,
    "member": _text,
    "participant": _text,
    "file": _text,
}


def example(declared: DataField) -> dict[Language, Mapping[str, str]]:
    """What to write in a field, for whoever left it empty or wrote something else."""
    if declared.type == "choice":
        names = ", ".join(declared.options)
        return {"sv": {"example": f"något av: {names}"}, "en": {"example": f"one of: {names}"}}
    return example_of(declared.type)


def example_of(kind: FieldKind) -> dict[Language, Mapping[str, str]]:
    """What an answer of a type looks like."""
    return {language: {"example": words} for language, words in _EXAMPLES[kind].items()}
