"""One result that an adopter gave, in words and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from genklang.bank.wording import design_in_words, in_unit, language, number, verdict_in_words

if TYPE_CHECKING:
    from genklang.evaluate.findings import Estimate
    from genklang.evaluate.release.results import Group, Released

PERCENT = 100


def given_row(one: Released) -> dict[str, object]:
    """A result in words and numbers."""
    scale = scale_of(one)
    return {
        "people": number(one.people),
        "design": design_in_words(one.design),
        "value": with_interval(one.value * scale, one.low * scale, one.high * scale),
        "unit": _("percentage points") if one.is_share else one.unit.say(language()),
        "verdict": _verdict(one),
        "as_planned": one.as_planned,
        "lost": in_unit(one.attrition, "share", decimals=0),
        "groups": [{"name": _arm(group), "text": _group(group, scale)} for group in one.groups],
    }


def _verdict(one: Released) -> str:
    """The verdict in words; of one that fell when several were judged together also what it would have been alone."""
    said_ = verdict_in_words(one.verdict)
    if one.alone is None or one.alone == one.verdict:
        return said_
    alone = {"verdict": said_, "alone": verdict_in_words(one.alone).lower()}
    return _("%(verdict)s (alone it would have been “%(alone)s”; several were judged together)") % alone


def _arm(group: Group) -> str:
    return group.name.say(language()).strip("“”").capitalize()


def _group(group: Group, scale: float) -> str:
    if group.value is None:
        return _("%(n)s people") % {"n": number(group.n)}
    value = number(group.value * scale, decimals=1)
    return _("%(n)s people, %(value)s on average") % {"n": number(group.n), "value": value}


def scale_of(released: Released) -> float:
    """Shares are told per hundred."""
    return PERCENT if released.is_share else 1


def ends_of(estimate: Estimate) -> list[float]:
    """The value and the ends of its interval."""
    return [estimate.value, estimate.low or 0.0, estimate.high or 0.0]


def with_interval(value: float, low: float, high: float) -> str:
    """The three with as many decimals as the interval deserves."""
    from genklang.evaluate.texts import decimals_for

    decimals = min(3, decimals_for((high - low) / 2))
    said_ = [number(each, decimals=decimals) for each in (value, low, high)]
    return _("%(value)s (%(low)s to %(high)s)") % {"value": said_[0], "low": said_[1], "high": said_[2]}
