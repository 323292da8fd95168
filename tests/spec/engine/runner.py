"""Reads the stories in cases/ and drives anything that can run them: the pure engine here, a database elsewhere.

A story is a protocol, a zone, what arrives (in the order in which it arrives; "tick" lets time pass), and how things
stand at the end. Times are local wall times of the zone; "02:30b" is the second 02:30 of a night when the clock is put
back. A due is called by its expectation and its target: "dose 2026-03-02 08:00".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import yaml

from genklang.engine import Event, Machine, OutcomeFact, State, Zone, current
from genklang.engine.types import BUILT_IN, CloseAlarm, CloseTask, Due, EscalateAlarm, Notify, OpenTask, RaiseAlarm
from genklang.protocol import types

CASES = Path(__file__).parent / "cases"
Label = str


@dataclass(frozen=True)
class Line:
    """Something that arrives: an event, or (None) only the time `at`."""

    at: int
    event: Event | None


@dataclass(frozen=True)
class Outcome:
    """How things stand, by due: its status and the minutes it came late; the roles its alarm told; who has its task."""

    stage: str | None = None
    arm: str | None = None
    facts: Mapping[Label, tuple[str, float | None]] = field(default_factory=dict)
    alarms: Mapping[Label, tuple[str, ...]] = field(default_factory=dict)
    tasks: Mapping[Label, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """One story. `then` has only what the story tells; `facts`, `alarms` and `tasks` are told in full."""

    name: str
    protocol: types.Protocol
    zone: str
    lines: tuple[Line, ...]
    then: Mapping[str, Any]

    def check(self, outcome: Outcome) -> None:
        """Raise AssertionError where the outcome is not what the story tells."""
        told = {due: status for due, (status, _) in outcome.facts.items()}
        late = {due: minutes for due, (_, minutes) in outcome.facts.items()}
        facts = {due: str(status).partition(" ")[0] for due, status in self.then.get("facts", {}).items()}
        assert told == facts
        for due, status in self.then.get("facts", {}).items():
            words = str(status).split()
            if len(words) > 1:
                assert late[due] == float(words[1]), f"{due}: {late[due]} minutes late"
        alarms = {due: tuple(roles) for due, roles in self.then.get("alarms", {}).items()}
        assert dict(outcome.alarms) == alarms
        assert dict(outcome.tasks) == self.then.get("tasks", {})
        assert outcome.stage == self.then.get("stage", outcome.stage)
        assert outcome.arm == self.then.get("arm", outcome.arm)


class Driver(Protocol):
    """Whatever runs a story."""

    def start(self, protocol: types.Protocol, *, zone: str) -> None:
        """Make ready for one enrolment, of which nothing is known yet."""

    def arrive(self, event: Event) -> None:
        """Take an event, whenever it comes."""

    def tick(self, to: int) -> None:
        """Let time pass."""

    def outcome(self) -> Outcome:
        """How things stand."""


class PureDriver:
    """The engine alone: what a shell stores is kept in memory."""

    def start(self, protocol: types.Protocol, *, zone: str) -> None:
        self.machine = Machine(protocol, zone=zone)
        self.state: State = self.machine.begin("enrolment")
        self.log: list[Event] = []
        self.facts: dict[str, OutcomeFact] = {}
        self.alarms: dict[str, tuple[str, ...]] = {}
        self.tasks: dict[str, str] = {}
        self.sent: list[str] = []

    def arrive(self, event: Event) -> None:
        before = list(self.log)
        if all(one.id != event.id for one in self.log):
            self.log.append(event)
        self._keep(self.machine.apply(self.state, event, history=lambda: before))

    def tick(self, to: int) -> None:
        self._keep(self.machine.advance(self.state, to))

    def outcome(self) -> Outcome:
        labels = {name: label(fact) for name, fact in self.facts.items()} | {d.id: label(d) for d in self.state.dues}
        return Outcome(
            self.state.stage,
            self.state.arm,
            {labels[name]: (fact.status, fact.minutes_late) for name, fact in self.facts.items()},
            {labels[name]: roles for name, roles in self.alarms.items()},
            {labels[name]: role for name, role in self.tasks.items()},
        )

    def _keep(self, step: Any) -> None:
        self.state = step.state
        self.facts |= current(step.facts)
        for due in step.withdrawn:
            del self.facts[due]
        for effect in step.effects:
            self._obey(effect)

    def _obey(self, effect: Any) -> None:
        match effect:
            case RaiseAlarm():
                self.alarms[effect.due] = (effect.role,)
            case EscalateAlarm():
                self.alarms[effect.due] += (effect.role,)
            case CloseAlarm():
                del self.alarms[effect.due]
            case OpenTask():
                self.tasks[effect.due] = effect.role
            case CloseTask():
                del self.tasks[effect.due]
            case Notify():
                self.sent.append(effect.key)


def run(case: Case, driver: Driver) -> Outcome:
    """Let a story happen."""
    driver.start(case.protocol, zone=case.zone)
    for line in case.lines:
        if line.event is None:
            driver.tick(line.at)
        else:
            driver.arrive(line.event)
    return driver.outcome()


def label(due: Due | OutcomeFact) -> Label:
    """What a story calls a due."""
    second = "b" if due.occurrence.endswith("b") else ""
    return f"{due.expectation} {due.slot_date} {due.slot_time}{second}"


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
    for part in ("roles", "facts", "stages", "events", "expectations"):
        full[part] = {name: _labelled(name, one) for name, one in full.get(part, {}).items()}
    for event in full["events"].values():
        event["fields"] = {name: _labelled(name, one) for name, one in event.get("fields", {}).items()}
    for name, fact in full["facts"].items():
        fact.setdefault("concept", name)
    if "randomise" in full:
        arms = full["randomise"]["arms"]
        full["randomise"] = {**full["randomise"], "arms": {name: _labelled(name, one) for name, one in arms.items()}}
    return types.Protocol.model_validate(full)


def instant(zone: Zone, written: str) -> int:
    """A local wall time of a story as an instant."""
    wall = datetime.fromisoformat(written.removesuffix("b"))
    moments = zone.moments(wall)
    assert moments, f"{written} does not exist in {zone.name}"
    return moments[-1 if written.endswith("b") else 0]


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
