"""Loading: twice changes nothing, one broken folder hides no other, and what was published is never changed."""

import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from genklang.bank.models import Practice, ProtocolVersion, SearchTerm, Story
from genklang.bank.selectors import TablePostings, Wanted, find_practices, shown_practices
from genklang.bank.services import load_practices
from genklang.protocol.reading import digest

PRACTICES = Path(__file__).resolve().parents[3] / "practices"
FIRST, SECOND = "umea-medicingivare", "laholm-ledsagarservice"

pytestmark = pytest.mark.django_db


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    """Two practices that a test may change."""
    for name in (FIRST, SECOND):
        shutil.copytree(PRACTICES / name, tmp_path / name)
    return tmp_path


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def counts() -> tuple[int, ...]:
    return tuple(kind.objects.count() for kind in (Practice, ProtocolVersion, Story, SearchTerm))


def test_it_loads_and_a_second_time_changes_nothing(folders: Path) -> None:
    assert load_practices(folders).loaded == [SECOND, FIRST]
    before = counts()
    again = load_practices(folders)
    assert (again.loaded, again.unchanged, again.problems) == ([], [SECOND, FIRST], [])
    assert counts() == before


def test_a_broken_folder_is_told_and_hides_no_other(folders: Path) -> None:
    load_practices(folders)
    replace(folders / FIRST / "results.yaml", "home_health_care", "eldercare")
    replace(folders / SECOND / "story.sv.md", "Timmarna", "Timmar")
    report = load_practices(folders)
    assert report.loaded == [SECOND]
    assert 'Did you mean "elder_care"?' in str(report.problems[0])
    assert {practice.slug for practice in shown_practices()} == {FIRST, SECOND}


def test_a_changed_protocol_becomes_a_new_version_and_the_old_stays(folders: Path) -> None:
    load_practices(folders)
    old = Practice.objects.get(slug=FIRST).current
    replace(folders / FIRST / "protocol.yaml", "version: 1.0.0", "version: 1.1.0")
    load_practices(folders)
    practice = Practice.objects.get(slug=FIRST)
    assert old is not None and practice.current is not None
    assert practice.current.version == "1.1.0"
    assert old.digest != practice.current.digest
    assert ProtocolVersion.objects.get(pk=old.pk).source == old.source


def test_a_published_version_cannot_be_changed(folders: Path) -> None:
    load_practices(folders)
    version = ProtocolVersion.objects.filter(practice__slug=FIRST).get()
    version.source = "something else"
    with pytest.raises(TypeError, match="publish a new one"):
        version.save()


def test_the_stored_protocol_has_the_digest_it_is_pinned_by(folders: Path) -> None:
    from genklang.bank.selectors import protocol_of

    load_practices(folders)
    for version in ProtocolVersion.objects.all():
        assert digest(protocol_of(version)) == version.digest


def test_a_practice_whose_folder_is_gone_is_hidden_and_comes_back(folders: Path, tmp_path: Path) -> None:
    load_practices(folders)
    shutil.move(folders / FIRST, tmp_path.parent / FIRST)
    assert load_practices(folders).hidden == [FIRST]
    assert [practice.slug for practice in shown_practices()] == [SECOND]
    assert find_practices(Wanted(words="medicin"))[0] == []
    shutil.move(tmp_path.parent / FIRST, folders / FIRST)
    assert load_practices(folders).loaded == [FIRST]
    assert shown_practices().count() == 2


def test_search_over_the_table_ranks_as_in_memory(folders: Path) -> None:
    from genklang.bank.documents import documents
    from genklang.bank.reading import practice_folders, read_folder
    from genklang.bank.search import MemoryPostings, search

    load_practices(folders)
    memory = MemoryPostings(documents(read_folder(folder) for folder in practice_folders(folders)))
    for query in ("mamma glömmer sin medicin", "timmar", "hemma", "wants to go to a concert", "xyzzy"):
        assert search(query, TablePostings()) == search(query, memory)


def test_an_empty_folder_is_no_error(tmp_path: Path) -> None:
    assert load_practices(tmp_path).loaded == []


def test_the_command_tells_and_fails_when_a_folder_is_broken(folders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_practices", str(folders))
    assert "2 loaded, 0 unchanged, 0 hidden" in capsys.readouterr().out
    (folders / FIRST / "results.yaml").unlink()
    with pytest.raises(CommandError, match=r"results\.yaml:1:1: The file is missing"):
        call_command("load_practices", str(folders))
