"""Time to an event: Kaplan-Meier per arm, the log-rank test, and differences at a horizon. By hand, and small."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genklang.evaluate.arrays import Bools, Floats, Ints, chi2_p, normal_p, normal_quantile, strata_codes
from genklang.evaluate.findings import Estimate, Test
from genklang.evaluate.methods import KAPLAN_MEIER, LOG_RANK, RESTRICTED_MEAN
from genklang.evaluate.problems import refuse
from genklang.evaluate.shares import wilson
from genklang.evaluate.texts import Text

LEAST_FOLLOWED = 0.1


@dataclass(frozen=True, kw_only=True)
class KaplanMeier:
    """The share without the event after each event time (m,), with limits on the log(-log) scale."""

    times: Floats
    at_risk: Ints
    events: Ints
    survival: Floats
    low: Floats
    high: Floats
    greenwood: Floats  # sum of d/(n(n - d)): the variance of log S
    followed: Floats  # everybody's time, in order
    confidence: float

    @property
    def last(self) -> float:
        """The longest time that anybody was followed."""
        return float(self.followed[-1])

    @property
    def median(self) -> float | None:
        """The first time at which half or fewer are without the event; None where that was not reached."""
        reached = np.flatnonzero(self.survival <= 0.5 + 1e-12)
        return float(self.times[reached[0]]) if reached.size else None

    def at(self, time: float) -> tuple[float, float, float]:
        """The share without the event at a time, and its limits."""
        place = int(np.searchsorted(self.times, time, side="right")) - 1
        if place < 0:  # before the first event: Wilson's limit for those still at risk
            at_risk = len(self.followed) - int(np.searchsorted(self.followed, time, side="left"))
            return 1.0, float(wilson(at_risk, at_risk, confidence=self.confidence)[0]), 1.0
        return float(self.survival[place]), float(self.low[place]), float(self.high[place])

    def variance(self, time: float) -> float:
        """Greenwood's variance of the share without the event at a time; zero where it is 0 or 1."""
        place = int(np.searchsorted(self.times, time, side="right")) - 1
        if place < 0 or self.survival[place] == 0:
            return 0.0
        return float(self.survival[place] ** 2 * self.greenwood[place])

    def restricted_mean(self, horizon: float) -> tuple[float, float]:
        """Mean time without the event within the horizon, and its variance."""
        times = self.times[self.times < horizon]
        steps = np.concatenate([[1.0], self.survival[: len(times)]])
        widths = np.diff(np.concatenate([[0.0], times, [horizon]]))
        areas = steps * widths
        remaining = areas[::-1].cumsum()[::-1][1:]  # area after each event time
        n, d = self.at_risk[: len(times)], self.events[: len(times)]
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = np.where(remaining > 0, remaining**2 * d / (n * (n - d)), 0.0)
        return float(areas.sum()), float(terms.sum())


def kaplan_meier(time: Floats, event: Bools, *, confidence: float = 0.95) -> KaplanMeier:
    """The Kaplan-Meier curve of `time` (n,) from start to event or end of follow-up; `event` (n,) is True at an event.

    One point for each distinct time with an event. Raises EvaluationError for nobody, or a negative time.
    """
    time, event = np.asarray(time, dtype=np.float64), np.asarray(event, dtype=np.bool_)
    _check_times(time)
    ordered = np.sort(time)
    times = np.unique(time[event]) if event.any() else ordered[-1:]  # nobody had it: one flat point
    at_risk = len(time) - np.searchsorted(ordered, times, side="left")
    events = np.bincount(np.searchsorted(times, time[event]), minlength=len(times))
    survival: Floats = np.cumprod(1 - events / at_risk).astype(np.float64)
    with np.errstate(divide="ignore"):
        greenwood = np.cumsum(events / (at_risk * (at_risk - events.astype(np.float64))))
    low, high = _log_log(survival, greenwood, at_risk, confidence=confidence)
    return KaplanMeier(
        times=times,
        at_risk=at_risk.astype(np.int64),
        events=events.astype(np.int64),
        survival=survival,
        low=low,
        high=high,
        greenwood=greenwood,
        followed=ordered,
        confidence=confidence,
    )


