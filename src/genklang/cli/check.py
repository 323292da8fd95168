"""`genklang check PATH…`: reads practices and tells everything that is wrong with them; runs the tests they ship with.

A protocol alone is read. Of a practice's folder all is read: protocol, results, both stories and tests.
"""

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
    from genklang.protocol.types import Protocol

PROTOCOL, TESTS = "protocol.yaml", "tests.yaml"


@dataclass(frozen=True, slots=True)
class Checked:
    """A protocol, or the folder around it: what is wrong, or which protocol it is. `tests` is how many were run."""

    file: str
    problems: tuple[Problem, ...]
    practice: str = ""
    version: str = ""
    digest: str = ""
    tests: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        about = {"practice": self.practice, "version": self.version, "digest": self.digest, "tests": self.tests}
        problems = [problem.as_dict() for problem in self.problems]
        return {"file": self.file, "ok": not problems, **(about if not problems else {}), "problems": problems}


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command to the program's parser."""
    parser = subparsers.add_parser(
        "check",
        help="check practices, run their tests, and tell everything that is wrong",
        description="Check protocols (files), practices (folders, with their tests), or folders of practices.",
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="for example practices/umea-medicingivare")
    parser.add_argument("--json", action="store_true", help="everything as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when all is right and every test passes, 1 when something is wrong or there is none to check."""
    checked = [_checked(path) for path in _paths(args.paths)]
    if args.json:
        files = [one.as_dict() for one in checked]
        print(json.dumps({"ok": all(one["ok"] for one in files), "files": files}, ensure_ascii=False, indent=2))
    else:
        _print(checked)
    return 1 if any(one.problems for one in checked) else 0


def _paths(paths: Iterable[Path]) -> list[Path]:
    """Return the practices' folders and the files that paths lead to, each once; what leads to none stays as it is."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(file.parent for file in path.glob(f"*/{PROTOCOL}")) if path.is_dir() else []
        found += [path] if (path / PROTOCOL).is_file() or not inside else inside
    return list(dict.fromkeys(found))


def _checked(path: Path) -> Checked:
    from genklang.protocol.reading import digest

    file = path / PROTOCOL if (path / PROTOCOL).is_file() else path
    problems: list[Problem] = []
    protocol = _protocol(file, problems)
    tests = _beside(path, protocol, problems) if file != path else None
    if problems or protocol is None:
        return Checked(str(file), tuple(problems))
    return Checked(str(file), (), protocol.practice, protocol.version, digest(protocol), tests)


def _protocol(path: Path, problems: list[Problem]) -> Protocol | None:
    from genklang.protocol.problems import Problem, ProtocolErrors, quoted
    from genklang.protocol.reading import read_source

    try:
        source = read_source(path.read_text(encoding="utf-8-sig"), file=str(path))
    except ProtocolErrors as errors:
        problems += errors.problems
        return None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        problems.append(Problem(str(path), line, 1, "", "The file is not UTF-8 from here on", "", "Save it as UTF-8."))
        return None
    except OSError as error:
        problems.append(_unreadable(path, error))
        return None
    protocol, folder = source.protocol, path.resolve().parent.name
    if path.name == PROTOCOL and folder != protocol.practice:
        place = source.document.position(("practice",))
        what = f"{quoted(protocol.practice)} is not the name of its folder"
        instead = f'Write "{folder}", or rename the folder.'
        problems.append(Problem(str(path), place.line, place.column, "practice", what, protocol.practice, instead))
    return protocol


def _beside(folder: Path, protocol: Protocol | None, problems: list[Problem]) -> int:
    """Add what is wrong with the other files of a practice; return how many tests were run."""
    from genklang.bank.reading import problems_beside, read_text
    from genklang.protocol.problems import ProtocolErrors
    from genklang.rehearsal.cases import failures, read_cases

    problems += problems_beside(folder, protocol)
    text = read_text(folder / TESTS, problems)
    if protocol is None or not text:
        return 0
    try:
        cases = read_cases(text, file=str(folder / TESTS), protocol=protocol)
    except ProtocolErrors as errors:
        problems += errors.problems
        return 0
    problems += [problem for case in cases for problem in failures(case)]
    return len(cases)


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
            print(f"{one.file}: {one.practice} {one.version} is right{_passed(one.tests)}.")
    count = sum(len(one.problems) for one in checked)
    if count:
        files = len({problem.file for one in checked for problem in one.problems})
        mistakes, where = ("mistake" if count == 1 else "mistakes"), ("file" if files == 1 else "files")
        print(f"{count} {mistakes} in {files} {where}.", file=sys.stderr)


def _passed(tests: int | None) -> str:
    if tests is None:
        return ""
    return f", and its {tests} tests pass" if tests != 1 else ", and its test passes"
