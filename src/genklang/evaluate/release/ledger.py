"""What has been released before, and whether one release more would tell, with those, of too few people.

The difference of two releases is itself a release: it tells of those who came or left in between.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from genklang.evaluate.pooling.histograms import Histogram
from genklang.evaluate.pooling.products import Products
from genklang.evaluate.problems import Problems
from genklang.evaluate.release.rules import DEFAULT, Rules, check_histograms
from genklang.evaluate.texts import Text


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One release: whose, about what, when (a date as text), how many, and its counts by cell.

    `parameters` is the number of columns in sums of products, 0 for counts. `digest` is that of all that was released.
    """

    adoption: str
    outcome: str
    at: str
    n: int
    counts: tuple[tuple[str, int], ...]
    parameters: int
    digest: str

    def as_dict(self) -> dict[str, object]:
        return {
            "adoption": self.adoption,
            "outcome": self.outcome,
            "at": self.at,
            "n": self.n,
            "counts": dict(self.counts),
            "parameters": self.parameters,
            "digest": self.digest,
        }

    @classmethod
    def of_dict(cls, plain: Mapping[str, Any]) -> Entry:
        """What `as_dict` gave."""
        return cls(**{**plain, "counts": tuple(plain["counts"].items())})


@dataclass(frozen=True)
class Ledger:
    """All releases, in order. Nothing is ever taken out: what is known stays known."""

    entries: tuple[Entry, ...] = ()

    def after(self, entry: Entry, rules: Rules = DEFAULT) -> Ledger:
        """The ledger with one release more. Raises EvaluationError when, beside an earlier one, it tells of too few."""
        problems = Problems()
        wait = Text(sv="Vänta tills skillnaden gäller fler.", en="Wait until the difference is of more people.")
        for earlier in self.entries:
            if (earlier.adoption, earlier.outcome) == (entry.adoption, entry.outcome):
                for wrong, where in _told_by_difference(earlier, entry, rules):
                    problems.add(wrong, wait, column=where)
        problems.check()
        return Ledger((*self.entries, entry))


def entry_of_histograms(
    parts: Sequence[Histogram], *, adoption: str, outcome: str, at: str, rules: Rules = DEFAULT
) -> Entry:
    """The entry of histograms that may leave by themselves. Raises EvaluationError where they may not."""
    check_histograms(parts, rules)
    counts = tuple(
        (f"{part.stratum}/{arm}/{value:g}", int(count))
        for part in parts
        for arm, column in (("1", part.treated), ("0", part.control))
        for value, count in zip(part.values, column, strict=True)
    )
    n = sum(count for _, count in counts)
    digest = _digest({"counts": counts})
    return Entry(adoption=adoption, outcome=outcome, at=at, n=n, counts=counts, parameters=0, digest=digest)


def entry_of_products(part: Products, *, outcome: str, at: str) -> Entry:
    """The entry of sums of products (as `release_products` lets through). Yes-and-no columns are among its counts."""
    xx, xy, yy = part.raw
    digest = _digest({"names": part.names, "xx": xx.tolist(), "xy": xy.tolist(), "yy": yy})
    counts = tuple(
        (name, round(xx[0, i])) for i, name in enumerate(part.names, start=1) if _is_count(xx[0, i], xx[i, i])
    )
    return Entry(
        adoption=part.cluster,
        outcome=outcome,
        at=at,
        n=part.n,
        counts=counts,
        parameters=len(part.names) + 1,
        digest=digest,
    )


def _is_count(total: float, squares: float) -> bool:
    """A column of 0 and 1 has the same sum as sum of squares."""
    return abs(total - squares) <= 1e-6 * max(1.0, abs(total)) and abs(total - round(total)) < 1e-6


def _told_by_difference(earlier: Entry, entry: Entry, rules: Rules) -> Iterator[tuple[Text, str]]:
    apart = abs(entry.n - earlier.n)
    few = Text(
        sv="jämfört med {at} skiljer det färre än {n} personer.",
        en="fewer than {n} people differ from the one of {at}.",
    )
    if 0 < apart < rules.minimum_n:
        yield few.fill(at=earlier.at, n=rules.minimum_n), entry.outcome
    parameters = max(earlier.parameters, entry.parameters)
    if apart and parameters / apart > rules.most_parameters_per_person:
        many = Text(
            sv="skillnaden mot {at} är {k} storheter för för få personer.",
            en="the difference from the one of {at} is {k} parameters for too few people.",
        )
        yield many.fill(at=earlier.at, k=parameters), entry.outcome
    before = dict(earlier.counts)
    for cell, count in entry.counts:
        # a cell that was not there was not counted before: then it is no difference, but a count of its own
        if cell in before and rules.is_small(abs(count - before[cell])):
            yield few.fill(at=earlier.at, n=rules.minimum_cell), cell


def _digest(released: object) -> str:
    """SHA-256 of the release as JSON."""
    return hashlib.sha256(json.dumps(released, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
