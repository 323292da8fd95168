"""Effects of several studies as one: the average, how much it differs between places, and what the next may expect.

The headline is REML with Hartung and Knapp's interval. Others stand beside it, so that a verdict that hangs on the
choice is seen to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from genklang.evaluate.arrays import Floats, chi2_p, normal_p, normal_quantile, t_p, t_quantile
from genklang.evaluate.columns import LARGEST, SMALLEST
from genklang.evaluate.findings import Estimate, Flag, Test
from genklang.evaluate.methods import HETEROGENEITY, Method
from genklang.evaluate.methods_pooling import DERSIMONIAN_LAIRD, EGGER, FIXED, HARTUNG_KNAPP, REML
from genklang.evaluate.pooling import flags
from genklang.evaluate.pooling.between import (
    cochran_q,
    dersimonian_laird,
    paule_mandel,
    q_profile,
    restricted_likelihood,
)
from genklang.evaluate.pooling.prediction import by_distribution, by_formula
from genklang.evaluate.problems import Problems, refuse
from genklang.evaluate.texts import Language, Text
from genklang.evaluate.verdicts import Better, Verdict, null_verdict, verdict_of

LABEL = Text(sv="genomsnittlig effekt", en="average effect")
_BETWEEN: dict[str, Callable[[Floats, Floats], float]] = {
    "reml": restricted_likelihood,
    "dl": dersimonian_laird,
    "pm": paule_mandel,
}
_METHODS = {"reml": REML, "dl": DERSIMONIAN_LAIRD, "fixed": FIXED}


@dataclass(frozen=True, kw_only=True)
class Summary:
    """One way of pooling: `estimate` with its interval, and the between-study variance it used."""

    name: str
    estimate: Estimate
    tau2: float

    @property
    def excludes_zero(self) -> bool:
        low, high = self.estimate.low, self.estimate.high
        return low is not None and high is not None and (low > 0 or high < 0)

    def as_dict(self) -> dict[str, object]:
        return {"name": self.name, "tau2": self.tau2, **self.estimate.as_dict()}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One study as a forest plot draws it; `weight` is its part of the headline, from 0 to 1."""

    name: str
    effect: float
    variance: float
    low: float
    high: float
    weight: float

    def as_dict(self) -> dict[str, object]:
        interval = [self.low, self.high]
        return {
            "name": self.name,
            "effect": self.effect,
            "variance": self.variance,
            "interval": interval,
            "weight": self.weight,
        }


@dataclass(frozen=True, kw_only=True)
class Pooled:
    """The pool. `summaries[0]` is the headline; the predictions are None with fewer than three studies.

    `prediction` is the interval that the field gives; `prediction_distribution` holds with few studies too.
    """

    rows: tuple[Row, ...]
    without_result: int
    summaries: tuple[Summary, ...]
    prediction: Estimate | None
    prediction_distribution: Estimate | None
    tau2_interval: tuple[float, float]
    heterogeneity: Test
    i2: float  # from 0 to 1, of Cochran's Q
    left_out: tuple[Summary, ...]  # one a study, named after the one left out; none with fewer than three
    small_studies: Test | None
    verdict: Verdict
    relevant: float
    confidence: float
    unit: Text
    flags: tuple[Flag, ...]

    @property
    def headline(self) -> Estimate:
        return self.summaries[0].estimate

    @property
    def tau2(self) -> float:
        return self.summaries[0].tau2

    @property
    def depends_on_method(self) -> bool:
        return any(flag.id == "depends_on_method" for flag in self.flags)

    def summary(self, name: str) -> Summary:
        """The summary of that name: reml_hk, reml, dl_hk, dl, pm_hk or fixed. Raises KeyError."""
        return {each.name: each for each in self.summaries}[name]

    def plain(self, language: Language) -> tuple[str, str, str]:
        """Three sentences made from the numbers: how many, what on average, what to expect."""
        from genklang.evaluate.pooling.plain import sentences

        first, second, third = sentences(self)
        return first.say(language), second.say(language), third.say(language)

    def as_dict(self) -> dict[str, object]:
        """Ready for JSON: the headline first, then all that is behind it."""
        headline = self.headline
        prediction, wider = self.prediction, self.prediction_distribution
        return {
            "studies": len(self.rows),
            "without_result": self.without_result,
            "verdict": self.verdict.value,
            "estimate": headline.value,
            "interval": [headline.low, headline.high],
            "p": headline.p,
            "confidence": self.confidence,
            "prediction_interval": None if prediction is None else [prediction.low, prediction.high],
            "tau2": self.tau2,
            "tau2_interval": list(self.tau2_interval),
            "i2": self.i2,
            "q": self.heterogeneity.statistic,
            "q_df": self.heterogeneity.degrees_of_freedom,
            "q_p": self.heterogeneity.p,
            "depends_on_method": self.depends_on_method,
            "plain": {language: list(self.plain(language)) for language in ("sv", "en")},
            "methods": {each.name: each.as_dict() for each in self.summaries},
            "prediction": None if prediction is None else prediction.as_dict(),
            "prediction_distribution": None if wider is None else wider.as_dict(),
            "rows": [row.as_dict() for row in self.rows],
            "leave_one_out": [each.as_dict() for each in self.left_out],
            "small_studies": None if self.small_studies is None else self.small_studies.as_dict(),
            "relevant": self.relevant,
            "flags": [flag.as_dict() for flag in self.flags],
        }


