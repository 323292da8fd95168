"""The state while one step is worked out: unpacked, changed, and packed again. It never leaves the engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from genklang.engine.rules import Rule
from genklang.engine.time import MINUTE, NEVER
from genklang.engine.types import (
    CloseAlarm,
    CloseTask,
    Due,
    Effect,
    Notify,
    OpenTask,
    OutcomeFact,
    Position,
    RaiseAlarm,
    Reason,
    Series,
    State,
    Status,
    Step,
    Track,
)

STALE_REMINDER = 10 * MINUTE


class Draft:
    """A state being changed, with what comes of it. The state it was made from stays as it was."""

    __slots__ = (
        "arm",
        "effects",
        "enrolment",
        "facts",
        "held",
        "last",
        "members",
        "outcomes",
        "series",
        "settled",
        "stage",
        "stage_since",
        "tracks",
        "voids",
        "wake",
    )

    def __init__(self, state: State) -> None:
        self.enrolment: str
        self.stage: str | None
        self.stage_since: int
        self.arm: str | None
        self.facts: Mapping[str, Any]
        self.settled: int
        self.last: Position | None
        self.voids: frozenset[str]
        self.wake: int
        self.members: Mapping[str, str]
        self.series: Mapping[str, Series]
        (
            self.enrolment,
            self.stage,
            self.stage_since,
            self.arm,
            self.facts,
            tracks,
            self.settled,
            self.last,
            self.voids,
            self.wake,
            self.members,
            self.series,
        ) = state
        self.tracks: list[Track] = list(tracks)
        self.effects: list[Effect] = []
        self.outcomes: list[OutcomeFact] = []
        self.held: list[str] = []

    def state(self) -> State:
        """The state as it has become."""
        return tuple.__new__(  # past the named tuple's own way in, which costs a call
            State,
            (
                self.enrolment,
                self.stage,
                self.stage_since,
                self.arm,
                self.facts,
                tuple(self.tracks),
                self.settled,
                self.last,
                self.voids,
                self.wake,
                self.members,
                self.series,
            ),
        )

    def step(self) -> Step:
        """What the change came to."""
        return Step(self.state(), tuple(self.effects), tuple(self.outcomes), tuple(self.held))

    def values(self) -> dict[str, Any]:
        """What a condition may ask about."""
        return {**self.facts, "arm": self.arm, "stage": self.stage}

    def put(self, index: int, track: Track, live: tuple[Due, ...], upcoming: Due | None) -> None:
        """Give an expectation new dues, and work out when something next happens by itself."""
        wake = upcoming.opens_at - 1 if upcoming else NEVER
        for due in live:
            if due.wake < wake:
                wake = due.wake
        name, anchor, since, first, opened, _, _, _ = track
        self.tracks[index] = Track(name, anchor, since, first, opened, upcoming, live, wake)
        self.wake = min([track.wake for track in self.tracks])

    def resolve(self, due: Due, status: Status, at: int | None, event: str | None) -> None:
        """Write down how a due ended."""
        stage, arm = due.at_target or (self.stage or "", self.arm)
        fact = (
            due.id,
            due.expectation,
            due.occurrence,
            due.slot_date,
            due.slot_time,
            due.anchor,
            due.opens_at,
            due.target_at,
            due.deadline_at,
            status,
            at,
            event,
            stage,
            arm,
        )
        self.outcomes.append(tuple.__new__(OutcomeFact, fact))

    def open_answer(self, rule: Rule, due: Due) -> None:
        """Ask somebody to deal with a missed due, where the expectation says who."""
        self.effects += opening(rule, due)

    def close_answer(self, rule: Rule, due: Due, *, reason: Reason, at: int) -> None:
        """Take back what was asked about a due, where something was."""
        if due.unanswered:
            self.effects += closing(rule, due.id, reason=reason, at=at)

    def notify(self, due: Due, *, channel: str, role: str | None, at: int, horizon: int) -> None:
        """Remind, unless so long ago that it would only confuse."""
        if horizon - at <= STALE_REMINDER:
            self.effects.append(Notify(due.id, channel, role, at, due.deadline_at))


def opening(rule: Rule, due: Due) -> list[Effect]:
    """The alarm and the task of a missed due."""
    effects: list[Effect] = []
    if rule.alarm:
        effects.append(RaiseAlarm(due.id, rule.name, rule.alarm, due.deadline_at))
    if rule.task:
        effects.append(OpenTask(due.id, rule.name, rule.task, due.deadline_at))
    return effects


def closing(rule: Rule, due: str, *, reason: Reason, at: int) -> list[Effect]:
    """The end of the alarm and the task of a due."""
    effects: list[Effect] = []
    if rule.alarm:
        effects.append(CloseAlarm(due, reason, at))
    if rule.task:
        effects.append(CloseTask(due, reason, at))
    return effects
