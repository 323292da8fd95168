"""The reference of the language is current, its example is a practice, and the schema takes what is right."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from genklang.protocol.document import read_yaml
from genklang.protocol.expressions.functions import FUNCTIONS
from genklang.protocol.reading import read_protocol
from tests.docs.pieces import pieces, whole

ROOT = Path(__file__).parents[2]
LANGUAGE = (ROOT / "docs" / "reference" / "language.md").read_text(encoding="utf-8")
SCHEMA = json.loads((ROOT / "docs" / "reference" / "protocol.schema.json").read_text(encoding="utf-8"))
PROTOCOLS = sorted((ROOT / "practices").glob("*/protocol.yaml"))
PIECES = list(pieces())
MISTAKES = ROOT / "tests" / "spec" / "protocol_errors"


def fits(value: Any, rule: dict[str, Any]) -> bool:
    """Whether a value fits a rule of JSON Schema: what the language's schema uses of it."""
    if "$ref" in rule:
        return fits(value, SCHEMA["$defs"][rule["$ref"].rpartition("/")[2]])
    if any(not any(fits(value, one) for one in rule[key]) for key in ("anyOf", "oneOf") if key in rule):
        return False
    if ("const" in rule and value != rule["const"]) or ("enum" in rule and value not in rule["enum"]):
        return False
    kind = rule.get("type")
    if kind == "object":
        return isinstance(value, dict) and object_fits(value, rule)
    if kind == "array":
        return isinstance(value, list) and array_fits(value, rule)
    if kind == "string":
        return isinstance(value, str) and re.search(rule.get("pattern", ""), value) is not None
    kinds: dict[Any, tuple[type, ...]] = {"boolean": (bool,), "integer": (int,), "number": (int, float)}
    if kind in kinds:
        return isinstance(value, kinds[kind]) and (kind == "boolean" or not isinstance(value, bool))
    return value is None if kind == "null" else True


def object_fits(value: dict[str, Any], rule: dict[str, Any]) -> bool:
    properties, patterns = rule.get("properties", {}), rule.get("patternProperties", {})
    if any(name not in value for name in rule.get("required", ())):
        return False
    if rule.get("additionalProperties") is False and not value.keys() <= properties.keys():
        return False
    named = all(fits(part, properties[name]) for name, part in value.items() if name in properties)
    return named and all(fits(value[n], one) for p, one in patterns.items() for n in value if re.search(p, n))


def array_fits(value: list[Any], rule: dict[str, Any]) -> bool:
    if not rule.get("minItems", 0) <= len(value) <= rule.get("maxItems", 10**9):
        return False
    first = all(fits(part, one) for part, one in zip(value, rule.get("prefixItems", ()), strict=False))
    return first and all(fits(part, rule["items"]) for part in value if "items" in rule)


def test_the_reference_is_current() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "script.reference", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_example_is_a_practice() -> None:
    example = LANGUAGE.partition("```yaml\n")[2].partition("```")[0]
    protocol = read_protocol(example, file="example.yaml")
    assert protocol.rehearsal is not None
    assert protocol.study is not None


@pytest.mark.parametrize(("heading", "piece"), PIECES, ids=[heading for heading, _piece in PIECES])
def test_each_addition_makes_a_practice_with_the_example(heading: str, piece: str) -> None:
    assert f"### {heading}" in LANGUAGE
    read_protocol(whole(piece), file=f"{heading}.yaml")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_explained(name: str) -> None:
    assert f"| `{name}(" in LANGUAGE


def test_links_lead_somewhere() -> None:
    headings = {line.lstrip("# ").lower().replace(" ", "-") for line in LANGUAGE.splitlines() if line.startswith("#")}
    links = set(re.findall(r"\]\(#([^)]+)\)", LANGUAGE))
    assert links
    assert links <= headings


@pytest.mark.parametrize("path", PROTOCOLS, ids=lambda path: path.parent.name)
def test_the_schema_takes_the_practices(path: Path) -> None:
    assert fits(read_yaml(path.read_text(encoding="utf-8"), file=path.name).data, SCHEMA)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("language: 1", "language: 2"),
        ("within: 60 min", "within: om tre veckor"),
        ("within: 60 min", "withn: 60 min"),
        ("type: times", "type: tims"),
        ("final: true", "final: maybe"),
        ("moves: [waiting, active]", "moves: [waiting, active, ended]"),
    ],
)
def test_the_schema_refuses_what_is_wrong(right: str, wrong: str) -> None:
    small = (MISTAKES / "small.yaml").read_text(encoding="utf-8")
    assert fits(read_yaml(small, file="small.yaml").data, SCHEMA)
    assert right in small
    assert not fits(read_yaml(small.replace(right, wrong, 1), file="small.yaml").data, SCHEMA)
