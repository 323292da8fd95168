"""Checks of what happens: stages and the moves between them, events, chance, and expectations."""

from collections.abc import Sequence
from itertools import pairwise

from genklang.protocol.checks.notes import Notes
from genklang.protocol.document import Path
from genklang.protocol.expressions import Type
from genklang.protocol.problems import listed, quoted
from genklang.protocol.scopes import (
    ANCHORS,
    BUILT_IN_EVENTS,
    ENROLMENTS,
    condition_scope,
    event_scope,
    expected_scope,
    fields_of,
)
from genklang.protocol.types import EventKind, Expectation, Move, Otherwise, Protocol, Randomise, Reminder
from genklang.protocol.units import HOUR, Duration

DAY = 24 * HOUR
_REPORTERS = ("device", "system")
_ONLY_WITH = {
    "in_": ("in", ("after",)),
    "at": ("at", ("after",)),
    "each": ("each", ("after",)),
    "matching": ("matching", ("after",)),
    "counted_from": ("counted_from", ("every",)),
    "until": ("until", ("every", "daily_at")),
}


def check(protocol: Protocol, notes: Notes) -> None:
    """Note what is wrong with stages, events, chance and expectations."""
    _stages(protocol, notes)
    for name, kind in protocol.events.items():
        _event(("events", name), name, kind, notes)
    if protocol.randomise:
        _randomise(protocol.randomise, notes)
    for name, expectation in protocol.expectations.items():
        _expectation(("expectations", name), name, expectation, notes)


def stages_of(protocol: Protocol, kind: EventKind) -> set[str]:
    """Return the stages in which an event may happen."""
    if kind.during is not None:
        return set(kind.during)
    if kind.moves:
        return {before for before, _ in kind.moves}
    return _not_final(protocol)


def _not_final(protocol: Protocol) -> set[str]:
    return {name for name, stage in protocol.stages.items() if not stage.final}


def _stages(protocol: Protocol, notes: Notes) -> None:
    if protocol.stages[protocol.first_stage].final:
        path = ("stages", protocol.first_stage)
        notes.note(path, "The first stage is final", "Write first the stage where an enrolment begins.", key=True)
    moves = [move for kind in protocol.events.values() for move in kind.moves]
    moves += protocol.randomise.moves if protocol.randomise else []
    reached = {protocol.first_stage}
    for _ in protocol.stages:
        reached |= {after for before, after in moves if before in reached}
    for name in protocol.stages:
        if name not in reached:
            what = f"No event moves anybody to {quoted(name)}"
            instead = f"Write moves: [{protocol.first_stage}, {name}] for the event that does, or take the stage away."
            notes.note(("stages", name), what, instead, written=name, key=True)


def _event(path: Path, name: str, kind: EventKind, notes: Notes) -> None:
    if name in BUILT_IN_EVENTS:
        notes.note(path, f"{quoted(name)} happens in every protocol", "Give the event another name.", key=True)
    elif name in notes.protocol.expectations or name == ENROLMENTS:
        what = f"{quoted(name)} is also the name of {'an expectation' if name != ENROLMENTS else 'a table'}"
        notes.note(path, what, "Give one of them another name: indicators point to both.", written=name, key=True)
    roles = (*notes.protocol.roles, *_REPORTERS)
    for number, role in enumerate(kind.by):
        notes.known(notes.item((*path, "by"), number), role, roles, kind="role")
    if not kind.by:
        notes.note((*path, "by"), "Nobody may report it", "Write a role, device or system.")
    _known_stages((*path, "during"), kind.during, notes)
    _moves((*path, "moves"), kind.moves, notes, during=kind.during)
    notes.expression((*path, "when"), kind.when, event_scope(notes.protocol, name), Type.BOOLEAN)
    _required((*path, "requires"), name, kind, notes)


def _required(path: Path, name: str, kind: EventKind, notes: Notes) -> None:
    expectations = notes.protocol.expectations
    for number, one in enumerate(kind.requires):
        place = notes.item(path, number)
        if notes.known(place, one, expectations, kind="expectation") and name in expectations[one].expect:
            what = f"{quoted(name)} is what {quoted(one)} itself expects"
            notes.note(place, what, "Take it away, or let another event meet the expectation.", written=one)


