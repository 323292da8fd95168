"""A long list of which only the page that is shown is made."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, overload

from django.db.models import QuerySet

T = TypeVar("T")


@dataclass(frozen=True)
class Lazy(Sequence[T], Generic[T]):
    """`rows` as what `make` makes of them, a slice at a time: what a Paginator pages through."""

    rows: QuerySet[Any, Any]
    make: Callable[[list[Any]], list[T]]

    def __len__(self) -> int:
        return self.rows.count()

    @overload
    def __getitem__(self, part: int) -> T: ...
    @overload
    def __getitem__(self, part: slice) -> list[T]: ...
    def __getitem__(self, part: int | slice) -> T | list[T]:
        if isinstance(part, slice):
            return self.make(list(self.rows[part]))
        return self.make([self.rows[part]])[0]
