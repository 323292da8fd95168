"""State, steps and events as JSON: the same bytes for the same value, and back again without loss."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from genklang.engine.time import NEVER, format_instant
from genklang.engine.types import NO_SERIES, NOBODY, Due, Effect, Event, OutcomeFact, Series, State, Track

FORMAT = 1
_DUE_DEFAULTS = Due._field_defaults
_TRACK_DEFAULTS = Track._field_defaults


def to_json(state: State) -> str:
    """A state as compact JSON with sorted keys. What is as at the start is left out."""
    return dumps(state_as_dict(state))


def from_json(text: str) -> State:
    """The state that `to_json` wrote. Raises ValueError for another format."""
    return state_from_dict(json.loads(text))


def dumps(value: Any) -> str:
    """JSON with sorted keys and no spaces."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def state_as_dict(state: State) -> dict[str, Any]:
    """A state as plain values, instants as integers."""
    plain: dict[str, Any] = {
        "format": FORMAT,
        "enrolment": state.enrolment,
        "stage": state.stage,
        "stage_since": state.stage_since,
        "arm": state.arm,
        "facts": {name: list(value) if isinstance(value, tuple) else value for name, value in state.facts.items()},
        "tracks": [_track_as_dict(track) for track in state.tracks],
        "settled": state.settled,
        "last": list(state.last) if state.last else None,
        "voids": sorted(state.voids),
        "wake": None if state.wake == NEVER else state.wake,
    }
    if state.members:
        plain["members"] = dict(state.members)
    if state.series:
        plain["series"] = {name: [one.sounding, list(one.rows)] for name, one in state.series.items()}
    return plain


def state_from_dict(plain: Mapping[str, Any]) -> State:
    """The state that `state_as_dict` gave."""
    if plain.get("format") != FORMAT:
        raise ValueError(f"a state of format {plain.get('format')!r} cannot be read, only {FORMAT}")
    last = plain["last"]
    return State(
        plain["enrolment"],
        plain["stage"],
        plain["stage_since"],
        plain["arm"],
        {name: tuple(value) if isinstance(value, list) else value for name, value in plain["facts"].items()},
        tuple(_track_from_dict(track) for track in plain["tracks"]),
        plain["settled"],
        (last[0], last[1], last[2]) if last else None,
        frozenset(plain["voids"]),
        NEVER if plain["wake"] is None else plain["wake"],
        plain.get("members", NOBODY),
        _series(plain["series"]) if "series" in plain else NO_SERIES,
    )


def _series(plain: Mapping[str, Any]) -> dict[str, Series]:
    return {name: Series(sounding, tuple(rows)) for name, (sounding, rows) in plain.items()}


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


def _track_as_dict(track: Track) -> dict[str, Any]:
    plain = {name: value for name, value in track._asdict().items() if value != _TRACK_DEFAULTS.get(name, ...)}
    if track.upcoming:
        plain["upcoming"] = _due_as_plain(track.upcoming)
    if track.live:
        plain["live"] = [_due_as_plain(due) for due in track.live]
    return plain


def _track_from_dict(plain: Mapping[str, Any]) -> Track:
    values = dict(plain)
    if "upcoming" in values:
        values["upcoming"] = _due_from_plain(values["upcoming"])
    values["live"] = tuple(_due_from_plain(due) for due in values.get("live", ()))
    return Track(**values)


def _due_as_plain(due: Due) -> dict[str, Any]:
    plain = {name: value for name, value in due._asdict().items() if value != _DUE_DEFAULTS.get(name, ...)}
    if due.at_target:
        plain["at_target"] = list(due.at_target)
    return plain


def _due_from_plain(plain: Mapping[str, Any]) -> Due:
    values = dict(plain)
    if "at_target" in values:
        stage, arm = values["at_target"]
        values["at_target"] = (stage, arm)
    if isinstance(values.get("match"), list):
        values["match"] = tuple(values["match"])
    return Due(**values)