def _known_stages(path: Path, stages: Sequence[str] | None, notes: Notes) -> None:
    for number, stage in enumerate(stages or ()):
        notes.known(notes.item(path, number), stage, notes.protocol.stages, kind="stage")
    if stages is not None and not stages:
        notes.note(path, "The list is empty", "Name a stage, or leave the line out.")


def _moves(path: Path, moves: Sequence[Move], notes: Notes, *, during: Sequence[str] | None) -> None:
    single = (*path, 0, 0) not in notes.document.values
    seen: set[str] = set()
    for number, (before, after) in enumerate(moves):
        pair = path if single else (*path, number)
        _move(pair, before, after, notes)
        if before in seen:
            what = f"Two moves begin in {quoted(before)}"
            notes.note((*pair, 0), what, "Keep one of them, or make two events.", written=before)
        if during is not None and before in notes.protocol.stages and before not in during:
            what = f"It moves from {quoted(before)}, where it may not happen"
            notes.note((*pair, 0), what, "Add the stage to during, or leave during out.", written=before)
        seen.add(before)


def _move(pair: Path, before: str, after: str, notes: Notes) -> None:
    stages = notes.protocol.stages
    known = [notes.known((*pair, step), stage, stages, kind="stage") for step, stage in enumerate((before, after))]
    if before == after:
        notes.note(pair, f"It moves from {quoted(before)} to itself", "Use during instead of moves.", written=before)
    elif all(known) and stages[before].final:
        what = f"It moves from {quoted(before)}, which is final"
        notes.note((*pair, 0), what, "Nothing happens after a final stage: take final: true away.", written=before)


def _randomise(randomise: Randomise, notes: Notes) -> None:
    path: Path = ("randomise",)
    facts = notes.protocol.facts
    notes.known((*path, "after"), randomise.after, notes.protocol.events, kind="event")
    for number, name in enumerate(randomise.strata):
        place = notes.item((*path, "strata"), number)
        if notes.known(place, name, facts, kind="fact") and facts[name].type not in ("choice", "boolean"):
            what = f"{quoted(name)} is {facts[name].type}, which has no few values to balance"
            notes.note(place, what, "Name facts of type choice or boolean.", written=name)
    if randomise.cluster is not None:
        _cluster((*path, "cluster"), randomise, randomise.cluster, notes)
    shares = sum(arm.share for arm in randomise.arms.values())
    for number, size in enumerate(randomise.blocks):
        if size <= 0 or size % shares:
            what = f"A block of {size} cannot be shared as the arms say (their shares sum to {shares})"
            instead = f"Write multiples of {shares}, for example [{2 * shares}, {3 * shares}]."
            notes.note(notes.item((*path, "blocks"), number), what, instead, written=str(size))
    if not randomise.blocks:
        notes.note((*path, "blocks"), "There is no block", f"Write for example [{2 * shares}, {3 * shares}].")
    _moves((*path, "moves"), randomise.moves, notes, during=None)


def _cluster(path: Path, randomise: Randomise, name: str, notes: Notes) -> None:
    facts = notes.protocol.facts
    if notes.known(path, name, facts, kind="fact") and facts[name].type not in ("choice", "text"):
        what = f"{quoted(name)} is {facts[name].type}, which names no cluster"
        notes.note(path, what, "Name a fact of type choice or text, such as the team or the school.", written=name)
    if randomise.strata:
        what = "Strata balance people, and clusters are drawn whole"
        notes.note(("randomise", "strata"), what, "Take strata away, or cluster.", key=True)


def _expectation(path: Path, name: str, expectation: Expectation, notes: Notes) -> None:
    protocol = notes.protocol
    if name == ENROLMENTS:
        notes.note(path, f"{quoted(name)} is a table of its own", "Give the expectation another name.", key=True)
    _known_stages((*path, "during"), expectation.during, notes)
    notes.expression((*path, "when"), expectation.when, condition_scope(protocol), Type.BOOLEAN)
    if all(event in protocol.events for event in expectation.expect):
        notes.expression((*path, "where"), expectation.where, expected_scope(protocol, expectation), Type.BOOLEAN)
    _when_it_comes(path, expectation, notes)
    _anchors(path, expectation, notes)
    _expected(path, expectation, notes)
    _matching(path, expectation, notes)
    _target(path, expectation, notes)
    _each(path, expectation, notes)
    for number, reminder in enumerate(expectation.remind):
        _reminder((*path, "remind", number), reminder, expectation.within, notes)
        if expectation.internal and reminder.to in (*protocol.participant_roles, *protocol.member_roles):
            what = "It is internal, so the participant does not see what the reminder is about"
            notes.note((*path, "remind", number, "to"), what, 'Take "internal" away.', written=str(reminder.to))
    if expectation.otherwise:
        _otherwise((*path, "otherwise"), expectation.otherwise, notes)


