"""`genklang new`: what it writes checks at once, a fork says where it came from, and nothing is written by half."""

import json
from pathlib import Path

import pytest

from genklang import cli
from genklang.bank.reading import practice_folders, read_folder
from genklang.protocol.reading import digest

ROOT = Path(__file__).parents[3]
PRACTICES = practice_folders(ROOT / "practices")


def begin(root: Path, *more: str) -> int:
    return cli.main(["new", "lindmala-telefonvan", "--practices", str(root), *more])


def test_a_new_practice_checks_and_passes_its_tests(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert begin(tmp_path) == 0
    capsys.readouterr()
    assert cli.main(["check", str(tmp_path)]) == 0
    assert "lindmala-telefonvan 1.0.0 is right, and its 3 tests pass." in capsys.readouterr().out


def test_a_new_practice_rehearses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert begin(tmp_path) == 0
    capsys.readouterr()
    folder = str(tmp_path / "lindmala-telefonvan")
    assert cli.main(["rehearse", folder, "--enrolments", "5", "--seed", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("parent", PRACTICES, ids=lambda parent: parent.name)
def test_a_fork_checks_and_keeps_its_lineage(parent: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert begin(tmp_path, "--from", str(parent), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert cli.main(["check", str(tmp_path)]) == 0
    old, new = read_folder(parent), read_folder(tmp_path / "lindmala-telefonvan")
    assert told["lineage"] == {"practice": old.slug, "version": old.protocol.version, "digest": digest(old.protocol)}
    assert (new.results.lineage, new.results.lineage_digest) == (old.slug, digest(old.protocol))
    assert new.protocol == old.protocol.model_copy(update={"practice": "lindmala-telefonvan", "version": "1.0.0"})


@pytest.mark.parametrize("parent", PRACTICES, ids=lambda parent: parent.name)
def test_a_fork_claims_neither_figures_nor_voices(parent: Path, tmp_path: Path) -> None:
    assert begin(tmp_path, "--from", str(parent)) == 0
    old, new = read_folder(parent), read_folder(tmp_path / "lindmala-telefonvan")
    assert not new.results.figures
    assert not new.results.spread
    assert new.results.areas == old.results.areas
    assert old.stories["sv"][:80] not in new.stories["sv"]
    assert old.protocol.title.sv in new.stories["sv"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Lindmåla telefonvän", 'for example "lindmala-telefonvan"'),
        ("-", 'for example "lindmala-telefonvan"'),
        ("a" * 81, "is no id"),
        ("../out", 'for example "out"'),
        ("umea-medicingivare", "is there already"),
    ],
)
def test_a_wrong_id_is_refused(name: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["new", "--practices", str(ROOT / "practices"), "--", name]) == 1
    assert words in capsys.readouterr().err


def test_a_parent_that_is_wrong_is_not_grown_out_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parent = tmp_path / "wrong"
    parent.mkdir()
    (parent / "protocol.yaml").write_text("language: 1\n")
    assert begin(tmp_path, "--from", str(parent)) == 1
    assert "cannot be grown out of until it is right" in capsys.readouterr().err
    assert begin(tmp_path, "--from", str(tmp_path / "nowhere")) == 1
    assert sorted(tmp_path.iterdir()) == [parent]


def test_what_cannot_be_written_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(self: Path, *_: object, **__: object) -> int:
        if self.name == "tests.yaml":
            raise OSError(28, "No space left on device")
        return 0

    monkeypatch.setattr(Path, "write_text", full)
    assert begin(tmp_path) == 1
    assert "no space left on device. Nothing was written" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