def _log_log(survival: Floats, greenwood: Floats, at_risk: Ints, *, confidence: float) -> tuple[Floats, Floats]:
    """Limits that stay between 0 and 1. Where nobody or everybody has had the event the scale gives none:
    nobody takes Wilson's for those at risk, everybody the upper limit of the step before."""
    with np.errstate(divide="ignore", invalid="ignore"):
        half = normal_quantile(confidence) * np.sqrt(greenwood) / np.log(survival)
        low, high = survival ** np.exp(-half), survival ** np.exp(half)
    inner = (survival > 0) & (survival < 1)
    none_low = wilson(at_risk.astype(np.float64), at_risk.astype(np.float64), confidence=confidence)[0]
    low = np.where(inner, low, np.where(survival > 0, none_low, 0.0))
    high = np.where(inner, high, 1.0)
    if len(high) and survival[-1] == 0:
        high[-1] = high[-2] if len(high) > 1 else wilson(0, at_risk[0], confidence=confidence)[1]
    return low, high


@dataclass(frozen=True, kw_only=True)
class Survived:
    """Two arms compared: curves, the event share's difference at the horizon, mean time gained, and log-rank."""

    treated: KaplanMeier
    control: KaplanMeier
    horizon: float
    difference: Estimate
    mean_time: Estimate | None
    log_rank: Test


def compare_survival(
    time: Floats,
    event: Bools,
    treated: Bools,
    *,
    strata: NDArray[Any] | None = None,
    horizon: float | None = None,
    confidence: float = 0.95,
) -> Survived:
    """Compare time to an event between two arms; arrays of shape (n,), times from each person's start.

    The horizon, unless one is given, is the longest time at which a tenth of each arm is still followed: beyond it
    curves rest on few (Pocock, Clayton & Altman 2002, Lancet 359:1686-1689). `strata` stratify the log-rank test.
    Raises EvaluationError for an empty arm, no event at all, negative times or a horizon out of reach.
    """
    time, event, treated = np.asarray(time, np.float64), np.asarray(event, np.bool_), np.asarray(treated, np.bool_)
    _check_times(time)
    _check_compared(event, treated)
    arms = [kaplan_meier(time[arm], event[arm], confidence=confidence) for arm in (treated, ~treated)]
    reach = min(curve.last for curve in arms)
    if horizon is None:
        horizon = min(_reliable(curve) for curve in arms)
    _check_horizon(horizon, reach)
    return Survived(
        treated=arms[0],
        control=arms[1],
        horizon=horizon,
        difference=_difference(arms[0], arms[1], horizon),
        mean_time=_mean_time(arms[0], arms[1], horizon),
        log_rank=log_rank(time, event, treated, strata=strata),
    )


def _reliable(curve: KaplanMeier) -> float:
    """The longest time at which a tenth, and at least one, is still followed."""
    n = len(curve.followed)
    return float(curve.followed[n - max(1, int(np.ceil(n * LEAST_FOLLOWED - 1e-9)))])


def _difference(treated: KaplanMeier, control: KaplanMeier, horizon: float) -> Estimate:
    """Event share of the treated minus that of the controls; limits by squaring and adding each arm's."""
    (s1, low1, high1), (s0, low0, high0) = treated.at(horizon), control.at(horizon)
    value = s0 - s1
    error = float((treated.variance(horizon) + control.variance(horizon)) ** 0.5)
    return Estimate(
        name="difference",
        label=Text(sv="skillnad i andel med händelsen", en="difference in the share with the event"),
        value=value,
        low=value - float(np.hypot(high1 - s1, s0 - low0)),
        high=value + float(np.hypot(s1 - low1, high0 - s0)),
        confidence=treated.confidence,
        p=normal_p(value / error) if error > 0 else None,
        standard_error=error,
        method=KAPLAN_MEIER,
        is_share=True,
    )