def _reminder(path: Path, reminder: Reminder, within: Duration, notes: Notes) -> None:
    protocol = notes.protocol
    if reminder.by == "device" and reminder.to:
        notes.note((*path, "to"), "A device reminds whoever is there", 'Take "to" away.', written=reminder.to)
    elif reminder.by != "device" and reminder.to is None:
        notes.note(path, f"Nobody is named to get the {reminder.by}", f"Write to: {_a_role(protocol)}.")
    elif reminder.to is not None:
        notes.known((*path, "to"), reminder.to, protocol.roles, kind="role")
    if _length(reminder.at) > _length(within):
        what = f"{reminder.at} is after the deadline ({within}), when nobody is reminded any more"
        notes.note((*path, "at"), what, f"Write at most {within}.", written=str(reminder.at))


def _a_role(protocol: Protocol) -> str:
    return next(iter(protocol.roles), "nurse")


def _when_it_comes(path: Path, expectation: Expectation, notes: Notes) -> None:
    given = [name for name in ("daily_at", "every", "after") if getattr(expectation, name) is not None]
    if len(given) != 1:
        together = listed(given).replace(" or ", " and ") if given else ""
        what = f"{together} are given together" if given else "Nothing says when it is expected"
        notes.note(path, what, 'Write exactly one of "daily_at", "every" and "after".', key=True)
        return
    for field, (name, partners) in _ONLY_WITH.items():
        if field in expectation.model_fields_set and given[0] not in partners:
            what = f"{quoted(name)} means nothing with {quoted(given[0])}"
            instead = f"Take it away, or use {listed(partners)}."
            notes.note((*path, name), what, instead, written=name, key=True)
    if expectation.every is not None and not expectation.every:
        notes.note((*path, "every"), "It would be expected all the time", 'Write for example "14 days".', written="0")
    if expectation.daily_at is not None:
        _daily((*path, "daily_at"), expectation.daily_at, notes)


def _daily(path: Path, daily_at: str | list[str], notes: Notes) -> None:
    facts = notes.protocol.facts
    if isinstance(daily_at, list):
        if not daily_at or len(set(daily_at)) < len(daily_at):
            what = "A time is written twice" if daily_at else "There is no time"
            notes.note(path, what, 'Write different times, for example ["08:00", "20:00"].')
    elif notes.known(path, daily_at, facts, kind="fact") and facts[daily_at].type != "times":
        what = f"{quoted(daily_at)} is {facts[daily_at].type}, not times of day"
        notes.note(path, what, 'Name a fact of type times, or write times: ["08:00", "20:00"].', written=daily_at)


def _anchors(path: Path, expectation: Expectation, notes: Notes) -> None:
    known = (*notes.protocol.events, *notes.protocol.signals, *notes.protocol.draws, *sorted(ANCHORS))
    for number, event in enumerate(expectation.after or ()):
        place = notes.item((*path, "after"), number)
        if event == "allocated" and notes.protocol.randomise is None:
            notes.note(place, "Nobody is ever allocated", 'Add "randomise", or name another event.', written=event)
        else:
            notes.known(place, event, known, kind="event, signal or draw")
    if expectation.after is not None and not expectation.after:
        notes.note((*path, "after"), "The list is empty", "Name the event that begins it.")


def _expected(path: Path, expectation: Expectation, notes: Notes) -> None:
    protocol = notes.protocol
    place = (*path, "expect")
    holds = set(expectation.during) if expectation.during is not None else _not_final(protocol)
    for number, event in enumerate(expectation.expect):
        if not notes.known(notes.item(place, number), event, protocol.events, kind="event"):
            continue
        possible = stages_of(protocol, protocol.events[event])
        if holds <= set(protocol.stages) and possible <= set(protocol.stages) and not possible & holds:
            what = f"{quoted(event)} cannot happen while it is expected"
            instead = f"Let the event happen during {listed(sorted(holds))}, or change during here."
            notes.note(notes.item(place, number), what, instead, written=event)
    if not expectation.expect:
        notes.note(place, "Nothing is expected", "Name the event that meets it.")


