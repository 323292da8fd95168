"""How fast the engine takes a dose, against the least that a bare dict could do."""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.figures import Figure
from genklang.engine import Event, Machine, State, from_json, parse_instant, to_json
from genklang.engine.time import DAY, MINUTE
from genklang.protocol.reading import read_protocol

ROUNDS = 20_000
PRACTICE = Path(__file__).parent.parent / "practices" / "umea-medicingivare" / "protocol.yaml"


def machine_of_umea() -> Machine:
    """The dispensers' protocol, with three expectations."""
    return Machine(read_protocol(PRACTICE.read_text(encoding="utf-8"), file=str(PRACTICE)), zone="Europe/Stockholm")


def microseconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The least of five means."""
    means = []
    for _ in range(5):
        began = time.perf_counter()
        for _ in range(rounds):
            work()
        means.append((time.perf_counter() - began) / rounds)
    return min(means) * 1e6


def bare_dict() -> object:
    """What any implementation at least does: copy the state, look up the due, write a fact, drop the due."""
    state = {**_BARE}
    due = state["due"]
    fact = {"due": due, "status": "met" if state["deadline"] >= state["now"] else "late", "at": state["now"]}
    state["due"] = None
    return state, fact


_BARE: dict[str, Any] = {
    "stage": "active",
    "arm": None,
    "facts": {},
    "due": "dose/1",
    "deadline": 2,
    "now": 1,
    "alarms": (),
    "tasks": (),
}


def run(_args: argparse.Namespace) -> list[Figure]:
    """The step alone, with the time that passes before it, and a year of doses."""
    machine = machine_of_umea()
    start = parse_instant("2026-03-02T06:00:00+01:00")
    facts = {"dose_times": ["08:00", "20:00"], "can_operate": True, "physician_agrees": True}
    state = machine.begin("one")
    begun = [Event("a", "enrolled", start, data=facts), Event("b", "installed", start, sequence=1)]
    for event in begun:
        state = machine.step(state, event).state
    dose = Event("dose", "dose_taken", parse_instant("2026-03-02T08:05:00+01:00"), "device")
    opened = machine.advance(state, dose.occurred_at - 1).state
    assert machine.step(opened, dose).facts[0].status == "met"
    written = to_json(opened)
    reference = microseconds(bare_dict)
    rows = {
        "step: a dose meets the one live due": microseconds(lambda: machine.step(opened, dose)),
        "step, with what time brings before it": microseconds(lambda: machine.step(state, dose)),
        "advance: nothing happens": microseconds(lambda: machine.advance(opened, dose.occurred_at)),
        "state to JSON": microseconds(lambda: to_json(opened), 5_000),
        "state from JSON": microseconds(lambda: from_json(written), 5_000),
        "a year of doses, step by step, per event": _year(machine, state, start, dose.occurred_at),
        "a year of doses, folded as a log, per event": min(
            _year_folded(machine, begun, start, dose.occurred_at) for _ in range(3)
        ),
    }
    return [
        Figure(f"engine, {name}", taken, reference, "µs", taken / reference, "times a bare dict; no limit", None)
        for name, taken in rows.items()
    ]


def _of_a_year(start: int, first: int) -> list[Event]:
    doses = [Event(f"d{n}", "dose_taken", first + n * DAY // 2, "device") for n in range(730)]
    beats = [Event(f"h{n}", "heartbeat", start + n * DAY + MINUTE, "device") for n in range(1, 365)]
    refills = [Event(f"r{n}", "refilled", start + n * 14 * DAY, "nurse") for n in range(1, 27)]
    return sorted((*doses, *beats, *refills), key=lambda event: event.position)


def _year(machine: Machine, state: State, start: int, first: int) -> float:
    events = _of_a_year(start, first)
    began = time.perf_counter()
    for event in events:
        state = machine.step(state, event).state
    return (time.perf_counter() - began) / len(events) * 1e6


def _year_folded(machine: Machine, begun: list[Event], start: int, first: int) -> float:
    """The same, as a log is folded, in stretches: state, facts and effects written out."""
    events = [*begun, *_of_a_year(start, first)]
    began = time.perf_counter()
    machine.fold("one", events)
    return (time.perf_counter() - began) / len(events) * 1e6
