"""Many simulated participants: enrolled, allocated, run to the end, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from heapq import heappop, heappush

from genklang.engine.machine import Machine
from genklang.engine.randomisation import ListState
from genklang.engine.randomisation import draw as draw_arm
from genklang.engine.time import Zone, format_instant
from genklang.engine.types import Allocate
from genklang.protocol.reading import canonical_json
from genklang.protocol.types import Protocol
from genklang.protocol.units import Duration
from genklang.rehearsal.participant import AVERAGE_MONTH, Life, Living, living
from genklang.rehearsal.problems import RehearsalError, check_size
from genklang.rehearsal.script import Script
from genklang.rehearsal.spread import Asked, Part, Spread, run_spread
from genklang.rehearsal.together import live_together, shares_something

FIRST_DAY = datetime.combine(date(2026, 1, 1), time())

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What came of simulated participants between two instants. Nobody in it exists."""

    protocol: Protocol
    zone: str
    seed: int
    years: float
    parameters: Mapping[str, float]
    start: int
    end: int
    participants: tuple[Life, ...]

    @property
    def months(self) -> float:
        """How long it lasted, in average months."""
        return (self.end - self.start) / AVERAGE_MONTH

    @property
    def steps(self) -> int:
        """How many steps the engine took."""
        return sum(life.steps for life in self.participants)

    @property
    def effects(self) -> Mapping[str, int]:
        """How often the engine asked for each kind of effect, by name in alphabetical order."""
        total: Counter[str] = Counter()
        for life in self.participants:
            total.update(life.effects)
        return dict(sorted(total.items()))

    @property
    def outcomes(self) -> Mapping[str, Mapping[str, int]]:
        """How dues ended: for each expectation, how many were met, met late, missed, waived and cancelled."""
        counts = {name: Counter[str]() for name in self.protocol.expectations}
        for life in self.participants:
            for fact in life.facts:
                counts[fact.expectation][fact.status] += 1
        return {name: dict(sorted(count.items())) for name, count in counts.items()}

    def event_lines(self) -> Iterator[dict[str, object]]:
        """Every event as plain values, participant by participant, in the form that `genklang replay` reads."""
        for life in self.participants:
            for event in life.events:
                yield {
                    "enrolment": life.enrolment,
                    "id": event.id,
                    "event": event.kind,
                    "occurred_at": format_instant(event.occurred_at),
                    "by": event.by,
                    "data": event.data,
                    "sequence": event.sequence,
                }


def rehearse(
    protocol: Protocol,
    *,
    enrolments: int,
    years: float,
    seed: int,
    zone: str,
    parameters: Mapping[str, float] | None = None,
    start: int | None = None,
    machine: Machine | None = None,
    progress: Progress | None = None,
    spread: Spread | None = None,
    parts: int = 1,
) -> Rehearsal:
    """Simulate participants on the real engine in virtual time. Same arguments, same result, to the byte.

    `zone` is an IANA zone; `start` an instant, left out the first day of 2026 there. `machine` may be handed in to
    save making one. `progress` is told how many of how many participants are done. `spread` runs the work in so many
    `parts`, wherever it likes; it is not asked where participants live together. Raises RehearsalError with all that
    is wrong.

    Each participant has a source of chance of their own, from the seed and their number. What they share is the list
    that arms are drawn from: everybody is first run up to their draw, then arms are drawn in the order of the
    instants asked for (and number, where these are equal), then everybody goes on. So nobody's life depends on how
    the work is split. Where they share places, or pass events to each other, they live together in one time instead.
    """
    problems = check_size(enrolments, years)
    if problems:
        raise RehearsalError(problems)
    script = Script(protocol, zone=zone, parameters=parameters)
    machine = machine or Machine(protocol, zone=zone)
    begun = script.zone.at(FIRST_DAY) if start is None else start
    end = after_years(script.zone, begun, years)
    starts = [begun + wait for wait in _waits(script, begun, enrolments)]
    if shares_something(protocol):
        together = live_together(
            machine, script, seed=seed, starts=starts, end=end, told=_counted(progress, enrolments)
        )
        return Rehearsal(protocol, zone, seed, years, script.parameters, begun, end, together)
    if spread is not None:
        whole = Part(
            protocol=canonical_json(protocol),
            zone=zone,
            seed=seed,
            parameters=parameters or {},
            starts=dict(enumerate(starts)),
            end=end,
        )
        apart = run_spread(whole, spread, parts=parts, draw=_drawing(protocol, seed))
        return Rehearsal(protocol, zone, seed, years, script.parameters, begun, end, apart)
    lives = [
        living(machine, script, seed=seed, index=index, start=start, end=end) for index, start in enumerate(starts)
    ]
    participants = _run(protocol, lives, seed=seed, progress=progress)
    return Rehearsal(protocol, zone, seed, years, script.parameters, begun, end, participants)


def after_years(zone: Zone, start: int, years: float) -> int:
    """The instant so many years later by the calendar: whole months by the wall clock, the rest in average months."""
    months = int(years * 12 + 1e-9)
    rest = max(years * 12 - months, 0)
    return zone.add(start, Duration(months=months)) + round(rest * AVERAGE_MONTH)


def _waits(script: Script, start: int, enrolments: int) -> list[int]:
    """How long after the start each participant comes: evenly over `arrivals`, on whole seconds."""
    if script.arrivals is None:
        return [0] * enrolments
    length = script.zone.add(start, script.arrivals) - start
    return [length * index // enrolments // 1_000_000 * 1_000_000 for index in range(enrolments)]


def _run(protocol: Protocol, lives: list[Living], *, seed: int, progress: Progress | None) -> tuple[Life, ...]:
    done: dict[int, Life] = {}
    waiting: list[tuple[int, int, Allocate]] = []
    for index, life in enumerate(lives):
        _go_on(life, None, index=index, done=done, waiting=waiting)
        _tell(progress, len(done), len(lives))
    draw = _drawing(protocol, seed)
    while waiting:
        at, index, effect = heappop(waiting)
        arm = draw(Asked(at, index, effect.stratum))
        _go_on(lives[index], arm, index=index, done=done, waiting=waiting)
        _tell(progress, len(done), len(lives))
    return tuple(done[index] for index in range(len(lives)))


def _go_on(
    life: Living,
    arm: str | None,
    *,
    index: int,
    done: dict[int, Life],
    waiting: list[tuple[int, int, Allocate]],
) -> None:
    """Let one participant live until a draw is asked for, or to the end."""
    try:
        effect = next(life) if arm is None else life.send(arm)
    except StopIteration as finished:
        done[index] = finished.value
    else:
        heappush(waiting, (effect.at, index, effect))


def _drawing(protocol: Protocol, seed: int) -> Callable[[Asked], str]:
    """Draws arms from the one list, in the order that it is asked."""
    state: ListState = {}

    def draw(asked: Asked) -> str:
        nonlocal state
        declared = protocol.randomise
        if declared is None:
            raise ValueError("a draw was asked for by a protocol without arms")
        arm, state = draw_arm(state, seed=f"rehearsal/{seed}", declared=declared, stratum=asked.stratum)
        return arm

    return draw


def _counted(progress: Progress | None, total: int) -> Callable[[int], None]:
    return lambda done: _tell(progress, done, total)


def _tell(progress: Progress | None, done: int, total: int) -> None:
    if progress is not None:
        progress(done, total)
