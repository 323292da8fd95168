"""The how-to for adding a practice: its example can be read, and it names every key of results.yaml and no other."""

import re
from pathlib import Path

from genklang.bank.reading import read_results
from genklang.bank.results import Figure, Results
from genklang.protocol.reading import read_protocol
from genklang.rehearsal.cases import failures, read_cases

ROOT = Path(__file__).resolve().parents[2]
PRACTICES = ROOT / "practices"
TEXT = (ROOT / "docs" / "how-to" / "add-a-practice.md").read_text(encoding="utf-8")

EXAMPLES = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)


def test_the_example_of_a_test_passes() -> None:
    protocol = read_protocol((PRACTICES / "umea-medicingivare" / "protocol.yaml").read_text(), file="protocol.yaml")
    example = next(text for text in EXAMPLES if "stories:" in text)
    [case] = read_cases(example, file="tests.yaml", protocol=protocol)
    assert failures(case) == []


def test_the_example_can_be_read() -> None:
    example = next(text for text in EXAMPLES if text.startswith("practice:"))
    results = read_results(example, file="results.yaml")
    assert results.headline is not None
    assert results.headline.compares_with == "adherence"


def test_every_key_is_told() -> None:
    told = set(re.findall(r"`([a-z_]+)", TEXT)) | set(re.findall(r"^(\w+):", TEXT, re.MULTILINE))
    assert set(Results.model_fields) <= told
    assert {"value", "low", "high", "direction", "words", "kind", "against", "arm", "subgroup"} <= told
    assert {"compares_with", "own_arithmetic", "headline"} <= told
    assert told & set(Figure.model_fields)
