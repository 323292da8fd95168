"""Long lists of which only the page that is shown is made, however long they are."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any, Generic, TypeVar, cast, overload

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from genklang.statements import prepared

T = TypeVar("T")
C = TypeVar("C")
MOST_COUNTED = 1_000
MANY = 5_000
LONGEST_KEPT = 60
_counts: dict[object, tuple[float, Any]] = {}
_lock = threading.Lock()


class _Made(Sequence[T], Generic[T]):
    """Rows as what `make` makes of them, a slice at a time: what a Paginator pages through."""

    make: Callable[[list[Any]], list[T]]

    def _rows(self, part: slice) -> list[Any]:
        raise NotImplementedError

    @overload
    def __getitem__(self, part: int) -> T: ...
    @overload
    def __getitem__(self, part: slice) -> list[T]: ...
    def __getitem__(self, part: int | slice) -> T | list[T]:
        if isinstance(part, slice):
            return self.make(self._rows(part))
        return self.make(self._rows(slice(part, part + 1)))[0]


@dataclass(frozen=True)
class Lazy(_Made[T]):
    """The rows of one query; of more than `most` no more than so many can be paged through.

    `counted_as` names what the rows are, where their number may be kept for a while: see `counted`.
    """

    rows: QuerySet[Any, Any]
    make: Callable[[list[Any]], list[T]]
    most: int | None = None
    counted_as: object = None

    def __len__(self) -> int:
        rows = self.rows.order_by() if self.most is None else self.rows.order_by()[: self.most]
        return rows.count() if self.counted_as is None else counted(self.counted_as, rows.count, size=int)

    def _rows(self, part: slice) -> list[Any]:
        return list(self.rows[part])


@dataclass(frozen=True)
class Asked(_Made[T]):
    """The rows of a prepared statement with these values."""

    statement: "prepared[..., Any]"
    values: Sequence[Any]
    make: Callable[[list[Any]], list[T]]

    def __len__(self) -> int:
        return self.statement.count(*self.values)

    def _rows(self, part: slice) -> list[Any]:
        return self.statement.part(part, *self.values)


@dataclass(frozen=True)
class Waiting(_Made[T]):
    """The rows of several groups of queries, group after group, each group in the order of `at` and `row`.

    Each query is asked for no more of its first rows than a page may need, in the order of an index of its own. So a
    page costs the same among a hundred rows and among a million. `MOST_COUNTED` of each group can be paged through.
    """

    groups: Sequence[Sequence[QuerySet[Any, dict[str, Any]]]]
    make: Callable[[list[Any]], list[T]]

    def __len__(self) -> int:
        return sum(self._lengths)

    @cached_property
    def _lengths(self) -> list[int]:
        return [min(count, MOST_COUNTED) for count in count_each(self.groups, MOST_COUNTED)]

    def _rows(self, part: slice) -> list[Any]:
        found: list[Any] = []
        start, stop, _step = part.indices(len(self))
        for group, length in zip(self.groups, self._lengths, strict=True):
            if start < length and stop > 0:
                found += first_of(group, min(stop, length))[max(start, 0) :]
            start, stop = start - length, stop - length
        return found


def first_of(queries: Sequence[QuerySet[Any, dict[str, Any]]], most: int) -> list[dict[str, Any]]:
    """The first `most` rows of all these queries together, by `at` and `row`; one statement.

    Each arm is limited in a select of its own: so it reads as far as its index must be read, and SQLite takes it.
    """
    arms = _arms(query.order_by("at", "row")[:most] for query in queries)
    if not arms:
        return []
    with connection.cursor() as cursor:
        cursor.execute(*_together("SELECT *", arms))
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return sorted(rows, key=itemgetter("at", "row"))[:most]


def count_first(queries: Sequence[QuerySet[Any, Any]], most: int) -> int:
    """How many rows these queries have, each counted to `most` at most; one statement."""
    return count_each([queries], most)[0]


def count_each(groups: Sequence[Sequence[QuerySet[Any, Any]]], most: int) -> list[int]:
    """The same for each of several groups, in one statement for all of them."""
    found = [0] * len(groups)
    arms = [
        (number, arm)
        for number, queries in enumerate(groups)
        for arm in _arms(query.order_by().values_list("pk")[:most] for query in queries)
    ]
    if arms:
        sql, values = _together("SELECT {number} AS place, count(*) AS n", [arm for _number, arm in arms])
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            for place, count in cursor.fetchall():
                found[arms[place][0]] += count
    return found


def _arms(queries: Iterable[QuerySet[Any, Any]]) -> list[tuple[str, Sequence[Any]]]:
    """Statements with their values; those that can find nothing are left out."""
    arms: list[tuple[str, Sequence[Any]]] = []
    for query in queries:
        with suppress(EmptyResultSet):
            arms.append(query.query.sql_with_params())
    return arms


def _together(select: str, arms: Sequence[tuple[str, Sequence[Any]]]) -> tuple[str, list[Any]]:
    """Django's own statements as one, with all their values; `{number}` in the select is the arm's."""
    sql = [f"{select.format(number=number)} FROM ({arm}) AS arm{number}" for number, (arm, _values) in enumerate(arms)]
    return " UNION ALL ".join(sql), [value for _arm, values in arms for value in values]


def counted(what: object, count: Callable[[], C], *, size: Callable[[C], int]) -> C:
    """A count, or several. Of many it is kept for a while, the longer the more there are: then one more or less is
    not seen. `size` is how many it counts.
    """
    now = time.monotonic()
    with _lock:
        until, known = _counts.get(what, (0.0, None))
    if until > now:
        return cast(C, known)
    found = count()
    with _lock:
        _counts.pop(what, None)
        if size(found) >= MANY:
            if len(_counts) >= MOST_COUNTED:
                _counts.pop(next(iter(_counts)))
            _counts[what] = (now + min(LONGEST_KEPT, size(found) / MANY), found)
    return found
