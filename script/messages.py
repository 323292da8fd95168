"""Gathers msgids from Python and templates, merges them into the Swedish catalogues and compiles these.

Django's templatize and Babel do the work; GNU gettext is not needed.
"""

import argparse
import gettext
import io
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOMS = Path(__file__).resolve().parent.parent / "src" / "genklang"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")
HEADER = """msgid ""
msgstr ""
"Language: sv\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


def rooms() -> list[Path]:
    """The folders that are Django applications, by name."""
    return sorted(file.parent for file in ROOMS.glob("*/apps.py"))


def gather(room: Path) -> Catalog:
    """A catalogue without translations of all texts in the room's Python files and templates."""
    catalog = Catalog(locale="sv", charset="utf-8")
    for file in sorted([*room.rglob("*.py"), *room.rglob("*.html"), *room.rglob("*.txt")]):
        if "migrations" in file.parts or "locale" in file.parts:
            continue
        for text, context in _texts(file):
            catalog.add(text, context=context, locations=[(file.relative_to(room).as_posix(), 0)])
    return catalog


def merge(known: Catalog, gathered: Catalog) -> Catalog:
    """The gathered texts with the translations already known; texts no longer used fall away."""
    merged = Catalog(locale="sv", charset="utf-8")
    for message in _messages(gathered):
        old = known.get(message.id, message.context)
        string = old.string if old else ""
        if isinstance(message.id, tuple) and not isinstance(string, tuple):
            string = ("", "")
        merged.add(message.id, string, context=message.context, locations=message.locations)
    return merged


def to_po(catalog: Catalog) -> str:
    """The catalogue as text: sorted, no dates, no line numbers, so that it changes only when a text does."""
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=110, omit_header=True, sort_output=True, include_lineno=False)
    return HEADER + buffer.getvalue().decode("utf-8")


def to_mo(catalog: Catalog) -> bytes:
    """The catalogue compiled."""
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def problems(room: Path) -> list[str]:
    """What is wrong with the room's catalogue as it lies there, each with what to do; empty when all is well."""
    po, mo = _files(room)
    gathered, known = gather(room), _read(po)
    merged = merge(known, gathered)
    found = [f"{po}: {fault}" for message in _messages(merged) for fault in _faults(message)]
    if to_po(merged) != (po.read_text(encoding="utf-8") if po.exists() else HEADER):
        found.append(f"{po}: not in step with the texts of the room. Run script/messages and commit the file.")
    if _entries(to_mo(known)) != (_entries(mo.read_bytes()) if mo.exists() else {}):
        found.append(f"{mo}: not compiled from django.po as it is now. Run script/messages and commit the file.")
    return found


def write(room: Path) -> list[str]:
    """Brings the room's files in step and returns what still lacks Swedish."""
    po, mo = _files(room)
    merged = merge(_read(po), gather(room))
    po.parent.mkdir(parents=True, exist_ok=True)
    _write_if_new(po, to_po(merged).encode("utf-8"))
    _write_if_new(mo, to_mo(merged))
    return [f"{po}: {fault}" for message in _messages(merged) for fault in _faults(message)]


def main(arguments: list[str]) -> int:
    """Runs the command; 1 when --check finds something, 0 otherwise."""
    parser = argparse.ArgumentParser(prog="script/messages", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail when something is missing or stale")
    parser.add_argument("rooms", nargs="*", help="only these rooms, for example: site people")
    asked = parser.parse_args(arguments)
    chosen = [room for room in rooms() if not asked.rooms or room.name in asked.rooms]
    found = [line for room in chosen for line in (problems(room) if asked.check else write(room))]
    for line in found:
        print(line.replace(f"{ROOMS.parent.parent}/", ""), file=sys.stderr)
    return 1 if found and asked.check else 0


def _texts(file: Path) -> Iterator[tuple[str | tuple[str, str], str | None]]:
    source = file.read_bytes()
    if file.suffix != ".py":
        from django.utils.translation.template import templatize

        code = templatize(source.decode("utf-8"), origin=file.name)
        # Templatize turns what is no text into letters and blanks, whose indentation must not be read as Python's.
        source = "\n".join(line.strip() for line in code.splitlines()).encode("utf-8")
    for _line, text, _comments, context in extract("python", io.BytesIO(source), keywords=KEYWORDS):
        if text:
            yield text, context  # type: ignore[misc]


def _faults(message: Message) -> Iterator[str]:
    ids = message.id if isinstance(message.id, tuple) else (message.id,)
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    if not all(strings):
        yield f'"{ids[0]}" has no Swedish (msgstr ""). Write it there and run script/messages again.'
        return
    wanted = {name for text in ids for name in PLACEHOLDER.findall(text)}
    given = {name for text in strings for name in PLACEHOLDER.findall(text)}
    if wanted != given:
        written, right = (", ".join(sorted(names)) or "none" for names in (given, wanted))
        yield f'"{ids[0]}" has other placeholders in Swedish ({written}). Write {right}.'


def _messages(catalog: Catalog) -> Iterable[Message]:
    return (message for message in catalog if message.id)


def _files(room: Path) -> tuple[Path, Path]:
    folder = room / "locale" / "sv" / "LC_MESSAGES"
    return folder / "django.po", folder / "django.mo"


def _read(po: Path) -> Catalog:
    if not po.exists():
        return Catalog(locale="sv", charset="utf-8")
    with po.open("rb") as file:
        return read_po(file, locale="sv", charset="utf-8")


def _entries(compiled: bytes) -> dict[object, str]:
    texts = gettext.GNUTranslations(io.BytesIO(compiled))._catalog  # type: ignore[attr-defined]
    return {key: value for key, value in texts.items() if key}


def _write_if_new(path: Path, content: bytes) -> None:
    # Compiled headers hold a date: a catalogue that says the same is left alone.
    if path.exists():
        old = path.read_bytes()
        if old == content or (path.suffix == ".mo" and _entries(old) == _entries(content)):
            return
    path.write_bytes(content)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
