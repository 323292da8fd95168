"""The production step in virtual time, against the same dispensers written by hand as SimPy processes.

SimPy's people do less than ours: they hold no log, no state that could be stored, and know no time zones. Both keep one
core busy and wait for nothing, so that what is counted is the seconds that the core worked for them.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import simpy

from bench.figures import RUNS, Figure, at_least, at_most, in_turns
from genklang.engine import Machine
from genklang.protocol.reading import read_protocol
from genklang.rehearsal.participant import Life
from genklang.rehearsal.running import rehearse

PRACTICE = Path(__file__).parents[1] / "practices" / "umea-medicingivare" / "protocol.yaml"
TIMES = ("08:00", "12:00", "16:00", "20:00")
PEOPLE, QUICK = 100, 5
MINUTES = {"hour": 60.0, "day": 1440.0}
ASKED_PEOPLE = 10_000
ASKED_SECONDS = 30.0


def run(args: argparse.Namespace) -> list[Figure]:
    """One year each; seconds of one core per thousand dues, and for all the dispensers that were asked for."""
    people = QUICK if args.quick else PEOPLE
    text = PRACTICE.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if "dose_times: choose(" in line)
    every = ", ".join(f"'{clock}'" for clock in TIMES)
    protocol = read_protocol(text.replace(line, f"    dose_times: times({every})"), file=str(PRACTICE))
    machine = Machine(protocol, zone="Europe/Stockholm")

    def lived(people: int) -> tuple[float, tuple[Life, ...]]:
        began = time.process_time()
        done = rehearse(protocol, enrolments=people, years=1, seed=1, zone="Europe/Stockholm", machine=machine)
        return time.process_time() - began, done.participants

    def ours() -> float:
        taken, lives = lived(people)
        return taken / sum(len(life.facts) for life in lives) * 1000

    def theirs() -> float:
        began = time.process_time()
        dues = in_simpy(people)
        return (time.process_time() - began) / dues * 1000

    times = in_turns(ours, theirs)
    many = people * 4
    taken = statistics.median(lived(many)[0] for _ in range(RUNS)) * ASKED_PEOPLE / many
    lives = lived(people)[1]
    dues, at_once = sum(len(life.facts) for life in lives), sum(life.at_once for life in lives)
    share = f"{at_once / dues:.2%} of {dues} dues of ours in steps that many shared; {people} people each"
    return [
        at_least("rehearsal against SimPy, seconds of a core per 1,000 dues", times, 10, note=share),
        at_most(
            "a year of 10,000 dispensers × 4 doses, seconds of a core",
            (taken, ASKED_SECONDS),
            1,
            note=f"worked out from {many} dispensers, with their refills and signs of life",
        ),
    ]


class Counter:
    """What the hand-written model counts, so that it does the same work as an outcome fact."""

    def __init__(self) -> None:
        self.facts: list[tuple[str, str, float, float | None]] = []
        self.told = 0


def in_simpy(people: int) -> int:
    """A year of dispensers as processes; how many dues ended."""
    world, counter, chance = simpy.Environment(), Counter(), random.Random(1)
    for number in range(people):
        for clock in TIMES:
            world.process(doses(world, counter, chance, key=f"{number}", first=int(clock[:2]) * MINUTES["hour"]))
        world.process(every(world, counter, chance, key="refill", step=14 * MINUTES["day"], within=MINUTES["day"]))
        world.process(every(world, counter, chance, key="alive", step=MINUTES["day"], within=6 * MINUTES["hour"]))
    world.run(until=365 * MINUTES["day"])
    return len(counter.facts)


def doses(
    world: simpy.Environment, counter: Counter, chance: random.Random, *, key: str, first: float
) -> Generator[Any, Any, None]:
    """One dose time, day after day: reminders, the dose or the alarm, and the dose after it."""
    yield world.timeout(first)
    while True:
        target = world.now
        world.process(dose(world, counter, chance, key=key, target=target))
        yield world.timeout(target + MINUTES["day"] - world.now)


def dose(
    world: simpy.Environment, counter: Counter, chance: random.Random, *, key: str, target: float
) -> Generator[Any, Any, None]:
    """One dose: two reminders while it is open, met in time, or an alarm with its escalation."""
    counter.told += 1
    taken = chance.lognormvariate(1.6, 0.8) if chance.random() < 0.995 else None
    answer = world.timeout(taken) if taken is not None else world.event()
    reminder, deadline = world.timeout(30), world.timeout(60)
    yield answer | reminder
    if not answer.processed:
        counter.told += 1
        yield answer | deadline
    if answer.processed:
        counter.facts.append((key, "met", target, world.now))
        return
    counter.told += 1
    late = world.timeout(chance.lognormvariate(3, 0.6)) if chance.random() < 0.9 else world.timeout(60)
    yield late | world.timeout(15)
    if not late.processed:
        counter.told += 1
        yield late
    counter.facts.append((key, "met_late", target, world.now))


def every(
    world: simpy.Environment, counter: Counter, chance: random.Random, *, key: str, step: float, within: float
) -> Generator[Any, Any, None]:
    """What is expected again and again, counted from the last time."""
    while True:
        began = world.now
        done = world.timeout(step + (chance.uniform(0, within) if chance.random() < 0.97 else 2 * within))
        yield done | world.timeout(step + within)
        status = "met" if done.processed else "met_late"
        if not done.processed:
            counter.told += 1
            yield done
        counter.facts.append((key, status, began + step, world.now))


__all__ = ["in_simpy", "run"]
