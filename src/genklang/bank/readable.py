"""A protocol said readably: its stages as a flow, what is expected of whom and when, and what is measured.

Everything is generated from the protocol, so that what is read is what runs.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from genklang.bank.conditions import condition, conditions
from genklang.bank.naming import event_name, field_name, role_name
from genklang.bank.parts import PartView, parts_of
from genklang.bank.wording import duration, either, every, in_unit, inside, per_word, said, started, together
from genklang.protocol.types import EventKind, Expectation, Indicator, Outcome, Protocol, Reminder, Role


@dataclass(frozen=True)
class Way:
    """A way on from a stage: what happens, who reports it, and where it leads."""

    what: str
    who: str
    to: str


@dataclass(frozen=True)
class StageView:
    """One stage: its name, whether it is the end, the ways on, and what else can happen there."""

    name: str
    final: bool
    ways: tuple[Way, ...]
    happens: tuple[Way, ...]


@dataclass(frozen=True)
class Duty:
    """One row of the calendar: when, what, how soon at the latest, and what happens otherwise."""

    when: str
    what: str
    deadline: str
    who: str
    otherwise: str
    reminders: str
    condition: str
    advice: str


@dataclass(frozen=True)
class RoleView:
    """One role: what kind it is, what it is shown, reports, must answer, and is reminded of."""

    name: str
    kind: str
    sees: tuple[str, ...]
    reports: tuple[str, ...]
    answers: tuple[str, ...]
    reminded: tuple[str, ...]


@dataclass(frozen=True)
class Drawing:
    """The lottery: what draws it, between which ways, and what is kept even."""

    after: str
    arms: tuple[str, ...]
    even: str


@dataclass(frozen=True)
class Measured:
    """One indicator or outcome in words."""

    name: str
    detail: str


@dataclass(frozen=True)
class PriceView:
    """What one of something costs and where that figure comes from."""

    name: str
    amount: str
    source: str


@dataclass(frozen=True)
class Readable:
    """The whole protocol, ready to be shown."""

    eligible: tuple[str, ...]
    stages: tuple[StageView, ...]
    drawing: Drawing | None
    duties: tuple[Duty, ...]
    roles: tuple[RoleView, ...]
    indicators: tuple[Measured, ...]
    question: str
    outcomes: tuple[Measured, ...]
    prices: tuple[PriceView, ...]
    parts: tuple[PartView, ...]


def readable(protocol: Protocol) -> Readable:
    """The protocol in the reader's language."""
    study = protocol.study
    return Readable(
        eligible=tuple(conditions(protocol, protocol.eligible)),
        stages=tuple(_stage(protocol, name) for name in protocol.stages),
        drawing=_drawing(protocol),
        duties=tuple(_duty(protocol, name) for name in protocol.expectations),
        roles=tuple(_role(protocol, name) for name in protocol.roles),
        indicators=tuple(_indicator(protocol, item) for item in protocol.indicators.values() if item.headline),
        question=said(study.question) if study else "",
        outcomes=tuple(_outcome(item) for item in study.outcomes.values()) if study else (),
        prices=_prices(protocol),
        parts=parts_of(protocol),
    )


def _outcome(outcome: Outcome) -> Measured:
    parts = [said(outcome.unit), _("before and after, of the same people") if outcome.before else ""]
    return Measured(said(outcome), ", ".join(part for part in parts if part))


def _who(protocol: Protocol, roles: Iterable[str]) -> str:
    return either(inside(role_name(protocol, role)) for role in roles)


def _stage(protocol: Protocol, name: str) -> StageView:
    stage = protocol.stages[name]
    ways = [
        Way(said(event), _who(protocol, event.by), said(protocol.stages[to]))
        for event in protocol.events.values()
        for came_from, to in event.moves
        if came_from == name and to in protocol.stages
    ]
    happens = [
        Way(said(event), _who(protocol, event.by), "")
        for event in protocol.events.values()
        if not event.moves and not stage.final and _may_happen(event, name)
    ]
    return StageView(said(stage), stage.final, (*ways, *_drawn_ways(protocol, name)), tuple(happens))


def _may_happen(event: EventKind, stage: str) -> bool:
    return event.during is None or stage in event.during


def _drawn_ways(protocol: Protocol, name: str) -> Iterator[Way]:
    for came_from, to in protocol.randomise.moves if protocol.randomise else []:
        if came_from == name:
            yield Way(_("The lot was drawn"), "", said(protocol.stages[to]))


def _drawing(protocol: Protocol) -> Drawing | None:
    drawn = protocol.randomise
    if drawn is None:
        return None
    even = together(_group(protocol, name) for name in drawn.strata)
    return Drawing(event_name(protocol, drawn.after), tuple(said(arm) for arm in drawn.arms.values()), even)


def _duty(protocol: Protocol, name: str) -> Duty:
    expectation = protocol.expectations[name]
    doers = {role: None for event in expectation.expect for role in _reporters(protocol, event)}
    return Duty(
        when=_when(protocol, expectation),
        what=said(expectation),
        deadline=_deadline(expectation),
        who=_who(protocol, doers),
        otherwise=_otherwise(protocol, expectation),
        reminders=together(_reminder(protocol, item) for item in expectation.remind),
        condition=_condition(protocol, expectation),
        advice=said(expectation.help),
    )


def _reporters(protocol: Protocol, event: str) -> list[str]:
    return list(protocol.events[event].by) if event in protocol.events else []


def _when(protocol: Protocol, expectation: Expectation) -> str:
    if isinstance(expectation.daily_at, list):
        return _("Every day at %(times)s") % {"times": together(expectation.daily_at)}
    if expectation.daily_at:
        return _("Every day, at the person's own times")
    if expectation.every:
        return _recurring(expectation)
    return _following(protocol, expectation)


