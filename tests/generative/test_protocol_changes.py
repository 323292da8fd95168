"""Whatever is changed in a protocol is told: no two protocols with different digests differ in nothing."""

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from genklang.protocol.changes import changes_between
from genklang.protocol.reading import digest, read_protocol
from genklang.protocol.types import Protocol

FILES = sorted((Path(__file__).parents[2] / "practices").glob("*/protocol.yaml"))
PROTOCOLS = [read_protocol(file.read_text(encoding="utf-8"), file=file.name) for file in FILES]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """All paths into plain data."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for step, one in steps for place in places(one, (*path, step)))]


def changed(data: st.DataObject, value: Any) -> Any:
    """Another value of the same sort: turned round, one less, or one more."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str):
        return data.draw(st.sampled_from([value + "x", "true", "1 day", "active", value.upper()]))
    if isinstance(value, list):
        return data.draw(st.sampled_from([value[::-1], value[1:], value + value[:1]]))
    if isinstance(value, dict):
        names = list(value)
        kept = data.draw(st.sampled_from([names[::-1], names[1:], [*names[1:], *names[:1]]]))
        return {name: value[name] for name in kept}
    return data.draw(st.sampled_from(["true", 1, {"sv": "Ord", "en": "Words"}]))


@given(data=st.data())
def test_what_is_changed_is_told(data: st.DataObject) -> None:
    old = data.draw(st.sampled_from(PROTOCOLS))
    plain = copy.deepcopy(old.model_dump(mode="json", by_alias=True))
    *way, last = data.draw(st.sampled_from(places(plain)[1:]))
    here = plain
    for step in way:
        here = here[step]
    here[last] = changed(data, here[last])
    try:
        new = Protocol.model_validate(plain, by_alias=True, by_name=False)
    except ValidationError:
        return
    changes = changes_between(old, new)
    assert (digest(old) != digest(new)) == bool(changes)
    assert all(str(change) and change.why for change in changes)


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda protocol: protocol.practice)
def test_nothing_changed_is_no_change(protocol: Protocol) -> None:
    assert changes_between(protocol, copy.deepcopy(protocol)) == []
