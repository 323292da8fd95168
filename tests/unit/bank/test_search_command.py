"""`genklang search "words"`: needs no server, no database and no officials' words."""

import json
import shutil
from pathlib import Path

import pytest

from genklang.cli import main

PRACTICES = Path(__file__).resolve().parents[3] / "practices"


def test_it_finds_by_own_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "mormor vill bo hemma", "--practices", str(PRACTICES), "--language", "sv"]) == 0
    assert capsys.readouterr().out.startswith("eskilstuna-hemrehab\n  Intensiv hemrehabilitering\n")


def test_words_need_no_quotes_and_the_answer_can_be_json(capsys: pytest.CaptureFixture[str]) -> None:
    given = ["search", "short", "of", "money", "after", "prison", "--json", "--language", "en"]
    assert main([*given, "--practices", str(PRACTICES)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found[0]["practice"] == "usa-ekonomiskt-stod-efter-fangelse"
    assert found[0]["title"] == "Financial aid after prison"
    assert found[0]["understood_as"].startswith("economic assistance")


def test_nothing_found_is_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "xyzzy", "--practices", str(PRACTICES), "--language", "sv"]) == 0
    assert capsys.readouterr().out == "Inget hittades. Pröva andra ord.\n"


def test_a_folder_without_practices_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["search", "medicin", "--practices", str(tmp_path)]) == 1
    assert "holds no practices" in capsys.readouterr().err


def test_one_broken_practice_is_told_and_the_others_are_searched(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for name in ("umea-medicingivare", "laholm-ledsagarservice"):
        shutil.copytree(PRACTICES / name, tmp_path / name)
    (tmp_path / "laholm-ledsagarservice" / "results.yaml").unlink()
    assert main(["search", "medicin", "--practices", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert said.out.startswith("umea-medicingivare")
    assert "results.yaml:1:1: The file is missing" in said.err
