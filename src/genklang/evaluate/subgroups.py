"""Subgroups: each level's own difference, and a test of whether the levels differ from each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from genklang.evaluate.allocation import Allocation
from genklang.evaluate.arrays import chi2_p
from genklang.evaluate.comparison import Sample, arm, compare, error_of
from genklang.evaluate.findings import Arm, Estimate, Group, Subgroup, Test
from genklang.evaluate.methods import HETEROGENEITY
from genklang.evaluate.plan import Plan
from genklang.evaluate.problems import EvaluationError
from genklang.evaluate.texts import Text
from genklang.evaluate.verdicts import Better, Verdict, verdict_of


def subgroup(
    name: str,
    levels: Sequence[str | None],
    *,
    sample: Sample,
    arms: Allocation,
    better: Better | None,
    relevant: float,
    confidence: float,
    plan: Plan | None,
) -> Subgroup:
    """One background variable: `levels` (n,) row by row of the sample, None for people left out of it."""
    labels = np.array([level if level is not None else "" for level in levels])
    groups: list[Group] = []
    compared: list[tuple[Estimate, float]] = []
    for level in sorted({level for level in levels if level is not None}):
        part = sample.where(labels == level)
        estimate = _estimate(part, confidence)
        if estimate is not None:
            compared.append((estimate, error_of(part, estimate)))
        groups.append(
            Group(
                level=level,
                n=len(part.outcome),
                arms=_arms(part, arms, confidence),
                estimate=estimate,
                verdict=_verdict(estimate, better, relevant),
            )
        )
    planned = None if plan is None else name in (plan.subgroups or ())
    return Subgroup(
        name=name, label=Text.of(name), planned=planned, groups=tuple(groups), interaction=interaction(compared)
    )


def _arms(part: Sample, arms: Allocation, confidence: float) -> tuple[Arm, ...]:
    return tuple(
        arm(
            part,
            is_control=is_control,
            name=arms.control if is_control else arms.treated,
            label=arms.label(is_control=is_control),
            confidence=confidence,
        )
        for is_control in (False, True)
    )


def _estimate(part: Sample, confidence: float) -> Estimate | None:
    try:
        return compare(part, confidence=confidence)
    except EvaluationError:  # too few, or nothing varies: the level is shown without an estimate
        return None


def _verdict(estimate: Estimate | None, better: Better | None, relevant: float) -> Verdict:
    if estimate is None or estimate.low is None or estimate.high is None:
        return Verdict.UNINFORMATIVE
    return verdict_of(low=estimate.low, high=estimate.high, better=better, relevant=relevant)


def interaction(compared: Sequence[tuple[Estimate, float]]) -> Test | None:
    """Cochran's Q over (estimate, standard error) of independent levels; None with fewer than two to compare."""
    usable = [(estimate.value, error) for estimate, error in compared if error > 0]
    if len(usable) < 2:
        return None
    values, errors = (np.array(column) for column in zip(*usable, strict=True))
    weights = (errors.min() / errors) ** 2  # relative, so that tiny errors do not overflow
    deviations = (values - weights @ values / weights.sum()) / errors
    statistic, df = float(deviations @ deviations), len(usable) - 1
    return Test(
        name="interaction",
        label=HETEROGENEITY.name,
        statistic=statistic,
        degrees_of_freedom=df,
        p=chi2_p(statistic, df),
        method=HETEROGENEITY,
    )
