"""No word of the language that fewer than two practices use stands there without an ADR that says why."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel

from genklang.protocol.parts import Labelled, Text
from genklang.protocol.reading import read_protocol
from genklang.protocol.types import Protocol

ROOT = Path(__file__).parents[2]
PROTOCOLS = sorted((ROOT / "practices").glob("*/protocol.yaml"))
ADR = ROOT / "docs" / "adr"
WORDS_ONLY = frozenset({"language", "sv", "en", "other", "help", "unit", "source", "happened", "title", "summary"})
"""What only explains: it decides nothing, and is no primitive."""

SAID_IN = {
    "Role.public": 85,
    "Role.group": 89,
    "DataField.type: numbers": 88,
    "DataField.type: time": 110,
    "DataField.type: times": 110,
    "DataField.accept: document": 110,
    "DataField.accept: sound": 110,
    "Arm.share": 110,
    "Randomise.strata": 110,
    "Randomise.blocks": 110,
    "Protocol.draws": 81,
    "Signal.over": 110,
    "Expectation.daily_at": 110,
    "Expectation.clock_change": 110,
    "Reminder.by: device": 110,
    "Reminder.by: email": 110,
    "Place.starts": 86,
    "Place.per": 86,
    "Place.first": 86,
    "Place.shared_by": 86,
    "Place.shares": 86,
    "Place.borrowing": 86,
    "Ledger.accounts": 87,
    "Ledger.least": 87,
    "Protocol.tables": 88,
    "Protocol.proposals": 88,
    "Protocol.files": 91,
    "Protocol.documents": 91,
    "Protocol.network": 82,
    "Indicator.per: week": 110,
    "Outcome.each": 93,
    "Study.time_to_event": 110,
    "Randomise.cluster": 110,
    "Study.design: cluster_randomised": 110,
    "Study.design: difference_in_differences": 110,
    "Study.design: stepped_wedge": 110,
    "Study.design: survey": 110,
    "Study.design: survival": 110,
    "Study.design: synthetic_control": 110,
    "Study.draw": 110,
    "Study.groups": 110,
    "Study.received": 110,
    "Study.size": 110,
    "Study.horizon": 110,
    "Study.cost_effectiveness": 110,
    "Outcome.relevant": 110,
}
"""Where the reason is given: the number of the ADR, which names the word."""


@cache
def users() -> dict[str, frozenset[str]]:
    """The practices that write each key, and each of its words where only some are possible, other than by default."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in PROTOCOLS:
        protocol = read_protocol(path.read_text(encoding="utf-8"), file=path.name)
        for key in _written(protocol):
            found[key].add(path.parent.name)
    return {key: frozenset(practices) for key, practices in found.items()}


def _written(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        part = list(part.values())
    if isinstance(part, list | tuple):
        for one in part:
            yield from _written(one)
    if not isinstance(part, BaseModel):
        return
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        if not field.is_required() and value == field.get_default(call_default_factory=True):
            continue
        yield _key(type(part), name)
        chosen = value if isinstance(value, list) else [value]
        yield from (
            f"{_key(type(part), name)}: {one}"
            for one in chosen
            if isinstance(one, str) and one in _words(field.annotation)
        )
        yield from _written(value)


def rare(model: type[BaseModel] = Protocol, seen: frozenset[type[BaseModel]] = frozenset()) -> Iterator[str]:
    """The keys and words that fewer than two practices write; of a part that is rare itself, only its own key."""
    for name, field in model.model_fields.items():
        if name in WORDS_ONLY:
            continue
        key = _key(model, name)
        if len(users().get(key, ())) < 2:
            yield key
            continue
        default = field.get_default(call_default_factory=True)
        yield from (
            f"{key}: {word}"
            for word in sorted(_words(field.annotation), key=str)
            if word != default and len(users().get(f"{key}: {word}", ())) < 2
        )
        for inner in _parts(field.annotation):
            if inner not in seen and inner not in (Labelled, Text):
                yield from rare(inner, seen | {model, inner})


def _key(model: type[BaseModel], name: str) -> str:
    """The key as it is written, after the part that declares it: those that share it are one."""
    lines = (one for one in reversed(model.__mro__) if issubclass(one, BaseModel))
    owner = next(one for one in lines if name in one.model_fields)
    return f"{owner.__name__}.{owner.model_fields[name].alias or name}"


def _words(annotation: Any) -> frozenset[Any]:
    if get_origin(annotation) is Literal:
        return frozenset(get_args(annotation))
    return frozenset().union(*map(_words, get_args(annotation)))


def _parts(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and not get_args(annotation):
        return [annotation] if issubclass(annotation, BaseModel) else []
    return [part for one in get_args(annotation) for part in _parts(one)]


def test_the_list_is_of_what_is_rare() -> None:
    assert set(rare()) == set(SAID_IN)


@pytest.mark.parametrize(("key", "number"), SAID_IN.items(), ids=list(SAID_IN))
def test_an_adr_says_why(key: str, number: int) -> None:
    [path] = ADR.glob(f"{number:04}-*.md")
    word = key.rpartition(": ")[2] if ": " in key else key.rpartition(".")[2]
    assert f"`{word}`" in path.read_text(encoding="utf-8"), f"{path.name} says nothing of {word}"
