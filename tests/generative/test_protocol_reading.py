"""Whatever is written, reading gives a protocol that can be stored, or tells in words what is wrong."""

from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from genklang.protocol.reading import ProtocolErrors, canonical_json, from_canonical, read_protocol

SMALL = (Path(__file__).parents[1] / "spec" / "protocol_errors" / "small.yaml").read_text(encoding="utf-8")
LINES = SMALL.splitlines()
WORDS = st.sampled_from(
    [
        *sorted(set(SMALL.replace("{", " ").replace("}", " ").split())),
        "null",
        "~",
        "[]",
        "{}",
        "[[]]",
        "''",
        "- a",
        "&a",
        "*a",
    ]
) | st.text("ab1:,[]{}'\"#&*!|>%@`- \n\t\\ö\u2028\ufeff", max_size=8)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """The small protocol with a few words changed, lines taken away, doubled or moved, or characters lost."""
    text = SMALL
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["word", "cut", "line", "double"]))
        start = draw(st.integers(0, len(text)))
        end = start + draw(st.integers(0, 30))
        line = draw(st.sampled_from(LINES))
        if kind == "word":
            text = text[:start] + draw(WORDS) + text[end:]
        elif kind == "cut":
            text = text[:start] + text[end:]
        else:
            text = text.replace(line + "\n", "" if kind == "line" else f"{line}\n{line}\n", 1)
    return text


def told(text: str) -> None:
    try:
        protocol = read_protocol(text, file="x.yaml")
    except ProtocolErrors as errors:
        assert errors.problems
        for problem in errors.problems:
            assert 1 <= problem.line <= text.count("\n") + text.count("\u2028") + 2
            assert problem.column >= 1
            assert problem.what
            assert problem.instead
        return
    assert from_canonical(canonical_json(protocol)) == protocol


@settings(max_examples=100)
@given(damaged())
def test_a_damaged_protocol_is_read_or_told(text: str) -> None:
    told(text)


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.sampled_from(["null", "true", "3", "-0.5", "a", "'x y'", "08:00", "1 day", "avg(met)", "~", "300 SEK"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(st.sampled_from(["sv", "en", "a", "type", "by"]), inner, max_size=3).map(
            lambda pairs: "{" + ", ".join(f"{key}: {value}" for key, value in pairs.items()) + "}"
        )
    ),
    max_leaves=5,
)
PLACES = [number for number, line in enumerate(LINES) if ": " in line]


@settings(max_examples=100)
@given(place=st.sampled_from(PLACES), value=VALUES)
def test_any_value_at_any_place_is_read_or_told(place: int, value: str) -> None:
    key = LINES[place].partition(":")[0]
    told("\n".join([*LINES[:place], f"{key}: {value}", *LINES[place + 1 :]]) + "\n")
