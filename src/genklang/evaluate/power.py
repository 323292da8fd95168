"""Before the start: how many people a study needs, what it can show, or how likely it is to show it.

Give two of people, effect and power; the third is computed. Uses statsmodels' distributions.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Literal, get_args

from genklang.evaluate.columns import LARGEST
from genklang.evaluate.findings import Flag
from genklang.evaluate.flags import said
from genklang.evaluate.methods import (
    POWER,
    POWER_CLUSTERS,
    POWER_PLACES,
    POWER_SERIES,
    POWER_SHARES,
    POWER_SURVIVAL,
    Method,
)
from genklang.evaluate.power_designs import (
    LEAST_PERIODS,
    of_differences,
    of_one_share,
    of_series,
    of_stepped,
    of_survival,
)
from genklang.evaluate.problems import Problems
from genklang.evaluate.texts import Language, Number, Text, decimals_for

PowerDesign = Literal[
    "randomised",
    "cluster_randomised",
    "survival",
    "before_after",
    "one_group",
    "interrupted_time_series",
    "difference_in_differences",
    "stepped_wedge",
]
OVER_TIME = frozenset({"difference_in_differences", "stepped_wedge"})
DESIGNS: tuple[PowerDesign, ...] = get_args(PowerDesign)
BY_SHARE = frozenset({"randomised", "cluster_randomised", "survival", "one_group"})
USUAL_POWER = 0.8
FEW_CLUSTERS = 12
_MOST_PEOPLE = 1e9
_MOST_PERIODS = 2_000.0
_LOWEST, _HIGHEST = 1e-6, 1 - 1e-6


@dataclass(frozen=True, kw_only=True)
class Study:
    """A study before its start. Two of `n`, `effect` and `power` are given, or one and the usual power of 0.8.

    `n`: people, in all arms together (pairs, for before and after; periods, for a series; groups, for
    difference-in-differences and stepped wedge, over `periods`). `sd`: standard deviation of the outcome (of the
    change, before and after), or `share`: how many have the outcome without the practice, from 0 to 1.
    `effect`: in the outcome's unit, or in shares; its sign is kept. `treated`: share assigned to the practice.
    `attrition`: share expected lost. `explained`: share of the variance that covariates explain (R²). `outcomes`: how
    many are tested; the level is divided by them. `autocorrelation`: of neighbouring periods of a series, whose
    `treated` is the share of periods from the start on. `cluster_size` and `icc`: for clusters. `relevant`: what
    matters.
    """

    design: PowerDesign = "randomised"
    n: float | None = None
    effect: float | None = None
    power: float | None = None
    sd: float | None = None
    share: float | None = None
    treated: float = 0.5
    attrition: float = 0.0
    explained: float = 0.0
    outcomes: int = 1
    cluster_size: float | None = None
    icc: float | None = None
    periods: float | None = None
    autocorrelation: float = 0.0
    relevant: float | None = None
    confidence: float = 0.95

    @property
    def alpha(self) -> float:
        return (1 - self.confidence) / self.outcomes

    @property
    def design_effect(self) -> float:
        """How many times more people clusters need. Donner & Klar (2000), Cluster Randomization Trials."""
        if self.cluster_size is None or self.icc is None:
            return 1.0
        return 1 + (self.cluster_size * (1 - self.attrition) - 1) * self.icc

    @property
    def clusters(self) -> int | None:
        return None if self.cluster_size is None or self.n is None else int(self.n // self.cluster_size)


@dataclass(frozen=True, kw_only=True)
class Power:
    """The answer: `study` with all three of people, effect and power filled, and which of them was asked for.

    `effect` is None where not even the largest possible effect would be shown.
    """

    study: Study
    asked: Literal["n", "effect", "power"]
    method: Method
    flags: tuple[Flag, ...]

    def plain(self, language: Language) -> tuple[str, str, str]:
        """Three sentences made from the numbers."""
        first, second, third = _sentences(self)
        return first.say(language), second.say(language), third.say(language)

    def as_dict(self) -> dict[str, object]:
        study = self.study
        return {
            "design": study.design,
            "asked": self.asked,
            "n": study.n,
            "clusters": study.clusters,
            "effect": study.effect,
            "smallest_detectable_effect": None if study.effect is None else abs(study.effect),
            "power": study.power,
            "confidence": study.confidence,
            "alpha": study.alpha,
            "sd": study.sd,
            "share": study.share,
            "periods": study.periods,
            "design_effect": study.design_effect,
            "method": self.method.as_dict(),
            "plain": {language: list(self.plain(language)) for language in ("sv", "en")},
            "flags": [flag.as_dict() for flag in self.flags],
        }


def power_of(study: Study) -> Power:
    """Fill in what the study leaves open. Raises EvaluationError with all that is wrong or missing."""
    _check(study)
    asked: Literal["n", "effect", "power"]
    if study.n is None:
        asked, filled = "n", _people(replace(study, power=study.power or USUAL_POWER))
    elif study.effect is None:
        asked, filled = "effect", _detectable(replace(study, power=study.power or USUAL_POWER))
    else:
        asked, filled = "power", replace(study, power=_power(study))
    return Power(study=filled, asked=asked, method=_method(study), flags=tuple(_flags(filled)))


def _method(study: Study) -> Method:
    own = {
        "survival": POWER_SURVIVAL,
        "interrupted_time_series": POWER_SERIES,
        "difference_in_differences": POWER_PLACES,
        "stepped_wedge": POWER_PLACES,
    }
    usual = POWER_SHARES if study.share is not None else POWER_CLUSTERS if _is_clusters(study) else POWER
    return own.get(study.design, usual)


def _is_clusters(study: Study) -> bool:
    return study.design == "cluster_randomised"


def _power(study: Study) -> float:
    """The chance of an interval that leaves zero out, if the effect is what the study says."""
    n = (study.n or 0.0) * (1 - study.attrition) / study.design_effect
    other = _power_of_others(study, n)
    if other is not None:
        return other
    if study.share is not None:
        return _power_of_shares(study, n)
    size = (study.effect or 0.0) / ((study.sd or 1.0) * (1 - study.explained) ** 0.5)
    library = import_module("statsmodels.stats.power")
    if study.design in ("before_after", "one_group"):
        return _settled(library.TTestPower().power(size, max(n, 2.0), study.alpha))
    df = max(1, (study.clusters or 0) - 2) if _is_clusters(study) else max(1.0, n - 2)
    ratio = (1 - study.treated) / study.treated
    return _settled(library.TTestIndPower().power(size, n * study.treated, study.alpha, ratio=ratio, df=df))


def _power_of_others(study: Study, n: float) -> float | None:
    """Designs that are not two arms' means or shares; None for those."""
    share, effect, sd = study.share or 0.0, study.effect or 0.0, study.sd or 1.0
    match study.design:
        case "survival":
            return of_survival(share, effect, n, study.treated, study.alpha)
        case "one_group" if study.share is not None:
            return of_one_share(share, effect, n, study.alpha)
        case "interrupted_time_series":
            return of_series(effect, sd, study.n or 0.0, study.treated, study.autocorrelation, study.alpha)
        case "difference_in_differences":
            return of_differences(effect, sd, n, study.periods or 2.0, study.treated, study.alpha)
        case "stepped_wedge":
            return of_stepped(effect, sd, n, study.periods or 3.0, study.alpha)
    return None


