"""`genklang new ID`: a folder for a new practice that checks, rehearses and passes its tests from the start.

With `--from` it grows out of another practice, and says so. The folder is written whole or not at all.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from genklang.cli.practice import Refused

_SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST = 80


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command to the program's parser."""
    parser = subparsers.add_parser(
        "new",
        help="begin a practice, from nothing or from another",
        description="Write the folder of a new practice, which checks and passes its tests from the start.",
    )
    parser.add_argument("id", metavar="ID", help="the practice's id, place first, for example lindmala-telefonvan")
    parser.add_argument("--from", dest="parent", type=Path, metavar="PRACTICE", help="grow out of this practice")
    parser.add_argument("--practices", type=Path, metavar="FOLDER", help="where practices lie (practices)")
    parser.add_argument("--json", action="store_true", help="what was written, as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when the folder is written, 1 when it cannot be (then nothing is)."""
    root = args.practices or Path(os.environ.get("GENKLANG_PRACTICES") or "practices")
    try:
        folder = _free(args.id, root)
        files, lineage = _files(args.id, args.parent)
        _write(folder, files)
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    written = {"practice": args.id, "folder": str(folder), "files": list(files), "lineage": lineage}
    print(json.dumps(written, ensure_ascii=False, indent=2) if args.json else _as_text(written))
    return 0


def _free(slug: str, root: Path) -> Path:
    """The folder to write. Raises Refused for a wrong id, a missing root, or a practice that is there already."""
    if not _SLUG.fullmatch(slug) or len(slug) > _LONGEST:
        example = _as_slug(slug) or "lindmala-telefonvan"
        raise Refused(f'ID: "{slug}" is no id. Write small letters a–z, digits and hyphens, for example "{example}".')
    if not root.is_dir():
        raise Refused(f"{root}: there is no such folder. Give the one that holds practices, with --practices.")
    if (root / slug).exists():
        raise Refused(f"{root / slug}: is there already. Choose another id, or change the files that are there.")
    return root / slug


def _as_slug(written: str) -> str:
    plain = unicodedata.normalize("NFKD", written.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-0123456789")[:_LONGEST]


def _files(slug: str, parent: Path | None) -> tuple[dict[str, str], dict[str, str] | None]:
    """The new practice's files, and what it grew out of. Raises Refused where the other practice cannot be read."""
    from genklang.bank import beginning
    from genklang.bank.reading import read_folder
    from genklang.protocol.problems import ProtocolErrors
    from genklang.protocol.reading import digest

    if parent is None:
        return beginning.skeleton(slug), None
    if not parent.is_dir():
        raise Refused(f"{parent}: there is no such folder. Give a practice's folder, for example practices/{slug}.")
    try:
        folder = read_folder(parent)
        texts = {name: (parent / name).read_text(encoding="utf-8-sig") for name in beginning.FILES}
    except ProtocolErrors as errors:
        raise Refused(f"{errors}\n{parent}: cannot be grown out of until it is right.") from None
    except FileNotFoundError as error:
        raise Refused(f"{error.filename}: the file is missing. Write it first; genklang check tells more.") from None
    about = folder.protocol
    lineage = {"practice": folder.slug, "version": about.version, "digest": digest(about)}
    return beginning.fork(folder, texts, slug=slug), lineage


def _write(folder: Path, files: Mapping[str, str]) -> None:
    """Write all files beside, and then give the folder its name: it is there whole, or not at all."""
    beside = folder.with_name(f".{folder.name}.new")
    try:
        beside.mkdir()
        for name, text in files.items():
            (beside / name).write_text(text, encoding="utf-8", newline="")
        beside.rename(folder)
    except OSError as error:
        reason = (error.strerror or "cannot be written").lower()
        raise Refused(f"{folder}: {reason}. Nothing was written. Choose a folder that you may write in.") from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _as_text(written: Mapping[str, Any]) -> str:
    folder, lineage = written["folder"], written["lineage"]
    origin = f", which grew out of {lineage['practice']} {lineage['version']}" if lineage else ""
    lines = [f"{folder}: a new practice{origin}.", *(f"  {name}" for name in written["files"])]
    return "\n".join([*lines, f"Next: genklang check {folder}, and docs/how-to/add-a-practice.md."])
