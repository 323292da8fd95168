"""What a study with so many people could show, before it starts: its spread comes from a rehearsal, and is told so."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _

from genklang.bank.foreseen_over_time import over_time
from genklang.bank.foreseen_said import Foreseen, in_words
from genklang.bank.models import ProtocolVersion
from genklang.bank.rehearsing import SEED, simulated_within
from genklang.bank.selectors import protocol_of
from genklang.bank.wording import language, number
from genklang.evaluate.problems import EvaluationError
from genklang.measure.study import is_mean_of_shares
from genklang.protocol.checks.pairs import before_column
from genklang.protocol.measured import OVER_TIME
from genklang.protocol.types import Outcome, Protocol

if TYPE_CHECKING:
    from genklang.evaluate.power import Power, PowerDesign
    from genklang.evaluate.texts import Text

PERCENT = 100
TIMES = (0.5, 1, 2, 4)
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


def foreseen(version: ProtocolVersion, people: int) -> Foreseen | None:
    """None where nothing can be said beforehand: without a rehearsal, or for a design that has no such reckoning.

    Raises Busy when too many are rehearsing.
    """
    protocol = protocol_of(version)
    study = protocol.study
    if study is None or protocol.rehearsal is None:
        return None
    if study.design in OVER_TIME:
        return over_time(version)
    if not study.outcomes:
        return None
    spread = _spread(version.digest, version.pk)
    if spread is None:
        return None
    try:
        asked = _power(protocol, spread, people)
    except EvaluationError as error:
        return Foreseen(tuple(error.messages(language())), (), (), ())
    numbers = [round(people * times) for times in TIMES if people * times >= FEWEST]
    rows = [_row(protocol, spread, each) for each in numbers]
    return Foreseen.of(asked, rows, _supposed(protocol, spread), "people", _needed(protocol, spread))


def _power(protocol: Protocol, spread: Spread, people: float | None, effect: float | None = None) -> Power:
    from genklang.evaluate.power import Study, power_of

    design, primary = _design(protocol), _primary(protocol)
    scale = _scale(protocol, primary)
    share = _share(spread, primary, design)
    sd = None if share is not None else (spread.sd or 0.0) * scale
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
            unit=None if share is not None else _unit(protocol, primary),
        )
    )


def _share(spread: Spread, primary: Outcome, design: PowerDesign) -> float | None:
    """The share without the practice; of one group the target, where there is one. None for what is no share."""
    if spread.share is None or design != "one_group" or primary.target is None:
        return spread.share
    return min(max(primary.target, 0.01), 0.99)


def _unit(protocol: Protocol, primary: Outcome) -> Text:
    """The outcome's unit; of everybody's own share percentage points."""
    from genklang.evaluate.texts import Text

    if is_mean_of_shares(protocol, primary):
        return Text(sv="procentenheter", en="percentage points")
    return Text(sv=primary.unit.sv, en=primary.unit.en) if primary.unit else Text(sv="enheter", en="units")


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
    if spread.share is not None:
        return in_words(None if effect is None else PERCENT * effect, _("percentage points"))
    return in_words(effect, _unit(protocol, _primary(protocol)).say(language()))


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
