"""Simulated participants in real time: what they do follows from seed, person and due, however often it is asked."""

from genklang.engine import Event, Machine, parse_instant
from genklang.engine.types import State
from genklang.protocol.units import HOUR, MINUTE
from genklang.rehearsal.live import answers, happenings
from genklang.rehearsal.script import Script
from tests.unit.rehearsal.cast import LAHOLM, UMEA, ZONE, practice

START = parse_instant("2026-03-01T12:00:00+01:00")
DAY = 24 * HOUR


def active(machine: Machine, name: str) -> State:
    """Somebody with a dispenser since the first of March."""
    facts = {"can_operate": True, "physician_agrees": True, "dose_times": ["08:00", "20:00"]}
    state = machine.step(machine.begin(name), Event(f"{name}-1", "enrolled", START, data=facts)).state
    return machine.step(state, Event(f"{name}-2", "installed", START + 1, by="nurse")).state


def lived(parameters: dict[str, float], *, every: int, until: int) -> list[tuple[str, int]]:
    """Let one participant live, asked at an interval; what was sent, each once."""
    protocol = practice(UMEA)
    machine, script = Machine(protocol, zone=ZONE), Script(protocol, zone=ZONE, parameters=parameters)
    state, sent = active(machine, "live"), dict[str, tuple[str, int]]()
    for now in range(START + every, until, every):
        given = answers(script, machine.advance(state, now).state, seed=4, enrolled_at=START, now=now)
        for event in given:
            if event.id not in sent and event.occurred_at > state.horizon:
                sent[event.id] = (event.kind, event.occurred_at)
                state = machine.step(state, event).state
    return sorted(sent.values())


def test_doses_are_taken_day_after_day() -> None:
    sent = lived({"in_time": 1}, every=10 * MINUTE, until=START + 10 * DAY)
    doses = [at for kind, at in sent if kind == "dose_taken"]
    assert len(doses) == 20


def test_asking_more_often_changes_nothing() -> None:
    rarely, often = (lived({"in_time": 0.7}, every=every, until=START + 3 * DAY) for every in (10 * MINUTE, 2 * MINUTE))
    assert rarely == often


def test_some_doses_are_answered_after_the_alarm() -> None:
    protocol = practice(UMEA)
    machine = Machine(protocol, zone=ZONE)
    script = Script(protocol, zone=ZONE, parameters={"in_time": 0.5, "after_alarm": 1})
    deadline = parse_instant("2026-03-01T21:00:00+01:00")
    late = []
    for number in range(40):
        state = machine.advance(active(machine, f"live-{number}"), deadline + HOUR).state
        given = answers(script, state, seed=4, enrolled_at=START, now=deadline + 6 * HOUR)
        late += [event for event in given if event.kind == "dose_taken" and event.occurred_at > deadline]
    assert 5 < len(late) < 35


def test_what_happens_of_itself_comes_once_in_its_interval() -> None:
    protocol = practice(LAHOLM)
    machine, script = Machine(protocol, zone=ZONE), Script(protocol, zone=ZONE)
    enrolled = Event("e", "enrolled", START)
    state = machine.step(machine.begin("live"), enrolled).state

    def between(after: int, until: int) -> list[Event]:
        return happenings(script, state, enrolled, seed=1, enrolled_at=START, after=after, until=until)

    whole = between(START, START + 60 * DAY)
    halves = between(START, START + 30 * DAY) + between(START + 30 * DAY, START + 60 * DAY)
    assert {event.id for event in whole} == {event.id for event in halves}
    assert len(whole) == len(halves)
    logged = [event for event in whole if event.kind == "hours_logged"]
    assert 7 <= len(logged) <= 9
    assert all(0 < event.data["hours"] <= 24 for event in logged)
