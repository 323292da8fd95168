"""The practices' folders: all four can be read, and every mistake is told with its place and its cure."""

import shutil
from pathlib import Path

import pytest

from genklang.bank.reading import practice_folders, read_folder, read_results
from genklang.protocol.problems import ProtocolErrors

PRACTICES = Path(__file__).resolve().parents[3] / "practices"
NAMES = [
    "eskilstuna-hemrehab",
    "laholm-ledsagarservice",
    "umea-medicingivare",
    "usa-ekonomiskt-stod-efter-fangelse",
]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of one practice that a test may spoil."""
    return Path(shutil.copytree(PRACTICES / "umea-medicingivare", tmp_path / "umea-medicingivare"))


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def problems(folder: Path) -> list[str]:
    with pytest.raises(ProtocolErrors) as caught:
        read_folder(folder)
    return [str(problem) for problem in caught.value.problems]


def test_the_four_practices_are_there() -> None:
    assert {folder.name for folder in practice_folders(PRACTICES)} >= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_practice_reads_and_its_stories_are_stories(name: str) -> None:
    folder = read_folder(PRACTICES / name)
    for language, story in folder.stories.items():
        assert 350 <= len(story.split()) <= 600, f"{name} {language}"
        assert story.count("\n## ") >= 5


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_names_a_source_and_own_arithmetic_is_owned(name: str) -> None:
    results = read_folder(PRACTICES / name).results
    assert results.headline is not None
    assert all(figure.source in results.sources for figure in results.figures.values())
    assert all(figure.own_arithmetic for figure in results.figures.values() if figure.kind == "difference")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[home_health_care, elder_care]", "[eldercare]", 'Did you mean "elder_care"?'),
        ("compares_with: adherence", "compares_with: adherance", 'Did you mean "adherence"?'),
        ("    source: seven\n    headline", "    source: eight\n    headline", 'Write "seven".'),
        ("    about: true", "    abuot: true", 'Did you mean "about"?'),
        ("    low: 0.992", "    value: 0.992", "Write value, or both low and high, or direction"),
        ("practice: umea-medicingivare", "practice: umea", "Give both the same name."),
        (
            "design: one_group",
            "design: single",
            'Write "randomised", "cluster_randomised", "stepped_wedge"',
        ),
    ],
)
def test_a_mistake_in_results_is_told_with_its_cure(copy: Path, old: str, new: str, says: str) -> None:
    replace(copy / "results.yaml", old, new)
    told = problems(copy)
    assert len(told) == 1
    assert says in told[0]
    assert "results.yaml:" in told[0]


def test_the_place_of_a_mistake_is_its_line(copy: Path) -> None:
    file = copy / "results.yaml"
    line = next(n for n, text in enumerate(file.read_text(encoding="utf-8").split("\n"), 1) if "areas:" in text)
    replace(file, "[home_health_care, ", "[eldercare, ")
    assert f"results.yaml:{line}:9" in problems(copy)[0]


def test_all_files_are_read_before_anything_is_told(copy: Path) -> None:
    (copy / "story.en.md").unlink()
    (copy / "story.sv.md").write_text("Kort.", encoding="utf-8")
    replace(copy / "results.yaml", "[home_health_care, elder_care]", "[eldercare]")
    told = "\n".join(problems(copy))
    assert "story.en.md:1:1: The file is missing" in told
    assert "story.sv.md:1:1: The story is 5 characters long" in told
    assert "eldercare" in told


def test_a_story_that_is_no_text_is_told(copy: Path) -> None:
    (copy / "story.sv.md").write_bytes(b"\xff\xfe\x00bad")
    assert "The text is not UTF-8" in problems(copy)[0]


def test_an_empty_results_file_is_told() -> None:
    with pytest.raises(ProtocolErrors, match="The file holds no results"):
        read_results("# nothing\n", file="results.yaml")


def test_a_word_the_other_figure_does_not_have(copy: Path) -> None:
    replace(copy / "results.yaml", "    headline: true", "    headline: true\n    against: dispensars")
    assert 'Did you mean "dispensers"?' in problems(copy)[0]
