"""Dues that come again and again, and are answered by everybody alike: what becomes of one follows from its number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from genklang.engine.machine import Machine
from genklang.engine.types import Due, State
from genklang.rehearsal.chance import Answers, Chance, Even, joined
from genklang.rehearsal.script import Act, Script
from genklang.rehearsal.staff import Delays, answers_alarm, answers_task

_AT_FIRST = 32


class Answered(NamedTuple):
    """What becomes of one due: when it is answered, None for never."""

    at: int | None
    late: bool


class Turn:
    """The dues of one expectation of a participant. `numbers` are those of the known dues, `count` is how many came."""

    def __init__(self, act: Act, even: Even, place: int, chance: Chance, known: Mapping[str, float]) -> None:
        self.act = act
        self.place = place
        self.numbers: dict[str, int] = {}
        self.count = 0
        self.chance = chance
        self._even = even
        self._known = known
        self._drawn: Answers | None = None
        self._never = np.zeros(0, dtype=np.int64)

    def number(self, due: Due) -> int:
        """The number of a due that has become known: the next."""
        self.numbers[due.id] = self.count
        self.count += 1
        return self.count - 1

    def goes_on(self, first: int, many: int) -> None:
        """So many dues from the number `first` on have been answered, whatever their ids; the next go on from there."""
        self.count = first + many
        self.numbers = {due: number for due, number in self.numbers.items() if number < first}

    def drawn(self, begin: int, stop: int) -> Answers:
        """What becomes of the dues of some numbers."""
        have = 0 if self._drawn is None else len(self._drawn.in_time)
        if stop > have:
            numbers = np.arange(have, max(stop, 2 * have, _AT_FIRST))
            more = self._even.answers(self._known, self.chance, numbers)
            before = self._drawn
            self._drawn = more if before is None else joined(before, more)
            self._never = np.flatnonzero(~(self._drawn.in_time | self._drawn.late))
        assert self._drawn is not None
        in_time, delay, late, late_delay = self._drawn
        return Answers(in_time[begin:stop], delay[begin:stop], late[begin:stop], late_delay[begin:stop])

    def until_never(self, begin: int, stop: int) -> int:
        """How many dues there are from a number on before one that is never answered, among those up to another."""
        self.drawn(begin, stop)
        place = int(self._never.searchsorted(begin))
        return int(self._never[place]) - begin if place < len(self._never) else stop - begin

    def answered(self, due: Due, number: int) -> Answered:
        """When a due is answered: in time, late, or never."""
        in_time, delay, late, late_delay = (column[0].item() for column in self.drawn(number, number + 1))
        if in_time:
            at = max(due.target_at + delay, due.opens_at)
            return Answered(at, at > due.deadline_at)
        return Answered(due.deadline_at + late_delay, True) if late else Answered(None, False)

    def alarm(self, number: int) -> Delays:
        """How soon staff answer the alarm of a due."""
        seen, dealt_with = self.chance.of_staff(np.array([number]))
        return answers_alarm(float(seen[0]), float(dealt_with[0]))

    def task(self, number: int) -> Delays:
        """How soon staff deal with the task of a due."""
        _, dealt_with = self.chance.of_staff(np.array([number]))
        return answers_task(float(dealt_with[0]))


def turns(machine: Machine, script: Script, state: State, *, seed: int, index: int) -> dict[str, Turn]:
    """The expectations of a participant that can be answered so, by name: those whose answers do nothing else."""
    found: dict[str, Turn] = {}
    for place, track in enumerate(state.tracks):
        act = script.answers.get(track.name)
        if act is None or act.even is None or not _alone(machine, script, act, place):
            continue
        chance = Chance(seed, index, track.name)
        found[track.name] = Turn(act, act.even, place, chance, script.parameters)
    return found


def _alone(machine: Machine, script: Script, act: Act, place: int) -> bool:
    """Whether the answer meets dues of this expectation only, and nothing follows from it."""
    kind = machine.compiled.kinds[act.event]
    proposals = machine.protocol.proposals.values()
    asks = any(act.event in (one.on, one.decided_by) for one in proposals)
    return kind.meets == (place,) and not kind.more and not script.happenings.get(act.event) and not asks
