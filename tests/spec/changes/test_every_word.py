"""Every word of the language has a rule for what its change means: none is semantic because nobody thought of it."""

from collections.abc import Iterator
from typing import Any, get_args, get_origin

import pytest
from pydantic import BaseModel

from genklang.protocol.rules import UNKNOWN, Action, impact_of
from genklang.protocol.types import Protocol

CHANGES: list[tuple[Action, Any, Any]] = [("changed", ["a"], ["b"]), ("added", None, 1), ("added", None, {"sv": "a"})]
FORM = {"language", "practice", "title", "summary"}


def words(model: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every key of the language; "some_name" stands for a name that an author gives."""
    for name, field in model.model_fields.items():
        at = (*path, field.alias or name)
        if get_origin(field.annotation) is not dict:
            yield at
        for part, steps in _parts(field.annotation):
            yield from words(part, (*at, *steps))


def _parts(kind: Any) -> Iterator[tuple[type[BaseModel], tuple[str, ...]]]:
    """The parts that a key holds: itself, or by name. What stands in a list changes with the whole list."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind, ()
    elif get_origin(kind) is dict:
        yield from ((part, ("some_name", *steps)) for part, steps in _parts(get_args(kind)[1]))
    elif get_origin(kind) is not list:
        for one in get_args(kind):
            yield from _parts(one)


@pytest.mark.parametrize("path", [path for path in words(Protocol) if path[0] not in FORM], ids=".".join)
def test_a_changed_word_is_weighed(path: tuple[str, ...]) -> None:
    assert any(impact_of(path, *change) != UNKNOWN for change in CHANGES)


def test_the_walk_reaches_what_is_deep() -> None:
    found = set(words(Protocol))
    assert ("events", "some_name", "fields", "some_name", "whose") in found
    assert ("proposals", "some_name", "lines", "some_name", "value") in found
    assert len(found) > 200
