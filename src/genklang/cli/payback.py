"""`genklang payback --upfront 100000 --running 9000 --saving 290 --units 100`: when a practice has paid for itself."""

from __future__ import annotations

import argparse
from functools import partial
from typing import TYPE_CHECKING

from genklang.cli.tables import Answer, add_answer_options, answer

if TYPE_CHECKING:
    from genklang.evaluate.texts import Language

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
    add_answer_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when a finding was printed, 1 when what was asked cannot be answered (why: on stderr)."""
    return answer(args, "genklang payback", partial(_made, args))


def _made(args: argparse.Namespace, language: Language) -> Answer:
    from genklang.evaluate.money import Costs, break_even
    from genklang.evaluate.report import report

    costs = Costs(
        upfront=args.upfront,
        running=args.running,
        saving=args.saving,
        units=args.units,
        saving_low=args.saving_low,
        saving_high=args.saving_high,
    )
    finding = break_even(costs, months=args.months)
    return finding.as_dict(), report(finding, language)
