"""What the checks let an expression name is what the engine really hands it."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from genklang.engine import conditions
from genklang.protocol import scopes
from genklang.protocol.expressions import Type
from genklang.protocol.reading import read_protocol
from genklang.protocol.types import FieldKind, Protocol

ROOT = Path(__file__).parents[3]
PROTOCOLS = [
    read_protocol(path.read_text(encoding="utf-8"), file=path.name)
    for path in [*sorted((ROOT / "practices").glob("*/protocol.yaml")), ROOT / "tests/spec/protocol_errors/small.yaml"]
]
EACH = pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda protocol: protocol.practice)


@EACH
def test_the_engine_has_every_name(protocol: Protocol) -> None:
    def kinds(known: Mapping[str, FieldKind]) -> dict[str, Type]:
        return {name: scopes.KINDS[kind] for name, kind in known.items()}

    assert scopes.condition_scope(protocol).names.items() <= kinds(conditions.fact_kinds(protocol)).items()
    for event in protocol.events:
        assert (
            scopes.event_scope(protocol, event).names.items()
            <= kinds({**conditions.event_kinds(protocol, event)}).items()
        )
    for expectation in protocol.expectations.values():
        asked = kinds(conditions.expected_kinds(protocol, expectation))
        assert scopes.expected_scope(protocol, expectation).names.items() <= asked.items()


@EACH
def test_arms_are_named_only_where_there_are_some(protocol: Protocol) -> None:
    assert ("arm" in scopes.condition_scope(protocol).names) == (protocol.randomise is not None)


def test_answers_are_options() -> None:
    hemrehab = next(one for one in PROTOCOLS if one.practice == "eskilstuna-hemrehab")
    options = scopes.table_scope(hemrehab, "followup_12").options
    assert options["arm"] == {"training", "usual"}
    assert options["age_group"] == {"age_65_75", "age_76_85", "age_86_95"}
    assert "met_late" in options["status"]
    with pytest.raises(KeyError):
        scopes.table_scope(hemrehab, "nothing")
