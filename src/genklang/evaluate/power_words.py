"""A study's power in plain sentences, and what the reader must know of it."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from genklang.evaluate.findings import Flag
from genklang.evaluate.flags import said
from genklang.evaluate.power_study import OVER_TIME, Study
from genklang.evaluate.texts import Number, Text, decimals_for

FEW_CLUSTERS = 12


def flags_of(study: Study) -> list[Flag]:
    """What the reader must know of the answer."""
    found = []
    if study.effect is None:
        sv, en = "Inte ens den största möjliga effekten skulle synas.", "Not even the largest effect would be shown."
        found.append(said("out_of_reach", sv=sv, en=en))
    elif study.relevant is not None and abs(study.effect) > abs(study.relevant) and study.n is not None:
        text = Text(
            sv="Studien är för liten: en skillnad på {r} spelar roll, men skulle sällan synas.",
            en="The study is too small: a difference of {r} matters, but would seldom be shown.",
        )
        found.append(Flag(id="too_small", text=text.fill(r=_difference(study.relevant, study))))
    if study.design == "synthetic_control" and (study.n or 0) * study.alpha < 1 - 1e-9:
        sv = "Bara {n} grupper: det krävs {least} för att utesluta slumpen, eftersom platsen rangordnas bland dem."
        en = "Only {n} groups: it takes {least} to rule chance out, since the place is ranked among them."
        found.append(said("few_donors", sv=sv, en=en, n=int(study.n or 0), least=ceil(1 / study.alpha - 1e-9)))
    if study.n is not None and study.n >= study.most:
        sv, en = "Effekten är för liten för att kunna visas.", "The effect is too small to be shown by any study."
        found.append(said("out_of_reach", sv=sv, en=en))
    if study.clusters is not None and study.clusters < FEW_CLUSTERS:
        sv = "Bara {n} grupper: det är antalet grupper, inte personer, som avgör."
        en = "Only {n} clusters: it is the number of clusters, not of people, that counts."
        found.append(said("few_clusters", sv=sv, en=en, n=study.clusters))
    return found


def sentences(study: Study, flags: Sequence[Flag]) -> tuple[Text, Text, Text]:
    """Who, what is shown, and what that means."""
    return _who(study), _shown(study), _weighing(flags)


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
    return Text(
        sv="En sann skillnad på {effect} syns med {p} procents sannolikhet.",
        en="A true difference of {effect} is shown with a chance of {p} percent.",
    ).fill(effect=_difference(study.effect, study), p=chance)


def _difference(value: float, study: Study) -> Text:
    """A difference in its unit; shares as so many of a hundred."""
    if study.share is not None:
        per = Text(sv="{effect} av 100", en="{effect} per 100")
        return per.fill(effect=Number(100 * abs(value), decimals_for(100 * abs(value))))
    told = Number(abs(value), decimals_for(abs(value)))
    if study.unit is None:
        return Text(sv="{effect}", en="{effect}").fill(effect=told)
    return Text(sv="{effect} {unit}", en="{effect} {unit}").fill(effect=told, unit=study.unit)


def _weighing(flags: Sequence[Flag]) -> Text:
    if any(flag.id in ("too_small", "out_of_reach") for flag in flags):
        return Text(
            sv="Studien kan därför inte svara på frågan; ta med fler, eller fråga något annat.",
            en="The study therefore cannot answer the question; include more, or ask another.",
        )
    return Text(
        sv="Mindre skillnader än så lär inte synas, även om de finns.",
        en="Smaller differences than that are unlikely to be shown, even where there are any.",
    )
