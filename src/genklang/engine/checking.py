"""What an event must be like to be let in: its kind, who reports it, its fields, and that it can happen now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from datetime import time as clock_time
from typing import Any, NamedTuple

from genklang.engine.draft import Draft
from genklang.engine.happening import accepts
from genklang.engine.plan import Compiled, Kind
from genklang.engine.problems import Language, Problem, in_both
from genklang.engine.time import MINUTE, format_instant, parse_instant
from genklang.engine.types import Event, State
from genklang.protocol.types import DataField, FieldKind

AHEAD = 5 * MINUTE  # clocks differ a little
_TRUE = {"true", "yes", "ja", "1", "sant"}
_FALSE = {"false", "no", "nej", "0", "falskt"}
_ABOUT_DUES = ("acknowledged", "resolved", "waived")
_NEEDED_TEXT = dict.fromkeys(_ABOUT_DUES, "due") | {"allocated": "arm", "voided": "event"}
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
}


class Coerced(NamedTuple):
    """The fields as JSON values of their types, and what could not be read. A field left empty is left out."""

    data: dict[str, Any]
    problems: list[Problem]


def coerce(compiled: Compiled, kind: str, data: Mapping[str, Any]) -> Coerced:
    """Read the fields of an event. Instants become ISO 8601 in UTC, dates and times ISO 8601, lists of times lists."""
    fields, strict = _fields(compiled, kind)
    if fields is None:
        return Coerced(dict(data), _missing_text(kind, data))
    problems = [
        Problem(code="unknown_field", kind=kind, field=name, written=name, words=in_both(names=_joined(fields)))
        for name in data
        if name not in fields
    ]
    read: dict[str, Any] = {}
    for name, declared in fields.items():
        given = data.get(name)
        if given is None or given == "":
            if strict and declared.required:
                problems.append(Problem(code="missing_field", kind=kind, field=name, words=_example(declared)))
            elif name in data and not strict:
                read[name] = None
            continue
        value, problem = _read(kind, name, declared, given)
        if problem:
            problems.append(problem)
        else:
            read[name] = value
    return Coerced(read, problems)


def _missing_text(kind: str, data: Mapping[str, Any]) -> list[Problem]:
    """The one field that a built-in event cannot do without; what else it carries is its reporter's own."""
    name = _NEEDED_TEXT.get(kind)
    if name is None or (isinstance(data.get(name), str) and data[name]):
        return []
    return [Problem(code="missing_field", kind=kind, field=name, words=_example_of("text"))]


def check(compiled: Compiled, state: State | None, event: Event, *, now: int | None) -> list[Problem]:
    """All that is wrong with an event, given how things stood when it happened (None: not known, and not judged)."""
    kind = compiled.kinds.get(event.kind)
    if kind is None:
        names = in_both(names=_joined(compiled.protocol.events))
        return [Problem(code="unknown_event", kind=event.kind, written=event.kind, words=names)]
    problems = [] if event.id else [Problem(code="no_id", kind=event.kind)]
    problems += _role(kind, event)
    problems += coerce(compiled, event.kind, event.data).problems
    if now is not None and event.occurred_at > now + AHEAD:
        problems.append(Problem(code="from_future", kind=event.kind, written=format_instant(event.occurred_at)))
    if state is not None:
        problems += _forbidden(compiled, state, kind) if problems else _possible(compiled, state, kind, event)
    return problems


def _role(kind: Kind, event: Event) -> list[Problem]:
    if not event.by or kind.declared is None or event.by in kind.declared.by:
        return []
    return [
        Problem(code="wrong_role", kind=kind.name, written=event.by, words=in_both(names=_joined(kind.declared.by)))
    ]


