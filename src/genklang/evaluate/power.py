"""Before the start: how many people a study needs, what it can show, or how likely it is to show it.

Give two of people, effect and power; the third is computed. Uses statsmodels' distributions.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Literal

from genklang.evaluate.findings import Flag
from genklang.evaluate.methods import Method
from genklang.evaluate.methods_power import (
    POWER,
    POWER_CLUSTERS,
    POWER_PLACEBOS,
    POWER_PLACES,
    POWER_SERIES,
    POWER_SHARES,
    POWER_SURVIVAL,
)
from genklang.evaluate.power_checks import check
from genklang.evaluate.power_designs import (
    of_differences,
    of_one_place,
    of_one_share,
    of_series,
    of_stepped,
    of_survival,
)
from genklang.evaluate.power_study import HIGHEST
from genklang.evaluate.power_study import PowerDesign as PowerDesign
from genklang.evaluate.power_study import Study as Study
from genklang.evaluate.power_words import flags_of, sentences
from genklang.evaluate.texts import Language

USUAL_POWER = 0.8


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
        first, second, third = sentences(self.study, self.flags)
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
    check(study)
    asked: Literal["n", "effect", "power"]
    if study.n is None:
        asked, filled = "n", _people(replace(study, power=study.power or USUAL_POWER))
    elif study.effect is None:
        asked, filled = "effect", _detectable(replace(study, power=study.power or USUAL_POWER))
    else:
        asked, filled = "power", replace(study, power=_power(study))
    return Power(study=filled, asked=asked, method=_method(study), flags=tuple(flags_of(filled)))


def _method(study: Study) -> Method:
    own = {
        "survival": POWER_SURVIVAL,
        "interrupted_time_series": POWER_SERIES,
        "difference_in_differences": POWER_PLACES,
        "stepped_wedge": POWER_PLACES,
        "synthetic_control": POWER_PLACEBOS,
    }
    usual = POWER_SHARES if study.share is not None else POWER_CLUSTERS if study.is_clusters else POWER
    return own.get(study.design, usual)


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
    df = max(1, (study.clusters or 0) - 2) if study.is_clusters else max(1.0, n - 2)
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
        case "synthetic_control":
            return of_one_place(effect, sd, n, study.periods or 6.0, study.alpha)
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
    least = 4.0 * step if study.is_clusters else 4.0

    def short(n: float) -> float:
        return _power(replace(study, n=n)) - (study.power or USUAL_POWER)

    if short(study.most) < 0:
        return replace(study, n=study.most)
    low, high = least, least
    while short(high) < 0:
        low, high = high, high * 2
    n = _bisected(short, low, high, until=0.01) if high > least else least
    return replace(study, n=_whole(n, study, step))


def _whole(n: float, study: Study, step: float) -> float:
    if study.is_clusters:
        return math.ceil(n / step - 1e-9) * step
    if study.design not in ("randomised", "survival"):
        return float(math.ceil(n - 1e-9))
    return float(math.ceil(n * study.treated - 1e-9) + math.ceil(n * (1 - study.treated) - 1e-9))


def _detectable(study: Study) -> Study:
    """The smallest effect shown with the wanted power, of the sign of `relevant` (or upwards)."""
    sign = -1.0 if (study.relevant or 0.0) < 0 else 1.0
    most = 1e3 * (study.sd or 1.0)
    if study.share is not None:
        most = (1 - study.share if sign > 0 else study.share) * HIGHEST

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
