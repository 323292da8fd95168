"""One comparison of two arms, whichever the outcome: the right method, the lots' own test, and the arms as seen."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from genklang.evaluate.arrays import Bools, Floats, Ints
from genklang.evaluate.columns import OutcomeKind
from genklang.evaluate.findings import Arm, Estimate
from genklang.evaluate.means import difference_in_means
from genklang.evaluate.problems import EvaluationError
from genklang.evaluate.randomisation import randomisation_inference
from genklang.evaluate.shares import cautious_error, difference_in_shares, wilson
from genklang.evaluate.single import one_mean
from genklang.evaluate.texts import Text


@dataclass(frozen=True, kw_only=True)
class Sample:
    """The people compared: outcome, arm, stratum and covariates, row by row; nothing missing."""

    kind: OutcomeKind
    outcome: Floats
    treated: Bools
    strata: Ints | None
    covariates: Floats

    def where(self, kept: Bools) -> Sample:
        return replace(
            self,
            outcome=self.outcome[kept],
            treated=self.treated[kept],
            strata=None if self.strata is None else self.strata[kept],
            covariates=self.covariates[kept],
        )

    @property
    def spread(self) -> float:
        """Standard deviation within the arms, pooled; of a share, that of its 0 and 1."""
        if self.kind == "share":
            share = float(self.outcome.mean())
            return float((share * (1 - share)) ** 0.5)
        arms = [self.outcome[self.treated], self.outcome[~self.treated]]
        free = max(1, len(self.outcome) - 2)
        return float((sum(float(((arm - arm.mean()) ** 2).sum()) for arm in arms if arm.size) / free) ** 0.5)


def compare(sample: Sample, *, confidence: float) -> Estimate:
    """The difference by the method that fits the outcome. Raises EvaluationError where none can be computed."""
    if sample.kind == "share" and not sample.covariates.size:
        return difference_in_shares(sample.outcome, sample.treated, strata=sample.strata, confidence=confidence)
    estimate = difference_in_means(
        sample.outcome,
        sample.treated,
        strata=sample.strata,
        covariates=sample.covariates,
        confidence=confidence,
    )
    return as_share(estimate) if sample.kind == "share" else estimate


def as_share(estimate: Estimate) -> Estimate:
    """A regression knows no bounds; a difference in shares lies between -1 and 1."""
    if estimate.low is None or estimate.high is None:
        return replace(estimate, is_share=True)
    low, high = estimate.low, estimate.high
    lowest, highest = min(-1.0, estimate.value), max(1.0, estimate.value)
    return replace(estimate, is_share=True, low=max(low, lowest), high=min(high, highest))


def by_lot(sample: Sample, *, seed: int, draws: int, confidence: float) -> Estimate:
    """Randomisation inference; with covariates on what they leave over (Rosenbaum 2002, Stat Sci 17:286-327)."""
    outcome = sample.outcome
    if sample.covariates.size:
        known = np.column_stack([np.ones(len(outcome)), sample.covariates - sample.covariates.mean(axis=0)])
        outcome = outcome - known @ np.linalg.lstsq(known, outcome, rcond=None)[0]
    estimate = randomisation_inference(
        outcome, sample.treated, strata=sample.strata, seed=seed, draws=draws, confidence=confidence
    )
    return replace(estimate, is_share=sample.kind == "share")


def arm(sample: Sample, *, is_control: bool, name: str, label: Text, confidence: float | None) -> Arm:
    """What was seen in one arm, unadjusted; with no confidence no limits, where people are not independent."""
    values = sample.outcome[sample.treated != is_control]
    n = len(values)
    low, high = (None, None) if confidence is None else _limits(values, sample.kind, confidence)
    return Arm(
        name=name,
        label=label,
        is_control=is_control,
        n=n,
        value=float(values.mean()) if n else None,
        low=low,
        high=high,
        events=int(values.sum()) if sample.kind == "share" else None,
        standard_deviation=float(values.std(ddof=1)) if n > 1 and sample.kind != "share" else None,
    )


def _limits(values: Floats, kind: OutcomeKind, confidence: float) -> tuple[float | None, float | None]:
    if not values.size:
        return None, None
    if kind == "share":
        low, high = wilson(float(values.sum()), float(len(values)), confidence=confidence)
        return float(low), float(high)
    try:
        estimate = one_mean(values, confidence=confidence)
    except EvaluationError:  # one person, or everybody alike: a mean without an interval
        return None, None
    return estimate.low, estimate.high


def error_of(sample: Sample, estimate: Estimate) -> float:
    """The standard error for weighing subgroups against each other; for shares one that is never zero."""
    if sample.kind == "share" and not sample.covariates.size:
        arms = [sample.outcome[sample.treated], sample.outcome[~sample.treated]]
        return cautious_error((int(arms[0].sum()), int(arms[1].sum())), (len(arms[0]), len(arms[1])))
    return estimate.standard_error or 0.0
