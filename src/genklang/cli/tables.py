"""What commands that read a CSV table share: the file as columns, and the language to answer in."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genklang.evaluate.csv_text import CsvTable
    from genklang.evaluate.texts import Language


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
