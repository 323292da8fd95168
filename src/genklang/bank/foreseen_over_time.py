"""What a study over time could show: by how many periods a series is followed, or how many groups."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from django.conf import settings
from django.utils.translation import gettext as _

from genklang.bank.foreseen_said import Foreseen, in_words
from genklang.bank.models import ProtocolVersion
from genklang.bank.rehearsing import SEED, simulated_within
from genklang.bank.selectors import protocol_of
from genklang.bank.wording import number
from genklang.protocol.measured import OF_GROUPS
from genklang.protocol.types import Protocol

if TYPE_CHECKING:
    from genklang.evaluate.power import Power
    from genklang.evaluate.texts import Text
    from genklang.measure.tables import Tables

GroupDesign = Literal["difference_in_differences", "stepped_wedge", "synthetic_control"]
PERIODS = (12, 24, 48)
GROUPS = (6, 12, 24, 48)
PLACES = (10, 20, 30, 40)
FEWEST = 4
LEAST_PERIODS = 6
ROUNDS = 100


def over_time(version: ProtocolVersion) -> Foreseen | None:
    """The reckoning of a study that follows series; None where the rehearsal shows nothing to reckon with."""
    protocol = protocol_of(version)
    assert protocol.study is not None
    if protocol.study.design in OF_GROUPS:
        wobble = _wobble_of_groups(version.digest, version.pk)
        return _of_groups(protocol, *wobble) if wobble else None
    sd = _wobble(version.digest, version.pk)
    return _of_series(protocol, sd) if sd else None


def _of_series(protocol: Protocol, sd: float) -> Foreseen:
    """By how many periods are followed, half of them before the change; how many people there are is in the spread."""
    from genklang.evaluate.power import Study, power_of

    relevant, unit = _relevant(protocol), _unit(protocol)
    made = {
        n: power_of(Study(design="interrupted_time_series", n=n, sd=sd, relevant=relevant, unit=unit)) for n in PERIODS
    }
    supposed = [
        _("How much the series wobbles comes from a rehearsal with invented people: a guess until then."),
        _("Half of the time is before the change. Neighbouring periods are taken as independent."),
    ]
    return _told(made, made[PERIODS[1]], "periods", supposed)


def _of_groups(protocol: Protocol, sd: float, periods: int) -> Foreseen:
    """By how many groups are followed, over as many periods as in the rehearsal."""
    from genklang.evaluate.power import Study, power_of

    assert protocol.study is not None
    design: GroupDesign = protocol.study.design  # type: ignore[assignment]  # one of OF_GROUPS
    numbers = PLACES if design == "synthetic_control" else GROUPS
    followed = max(LEAST_PERIODS, periods)
    relevant, unit = _relevant(protocol), _unit(protocol)
    made = {
        n: power_of(Study(design=design, n=n, sd=sd, periods=followed, relevant=relevant, unit=unit)) for n in numbers
    }
    begin = {
        "difference_in_differences": _("Half of the groups begin, halfway through."),
        "stepped_wedge": _("The groups begin one after the other, spread evenly over the time."),
        "synthetic_control": _("One group begins, halfway through, and each group goes its own way before it."),
    }
    supposed = [
        _("How much a group wobbles from period to period comes from a rehearsal with invented people: a guess."),
        _("They are followed for %(n)s periods.") % {"n": number(followed)},
        begin[design],
    ]
    return _told(made, made[numbers[1]], "groups", supposed)


def _told(made: dict[int, Power], asked: Power, counts: Literal["periods", "groups"], supposed: list[str]) -> Foreseen:
    rows = tuple((number(n), in_words(each.study.effect)) for n, each in made.items())
    return Foreseen.of(asked, rows, [*supposed, _("Shown means: in four studies of five, with 95% certainty.")], counts)


def _relevant(protocol: Protocol) -> float | None:
    """The smallest difference that matters; below zero where less is better."""
    assert protocol.study is not None
    series = next(iter(protocol.study.series.values()))
    return -series.relevant if series.relevant is not None and series.better == "lower" else series.relevant


def _unit(protocol: Protocol) -> Text:
    """A series has no unit of its own: what it counts stands for it."""
    from genklang.evaluate.texts import Text

    assert protocol.study is not None
    series = next(iter(protocol.study.series.values()))
    return Text(sv=f"i ”{series.sv}”", en=f"in “{series.en}”")


def _lived(version_id: int) -> tuple[Protocol, Tables]:
    from genklang.measure.tables import Tables

    protocol = protocol_of(ProtocolVersion.objects.get(pk=version_id))
    lived = simulated_within(protocol, seed=SEED)
    return protocol, Tables(protocol, lived.participants, zone=settings.TIME_ZONE, horizon=lived.end)


@lru_cache(maxsize=64)
def _wobble(digest: str, version_id: int) -> float | None:
    """How far the primary series lies off its mean on its side of the change, in a rehearsal (a standard deviation)."""
    from genklang.measure.over_time import series_table

    protocol, tables = _lived(version_id)
    made = series_table(protocol, tables, next(iter(protocol.study.series)) if protocol.study else "")
    off: list[float] = []
    for side in (False, True):
        known = [v for v, after in zip(made.value, made.after, strict=True) if after == side and v is not None]
        off += [value - sum(known) / len(known) for value in known]
    return _deviation(off, len(off) - len((False, True)))


@lru_cache(maxsize=64)
def _wobble_of_groups(digest: str, version_id: int) -> tuple[float, int] | None:
    """How far a group lies off its own mean and the period's before it begins (a standard deviation), and the number of
    periods, in a rehearsal."""
    from genklang.measure.over_time import panel_table

    protocol, tables = _lived(version_id)
    made = panel_table(protocol, tables, next(iter(protocol.study.series)) if protocol.study else "")
    cells = {
        (group, index): value
        for group, index, value, first in zip(made.group, made.index, made.value, made.first, strict=True)
        if value is not None and (first is None or index < first)
    }
    for _round in range(ROUNDS):
        for place in (0, 1):
            means = _means((key[place], value) for key, value in cells.items())
            cells = {key: value - means[key[place]] for key, value in cells.items()}
    taken = sum(len({key[place] for key in cells}) for place in (0, 1)) - 1
    sd = _deviation(list(cells.values()), len(cells) - taken)
    return (sd, len(made.periods)) if sd else None


def _means(pairs: Iterable[tuple[str | int, float]]) -> dict[str | int, float]:
    found: dict[str | int, list[float]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return {key: sum(values) / len(values) for key, values in found.items()}


def _deviation(off: list[float], free: int) -> float | None:
    """The standard deviation of what is left over; None of too few, or where nothing is."""
    return (sum(each * each for each in off) / free) ** 0.5 or None if free > FEWEST else None
