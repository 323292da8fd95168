"""Long lists in which much is alike: what stands there for many people is one entry that opens."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Generic, TypeVar

T = TypeVar("T")
FEWEST = 5


@dataclass(frozen=True)
class Entry(Generic[T]):
    """One row, or several that are alike, in the order in which they came."""

    rows: Sequence[T]
    id: str

    @property
    def first(self) -> T:
        """The one that came first: in the worklist the oldest."""
        return self.rows[0]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.rows)

    @property
    def is_many(self) -> bool:
        """Whether it is shown as one that opens."""
        return self.count > 1


def entries(rows: Sequence[T], *, key: Callable[[T], Hashable]) -> list[Entry[T]]:
    """The rows in their order; `FEWEST` or more of one key stand together where the first of them stood."""
    alike: dict[Hashable, list[T]] = defaultdict(list)
    for row in rows:
        alike[key(row)].append(row)
    found: dict[Hashable, Entry[T]] = {}
    for number, row in enumerate(rows):
        kin = alike[key(row)]
        place = key(row) if len(kin) >= FEWEST else number
        found.setdefault(place, Entry(kin if len(kin) >= FEWEST else [row], _id_of(key(row))))
    return list(found.values())


def _id_of(key: Hashable) -> str:
    """The same each time that the list is shown, so that what is open can stay open."""
    return f"alike-{sha256(repr(key).encode()).hexdigest()[:12]}"