def _mean_time(treated: KaplanMeier, control: KaplanMeier, horizon: float) -> Estimate | None:
    (m1, v1), (m0, v0) = treated.restricted_mean(horizon), control.restricted_mean(horizon)
    error = (v1 + v0) ** 0.5
    if error <= 0:
        return None
    half = normal_quantile(treated.confidence) * error
    return Estimate(
        name="restricted_mean_time",
        label=Text(sv="skillnad i medeltid utan händelsen", en="difference in mean time without the event"),
        value=m1 - m0,
        low=m1 - m0 - half,
        high=m1 - m0 + half,
        confidence=treated.confidence,
        p=normal_p((m1 - m0) / error),
        standard_error=error,
        method=RESTRICTED_MEAN,
    )


def log_rank(time: Floats, event: Bools, treated: Bools, *, strata: NDArray[Any] | None = None) -> Test:
    """The log-rank test of two arms, stratified where strata are given; arrays of shape (n,)."""
    codes = strata_codes(len(time), strata)
    sums = [
        _observed_less_expected(*(each[codes == code] for each in (time, event, treated))) for code in np.unique(codes)
    ]
    excess, variance = (float(sum(column)) for column in zip(*sums, strict=True))
    statistic = excess**2 / variance if variance > 0 else 0.0
    return Test(
        name="log_rank",
        label=LOG_RANK.name,
        statistic=statistic,
        degrees_of_freedom=1,
        p=chi2_p(statistic, 1),
        method=LOG_RANK,
    )


def _observed_less_expected(time: Floats, event: Bools, treated: Bools) -> tuple[float, float]:
    """One stratum's sum of observed less expected events among the treated, and its hypergeometric variance."""
    times = np.unique(time[event])
    n = len(time) - np.searchsorted(np.sort(time), times, side="left")
    n1 = int(treated.sum()) - np.searchsorted(np.sort(time[treated]), times, side="left")
    d = np.bincount(np.searchsorted(times, time[event]), minlength=len(times))
    d1 = np.bincount(np.searchsorted(times, time[event & treated]), minlength=len(times))
    share = n1 / n
    variance = d * share * (1 - share) * (n - d) / np.maximum(n - 1, 1)
    return float((d1 - d * share).sum()), float(variance.sum())


def _check_times(time: Floats) -> None:
    if time.size == 0 or not np.all((time >= 0) & (time < np.inf)):
        raise refuse(
            Text(sv="en tid saknas eller är negativ.", en="a time is missing or negative."),
            Text(
                sv="Skriv tiden från start till händelse eller sista uppföljning, noll eller mer.",
                en="Write the time from start to event or last follow-up, zero or more.",
            ),
        )
    if time.max() == 0:
        raise refuse(
            Text(sv="alla tider är noll.", en="every time is zero."),
            Text(sv="Skriv hur länge var och en följdes.", en="Write how long each person was followed."),
        )


def _check_compared(event: Bools, treated: Bools) -> None:
    if treated.all() or not treated.any():
        raise refuse(
            Text(sv="en arm är tom.", en="an arm is empty."),
            Text(sv="Minst en person behövs i varje arm.", en="At least one person is needed in each arm."),
        )
    if not event.any():
        raise refuse(
            Text(
                sv="ingen har haft händelsen: det finns inget att jämföra.",
                en="nobody has had the event: there is nothing to compare.",
            ),
            Text(sv="Vänta, eller välj en annan händelse.", en="Wait, or choose another event."),
        )


def _check_horizon(horizon: float, reach: float) -> None:
    if 0 < horizon <= reach:
        return
    raise refuse(
        Text(
            sv="horisonten {horizon} ligger utanför den tid som båda armarna följts ({reach}).",
            en="the horizon {horizon} is outside the time that both arms were followed ({reach}).",
        ).fill(horizon=f"{horizon:g}", reach=f"{reach:g}"),
        Text(sv="Skriv en tid som båda armarna når.", en="Write a time that both arms reach."),
    )
