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
    from genklang.evaluate.bounds import lee, manski
    from genklang.evaluate.clusters import difference_between_clusters
    from genklang.evaluate.findings import Estimate, Finding, Flag, Flow, Outcome, Subgroup, Test
    from genklang.evaluate.means import difference_in_means
    from genklang.evaluate.money import Costs, break_even
    from genklang.evaluate.multiplicity import Several, holm, together
    from genklang.evaluate.plan import Plan
    from genklang.evaluate.pooling.effects import pool
    from genklang.evaluate.power import Study, power_of
    from genklang.evaluate.problems import EvaluationError, Problem
    from genklang.evaluate.randomisation import randomisation_inference
    from genklang.evaluate.release.ledger import Entry, Ledger
    from genklang.evaluate.release.results import Released, release_finding
    from genklang.evaluate.release.standing import marks_of, may_take_its_place
    from genklang.evaluate.series import segmented_regression
    from genklang.evaluate.shares import difference_in_shares, newcombe, wilson
    from genklang.evaluate.single import one_mean, one_share, paired_change
    from genklang.evaluate.staggered import staggered_differences
    from genklang.evaluate.stepped import stepped_wedge
    from genklang.evaluate.survey import survey_mean
    from genklang.evaluate.survival import compare_survival, kaplan_meier, log_rank
    from genklang.evaluate.synthetic import synthetic_control
    from genklang.evaluate.table import evaluate_arms, evaluate_outcomes, evaluate_table
    from genklang.evaluate.texts import Text
    from genklang.evaluate.verdicts import Verdict
    from genklang.evaluate.worth import cost_effectiveness, tornado

_HOMES = {
    "bounds": ("lee", "manski"),
    "clusters": ("difference_between_clusters",),
    "findings": ("Estimate", "Finding", "Flag", "Flow", "Outcome", "Subgroup", "Test"),
    "means": ("difference_in_means",),
    "money": ("Costs", "break_even"),
    "multiplicity": ("Several", "holm", "together"),
    "plan": ("Plan",),
    "pooling.effects": ("pool",),
    "power": ("Study", "power_of"),
    "problems": ("EvaluationError", "Problem"),
    "randomisation": ("randomisation_inference",),
    "release.ledger": ("Entry", "Ledger"),
    "release.results": ("Released", "release_finding"),
    "release.standing": ("marks_of", "may_take_its_place"),
    "series": ("segmented_regression",),
    "shares": ("difference_in_shares", "newcombe", "wilson"),
    "single": ("one_mean", "one_share", "paired_change"),
    "staggered": ("staggered_differences",),
    "stepped": ("stepped_wedge",),
    "survey": ("survey_mean",),
    "survival": ("compare_survival", "kaplan_meier", "log_rank"),
    "synthetic": ("synthetic_control",),
    "table": ("evaluate_arms", "evaluate_outcomes", "evaluate_table"),
    "texts": ("Text",),
    "verdicts": ("Verdict",),
    "worth": ("cost_effectiveness", "tornado"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Costs",
    "Entry",
    "Estimate",
    "EvaluationError",
    "Finding",
    "Flag",
    "Flow",
    "Ledger",
    "Outcome",
    "Plan",
    "Problem",
    "Released",
    "Several",
    "Study",
    "Subgroup",
    "Test",
    "Text",
    "Verdict",
    "break_even",
    "compare_survival",
    "cost_effectiveness",
    "difference_between_clusters",
    "difference_in_means",
    "difference_in_shares",
    "evaluate_arms",
    "evaluate_outcomes",
    "evaluate_table",
    "holm",
    "kaplan_meier",
    "lee",
    "log_rank",
    "manski",
    "marks_of",
    "may_take_its_place",
    "newcombe",
    "one_mean",
    "one_share",
    "paired_change",
    "pool",
    "power_of",
    "randomisation_inference",
    "release_finding",
    "segmented_regression",
    "staggered_differences",
    "stepped_wedge",
    "survey_mean",
    "synthetic_control",
    "together",
    "tornado",
    "wilson",
]


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)


def __dir__() -> list[str]:
    return __all__
