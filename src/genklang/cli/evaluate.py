"""`genklang evaluate DATA.csv --design …`: a table in, a finding out, in plain words or as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genklang.cli.tables import language_of, table_of

if TYPE_CHECKING:
    from genklang.evaluate.csv_text import CsvTable
    from genklang.evaluate.texts import Language

_COLUMNS = {
    "outcome": "column with the outcome (before_after: the measurement after)",
    "treatment": "column with the arm as the lot gave it (interrupted_time_series: 0 before, 1 after the start)",
    "time": "column with time from start (survival), or the period (interrupted_time_series)",
    "event": "column telling whether the time ended with the event (survival)",
    "before": "column with the measurement before (before_after)",
    "cluster": "column with the group that was assigned, or sampled, whole",
    "group": "column with the municipality or unit followed over time (panels)",
    "first": "column with the group's first period with the practice, empty for never (difference_in_differences)",
    "cost": "column with what each person cost (cost_effectiveness)",
    "weight": "column with how many each answer stands for (survey)",
    "population": "column with the size of the row's stratum in the population (survey)",
}
_LISTS = {
    "strata": "columns that the lots were drawn within",
    "covariates": "columns known before the lots were drawn, to adjust for",
    "subgroups": "columns to look at level by level",
}
_WORDS = {
    "control": "the arm to compare with",
    "treated": "the other arm, where there are more than two",
    "success": "the value of the outcome that counts as yes",
    "start": "first period with the practice, as the time column writes it",
    "label": "the outcome's name in sentences",
    "unit": "the outcome's unit in sentences",
}
_NUMBERS: dict[str, tuple[type, str]] = {
    "seed": (int, "seed of the randomisation draws (1)"),
    "draws": (int, "number of randomisation draws (10000)"),
    "confidence": (float, "confidence level of intervals (0.95)"),
    "target": (float, "what one group is compared with; a share from 0 to 1"),
    "relevant": (float, "smallest difference that matters, in the outcome's unit; a share from 0 to 1"),
    "willingness": (float, "what one unit of the outcome is worth, in SEK (cost_effectiveness)"),
    "horizon": (float, "when to compare (survival); periods after the start to average over (interrupted_time_series)"),
    "season": (int, "periods in a year (interrupted_time_series)"),
}


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command to the program's parser."""
    parser = subparsers.add_parser(
        "evaluate",
        help="evaluate a table by a study design",
        description="Evaluate a CSV table by a study design; docs/reference/evaluation.md tells what each needs.",
    )
    parser.add_argument("data", metavar="DATA.csv", type=Path, help="comma, semicolon or tab separated; names first")
    parser.add_argument("--design", required=True, help="the study design")
    for name, text in {**_COLUMNS, **_WORDS}.items():
        parser.add_argument(f"--{name}", help=text)
    for name, text in _LISTS.items():
        parser.add_argument(f"--{name}", nargs="+", action="extend", default=[], metavar="COLUMN", help=text)
    for name, (kind, text) in _NUMBERS.items():
        parser.add_argument(f"--{name}", type=kind, help=text)
    parser.add_argument("--kind", choices=("share", "mean", "count"), help="the outcome's kind, if not as inferred")
    parser.add_argument("--controls", choices=("never", "not_yet"), help="which groups to compare with (panels)")
    parser.add_argument("--better", choices=("higher", "lower"), help="which way is better")
    parser.add_argument("--language", choices=("sv", "en"), help="language of the answer (from LANG, else sv)")
    parser.add_argument("--json", action="store_true", help="everything as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when a finding was printed, 1 when the input was refused (why: on stderr), 2 when asked wrongly."""
    from genklang.evaluate.problems import EvaluationError

    language = language_of(args.language)
    table: CsvTable | None = None
    try:
        table = table_of(args.data, language)
        if table is None:
            return 1
        return _answer(args, table, language)
    except EvaluationError as error:
        lines = None if table is None else table.lines
        print(*error.messages(language, source=str(args.data), lines=lines), sep="\n", file=sys.stderr)
        return 1


def _answer(args: argparse.Namespace, table: CsvTable, language: Language) -> int:
    from genklang.evaluate.report import report
    from genklang.evaluate.table import evaluate_table

    finding = evaluate_table(table.columns, design=args.design, **_options(args))
    if args.json:
        print(json.dumps(finding.as_dict(), ensure_ascii=False, indent=2, allow_nan=False))
    else:
        print(report(finding, language), end="")
    return 0


def _options(args: argparse.Namespace) -> dict[str, Any]:
    """What was given on the command line; lists may be words or comma separated."""
    names: Sequence[str] = (*_COLUMNS, *_WORDS, *_NUMBERS, "kind", "better", "controls")
    given = {name: getattr(args, name, None) for name in names}
    options = {name: value for name, value in given.items() if value is not None}
    for name in _LISTS:
        options[name] = [part for word in getattr(args, name) for part in word.split(",") if part]
    return options