def _matching(path: Path, expectation: Expectation, notes: Notes) -> None:
    """Each event has the field, with one type in all; what begins the due may instead be what the field refers to."""
    if expectation.after is None:
        return
    for number, name in enumerate(expectation.matching or ()):
        place = notes.item((*path, "matching"), number)
        begun_by = _beginning(expectation, notes.protocol)
        events = [event for event in (*begun_by, *expectation.expect) if event in notes.protocol.events]
        kinds = {event: fields_of(notes.protocol, event).get(name) for event in events}
        pointed_at = {of for event in expectation.expect if (field := kinds.get(event)) for of in field.of or ()}
        for event, field in kinds.items():
            if field is None and (event in expectation.expect or event not in pointed_at):
                fields = fields_of(notes.protocol, event)
                instead = f"Add the field to {event}" + (f", or match {listed(list(fields))}." if fields else ".")
                notes.note(place, f"{quoted(event)} has no field {quoted(name)}", instead, written=name)
        if len({field.type for field in kinds.values() if field}) > 1:
            what = f"{quoted(name)} is of different types in the events that are matched"
            notes.note(place, what, "Give it the same type in each.", written=name)
        for event in begun_by:
            if (field := kinds.get(event)) and field.many:
                what = f"{quoted(name)} of {quoted(event)} points at several events, and begins one due"
                notes.note(place, what, "Take many: true away there.", written=name)


def _beginning(expectation: Expectation, protocol: Protocol) -> list[str]:
    """The events that begin dues, also by way of a signal."""
    after = expectation.after or []
    return [event for name in after for event in (protocol.signals[name].of if name in protocol.signals else [name])]


def _target(path: Path, expectation: Expectation, notes: Notes) -> None:
    """Each event that begins a due has the field that says when, a date or an instant."""
    if expectation.at is None or expectation.after is None:
        return
    protocol, place = notes.protocol, (*path, "at")
    for event in dict.fromkeys(_beginning(expectation, protocol)):
        fields = protocol.facts if event == "enrolled" else fields_of(protocol, event)
        dated = [name for name, field in fields.items() if field.type in ("date", "instant")]
        if event in (*protocol.events, *ANCHORS, *protocol.draws) and expectation.at not in dated:
            what = f"{quoted(expectation.at)} is no date or instant of {quoted(event)}"
            instead = f"Write {listed(dated)}." if dated else f"Give {event} a field of type date or instant."
            notes.note(place, what, instead, written=expectation.at)


def _each(path: Path, expectation: Expectation, notes: Notes) -> None:
    """Those whom each due is about are members, and what meets it says which."""
    protocol = notes.protocol
    for number, role in enumerate(expectation.each or ()):
        notes.known(notes.item((*path, "each"), number), role, protocol.member_roles, kind="role with member: true")
    for event in expectation.expect if expectation.each else ():
        if not any(field.type == "member" for field in fields_of(protocol, event).values()):
            what = f"{quoted(event)} does not say which member it is about"
            notes.note((*path, "each"), what, f"Give {event} a field of type member.", written=event)


def _otherwise(path: Path, otherwise: Otherwise, notes: Notes) -> None:
    if (otherwise.alarm is None) == (otherwise.task is None):
        what = "Both an alarm and a task are given" if otherwise.alarm else "Neither an alarm nor a task is given"
        notes.note(path, what, f"Write one of them, for example {{task: {_a_role(notes.protocol)}}}.", key=True)
    if otherwise.escalate and otherwise.alarm is None:
        notes.note((*path, "escalate"), "Only an alarm is escalated", "Write alarm: … or take it away.", key=True)
    for name in ("alarm", "task"):
        role = getattr(otherwise, name)
        if role is not None:
            notes.known((*path, name), role, notes.protocol.roles, kind="role")
    for number, step in enumerate(otherwise.escalate):
        notes.known((*path, "escalate", number, "to"), step.to, notes.protocol.roles, kind="role")
    waits = [_length(step.after) for step in otherwise.escalate]
    if any(one >= other for one, other in pairwise(waits)):
        notes.note((*path, "escalate"), "The steps are not in order of time", "Write the soonest first.")


def _length(duration: Duration) -> int:
    """Return about how long a duration is, to put durations in order."""
    return (duration.months * 30 + duration.days) * DAY + duration.microseconds
