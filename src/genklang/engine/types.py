"""What the engine takes and gives: events in; state, outcome facts and effects out. Nothing here decides anything.

Everything is a value: nothing is changed once it is made. The small records that are made by the million are named
tuples; effects are dataclasses, since two different effects must never be equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from genklang.engine.time import NEVER

Status = Literal["met", "met_late", "missed", "waived", "cancelled"]
Answer = Literal["", "open", "acknowledged", "resolved"]
Reason = Literal["met", "met_late", "resolved", "waived", "left", "withdrawn"]
Position = tuple[int, int, str]
Match = str | int | float | bool | tuple[Any, ...] | None

BUILT_IN = (
    "enrolled",
    "stated",
    "allocated",
    "acknowledged",
    "resolved",
    "waived",
    "voided",
    "time_passed",
    "member_joined",
    "member_left",
    "drawn",
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. `id` is the idempotency key; `received_at` documents, and decides nothing."""

    id: str
    kind: str
    occurred_at: int
    by: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    sequence: int = 0
    received_at: int = 0

    @property
    def position(self) -> Position:
        """Where it stands in the fold, whenever it arrives."""
        return (self.occurred_at, self.sequence, self.id)


class Due(NamedTuple):
    """One occurrence of an expectation, from when it opens until nothing more can come of it.

    `answer` is how far its alarm or task has come ("" where it has none). `at_target` is (stage, arm) when the target
    passed, kept only where either has changed since.
    """

    id: str
    occurrence: str
    anchor: str
    slot_date: str
    slot_time: str
    opens_at: int
    target_at: int
    deadline_at: int
    wake: int
    match: Match = None
    closes_at: int = NEVER
    missed: bool = False
    closed: bool = False
    answer: Answer = ""
    level: int = 0
    reminded: int = 0
    at_target: tuple[str, str | None] | None = None

    @property
    def expectation(self) -> str:
        """The name of the expectation that it is an occurrence of."""
        return self.id.partition("/")[0]

    @property
    def unanswered(self) -> bool:
        """Whether its alarm or task is still there to be dealt with."""
        return self.answer in ("open", "acknowledged")


class Track(NamedTuple):
    """How far one expectation has come for one enrolment.

    `anchor` is the event that made it hold, None while it does not.
    """

    name: str
    anchor: str | None = None
    since: int = 0
    first: int | None = None
    opened: int = 0
    upcoming: Due | None = None
    live: tuple[Due, ...] = ()
    wake: int = NEVER


class Series(NamedTuple):
    """What one signal remembers: whether it sounded when it was last judged, and the rows it was judged by.

    A row is what an event of the series carried, with `occurred_at`.
    """

    sounding: bool = False
    rows: tuple[Mapping[str, Any], ...] = ()


NOBODY: Mapping[str, str] = {}
NO_SERIES: Mapping[str, Series] = {}


class State(NamedTuple):
    """All that is remembered of one enrolment.

    Everything that time brings is accounted for up to and including `settled`; `last` is the position of the latest
    event. `voids` are ids of events that somebody has voided. `wake` is when something next happens by itself.
    `facts` also hold which participant it is (`participant`, where there are several) and what has been drawn, by the
    draw's name. `members` are the roles of those who belong to it, `series` what each signal remembers.
    """

    enrolment: str
    stage: str | None
    stage_since: int
    arm: str | None
    facts: Mapping[str, Any]
    tracks: tuple[Track, ...]
    settled: int
    last: Position | None
    voids: frozenset[str]
    wake: int
    members: Mapping[str, str] = NOBODY
    series: Mapping[str, Series] = NO_SERIES

    @property
    def horizon(self) -> int:
        """The instant up to which this state tells what has happened."""
        return max(self.settled, self.last[0]) if self.last else self.settled

    @property
    def dues(self) -> tuple[Due, ...]:
        """The dues that are open, missed but still possible to meet late, or have an alarm or task left."""
        return tuple(due for track in self.tracks for due in track.live)

    @property
    def unanswered(self) -> tuple[Due, ...]:
        """The dues whose alarm or task is still there to be dealt with."""
        return tuple(due for due in self.dues if due.unanswered)


