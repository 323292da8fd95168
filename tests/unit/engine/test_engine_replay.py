"""`genklang replay`: a log in, how things stand out; every bad line told with its number, the others kept."""

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from genklang.cli import replay

UMEA = Path(__file__).parents[3] / "practices" / "umea-medicingivare"
DOSE = {
    "id": "3",
    "enrolment": "anna",
    "event": "dose_taken",
    "occurred_at": "2026-03-28T20:04:00+01:00",
    "by": "device",
}
LOG: list[dict[str, Any]] = [
    DOSE,
    {"id": "2", "enrolment": "anna", "event": "installed", "occurred_at": "2026-03-28T11:00:00+01:00", "by": "nurse"},
    {
        "id": "1",
        "enrolment": "anna",
        "event": "enrolled",
        "occurred_at": "2026-03-28T10:00:00+01:00",
        "data": {"dose_times": "20:00, 08:00"},
    },
]


@pytest.fixture
def events(tmp_path: Path) -> Path:
    return tmp_path / "events.ndjson"


def command(path: Path, *lines: Any, more: tuple[str, ...] = ("--json",), practice: Path = UMEA) -> int:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text(text, encoding="utf-8")
    parser = argparse.ArgumentParser()
    replay.register(parser.add_subparsers())
    args = parser.parse_args(["replay", str(practice), str(path), *more])
    code: int = args.run(args)
    return code


def test_a_log_in_any_order_is_replayed(events: Path, capsys: pytest.CaptureFixture[str]) -> None:
    until = ("--json", "--until", "2026-03-29T09:30:00+02:00")
    assert command(events, *LOG, more=until) == 0
    first = capsys.readouterr().out
    assert command(events, *reversed(LOG), more=until) == 0
    assert capsys.readouterr().out == first
    (anna,) = json.loads(first)["enrolments"]
    assert anna["state"]["stage"] == "active"
    assert [(fact["due"], fact["status"]) for fact in anna["facts"]] == [
        ("dose/2026-03-28T20:00", "met"),
        ("dose/2026-03-29T08:00", "missed"),
    ]
    assert [effect["key"] for effect in anna["effects"] if "alarm" in effect["effect"]] == [
        "alarm/dose/2026-03-29T08:00",
        "alarm/dose/2026-03-29T08:00/1",
    ]
    assert {due["expectation"] for due in anna["dues"]} == {"alive", "dose", "refill"}


def test_the_protocol_may_be_named_itself_and_people_can_read_the_answer(
    events: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(events, *LOG, DOSE, "", more=(), practice=UMEA / "protocol.yaml") == 0
    text = capsys.readouterr().out
    assert "fact    dose/2026-03-28T20:00  met (+4 min)" in text
    assert "4 of 4 lines replayed, 1 of them told twice" in text


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("oops", "the line is no JSON"),
        ([1], "the line is no object"),
        ({**DOSE, "id": "x", "event": "dose_tken"}, 'there is no event "dose_tken"'),
        ({**DOSE, "id": "x", "occurred_at": "2026-03-28T20:04:00"}, "has no time zone"),
        ({**DOSE, "id": "x", "occurred_at": "i går"}, "is no date and time"),
        ({**DOSE, "id": "x", "occurred_at": 1}, 'field "occurred_at": a text is missing'),
        ({**DOSE, "id": "x", "received_at": 1}, 'field "received_at": it is no text'),
        ({**DOSE, "id": ""}, 'field "id": a text is missing'),
        ({**DOSE, "id": "x", "when": 1}, 'field "when": there is no such field'),
        ({**DOSE, "id": "x", "by": "neighbour"}, '"neighbour" may not report this'),
        ({**DOSE, "id": "x", "data": [1]}, 'field "data": it is no object'),
        ({**DOSE, "id": "x", "data": {"dose": 1}}, 'there is no field "dose"'),
        ({**DOSE, "id": "x", "sequence": "a"}, 'field "sequence": it is no whole number'),
        ({**DOSE, "id": "x", "event": "resumed", "by": "nurse"}, "it cannot happen in the stage"),
        ({**DOSE, "id": "x", "enrolment": "bo"}, "the enrolment had not begun then"),
        ({**DOSE, "id": "x", "occurred_at": "2026-03-28T09:00:00+01:00"}, "the enrolment had not begun then"),
        ({**DOSE, "id": "x", "event": "stated", "data": {"dose_times": "noon"}}, '"noon" cannot be read'),
        ({**DOSE, "id": "x", "event": "allocated", "data": {"arm": ["a"]}}, 'field "arm": an answer is missing'),
        (
            {**DOSE, "id": "x", "event": "acknowledged", "data": {"due": "dose/1"}},
            "is nothing that waits for an answer",
        ),
        ({**DOSE, "occurred_at": "2026-03-28T20:05:00+01:00"}, 'the id "3" is used by another event on line 1'),
    ],
)
def test_a_bad_line_is_told_and_the_others_are_kept(
    events: Path, capsys: pytest.CaptureFixture[str], line: Any, told: str
) -> None:
    assert command(events, *LOG, line) == 1
    answer = capsys.readouterr()
    first, last = answer.err.splitlines()
    assert first.startswith(f"{events}:4: ") and told in first
    assert last == f"{events}: 3 of 4 lines were kept and replayed, 1 left out."
    result = json.loads(answer.out)
    assert result["problems"] == [first]
    anna = next(one for one in result["enrolments"] if one["enrolment"] == "anna")
    assert [fact["status"] for fact in anna["facts"]] == ["met"]


def test_every_bad_line_is_told(events: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(events, "a", *LOG, "b", {**DOSE, "id": "x", "event": "c", "when": 1}) == 1
    assert [line.split(":")[1] for line in capsys.readouterr().err.splitlines()[:-1]] == ["1", "5", "6"]


@pytest.mark.parametrize(
    ("more", "told"),
    [(("--zone", "Mars/Olympus"), "is no time zone"), (("--until", "i går"), "is no time with a time zone")],
)
def test_what_cannot_be_replayed_is_refused_in_one_line(
    events: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], told: str
) -> None:
    assert command(events, *LOG, more=more) == 1
    answer = capsys.readouterr()
    assert told in answer.err and answer.out == ""


def test_a_practice_or_a_file_that_is_not_there_is_refused(events: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(events, *LOG, practice=UMEA / "nothing") == 1
    assert "there is no such file" in capsys.readouterr().err
    parser = argparse.ArgumentParser()
    replay.register(parser.add_subparsers())
    args = parser.parse_args(["replay", str(UMEA), str(events.with_name("none"))])
    assert args.run(args) == 1
    assert "there is no such file" in capsys.readouterr().err
