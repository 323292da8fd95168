"""The reference's additions to its example practice, and the practice that each of them makes with it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from genklang.protocol.document import read_yaml

ROOT = Path(__file__).parents[2]
PIECE = re.compile(r"^### (.+?)$.*?^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def pieces() -> Iterator[tuple[str, str]]:
    """Each addition: its heading and its YAML."""
    text = (ROOT / "script" / "pieces.md").read_text(encoding="utf-8")
    yield from PIECE.findall(text)


def whole(piece: str) -> str:
    """The example with the addition put in; the addition itself where it is a whole practice."""
    added = read_yaml(piece, file="piece").data
    if "language" in added:
        return piece
    example = (ROOT / "script" / "example.yaml").read_text(encoding="utf-8")
    together = _together(read_yaml(example, file="example").data, added)
    return yaml.safe_dump(together, allow_unicode=True, sort_keys=False)


def _together(first: Any, second: Any) -> Any:
    if not isinstance(first, dict) or not isinstance(second, dict):
        return second
    return first | {key: _together(first.get(key), value) for key, value in second.items()}