class OutcomeFact(NamedTuple):
    """How a due ended. A later fact of the same due replaces it.

    `resolved_at` is None while nothing has met a missed due.
    """

    due: str
    expectation: str
    occurrence: str
    slot_date: str
    slot_time: str
    anchor: str
    opens_at: int
    target_at: int
    deadline_at: int
    status: Status
    resolved_at: int | None
    event: str | None
    stage: str
    arm: str | None

    @property
    def minutes_late(self) -> float | None:
        """Minutes from target to the event that met it (negative when early); None where nothing did."""
        if self.resolved_at is None or self.status not in ("met", "met_late"):
            return None
        return (self.resolved_at - self.target_at) / 60_000_000


@dataclass(frozen=True, slots=True)
class RaiseAlarm:
    """Somebody of `role` must act now."""

    due: str
    expectation: str
    role: str
    at: int

    @property
    def key(self) -> str:
        """Unique within the enrolment, the same however often it is worked out."""
        return f"alarm/{self.due}"


@dataclass(frozen=True, slots=True)
class EscalateAlarm:
    """Nobody has acknowledged the alarm: tell `role` too. `level` counts from 1."""

    due: str
    role: str
    level: int
    at: int

    @property
    def key(self) -> str:
        """Unique within the enrolment, the same however often it is worked out."""
        return f"alarm/{self.due}/{self.level}"


@dataclass(frozen=True, slots=True)
class CloseAlarm:
    """The alarm is over."""

    due: str
    reason: Reason
    at: int

    @property
    def key(self) -> str:
        """Unique within the enrolment, the same however often it is worked out."""
        return f"alarm/{self.due}/{self.reason}"


@dataclass(frozen=True, slots=True)
class OpenTask:
    """Something for the worklist of `role`."""

    due: str
    expectation: str
    role: str
    at: int

    @property
    def key(self) -> str:
        """Unique within the enrolment, the same however often it is worked out."""
        return f"task/{self.due}"


@dataclass(frozen=True, slots=True)
class CloseTask:
    """Nothing is left to do about the task."""

    due: str
    reason: Reason
    at: int

    @property
    def key(self) -> str:
        """Unique within the enrolment, the same however often it is worked out."""
        return f"task/{self.due}/{self.reason}"


@dataclass(frozen=True, slots=True)
class Notify:
    """Send a reminder; worthless after `expires_at`. `role` is None for a device."""

    due: str
    channel: str
    role: str | None
    at: int
    expires_at: int

    @property
    def key(self) -> str:
        """Unique within the enrolment, the same however often it is worked out."""
        return f"notify/{self.due}/{self.channel}/{self.role or ''}/{self.at}"


@dataclass(frozen=True, slots=True)
class Allocate:
    """Draw an arm for this enrolment. The shell appends the `allocated` event that Machine.allocation makes of it."""

    stratum: tuple[str, ...]
    at: int
    event: str
    sequence: int

    @property
    def key(self) -> str:
        """Unique within the enrolment, the same however often it is worked out."""
        return f"allocate/{self.event}"


@dataclass(frozen=True, slots=True)
class DrawSample:
    """Draw whether this enrolment is in a sample. The shell appends the event that Machine.drawing makes of it."""

    draw: str
    at: int
    event: str
    sequence: int

    @property
    def key(self) -> str:
        """Unique within the enrolment, the same however often it is worked out."""
        return f"draw/{self.draw}/{self.event}"


Effect = RaiseAlarm | EscalateAlarm | CloseAlarm | OpenTask | CloseTask | Notify | Allocate | DrawSample


class Step(NamedTuple):
    """What came of an event, of time, or of a whole log.

    `facts` are in order: a later one of the same due replaces an earlier. `held` are ids of events that nothing
    explains yet; when `refolded`, of the whole log. `withdrawn` are dues that, with what is known now, were never due:
    their facts no longer stand.
    """

    state: State
    effects: tuple[Effect, ...] = ()
    facts: tuple[OutcomeFact, ...] = ()
    held: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    refolded: bool = False


class OutOfOrder(ValueError):
    """The event belongs before something that is already accounted for: only a refold of the log can place it."""
