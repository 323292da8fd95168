"""Three sentences made from a finding's numbers: who, what was seen, what it means. For people, not statisticians."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genklang.evaluate import plain_money, plain_places, plain_series, plain_worth
from genklang.evaluate.meanings import CAUSAL, CHANGE, TARGET
from genklang.evaluate.plain_words import (
    FEWER_MORE,
    LOWER_HIGHER,
    decimals_of,
    exposed,
    interval_words,
    meaning_of,
    per_exposed,
    percent,
    scale_of,
    scaled,
    signed,
)
from genklang.evaluate.texts import Number, Part, Text

if TYPE_CHECKING:
    from genklang.evaluate.findings import Arm, Finding

Sentences = tuple[Text, Text, Text]

DAYS, WEEKS = Text(sv="dagar", en="days"), Text(sv="veckor", en="weeks")
PERCENT = Text(sv="procent", en="percent")
DAYS_A_WEEK, FEWEST_DAYS_AS_WEEKS = 7, 28
_PLAIN_METHODS = frozenset({"welch", "newcombe", "kaplan_meier", "cluster_jackknife"})


def sentences(finding: Finding) -> Sentences:
    """The three sentences, each in both languages."""
    match finding.design:
        case "cluster_randomised":
            return _who_clusters(finding), _seen_two_arms(finding), meaning_of(finding, CAUSAL)
        case "randomised" | "survival":
            return _who_randomised(finding), _seen_two_arms(finding), meaning_of(finding, CAUSAL)
        case "difference_in_differences" | "synthetic_control" | "stepped_wedge":
            return plain_places.sentences(finding)
        case "cost_effectiveness":
            return plain_worth.sentences(finding)
        case "one_group":
            return _who_one_group(finding), _seen_one_group(finding), _meaning_target(finding)
        case "survey":
            return _who_survey(finding), _seen_one_group(finding), _meaning_target(finding)
        case "before_after":
            return _who_before_after(finding), _seen_before_after(finding), meaning_of(finding, CHANGE)
        case "interrupted_time_series":
            return plain_series.sentences(finding)
        case "break_even":
            return plain_money.sentences(finding)
    raise ValueError(f"no sentences for the design {finding.design!r}")


def _who_randomised(finding: Finding) -> Text:
    treated, control = finding.arms[:2]
    randomised = finding.flow.randomised if finding.flow and finding.flow.randomised else treated.n + control.n
    parts: dict[str, Part] = {
        "n1": treated.n,
        "n0": control.n,
        "arm1": treated.label,
        "arm0": control.label,
    }
    if randomised == treated.n + control.n:
        return Text(
            sv="{n} personer lottades, {n1} till {arm1} och {n0} till {arm0}, och alla kunde följas upp.",
            en="{n} people were assigned by lot, {n1} to {arm1} and {n0} to {arm0}, and all could be followed up.",
        ).fill(n=randomised, **parts)
    return Text(
        sv="{n} personer lottades och {k} av dem jämförs här, {n1} i {arm1} och {n0} i {arm0}.",
        en="{n} people were assigned by lot and {k} of them are compared here, {n1} in {arm1} and {n0} in {arm0}.",
    ).fill(n=randomised, k=treated.n + control.n, **parts)


def _who_clusters(finding: Finding) -> Text:
    treated, control = finding.arms[:2]
    settings = dict(finding.settings)
    return Text(
        sv="{g} grupper med {n} personer lottades hela, {g1} av dem till {arm1} och resten till {arm0}.",
        en="{g} clusters with {n} people were assigned whole, {g1} of them to {arm1} and the rest to {arm0}.",
    ).fill(
        g=int(settings["clusters"] or 0),
        n=treated.n + control.n,
        g1=int(settings["treated_clusters"] or 0),
        arm1=treated.label,
        arm0=control.label,
    )


def _seen_two_arms(finding: Finding) -> Text:
    scale, estimate = scale_of(finding), finding.estimate
    words = FEWER_MORE if estimate.is_share else LOWER_HIGHER
    decimals = min(1, decimals_of(estimate, scale)) if estimate.is_share else decimals_of(estimate)
    joint = (
        Text(sv="det är", en="that is")
        if finding.method.id in _PLAIN_METHODS
        else Text(
            sv="med strata och bakgrund inräknade är skillnaden",
            en="allowing for strata and background the difference is",
        )
    )
    return _seen_template(finding).fill(
        outcome=finding.outcome.label,
        unit=finding.outcome.unit,
        when=_by_when(finding),
        v1=_arm_number(finding.arms[0], scale, decimals),
        v0=_arm_number(finding.arms[1], scale, decimals),
        arm1=finding.arms[0].label,
        arm0=finding.arms[1].label,
        joint=joint,
        difference=signed(estimate, scale=scale, words=words, decimals=decimals),
        interval=interval_words(estimate, scale=scale, words=words, decimals=decimals),
    )


def _by_when(finding: Finding) -> Text:
    """ "Inom 52 veckor": the horizon with its unit, days as whole weeks where they are."""
    horizon, unit = float(dict(finding.settings).get("horizon") or 0), finding.outcome.time_unit
    if unit is None:
        return Text(sv="Vid tiden {n}", en="By time {n}").fill(n=f"{horizon:g}")
    if unit == DAYS and horizon >= FEWEST_DAYS_AS_WEEKS and horizon % DAYS_A_WEEK == 0:
        horizon, unit = horizon / DAYS_A_WEEK, WEEKS
    decimals = 0 if horizon == round(horizon) else 1
    return Text(sv="Inom {n} {unit}", en="Within {n} {unit}").fill(n=Number(horizon, decimals), unit=unit)


def _seen_template(finding: Finding) -> Text:
    if finding.design == "survival":
        return Text(
            sv="{when} hade {v1} av 100 i {arm1} haft ”{outcome}” mot {v0} av 100 i {arm0}; {joint} "
            "{difference} av 100 "
            "({interval}).",
            en="{when}, {v1} of 100 in {arm1} had had “{outcome}”, against {v0} of 100 in {arm0}; "
            "{joint} {difference} "
            "per 100 ({interval}).",
        )
    if finding.estimate.is_share:
        return Text(
            sv="Av 100 i {arm1} hade {v1} ”{outcome}”, mot {v0} av 100 i {arm0}; {joint} {difference} av 100 "
            "({interval}).",
            en="Of 100 in {arm1}, {v1} had “{outcome}”, against {v0} of 100 in {arm0}; {joint} {difference} per 100 "
            "({interval}).",
        )
    return Text(
        sv="”{outcome}” var i snitt {v1} i {arm1} och {v0} i {arm0}; {joint} {difference} ({interval}, i {unit}).",
        en="“{outcome}” was on average {v1} in {arm1} and {v0} in {arm0}; {joint} {difference} ({interval}, in "
        "{unit}).",
    )


def _arm_number(arm: Arm, scale: float, decimals: int) -> Number:
    return scaled(arm.value or 0.0, scale, decimals)


def _who_one_group(finding: Finding) -> Text:
    if dict(finding.settings).get("exposure"):
        return Text(
            sv="Antal händelser och hur många som var exponerade, i {n} rader utan jämförelsegrupp.",
            en="Counts of events and how many were exposed, in {n} rows with no comparison group.",
        ).fill(n=finding.arms[0].n)
    return Text(
        sv="{n} personer i en grupp, utan jämförelsegrupp.",
        en="{n} people in one group, with no comparison group.",
    ).fill(n=finding.arms[0].n)


def _who_survey(finding: Finding) -> Text:
    settings = dict(finding.settings)
    return Text(
        sv="{n} av {drawn} slumpvis utvalda svarade, och räknas upp till hela befolkningen.",
        en="{n} of {drawn} drawn at random answered, and stand for the whole population.",
    ).fill(n=int(settings["answered"] or 0), drawn=int(settings["drawn"] or 0))


def _seen_one_group(finding: Finding) -> Text:
    estimate = finding.estimate
    scale = per_exposed(finding) if dict(finding.settings).get("exposure") else scale_of(finding)
    decimals = max(1, decimals_of(estimate, scale)) if estimate.is_share else decimals_of(estimate, scale)
    template = Text(
        sv="”{outcome}” är {value} {per}({confidence} procents osäkerhetsintervall: {low} till {high}){target}.",
        en="“{outcome}” is {value} {per}({confidence} percent interval: {low} to {high}){target}.",
    )
    target = dict(finding.settings).get("target")
    told = Text(sv="", en="")
    if isinstance(target, (int, float)):
        told = Text(sv="; målet var {target}", en="; the target was {target}").fill(
            target=scaled(target, scale, decimals)
        )
    return template.fill(
        outcome=finding.outcome.label,
        per=_per(finding),
        value=scaled(estimate.value, scale, decimals),
        confidence=percent(estimate.confidence),
        low=scaled(estimate.low or 0.0, scale, decimals),
        high=scaled(estimate.high or 0.0, scale, decimals),
        target=told,
    )


def _per(finding: Finding) -> Text:
    """What stands after the figure of one group."""
    if dict(finding.settings).get("exposure"):
        return Text(sv="{per} ", en="{per} ").fill(per=exposed(per_exposed(finding)))
    if finding.estimate.is_share:
        return Text(sv="av 100 ", en="of 100 ")
    if finding.outcome.unit == PERCENT:
        return Text(sv="procent i snitt ", en="percent on average ")
    return Text(sv="", en="")


def _meaning_target(finding: Finding) -> Text:
    if dict(finding.settings).get("target") is None:
        return Text(
            sv="Inget mål är angivet, så siffran beskriver läget och bedömer det inte.",
            en="No target is given, so the figure describes the state and does not judge it.",
        )
    return TARGET[finding.verdict]


def _who_before_after(finding: Finding) -> Text:
    ratings = int(dict(finding.settings).get("ratings") or 0)
    if ratings > finding.arms[0].n:
        return Text(
            sv="{n} personer mättes både före och efter, med {k} skattningar i allt.",
            en="{n} people were measured both before and after, by {k} ratings in all.",
        ).fill(n=finding.arms[0].n, k=ratings)
    return Text(
        sv="{n} personer mättes både före och efter.", en="{n} people were measured both before and after."
    ).fill(n=finding.arms[0].n)


def _seen_before_after(finding: Finding) -> Text:
    estimate, scale = finding.estimate, scale_of(finding)
    decimals = decimals_of(estimate, scale)
    words = FEWER_MORE if estimate.is_share else LOWER_HIGHER
    template = Text(
        sv="”{outcome}” gick från {before} till {after} i snitt, {change} ({interval}).",
        en="“{outcome}” went from {before} to {after} on average, {change} ({interval}).",
    )
    if estimate.is_share:
        decimals = min(1, decimals)
        template = Text(
            sv="”{outcome}” gick från {before} till {after} av 100, {change} av 100 ({interval}).",
            en="“{outcome}” went from {before} to {after} of 100, {change} per 100 ({interval}).",
        )
    return template.fill(
        outcome=finding.outcome.label,
        after=_arm_number(finding.arms[0], scale, decimals),
        before=_arm_number(finding.arms[1], scale, decimals),
        change=signed(estimate, scale=scale, words=words, decimals=decimals),
        interval=interval_words(estimate, scale=scale, words=words, decimals=decimals),
    )