def _power_of_shares(study: Study, n: float) -> float:
    function = import_module("statsmodels.stats.proportion").power_proportions_2indep
    ratio = (1 - study.treated) / study.treated
    share, effect = study.share or 0.0, study.effect or 0.0
    return _settled(function(effect, share, n * study.treated, ratio=ratio, alpha=study.alpha, return_results=False))


def _settled(value: float) -> float:
    """The distributions run out of figures only where the power is one."""
    return 1.0 if math.isnan(value) else float(value)


def _people(study: Study) -> Study:
    """The fewest people: whole numbers in each arm, whole clusters."""
    step = (study.cluster_size or 1.0) * (2 if study.design == "cluster_randomised" else 1)
    least = 4.0 * step if _is_clusters(study) else 4.0

    def short(n: float) -> float:
        return _power(replace(study, n=n)) - (study.power or USUAL_POWER)

    if short(_most(study)) < 0:
        return replace(study, n=_most(study))
    low, high = least, least
    while short(high) < 0:
        low, high = high, high * 2
    n = _bisected(short, low, high, until=0.01) if high > least else least
    return replace(study, n=_whole(n, study, step))


def _most(study: Study) -> float:
    """The most that is looked for: people by the billion, periods and groups by the thousand."""
    return _MOST_PERIODS if study.design in OVER_TIME | {"interrupted_time_series"} else _MOST_PEOPLE


def _whole(n: float, study: Study, step: float) -> float:
    if _is_clusters(study):
        return math.ceil(n / step - 1e-9) * step
    if study.design not in ("randomised", "survival"):
        return float(math.ceil(n - 1e-9))
    return float(math.ceil(n * study.treated - 1e-9) + math.ceil(n * (1 - study.treated) - 1e-9))


