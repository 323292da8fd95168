"""Figures that anybody may read at any time: when a new one may take the place of the one that stands.

Somebody who reads a figure every hour can subtract. So every person has a mark beside each figure that was shown: what
they themselves put into it. A new figure is shown when its marks differ, from those of every one shown before, in
nobody or in as many people as the smallest cell; until then the former one stands. That holds for whoever came, left,
was corrected, or is counted otherwise because the figure itself was defined anew.

Source: Hundepool et al. (2012), Statistical Disclosure Control, ch. 5, on differencing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from genklang.evaluate.release.rules import DEFAULT, Rules

_KIND = np.dtype("<u2")


def marks_of(people: Sequence[str], told: Mapping[str, str]) -> bytes:
    """Two bytes for each of the people, in their order: zero for whoever put nothing in, else a digest of it.

    Two that differ look alike once in 65,535 times; then too few are counted as changed, never too many.
    """
    return b"".join(_mark(told[person]) if person in told else b"\0\0" for person in people)


def differing(before: bytes, after: bytes) -> int:
    """How many people's marks differ. People are only ever added at the end: whoever is not there put nothing in."""
    size = max(len(before), len(after))
    return int(np.count_nonzero(_numbers(before, size) != _numbers(after, size)))


def may_take_its_place(marks: bytes, shown: Iterable[bytes], rules: Rules = DEFAULT) -> bool:
    """Whether a figure with these marks may be shown beside all that were `shown` before, and beside nothing at all."""
    return not any(rules.is_small(differing(before, marks)) for before in (b"", *shown))


def _mark(told: str) -> bytes:
    number = int.from_bytes(hashlib.sha256(told.encode()).digest()[:4], "big") % 0xFFFF + 1
    return number.to_bytes(2, "little")


def _numbers(marks: bytes, size: int) -> NDArray[np.uint16]:
    return np.frombuffer(marks.ljust(size, b"\0"), dtype=_KIND)