def _recurring(expectation: Expectation) -> str:
    assert expectation.every is not None
    parts = [every(expectation.every)]
    if expectation.counted_from == "last":
        parts.append(_("counted from the last time"))
    if expectation.until:
        parts.append(_("for %(time)s") % {"time": duration(expectation.until)})
    return ", ".join(parts)


def _following(protocol: Protocol, expectation: Expectation) -> str:
    events = either(inside(event_name(protocol, event)) for event in expectation.after or [])
    if expectation.at:
        questions = [field_name(protocol, event, expectation.at) for event in expectation.after or []]
        day = {"question": together(dict.fromkeys(questions)), "event": events}
        if expectation.in_:
            day["time"] = started(duration(expectation.in_))
            return _("%(time)s after the day said in “%(question)s” at: %(event)s") % day
        return _("On the day said in “%(question)s” at: %(event)s") % day
    if expectation.in_:
        return _("%(time)s after: %(event)s") % {"time": started(duration(expectation.in_)), "event": events}
    return _("After: %(event)s") % {"event": events}


def _deadline(expectation: Expectation) -> str:
    if expectation.early:
        return _("from %(before)s before until %(after)s after") % {
            "before": duration(expectation.early),
            "after": duration(expectation.within),
        }
    return _("within %(time)s") % {"time": duration(expectation.within)}


def _otherwise(protocol: Protocol, expectation: Expectation) -> str:
    otherwise = expectation.otherwise
    if otherwise and otherwise.alarm:
        told = [_("alarm to: %(role)s") % {"role": inside(role_name(protocol, otherwise.alarm))}]
        told += [
            _("after %(time)s without an answer to: %(role)s")
            % {"time": duration(step.after), "role": inside(role_name(protocol, step.to))}
            for step in otherwise.escalate
        ]
        return "; ".join(told)
    if otherwise and otherwise.task:
        return _("task on the list of: %(role)s") % {"role": inside(role_name(protocol, otherwise.task))}
    return _("it is only counted as missed")


def _reminder(protocol: Protocol, reminder: Reminder) -> str:
    channels = {"device": _("from the device"), "sms": _("by text message"), "email": _("by e-mail")}
    channel = channels.get(reminder.by, _("on the person's page"))
    if not reminder.at:
        return _("at once %(channel)s") % {"channel": channel}
    return _("after %(time)s %(channel)s") % {"time": duration(reminder.at), "channel": channel}


def _condition(protocol: Protocol, expectation: Expectation) -> str:
    stages = [said(protocol.stages[name]) for name in expectation.during or [] if name in protocol.stages]
    parts = [_("Stage: %(stage)s") % {"stage": inside(either(stages))}] if stages else []
    if expectation.each:
        parts.append(_("For each: %(role)s") % {"role": _who(protocol, expectation.each)})
    if expectation.when:
        parts.append(_("Only for: %(whom)s") % {"whom": condition(protocol, expectation.when)})
    return ". ".join(parts)


def _role(protocol: Protocol, name: str) -> RoleView:
    answers: list[str] = []
    reminded: list[str] = []
    for expectation in protocol.expectations.values():
        answers += _answers(protocol, expectation, name)
        if any(item.to == name for item in expectation.remind):
            reminded.append(said(expectation))
    reports = [said(event) for event in protocol.events.values() if name in event.by]
    role = protocol.roles[name]
    sees = [event_name(protocol, event) for event in role.sees]
    return RoleView(said(role), _kind(role), tuple(sees), tuple(reports), tuple(answers), tuple(reminded))


def _kind(role: Role) -> str:
    """What kind of role it is; empty for those who work with it."""
    kinds = {
        "participant": _("takes part"),
        "member": _("belongs to it"),
        "guest": _("comes by a private link"),
        "public": _("anybody"),
    }
    return next((words for name, words in kinds.items() if getattr(role, name)), "")


def _answers(protocol: Protocol, expectation: Expectation, role: str) -> Iterator[str]:
    otherwise = expectation.otherwise
    if otherwise is None:
        return
    what = inside(said(expectation))
    if otherwise.alarm == role:
        yield _("Alarm when this is missed: %(what)s") % {"what": what}
    if any(step.to == role for step in otherwise.escalate):
        yield _("Alarm that nobody has answered: %(what)s") % {"what": what}
    if otherwise.task == role:
        yield _("Task when this is missed: %(what)s") % {"what": what}


def _indicator(protocol: Protocol, indicator: Indicator) -> Measured:
    parts = [per_word(indicator.per)] if indicator.per else []
    if indicator.by:
        parts.append(_("shown by %(groups)s") % {"groups": together(_group(protocol, name) for name in indicator.by)})
    if indicator.target is not None:
        parts.append(_("target %(value)s") % {"value": in_unit(indicator.target, indicator.unit)})
    if indicator.better:
        parts.append(_("higher is better") if indicator.better == "higher" else _("lower is better"))
    return Measured(said(indicator), ", ".join(parts))


def _group(protocol: Protocol, name: str) -> str:
    built_in = {"arm": _("what the lot decided"), "stage": _("stage")}
    if name in protocol.facts:
        return _("“%(words)s”") % {"words": said(protocol.facts[name])}
    return built_in.get(name, name)


def _prices(protocol: Protocol) -> tuple[PriceView, ...]:
    if protocol.economy is None:
        return ()
    return tuple(
        PriceView(said(price), in_unit(float(price.amount.amount), price.amount.currency), said(price.source))
        for price in protocol.economy.prices.values()
    )