def pool(
    effects: Sequence[float] | Floats,
    variances: Sequence[float] | Floats,
    *,
    names: Sequence[str] | None = None,
    without_result: int = 0,
    better: Better | None = None,
    relevant: float | None = None,
    unit: Text | str | None = None,
    confidence: float = 0.95,
) -> Pooled:
    """Pool `effects` (k,) with their sampling `variances` (k,), squared standard errors, in the outcome's unit.

    `without_result` counts adopters that gave none; they are told, never dropped in silence. `relevant` is the smallest
    difference that matters; unless given, the median study's standard error, and a flag says so.
    Raises EvaluationError with fewer than two studies, or a variance that is not above zero.
    """
    y, v = np.asarray(effects, dtype=np.float64), np.asarray(variances, dtype=np.float64)
    labels = tuple(str(k + 1) for k in range(len(y))) if names is None else tuple(names)
    _check(y, v, labels, confidence, relevant)
    summaries = _summaries(y, v, confidence)
    left_out = _left_out(y, v, labels, confidence)
    smallest = float(np.median(v)) ** 0.5 if relevant is None else relevant
    small, skipped = _egger(y, v)
    wider = by_distribution(y, v, summaries[0].estimate.value, confidence)
    return Pooled(
        rows=_rows(y, v, labels, summaries[0].tau2, confidence),
        without_result=without_result,
        summaries=summaries,
        prediction=by_formula(summaries[0].estimate, summaries[0].tau2, len(y), confidence),
        prediction_distribution=wider,
        tau2_interval=q_profile(y, v, confidence=confidence),
        heterogeneity=_heterogeneity(y, v),
        i2=_i2(y, v),
        left_out=left_out,
        small_studies=small,
        verdict=_verdict(summaries, better, smallest),
        relevant=smallest,
        confidence=confidence,
        unit=Text.of(unit or Text(sv="enheter", en="units")),
        flags=flags.of_pool(
            summaries=summaries,
            left_out=left_out,
            without_result=without_result,
            small=small,
            skipped=skipped,
            wider=wider,
            better=better,
            relevant=None if relevant is not None else smallest,
        ),
    )


def _check(y: Floats, v: Floats, names: Sequence[str], confidence: float, relevant: float | None) -> None:
    problems = Problems()
    if not y.ndim == v.ndim == 1 or not len(y) == len(v) == len(names):
        raise refuse(
            Text(
                sv="effekter, varianser och namn är olika många.", en="effects, variances and names differ in number."
            ),
            Text(sv="Ge en av varje för varje studie.", en="Give one of each for every study."),
        )
    positive = Text(
        sv='Skriv medelfelet i kvadrat, till exempel "0,25".', en='Write the squared standard error, "0.25".'
    )
    for k, (effect, variance) in enumerate(zip(y, v, strict=True)):
        if not abs(effect) <= LARGEST:
            wrong = Text(sv="effekten är {e}.", en="the effect is {e}.").fill(e=f"{effect:g}")
            problems.add(wrong, Text(sv="Skriv ett tal.", en="Write a number."), row=k, column="effect")
        if not SMALLEST < variance <= LARGEST:
            wrong = Text(sv="variansen är {v}.", en="the variance is {v}.").fill(v=f"{variance:g}")
            problems.add(wrong, positive, row=k, column="variance")
    if len(y) < 2:
        problems.add(
            Text(sv="{n} studie kan inte vägas samman.", en="{n} study cannot be pooled.").fill(n=len(y)),
            Text(sv="Minst två behövs, helst fem.", en="At least two are needed, better five."),
        )
    if not 0 < confidence < 1 or (relevant is not None and not 0 <= relevant <= LARGEST):
        problems.add(
            Text(sv="säkerhet eller minsta skillnad är orimlig.", en="the confidence or relevant is beyond reason."),
            Text(sv='Skriv till exempel "0.95" och "2".', en='Write, for example, "0.95" and "2".'),
        )
    problems.check()


def _summaries(y: Floats, v: Floats, confidence: float) -> tuple[Summary, ...]:
    between = {name: estimator(y, v) for name, estimator in _BETWEEN.items()}
    found = [_knapp(y, v, f"{name}_hk", tau2, confidence) for name, tau2 in between.items()]
    found += [_wald(y, v, name, between[name], confidence) for name in ("reml", "dl")]
    return (*found, _wald(y, v, "fixed", 0.0, confidence))