def _detectable(study: Study) -> Study:
    """The smallest effect shown with the wanted power, of the sign of `relevant` (or upwards)."""
    sign = -1.0 if (study.relevant or 0.0) < 0 else 1.0
    most = 1e3 * (study.sd or 1.0)
    if study.share is not None:
        most = (1 - study.share if sign > 0 else study.share) * _HIGHEST

    def short(effect: float) -> float:
        return _power(replace(study, effect=sign * effect)) - (study.power or USUAL_POWER)

    if short(most) < 0:
        return replace(study, effect=None)
    effect = _bisected(short, 0.0, most, until=1e-10 * most)
    return replace(study, effect=sign * effect)


def _bisected(short: Callable[[float], float], low: float, high: float, *, until: float) -> float:
    """Where `short`, which climbs, passes zero; the upper end of the last interval, so that it has passed."""
    while high - low > until and high - low > 1e-13 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if short(middle) < 0 else (low, middle)
    return high


def _check(study: Study) -> None:
    problems = Problems()
    for name, value, least, most in (
        ("n", study.n, 4, _most(study)),
        ("effect", None if study.effect is None else abs(study.effect), 1e-50, LARGEST),
        ("power", study.power, 0.01, 0.999),
        ("sd", study.sd, 1e-50, LARGEST),
        ("share", study.share, _LOWEST, _HIGHEST),
        ("treated", study.treated, 0.01, 0.99),
        ("attrition", study.attrition, 0, 0.95),
        ("explained", study.explained, 0, 0.99),
        ("outcomes", study.outcomes, 1, 1000),
        ("cluster_size", study.cluster_size, 1, 1e7),
        ("icc", study.icc, 0, 1),
        ("periods", study.periods, 2, 10_000),
        ("autocorrelation", study.autocorrelation, -0.9, 0.95),
        ("confidence", study.confidence, 0.5, 0.9999),
    ):
        if value is not None and not least <= value <= most:
            wrong = Text(sv="{name} är {value}.", en="{name} is {value}.").fill(name=name, value=f"{value:g}")
            instead = Text(sv="Skriv ett tal från {least} till {most}.", en="Write a number from {least} to {most}.")
            problems.add(wrong, instead.fill(least=f"{least:g}", most=f"{most:g}"))
    for wrong, instead in _missing(study):
        problems.add(wrong, instead)
    problems.check()


def _missing(study: Study) -> list[tuple[Text, Text]]:
    found = []
    if study.design not in DESIGNS:
        wrong = Text(sv='"{d}" är ingen design här.', en='"{d}" is no design here.').fill(d=study.design)
        found.append((wrong, Text(sv="Välj bland: {d}.", en="Choose among: {d}.").fill(d=", ".join(DESIGNS))))
    if study.n is None and study.effect is None:
        found.append(
            (
                Text(sv="varken antal eller effekt är angiven.", en="neither people nor effect is given."),
                Text(sv='Ange till exempel "--n 200" eller "--effect 4".', en='Give, for example, "--n 200".'),
            )
        )
    if study.n is not None and study.effect is not None and study.power is not None:
        found.append(
            (
                Text(sv="antal, effekt och styrka är alla angivna.", en="people, effect and power are all given."),
                Text(sv="Ta bort det som ska räknas ut.", en="Leave out the one to compute."),
            )
        )
    if (study.sd is None) == (study.share is None):
        found.append(
            (
                Text(sv="ange en av sd och share.", en="one of sd and share is needed."),
                Text(
                    sv='Skriv "--sd 10" för ett medelvärde eller "--share 0.3" för en andel utan arbetssättet.',
                    en='Write "--sd 10" for a mean, or "--share 0.3" for a share without the practice.',
                ),
            )
        )
    return [*found, *_missing_for_design(study)]


def _missing_for_design(study: Study) -> list[tuple[Text, Text]]:
    found = []
    if _is_clusters(study) and (study.cluster_size is None or study.icc is None):
        found.append(
            (
                Text(sv="grupperna saknar storlek eller icc.", en="the clusters lack a size or an icc."),
                Text(sv='Skriv "--cluster-size 20 --icc 0.05".', en='Write "--cluster-size 20 --icc 0.05".'),
            )
        )
    if _is_clusters(study) and study.n is not None and study.cluster_size and study.n < 4 * study.cluster_size:
        found.append(
            (
                Text(sv="färre än fyra grupper.", en="fewer than four clusters."),
                Text(sv="Minst två grupper per arm behövs.", en="At least two clusters an arm are needed."),
            )
        )
    if study.design not in BY_SHARE and study.share is not None:
        found.append(
            (
                Text(sv="andelar räknas inte för den designen.", en="shares are not computed for that design."),
                Text(sv='Skriv "--sd", till exempel "--sd 10".', en='Write "--sd", for example "--sd 10".'),
            )
        )
    if study.design == "survival" and study.share is None:
        found.append(
            (
                Text(sv="andelen med händelsen saknas.", en="the share with the event is missing."),
                Text(
                    sv='Skriv den utan arbetssättet: "--share 0.3".', en='Write it without the practice: "--share 0.3".'
                ),
            )
        )
    if study.design in OVER_TIME and study.periods is None:
        found.append(
            (
                Text(sv="antalet perioder saknas.", en="the number of periods is missing."),
                Text(sv='Skriv "--periods 12".', en='Write "--periods 12".'),
            )
        )
    if study.design == "interrupted_time_series" and study.n is not None and study.n < LEAST_PERIODS:
        found.append(
            (
                Text(sv="färre än åtta perioder.", en="fewer than eight periods."),
                Text(sv="Minst fyra behövs före och fyra efter.", en="At least four are needed before and four after."),
            )
        )
    if study.share is not None and study.effect is not None and not 0 <= study.share + study.effect <= 1:
        found.append(
            (
                Text(
                    sv="andelen {s} med effekten {e} är ingen andel.", en="the share {s} with effect {e} is none."
                ).fill(s=f"{study.share:g}", e=f"{study.effect:g}"),
                Text(sv='Skriv en mindre effekt, som "-0.1".', en='Write a smaller effect, such as "-0.1".'),
            )
        )
    return found


