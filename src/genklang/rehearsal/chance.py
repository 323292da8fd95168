"""Chance that can be asked for by number: the same number gives the same draw, whoever asks, and in whatever order.

So what a simulated person does about their n-th due can be drawn with a thousand others at once, or alone. Steele, Lea
and Flood's SplitMix64 ("Fast splittable pseudorandom number generators", OOPSLA 2014): its n-th number needs no other.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from genklang.protocol.expressions import Expression
from genklang.protocol.expressions.columns import Drawn, Floats, Known, Uniforms, standard_normal
from genklang.protocol.units import SECOND

Numbers = NDArray[np.int64]
Places = NDArray[np.uint64]
_STEP = 0x9E3779B97F4A7C15
_SOURCES = 16  # for each number: as many draws as one due may need
_SEEN, _DEALT_WITH = _SOURCES - 4, _SOURCES - 2
_TOGETHER = 32


def places(keys: Places, numbers: Numbers) -> Places:
    """Where the chance of each number begins, for each key."""
    found: Places = keys + (numbers * _SOURCES).astype(np.uint64) * np.uint64(_STEP)
    return found


def key(*parts: object) -> int:
    """A key of its own for each combination of parts: the same on every machine, however work is split."""
    text = "/".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def uniforms(begin: Places) -> Uniforms:
    """A function from one of the sources that there are at each place, to what it gives: over 0 and below 1."""

    def uniform(source: int) -> Floats:
        mixed = begin + np.uint64((source + 1) * _STEP % 2**64)
        mixed ^= mixed >> np.uint64(30)
        mixed *= np.uint64(0xBF58476D1CE4E5B9)
        mixed ^= mixed >> np.uint64(27)
        mixed *= np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
        drawn: Floats = ((mixed >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
        return drawn

    return uniform


class Staff(NamedTuple):
    """Standard normal numbers: how soon staff see the alarm of each due, and how soon they deal with it."""

    seen: Floats
    dealt_with: Floats


def of_staff(begin: Places) -> Staff:
    """How soon staff answer, by the places of dues."""
    uniform = uniforms(begin)
    return Staff(*(standard_normal(uniform(one), uniform(one + 1)) for one in (_SEEN, _DEALT_WITH)))


class Answers(NamedTuple):
    """What becomes of dues by number: `in_time`, a `delay` after the target; or `late`, after the deadline; or never.

    Delays are whole seconds, in microseconds.
    """

    in_time: NDArray[np.bool_]
    delay: Numbers
    late: NDArray[np.bool_]
    late_delay: Numbers


@dataclass(frozen=True)
class Even:
    """How dues are answered by everybody alike, whoever they are and whenever: so that many can be drawn at once."""

    probability: Drawn
    delay: Drawn
    late_probability: Drawn
    late_delay: Drawn

    def never(self, known: Known) -> float:
        """The share of dues that are never answered, of a thousand."""
        tried = self.answers(known, places(np.array([0], dtype=np.uint64), np.arange(1000)))
        return float((~(tried.in_time | tried.late)).mean())

    def answers(self, known: Known, begin: Places) -> Answers:
        """What becomes of the dues of these places. What is late is drawn for those alone that are not in time."""
        uniform = uniforms(begin)
        in_time = uniform(0) < self.probability(known, uniform)
        delay = np.broadcast_to(_seconds(self.delay(known, uniform)), begin.shape)
        late, late_delay = np.zeros(begin.shape, dtype=np.bool_), np.zeros(begin.shape, dtype=np.int64)
        if not in_time.all():
            uniform = uniforms(begin[~in_time])
            late[~in_time] = uniform(1) < self.late_probability(known, uniform)
            late_delay[~in_time] = _seconds(np.maximum(self.late_delay(known, uniform), SECOND))
        return Answers(in_time, delay, late, late_delay)


class Drawing:
    """What becomes of the dues of one expectation, participant by participant. Neighbours are drawn together."""

    def __init__(self, even: Even, known: Known, *, seed: int, name: str, together: int = _TOGETHER) -> None:
        self._even = even
        self._known = known
        self._seed = seed
        self._name = name
        self._together = together
        self._first = -1
        self._many = _TOGETHER
        self._drawn: Answers | None = None

    def key(self, index: int) -> int:
        """The key of a participant's dues."""
        return key(self._seed, index, self._name)

    def answers(self, index: int, many: int) -> Answers:
        """What becomes of a participant's dues, of as many as that or more."""
        first = index // self._together * self._together
        if self._drawn is None or first != self._first or many > self._many:
            self._first, self._many = first, max(many, self._many)
            keys = np.array([self.key(first + place) for place in range(self._together)], dtype=np.uint64)
            self._drawn = self._even.answers(self._known, places(keys[:, None], np.arange(self._many)))
        in_time, delay, late, late_delay = self._drawn
        row = index - first
        return Answers(in_time[row], delay[row], late[row], late_delay[row])


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
        found.never(known)
    except ValueError:
        return None
    return found


def _never(known: Known, uniforms: Uniforms) -> float:
    return 0.0


def _seconds(delay: Floats | float) -> Numbers:
    """Delays as whole seconds: nobody notes microseconds."""
    whole: Numbers = (np.rint(np.asarray(delay) / SECOND) * SECOND).astype(np.int64)
    return whole
