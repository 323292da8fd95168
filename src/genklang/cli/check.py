"""`genklang check PATH…`: reads protocols and tells everything that is wrong with them."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from genklang.protocol.problems import Problem

PROTOCOL = "protocol.yaml"


@dataclass(frozen=True, slots=True)
class Checked:
    """One file: what is wrong with it, or which protocol it is."""

    file: str
    problems: tuple[Problem, ...]
    practice: str = ""
    version: str = ""
    digest: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        about = {"practice": self.practice, "version": self.version, "digest": self.digest}
        problems = [problem.as_dict() for problem in self.problems]
        return {"file": self.file, "ok": not problems, **(about if not problems else {}), "problems": problems}


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command to the program's parser."""
    parser = subparsers.add_parser(
        "check",
        help="check protocols and tell everything that is wrong",
        description="Check protocols: files, practice folders, or folders of practice folders.",
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="for example practices/umea-medicingivare")
    parser.add_argument("--json", action="store_true", help="everything as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when every protocol is right, 1 when one is wrong or there is none to check."""
    checked = [_checked(path) for path in _files(args.paths)]
    if args.json:
        files = [one.as_dict() for one in checked]
        print(json.dumps({"ok": all(one["ok"] for one in files), "files": files}, ensure_ascii=False, indent=2))
    else:
        _print(checked)
    return 1 if any(one.problems for one in checked) else 0


def _files(paths: Iterable[Path]) -> list[Path]:
    """Return the protocols that paths lead to, each once; a path that leads to none stays as it is."""
    found: list[Path] = []
    for path in paths:
        own = path / PROTOCOL
        inside = [own] if own.is_file() else sorted(path.glob(f"*/{PROTOCOL}")) if path.is_dir() else []
        found += inside or [path]
    return list(dict.fromkeys(found))


def _checked(path: Path) -> Checked:
    from genklang.protocol.problems import Problem, ProtocolErrors, quoted
    from genklang.protocol.reading import digest, read_source

    try:
        source = read_source(path.read_text(encoding="utf-8-sig"), file=str(path))
    except ProtocolErrors as errors:
        return Checked(str(path), tuple(errors.problems))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        problem = Problem(str(path), line, 1, "", "The file is not UTF-8 from here on", "", "Save it as UTF-8.")
        return Checked(str(path), (problem,))
    except OSError as error:
        return Checked(str(path), (_unreadable(path, error),))
    protocol = source.protocol
    if path.name == PROTOCOL and path.resolve().parent.name != protocol.practice:
        place, folder = source.document.position(("practice",)), path.resolve().parent.name
        what = f"{quoted(protocol.practice)} is not the name of its folder"
        instead = f'Write "{folder}", or rename the folder.'
        problem = Problem(str(path), place.line, place.column, "practice", what, protocol.practice, instead)
        return Checked(str(path), (problem,))
    return Checked(str(path), (), protocol.practice, protocol.version, digest(protocol))


def _unreadable(path: Path, error: OSError) -> Problem:
    from genklang.protocol.problems import Problem

    if path.is_dir():
        what, instead = f"The folder holds no {PROTOCOL}", "Give a practice's folder, or the folder that holds them."
    else:
        what = "There is no such file" if isinstance(error, FileNotFoundError) else "The file cannot be read"
        instead = "Give the path of a protocol, for example practices/umea-medicingivare."
    return Problem(str(path), 1, 1, "", what, "", instead)


def _print(checked: Iterable[Checked]) -> None:
    for one in checked:
        for problem in one.problems:
            print(problem, file=sys.stderr)
        if not one.problems:
            print(f"{one.file}: {one.practice} {one.version} is right.")
    wrong = [one for one in checked if one.problems]
    if wrong:
        count = sum(len(one.problems) for one in wrong)
        print(f"{count} {'mistake' if count == 1 else 'mistakes'} in {len(wrong)} of the files.", file=sys.stderr)
