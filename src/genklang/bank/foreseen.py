"""What a study with so many people could show, before it starts: its spread comes from a rehearsal, and is told so."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _

from genklang.bank.models import ProtocolVersion
from genklang.bank.rehearsing import SEED, simulated_within
from genklang.bank.selectors import protocol_of
from genklang.bank.wording import language, number, said
from genklang.evaluate.problems import EvaluationError
from genklang.measure.study import is_mean_of_shares
from genklang.protocol.checks.pairs import before_column
from genklang.protocol.measured import OVER_TIME
from genklang.protocol.types import Outcome, Protocol

if TYPE_CHECKING:
    from genklang.evaluate.power import Power, PowerDesign

PERCENT = 100
TIMES = (0.5, 1, 2, 4)
PERIODS = (12, 24, 48)
SUPPOSED_ICC = 0.05
FEWEST = 4


@dataclass(frozen=True)
class Spread:
    """How much the primary outcome differs between people: a share, or a standard deviation; and how many are lost."""

    share: float | None
    sd: float | None
    attrition: float
    cluster_size: float | None
    simulated: int


@dataclass(frozen=True)
class Foreseen:
    """What the number asked about could show: sentences, what to bear in mind, and the same for other numbers.

    `by_time`: the numbers are of periods followed, not of people.
    """

    sentences: tuple[str, ...]
    flags: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    supposed: tuple[str, ...]
    needed: str = ""
    by_time: bool = False


def foreseen(version: ProtocolVersion, people: int) -> Foreseen | None:
    """None where nothing can be said beforehand: without a rehearsal, or for a design that has no such reckoning.

    Raises Busy when too many are rehearsing.
    """
    protocol = protocol_of(version)
    study = protocol.study
    if study is None or protocol.rehearsal is None:
        return None
    if study.design == "interrupted_time_series":
        return _of_series(protocol, _wobble(version.digest, version.pk))
    if study.design in OVER_TIME or not study.outcomes:
        return None
    spread = _spread(version.digest, version.pk)
    if spread is None:
        return None
    try:
        asked = _power(protocol, spread, people)
    except EvaluationError as error:
        return Foreseen(tuple(error.messages(language())), (), (), ())
    return Foreseen(
        sentences=asked.plain(language()),
        flags=tuple(flag.text.say(language()) for flag in asked.flags),
        rows=tuple(_row(protocol, spread, round(people * times)) for times in TIMES if people * times >= FEWEST),
        supposed=tuple(_supposed(protocol, spread)),
        needed=_needed(protocol, spread),
    )


def _of_series(protocol: Protocol, sd: float | None) -> Foreseen | None:
    """By how many periods are followed, half of them before the change; how many people there are is in the spread."""
    from genklang.evaluate.power import Study, power_of
    from genklang.evaluate.texts import decimals_for

    if sd is None or protocol.study is None:
        return None
    series = next(iter(protocol.study.series.values()))
    made = {n: power_of(Study(design="interrupted_time_series", n=n, sd=sd, relevant=series.relevant)) for n in PERIODS}
    effects = {n: abs(each.study.effect or 0.0) for n, each in made.items()}
    asked = made[PERIODS[1]]
    return Foreseen(
        sentences=asked.plain(language()),
        flags=tuple(flag.text.say(language()) for flag in asked.flags),
        rows=tuple((number(n), number(effect, decimals=decimals_for(effect))) for n, effect in effects.items()),
        supposed=(
            _("How much the series wobbles comes from a rehearsal with invented people: a guess until then."),
            _("Half of the time is before the change. Neighbouring periods are taken as independent."),
            _("Shown means: in four studies of five, with 95% certainty."),
        ),
        by_time=True,
    )


@lru_cache(maxsize=64)
def _wobble(digest: str, version_id: int) -> float | None:
    """How far the primary series lies off its mean on its side of the change, in a rehearsal (a standard deviation)."""
    from genklang.measure.over_time import series_table
    from genklang.measure.tables import Tables

    protocol = protocol_of(ProtocolVersion.objects.get(pk=version_id))
    lived = simulated_within(protocol, seed=SEED)
    tables = Tables(protocol, lived.participants, zone=settings.TIME_ZONE, horizon=lived.end)
    made = series_table(protocol, tables, next(iter(protocol.study.series)) if protocol.study else "")
    off: list[float] = []
    for side in (False, True):
        known = [v for v, after in zip(made.value, made.after, strict=True) if after == side and v is not None]
        off += [value - sum(known) / len(known) for value in known]
    free = len(off) - len((False, True))
    return (sum(each * each for each in off) / free) ** 0.5 or None if free > FEWEST else None


def _power(protocol: Protocol, spread: Spread, people: float | None, effect: float | None = None) -> Power:
    from genklang.evaluate.power import Study, power_of

    design, primary = _design(protocol), _primary(protocol)
    scale = _scale(protocol, primary)
    compared = design in ("randomised", "cluster_randomised")
    share = spread.share if compared else None
    sd = None if share is not None else (spread.sd or _sd_of_share(spread.share)) * scale
    relevant = None if primary.relevant is None else primary.relevant * scale
    if relevant is not None and primary.better == "lower":
        relevant = -relevant
    return power_of(
        Study(
            design=design,
            n=people,
            effect=effect,
            sd=sd,
            share=share,
            attrition=min(spread.attrition, 0.9),
            cluster_size=spread.cluster_size,
            icc=SUPPOSED_ICC if spread.cluster_size else None,
            relevant=relevant,
        )
    )


def _sd_of_share(share: float | None) -> float:
    return ((share or 0.0) * (1 - (share or 0.0))) ** 0.5 or 1e-3


def _design(protocol: Protocol) -> PowerDesign:
    """The reckoning that fits: a sample is one group, and time to an event is told as the share that has it."""
    assert protocol.study is not None
    design = protocol.study.design
    if design == "cluster_randomised" or design == "before_after":
        return design
    return "randomised" if design in ("randomised", "survival") else "one_group"


def _row(protocol: Protocol, spread: Spread, people: int) -> tuple[str, str]:
    try:
        effect = _power(protocol, spread, people).study.effect
    except EvaluationError:
        return number(people), "–"
    return number(people), _effect(protocol, spread, effect)


def _effect(protocol: Protocol, spread: Spread, effect: float | None) -> str:
    """The smallest difference likely to be shown, in the outcome's unit."""
    from genklang.evaluate.texts import decimals_for

    if effect is None:
        return _("none, however large")
    primary = _primary(protocol)
    is_share = spread.share is not None
    value = abs(effect) * (PERCENT if is_share and _design(protocol) in ("randomised", "cluster_randomised") else 1)
    as_points = is_share or is_mean_of_shares(protocol, primary)
    unit = _("percentage points") if as_points else said(primary.unit) or _("units")
    return f"{number(value, decimals=decimals_for(value))} {unit}"


