"""What came of a participant, kept as it came: one by one, or whole stretches, written out when they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar, overload

from genklang.engine.folding import current
from genklang.engine.types import OutcomeFact

T = TypeVar("T")


class Told(Sequence[T], Generic[T]):
    """A sequence of which parts are not yet written out. Equal to any sequence of the same things."""

    def __init__(self) -> None:
        self._own: list[T] = []
        self._parts: list[tuple[int, Callable[[], Iterable[T]]]] = []
        self._length = 0

    def append(self, one: T) -> None:
        """Add one at the end."""
        self._own.append(one)
        self._length += 1

    def add(self, many: int, write: Callable[[], Iterable[T]]) -> None:
        """Add as many as that, which `write` gives."""
        own = self._own
        self._parts += [(len(own), lambda: own), (many, write)]
        self._own = []
        self._length += many

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[T]:
        return iter(self._all())

    def __reversed__(self) -> Iterator[T]:
        return reversed(self._all())

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> list[T]: ...
    def __getitem__(self, place: int | slice) -> T | list[T]:
        return self._all()[place]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # as a list's: it can grow

    def __repr__(self) -> str:
        return repr(tuple(self))

    def __reduce__(self) -> tuple[Any, ...]:
        return (tuple, (tuple(self),))

    def _all(self) -> list[T]:
        if self._parts:
            self._own = [one for _, write in self._parts for one in write()] + self._own
            self._parts = []
        return self._own


def standing(told: Told[OutcomeFact], many: int) -> Told[OutcomeFact]:
    """The facts that stand of those that were told, of which there are so many: the last of each due."""
    if many == len(told):
        return told
    kept: Told[OutcomeFact] = Told()
    kept.add(many, lambda: current(told).values())
    return kept
