"""script/messages: what it gathers, keeps, refuses."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[3] / "script" / "messages.py"


@pytest.fixture(scope="module")
def messages() -> ModuleType:
    spec = importlib.util.spec_from_file_location("genklang_messages", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def room(tmp_path: Path) -> Path:
    (tmp_path / "templates").mkdir()
    (tmp_path / "views.py").write_text(
        'from x import gettext as _\n_("Saved")\nngettext("%(n)d day", "%(n)d days", 2)\n'
    )
    (tmp_path / "templates" / "page.html").write_text(
        '<p>\n    {% translate "Hello" %}\n</p>\n{% blocktranslate %}Dear {{ name }}{% endblocktranslate %}'
        '{% component "card" title=_("A title") %}{% endcomponent %}{% comment %}_("not this"){% endcomment %}'
    )
    return tmp_path


def fill(room: Path, swedish: dict[str, str]) -> None:
    po = room / "locale/sv/LC_MESSAGES/django.po"
    text = po.read_text()
    for english, translated in swedish.items():
        text = text.replace(f'msgid "{english}"\nmsgstr ""', f'msgid "{english}"\nmsgstr "{translated}"')
    text = text.replace('msgstr[0] ""\nmsgstr[1] ""', 'msgstr[0] "%(n)d dag"\nmsgstr[1] "%(n)d dagar"')
    po.write_text(text)


SWEDISH = {"Saved": "Sparat", "Hello": "Hej", "Dear %(name)s": "Kära %(name)s", "A title": "En rubrik"}


def test_it_gathers_from_python_and_templates(messages: ModuleType, room: Path) -> None:
    ids = {message.id for message in messages.gather(room) if message.id}
    assert ids == {"Saved", "Hello", "Dear %(name)s", "A title", ("%(n)d day", "%(n)d days")}


def test_it_is_content_once_all_is_translated_and_compiled(messages: ModuleType, room: Path) -> None:
    assert len(messages.write(room)) == 5
    fill(room, SWEDISH)
    assert messages.write(room) == []
    assert messages.problems(room) == []


def test_it_names_what_lacks_swedish(messages: ModuleType, room: Path) -> None:
    messages.write(room)
    fill(room, {key: value for key, value in SWEDISH.items() if key != "Hello"})
    messages.write(room)
    assert [line for line in messages.problems(room) if '"Hello" has no Swedish' in line]


def test_it_sees_a_stale_compiled_file(messages: ModuleType, room: Path) -> None:
    messages.write(room)
    fill(room, SWEDISH)
    messages.write(room)
    fill(room, {})
    po = room / "locale/sv/LC_MESSAGES/django.po"
    po.write_text(po.read_text().replace("Sparat", "Har sparats"))
    assert ["django.mo" in line for line in messages.problems(room)] == [True]


def test_it_sees_a_text_that_is_new(messages: ModuleType, room: Path) -> None:
    messages.write(room)
    fill(room, SWEDISH)
    messages.write(room)
    (room / "more.py").write_text('_("More")')
    assert any('"More" has no Swedish' in line for line in messages.problems(room))


def test_it_refuses_other_placeholders(messages: ModuleType, room: Path) -> None:
    messages.write(room)
    fill(room, SWEDISH | {"Dear %(name)s": "Kära %(namn)s"})
    assert any("other placeholders in Swedish (%(namn)s). Write %(name)s." in line for line in messages.write(room))


def test_writing_twice_changes_nothing(messages: ModuleType, room: Path) -> None:
    messages.write(room)
    fill(room, SWEDISH)
    messages.write(room)
    before = {file: file.read_bytes() for file in room.rglob("django.*")}
    messages.write(room)
    assert {file: file.read_bytes() for file in room.rglob("django.*")} == before
