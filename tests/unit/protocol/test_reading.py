"""Reading a protocol: what is written comes back, stored forms are exact, and hostile files are refused calmly."""

from pathlib import Path

import pytest

from genklang.protocol.document import read_yaml
from genklang.protocol.reading import ProtocolErrors, canonical_json, digest, from_canonical, read_protocol
from genklang.protocol.units import HOUR, MINUTE, Duration

PRACTICES = sorted((Path(__file__).parents[3] / "practices").glob("*/protocol.yaml"))


def text_of(name: str) -> str:
    return next(path for path in PRACTICES if path.parent.name == name).read_text()


@pytest.mark.parametrize("path", PRACTICES, ids=lambda path: path.parent.name)
def test_canonical_form_comes_back_the_same(path: Path) -> None:
    protocol = read_protocol(path.read_text(), file=path.name)
    stored = canonical_json(protocol)
    assert from_canonical(stored) == protocol
    assert canonical_json(from_canonical(stored)) == stored


def test_there_are_practices_to_read() -> None:
    assert len(PRACTICES) >= 4


def test_digest_is_of_the_content_and_not_of_how_it_is_written() -> None:
    text = text_of("umea-medicingivare")
    written_otherwise = text.replace("within: 60 min", "within: 1 h  # an hour").replace("by: nurse,", "by: [nurse],")
    assert written_otherwise != text
    assert digest(read_protocol(written_otherwise, file="a")) == digest(read_protocol(text, file="b"))
    changed = text.replace("within: 60 min", "within: 61 min")
    assert digest(read_protocol(changed, file="a")) != digest(read_protocol(text, file="a"))


def test_writing_a_default_out_changes_no_digest() -> None:
    text = text_of("umea-medicingivare")
    spelled_out = text.replace("expect: refilled", "expect: refilled\n    clock_change: {gap: later, overlap: first}")
    assert digest(read_protocol(spelled_out, file="a")) == digest(read_protocol(text, file="a"))


def test_order_of_stages_is_part_of_the_content() -> None:
    text = text_of("umea-medicingivare")
    first, second = "  active: {sv: Har medicingivare, en: Has a dispenser}\n", "  paused: {sv: Paus, en: Paused}\n"
    swapped = text.replace(first, "@").replace(second, first).replace("@", second)
    assert digest(read_protocol(swapped, file="a")) != digest(read_protocol(text, file="a"))


def test_words_that_older_yaml_took_for_something_else_are_words() -> None:
    document = read_yaml("a: 08:00\nb: no\nc: on\nd: 1:30\ne: 0x1f\nf: 1_000\ng: 2026-03-29", file="x")
    assert list(document.data.values()) == ["08:00", "no", "on", "1:30", "0x1f", "1_000", "2026-03-29"]


def test_numbers_truths_and_nothing() -> None:
    document = read_yaml('a: 3\nb: -0.5\nc: true\nd:\ne: "3"\nf: 1e3', file="x")
    assert list(document.data.values()) == [3, -0.5, True, None, "3", 1000.0]


def test_an_alias_repeats_its_value_and_its_position() -> None:
    document = read_yaml("a: &hours\n  x: 1\nb: *hours\n", file="x")
    assert document.data == {"a": {"x": 1}, "b": {"x": 1}}
    assert document.position(("b", "x")).line == 2


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[" * 200_000, 1, "nested deeper"),
        ("a: &x [*x]", 1, "points to nothing"),
        ("a: 1\na: 2", 2, "written twice"),
        ("a: [1, 2", 2, "no YAML"),
        ("? [a]\n: b", 1, "where a name is wanted"),
        ("a: {b: 1}\nc:\n  <<: 3", 3, "merge key"),
        ("a: !!python/object:os.system x", 1, "is a tag"),
        ("a: \x00", 1, "no YAML"),
        ("a: \ud800", 1, "not valid Unicode"),
        ("---\na: 1\n---\nb: 2\n", 3, "second document"),
        ("x" * 1_000_001, 1, "larger"),
        ("a0: &a0 [1]\n" + "".join(f"a{n}: &a{n} [{f'*a{n - 1},' * 10}]\n" for n in range(1, 30)), 6, "larger"),
        ("", 1, "holds no protocol"),
        ("- 3", 1, "holds no protocol"),
    ],
    ids=lambda value: str(value)[:16].encode("ascii", "replace").decode(),
)
def test_what_is_no_protocol_is_said_and_placed(text: str, line: int, words: str) -> None:
    with pytest.raises(ProtocolErrors) as raised:
        read_protocol(text, file="x.yaml")
    assert words in str(raised.value)
    assert raised.value.problems[0].line == line


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    text = text_of("umea-medicingivare").replace("language: 1", "language: 9").replace("60 min", "soon")
    text = text.replace("unit: share}", "unit: shar}", 1)
    with pytest.raises(ProtocolErrors) as raised:
        read_protocol(text, file="x.yaml")
    assert [problem.where for problem in raised.value.problems] == [
        "language",
        'expectation "dose", within',
        'indicator "adherence", unit',
    ]


@pytest.mark.parametrize(
    ("written", "duration"),
    [
        ("90 min", Duration(microseconds=90 * MINUTE)),
        ("24 h", Duration(microseconds=24 * HOUR)),
        ("1 day", Duration(days=1)),
        ("2 weeks", Duration(days=14)),
        ("1 year", Duration(months=12)),
    ],
)
def test_durations(written: str, duration: Duration) -> None:
    assert Duration.parse(written) == duration
    assert Duration.parse(str(duration)) == duration
