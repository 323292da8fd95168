"""Evaluation: study designs to findings. Arrays and tables in, findings out; no database, no clock.

    from genklang.evaluate import evaluate_table
    finding = evaluate_table(rows, design="randomised", outcome="hours", treatment="arm", better="lower")
    finding.plain("sv")     # three sentences
    finding.as_dict()       # everything, ready for JSON

Names load when first used, so that importing this package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genklang.evaluate.findings import Estimate, Finding, Flag, Flow, Outcome, Subgroup, Test
    from genklang.evaluate.means import difference_in_means
    from genklang.evaluate.money import Costs, break_even
    from genklang.evaluate.plan import Plan
    from genklang.evaluate.problems import EvaluationError, Problem
    from genklang.evaluate.randomisation import randomisation_inference
    from genklang.evaluate.series import segmented_regression
    from genklang.evaluate.shares import difference_in_shares, newcombe, wilson
    from genklang.evaluate.single import one_mean, one_share, paired_change
    from genklang.evaluate.survival import compare_survival, kaplan_meier, log_rank
    from genklang.evaluate.table import evaluate_table
    from genklang.evaluate.texts import Text
    from genklang.evaluate.verdicts import Verdict

_HOMES = {
    "findings": ("Estimate", "Finding", "Flag", "Flow", "Outcome", "Subgroup", "Test"),
    "means": ("difference_in_means",),
    "money": ("Costs", "break_even"),
    "plan": ("Plan",),
    "problems": ("EvaluationError", "Problem"),
    "randomisation": ("randomisation_inference",),
    "series": ("segmented_regression",),
    "shares": ("difference_in_shares", "newcombe", "wilson"),
    "single": ("one_mean", "one_share", "paired_change"),
    "survival": ("compare_survival", "kaplan_meier", "log_rank"),
    "table": ("evaluate_table",),
    "texts": ("Text",),
    "verdicts": ("Verdict",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Costs",
    "Estimate",
    "EvaluationError",
    "Finding",
    "Flag",
    "Flow",
    "Outcome",
    "Plan",
    "Problem",
    "Subgroup",
    "Test",
    "Text",
    "Verdict",
    "break_even",
    "compare_survival",
    "difference_in_means",
    "difference_in_shares",
    "evaluate_table",
    "kaplan_meier",
    "log_rank",
    "newcombe",
    "one_mean",
    "one_share",
    "paired_change",
    "randomisation_inference",
    "segmented_regression",
    "wilson",
]


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)


def __dir__() -> list[str]:
    return __all__
