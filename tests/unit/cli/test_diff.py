"""`genklang diff`: every change with its place, in words and as JSON."""

import json
from pathlib import Path

import pytest

from genklang import cli

ROOT = Path(__file__).parents[3]
UMEA = ROOT / "practices" / "umea-medicingivare"
TEXT = (UMEA / "protocol.yaml").read_text(encoding="utf-8")


def changed(tmp_path: Path, **edits: str) -> Path:
    text = TEXT
    for old, new in edits.items():
        assert old in text
        text = text.replace(old, new, 1)
    (tmp_path / "protocol.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_changes_are_told_by_impact_with_their_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edits = {"within: 60 min": "within: 90 min", "every: 14 days": "every: 7 days"}
    new = changed(tmp_path, **edits, **{"en: Refilled in time": "en: Filled in time"})
    assert cli.main(["diff", str(UMEA), str(new)]) == 0
    told = capsys.readouterr().out.splitlines()
    line = 1 + next(number for number, text in enumerate(TEXT.splitlines()) if "within: 60 min" in text)
    assert told[0] == "umea-medicingivare 1.0.0 → umea-medicingivare 1.0.0: 3 changes."
    assert [one.partition(":")[0] for one in told if one.endswith(".") and one[:1].isalpha()][1:-1] == [
        "Semantic",
        "Future-only",
        "Additive",
    ]
    place = f"({new}/protocol.yaml:{line}:13)"
    assert f'  expectation "dose", within: was 1 h, and is 90 min. Met would mean something else. {place}' in told
    assert told[-1] == "The version is 1.0.0. Call it 2.0.0: a published version never changes."


def test_what_is_gone_is_placed_in_the_old_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    heartbeat = TEXT[TEXT.index("  heartbeat:") : TEXT.index("  refilled:")]
    alive = TEXT[TEXT.index("  alive:\n") : TEXT.index("indicators:")]
    rehearsed = next(line for line in TEXT.splitlines(keepends=True) if line.startswith("    alive:"))
    new = changed(tmp_path, **{heartbeat: "", alive: "", rehearsed: ""})
    assert cli.main(["diff", str(UMEA), str(new), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    by_place = {one["where"]: one for one in told["changes"]}
    gone = by_place['event "heartbeat"']
    assert (gone["action"], gone["impact"], gone["file"]) == ("removed", "semantic", str(UMEA / "protocol.yaml"))
    assert TEXT.splitlines()[gone["line"] - 1].startswith("  heartbeat:")
    assert gone["old"]["by"] == ["device"]
    assert by_place['expectation "alive"']["impact"] == "future_only"
    assert told["impact"] == "semantic"
    assert told["old"]["digest"] != told["new"]["digest"]


def test_the_same_protocol_has_no_changes(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["diff", str(UMEA), str(UMEA / "protocol.yaml")]) == 0
    assert capsys.readouterr().out == "umea-medicingivare 1.0.0 → umea-medicingivare 1.0.0: no changes.\n"
    assert cli.main(["diff", str(UMEA), str(UMEA), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["impact"], told["changes"]) == (None, [])


def test_a_version_that_says_enough_is_not_advised_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = changed(tmp_path, **{"within: 60 min": "within: 90 min", "version: 1.0.0": "version: 2.1.0"})
    assert cli.main(["diff", str(UMEA), str(new)]) == 0
    assert "Call it" not in capsys.readouterr().out


@pytest.mark.parametrize(("text", "words"), [("language: 7\n", "language"), (None, "there is no such file")])
def test_a_protocol_that_cannot_be_read_is_told(
    text: str | None, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if text is not None:
        (tmp_path / "protocol.yaml").write_text(text)
    assert cli.main(["diff", str(UMEA), str(tmp_path)]) == 1
    told = capsys.readouterr()
    assert words in told.err
    assert not told.out
