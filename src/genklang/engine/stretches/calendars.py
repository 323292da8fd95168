"""The dues of an expectation one after the other, as columns: worked out once, and as far as somebody has asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from genklang.engine.rules import Rule
from genklang.engine.stretches.rows import Instants
from genklang.engine.time import NEVER
from genklang.engine.types import Due


class Columns(NamedTuple):
    """Dues in order. `closes` is when one can no longer be met, late; `reminders` when each reminder is sent."""

    dues: tuple[Due, ...]
    opens: Instants
    target: Instants
    deadline: Instants
    closes: Instants
    reminders: tuple[Instants, ...]


class Calendar:
    """Dues that follow each other whatever happens. Many enrolments may share one, in several threads."""

    def __init__(self, rule: Rule, first: Due, follow: Callable[[Due], Due | None], *, at_once: int = 1) -> None:
        self._rule = rule
        self._follow = follow
        self._at_once = at_once
        self._ended = False
        self.columns = self._in_columns((first,))

    def until(self, instant: int) -> Columns:
        """The dues up to the first that opens after an instant; all, where they end before."""
        while not self._ended and self.columns.opens[-1] <= instant:
            self.columns = self._in_columns(self._more(self.columns.dues))
        return self.columns

    def _more(self, dues: tuple[Due, ...]) -> tuple[Due, ...]:
        """Some more of them; what was there stays as it was."""
        more = list(dues)
        for _ in range(max(self._at_once, len(more))):
            following = self._follow(more[-1])
            if following is None:
                self._ended = True
                break
            more.append(following)
        return tuple(more)

    def _in_columns(self, dues: tuple[Due, ...]) -> Columns:
        deadline = [due.deadline_at for due in dues]
        claims = [self._rule.plan.claims_at(due) for due in dues[1:]]
        closes = [max(claim, end + 1) for claim, end in zip(claims, deadline, strict=False)]
        return Columns(
            dues,
            np.array([due.opens_at for due in dues]),
            np.array([due.target_at for due in dues]),
            np.array(deadline),
            np.array([*closes, NEVER]),
            tuple(np.array([one.at(due.target_at) for due in dues]) for one in self._rule.reminders),
        )
