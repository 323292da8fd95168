"""What an MQTT message says: topic and payload become an event as the API takes it. Knows no broker and no server."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FIELDS = ("id", "enrolment", "event", "occurred_at", "data", "sequence")
NAMED = ("enrolment", "event")
_PLACE = re.compile(r"\{(\w+)\}")


class Unreadable(ValueError):
    """The message is no event. Says what is wrong and what to send, and quotes nothing of it."""


@dataclass(frozen=True)
class Topics:
    """Where events come: a pattern such as "dispensers/{enrolment}/{event}", and wildcards where wanted."""

    pattern: str

    def __post_init__(self) -> None:
        unknown = [name for name in _PLACE.findall(self.pattern) if name not in NAMED]
        whole = all(not _PLACE.search(level) or _PLACE.fullmatch(level) for level in self.pattern.split("/"))
        if unknown or not whole or not self.pattern:
            raise ValueError(
                f'"{self.pattern}" is no pattern of topics. Write {{enrolment}} and {{event}} as whole levels, '
                'for example "dispensers/{enrolment}/{event}".'
            )

    @property
    def subscription(self) -> str:
        """What to subscribe to."""
        return _PLACE.sub("+", self.pattern)

    def named(self, topic: str) -> dict[str, str]:
        """What the topic itself says of the event."""
        levels = zip(self.pattern.split("/"), topic.split("/"), strict=False)
        return {level[1:-1]: said for level, said in levels if _PLACE.fullmatch(level)}


def event_of(topics: Topics, topic: str, payload: bytes) -> dict[str, Any]:
    """The event that a message tells of. Raises Unreadable.

    A message without an id has one made of its topic and payload, so that the same message told twice is one event.
    """
    said = _object(payload)
    named = topics.named(topic)
    differing = [name for name, value in named.items() if name in said and said[name] != value]
    if differing:
        raise Unreadable(f"topic and payload name another {differing[0]}. Write it in one place.")
    event = {**said, **named}
    if unknown := [name for name in event if name not in FIELDS]:
        raise Unreadable(
            f"the payload holds {len(unknown)} unknown fields. Write {', '.join(FIELDS)}; answers in data."
        )
    if "occurred_at" not in event:
        raise Unreadable('"occurred_at" is missing. Write when it happened, for example "2026-03-29T08:04:00+02:00".')
    return {"id": _made_id(topic, payload), **event}


def _object(payload: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(payload)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Unreadable(
            'the payload is no JSON object. Send for example {"occurred_at": "2026-03-29T08:04:00+02:00"}.'
        )
    return said


def _made_id(topic: str, payload: bytes) -> str:
    return "mqtt-" + hashlib.sha256(topic.encode() + b"\0" + payload).hexdigest()[:32]
