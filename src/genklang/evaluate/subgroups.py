"""Subgroups: each level's own difference, and a test of whether the levels differ from each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from genklang.evaluate.allocation import Allocation
from genklang.evaluate.arrays import chi2_p
from genklang.evaluate.comparison import Sample, arm, by_lot, compare, error_of
from genklang.evaluate.findings import Arm, Estimate, Group, Subgroup, Test
from genklang.evaluate.judgement import judged
from genklang.evaluate.methods import HETEROGENEITY
from genklang.evaluate.problems import EvaluationError
from genklang.evaluate.request import Request
from genklang.evaluate.texts import Text
from genklang.evaluate.verdicts import Verdict


def subgroup(
    name: str, levels: Sequence[str | None], *, sample: Sample, arms: Allocation, request: Request, relevant: float
) -> Subgroup:
    """One background variable: `levels` (n,) row by row of the sample, None for people left out of it."""
    labels = np.array([level if level is not None else "" for level in levels])
    groups: list[Group] = []
    compared: list[tuple[Estimate, float]] = []
    for level in sorted({level for level in levels if level is not None}):
        part = sample.where(labels == level)
        group = _group(level, part, arms, request, relevant)
        groups.append(group)
        if group.estimate is not None:
            compared.append((group.estimate, error_of(part, group.estimate)))
    planned = None if request.planned is None else name in (request.planned.subgroups or ())
    return Subgroup(
        name=name, label=Text.of(name), planned=planned, groups=tuple(groups), interaction=interaction(compared)
    )


def _group(level: str, part: Sample, arms: Allocation, request: Request, relevant: float) -> Group:
    estimate = _estimate(part, request)
    verdict = Verdict.UNINFORMATIVE
    if estimate is not None:
        verdict, _ = judged(estimate, estimate.p, better=request.better, relevant=relevant)
    return Group(
        level=level,
        n=len(part.outcome),
        arms=_arms(part, arms, request.confidence),
        estimate=estimate,
        verdict=verdict,
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


def _estimate(part: Sample, request: Request) -> Estimate | None:
    """The level's difference; its p-value, where the method has none, from the lots."""
    try:
        estimate = compare(part, confidence=request.confidence)
        if estimate.p is not None:
            return estimate
        lots = by_lot(part, seed=request.seed, draws=request.draws, confidence=request.confidence)
    except EvaluationError:  # too few, or nothing varies: the level is shown without an estimate
        return None
    return replace(estimate, p=lots.p)


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
