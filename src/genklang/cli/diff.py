"""`genklang diff OLD NEW`: every change between two protocols, where it is written, and what it means for those who
already take part.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genklang.cli.practice import Refused

if TYPE_CHECKING:
    from genklang.protocol.changes import Change, Impact
    from genklang.protocol.document import Document
    from genklang.protocol.reading import Source
    from genklang.protocol.types import Protocol

_TITLES: dict[Impact, tuple[str, str]] = {
    "semantic": ("Semantic", "whoever already takes part stays on the old version"),
    "future_only": ("Future-only", "what has happened reads as before; something else happens from then on"),
    "additive": ("Additive", "what has happened reads as before, and nothing more is asked of anybody"),
}


@dataclass(frozen=True, slots=True)
class _Read:
    """A protocol, and the file that it is in."""

    file: str
    protocol: Protocol
    document: Document


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command to the program's parser."""
    parser = subparsers.add_parser(
        "diff",
        help="what changed between two protocols, and what that means for those who run them",
        description="Every change between two protocols, as additive, future-only or semantic.",
        epilog="The rules that decide: docs/reference/changes.md.",
    )
    for name in ("old", "new"):
        parser.add_argument(name, metavar=name.upper(), type=Path, help="a practice's folder, or a protocol.yaml")
    parser.add_argument("--json", action="store_true", help="everything as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when both could be read, whatever changed; 1 when one cannot be."""
    from genklang.protocol.changes import changes_between

    try:
        old, new = _read(args.old), _read(args.new)
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    changes = changes_between(old.protocol, new.protocol)
    if args.json:
        print(json.dumps(_as_dict(old, new, changes), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_as_text(old, new, changes)))
    return 0


def _read(path: Path) -> _Read:
    from genklang.protocol.problems import ProtocolErrors
    from genklang.protocol.reading import read_source

    file = path / "protocol.yaml" if path.is_dir() else path
    try:
        source: Source = read_source(file.read_text(encoding="utf-8-sig"), file=str(file))
    except ProtocolErrors as errors:
        raise Refused(str(errors)) from None
    except UnicodeDecodeError:
        raise Refused(f"{file}: the file is not in UTF-8. Save it as UTF-8.") from None
    except OSError:
        raise Refused(f"{file}: there is no such file. Give a practice's folder, or its protocol.yaml.") from None
    return _Read(str(file), source.protocol, source.document)


def _place(change: Change, old: _Read, new: _Read) -> tuple[str, int, int]:
    """Where the change is written: in the new file, or in the old where nothing is left of it there."""
    gone = change.action == "removed" and change.renamed is None
    read = old if gone else new
    path = change.path if change.renamed is None else (*change.path[:-1], change.renamed)
    position = read.document.position(path, key=isinstance(change.path[-1], str) and change.action != "changed")
    return read.file, position.line, position.column


def _as_dict(old: _Read, new: _Read, changes: Sequence[Change]) -> dict[str, Any]:
    from genklang.protocol.changes import worst

    told = []
    for change in changes:
        file, line, column = _place(change, old, new)
        told.append({**change.as_dict(), "file": file, "line": line, "column": column})
    return {"old": _about(old), "new": _about(new), "impact": worst(changes), "changes": told}


def _about(read: _Read) -> dict[str, str]:
    from genklang.protocol.reading import digest

    protocol = read.protocol
    return {
        "file": read.file,
        "practice": protocol.practice,
        "version": protocol.version,
        "digest": digest(protocol),
    }


def _as_text(old: _Read, new: _Read, changes: Sequence[Change]) -> Iterator[str]:
    yield f"{_named(old.protocol)} → {_named(new.protocol)}: {_count(changes)}."
    for impact, (title, meaning) in _TITLES.items():
        chosen = [change for change in changes if change.impact == impact]
        if chosen:
            yield f"\n{title}: {meaning}."
        for change in chosen:
            file, line, column = _place(change, old, new)
            yield f"  {change}. {change.why[0].upper()}{change.why[1:]}. ({file}:{line}:{column})"
    yield from _advice(old, new, changes)


def _advice(old: _Read, new: _Read, changes: Sequence[Change]) -> Iterator[str]:
    """Say which number the new version should have, where it has one that promises less than it changes."""
    from genklang.protocol.changes import advised_version, worst

    before, after = old.protocol.version, new.protocol.version
    advised = advised_version(before, worst(changes))
    numbers = [[int(part) for part in version.split(".")] for version in (after, advised)]
    if changes and old.protocol.practice == new.protocol.practice and numbers[0] < numbers[1]:
        yield f"\nThe version is {after}. Call it {advised}: a published version never changes."


def _named(protocol: Protocol) -> str:
    return f"{protocol.practice} {protocol.version}"


def _count(changes: Sequence[Change]) -> str:
    if not changes:
        return "no changes"
    return "1 change" if len(changes) == 1 else f"{len(changes)} changes"
