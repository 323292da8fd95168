"""Carrying an enrolment over to another version of its protocol, where that changes nothing of what has happened."""

from collections.abc import Sequence

from genklang.engine.folding import position
from genklang.engine.machine import Machine
from genklang.engine.types import NO_SERIES, Event, State, Step


def carried(state: State, events: Sequence[Event], *, old: Machine, new: Machine) -> State | None:
    """Return the enrolment's state under `new`; None where its log reads otherwise there, or not as `state` says.

    `events` is the whole log, in any order. The log is folded by both versions, and everything must be the same: stage,
    arm, facts, dues, outcomes, what is held, and all that was ever asked of anybody.
    """
    log = [*sorted(events, key=position), Event("time_passed", "time_passed", state.settled)]
    before, after = (machine.fold(state.enrolment, log) for machine in (old, new))
    if before.state != state or _read(before) != _read(after):
        return None
    return after.state


def _read(step: Step) -> object:
    """All that a fold tells, whatever order the version names its expectations in, and what its signals remember."""
    tracks = sorted(step.state.tracks, key=lambda track: track.name)
    return (
        step.state._replace(tracks=tuple(tracks), series=NO_SERIES),
        set(step.facts),
        set(step.effects),
        set(step.held),
    )
