"""The rules of a release, and the checks of one release by itself.

After the usual practice of statistical offices and research environments: Hundepool et al. (2012), Statistical
Disclosure Control; Ritchie & Welpton (2015), on regression output.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from genklang.evaluate.arrays import Floats
from genklang.evaluate.pooling.histograms import Histogram
from genklang.evaluate.pooling.products import Products, products
from genklang.evaluate.problems import Problems
from genklang.evaluate.texts import Text

_MERGE = Text(
    sv="Slå ihop strata eller utfallsvärden, eller vänta på fler.",
    en="Merge strata or outcome values, or wait for more.",
)


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The least number of people behind a release, and in a cell that is not empty; most parameters per person."""

    minimum_n: int = 5
    minimum_cell: int = 5
    most_parameters_per_person: float = 1 / 3

    def is_small(self, count: float) -> bool:
        """Whether a count tells of somebody, and of too few."""
        return 0 < count < self.minimum_cell


DEFAULT = Rules()


def check_histograms(parts: Sequence[Histogram], rules: Rules = DEFAULT) -> None:
    """Refuses histograms where an arm or a cell holds too few, or where a whole arm had one and the same outcome.

    Raises EvaluationError with every stratum and cell that is wrong. Never says the count itself.
    """
    problems = Problems()
    for part in parts:
        for wrong in _wrong_with(part, rules):
            problems.add(wrong, _MERGE, column=part.stratum)
    problems.check()


def _wrong_with(part: Histogram, rules: Rules) -> Iterator[Text]:
    few = Text(sv="arm {arm} har färre än {n} personer.", en="arm {arm} has fewer than {n} people.")
    small = Text(
        sv="värdet {value} i arm {arm} har färre än {n} personer.",
        en="value {value} in arm {arm} has fewer than {n} people.",
    )
    alike = Text(sv="alla i arm {arm} har samma utfall.", en="everybody in arm {arm} has the same outcome.")
    for arm, counts in (("1", part.treated), ("0", part.control)):
        if sum(counts) < rules.minimum_n:
            yield few.fill(arm=arm, n=rules.minimum_n)
        elif sum(count > 0 for count in counts) == 1:
            yield alike.fill(arm=arm)
        for value, count in zip(part.values, counts, strict=True):
            if rules.is_small(count):
                yield small.fill(value=f"{value:g}", arm=arm, n=rules.minimum_cell)


def release_products(
    *, cluster: str, names: Sequence[str], columns: Floats, outcome: Floats, rules: Rules = DEFAULT
) -> Products:
    """An adopter's sums of products, if they may leave: `columns` (n, k), `outcome` (n,).

    Refuses too few people, too many parameters for them, and yes-and-no columns whose sums of products tell of too few
    people, alone or two together. Raises EvaluationError with all that is wrong.
    """
    made = products(cluster=cluster, names=names, columns=columns, outcome=outcome)
    problems = Problems()
    if made.n < rules.minimum_n:
        wrong = Text(sv="färre än {n} personer.", en="fewer than {n} people.").fill(n=rules.minimum_n)
        problems.add(wrong, _MERGE, column=cluster)
    if (len(names) + 1) / made.n > rules.most_parameters_per_person:
        problems.add(*_too_many(len(names) + 1, rules), column=cluster)
    z = np.column_stack([columns, outcome])
    for wrong, column in _small_cells(z, (*names, "y"), rules):
        problems.add(wrong, _MERGE, column=column)
    problems.check()
    return made


def _too_many(parameters: int, rules: Rules) -> tuple[Text, Text]:
    needed = int(np.ceil(parameters / rules.most_parameters_per_person))
    return (
        Text(sv="{k} storheter är för många för så få.", en="{k} parameters are too many for so few.").fill(
            k=parameters
        ),
        Text(sv="Minst {n} personer behövs, eller färre kolumner.", en="At least {n} people, or fewer columns.").fill(
            n=needed
        ),
    )


def _small_cells(z: Floats, names: Sequence[str], rules: Rules) -> Iterator[tuple[Text, str]]:
    """Yes-and-no columns, alone and crossed: their products are counts of people."""
    binary = [i for i in range(z.shape[1]) if set(np.unique(z[:, i])) <= {0.0, 1.0}]
    few = Text(sv="färre än {n} personer i en grupp.", en="fewer than {n} people in a group.").fill(
        n=rules.minimum_cell
    )
    alike = Text(sv="alla i en grupp har samma utfall.", en="everybody in a group has the same outcome.")
    for i in binary:
        if any(rules.is_small(count) for count in _counts(z[:, [i]])):
            yield few, names[i]
    for i, j in combinations(binary, 2):
        counts = _counts(z[:, [i, j]])
        label = f"{names[i]} × {names[j]}"
        if any(rules.is_small(count) for count in counts):
            yield few, label
        elif j == z.shape[1] - 1 and 0 in counts and np.ptp(z[:, i]) > 0:
            yield alike, label


def _counts(columns: Floats) -> list[int]:
    places = columns @ 2.0 ** np.arange(columns.shape[1])
    return [int(n) for n in np.bincount(places.astype(np.int64), minlength=int(2 ** columns.shape[1]))]