def _needed(protocol: Protocol, spread: Spread) -> str:
    """How many it takes for the difference that matters; empty where the plan does not say which that is."""
    primary = _primary(protocol)
    if primary.relevant is None:
        return ""
    effect = primary.relevant * _scale(protocol, primary)
    if spread.share is not None and primary.better == "lower":
        effect = -effect
    try:
        n = _power(protocol, spread, None, effect).study.n
    except EvaluationError:
        return ""
    return _("%(n)s people are needed for the smallest difference that matters.") % {"n": number(n or 0)}


def _supposed(protocol: Protocol, spread: Spread) -> list[str]:
    """What the reckoning takes for granted."""
    rehearsed = _(
        "How much people differ comes from a rehearsal with %(n)s invented people: a guess, until real ones come."
    )
    lost = _("%(lost)s of 100 are lost on the way, as in the rehearsal.")
    alike = _("Those who share a group are supposed to be a little alike (ICC %(icc)s).")
    return [
        rehearsed % {"n": number(spread.simulated)},
        lost % {"lost": number(PERCENT * spread.attrition, decimals=0)},
        _("Shown means: in four studies of five, with 95% certainty."),
        *([alike % {"icc": number(SUPPOSED_ICC)}] if spread.cluster_size else []),
    ]


@lru_cache(maxsize=128)
def _spread(digest: str, version_id: int) -> Spread | None:
    """The spread in the protocol's own rehearsal, within what a page may cost; the same for the same digest."""
    from genklang.measure.study import study_table
    from genklang.measure.tables import Tables

    protocol = protocol_of(ProtocolVersion.objects.get(pk=version_id))
    lived = simulated_within(protocol, seed=SEED)
    table = study_table(protocol, Tables(protocol, lived.participants, zone=settings.TIME_ZONE, horizon=lived.end))
    name, outcome = next(iter(protocol.study.outcomes.items())) if protocol.study else ("", None)
    if outcome is None:
        return None
    values = [_as_number(value) for value in _compared(protocol, outcome, name, table)]
    known = [value for value in values if value is not None]
    if len(known) < FEWEST:
        return None
    clusters = len(set(table["cluster"])) if "cluster" in table else 0
    lost = 1 - len(known) / len(values)
    size = max(2.0, len(values) / clusters) if clusters else None
    if outcome.before is None and set(known) <= {0.0, 1.0}:
        share = min(max(sum(known) / len(known), 0.01), 0.99)
        return Spread(share, None, lost, size, len(lived.participants))
    mean = sum(known) / len(known)
    sd = (sum((value - mean) ** 2 for value in known) / (len(known) - 1)) ** 0.5
    return Spread(None, sd or 1e-3, lost, size, len(lived.participants))


def _compared(protocol: Protocol, outcome: Outcome, name: str, table: dict[str, list[Any]]) -> list[Any]:
    """The control arm's values, or everybody's; of two measurements the change."""
    if outcome.before is not None:
        both = zip(table[before_column(name)], table[name], strict=True)
        return [None if None in pair else float(pair[1]) - float(pair[0]) for pair in both]
    if "arm" not in table or protocol.study is None:
        return table[name]
    control = protocol.study.control
    return [value for arm, value in zip(table["arm"], table[name], strict=True) if arm == control]


def _as_number(value: Any) -> float | None:
    return None if value is None else float(value)


def _primary(protocol: Protocol) -> Outcome:
    assert protocol.study is not None
    return next(iter(protocol.study.outcomes.values()))


def _scale(protocol: Protocol, outcome: Outcome) -> float:
    return PERCENT if is_mean_of_shares(protocol, outcome) else 1
