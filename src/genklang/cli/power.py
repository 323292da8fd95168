"""`genklang power --design randomised --n 200 --sd 10`: what a study can show, or how many people it needs."""

from __future__ import annotations

import argparse
from functools import partial
from typing import TYPE_CHECKING

from genklang.cli.tables import Answer, add_answer_options, answer

if TYPE_CHECKING:
    from genklang.evaluate.power import Power
    from genklang.evaluate.texts import Language

_NUMBERS = {
    "n": "people in all (interrupted_time_series: periods; difference_in_differences, stepped_wedge and "
    "synthetic_control: groups); left out, it is computed from the effect",
    "effect": "difference to be shown, in the outcome's unit or in shares (-0.1); left out, the smallest is computed",
    "power": "chance of showing it (0.8)",
    "sd": "standard deviation of the outcome (before_after: of the change)",
    "share": "share with the outcome without the practice, 0 to 1, for outcomes of yes and no (one_group: the target)",
    "treated": "share of people assigned to the practice, or of periods after the start (0.5)",
    "attrition": "share expected to be lost (0)",
    "explained": "share of the variance that covariates explain (0)",
    "cluster-size": "people in a cluster (cluster_randomised)",
    "icc": "how alike people of one cluster are, 0 to 1 (cluster_randomised)",
    "periods": "periods that groups are followed (difference_in_differences, stepped_wedge, synthetic_control)",
    "autocorrelation": "how alike neighbouring periods of a series are, -0.9 to 0.95 (0)",
    "relevant": "smallest difference that matters; below zero where fewer is better",
    "confidence": "confidence level of the interval (0.95)",
}


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command to the program's parser."""
    parser = subparsers.add_parser(
        "power",
        help="how many people a study needs, or what it could show",
        description="Give --n for the smallest difference shown, --effect for the people needed, both for the power.",
    )
    parser.add_argument(
        "--design",
        default="randomised",
        help="randomised, cluster_randomised, survival, before_after, one_group, "
        "interrupted_time_series, difference_in_differences, stepped_wedge or synthetic_control",
    )
    for name, text in _NUMBERS.items():
        parser.add_argument(f"--{name}", type=float, help=text)
    parser.add_argument("--outcomes", type=int, help="number of outcomes tested (1)")
    add_answer_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when an answer was printed, 1 when what was asked cannot be answered (why: on stderr)."""
    return answer(args, "genklang power", partial(_made, args))


def _made(args: argparse.Namespace, language: Language) -> Answer:
    from genklang.evaluate.power import Study, power_of

    names = [name.replace("-", "_") for name in (*_NUMBERS, "outcomes")]
    given = {name: getattr(args, name) for name in names if getattr(args, name) is not None}
    made = power_of(Study(design=args.design.replace("-", "_"), **given))
    return made.as_dict(), _report(made, language)


def _report(made: Power, language: Language) -> str:
    lines = [" ".join(made.plain(language)), *(f"  - {flag.text.say(language)}" for flag in made.flags)]
    return "\n".join([*lines, f"{made.method.name.say(language)} [{made.method.id}]. {made.method.source}."])
