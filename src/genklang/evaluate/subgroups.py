"""Subgroups: each level's own difference, and a test of whether the levels differ from each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from genklang.evaluate.allocation import Allocation
from genklang.evaluate.arrays import Floats, chi2_p, statsmodels_api, t_p
from genklang.evaluate.comparison import Sample, arm, by_lot, compare, error_of
from genklang.evaluate.findings import Arm, Estimate, Group, Subgroup, Test
from genklang.evaluate.judgement import judged
from genklang.evaluate.means import design_matrix
from genklang.evaluate.methods import HETEROGENEITY, REGRESSION_INTERACTION
from genklang.evaluate.problems import EvaluationError
from genklang.evaluate.request import Request
from genklang.evaluate.texts import Text
from genklang.evaluate.verdicts import Verdict


def subgroup(
    name: str,
    levels: Sequence[str | None],
    *,
    sample: Sample,
    arms: Allocation,
    request: Request,
    relevant: float,
    numeric: Floats | None = None,
) -> Subgroup:
    """One background variable: `levels` (n,) row by row of the sample, None for people left out of it.

    Where the variable is a number, `numeric` (n,), the test is of the number and the levels only show it.
    """
    labels = np.array([level if level is not None else "" for level in levels])
    groups: list[Group] = []
    compared: list[tuple[Estimate, float]] = []
    for level in _in_order(levels, numeric):
        part = sample.where(labels == level)
        group = _group(level, part, arms, request, relevant)
        groups.append(group)
        if group.estimate is not None:
            compared.append((group.estimate, error_of(part, group.estimate)))
    planned = None if request.planned is None else name in (request.planned.subgroups or ())
    test = interaction(compared) if numeric is None else _with_number(sample, numeric)
    return Subgroup(name=name, label=Text.of(name), planned=planned, groups=tuple(groups), interaction=test)


def thirds(values: Floats) -> list[str | None]:
    """A number as three levels of about as many people, named by their bounds; None where missing."""
    known = ~np.isnan(values)
    low, high = np.quantile(values[known], [1 / 3, 2 / 3]) if known.any() else (0.0, 0.0)
    names = (f"–{low:g}", f"{low:g}–{high:g}", f"{high:g}–")
    return [
        None if np.isnan(value) else names[0] if value <= low else names[1] if value <= high else names[2]
        for value in values.tolist()
    ]


def _with_number(sample: Sample, numeric: Floats) -> Test | None:
    """Whether the difference grows or shrinks with a number, by regression; None where that cannot be told."""
    known = ~np.isnan(numeric)
    part, x = sample.where(known), numeric[known]
    if x.size < 8 or x.std() <= 1e-12 * max(1.0, float(np.abs(x).max())):
        return None
    x = (x - x.mean()) / x.std()
    codes = np.zeros(len(x), dtype=np.int64) if part.strata is None else np.unique(part.strata, return_inverse=True)[1]
    plain = design_matrix(part.treated, codes, np.column_stack([x, part.covariates]))
    design = np.column_stack([plain, np.where(part.treated, x, 0.0)])
    if np.linalg.matrix_rank(design) < design.shape[1] or len(x) - design.shape[1] < 2:
        return None
    fit = statsmodels_api().OLS(part.outcome, design).fit(cov_type="HC3", use_t=True)
    error = float(fit.bse[-1])
    if not 1e-12 * float(np.abs(part.outcome).max()) < error < np.inf:
        return None
    statistic = float(fit.params[-1]) / error
    return Test(
        name="interaction",
        label=REGRESSION_INTERACTION.name,
        statistic=statistic,
        degrees_of_freedom=len(x) - design.shape[1],
        p=t_p(statistic, len(x) - design.shape[1]),
        method=REGRESSION_INTERACTION,
    )


def _in_order(levels: Sequence[str | None], numeric: Floats | None) -> list[str]:
    names = {level for level in levels if level is not None}
    if numeric is None:
        return sorted(names)
    given = np.array([level or "" for level in levels])
    return sorted(names, key=lambda name: float(np.nanmin(numeric[given == name])))


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
