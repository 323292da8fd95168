"""Randomisation inference over many adopters, from how many had each outcome in each arm and stratum.

A histogram an arm and stratum is all that the lots need: from it the draw has the same distribution, and with the same
seed the very same p-value, as from the people themselves.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genklang.evaluate.arrays import Bools, Floats, Ints
from genklang.evaluate.findings import Estimate
from genklang.evaluate.problems import Problems
from genklang.evaluate.randomisation import randomisation_inference
from genklang.evaluate.texts import Text

_MOST_PEOPLE = 50_000_000


@dataclass(frozen=True, kw_only=True)
class Histogram:
    """One adopter's stratum: `values` (m,) of the outcome, and how many `treated` (m,) and `control` (m,) had each."""

    stratum: str
    values: tuple[float, ...]
    treated: tuple[int, ...]
    control: tuple[int, ...]


def histograms(outcome: Floats, treated: Bools, strata: NDArray[np.generic] | Sequence[Hashable]) -> list[Histogram]:
    """An adopter's people as histograms: `outcome` (n,), `treated` (n,), `strata` (n,); nothing missing."""
    outcome, treated = np.asarray(outcome, dtype=np.float64), np.asarray(treated, dtype=np.bool_)
    labels, codes = np.unique(np.asarray(strata).astype(str), return_inverse=True)
    return [_histogram(str(label), outcome[codes == i], treated[codes == i]) for i, label in enumerate(labels)]


def _histogram(stratum: str, outcome: Floats, treated: Bools) -> Histogram:
    values, place = np.unique(outcome, return_inverse=True)
    counts = [np.bincount(place[arm], minlength=len(values)).tolist() for arm in (treated, ~treated)]
    return Histogram(stratum=stratum, values=tuple(values.tolist()), treated=tuple(counts[0]), control=tuple(counts[1]))


def pooled_randomisation(
    parts: Sequence[Histogram],
    *,
    seed: int | np.random.Generator,
    draws: int = 10_000,
    confidence: float = 0.95,
) -> Estimate:
    """The stratum-weighted difference, treated minus control, with its p-value from the lots alone.

    Name strata so that each adopter's are its own ("Umeå/65-75"): lots were drawn within them.
    Raises EvaluationError for counts that are no whole numbers of 0 or above, empty arms, an outcome that never varies.
    """
    _check(parts)
    rows = [_people(part, code) for code, part in enumerate(parts)]
    outcome, treated, codes = (np.concatenate(column) for column in zip(*rows, strict=True))
    return randomisation_inference(
        outcome, treated.astype(np.bool_), strata=codes, seed=seed, draws=draws, confidence=confidence
    )


def _people(part: Histogram, code: int) -> tuple[Floats, Bools, Ints]:
    """As many rows as people, with nothing about them but outcome and arm."""
    values = np.asarray(part.values, dtype=np.float64)
    outcome = np.concatenate([np.repeat(values, part.treated), np.repeat(values, part.control)])
    treated = np.arange(len(outcome)) < sum(part.treated)
    return outcome, treated, np.full(len(outcome), code, dtype=np.int64)


def _check(parts: Sequence[Histogram]) -> None:
    problems = Problems()
    instead = Text(sv="Skriv hela antal från 0 och uppåt.", en="Write whole numbers of 0 or above.")
    for part in parts:
        if not len(part.values) == len(part.treated) == len(part.control):
            wrong = Text(sv="värden och antal är olika många.", en="values and counts differ in number.")
            problems.add(wrong, instead, column=part.stratum)
        for count in (*part.treated, *part.control):
            if not isinstance(count, (int, np.integer)) or count < 0:
                wrong = Text(sv="antalet är {count}.", en="the count is {count}.").fill(count=f"{count}")
                problems.add(wrong, instead, column=part.stratum)
    names = [part.stratum for part in parts]
    for name in sorted({name for name in names if names.count(name) > 1}):
        wrong = Text(sv="stratumet står flera gånger.", en="the stratum stands more than once.")
        problems.add(wrong, Text(sv="Ge det ett namn per kommun.", en="Name it by municipality."), column=name)
    problems.check()
    people = sum(sum(part.treated) + sum(part.control) for part in parts)
    if not 0 < people <= _MOST_PEOPLE:
        wrong = Text(sv="{n} personer är för få eller för många.", en="{n} people are too few or too many.")
        problems.add(wrong.fill(n=people), instead)
    problems.check()
