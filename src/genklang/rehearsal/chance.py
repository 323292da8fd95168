"""Chance that can be asked for by number: the same number gives the same draw, whoever asks, and in whatever order.

So what a simulated person does about their n-th due can be drawn with a thousand others at once, or alone. Steele, Lea
and Flood's SplitMix64 ("Fast splittable pseudorandom number generators", OOPSLA 2014): its n-th number needs no other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from genklang.protocol.expressions import Expression
from genklang.protocol.expressions.columns import Drawn, Floats, Known, standard_normal
from genklang.protocol.units import SECOND

Numbers = NDArray[np.int64]
_STEP = np.uint64(0x9E3779B97F4A7C15)
_SOURCES = 16  # for each number: as many draws as one due may need
_SEEN, _DEALT_WITH = _SOURCES - 4, _SOURCES - 2


class Chance:
    """A source for each combination of parts: the same on every machine, however work is split."""

    def __init__(self, *parts: object) -> None:
        text = "/".join(str(part) for part in parts)
        self._key = np.uint64(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big"))

    def uniforms(self, numbers: Numbers, source: int) -> Floats:
        """Over 0 and below 1, one for each number."""
        mixed = self._key + (numbers * _SOURCES + (source + 1)).astype(np.uint64) * _STEP
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        uniform: Floats = (((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
        return uniform

    def of_staff(self, numbers: Numbers) -> tuple[Floats, Floats]:
        """Standard normal numbers: how soon staff see the alarm of each due, and how soon they deal with it."""
        return self._normal(numbers, _SEEN), self._normal(numbers, _DEALT_WITH)

    def _normal(self, numbers: Numbers, source: int) -> Floats:
        return standard_normal(self.uniforms(numbers, source), self.uniforms(numbers, source + 1))


class Answers(NamedTuple):
    """What becomes of dues by number: `in_time`, a `delay` after the target; or `late`, after the deadline; or never.

    Delays are whole seconds, in microseconds.
    """

    in_time: NDArray[np.bool_]
    delay: Numbers
    late: NDArray[np.bool_]
    late_delay: Numbers


def joined(one: Answers, other: Answers) -> Answers:
    """Answers to the dues of one row of numbers, and to those of the numbers after them."""
    return Answers(
        np.concatenate((one.in_time, other.in_time)),
        np.concatenate((one.delay, other.delay)),
        np.concatenate((one.late, other.late)),
        np.concatenate((one.late_delay, other.late_delay)),
    )


@dataclass(frozen=True)
class Even:
    """How dues are answered by everybody alike, whoever they are and whenever: so that many can be drawn at once."""

    probability: Drawn
    delay: Drawn
    late_probability: Drawn
    late_delay: Drawn

    def answers(self, known: Known, chance: Chance, numbers: Numbers) -> Answers:
        """What becomes of the dues of these numbers."""

        def uniforms(source: int) -> Floats:
            return chance.uniforms(numbers, source)

        late_delay = np.maximum(self.late_delay(known, uniforms), SECOND)
        return Answers(
            uniforms(0) < self.probability(known, uniforms),
            _seconds(self.delay(known, uniforms), len(numbers)),
            uniforms(1) < self.late_probability(known, uniforms),
            _seconds(late_delay, len(numbers)),
        )


def even(
    probability: Expression,
    delay: Expression,
    late_probability: Expression | None,
    late_delay: Expression,
    known: Known,
) -> Even | None:
    """How dues are answered, in columns; None where only one at a time will do."""
    sources = count(2)
    first, second, fourth = (one.in_columns(sources) for one in (probability, delay, late_delay))
    third = _never if late_probability is None else late_probability.in_columns(sources)
    if first is None or second is None or third is None or fourth is None or next(sources) > _SEEN:
        return None
    found = Even(first, second, third, fourth)
    try:
        found.answers(known, Chance("a trial"), np.arange(1))
    except ValueError:
        return None
    return found


def _never(known: Known, uniforms: Callable[[int], Floats]) -> float:
    return 0.0


def _seconds(delay: Floats | float, many: int) -> Numbers:
    """Delays as whole seconds: nobody notes microseconds."""
    whole = (np.rint(np.asarray(delay) / SECOND) * SECOND).astype(np.int64)
    return np.broadcast_to(whole, many)
