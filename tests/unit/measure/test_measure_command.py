"""`genklang measure`, and the files that `genklang rehearse` writes: what goes out comes in again."""

import csv
import json
import os
from pathlib import Path

import pytest

from genklang.cli import main
from genklang.measure.engines import measure
from genklang.rehearsal.running import rehearse
from tests.unit.rehearsal.cast import ESKILSTUNA, LAHOLM, UMEA, ZONE, practice, tables_of

DATABASE = os.environ.get("GENKLANG_TEST_DATABASE", "")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Three dispensers' log of some weeks."""
    path = tmp_path / "events.ndjson"
    words = ["--enrolments", "3", "--years", "0.15", "--seed", "7", "--events-out", str(path), "--json"]
    assert main(["rehearse", f"practices/{UMEA}", *words]) == 0
    return path


def measured(capsys: pytest.CaptureFixture[str], log: Path, *more: str) -> str:
    capsys.readouterr()
    assert main(["measure", f"practices/{UMEA}", "--events", str(log), "--json", *more]) == 0
    return capsys.readouterr().out


def test_a_log_gives_the_figures_of_the_rehearsal_it_came_from(capsys: pytest.CaptureFixture[str], log: Path) -> None:
    rehearsal = rehearse(practice(UMEA), enrolments=3, years=0.15, seed=7, zone=ZONE)
    expected = measure(practice(UMEA), tables_of(rehearsal), indicators=["avoided_visits"])
    result = json.loads(measured(capsys, log))
    assert [one for one in result["indicators"] if one["indicator"] == "avoided_visits"] == [
        value.as_dict() for value in expected
    ]
    assert result["enrolments"] == 3
    assert result["economy"]["currency"] == "SEK"


def test_a_release_leaves_out_what_few_people_stand_behind(capsys: pytest.CaptureFixture[str], log: Path) -> None:
    result = json.loads(measured(capsys, log, "--release"))
    assert {value["value"] for value in result["indicators"]} == {None}
    assert result["economy"] is None


def test_until_leaves_out_what_came_later(capsys: pytest.CaptureFixture[str], log: Path) -> None:
    result = json.loads(measured(capsys, log, "--until", "2026-01-20T12:00:00+01:00"))
    assert {value["period"] for value in result["indicators"]} == {"2026-01-01"}


def test_wrong_lines_are_told_and_the_others_measured(capsys: pytest.CaptureFixture[str], log: Path) -> None:
    whole = json.loads(measured(capsys, log))
    log.write_text(log.read_text(encoding="utf-8") + "no json\n", encoding="utf-8")
    assert main(["measure", f"practices/{UMEA}", "--events", str(log), "--json"]) == 1
    told = capsys.readouterr()
    assert json.loads(told.out) == whole
    assert "the line is no JSON" in told.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--events", "missing.ndjson"], "there is no such file"),
        (["--events", "pyproject.toml"], "the line is no JSON"),
        (["--events", "LOG", "--zone", "Mars/Olympus"], "is no time zone"),
        (["--events", "LOG", "--until", "tomorrow"], "is no time with a time zone"),
        (["--events", "LOG", "--engine", "postgres"], "needs an address"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    words: list[str], told: str, log: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GENKLANG_DATABASE", raising=False)
    given = [str(log) if word == "LOG" else word for word in words]
    assert main(["measure", f"practices/{UMEA}", *given]) == 1
    assert told in capsys.readouterr().err


@pytest.mark.postgres
@pytest.mark.skipif(not DATABASE.startswith("postgres"), reason="needs a PostgreSQL: run by script/with-postgres")
def test_both_engines_print_the_same_bytes(capsys: pytest.CaptureFixture[str], log: Path) -> None:
    there = measured(capsys, log, "--engine", "postgres", "--database", DATABASE)
    assert there == measured(capsys, log)


def test_the_study_table_is_what_evaluate_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "trial.csv"
    words = ["--enrolments", "200", "--years", "1.25", "--seed", "7", "--data-out", str(data)]
    assert main(["rehearse", f"practices/{ESKILSTUNA}", *words]) == 0
    capsys.readouterr()
    columns = ["--outcome", "hours_12", "--treatment", "arm", "--strata", "age_group", "--strata", "first_time"]
    asked = ["evaluate", str(data), "--design", "randomised", *columns, "--subgroups", "age_group", "--json"]
    assert main(asked) == 0
    finding = json.loads(capsys.readouterr().out)
    assert finding["design"] == "randomised"
    assert {group["level"] for group in finding["subgroups"][0]["groups"]} == {"age_65_75", "age_76_85", "age_86_95"}


def test_a_series_table_has_a_row_for_each_whole_month(tmp_path: Path) -> None:
    data = tmp_path / "series.csv"
    words = ["--enrolments", "5", "--years", "2", "--seed", "7", "--data-out", str(data), "--json"]
    assert main(["rehearse", f"practices/{LAHOLM}", *words]) == 0
    rows = list(csv.DictReader(data.read_text(encoding="utf-8").splitlines()))
    assert list(rows[0]) == ["period", "after", "hours", "administration", "simulated"]
    assert [row["period"] for row in rows[:2]] == ["2026-01", "2026-02"]
    assert len(rows) == 23
    assert "2027-03" not in {row["period"] for row in rows}
    assert [row["after"] for row in rows] == ["0"] * 14 + ["1"] * 9


def test_wrong_parameters_are_told_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--parameter", "b", "--parameter", "x=1", "--parameter", "in_time=9"]
    assert main(["rehearse", f"practices/{UMEA}", *words]) == 1
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 3
    assert all(". " in line for line in told)
