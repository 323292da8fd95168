"""State, steps and events as JSON: the same bytes for the same value, and back again without loss."""

from __future__ import annotations

from typing import Any

import msgspec

from genklang.engine.time import format_instant
from genklang.engine.types import Due, Effect, Event, OutcomeFact, State

FORMAT = 2
_BEGINNING = f"[{FORMAT},"
_WRITER = msgspec.json.Encoder(order="deterministic")
_FACTS = State._fields.index("facts")
_READER = msgspec.json.Decoder(tuple[int, State])


def to_json(state: State) -> str:
    """A state as compact JSON: the format's number, then its fields in their order; names within it are sorted."""
    return _WRITER.encode((FORMAT, state)).decode()


def from_json(text: str) -> State:
    """The state that `to_json` wrote. Raises ValueError for another format, and for what is no state."""
    if not text.startswith(_BEGINNING):
        raise ValueError(f"a state that begins with {text[:20]!r} cannot be read, only one of format {FORMAT}")
    try:
        state = _READER.decode(text)[1]
    except msgspec.DecodeError as error:
        raise ValueError(f"a state cannot be read: {error}") from error
    facts = state.facts
    if list in map(type, facts.values()):
        facts = {name: tuple(value) if isinstance(value, list) else value for name, value in facts.items()}
        return tuple.__new__(State, (*state[:_FACTS], facts, *state[_FACTS + 1 :]))  # a quarter of `_replace`
    return state


def event_as_dict(event: Event) -> dict[str, Any]:
    """An event as plain values, instants as integers."""
    return {
        "id": event.id,
        "kind": event.kind,
        "occurred_at": event.occurred_at,
        "by": event.by,
        "data": dict(event.data),
        "sequence": event.sequence,
        "received_at": event.received_at,
    }


def due_as_dict(due: Due) -> dict[str, Any]:
    """A due for people and scripts to read: instants as ISO 8601 in UTC."""
    return {
        "due": due.id,
        "expectation": due.expectation,
        "slot_date": due.slot_date,
        "slot_time": due.slot_time,
        "opens_at": format_instant(due.opens_at),
        "target_at": format_instant(due.target_at),
        "deadline_at": format_instant(due.deadline_at),
        "status": "missed" if due.missed else "open",
        "answer": due.answer,
        "escalated": due.level,
    }


def fact_as_dict(fact: OutcomeFact) -> dict[str, Any]:
    """An outcome fact for people and scripts to read: instants as ISO 8601 in UTC."""
    plain = fact._asdict() | {"minutes_late": fact.minutes_late}
    return {name: _readable(name, value) for name, value in plain.items()}


def effect_as_dict(effect: Effect) -> dict[str, Any]:
    """An effect for people and scripts to read, with its kind and key."""
    values = {name: getattr(effect, name) for name in effect.__dataclass_fields__}
    plain = {name: _readable(name, value) for name, value in values.items()}
    return {"effect": _words(type(effect).__name__), "key": effect.key, **plain}


def _readable(name: str, value: Any) -> Any:
    if isinstance(value, int) and (name == "at" or name.endswith("_at")):
        return format_instant(value)
    return list(value) if isinstance(value, tuple) else value


def _words(name: str) -> str:
    """ "RaiseAlarm" as "raise_alarm"."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
