"""Reads the stories in cases/, which are about the engine and bring a protocol as short as each needs.

How a story is told and run is the package's own (genklang.rehearsal.cases): a practice's tests are stories too.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from genklang.engine import Event, Zone
from genklang.engine.types import BUILT_IN
from genklang.protocol import types
from genklang.rehearsal.cases import Case, Driver, Line, Outcome, PureDriver, instant, label, run

CASES = Path(__file__).parent / "cases"


def load_cases() -> list[Case]:
    """All stories, in the order of their files."""
    return [case for path in sorted(CASES.glob("*.yaml")) for case in _cases(path)]


def protocol_from(short: Mapping[str, Any]) -> types.Protocol:
    """A protocol written as shortly as a story needs it: names stand for labels."""
    full: dict[str, Any] = {
        "language": 1,
        "practice": "a-story",
        "version": "1.0.0",
        "title": {"sv": "En berättelse", "en": "A story"},
        "summary": {"sv": "En berättelse.", "en": "A story."},
        "roles": {"person": {"participant": True}, "nurse": {}, "on_call": {}, "manager": {}},
        **short,
    }
    for part in ("roles", "facts", "stages", "events", "expectations", "signals", "draws"):
        full[part] = {name: _labelled(name, one) for name, one in full.get(part, {}).items()}
    for event in full["events"].values():
        event["fields"] = {name: _labelled(name, one) for name, one in event.get("fields", {}).items()}
    for name, fact in full["facts"].items():
        fact.setdefault("concept", name)
    if "randomise" in full:
        arms = full["randomise"]["arms"]
        full["randomise"] = {**full["randomise"], "arms": {name: _labelled(name, one) for name, one in arms.items()}}
    return types.Protocol.model_validate(full)


def _labelled(name: str, one: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"sv": name, "en": name, **(one or {})}


def _cases(path: Path) -> Iterator[Case]:
    document = _texts(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader))
    for story in document["stories"]:
        protocol = protocol_from(_merged(document["protocol"], story.get("protocol", {})))
        zone = Zone(story.get("zone", document.get("zone", "Europe/Stockholm")))
        lines = tuple(_line(protocol, zone, number, line) for number, line in enumerate(story["when"], start=1))
        yield Case(f"{path.stem}: {story['story']}", protocol, zone.name, lines, story["then"])


def _merged(base: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """A story's own protocol, laid over that of its file."""
    both = {name: _merged(base[name], more[name]) for name in base.keys() & more.keys() if isinstance(more[name], dict)}
    return {**base, **more, **both}


def _line(protocol: types.Protocol, zone: Zone, number: int, line: list[Any]) -> Line:
    at, what, *rest = line
    data: dict[str, Any] = dict(rest[0]) if rest else {}
    moment = instant(zone, at)
    if what == "tick":
        return Line(moment, None)
    id = data.pop("id", f"e{number}")
    sequence = data.pop("sequence", 0)
    by = data.pop("by", "system" if what in BUILT_IN or what not in protocol.events else protocol.events[what].by[0])
    return Line(moment, Event(id, what, moment, by, data, sequence=sequence, received_at=number))


def _texts(value: Any) -> Any:
    """Values as YAML 1.2's core has them: 08:00 and yes are text, 3 and true are not."""
    if isinstance(value, dict):
        return {name: _texts(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_texts(one) for one in value]
    if value == "~":
        return None
    if value in ("true", "false"):
        return value == "true"
    return int(value) if isinstance(value, str) and value.isdigit() else value


__all__ = ["Case", "Driver", "Line", "Outcome", "PureDriver", "instant", "label", "load_cases", "protocol_from", "run"]