def _flags(study: Study) -> list[Flag]:
    found = []
    if study.effect is None:
        sv, en = "Inte ens den största möjliga effekten skulle synas.", "Not even the largest effect would be shown."
        found.append(said("out_of_reach", sv=sv, en=en))
    elif study.relevant is not None and abs(study.effect) > abs(study.relevant) and study.n is not None:
        sv = "Studien är för liten: en skillnad på {r} spelar roll, men skulle sällan synas."
        en = "The study is too small: a difference of {r} matters, but would seldom be shown."
        found.append(said("too_small", sv=sv, en=en, r=Number(abs(study.relevant), decimals_for(abs(study.relevant)))))
    if study.n is not None and study.n >= _most(study):
        sv, en = "Effekten är för liten för att kunna visas.", "The effect is too small to be shown by any study."
        found.append(said("out_of_reach", sv=sv, en=en))
    if study.clusters is not None and study.clusters < FEW_CLUSTERS:
        sv = "Bara {n} grupper: det är antalet grupper, inte personer, som avgör."
        en = "Only {n} clusters: it is the number of clusters, not of people, that counts."
        found.append(said("few_clusters", sv=sv, en=en, n=study.clusters))
    return found


def _sentences(answer: Power) -> tuple[Text, Text, Text]:
    return _who(answer.study), _shown(answer.study), _weighing(answer)


def _who(study: Study) -> Text:
    n = Number(study.n or 0.0, 0)
    if study.clusters is not None:
        return Text(sv="{n} personer i {g} grupper.", en="{n} people in {g} clusters.").fill(n=n, g=study.clusters)
    if study.design == "interrupted_time_series":
        return Text(sv="{n} mätningar i en serie.", en="{n} measurements in a series.").fill(n=n)
    if study.design in OVER_TIME:
        periods = Number(study.periods or 0.0, 0)
        return Text(sv="{n} grupper i {k} perioder.", en="{n} groups over {k} periods.").fill(n=n, k=periods)
    if study.design in ("before_after", "one_group"):
        return Text(sv="{n} personer, utan jämförelsegrupp.", en="{n} people, with no comparison group.").fill(n=n)
    return Text(sv="{n} personer, lottade till två grupper.", en="{n} people, assigned by lot to two groups.").fill(n=n)


def _shown(study: Study) -> Text:
    chance = Number(100 * (study.power or 0.0), 0)
    if study.effect is None:
        return Text(
            sv="Ingen möjlig skillnad syns med {p} procents säkerhet.",
            en="No possible difference is shown with a chance of {p} percent.",
        ).fill(p=chance)
    scale = 100.0 if study.share is not None else 1.0
    effect = Number(scale * abs(study.effect), decimals_for(scale * abs(study.effect)))
    per = Text(sv=" av 100", en=" per 100") if study.share is not None else Text(sv="", en="")
    return Text(
        sv="En sann skillnad på {effect}{per} syns med {p} procents sannolikhet.",
        en="A true difference of {effect}{per} is shown with a chance of {p} percent.",
    ).fill(effect=effect, per=per, p=chance)


def _weighing(answer: Power) -> Text:
    if any(flag.id in ("too_small", "out_of_reach") for flag in answer.flags):
        return Text(
            sv="Studien kan därför inte svara på frågan; ta med fler, eller fråga något annat.",
            en="The study therefore cannot answer the question; include more, or ask another.",
        )
    return Text(
        sv="Mindre skillnader än så lär inte synas, även om de finns.",
        en="Smaller differences than that are unlikely to be shown, even where there are any.",
    )
