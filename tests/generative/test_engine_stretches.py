"""Many events in one step come to the same as one by one: state, facts and effects, byte for byte."""

from collections.abc import Iterator
from datetime import datetime
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from genklang.engine import Due, Effect, Event, Machine, OutcomeFact, State, current, to_json
from genklang.engine.stretches import Rows
from genklang.engine.time import DAY, MINUTE, to_instant
from tests.spec.engine.runner import protocol_from

START = to_instant(datetime.fromisoformat("2026-03-26T07:00:00+01:00"))  # the clock is put forward on the fourth night
AUTUMN = to_instant(datetime.fromisoformat("2026-10-22T07:00:00+02:00"))
ALARM = {"alarm": "nurse", "escalate": [{"after": "15 min", "to": "on_call"}, {"after": "2 h", "to": "manager"}]}

EXPECTED: dict[str, list[Any]] = {
    "during": ["active"],
    "daily_at": ["dose_times", "dose_times", ["08:00"], ["02:30", "14:00"]],
    "expect": ["taken"],
    "within": ["60 min", "5 h"],
    "early": [None, None, "30 min", "9 h"],
    "until": [None, None, "3 days", "8 days"],
    "clock_change": [None, {"overlap": "both", "spacing": "45 min"}],
    "remind": [None, [{"at": "0 min", "by": "device"}, {"at": "30 min", "by": "sms", "to": "person"}]],
    "otherwise": [None, ALARM, {"task": "nurse"}],
}
EVERY: dict[str, list[Any]] = {
    "during": ["active", ["active", "paused"]],
    "every": ["6 h", "1 day", "2 days", "1 month"],
    "counted_from": [None, "last"],
    "expect": ["beat", "taken", ["beat", "seen"]],
    "within": ["4 h", "1 day"],
    "early": [None, None, None, "1 h"],
    "until": [None, None, None, "5 days"],
    "when": [None, None, "alone"],
    "remind": [None, [{"at": "0 min", "by": "device"}, {"at": "3 h", "by": "page", "to": "nurse"}]],
    "otherwise": [None, ALARM, {"task": "nurse"}, {"alarm": "nurse", "task": "manager"}],
}
TIMES = [["08:00"], ["08:00", "20:00"], ["02:30", "08:00", "08:30"]]
DELAYS = [0, 0, 0, 1, 5, 20, 59, 60, 61, 70, 90, 200, 300, 320]  # minutes after the target


def chosen(rng: Random, choices: dict[str, list[Any]]) -> dict[str, Any]:
    drawn = {name: rng.choice(some) for name, some in choices.items()}
    return {name: one for name, one in drawn.items() if one is not None}


def machine_of(rng: Random) -> Machine:
    """A protocol with three expectations that come again and again, and one that hangs on an event."""
    protocol = protocol_from(
        {
            "facts": {"dose_times": {"type": "times"}, "alone": {"type": "boolean"}},
            "stages": {"applied": {}, "active": {}, "paused": {}, "ended": {"final": True}},
            "events": {
                "installed": {"by": "nurse", "moves": ["applied", "active"]},
                "taken": {"by": "device", "during": "active"},
                "beat": {"by": "device"},
                "seen": {"by": "nurse", "fields": {"alone": {"type": "boolean", "states": "alone"}}},
                "asked": {"by": "person"},
                "answered": {"by": "nurse"},
                "paused": {"by": "nurse", "moves": ["active", "paused"]},
                "resumed": {"by": "nurse", "moves": ["paused", "active"]},
            },
            "expectations": {
                "dose": chosen(rng, EXPECTED),
                "alive": chosen(rng, EVERY),
                "weigh": chosen(rng, EVERY),
                "answer": {"after": "asked", "in": "6 h", "expect": "answered", "within": "6 h"},
            },
        }
    )
    return Machine(protocol, zone="Europe/Stockholm")


def begun(machine: Machine, start: int, times: list[str]) -> State:
    facts = {"dose_times": times, "alone": True}
    state = machine.step(machine.begin("one"), Event("enrolled", "enrolled", start, data=facts)).state
    return machine.step(state, Event("installed", "installed", start + MINUTE, sequence=1)).state


Planned = tuple[int, int, str, dict[str, Any]]