def _possible(compiled: Compiled, state: State, kind: Kind, event: Event) -> list[Problem]:
    """Whether it can happen as things stand."""
    if state.stage is None and event.kind not in ("enrolled", "voided", "time_passed"):
        return [Problem(code="not_enrolled", kind=event.kind)]
    if event.kind in _ABOUT_DUES:
        return _about_due(state, event)
    if event.kind == "allocated" and event.data["arm"] not in compiled.arms:
        written = str(event.data["arm"])
        return [
            Problem(code="unknown_arm", kind=kind.name, written=written, words=in_both(names=_joined(compiled.arms)))
        ]
    if event.kind in ("voided", "time_passed") or accepts(Draft(state), kind, event):
        return []
    return [_refusal(compiled, state, kind)]


def _forbidden(compiled: Compiled, state: State, kind: Kind) -> list[Problem]:
    """Whether the stage alone forbids it, whatever it carries."""
    if kind.during is None or state.stage in kind.during:
        return []
    return [Problem(code="not_enrolled", kind=kind.name)] if state.stage is None else [_refusal(compiled, state, kind)]


def _about_due(state: State, event: Event) -> list[Problem]:
    written = str(event.data.get("due", ""))
    due = next((due for due in state.dues if due.id == written), None)
    if due is not None and (due.unanswered or event.kind == "waived"):
        return []
    return [Problem(code="unknown_due", kind=event.kind, field="due", written=written)]


def _refusal(compiled: Compiled, state: State, kind: Kind) -> Problem:
    """Why `accepts` said no."""
    stages = compiled.protocol.stages
    if kind.name == "enrolled":
        return Problem(code="already_enrolled", kind=kind.name)
    if kind.during is not None and state.stage not in kind.during:
        allowed = [stage for name, stage in stages.items() if name in kind.during]
        languages: tuple[Language, Language] = ("sv", "en")
        words = {
            language: {
                "stage": f'"{stages[state.stage or ""].in_language(language)}"',
                "names": ", ".join(stage.in_language(language) for stage in allowed),
            }
            for language in languages
        }
        return Problem(code="stage_forbids", kind=kind.name, written=state.stage or "", words=words)
    if kind.name == "allocated":
        return Problem(code="already_allocated", kind=kind.name)
    condition = kind.declared.when if kind.declared else None
    return Problem(code="condition_not_met", kind=kind.name, words=in_both(condition=condition or ""))


def _fields(compiled: Compiled, kind: str) -> tuple[Mapping[str, DataField] | None, bool]:
    """The fields of a kind of event, and whether those that are required must be there.

    None where the fields are not typed.
    """
    if kind in compiled.protocol.events:
        return compiled.protocol.events[kind].fields, True
    if kind in ("enrolled", "stated"):
        return compiled.protocol.facts, False
    return None, False


def _read(kind: str, name: str, declared: DataField, given: Any) -> tuple[Any, Problem | None]:
    written = str(given)
    try:
        value = _options(declared, written) if declared.type == "choice" else _READERS[declared.type](given)
    except (ValueError, TypeError):
        return None, Problem(code="wrong_value", kind=kind, field=name, written=written, words=_example(declared))
    if isinstance(value, int | float) and not isinstance(value, bool):
        for code, limit, wrong in (
            ("too_low", declared.min, declared.min is not None and value < declared.min),
            ("too_high", declared.max, declared.max is not None and value > declared.max),
        ):
            if wrong:
                limits = in_both(limit=f"{limit:g}")
                return None, Problem(code=code, kind=kind, field=name, written=written, words=limits)
    return value, None


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
}


def _example(declared: DataField) -> dict[Language, Mapping[str, str]]:
    if declared.type == "choice":
        names = _joined(declared.options)
        return {"sv": {"example": f"något av: {names}"}, "en": {"example": f"one of: {names}"}}
    return _example_of(declared.type)


def _example_of(kind: FieldKind) -> dict[Language, Mapping[str, str]]:
    return {language: {"example": words} for language, words in _EXAMPLES[kind].items()}


def _joined(names: Any) -> str:
    return ", ".join(names) or "–"
