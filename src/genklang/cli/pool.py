"""`genklang pool RESULTS.csv --effect E --variance V`: several results as one, and what the next adopter may expect."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from genklang.cli.tables import Answer, add_answer_options, answer_from_table

if TYPE_CHECKING:
    from genklang.evaluate.csv_text import CsvTable
    from genklang.evaluate.pooling import Pooled
    from genklang.evaluate.texts import Language


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command to the program's parser."""
    parser = subparsers.add_parser(
        "pool",
        help="pool the results of several adopters",
        description="Pool effects from a CSV table, one row a result. A row without both is an adopter without one.",
    )
    parser.add_argument("data", metavar="RESULTS.csv", type=Path, help="comma, semicolon or tab separated; names first")
    parser.add_argument("--effect", required=True, help="column with the effect, in the outcome's unit")
    spread = parser.add_mutually_exclusive_group(required=True)
    spread.add_argument("--variance", help="column with the effect's variance (standard error squared)")
    spread.add_argument("--standard-error", dest="error", help="column with the effect's standard error")
    parser.add_argument("--name", help="column with the adopter's name")
    parser.add_argument("--better", choices=("higher", "lower"), help="which way is better")
    parser.add_argument("--relevant", type=float, help="smallest difference that matters, in the outcome's unit")
    parser.add_argument("--unit", help="the outcome's unit in sentences")
    parser.add_argument("--confidence", type=float, default=0.95, help="confidence level of intervals (0.95)")
    add_answer_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when a pool was printed, 1 when the input was refused (why: on stderr)."""
    return answer_from_table(args, partial(_made, args))


def _made(args: argparse.Namespace, table: CsvTable, language: Language) -> Answer:
    from genklang.evaluate.pooling.report import report

    pooled = _pooled(args, table)
    return pooled.as_dict(), report(pooled, language)


def _pooled(args: argparse.Namespace, table: CsvTable) -> Pooled:
    from genklang.evaluate.pooling.reading import pool_table

    return pool_table(
        table.columns,
        effect=args.effect,
        variance=args.variance,
        error=args.error,
        name=args.name,
        better=args.better,
        relevant=args.relevant,
        unit=args.unit,
        confidence=args.confidence,
    )
