"""`genklang evaluate` from the outside: files as spreadsheets save them, errors with their line, exit codes."""

import argparse
import json
from pathlib import Path

import pytest
from lifelines.datasets import load_rossi

from genklang.cli.evaluate import register
from genklang.cli.tables import language_of


def genklang(*words: str | Path) -> int:
    parser = argparse.ArgumentParser()
    register(parser.add_subparsers(required=True))
    args = parser.parse_args(["evaluate", *map(str, words)])
    code = args.run(args)
    assert isinstance(code, int)
    return code


@pytest.fixture
def rossi(tmp_path: Path) -> Path:
    path = tmp_path / "rossi.csv"
    load_rossi().to_csv(path, index=False)
    return path


RANDOMISED = ("--design", "randomised", "--outcome", "arrest", "--treatment", "fin")


def test_json_holds_the_finding(rossi: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert genklang(rossi, *RANDOMISED, "--better", "lower", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["estimate"] == pytest.approx(-18 / 216)
    assert found["interval"] == pytest.approx([-0.16505, -0.00015], abs=1e-5)
    assert found["flow"]["randomised"] == 432


def test_the_same_command_gives_the_same_bytes(rossi: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outputs = []
    for _ in range(2):
        assert genklang(rossi, *RANDOMISED, "--strata", "race", "wexp", "--seed", "7", "--json") == 0
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1]


def test_plain_words_come_first(rossi: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--covariates", "age,prio", "--subgroups", "race", "--confidence", "0.9", "--language", "en")
    assert genklang(rossi, *RANDOMISED, *words) == 0
    out = capsys.readouterr().out
    assert out.startswith("432 people were assigned by lot")
    assert "90 %" in out
    assert "Subgroups: race (no plan given)" in out
    assert "[ancova]" in out


def test_survival(rossi: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--design", "survival", "--time", "week", "--event", "arrest", "--treatment", "fin")
    assert genklang(rossi, *options, "--language", "sv") == 0
    assert "log-rank-test" in capsys.readouterr().out


def test_a_swedish_spreadsheet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Semicolons, decimal commas, the Windows code page, and cells that run over two lines."""
    path = tmp_path / "timmar.csv"
    rows = [f'"rad\r\n{place}";{"insats" if place % 2 else "kontroll"};{place},5;Åsa' for place in range(20)]
    path.write_bytes("\r\n".join(["not;grupp;timmar/månad;förnamn", *rows, ""]).encode("cp1252"))
    options = ("--design", "randomised", "--outcome", "timmar/månad", "--treatment", "grupp")
    assert genklang(path, *options, "--json") == 0
    assert json.loads(capsys.readouterr().out)["estimate"] == pytest.approx(1)


def test_errors_name_the_line_of_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "data.csv"
    path.write_text('y,t\n1,0\n\n"a\nb",1\n3,\n4,1\n')
    assert genklang(path, "--design", "randomised", "--outcome", "y", "--treatment", "t", "--language", "en") == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert f'{path}:4, column "y": "a\nb" cannot be read here.' in said.err
    assert f'{path}:6, column "t": the cell is empty.' in said.err


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "the file is empty"),
        (b"PK\x03\x04\x00\x00", "the file is no CSV file"),
        (b"y,y\n1,2\n", "the heading stands more than once"),
        (b"y,t\n1,2,3\n", "line 2 has 3 values, the heading 2"),
        (b"y,t\n", "the table is empty"),
        (b'y,t\n"1,2\n', "line 2 has 1 values"),
    ],
)
def test_files_that_are_no_tables(
    tmp_path: Path, content: bytes, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "data.csv"
    path.write_bytes(content)
    assert genklang(path, "--design", "randomised", "--outcome", "y", "--treatment", "t", "--language", "en") == 1
    assert says in capsys.readouterr().err


def test_no_such_file_and_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path, says in ((tmp_path / "none.csv", "filen finns inte"), (tmp_path, "är en mapp")):
        assert genklang(path, "--design", "one_group", "--outcome", "y", "--language", "sv") == 1
        assert says in capsys.readouterr().err


def test_asked_wrongly_is_two(rossi: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        genklang(rossi, "--design", "randomised", "--confidence", "high")
    assert stopped.value.code == 2


@pytest.mark.parametrize(
    ("given", "lang", "language"),
    [
        (None, "en_GB.UTF-8", "en"),
        (None, "sv_SE.UTF-8", "sv"),
        (None, "C", "sv"),
        ("sv", "en", "sv"),
        ("en", "", "en"),
    ],
)
def test_language(given: str | None, lang: str, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setenv("LANG", lang)
    assert language_of(given) == language
