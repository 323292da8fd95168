"""The how-to for adding a practice: its example can be read, and it names every key of results.yaml and no other."""

import re
from pathlib import Path

from genklang.bank.reading import read_results
from genklang.bank.results import Figure, Results

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "add-a-practice.md").read_text(encoding="utf-8")


def test_the_example_can_be_read() -> None:
    [example] = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    results = read_results(example, file="results.yaml")
    assert results.headline is not None
    assert results.headline.compares_with == "adherence"


def test_every_key_is_told() -> None:
    told = set(re.findall(r"`([a-z_]+)", TEXT)) | set(re.findall(r"^(\w+):", TEXT, re.MULTILINE))
    assert set(Results.model_fields) <= told
    assert {"value", "low", "high", "direction", "words", "kind", "against", "arm", "subgroup"} <= told
    assert {"compares_with", "own_arithmetic", "headline"} <= told
    assert told & set(Figure.model_fields)
