"""What commands that evaluate share: a table read, the language to answer in, an answer printed or refused in words."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genklang.evaluate.csv_text import CsvTable
    from genklang.evaluate.texts import Language

Answer = tuple["Mapping[str, object]", str]  # everything for JSON, and the same in words


def add_answer_options(parser: argparse.ArgumentParser) -> None:
    """The options that every one of these commands has: `--language` and `--json`."""
    parser.add_argument("--language", choices=("sv", "en"), help="language of the answer (from LANG, else sv)")
    parser.add_argument("--json", action="store_true", help="everything as JSON")


def answer(args: argparse.Namespace, source: str, made: Callable[[Language], Answer]) -> int:
    """Prints what is made: 0 when it was, 1 when it was refused (why: on stderr, from `source`)."""
    from genklang.evaluate.problems import EvaluationError

    language = language_of(args.language)
    try:
        return _printed(args, made(language))
    except EvaluationError as error:
        print(*error.messages(language, source=source), sep="\n", file=sys.stderr)
        return 1


def answer_from_table(args: argparse.Namespace, made: Callable[[CsvTable, Language], Answer]) -> int:
    """The same of a table in the file `args.data`; refusals name its lines."""
    from genklang.evaluate.problems import EvaluationError

    language = language_of(args.language)
    table: CsvTable | None = None
    try:
        table = table_of(args.data, language)
        return 1 if table is None else _printed(args, made(table, language))
    except EvaluationError as error:
        lines = None if table is None else table.lines
        print(*error.messages(language, source=str(args.data), lines=lines), sep="\n", file=sys.stderr)
        return 1


def _printed(args: argparse.Namespace, made: Answer) -> int:
    plain, told = made
    print(json.dumps(plain, ensure_ascii=False, indent=2, allow_nan=False) if args.json else told.rstrip("\n"))
    return 0


def language_of(given: str | None) -> Language:
    """As told; otherwise English where LANG (or LC_ALL) says so, and Swedish elsewhere."""
    setting = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "en" if given == "en" or (given is None and setting.casefold().startswith("en")) else "sv"


def table_of(path: Path, language: Language) -> CsvTable | None:
    """The file's table; None, with the reason on stderr, where it cannot be read. Raises EvaluationError."""
    from genklang.evaluate.csv_text import decoded, read_csv
    from genklang.evaluate.texts import Text

    try:
        if path.suffix.casefold() == ".parquet":
            return _parquet(path)
        return read_csv(decoded(path.read_bytes()))
    except FileNotFoundError:
        wrong = Text(sv="filen finns inte.", en="no such file.")
    except IsADirectoryError:
        wrong = Text(sv="är en mapp.", en="is a folder.")
    except OSError:
        wrong = Text(sv="kan inte läsas.", en="cannot be read.")
    instead = Text(
        sv="Skriv sökvägen till en CSV-fil som du får läsa.", en="Write the path of a CSV file that you may read."
    )
    print(f"{path}: {wrong.say(language)} {instead.say(language)}", file=sys.stderr)
    return None


def _parquet(path: Path) -> CsvTable:
    """A Parquet file's columns as they are; rows are numbered from one. Raises EvaluationError for another file."""
    from genklang.evaluate.csv_text import CsvTable
    from genklang.evaluate.problems import refuse
    from genklang.evaluate.texts import Text

    with path.open("rb") as file:
        if file.read(4) != b"PAR1":
            raise refuse(
                Text(sv="filen är ingen Parquet-fil.", en="the file is no Parquet file."),
                Text(sv="Spara den som Parquet, eller som CSV.", en="Save it as Parquet, or as CSV."),
            )
    import duckdb

    with duckdb.connect() as connection:
        try:
            found = connection.execute("SELECT * FROM read_parquet(?)", [str(path)]).df()
        except duckdb.Error:
            raise refuse(
                Text(sv="filen kan inte läsas som Parquet.", en="the file cannot be read as Parquet."),
                Text(sv="Skriv den på nytt, eller som CSV.", en="Write it anew, or as CSV."),
            ) from None
    columns = {str(name): found[name].tolist() for name in found}
    return CsvTable(columns=columns, lines=range(1, len(found) + 1))
