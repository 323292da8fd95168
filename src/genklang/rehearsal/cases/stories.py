"""A story: what arrives, in the order in which it arrives, and how things stand at the end.

Times are local wall times of the story's zone; "2026-10-25 02:30b" is the second 02:30 of a night when the clock is put
back. A due is called by its expectation and its target: "dose 2026-03-02 08:00".
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from genklang.engine.folding import current
from genklang.engine.machine import Machine
from genklang.engine.time import Zone
from genklang.engine.types import (
    Allocate,
    CloseAlarm,
    CloseTask,
    Due,
    Effect,
    EscalateAlarm,
    Event,
    Notify,
    OpenTask,
    OutcomeFact,
    RaiseAlarm,
    State,
    Step,
)
from genklang.protocol import types

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
    reminders: Mapping[Label, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One thing that did not end as told: where in `then` it is (or should be) told, what was, and what came.

    `told` is None for what is not told, `came` for what did not come.
    """

    path: tuple[str, ...]
    told: str | None
    came: str | None

    def __str__(self) -> str:
        place = ", ".join(self.path)
        if self.told is None:
            return f"{place}: not told, and came as {self.came}"
        return f"{place}: told as {self.told}, and came as {self.came or 'nothing'}"


@dataclass(frozen=True)
class Case:
    """One story. `then` has only what the story tells; facts, alarms and tasks are told in full.

    `about` names the expectations whose facts, alarms and tasks it tells; left out, all.
    """

    name: str
    protocol: types.Protocol
    zone: str
    lines: tuple[Line, ...]
    then: Mapping[str, Any]
    about: tuple[str, ...] | None = None

    def check(self, outcome: Outcome) -> None:
        """Raise AssertionError where the outcome is not what the story tells."""
        mismatches = self.mismatches(outcome)
        assert not mismatches, "; ".join(str(one) for one in mismatches)

    def mismatches(self, outcome: Outcome) -> list[Mismatch]:
        """Return everything that did not end as the story tells."""
        found = [*self._single("stage", outcome.stage), *self._single("arm", outcome.arm), *self._facts(outcome)]
        for part in ("alarms", "tasks"):
            found += self._in_full(part, getattr(outcome, part))
        if "reminders" in self.then:
            found += self._in_full("reminders", outcome.reminders)
        return found

    def _single(self, part: str, came: str | None) -> Iterator[Mismatch]:
        if part in self.then and self.then[part] != came:
            yield Mismatch((part,), self.then[part] or "none", came)

    def _facts(self, outcome: Outcome) -> Iterator[Mismatch]:
        told: Mapping[Label, str] = self.then.get("facts", {})
        for due, (status, late) in outcome.facts.items():
            if due not in told and self._concerns(due):
                yield Mismatch(("facts", due), None, _written(status, late))
        for due, written in told.items():
            if due not in outcome.facts:
                yield Mismatch(("facts", due), str(written), None)
            elif not _is_as(str(written), *outcome.facts[due]):
                yield Mismatch(("facts", due), str(written), _written(*outcome.facts[due]))

    def _in_full(self, part: str, came: Mapping[Label, Any]) -> Iterator[Mismatch]:
        told = {due: _listed(value) for due, value in self.then.get(part, {}).items()}
        for due, value in came.items():
            if due not in told and self._concerns(due):
                yield Mismatch((part, due), None, _listed(value))
        for due, value in told.items():
            if due not in came:
                yield Mismatch((part, due), value, None)
            elif value != _listed(came[due]):
                yield Mismatch((part, due), value, _listed(came[due]))

    def _concerns(self, due: Label) -> bool:
        return self.about is None or due.partition(" ")[0] in self.about


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
    """The engine alone: what a shell stores is kept in memory. With a `lot`, that is the arm which is drawn."""

    def __init__(self, *, lot: str | None = None) -> None:
        self._lot = lot

    def start(self, protocol: types.Protocol, *, zone: str) -> None:
        self.machine = Machine(protocol, zone=zone)
        self.state: State = self.machine.begin("enrolment")
        self.log: list[Event] = []
        self.held: set[str] = set()
        self.facts: dict[str, OutcomeFact] = {}
        self.alarms: dict[str, tuple[str, ...]] = {}
        self.tasks: dict[str, str] = {}
        self.sent: list[Notify] = []

    def arrive(self, event: Event) -> None:
        before = list(self.log)
        if all(one.id != event.id for one in self.log):
            self.log.append(event)
        step = self.machine.apply(self.state, event, history=lambda: before)
        self.held = set(step.held) if step.refolded else self.held | set(step.held)
        self._keep(step)

    def tick(self, to: int) -> None:
        self._keep(self.machine.advance(self.state, to))

    def outcome(self) -> Outcome:
        labels = labels_of([*self.facts.values(), *self.state.dues])
        reminders: dict[Label, tuple[str, ...]] = {}
        for one in self.sent:
            name = labels.get(one.due, one.due)
            reminders[name] = (*reminders.get(name, ()), " ".join(filter(None, (one.channel, one.role))))
        return Outcome(
            self.state.stage,
            self.state.arm,
            {labels[name]: (fact.status, fact.minutes_late) for name, fact in self.facts.items()},
            {labels[name]: roles for name, roles in self.alarms.items()},
            {labels[name]: role for name, role in self.tasks.items()},
            reminders,
        )

    def _keep(self, step: Step) -> None:
        self.state = step.state
        self.facts |= current(step.facts)
        for due in step.withdrawn:
            del self.facts[due]
        for effect in step.effects:
            self._obey(effect)

    def _obey(self, effect: Effect) -> None:
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
                self.sent.append(effect)
            case Allocate() if self._lot is not None and self.state.arm is None:
                self.arrive(self.machine.allocation(effect, arm=self._lot))


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
    second = "b" if due.occurrence == f"{due.slot_date}T{due.slot_time}b" else ""
    return f"{due.expectation} {due.slot_date} {due.slot_time}{second}"


def labels_of(dues: Iterable[Due | OutcomeFact]) -> dict[str, Label]:
    """What a story calls each of some dues, by id; of several with one target the later are "… #2", "… #3"."""
    found: dict[str, Label] = {}
    times: dict[Label, int] = {}
    for name, text in sorted({_id(due): label(due) for due in dues}.items()):
        times[text] = times.get(text, 0) + 1
        found[name] = text if times[text] == 1 else f"{text} #{times[text]}"
    return found


def instant(zone: Zone, written: str) -> int:
    """A local wall time of a story as an instant. Raises ValueError for what is none, or does not exist that day."""
    wall = datetime.fromisoformat(written.removesuffix("b"))
    if wall.tzinfo is not None:
        raise ValueError("is no local time")
    moments = zone.moments(wall)
    if not moments:
        raise ValueError("does not exist: the clock is put forward past it")
    return moments[-1 if written.endswith("b") else 0]


def _id(due: Due | OutcomeFact) -> str:
    return due.due if isinstance(due, OutcomeFact) else due.id


def _is_as(written: str, status: str, late: float | None) -> bool:
    told, _, minutes = written.partition(" ")
    return told == status and (not minutes or (late is not None and float(minutes) == late))


def _written(status: str, late: float | None) -> str:
    return status if late is None else f"{status} {late:g}"


def _listed(value: Any) -> str:
    return value if isinstance(value, str) else ", ".join(value)
