"""From an interval to a verdict, by one rule for every design.

The interval leaves zero out: better or worse (or, where nobody has said which way is better, a difference shown).
It holds zero and is narrow: no difference shown. It holds zero and is wide: uninformative. Wide means that half the
interval is longer than the smallest difference that matters, so that the study could not have shown one.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

Better = Literal["higher", "lower"]


class Verdict(StrEnum):
    """What a finding says, in one word or two."""

    BETTER = "better"
    WORSE = "worse"
    DIFFERENT = "difference shown"
    NO_DIFFERENCE = "no difference shown"
    UNINFORMATIVE = "uninformative"


def verdict_of(*, low: float, high: float, better: Better | None, relevant: float) -> Verdict:
    """The verdict on a difference with its interval; `relevant` is the smallest that matters, in the same unit."""
    if low > 0 or high < 0:
        if better is None:
            return Verdict.DIFFERENT
        return Verdict.BETTER if (low > 0) == (better == "higher") else Verdict.WORSE
    return null_verdict(low=low, high=high, relevant=relevant)


def null_verdict(*, low: float, high: float, relevant: float) -> Verdict:
    """The verdict when no difference is shown: was the study able to show one?"""
    return Verdict.UNINFORMATIVE if (high - low) / 2 > relevant else Verdict.NO_DIFFERENCE
