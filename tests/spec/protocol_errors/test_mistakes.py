"""Every mistake in the table is told in exactly these words, at exactly this place."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from genklang.protocol.reading import ProtocolErrors, read_protocol

FOLDER = Path(__file__).parent
SMALL = (FOLDER / "small.yaml").read_text()
MISTAKES: dict[str, list[dict[str, Any]]] = yaml.safe_load((FOLDER / "mistakes.yaml").read_text())
CASES = [
    pytest.param(case, id=f"{group}: {case['written'][:30]}") for group, cases in MISTAKES.items() for case in cases
]


def test_without_a_mistake_nothing_is_said() -> None:
    assert read_protocol(SMALL, file="small.yaml").practice == "small"


def test_there_are_many_kinds_of_mistakes() -> None:
    assert len(CASES) > 90


@pytest.mark.parametrize("case", CASES)
def test_the_mistake_is_told(case: dict[str, Any]) -> None:
    assert case["instead of"] in SMALL
    with pytest.raises(ProtocolErrors) as raised:
        read_protocol(SMALL.replace(case["instead of"], case["written"], 1), file="small.yaml")
    assert [str(problem) for problem in raised.value.problems] == case["says"]


@pytest.mark.parametrize("case", CASES)
def test_it_says_what_to_write_and_is_plain_data_too(case: dict[str, Any]) -> None:
    with pytest.raises(ProtocolErrors) as raised:
        read_protocol(SMALL.replace(case["instead of"], case["written"], 1), file="small.yaml")
    for problem in raised.value.problems:
        assert problem.instead.endswith((".", "?"))
        assert problem.as_dict().keys() == {"file", "line", "column", "where", "what", "written", "instead"}