def planned(rng: Random, machine: Machine, due: Due, number: int) -> Iterator[Planned]:
    """What people who mostly do as they should do about a due: answer it, sometimes late; staff see some alarms."""
    late = due.deadline_at + rng.choice([0, 1, 10, 20, 130]) * MINUTE
    if rng.random() < 0.93:
        at = max(due.opens_at, due.target_at + rng.choice(DELAYS) * MINUTE)
        yield (at, number, machine.protocol.expectations[due.expectation].expect[0], {})
        if at > due.deadline_at and rng.random() < 0.6:
            yield (late, number, "acknowledged", {"due": due.id})
    else:
        yield (
            late,
            number,
            rng.choice(["resolved", "resolved", "resolved", "waived", "acknowledged"]),
            {"due": due.id},
        )
        if rng.random() < 0.4:
            yield (due.deadline_at + 5 * MINUTE, number, "acknowledged", {"due": due.id})
    if rng.random() < 0.03:
        other = rng.choice(["asked", "answered", "paused", "resumed", "beat", "stated", "seen"])
        data: dict[str, dict[str, Any]] = {
            "stated": {"dose_times": rng.choice(TIMES)},
            "seen": {"alone": rng.random() < 0.5},
        }
        yield (due.target_at + 7 * MINUTE, number, other, data.get(other, {}))
    if rng.random() < 0.3:
        yield (due.deadline_at, number, "time_passed", {})


def answers(rng: Random, machine: Machine, state: State, end: int) -> list[Event]:
    """What happens until the end, in order; every due that becomes known is answered in some way."""
    events: list[Event] = []
    known: set[str] = set()
    ahead: list[Planned] = []
    while True:
        for due in [due for track in state.tracks for due in (*track.live, track.upcoming) if due]:
            if due.id not in known:
                known.add(due.id)
                ahead += planned(rng, machine, due, len(known))
        ahead.sort(key=lambda one: one[:2])
        if not ahead or ahead[0][0] > end or len(events) > 200:
            return events
        at, _, kind, data = ahead.pop(0)
        event = Event(f"e{len(events):03d}", kind, max(at, state.settled + 1), data=data, sequence=len(events) + 2)
        state = machine.step(state, event).state
        events.append(event)


def one_by_one(machine: Machine, state: State, events: list[Event]) -> tuple[State, list[OutcomeFact], list[Effect]]:
    facts: list[OutcomeFact] = []
    effects: list[Effect] = []
    for event in events:
        step = machine.step(state, event)
        state = step.state
        facts += step.facts
        effects += step.effects
    return state, facts, effects


@given(st.integers(0, 2**32))
@settings(max_examples=40)
def test_a_stretch_comes_to_the_same_as_one_by_one(seed: int) -> None:
    rng = Random(seed)
    machine, start = machine_of(rng), rng.choice([START, AUTUMN])
    state = begun(machine, start, rng.choice(TIMES))
    rest = answers(rng, machine, state, start + 9 * DAY)
    while rest:
        many = machine.step_many(state, Rows.of(rest))
        taken = rest[: many.taken]
        after, facts, effects = one_by_one(machine, state, taken)
        assert to_json(many.state) == to_json(after)
        assert many.state == after
        assert list(many.facts()) == facts
        assert list(many.effects()) == effects
        assert len(many) == len({fact.due for fact in facts})
        state = many.state if taken else machine.step(state, rest[0]).state
        rest = rest[len(taken) or 1 :]


@given(st.integers(0, 2**32))
@settings(max_examples=20)
def test_a_long_log_folds_to_what_it_came_to_one_by_one(seed: int) -> None:
    rng = Random(seed)
    machine, start = machine_of(rng), rng.choice([START, AUTUMN])
    begin = machine.begin("one")
    facts = {"dose_times": rng.choice(TIMES), "alone": True}
    log = [
        Event("enrolled", "enrolled", start, data=facts),
        Event("installed", "installed", start + MINUTE, sequence=1),
    ]
    state, _, _ = one_by_one(machine, begin, log)
    log += [event for event in answers(rng, machine, state, start + 30 * DAY) if event.kind != "time_passed"]
    state, told, effects = one_by_one(machine, begin, log)
    last = machine.advance(state, start + 40 * DAY)
    folded = machine.fold("one", log, until=start + 40 * DAY)
    assert folded.state == last.state
    assert folded.facts == tuple(current([*told, *last.facts]).values())
    assert list(folded.effects) == [*effects, *last.effects]
