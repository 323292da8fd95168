"""A way through services: steps in lanes, as somebody told them and as a log has them, laid side by side."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

LONGEST_PAGE = 500.0  # cm: longer pages are beyond what PDF readers show, so that a banner goes on on the next


@dataclass(frozen=True)
class Step:
    """One step. `feeling` goes from −2 to 2; `repeated` counts questions that had been answered before.

    `wait` is how many days had passed since the step before.
    """

    text: str
    lane: str
    when: date
    feeling: int | None = None
    repeated: int = 0
    told: bool = False
    logged: bool = False
    wait: int = 0


@dataclass(frozen=True)
class Journey:
    """All steps in order of time, and the lanes that they go through, by name and label."""

    steps: tuple[Step, ...]
    lanes: Mapping[str, str]

    @property
    def days(self) -> int:
        """From the first step to the last."""
        return (self.steps[-1].when - self.steps[0].when).days if self.steps else 0

    @property
    def repeated(self) -> int:
        """Questions that had been answered before, all told."""
        return sum(step.repeated for step in self.steps)

    @property
    def longest_wait(self) -> int:
        """Most days between two steps."""
        return max((step.wait for step in self.steps), default=0)

    def where(self, *, told: bool, logged: bool) -> list[Step]:
        """The steps that were told, that the log has, or both."""
        return [step for step in self.steps if (step.told, step.logged) == (told, logged)]


def journey(told: Iterable[Step], logged: Iterable[Step], labels: Mapping[str, str]) -> Journey:
    """The way through. A told and a logged step of the same lane and day are one; `labels` are the lanes' names."""
    found = [replace(step, told=True) for step in told]
    for step in logged:
        same = (
            place
            for place, one in enumerate(found)
            if not one.logged and (one.lane, one.when) == (step.lane, step.when)
        )
        place = next(same, None)
        if place is None:
            found.append(replace(step, logged=True))
        else:
            found[place] = replace(found[place], logged=True)
    steps = sorted(found, key=lambda step: (step.when, not step.told))
    before = [steps[0], *steps[:-1]] if steps else []
    timed = [replace(step, wait=(step.when - last.when).days) for step, last in zip(steps, before, strict=True)]
    lanes = {step.lane: labels.get(step.lane, step.lane) for step in timed}
    return Journey(tuple(timed), lanes)


def pages(steps: int, *, step: float, margin: float) -> list[int]:
    """How many steps go on each page of a banner, for steps of so many cm: as few pages as can be shown."""
    most = max(1, int((LONGEST_PAGE - margin) // step))
    whole, rest = divmod(max(steps, 1), most)
    return [most] * whole + ([rest] if rest else [])
