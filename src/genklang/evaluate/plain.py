"""Three sentences made from a finding's numbers: who, what was seen, what it means. For people, not statisticians."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from genklang.evaluate import plain_places, plain_worth
from genklang.evaluate.meanings import CAUSAL, CHANGE, DEPENDS, MONEY, TARGET
from genklang.evaluate.texts import Number, Part, Text, decimals_for

if TYPE_CHECKING:
    from genklang.evaluate.findings import Arm, Estimate, Finding

Sentences = tuple[Text, Text, Text]

_FEWER_MORE = (Text(sv="färre", en="fewer"), Text(sv="fler", en="more"))
_LOWER_HIGHER = (Text(sv="lägre", en="lower"), Text(sv="högre", en="higher"))
DAYS, WEEKS = Text(sv="dagar", en="days"), Text(sv="veckor", en="weeks")
PERCENT = Text(sv="procent", en="percent")
RARE = 0.001
DAYS_A_WEEK, FEWEST_DAYS_AS_WEEKS = 7, 28
_PLAIN_METHODS = frozenset({"welch", "newcombe", "kaplan_meier", "cluster_jackknife"})


def sentences(finding: Finding) -> Sentences:
    """The three sentences, each in both languages."""
    match finding.design:
        case "cluster_randomised":
            return _who_clusters(finding), _seen_two_arms(finding), _meaning(finding, causal=True)
        case "randomised" | "survival":
            return _who_randomised(finding), _seen_two_arms(finding), _meaning(finding, causal=True)
        case "difference_in_differences" | "synthetic_control" | "stepped_wedge":
            return plain_places.sentences(finding)
        case "cost_effectiveness":
            return plain_worth.sentences(finding)
        case "one_group":
            return _who_one_group(finding), _seen_one_group(finding), _meaning_target(finding)
        case "survey":
            return _who_survey(finding), _seen_one_group(finding), _meaning_target(finding)
        case "before_after":
            return _who_before_after(finding), _seen_before_after(finding), _meaning(finding, causal=False)
        case "interrupted_time_series":
            return _who_series(finding), _seen_series(finding), _meaning(finding, causal=False)
        case "break_even":
            return _who_money(finding), _seen_money(finding), _meaning_money(finding)
    raise ValueError(f"no sentences for the design {finding.design!r}")


def interval_words(estimate: Estimate, *, scale: float, words: tuple[Text, Text], decimals: int) -> Text:
    """ "between 16.4 and 0.1 fewer", or "between 16.4 fewer and 0.3 more" when zero lies within."""
    low, high = estimate.low, estimate.high
    if low is None or high is None:
        return Text(sv="utan osäkerhetsintervall", en="with no interval")
    near, far = (abs(low), abs(high)) if low > 0 else (abs(high), abs(low))
    if low > 0 or high < 0:
        template = Text(
            sv="{confidence} procents osäkerhetsintervall: mellan {near} och {far} {word}",
            en="{confidence} percent interval: between {near} and {far} {word}",
        )
        side = words[1] if low > 0 else words[0]
        return template.fill(
            confidence=_percent(estimate.confidence),
            near=_scaled(near, scale, _shown(near * scale, decimals)),
            far=_scaled(far, scale, decimals),
            word=side,
        )
    template = Text(
        sv="{confidence} procents osäkerhetsintervall: från {low} {less} till {high} {more}",
        en="{confidence} percent interval: from {low} {less} to {high} {more}",
    )
    return template.fill(
        confidence=_percent(estimate.confidence),
        low=_scaled(abs(low), scale, decimals),
        high=_scaled(abs(high), scale, decimals),
        less=words[0],
        more=words[1],
    )


def _shown(value: float, decimals: int) -> int:
    """As many decimals as keep a limit that is not zero from reading as zero, four at most."""
    while decimals < 4 and value and round(value, decimals) == 0:
        decimals += 1
    return decimals


def _scaled(value: float, scale: float, decimals: int) -> Number:
    return Number(value * scale, decimals)


def _percent(confidence: float | None) -> Number:
    value = 100 * (confidence or 0)
    return Number(value, 0 if value == round(value) else 1)


def _decimals(estimate: Estimate, scale: float = 1.0) -> int:
    if estimate.low is None or estimate.high is None:
        return decimals_for(abs(estimate.value) * scale)
    return decimals_for((estimate.high - estimate.low) * scale / 2)


def _scale(finding: Finding) -> float:
    return 100.0 if finding.estimate.is_share else 1.0


def _signed(estimate: Estimate, *, scale: float, words: tuple[Text, Text], decimals: int) -> Text:
    """ "8.3 fewer", "0.0 more"."""
    word = words[0] if estimate.value < 0 else words[1]
    return Text(sv="{value} {word}", en="{value} {word}").fill(
        value=_scaled(abs(estimate.value), scale, decimals), word=word
    )


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
    scale, estimate = _scale(finding), finding.estimate
    words = _FEWER_MORE if estimate.is_share else _LOWER_HIGHER
    decimals = min(1, _decimals(estimate, scale)) if estimate.is_share else _decimals(estimate)
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
        difference=_signed(estimate, scale=scale, words=words, decimals=decimals),
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
    return _scaled(arm.value or 0.0, scale, decimals)


def _meaning(finding: Finding, *, causal: bool) -> Text:
    meaning = (CAUSAL if causal else CHANGE)[finding.verdict]
    depends = any(flag.id == "depends_on_method" for flag in finding.flags)
    return DEPENDS.fill(meaning=meaning) if depends else meaning


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
    scale = _per_exposed(finding) if dict(finding.settings).get("exposure") else _scale(finding)
    decimals = max(1, _decimals(estimate, scale)) if estimate.is_share else _decimals(estimate, scale)
    template = Text(
        sv="”{outcome}” är {value} {per}({confidence} procents osäkerhetsintervall: {low} till {high}){target}.",
        en="“{outcome}” is {value} {per}({confidence} percent interval: {low} to {high}){target}.",
    )
    target = dict(finding.settings).get("target")
    told = Text(sv="", en="")
    if isinstance(target, (int, float)):
        told = Text(sv="; målet var {target}", en="; the target was {target}").fill(
            target=_scaled(target, scale, decimals)
        )
    return template.fill(
        outcome=finding.outcome.label,
        per=_per(finding),
        value=_scaled(estimate.value, scale, decimals),
        confidence=_percent(estimate.confidence),
        low=_scaled(estimate.low or 0.0, scale, decimals),
        high=_scaled(estimate.high or 0.0, scale, decimals),
        target=told,
    )


def _per(finding: Finding) -> Text:
    """What stands after the figure of one group."""
    if dict(finding.settings).get("exposure"):
        return Text(sv="{per} ", en="{per} ").fill(per=_exposed(_per_exposed(finding)))
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
    estimate, scale = finding.estimate, _scale(finding)
    decimals = _decimals(estimate, scale)
    words = _FEWER_MORE if estimate.is_share else _LOWER_HIGHER
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
        change=_signed(estimate, scale=scale, words=words, decimals=decimals),
        interval=interval_words(estimate, scale=scale, words=words, decimals=decimals),
    )


def _who_series(finding: Finding) -> Text:
    after, before = finding.arms[:2]
    return Text(
        sv="{n0} mätningar före starten jämförs med {n1} efter.",
        en="{n0} measurements before the start are compared with {n1} after it.",
    ).fill(n0=before.n, n1=after.n)


def _per_exposed(finding: Finding) -> float:
    """Rates are told per hundred exposed, or per hundred thousand where events are rare; other figures as they are."""
    if not dict(finding.settings).get("exposure"):
        return 1.0
    largest = max(abs(arm.value or 0.0) for arm in finding.arms)
    return 100.0 if max(largest, abs(finding.estimate.value)) >= RARE else 100_000.0


def _exposed(scale: float) -> Text:
    return Text(sv="per {n} exponerade", en="per {n} exposed").fill(n=Number(scale, 0))


def _seen_counts(finding: Finding) -> Text:
    """Counts: how many more or fewer, in percent of what was expected."""
    ratio, estimate = finding.estimated("rate_ratio"), finding.estimate
    percent = replace(
        ratio, value=100 * (ratio.value - 1), low=100 * ((ratio.low or 0.0) - 1), high=100 * ((ratio.high or 0.0) - 1)
    )
    decimals = min(1, _decimals(percent))
    scale = _per_exposed(finding)
    return Text(
        sv="De första {n} perioderna efter starten var ”{outcome}” {change} procent {word} än väntat ({interval}); det "
        "är {amount} {per}.",
        en="In the first {n} periods after the start “{outcome}” was {change} percent {word} than expected "
        "({interval}); that is {amount} {per}.",
    ).fill(
        n=f"{dict(finding.settings).get('horizon') or 0:g}",
        outcome=finding.outcome.label,
        change=Number(abs(percent.value), decimals),
        word=_LOWER_HIGHER[0] if percent.value < 0 else _LOWER_HIGHER[1],
        interval=interval_words(percent, scale=1.0, words=_LOWER_HIGHER, decimals=decimals),
        amount=_signed(estimate, scale=scale, words=_FEWER_MORE, decimals=_decimals(estimate, scale)),
        per=_exposed(scale) if scale > 1 else Text(sv="per period", en="a period"),
    )


def _seen_series(finding: Finding) -> Text:
    if finding.outcome.kind == "count":
        return _seen_counts(finding)
    estimate, decimals = finding.estimate, _decimals(finding.estimate)
    slope = finding.estimated("slope_change")
    template = Text(
        sv="De första {n} perioderna efter starten låg ”{outcome}” i snitt {change} än väntat "
        "({interval}); takten per period blev {slope}.",
        en="In the first {n} periods after the start “{outcome}” was on average {change} than expected "
        "({interval}); the pace per period "
        "became {slope}.",
    )
    return template.fill(
        outcome=finding.outcome.label,
        change=_signed(estimate, scale=1.0, words=_LOWER_HIGHER, decimals=decimals),
        interval=interval_words(estimate, scale=1.0, words=_LOWER_HIGHER, decimals=decimals),
        n=f"{dict(finding.settings).get('horizon') or 0:g}",
        slope=_signed(slope, scale=1.0, words=_LOWER_HIGHER, decimals=_decimals(slope)),
    )


def _who_money(finding: Finding) -> Text:
    settings = {name: float(value or 0) for name, value in finding.settings if not isinstance(value, str)}
    return Text(
        sv="Arbetssättet kostar {upfront} kronor att börja med och {running} kronor i månaden, och sparar "
        "{saving} kronor per enhet.",
        en="The practice costs SEK {upfront} to start and SEK {running} a month, and saves SEK {saving} per unit.",
    ).fill(**{name: Number(settings[name], 0) for name in ("upfront", "running", "saving")})


def _seen_money(finding: Finding) -> Text:
    paid = [each for each in finding.estimates if each.name == "payback_months"]
    template = Text(
        sv="Det ger i snitt {net} kronor i månaden över {months} månader, och pengarna är {paid}.",
        en="That gives SEK {net} a month on average over {months} months, and the money is {paid}.",
    )
    return template.fill(
        net=Number(finding.estimate.value, 0),
        months=Number(float(dict(finding.settings)["months"] or 0), 0),
        paid=_paid(paid[0]) if paid else Text(sv="inte tillbaka inom den tiden", en="not back within that time"),
    )


def _paid(estimate: Estimate) -> Text:
    back = Text(sv="tillbaka efter {n} månader", en="back after {n} months").fill(n=Number(estimate.value, 0))
    if estimate.low is None:
        return back
    soonest = Number(estimate.low, 0)
    if estimate.high is None:
        return Text(
            sv="{back} (tidigast efter {low}, kanske inte alls)",
            en="{back} (after {low} at the earliest, perhaps not at all)",
        ).fill(back=back, low=soonest)
    return Text(sv="{back} (mellan {low} och {high})", en="{back} (between {low} and {high})").fill(
        back=back, low=soonest, high=Number(estimate.high, 0)
    )


def _meaning_money(finding: Finding) -> Text:
    return MONEY[finding.verdict]
