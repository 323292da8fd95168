"""Difference in means between two arms: Welch, weighted over strata, or adjusted for covariates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genklang.evaluate.arrays import Bools, Floats, Ints, statsmodels_api, strata_codes, t_p, t_quantile
from genklang.evaluate.columns import LARGEST
from genklang.evaluate.findings import Estimate
from genklang.evaluate.methods import ANCOVA, MATCHED_PAIRS, STRATIFIED_MEANS, WELCH, Method
from genklang.evaluate.problems import refuse
from genklang.evaluate.texts import Text

DIFFERENCE = Text(sv="skillnad", en="difference")
_TINY = 1e-12


@dataclass(frozen=True, kw_only=True)
class _Cells:
    """Sums per stratum and arm (rows: strata with both arms; columns: control, treated)."""

    n: Floats
    mean: Floats
    squares: Floats  # sum of squared deviations from the cell's mean

    @property
    def weights(self) -> Floats:
        """Mantel-Haenszel weights, summing to one: they minimise the variance when spreads are equal."""
        raw = self.n.prod(axis=1) / self.n.sum(axis=1)
        return np.asarray(raw / raw.sum(), dtype=np.float64)


def difference_in_means(
    outcome: Floats,
    treated: Bools,
    *,
    strata: NDArray[Any] | None = None,
    covariates: Floats | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """Mean of the treated minus mean of the controls, in the outcome's unit.

    `outcome` (n,), `treated` (n,), `strata` (n,) of any labels, `covariates` (n, k); no missing values.
    One stratum is Welch's interval; several are weighted; covariates bring ANCOVA with HC3 errors.
    Raises EvaluationError when an arm has fewer than two people or nothing varies.
    """
    outcome, treated = np.asarray(outcome, dtype=np.float64), np.asarray(treated, dtype=np.bool_)
    codes = strata_codes(len(outcome), strata)
    check_arms(outcome, treated, least=2)
    codes, kept = overlapping(codes, treated)
    outcome, treated = outcome[kept], treated[kept]
    check_arms(outcome, treated, least=2)
    if covariates is not None and covariates.size:
        return _ancova(outcome, treated, codes, covariates[kept], confidence=confidence)
    return _weighted(_cells(outcome, treated, codes), scale=float(np.abs(outcome).max()), confidence=confidence)


def check_arms(outcome: Floats, treated: Bools, *, least: int) -> None:
    """Refuses an arm with fewer than `least` people and an outcome that is unknown, or the same, for everybody."""
    check_known(outcome)
    for size, arm in (
        (int(treated.sum()), Text(sv="den som får insatsen", en="the one that gets the practice")),
        (int((~treated).sum()), Text(sv="jämförelsegruppen", en="the comparison")),
    ):
        if size < least:
            raise refuse(
                Text(
                    sv="en arm har för få personer med känt utfall ({arm}: {n}).",
                    en="an arm has too few people with a known outcome ({arm}: {n}).",
                ).fill(arm=arm, n=size),
                Text(
                    sv="Minst {n} personer behövs i varje arm.", en="At least {n} people are needed in each arm."
                ).fill(n=least),
            )
    if np.ptp(outcome) == 0:
        raise refuse(
            Text(
                sv="utfallet är {value} för alla: det finns ingen skillnad att mäta.",
                en="the outcome is {value} for everybody: there is no difference to measure.",
            ).fill(value=f"{outcome[0]:g}"),
            Text(
                sv="Välj ett utfall som varierar, eller vänta tills fler har följts upp.",
                en="Choose an outcome that varies, or wait until more people have been followed up.",
            ),
        )


def check_known(values: Floats) -> None:
    """Refuses arrays that hold missing or boundless values: they are to be counted as lost before."""
    if values.size == 0 or not np.all(np.abs(values) <= LARGEST):
        raise refuse(
            Text(
                sv="utfallet saknas eller är orimligt stort för någon.",
                en="the outcome is missing or beyond reason for somebody.",
            ),
            Text(
                sv="Ta bort dem som saknar utfall, och redovisa dem i flödet.",
                en="Leave out those without an outcome, and show them in the flow.",
            ),
        )


def overlapping(codes: Ints, treated: Bools) -> tuple[Ints, Bools]:
    """Strata with both arms, numbered anew, and which rows are in them. Others hold no comparison."""
    sizes = np.bincount(codes)
    treated_sizes = np.bincount(codes, weights=treated, minlength=len(sizes))
    both = (treated_sizes > 0) & (treated_sizes < sizes)
    if not both.any():
        raise refuse(
            Text(sv="inget stratum har personer i båda armarna.", en="no stratum has people in both arms."),
            Text(
                sv="Använd de strata som lottningen gjordes inom, eller färre och större.",
                en="Use the strata that the lots were drawn within, or fewer and larger ones.",
            ),
        )
    kept = both[codes]
    return np.unique(codes[kept], return_inverse=True)[1].astype(np.int64).ravel(), kept


def _cells(outcome: Floats, treated: Bools, codes: Ints) -> _Cells:
    index = 2 * codes + treated
    size = 2 * (int(codes.max()) + 1)
    n = np.bincount(index, minlength=size).astype(np.float64)
    mean = np.bincount(index, weights=outcome, minlength=size) / n
    squares: Floats = np.bincount(index, weights=(outcome - mean[index]) ** 2, minlength=size).astype(np.float64)
    return _Cells(n=n.reshape(-1, 2), mean=mean.reshape(-1, 2), squares=squares.reshape(-1, 2))


def _weighted(cells: _Cells, *, scale: float, confidence: float) -> Estimate:
    weights = cells.weights
    differences = cells.mean[:, 1] - cells.mean[:, 0]
    value = float(weights @ differences)
    free = cells.n - 1
    if np.any(free.sum(axis=0) == 0):
        return _matched(value, differences, weights, scale=scale, confidence=confidence)
    parts = weights[:, None] ** 2 * _variances(cells, free) / cells.n
    variance = float(parts.sum())
    _check_spread(variance, scale)
    df = _satterthwaite(parts, free)
    return _estimate(value, variance**0.5, df, STRATIFIED_MEANS if len(weights) > 1 else WELCH, confidence)


def _variances(cells: _Cells, free: Floats) -> Floats:
    """Each cell's own variance; a cell of one person borrows the one pooled over its arm's other strata."""
    pooled = cells.squares.sum(axis=0) / free.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(free > 0, cells.squares / free, pooled)


def _satterthwaite(parts: Floats, free: Floats) -> float:
    """Degrees of freedom of a sum of independent variances; borrowed variances count with their arm's pool."""
    freedom = np.where(free > 0, free, free.sum(axis=0))
    portions = parts / parts.sum()  # first, so that very large and very small variances stay within range
    return float(1 / (portions**2 / freedom).sum())


