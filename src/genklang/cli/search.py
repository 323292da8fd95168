"""`genklang search "words"`: finds practices by people's own words, straight from the folders; needs no server."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genklang.bank.reading import Folder
    from genklang.bank.search import Hit


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command to the program's parser."""
    parser = subparsers.add_parser(
        "search",
        help="find practices by your own words",
        description="Find practices by your own words, in Swedish or English; officials' words are not needed.",
    )
    parser.add_argument("words", nargs="+", help='for example "mormor vill bo hemma"')
    parser.add_argument("--practices", type=Path, metavar="FOLDER", help="where the practices lie (practices)")
    parser.add_argument("--language", choices=("sv", "en"), help="language of the answer (from LANG, else sv)")
    parser.add_argument("--json", action="store_true", help="everything as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when searched, also when nothing was found; 1 when there is no folder or a practice cannot be read."""
    from genklang.bank.reading import practice_folders

    root = args.practices or Path(os.environ.get("GENKLANG_PRACTICES") or "practices")
    folders = practice_folders(root)
    if not folders:
        print(
            f"{root}: holds no practices. Give the folder that holds them, for example --practices practices.",
            file=sys.stderr,
        )
        return 1
    return _answer(args, folders)


def _answer(args: argparse.Namespace, folders: list[Path]) -> int:
    from genklang.bank.documents import documents
    from genklang.bank.search import MemoryPostings, search

    language = _language(args.language)
    read, broken = _read(folders)
    by_slug = {folder.slug: folder for folder in read}
    hits = search(" ".join(args.words), MemoryPostings(documents(read)))
    found = [_row(hit, by_slug[hit.slug], language) for hit in hits]
    print(json.dumps(found, ensure_ascii=False, indent=2) if args.json else _as_text(found, language))
    print(*broken, sep="\n", end="\n" if broken else "", file=sys.stderr)
    return 1 if broken else 0


def _read(folders: list[Path]) -> tuple[list[Folder], list[str]]:
    """The practices that can be read, and what is wrong with the others."""
    from genklang.bank.reading import read_folder
    from genklang.protocol.problems import ProtocolErrors

    read, broken = [], []
    for folder in folders:
        try:
            read.append(read_folder(folder))
        except ProtocolErrors as errors:
            broken += [str(problem) for problem in errors.problems]
    return read, broken


def _row(hit: Hit, folder: Folder, language: str) -> dict[str, object]:
    protocol = folder.protocol
    return {
        "practice": hit.slug,
        "title": protocol.title.in_language(language),
        "summary": protocol.summary.in_language(language),
        "score": round(hit.score, 3),
        "understood_as": hit.meaning,
    }


def _as_text(found: list[dict[str, object]], language: str) -> str:
    if not found:
        return "Inget hittades. Pröva andra ord." if language == "sv" else "Nothing was found. Try other words."
    return "\n\n".join(f"{row['practice']}\n  {row['title']}\n  {row['summary']}" for row in found)


def _language(given: str | None) -> str:
    setting = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "en" if given == "en" or (given is None and setting.casefold().startswith("en")) else "sv"
