"""What a reader must know before trusting the numbers: one function a flag, silent when all is well."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from genklang.evaluate.findings import Arm, ArmFlow, Deviation, Flag, Subgroup
from genklang.evaluate.texts import Number, Text, decimals_for

if TYPE_CHECKING:
    from genklang.evaluate.bounds import Bounds

FEW_PEOPLE = 20
FEW_IN_GROUP = 10
UNEVEN_LOSS = 0.05


def direction(better: str | None) -> list[Flag]:
    if better is not None:
        return []
    text = Text(
        sv='Vilket håll som är bättre är inte angivet. Ange better="higher" eller better="lower" (--better).',
        en='Which way is better has not been stated. State better="higher" or better="lower" (--better).',
    )
    return [Flag(id="direction_unknown", text=text)]


def relevance(relevant: float, *, is_assumed: bool, is_share: bool) -> list[Flag]:
    if not is_assumed:
        return []
    text = Text(
        sv="Ingen minsta viktiga skillnad är angiven; en halv standardavvikelse ({relevant}{per}) har använts.",
        en="No smallest relevant difference is stated; half a standard deviation ({relevant}{per}) was used.",
    )
    per = Text(sv=" av 100", en=" per 100") if is_share else Text(sv="", en="")
    value = 100 * relevant if is_share else relevant
    return [Flag(id="relevance_assumed", text=text.fill(relevant=Number(value, 1 if value >= 1 else 3), per=per))]


def few_people(arms: Sequence[Arm]) -> list[Flag]:
    smallest = min(arm.n for arm in arms)
    if smallest >= FEW_PEOPLE:
        return []
    text = Text(
        sv="Få personer: {n} i den minsta gruppen. Intervallet är osäkert och enskilda personer väger tungt.",
        en="Few people: {n} in the smallest group. The interval is uncertain, and single people weigh heavily.",
    )
    return [Flag(id="few_people", text=text.fill(n=smallest))]


def missing(arms: Sequence[ArmFlow]) -> list[Flag]:
    lost = sum(arm.allocated - arm.followed_up for arm in arms)
    allocated = sum(arm.allocated for arm in arms)
    if lost == 0:
        return []
    text = Text(
        sv="Utfall saknas för {lost} av {all} ({share} %); de är inte med i jämförelsen.",
        en="The outcome is missing for {lost} of {all} ({share}%); they are not in the comparison.",
    )
    share = Number(100 * lost / allocated, 1)
    return [Flag(id="missing_outcome", text=text.fill(lost=lost, all=allocated, share=share)), *_uneven(arms)]


def _uneven(arms: Sequence[ArmFlow]) -> list[Flag]:
    shares = [1 - arm.followed_up / arm.allocated for arm in arms if arm.allocated]
    if max(shares) - min(shares) < UNEVEN_LOSS:
        return []
    text = Text(
        sv="Bortfallet skiljer sig mellan grupperna: från {low} till {high} %. Det kan ge skenbara skillnader.",
        en="The loss differs between the groups: from {low} to {high}%. That may make differences that are not there.",
    )
    return [Flag(id="uneven_loss", text=text.fill(low=Number(100 * min(shares), 1), high=Number(100 * max(shares), 1)))]


def bounds(lost: Bounds | None, *, is_share: bool) -> list[Flag]:
    if lost is None or lost.excludes_zero:
        return []
    text = Text(
        sv="Bortfallet kan dölja svaret: beroende på hur det gick där ligger skillnaden mellan {low} och {high}{per}.",
        en="Those lost may hide the answer: by how they fared, the difference is between {low} and {high}{per}.",
    )
    per = Text(sv=" av 100", en=" per 100") if is_share else Text(sv="", en="")
    scale = 100 if is_share else 1
    decimals = decimals_for(scale * (lost.upper - lost.lower))
    low, high = (Number(scale * value, decimals) for value in (lost.lower, lost.upper))
    return [Flag(id="loss_may_decide", text=text.fill(low=low, high=high, per=per))]


def chosen_control(name: str, *, is_guess: bool) -> list[Flag]:
    if not is_guess:
        return []
    text = Text(
        sv='Ingen jämförelsegrupp är angiven; "{name}" har valts. Ange annars control (--control).',
        en='No control is named; "{name}" was taken. Otherwise name it with control (--control).',
    )
    return [Flag(id="control_assumed", text=text.fill(name=name))]


def lone_strata(n: int) -> list[Flag]:
    if n == 0:
        return []
    text = Text(
        sv="{n} personer står i strata med bara en av grupperna, och kan inte jämföras.",
        en="{n} people are in strata with only one of the arms, and cannot be compared.",
    )
    return [Flag(id="lone_strata", text=text.fill(n=n))]


def depends_on_method(depends: bool) -> list[Flag]:
    if not depends:
        return []
    text = Text(
        sv="Slutsatsen beror på metoden: bara ett av intervallet och testet utesluter att det är slump.",
        en="The verdict depends on the method: only one of the interval and the test rules out chance.",
    )
    return [Flag(id="depends_on_method", text=text)]


def subgroups(found: Sequence[Subgroup]) -> list[Flag]:
    flags = []
    for subgroup in found:
        small = [
            group.level for group in subgroup.groups if group.n == 0 or min(arm.n for arm in group.arms) < FEW_IN_GROUP
        ]
        if small:
            text = Text(
                sv="Undergruppen ”{name}” har nivåer med färre än {n} personer i en arm: {levels}.",
                en="Subgroup “{name}” has levels with fewer than {n} people in an arm: {levels}.",
            )
            text = text.fill(name=subgroup.name, n=FEW_IN_GROUP, levels=", ".join(small))
            flags.append(Flag(id="small_subgroup", text=text))
    comparisons = sum(len(subgroup.groups) for subgroup in found)
    if comparisons > 1:
        text = Text(
            sv="{n} undergrupper har prövats var för sig: räkna med att någon skiljer sig av ren slump.",
            en="{n} subgroups were tried one by one: expect one or another to differ by pure chance.",
        )
        flags.append(Flag(id="many_comparisons", text=text.fill(n=comparisons)))
    return flags


def plan(lines: Sequence[Deviation]) -> list[Flag]:
    broken = [line for line in lines if not line.kept]
    if not broken:
        return []
    text = Text(sv="Avvikelser från planen: {items}.", en="Departures from the plan: {items}.")
    items = Text(sv=", ".join(line.item.sv for line in broken), en=", ".join(line.item.en for line in broken))
    return [Flag(id="not_as_planned", text=text.fill(items=items))]


def crossed(arms: Sequence[ArmFlow]) -> list[Flag]:
    n, everybody = sum(loss.n for arm in arms for loss in arm.crossed), sum(arm.allocated for arm in arms)
    if n == 0:
        return []
    text = Text(
        sv="{n} av {all} fick något annat än lotten gav. De räknas ändå i lottens grupp; skillnaden gäller att ha "
        "lottats.",
        en="{n} of {all} got something else than the lot gave. They are still counted in the lot's arm; the difference "
        "is of having been assigned.",
    )
    return [Flag(id="crossovers", text=text.fill(n=n, all=everybody))]


def imputed(names: Sequence[str]) -> list[Flag]:
    if not names:
        return []
    text = Text(
        sv="Kovariater med luckor har fyllts med medelvärdet och en markering: {names}.",
        en="Covariates with gaps were filled with the mean and a marker: {names}.",
    )
    return [Flag(id="covariates_filled", text=text.fill(names=", ".join(names)))]


def said(id: str, sv: str, en: str, **parts: int | str | Number) -> Flag:
    """A flag with words of its own."""
    return Flag(id=id, text=Text(sv=sv, en=en).fill(**parts))
