"""`genklang payback --upfront 100000 --running 9000 --saving 290 --units 100`: when a practice has paid for itself."""

from __future__ import annotations

import argparse
import json
import sys

from genklang.cli.tables import language_of

_NEEDED = {
    "upfront": "what it costs to begin, in SEK",
    "running": "what it costs a month, in SEK",
    "saving": "what one unit (visit, day, placement) saves, in SEK",
    "units": "units saved each month",
}
_MAY = {
    "saving-low": "the lowest that a unit may save",
    "saving-high": "the highest that a unit may save",
}


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command to the program's parser."""
    parser = subparsers.add_parser(
        "payback",
        help="when a practice has paid for itself",
        description="Month by month: saving × units less what it costs to run, until what it cost to begin is back.",
    )
    for name, text in _NEEDED.items():
        parser.add_argument(f"--{name}", type=float, required=True, help=text)
    for name, text in _MAY.items():
        parser.add_argument(f"--{name}", type=float, help=text)
    parser.add_argument("--months", type=int, default=60, help="how far ahead to look (60)")
    parser.add_argument("--language", choices=("sv", "en"), help="language of the answer (from LANG, else sv)")
    parser.add_argument("--json", action="store_true", help="everything as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when a finding was printed, 1 when what was asked cannot be answered (why: on stderr)."""
    from genklang.evaluate.money import Costs, break_even
    from genklang.evaluate.problems import EvaluationError
    from genklang.evaluate.report import report

    language = language_of(args.language)
    try:
        costs = Costs(
            upfront=args.upfront,
            running=args.running,
            saving=args.saving,
            units=args.units,
            saving_low=args.saving_low,
            saving_high=args.saving_high,
        )
        finding = break_even(costs, months=args.months)
    except EvaluationError as error:
        print(*error.messages(language, source="genklang payback"), sep="\n", file=sys.stderr)
        return 1
    if args.json:
        print(json.dumps(finding.as_dict(), ensure_ascii=False, indent=2, allow_nan=False))
    else:
        print(report(finding, language), end="")
    return 0
