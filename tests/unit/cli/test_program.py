"""The program around its commands: quick help, exit codes, faults in one line; and `check`."""

import importlib
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from genklang import cli

ROOT = Path(__file__).parents[3]
UMEA = (ROOT / "practices" / "umea-medicingivare" / "protocol.yaml").read_text()


def practice(folder: Path, text: str, name: str = "umea-medicingivare") -> Path:
    """Umeå's whole practice, with another protocol."""
    shutil.copytree(ROOT / "practices" / "umea-medicingivare", folder / name)
    (folder / name / "protocol.yaml").write_text(text)
    results = folder / name / "results.yaml"
    results.write_text(results.read_text().replace("practice: umea-medicingivare", f"practice: {name}"))
    return folder / name


def test_help_imports_no_command_and_answers_at_once() -> None:
    code = "import sys; from genklang.cli import main\ntry: main(['--help'])\nexcept SystemExit: print([*sys.modules])"
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert time.perf_counter() - began < 1  # 0.03 s on an idle machine
    assert all(name in done.stdout for name in cli.COMMANDS)
    for heavy in ("pydantic", "django", "duckdb", "yaml", "numpy", "genklang.cli.check"):
        assert f"'{heavy}'" not in done.stdout


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_each_command_is_summed_up_as_it_sums_itself_up(name: str) -> None:
    help_of_the_program = " ".join(cli._parser([name]).format_help().split())
    assert f"{name} {cli.COMMANDS[name]}" in help_of_the_program
    assert importlib.import_module(f"genklang.cli.{name}")


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_has_json(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main([name, "--help"])
    assert stopped.value.code == 0
    assert "--json" in capsys.readouterr().out


def test_no_command_shows_help_and_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 2
    assert "check" in capsys.readouterr().err


def test_an_unknown_command_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["chek"])
    assert stopped.value.code == 2


def test_a_fault_is_one_line_and_debug_shows_where(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: object) -> int:
        raise RuntimeError("Alva's number is 19410101-1234")

    monkeypatch.setattr("genklang.cli.check.run", broken)
    assert cli.main(["check", "x"]) == 3
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "--debug" in told
    assert "1941" not in told
    with pytest.raises(RuntimeError):
        cli.main(["check", "x", "--debug"])


def test_the_practices_are_right(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(ROOT / "practices")]) == 0
    assert capsys.readouterr().out.count(" tests pass.\n") >= 4


def test_every_mistake_of_every_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    practice(tmp_path, UMEA.replace("60 min", "soon").replace("avg(met)", "avg(mett)", 1))
    practice(tmp_path, UMEA.replace("language: 1", "language: 7"), name="another")
    assert cli.main(["check", str(tmp_path)]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(", ")[2].partition(":")[0] for line in lines[:-1]] == [
        "language",
        'expectation "dose", within',
    ]
    assert lines[0].startswith(f"{tmp_path}/another/protocol.yaml:1:11, ")


def test_json_tells_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = practice(tmp_path, UMEA.replace("avg(met)", "avg(mett)", 1))
    assert cli.main(["check", str(folder), str(ROOT / "practices" / "laholm-ledsagarservice"), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    wrong, right = told["files"]
    assert (told["ok"], wrong["ok"], right["ok"]) == (False, False, True)
    assert wrong["problems"][0]["written"] == "mett"
    assert right["digest"].startswith("sha256:")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "holds no protocol"),
        (b"language: 1\ntitle: \xe5\n", ":2:1: The file is not UTF-8"),
        (UMEA.replace("practice: umea-medicingivare", "practice: other").encode(), "not the name of its folder"),
    ],
)
def test_what_cannot_be_used_is_told(
    content: bytes, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = practice(tmp_path, "")
    (folder / "protocol.yaml").write_bytes(content)
    assert cli.main(["check", str(folder)]) == 1
    assert words in capsys.readouterr().err


def test_a_path_that_leads_nowhere_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(tmp_path / "nowhere"), str(tmp_path)]) == 1
    told = capsys.readouterr().err
    assert "There is no such file" in told
    assert "holds no protocol.yaml" in told


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    folder = practice(tmp_path, "\ufeff" + UMEA)
    assert cli.main(["check", str(folder)]) == 0


def test_a_protocol_alone_is_read_without_its_tests(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = practice(tmp_path, UMEA)
    (folder / "tests.yaml").write_text("no tests at all")
    assert cli.main(["check", str(folder / "protocol.yaml")]) == 0
    assert capsys.readouterr().out.endswith("umea-medicingivare 1.0.0 is right.\n")


@pytest.mark.parametrize("file", ["story.sv.md", "story.en.md", "results.yaml", "tests.yaml"])
def test_every_file_of_a_practice_is_wanted(file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = practice(tmp_path, UMEA)
    (folder / file).unlink()
    assert cli.main(["check", str(folder)]) == 1
    assert f"{folder / file}:1:1: The file is missing" in capsys.readouterr().err


def test_a_test_that_the_protocol_fails_is_told_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = practice(tmp_path, UMEA.replace("within: 60 min", "within: 90 min"))
    assert cli.main(["check", str(folder), "--json"]) == 1
    problems = json.loads(capsys.readouterr().out)["files"][0]["problems"]
    lines = (folder / "tests.yaml").read_text().splitlines()
    assert problems
    assert all(problem["file"].endswith("tests.yaml") for problem in problems)
    assert any("alarms: {" in lines[problem["line"] - 1] for problem in problems)


def test_the_number_of_tests_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(ROOT / "practices"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["files"]
    assert all(one["tests"] >= 3 for one in told)
