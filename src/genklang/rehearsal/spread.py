"""A rehearsal in parts, for those who share nothing but the list that arms are drawn from: the same to the byte.

A part is plain values, so that it can be sent to another process or machine. Where arms are drawn, each part first
tells who asks for one and when; the arms are drawn here, in the one order; then those who asked are run again, with
theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from genklang.engine.machine import Machine
from genklang.protocol.reading import from_canonical
from genklang.rehearsal.participant import Life, living
from genklang.rehearsal.script import Script


class Asked(NamedTuple):
    """A draw that somebody asks for; in the order of drawing."""

    at: int
    number: int
    stratum: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Part:
    """Some participants: the start of each by number, and the arms of those who have one already."""

    protocol: str
    zone: str
    seed: int
    parameters: Mapping[str, float]
    starts: Mapping[int, int]
    end: int
    arms: Mapping[int, str] = field(default_factory=dict)


class Done(NamedTuple):
    """What came of a part: whole lives by number, and who waits for an arm."""

    lives: dict[int, Life]
    asked: list[Asked]


Spread = Callable[[Callable[[Part], Done], Sequence[Part]], Iterable[Done]]


def run_part(part: Part) -> Done:
    """Run the participants of a part, wherever it has come to."""
    machine, script = _ready(part.protocol, part.zone, tuple(sorted(part.parameters.items())))
    done = Done({}, [])
    for index, start in part.starts.items():
        life = living(machine, script, seed=part.seed, index=index, start=start, end=part.end)
        try:
            effect = next(life)
            if index not in part.arms:
                done.asked.append(Asked(effect.at, index, effect.stratum))
                continue
            life.send(part.arms[index])
        except StopIteration as finished:
            done.lives[index] = finished.value
        else:
            raise ValueError(f"participant {index} asks for an arm twice")
    return done


def run_spread(whole: Part, spread: Spread, *, parts: int, draw: Callable[[Asked], str]) -> tuple[Life, ...]:
    """Run everybody of `whole` in so many parts. `draw` gives the arms, asked in their order."""
    lives: dict[int, Life] = {}
    asked: list[Asked] = []
    for done in spread(run_part, split(whole, parts)):
        lives |= done.lives
        asked += done.asked
    arms = {one.number: draw(one) for one in sorted(asked)}
    if arms:
        again = replace(whole, starts={index: whole.starts[index] for index in sorted(arms)}, arms=arms)
        for done in spread(run_part, split(again, parts)):
            lives |= done.lives
    return tuple(lives[index] for index in sorted(lives))


def split(whole: Part, parts: int) -> list[Part]:
    """At most so many parts of about the same size, in order; none of them empty."""
    numbers = list(whole.starts)
    size = -(-len(numbers) // max(1, parts)) or 1
    chosen = [numbers[start : start + size] for start in range(0, len(numbers), size)]
    return [
        replace(
            whole,
            starts={index: whole.starts[index] for index in some},
            arms={index: whole.arms[index] for index in some if index in whole.arms},
        )
        for some in chosen
    ]


@lru_cache(maxsize=4)
def _ready(canonical: str, zone: str, parameters: tuple[tuple[str, float], ...]) -> tuple[Machine, Script]:
    protocol = from_canonical(canonical)
    return Machine(protocol, zone=zone), Script(protocol, zone=zone, parameters=dict(parameters))
