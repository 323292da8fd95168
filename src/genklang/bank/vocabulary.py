"""The words that practices are sorted under, and lay people's words for what officials call something else."""

from functools import cache
from pathlib import Path
from typing import Any

from genklang.protocol.document import read_yaml
from genklang.protocol.types import Text

FOLDER = Path(__file__).parent / "data"
Words = dict[str, Text]


@cache
def vocabulary() -> dict[str, Words]:
    """The known words by kind: areas, target_groups, success_factors, designs."""
    return {
        kind: {name: Text.model_validate(text) for name, text in words.items()}
        for kind, words in data_file("vocabulary.yaml").items()
    }


def data_file(name: str) -> dict[str, Any]:
    """A data file of the bank as plain data. Raises ProtocolErrors when it is no YAML."""
    data: dict[str, Any] = read_yaml((FOLDER / name).read_text(encoding="utf-8"), file=name).data
    return data


def label(kind: str, name: str, language: str) -> str:
    """The word for a name in a language; the name itself where the vocabulary has dropped it."""
    text = vocabulary()[kind].get(name)
    return text.in_language(language) if text else name
