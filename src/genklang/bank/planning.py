"""A study's plan in words: what is asked, of whom, compared how, and read when. It writes itself from the protocol."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from genklang.bank.naming import event_name
from genklang.bank.wording import design_in_words, duration, number, said, together
from genklang.protocol.measured import OF_GROUPS
from genklang.protocol.types import Labelled, Outcome, Protocol, Study


@dataclass(frozen=True)
class PlanRow:
    """One part of the plan: what it is, and what it says."""

    item: str
    text: str


def plan_rows(protocol: Protocol) -> list[PlanRow]:
    """The whole plan; nothing for a protocol without a study."""
    return list(_rows(protocol, protocol.study)) if protocol.study else []


def _rows(protocol: Protocol, study: Study) -> Iterator[PlanRow]:
    yield PlanRow(_("The question"), said(study.question))
    yield PlanRow(_("How it is studied"), design_in_words(study.design))
    if protocol.randomise:
        yield PlanRow(_("Between"), together(said(arm) for arm in protocol.randomise.arms.values()))
    if protocol.randomise and protocol.randomise.strata:
        yield PlanRow(_("Kept even within"), together(_fact(protocol, name) for name in protocol.randomise.strata))
    if protocol.randomise and protocol.randomise.cluster:
        yield PlanRow(_("Drawn whole"), _fact(protocol, protocol.randomise.cluster))
    if study.draw:
        draw = protocol.draws[study.draw]
        sample = _("%(what)s: %(share)s of 100 by lot") % {"what": said(draw), "share": number(100 * draw.share)}
        yield PlanRow(_("The sample"), sample)
    if study.design in OF_GROUPS and study.groups:
        yield PlanRow(_("Groups followed"), _fact(protocol, study.groups))
    measured = {**study.outcomes, **study.series}
    if study.design == "survival" and study.time_to_event:
        yield PlanRow(_("The answer that decides"), _time(protocol, study))
    for number_, outcome in enumerate(measured.values()):
        decides = number_ == 0 and study.design != "survival"
        name = _("The answer that decides") if decides else _("Also looked at (%(n)s)") % {"n": number_ + 1}
        yield PlanRow(name, _outcome(outcome))
    yield PlanRow(_("Shown for groups of people"), together(_fact(protocol, name) for name in study.subgroups) or "–")
    if study.time_to_event and study.design != "survival":
        yield PlanRow(_("Followed over time"), _time(protocol, study))
    if study.cost_effectiveness:
        yield PlanRow(_("What it costs, beside"), said(study.outcomes[study.cost_effectiveness.outcome]))
    yield PlanRow(_("People planned"), number(study.size) if study.size else _("as many as come"))
    yield PlanRow(_("Read after"), duration(study.horizon) if study.horizon else _("no time is set"))


def _outcome(outcome: Labelled) -> str:
    """The outcome with how it is judged: its target, which way is better, the smallest difference that matters."""
    more = []
    target, better, relevant = (getattr(outcome, name, None) for name in ("target", "better", "relevant"))
    if target is not None:
        more.append(_("target %(value)s") % {"value": _plain(target)})
    if better:
        more.append(_("higher is better") if better == "higher" else _("lower is better"))
    if relevant is not None:
        more.append(_("a difference of %(value)s matters") % {"value": _plain(relevant)})
    unit = said(outcome.unit) if isinstance(outcome, Outcome) and outcome.unit else ""
    return "; ".join([said(outcome) + (f" ({unit})" if unit else ""), *more])


def _time(protocol: Protocol, study: Study) -> str:
    assert study.time_to_event is not None
    names = {"end": event_name(protocol, study.time_to_event.end), "time": duration(study.time_to_event.horizon)}
    return _("%(end)s, within %(time)s") % names


def _plain(value: float) -> str:
    return number(value, decimals=0 if value == int(value) else 2)


def _fact(protocol: Protocol, name: str) -> str:
    fact = protocol.facts.get(name)
    return said(fact) if fact else name