def _knapp(y: Floats, v: Floats, name: str, tau2: float, confidence: float) -> Summary:
    """The interval of Hartung and Knapp: the spread that the effects show about their mean, and Student's t."""
    weights = 1 / (v + tau2)
    value = float(weights @ y / weights.sum())
    free = len(y) - 1
    error = float((weights @ (y - value) ** 2 / (free * weights.sum())) ** 0.5)
    least = 1e-9 * float(weights.sum()) ** -0.5  # effects that all are the same say nothing of their spread
    error = max(error, least)
    half = t_quantile(confidence, free) * error
    return _summary(name, HARTUNG_KNAPP, tau2, value, error, half, t_p(value / error, free), confidence, float(free))


def _wald(y: Floats, v: Floats, name: str, tau2: float, confidence: float) -> Summary:
    weights = 1 / (v + tau2)
    value, error = float(weights @ y / weights.sum()), float(weights.sum() ** -0.5)
    half = normal_quantile(confidence) * error
    return _summary(name, _METHODS[name], tau2, value, error, half, normal_p(value / error), confidence, None)


def _summary(
    name: str,
    method: Method,
    tau2: float,
    value: float,
    error: float,
    half: float,
    p: float,
    confidence: float,
    df: float | None,
) -> Summary:
    estimate = Estimate(
        name=name,
        label=LABEL,
        value=value,
        low=value - half,
        high=value + half,
        confidence=confidence,
        p=p,
        standard_error=error,
        degrees_of_freedom=df,
        method=method,
    )
    return Summary(name=name, estimate=estimate, tau2=tau2)


def _heterogeneity(y: Floats, v: Floats) -> Test:
    q, free = cochran_q(y, v), len(y) - 1
    return Test(
        name="heterogeneity",
        label=Text(sv="skiljer sig effekterna åt?", en="do the effects differ?"),
        statistic=q,
        degrees_of_freedom=free,
        p=chi2_p(q, free),
        method=HETEROGENEITY,
    )


def _i2(y: Floats, v: Floats) -> float:
    """The part of the spread that is more than chance. Higgins & Thompson (2002), Stat Med 21:1539-1558."""
    q = cochran_q(y, v)
    return max(0.0, (q - (len(y) - 1)) / q) if q > 0 else 0.0


def _rows(y: Floats, v: Floats, names: Sequence[str], tau2: float, confidence: float) -> tuple[Row, ...]:
    weights = 1 / (v + tau2)
    z = normal_quantile(confidence)
    return tuple(
        Row(
            name=name,
            effect=float(effect),
            variance=float(variance),
            low=float(effect - z * variance**0.5),
            high=float(effect + z * variance**0.5),
            weight=float(weight),
        )
        for name, effect, variance, weight in zip(names, y, v, weights / weights.sum(), strict=True)
    )


def _left_out(y: Floats, v: Floats, names: Sequence[str], confidence: float) -> tuple[Summary, ...]:
    if len(y) < 3:
        return ()
    found = []
    for k, name in enumerate(names):
        rest_y, rest_v = np.delete(y, k), np.delete(v, k)
        found.append(_knapp(rest_y, rest_v, name, restricted_likelihood(rest_y, rest_v), confidence))
    return tuple(found)


def _egger(y: Floats, v: Floats) -> tuple[Test | None, bool]:
    """Do small studies show other effects than large ones? With the reason for no answer: too few, or all one size."""
    errors = v**0.5
    free = len(y) - 2
    if free < 1 or np.ptp(errors) <= 1e-9 * errors.max():
        return None, True
    design = np.column_stack([np.ones(len(y)), 1 / errors])
    standard = y / errors
    inverse = np.linalg.inv(design.T @ design)
    coefficients = inverse @ (design.T @ standard)
    residuals = standard - design @ coefficients
    error = float((residuals @ residuals / free * inverse[0, 0]) ** 0.5)
    if error <= SMALLEST:
        return None, True
    statistic = float(coefficients[0]) / error
    label = Text(sv="visar små studier annat än stora?", en="do small studies show other effects than large ones?")
    p = t_p(statistic, free)
    return Test(name="egger", label=label, statistic=statistic, degrees_of_freedom=free, p=p, method=EGGER), False


def _verdict(summaries: Sequence[Summary], better: Better | None, relevant: float) -> Verdict:
    """By the headline; the cautious one when another way of pooling contradicts it."""
    low, high = summaries[0].estimate.low or 0.0, summaries[0].estimate.high or 0.0
    if flags.disagree(summaries):
        return null_verdict(low=low, high=high, relevant=relevant)
    return verdict_of(low=low, high=high, better=better, relevant=relevant)
