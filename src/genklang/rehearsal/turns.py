"""Dues that come again and again, and are answered by everybody alike: what becomes of one follows from its number."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from genklang.engine.machine import Machine
from genklang.engine.rules import Rule
from genklang.engine.types import Due, State
from genklang.rehearsal.chance import Answers, Drawing, Numbers, Staff, of_staff, places
from genklang.rehearsal.script import Act, Script
from genklang.rehearsal.staff import Delays, answers_alarm, answers_task

_OFTEN = 1 / 12  # more than that are never answered: then stretches are too short to be worth while


class Answered(NamedTuple):
    """What becomes of one due: when it is answered, None for never."""

    at: int | None
    late: bool


class Turn:
    """The dues of one expectation of a participant. `numbers` are those of the known dues, `count` is how many came."""

    def __init__(self, act: Act, drawing: Drawing, place: int, index: int) -> None:
        self.act = act
        self.place = place
        self.numbers: dict[str, int] = {}
        self.count = 0
        self._drawing = drawing
        self._index = index
        self._drawn = drawing.answers(index, 0)
        self._never = _never(self._drawn)

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
        if stop > len(self._drawn.in_time):
            self._drawn = self._drawing.answers(self._index, max(stop, 2 * len(self._drawn.in_time)))
            self._never = _never(self._drawn)
        in_time, delay, late, late_delay = self._drawn
        return Answers(in_time[begin:stop], delay[begin:stop], late[begin:stop], late_delay[begin:stop])

    def until_never(self, begin: int, stop: int, after: int) -> int:
        """How many dues there are from a number on, up to another, before one that is never answered.

        So many of these (`after`) are let pass first.
        """
        self.drawn(begin, stop)
        place = int(self._never.searchsorted(begin)) + after
        return int(self._never[place]) - begin if place < len(self._never) else stop - begin

    def answered(self, due: Due, number: int) -> Answered:
        """When a due is answered: in time, late, or never."""
        self.drawn(number, number + 1)
        in_time, delay, late, late_delay = self._drawn
        if in_time[number]:
            at = max(due.target_at + int(delay[number]), due.opens_at)
            return Answered(at, at > due.deadline_at)
        return Answered(due.deadline_at + int(late_delay[number]), True) if late[number] else Answered(None, False)

    def alarms(self, numbers: Numbers) -> Delays:
        """How soon staff answer the alarms of dues."""
        return answers_alarm(*self._staff(numbers))

    def tasks(self, numbers: Numbers) -> Delays:
        """How soon staff deal with the tasks of dues."""
        return answers_task(self._staff(numbers).dealt_with)

    def _staff(self, numbers: Numbers) -> Staff:
        return of_staff(places(np.array(self._drawing.key(self._index), dtype=np.uint64), numbers))


def _never(drawn: Answers) -> Numbers:
    """The numbers of the dues that are never answered."""
    return np.flatnonzero(~(drawn.in_time | drawn.late))


def turns(machine: Machine, script: Script, state: State, *, seed: int, index: int) -> dict[str, Turn]:
    """The expectations of a participant that can be answered so, by name: those whose answers do nothing else."""
    found: dict[str, Turn] = {}
    for place, track in enumerate(state.tracks):
        act = script.answers.get(track.name)
        if act is None or act.even is None or not _alone(machine, script, act, place):
            continue
        if not staff_deal(machine.compiled.rules[place]) and script.never(act, act.even) > _OFTEN:
            continue
        found[track.name] = Turn(act, script.drawing(act, act.even, seed), place, index)
    return found


def staff_deal(rule: Rule) -> bool:
    """Whether staff alone end what a due that nobody meets begins: an alarm, and no task beside it."""
    return rule.alarm is not None and rule.task is None


def _alone(machine: Machine, script: Script, act: Act, place: int) -> bool:
    """Whether the answer meets dues of this expectation only, and nothing follows from it."""
    kind = machine.compiled.kinds[act.event]
    proposals = machine.protocol.proposals.values()
    asks = any(act.event in (one.on, one.decided_by) for one in proposals)
    return kind.meets == (place,) and not kind.more and not script.happenings.get(act.event) and not asks
