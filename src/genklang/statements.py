"""Statements that pages ask all day, put together once instead of at each look.

Django makes SQL of a queryset anew every time that it is asked, which takes several times as long as asking it does.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from datetime import UTC, datetime
from functools import update_wrapper
from inspect import get_annotations
from itertools import chain
from types import SimpleNamespace
from typing import Any, Generic, ParamSpec, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet, UUIDField

P = ParamSpec("P")
R = TypeVar("R")
STAND_INS: dict[Any, Callable[[int], Any]] = {
    int: lambda number: 2**62 + number,
    str: lambda number: f"‡ value {number} ‡",
    UUID: lambda number: UUID(int=2**100 + number),
    datetime: lambda number: datetime(1900, 1, 1 + number, tzinfo=UTC),
    list[int]: lambda number: [2**62 + number],
    list[str]: lambda number: [f"‡ value {number} ‡"],
}
PLACE = re.compile("(?<!%)%s")
_uuids: "UUIDField[Any, Any]" = UUIDField()


class prepared(Generic[P, R]):
    """Makes of a function that gives a queryset one that gives its rows, by a statement that is put together once.

    The function's parameters are int, str, UUID, datetime, or list[int] and list[str] for `__in`. They are handed over
    by place, and compared with columns and nothing else: what is asked must not hang on what they are. Of an empty list
    nothing is asked, and nothing found; so none is for `exclude`.
    """

    def __init__(self, build: Callable[P, QuerySet[Any, R]]) -> None:
        self._build: Callable[..., QuerySet[Any, R]] = build
        self._known: dict[str, _Statement] = {}
        update_wrapper(self, build)

    def __call__(self, *values: P.args, **named: P.kwargs) -> list[R]:
        """The rows, as the queryset would give them."""
        return self._statement(named).rows(values)

    def first(self, *values: P.args, **named: P.kwargs) -> R | None:
        """The first of the rows; the queryset is to ask for no more than are needed."""
        return next(iter(self._statement(named).rows(values)), None)

    def part(self, part: slice, *values: P.args, **named: P.kwargs) -> list[R]:
        """Those of the rows from the start of a slice to its stop; the queryset is to be in order, and without end."""
        return self._statement(named).rows(values, part)

    def count(self, *values: P.args, **named: P.kwargs) -> int:
        """How many rows there are."""
        return self._statement(named).count(values)

    def _statement(self, named: Mapping[str, Any]) -> "_Statement":
        if named:
            raise TypeError(f"{', '.join(named)}: handed over by name. Hand values over by place.")
        if connection.vendor not in self._known:
            kinds = [kind for name, kind in get_annotations(self._build, eval_str=True).items() if name != "return"]
            stand_ins = [STAND_INS[kind](number) for number, kind in enumerate(kinds)]
            self._known[connection.vendor] = _Statement(self._build(*stand_ins), stand_ins)
        return self._known[connection.vendor]


class _Statement:
    """A queryset's SQL for one kind of database, and which of its values stand for those that will be handed over."""

    def __init__(self, queryset: Any, stand_ins: Sequence[Any]) -> None:
        self._queryset, self._compiler = queryset, queryset.query.get_compiler(connection=connection)
        sql, own = self._compiler.as_sql()
        places = {_plain(value)[0]: number for number, value in enumerate(stand_ins)}
        self._pieces = PLACE.split(sql)
        self._values = [(places.get(value), [value]) for value in own]
        if len({number for number, _own in self._values if number is not None}) < len(stand_ins):
            raise TypeError(f"A value is not compared as it is; ask this queryset as it is written: {sql}")
        self._holds_lists = any(isinstance(value, list) for value in stand_ins)
        self._sql = sql

    def rows(self, values: Sequence[Any], part: slice | None = None) -> list[Any]:
        if [] in values:
            return []  # nothing is among none
        asked = self._asked(values, part)
        compiler: Any = copy(self._compiler)
        compiler.connection = connection  # this thread's own
        compiler.as_sql = lambda *_args, **_options: asked
        query = _Query(self._queryset.query, compiler)
        around = {"db": connection.alias, "model": self._queryset.model, "_fields": self._queryset._fields}
        return list(self._queryset._iterable_class(SimpleNamespace(query=query, _known_related_objects={}, **around)))

    def count(self, values: Sequence[Any]) -> int:
        if [] in values:
            return 0
        sql, given = self._asked(values)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM ({sql}) AS found", given)  # noqa: S608
            return int(cursor.fetchone()[0])

    def _asked(self, values: Sequence[Any], part: slice | None = None) -> tuple[str, list[Any]]:
        """The statement with these values; a list stands with a place for each of what it holds."""
        plain = [_plain(value) for value in values]
        given = [own if number is None else plain[number] for number, own in self._values]
        sql, end = self._sql, "" if part is None else f" LIMIT {part.stop - part.start} OFFSET {part.start}"
        if self._holds_lists:
            places = [", ".join(["%s"] * len(some)) for some in given]
            sql = "".join(chain.from_iterable(zip(self._pieces, [*places, ""], strict=True)))
        return f"{sql}{end}", list(chain(*given))


class _Query:
    """What a queryset's rows are made by, with the compiler that has its SQL already."""

    def __init__(self, query: Any, compiler: Any) -> None:
        self._query, self._compiler = query, compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._query, name)

    def get_compiler(self, *_args: Any, **_options: Any) -> Any:
        return self._compiler


def _plain(value: Any) -> list[Any]:
    """One value or several as the database takes them."""
    match value:
        case list():
            return value
        case UUID():
            return [_uuids.get_db_prep_value(value, connection)]
        case datetime():
            return [connection.ops.adapt_datetimefield_value(value)]
    return [value]
