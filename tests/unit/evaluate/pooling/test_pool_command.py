"""`genklang pool` from the outside: what it prints, what it refuses and with which words."""

import json
from pathlib import Path

import pytest

from genklang.cli import main
from genklang.evaluate.pooling import pool

ROWS = "kommun;effekt;varians\nUmeå;-3,1;0,8\nLaholm;-1,2;0,5\nGotland;0,4;1,1\nBorlänge;;\n"
COLUMNS = ("--effect", "effekt", "--variance", "varians")


@pytest.fixture
def results(tmp_path: Path) -> Path:
    path = tmp_path / "results.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def refusal(path: Path, text: str, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    path.write_text(text, encoding="utf-8")
    assert main(["pool", str(path), *(words or COLUMNS), "--language", "en"]) == 1
    answer = capsys.readouterr()
    assert answer.out == ""
    assert "Traceback" not in answer.err
    return answer.err


def test_json_holds_every_way_of_pooling(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pool", str(results), *COLUMNS, "--name", "kommun", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    direct = pool([-3.1, -1.2, 0.4], [0.8, 0.5, 1.1])
    assert found["estimate"] == pytest.approx(direct.headline.value)
    assert {"reml", "reml_hk", "dl", "dl_hk", "pm_hk", "fixed"} == set(found["methods"])
    assert found["prediction_interval"] == pytest.approx([direct.prediction.low, direct.prediction.high])  # type: ignore[union-attr]
    assert [row["name"] for row in found["rows"]] == ["Umeå", "Laholm", "Gotland"]
    assert found["without_result"] == 1


def test_plain_words_come_first(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pool", str(results), *COLUMNS, "--better", "lower", "--language", "sv"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("3 resultat vägs samman (1 införanden har inte gett något)")
    assert "Hartung-Knapp" in out


def test_standard_errors_will_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "errors.csv"
    path.write_text("e,s\n1,0.5\n2,0.4\n3,1\n", encoding="utf-8")
    assert main(["pool", str(path), "--effect", "e", "--standard-error", "s", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"][0]["variance"] == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("effekt,varians\n1,-0.5\n2,0.4\n", 'results.csv:2, column "varians": -0.5 is not above zero.'),
        ("effekt,varians\n1,0\n2,0.4\n", 'results.csv:2, column "varians": 0 is not above zero.'),
        ("effekt,varians\n1,0.5\n", "1 study cannot be pooled"),
        ("effekt,varians\nlagom,0.5\n2,0.4\n", 'results.csv:2, column "effekt": "lagom" cannot be read here.'),
        ("effekt,varians\n1,0.5\n2,\n3,1\n", 'results.csv:3, column "varians": the cell is empty'),
        ("effekt,annan\n1,0.5\n2,1\n", 'column "varians": the column is not in the table'),
        ("effekt,varians\n", "0 study cannot be pooled"),
        ("", "the file is empty"),
    ],
)
def test_what_is_wrong_is_told(text: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert told in refusal(tmp_path / "results.csv", text, capsys)


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pool", str(tmp_path / "no.csv"), *COLUMNS, "--language", "sv"]) == 1
    assert "filen finns inte" in capsys.readouterr().err
