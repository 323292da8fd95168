"""One group: a share or a mean with its interval, beside a target; and change within the same people."""

from __future__ import annotations

import numpy as np

from genklang.evaluate.arrays import Floats, t_p, t_quantile
from genklang.evaluate.columns import SMALLEST
from genklang.evaluate.findings import Estimate
from genklang.evaluate.means import check_known
from genklang.evaluate.methods import PAIRED, RATE, STUDENT, WILSON, Method
from genklang.evaluate.problems import refuse
from genklang.evaluate.shares import wilson
from genklang.evaluate.texts import Text

SHARE = Text(sv="andel", en="share")
MEAN = Text(sv="medelvärde", en="mean")
CHANGE = Text(sv="förändring", en="change")


def one_share(events: int, n: int, *, target: float | None = None, confidence: float = 0.95) -> Estimate:
    """The share events/n with Wilson's interval; with a target, the exact binomial p-value against it.

    Raises EvaluationError when there is nobody, or when counts or target are impossible.
    """
    if n < 1 or not 0 <= events <= n:
        raise refuse(
            Text(sv="{events} av {n} är ingen andel.", en="{events} of {n} is no share.").fill(events=events, n=n),
            Text(
                sv="Skriv ett antal mellan 0 och gruppens storlek.", en="Write a number between 0 and the group's size."
            ),
        )
    if target is not None and not 0 <= target <= 1:
        raise refuse(
            Text(sv="målet {target} är ingen andel.", en="the target {target} is no share.").fill(target=f"{target:g}"),
            Text(
                sv='Skriv en andel mellan 0 och 1, till exempel "0.9".',
                en='Write a share from 0 to 1, for example "0.9".',
            ),
        )
    low, high = wilson(events, n, confidence=confidence)
    return Estimate(
        name="share",
        label=SHARE,
        value=events / n,
        low=float(low),
        high=float(high),
        confidence=confidence,
        p=None if target is None else _binomial_p(events, n, target),
        method=WILSON,
        is_share=True,
    )


def _binomial_p(events: int, n: int, target: float) -> float:
    from scipy.stats import binomtest

    return float(binomtest(events, n, target).pvalue)


def one_mean(values: Floats, *, target: float | None = None, confidence: float = 0.95) -> Estimate:
    """The mean with its t interval; with a target, the p-value against it.

    Raises EvaluationError when fewer than two people are measured or all have the same value.
    """
    return _student(values, target, confidence, name="mean", label=MEAN, method=STUDENT)


def one_rate(
    events: Floats, exposed: Floats, *, target: float | None = None, confidence: float = 0.95
) -> tuple[Estimate, float]:
    """Events per one exposed, `events` and `exposed` (n,), and the dispersion: variance through what chance makes.

    With several rows the interval allows for rows being more uneven than chance makes them (quasi-Poisson), and never
    narrower than chance; with one row, or no events, the limits are the exact Poisson ones (Garwood 1936).
    Raises EvaluationError where nobody is exposed, or the target is below zero.
    """
    total, size = float(events.sum()), float(exposed.sum())
    if target is not None and target < 0:
        raise refuse(
            Text(sv="målet {t} är ingen takt.", en="the target {t} is no rate.").fill(t=f"{target:g}"),
            Text(sv="Skriv noll eller mer.", en="Write zero or more."),
        )
    rate, n = total / size, len(events)
    if total == 0 or n == 1:
        low, high = _garwood(total, confidence)
        return _rate(rate, low / size, high / size, confidence, _poisson_p(total, size, target)), 1.0
    expected = rate * exposed
    dispersion = float(((events - expected) ** 2 / expected).sum() / (n - 1))
    error = (max(1.0, dispersion) / total) ** 0.5
    half = float(np.exp(t_quantile(confidence, n - 1) * error))
    p = None if target is None else t_p(float(np.log(rate / target)) / error, n - 1) if target > 0 else 0.0
    return _rate(rate, rate / half, rate * half, confidence, p), dispersion


def _rate(value: float, low: float, high: float, confidence: float, p: float | None) -> Estimate:
    return Estimate(
        name="rate",
        label=Text(sv="antal per exponerad", en="events per exposed"),
        value=value,
        low=low,
        high=high,
        confidence=confidence,
        p=p,
        method=RATE,
    )


def _garwood(total: float, confidence: float) -> tuple[float, float]:
    from scipy.special import gammaincinv

    tail = (1 - confidence) / 2
    low = 0.0 if total == 0 else float(gammaincinv(total, tail))
    return low, float(gammaincinv(total + 1, 1 - tail))


def _poisson_p(total: float, size: float, target: float | None) -> float | None:
    """Exact, two-sided: twice the smaller tail."""
    from scipy.special import pdtr, pdtrc

    if target is None:
        return None
    if target == 0:
        return 1.0 if total == 0 else 0.0
    mean = target * size
    return float(min(1.0, 2 * min(pdtr(total, mean), pdtrc(total - 1, mean) if total > 0 else 1.0)))


def paired_change(before: Floats, after: Floats, *, confidence: float = 0.95) -> Estimate:
    """Mean of after minus before within the same people, with its t interval.

    `before` (n,), `after` (n,). Raises EvaluationError when fewer than two pairs are measured or all changed alike.
    """
    change = np.asarray(after, dtype=np.float64) - np.asarray(before, dtype=np.float64)
    return _student(change, 0.0, confidence, name="change", label=CHANGE, method=PAIRED)


def _student(
    values: Floats, target: float | None, confidence: float, *, name: str, label: Text, method: Method
) -> Estimate:
    values = np.asarray(values, dtype=np.float64)
    _check_spread(values)
    n, mean = len(values), float(values.mean())
    error = float(values.std(ddof=1)) / n**0.5
    half = t_quantile(confidence, n - 1) * error
    return Estimate(
        name=name,
        label=label,
        value=mean,
        low=mean - half,
        high=mean + half,
        confidence=confidence,
        p=None if target is None else t_p((mean - target) / error, n - 1),
        standard_error=error,
        degrees_of_freedom=float(n - 1),
        method=method,
    )


def _check_spread(values: Floats) -> None:
    check_known(values)
    if len(values) < 2:
        raise refuse(
            Text(sv="{n} person är för få för ett intervall.", en="{n} person is too few for an interval.").fill(
                n=len(values)
            ),
            Text(sv="Minst två personer behövs, helst trettio.", en="At least two people are needed, better thirty."),
        )
    if float(values.std(ddof=1)) <= max(SMALLEST, 1e-12 * float(np.abs(values).max())):
        raise refuse(
            Text(
                sv="värdet är {value} för alla: osäkerheten kan inte räknas ut.",
                en="the value is {value} for everybody: the uncertainty cannot be computed.",
            ).fill(value=f"{values[0]:g}"),
            Text(
                sv="Välj ett utfall som varierar, eller vänta tills fler har följts upp.",
                en="Choose an outcome that varies, or wait until more people have been followed up.",
            ),
        )
