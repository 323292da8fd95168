"""Who got another thing than the lot gave, and what the practice means for those who do as the lot says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from genklang.evaluate.arrays import Bools, Floats, t_p, t_quantile
from genklang.evaluate.findings import Estimate
from genklang.evaluate.means import difference_in_means
from genklang.evaluate.methods import COMPLIERS
from genklang.evaluate.problems import EvaluationError
from genklang.evaluate.texts import Text

LABEL = Text(
    sv="skillnad för dem som gör som lotten säger (av vad de fick)",
    en="difference for those who do as the lot says (of what they got)",
)
_LEAST_F = 10.0


def effect_on_compliers(
    outcome: Floats,
    treated: Bools,
    received: Bools,
    *,
    strata: NDArray[np.int64] | None = None,
    covariates: Floats | None = None,
    confidence: float = 0.95,
) -> Estimate | None:
    """The difference in outcome through that in who got it; arrays (n,), nothing missing.

    The lot as an instrument (Angrist, Imbens & Rubin 1996, JASA 91:444-455): two-stage least squares with errors that
    allow for unequal spread. None where the lot hardly moved who got it (F below ten; Staiger & Stock 1997), or too few
    are known.
    """
    took = received.astype(np.float64)
    try:
        moved = _difference(took, treated, strata, covariates, confidence)
        lots = _difference(outcome, treated, strata, covariates, confidence)
        if abs(moved.value) < 1e-9 or not _is_strong(moved):
            return None
        value = lots.value / moved.value
        left = _difference(outcome - value * took, treated, strata, covariates, confidence)
    except EvaluationError:
        return None
    error, df = (left.standard_error or 0.0) / abs(moved.value), left.degrees_of_freedom or 1.0
    half = t_quantile(confidence, df) * error
    return replace(
        left,
        name="compliers",
        label=LABEL,
        value=value,
        low=value - half,
        high=value + half,
        p=t_p(value / error, df),
        standard_error=error,
        method=COMPLIERS,
    )


def _is_strong(moved: Estimate) -> bool:
    return moved.standard_error is None or (moved.value / moved.standard_error) ** 2 >= _LEAST_F


def _difference(
    values: Floats, treated: Bools, strata: NDArray[np.int64] | None, covariates: Floats | None, confidence: float
) -> Estimate:
    """Welch's, stratified or adjusted; where everybody in an arm did alike, a difference that is known."""
    if all(float(np.ptp(values[arm])) == 0 for arm in (treated, ~treated)):
        value = float(values[treated].mean() - values[~treated].mean())
        return Estimate(name="difference", label=LABEL, value=value, method=COMPLIERS)
    return difference_in_means(values, treated, strata=strata, covariates=covariates, confidence=confidence)