def _matched(value: float, differences: Floats, weights: Floats, *, scale: float, confidence: float) -> Estimate:
    """Strata with one person in an arm throughout: the spread between the strata's differences is what is left."""
    count = len(differences)
    variance = float((weights**2 * (differences - value) ** 2).sum() * count / (count - 1))
    _check_spread(variance, scale)
    return _estimate(value, variance**0.5, count - 1, MATCHED_PAIRS, confidence)


def _check_spread(variance: float, scale: float) -> None:
    """Refuses an outcome without spread, as far as the rounding of numbers of this size can tell."""
    if variance > (_TINY * scale) ** 2:
        return
    raise refuse(
        Text(
            sv="alla i samma arm har samma utfall: osäkerheten kan inte räknas ut.",
            en="everybody in the same arm has the same outcome: the uncertainty cannot be computed.",
        ),
        Text(
            sv='Kontrollera utfallet. Är det ja eller nej, skriv det som 1 och 0 eller "ja" och "nej".',
            en='Check the outcome. If it is yes or no, write it as 1 and 0 or "yes" and "no".',
        ),
    )


def _ancova(outcome: Floats, treated: Bools, codes: Ints, covariates: Floats, *, confidence: float) -> Estimate:
    design = design_matrix(treated, codes, covariates)
    n, k = design.shape
    if n - k < 2:
        raise refuse(
            Text(
                sv="{n} personer är för få för {k} storheter i regressionen.",
                en="{n} people are too few for {k} quantities in the regression.",
            ).fill(n=n, k=k),
            Text(sv="Ta bort kovariater eller strata.", en="Remove covariates or strata."),
        )
    leverage = np.linalg.norm(np.linalg.qr(design)[0], axis=1) ** 2
    kind = "HC3" if leverage.max() < 0.999 else "HC1"  # HC3 divides by one minus the leverage
    fit = statsmodels_api().OLS(outcome, design).fit(cov_type=kind, use_t=True)
    value, error = float(fit.params[1]), float(fit.bse[1])
    _check_spread(error**2, float(np.abs(outcome).max()))
    return _estimate(value, error, n - k, ANCOVA, confidence)


def design_matrix(treated: Bools, codes: Ints, covariates: Floats) -> Floats:
    """Columns: constant, treated, stratum dummies, centred covariates. Columns that add nothing are left out."""
    dummies = (codes[:, None] == np.arange(1, codes.max() + 1)).astype(np.float64)
    kept: list[Floats] = []
    basis = np.empty((len(treated), 0))
    for column in [np.ones(len(treated)), treated.astype(np.float64), *dummies.T, *_scaled(covariates).T]:
        rest = column - basis @ (basis.T @ column)
        rest -= basis @ (basis.T @ rest)  # once more, against rounding
        length = float(np.linalg.norm(rest))
        if length > 1e-8 * len(treated) ** 0.5:
            kept.append(column)
            basis = np.column_stack([basis, rest / length])
    return np.column_stack(kept)


def _scaled(covariates: Floats) -> Floats:
    """Centred and in standard deviations: the effect is the same, and the sums are well conditioned."""
    spread = covariates.std(axis=0)
    return np.asarray((covariates - covariates.mean(axis=0)) / np.where(spread > 0, spread, 1.0), dtype=np.float64)


def _estimate(value: float, error: float, df: float, method: Method, confidence: float) -> Estimate:
    half = t_quantile(confidence, df) * error
    return Estimate(
        name="difference",
        label=DIFFERENCE,
        value=value,
        low=value - half,
        high=value + half,
        confidence=confidence,
        p=t_p(value / error, df),
        standard_error=error,
        degrees_of_freedom=df,
        method=method,
    )
