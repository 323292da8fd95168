"""`genklang evaluate DATA --design …`: a table in, a finding out, in plain words or as JSON."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genklang.cli.tables import Answer, add_answer_options, answer_from_table

if TYPE_CHECKING:
    from genklang.evaluate.csv_text import CsvTable
    from genklang.evaluate.texts import Language

_COLUMNS = {
    "treatment": "the arm as the lot gave it; over time 0 before and 1 from the start on",
    "received": "the arm that each in fact got, where it may differ (randomised designs)",
    "time": "time from each person's start (survival), or the period (series and panels)",
    "event": "whether the time ended with the event (survival)",
    "cluster": "the group (unit, school) that was assigned, or sampled, whole; the person whom several rate "
    "(before_after); what groups belong to (difference_in_differences)",
    "group": "the municipality or unit followed over time (panels; a series with others to compare with)",
    "first": "the group's first period with the practice, empty for never (panels)",
    "exposure": "how many were exposed (people, visits, days), for counts (interrupted_time_series, one_group)",
    "cost": "what each person cost (cost_effectiveness)",
    "weight": "how many each answer stands for (survey), or how much a group counts (difference_in_differences)",
    "population": "the size of the row's stratum in the population (survey)",
}
_LISTS = {
    "strata": "columns that the lots, or the sample, were drawn within",
    "covariates": "columns known before the lots were drawn, to adjust for; of all asked, to weigh answers by (survey)",
    "subgroups": "columns to look at level by level; whether levels differ is tested",
}
_WORDS = {
    "control": "the arm to compare with",
    "treated": "the arm to compare, where there are more than two (left out: each of them, adjusted by Holm); "
    "the group that began (panels and series)",
    "success": "the value of the outcome that counts as yes",
    "start": "first period with the practice, as the time column writes it",
    "label": "the outcome's name in sentences",
    "unit": "the outcome's unit in sentences",
}
_NUMBERS: dict[str, tuple[type, str]] = {
    "seed": (int, "seed of what is drawn (1)"),
    "draws": (int, "number of randomisation draws (10000)"),
    "confidence": (float, "confidence level of intervals (0.95)"),
    "target": (float, "what one group is compared with; a share from 0 to 1 (one_group, survey)"),
    "relevant": (float, "smallest difference that matters, in the outcome's unit; a share from 0 to 1"),
    "willingness": (float, "what one unit of the outcome is worth, in SEK (cost_effectiveness)"),
    "price": (float, "what one unit of the outcome costs, in SEK: tells the difference in money per 100 people"),
    "practice-cost": (float, "what the practice costs for one person, in SEK, beside --price"),
    "horizon": (float, "when to compare (survival); periods after the start to average over (interrupted_time_series)"),
    "season": (int, "periods in a year (interrupted_time_series)"),
    "waves": (int, "how many waves the season is made of (1)"),
}


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command to the program's parser."""
    parser = subparsers.add_parser(
        "evaluate",
        help="evaluate a table by a study design",
        description="Evaluate a table by a study design. docs/reference/evaluation.md explains each design.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=_guide(),
    )
    parser.add_argument(
        "data", metavar="DATA", type=Path, help="CSV (comma, semicolon or tab; names first) or .parquet"
    )
    parser.add_argument("--design", required=True, help="the study design: see the list at the end")
    columns = parser.add_argument_group("columns of the table")
    several = "column with the outcome, or several, which are then adjusted for being several (Holm)"
    columns.add_argument("--outcome", nargs="+", action="extend", default=[], metavar="COLUMN", help=several)
    before = "column with the measurement before, one for each outcome (before_after)"
    columns.add_argument("--before", nargs="+", action="extend", default=[], metavar="COLUMN", help=before)
    for name, text in _COLUMNS.items():
        columns.add_argument(f"--{name}", metavar="COLUMN", help=text)
    for name, text in _LISTS.items():
        columns.add_argument(f"--{name}", nargs="+", action="extend", default=[], metavar="COLUMN", help=text)
    said = parser.add_argument_group("what the table does not say")
    for name, text in _WORDS.items():
        said.add_argument(f"--{name}", help=text)
    for name, (kind, text) in _NUMBERS.items():
        said.add_argument(f"--{name}", type=kind, help=text)
    said.add_argument("--kind", choices=("share", "mean", "count"), help="the outcome's kind, if not as inferred")
    said.add_argument(
        "--missing-treatment",
        choices=("refuse", "leave_out"),
        help="what to do with rows without an arm: refuse (the default), or leave them out, counted in the flow",
    )
    said.add_argument("--controls", choices=("never", "not_yet"), help="which groups to compare with (panels)")
    said.add_argument("--better", choices=("higher", "lower"), help="which way is better")
    add_answer_options(parser)
    parser.set_defaults(run=run)


def _guide() -> str:
    """Every design in a line of plain words, with what it needs and may have."""
    from genklang.evaluate.designs.guide import GUIDES

    lines = ["designs (needs; may have):"]
    for name, guide in GUIDES.items():
        needs, may = (" ".join(f"--{each}" for each in names) for names in (guide.needs, guide.may))
        lines += [f"  {name}: {guide.when.en}", f"      needs {needs}", f"      may have {may}"]
    lines += ["", "every design may have --better --relevant --confidence --price --practice-cost --label --unit"]
    return "\n".join(lines)


def run(args: argparse.Namespace) -> int:
    """0 when a finding was printed, 1 when the input was refused (why: on stderr), 2 when asked wrongly."""
    return answer_from_table(args, partial(_made, args))


def _made(args: argparse.Namespace, table: CsvTable, language: Language) -> Answer:
    from genklang.evaluate.report import report, report_several
    from genklang.evaluate.table import evaluate_arms, evaluate_outcomes

    outcomes, befores = _split(args.outcome), _split(args.before)
    options = _options(args)
    if len(outcomes) > 1:
        several = evaluate_outcomes(
            table.columns, design=args.design, outcomes=outcomes, before=befores or None, **options
        )
    else:
        options |= {name: words[0] for name, words in (("outcome", outcomes), ("before", befores)) if words}
        several = evaluate_arms(table.columns, design=args.design, **options)
        if len(several.findings) == 1:
            (finding,) = several.findings
            return finding.as_dict(), report(finding, language)
    return several.as_dict(), report_several(several, language)


def _options(args: argparse.Namespace) -> dict[str, Any]:
    """What was given on the command line."""
    names: Sequence[str] = (*_COLUMNS, *_WORDS, *_NUMBERS, "kind", "better", "controls", "missing_treatment")
    given = {name.replace("-", "_"): getattr(args, name.replace("-", "_"), None) for name in names}
    options = {name: value for name, value in given.items() if value is not None}
    return options | {name: words for name in _LISTS if (words := _split(getattr(args, name)))}


def _split(words: Sequence[str]) -> list[str]:
    """Lists may be words or comma separated."""
    return [part for word in words for part in word.split(",") if part]
