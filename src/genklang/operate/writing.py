"""One transaction's worth of what the engine said, gathered and written together: log, state, facts, dues, outbox.

`recording` and `worker` fill it; alarms and tasks are written by `raising`. Rows are written in bulk, whatever the
number of enrolments, so that a batch costs a handful of statements.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from genklang.engine.machine import Machine
from genklang.engine.types import Due, Effect, EscalateAlarm, Notify, OutcomeFact, RaiseAlarm, State
from genklang.operate import attaching, books, deadlines, inviting, models, ordering, outgoing, raising, sharing
from genklang.operate.raising import BY_DUE
from genklang.operate.rows import IGNORED, delete, find, insert, insert_plain, update, update_plain

CHUNK = 400
ENROLMENT_FIELDS = ["stage", "arm", "state", "horizon", "ended_at", "broken_reason"]
SAME = ("due", "expectation", "occurrence", "slot_date", "slot_time", "anchor", "opens_at", "target_at", "deadline_at")
STANDING = ("id", "enrolment_id", "due", "revision", "current")
FACT_FIELDS = (*SAME, "status", "resolved_at", "stage")
DUE_CHANGES = ["opens_at", "target_at", "deadline_at", "missed", "raised"]
Seen = tuple[int, int, int, bool, bool]


@dataclass
class Change:
    """What is new about one enrolment, in the order the engine said it. Without `before` it has no rows yet.

    `woken` when its deadline was why it was looked at: that is written anew whatever has become of it.
    """

    enrolment: models.Enrolment
    machine: Machine
    before: State | None
    after: State
    events: list[models.Event] = field(default_factory=list)
    effects: list[Effect | raising.Acknowledgement] = field(default_factory=list)
    facts: list[OutcomeFact] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    held: dict[str, str | None] = field(default_factory=dict)
    woken: bool = False


def write(changes: Iterable[Change], *, now: int) -> None:
    """Writes everything; the caller holds the transaction and the enrolments' locks, and has saved new enrolments."""
    changes = list(changes)
    events = [event for change in changes for event in change.events]
    insert(events)
    for change in changes:
        if change.events:
            inviting.note(change.enrolment, change.machine, change.events)
            attaching.note(change.enrolment, change.machine.protocol, change.events)
            ordering.note(change.enrolment, change.machine.protocol, change.events)
    _write_held(changes)
    _write_facts(changes, now)
    _write_dues(changes)
    raising.write_alarms([(change.enrolment, change.effects) for change in changes])
    raising.write_tasks([(change.enrolment, change.effects) for change in changes])
    _write_outbox(changes, now)
    for change in changes:
        if change.events or change.held:
            books.settle(change.enrolment, None if change.held else [event.kind for event in change.events])
    update([change.enrolment for change in changes if change.before is not None], ENROLMENT_FIELDS)
    deadlines.write(_planned(changes))
    for change in changes:
        if sharing.reaches_others(change.enrolment.adoption, change.machine):
            explained = [key for key, reason in change.held.items() if reason is None]
            sharing.write_for(
                change.enrolment,
                change.machine,
                before=change.before,
                after=change.after,
                events=change.events,
                explained=explained,
            )


def _write_held(changes: list[Change]) -> None:
    for change in (change for change in changes if change.held):
        log = models.Event.objects.filter(enrolment=change.enrolment)
        for key, reason in change.held.items():
            log.filter(key=key).update(held=reason)


def _write_facts(changes: list[Change], now: int) -> None:
    rows: list[dict[str, Any]] = []
    revisions = _outdate(changes)
    for change in changes:
        rows += _fact_rows(change, revisions.get(change.enrolment.id, {}), now)
    insert_plain(models.OutcomeFact, rows)


def _fact_rows(change: Change, revisions: dict[str, int], now: int) -> list[dict[str, Any]]:
    """New revisions of the change's facts; only the last of each due is current, and none of a withdrawn one."""
    latest: dict[str, dict[str, Any]] = {}
    rows = []
    for fact in change.facts:
        if earlier := latest.get(fact.due):
            earlier["current"] = False
        revisions[fact.due] = revisions.get(fact.due, 0) + 1
        latest[fact.due] = _fact_row(fact, enrolment=change.enrolment, revision=revisions[fact.due], now=now)
        rows.append(latest[fact.due])
    for due in set(change.withdrawn) & latest.keys():
        latest[due]["current"] = False
    return rows


def _outdate(changes: list[Change]) -> dict[int, dict[str, int]]:
    """The revisions so far, by enrolment, of dues that get new facts or lose theirs; what stood is current no more."""
    told = {
        (change.enrolment.id, due)
        for change in changes
        if change.before is not None
        for due in ({fact.due for fact in change.facts} | set(change.withdrawn))
    }
    revisions: dict[int, dict[str, int]] = defaultdict(dict)
    standing = []
    for key, enrolment, due, revision, current in find(models.OutcomeFact, STANDING, BY_DUE, sorted(told)):
        revisions[enrolment][due] = max(revision, revisions[enrolment].get(due, 0))
        standing += [key] if current else []
    for start in range(0, len(standing), CHUNK):
        models.OutcomeFact.objects.filter(pk__in=standing[start : start + CHUNK]).update(current=False)
    return revisions


def _fact_row(fact: OutcomeFact, *, enrolment: models.Enrolment, revision: int, now: int) -> dict[str, Any]:
    values = fact._asdict()
    values["event"], values["arm"] = fact.event or "", fact.arm or ""
    return values | {"enrolment_id": enrolment.id, "revision": revision, "current": True, "recorded_at": now}


def live_dues(dues: Iterable[Due]) -> dict[str, Seen]:
    """Those that can still be met: when they open, are meant and end; whether missed, and raised to somebody."""
    return {
        due.id: (due.opens_at, due.target_at, due.deadline_at, due.missed, bool(due.answer))
        for due in dues
        if not due.closed
    }


def _changed_dues(before: State | None, after: State) -> tuple[dict[str, Seen], dict[str, Seen]]:
    """The live dues before and after, but for expectations that the step did not touch: the engine hands those on."""
    if before is None:
        return {}, live_dues(after.dues)
    if len(before.tracks) != len(after.tracks):
        return live_dues(before.dues), live_dues(after.dues)
    gone: dict[str, Seen] = {}
    come: dict[str, Seen] = {}
    for old, new in zip(before.tracks, after.tracks, strict=True):
        if old is not new:
            gone |= live_dues(old.live)
            come |= live_dues(new.live)
    return gone, come


def _write_dues(changes: list[Change]) -> None:
    gone: list[tuple[int, str]] = []
    rows: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    for change in changes:
        before, after = _changed_dues(change.before, change.after)
        gone += [(change.enrolment.id, due) for due in before if due not in after]
        for due, seen in after.items():
            if before.get(due) != seen:
                rows[due in before].append(_due_row(change.enrolment, due, seen))
    delete(models.Due, BY_DUE, gone)
    update_plain(models.Due, rows[True], DUE_CHANGES, by=BY_DUE)
    insert_plain(models.Due, rows[False])


def _due_row(enrolment: models.Enrolment, due: str, seen: Seen) -> dict[str, Any]:
    opens_at, target_at, deadline_at, missed, raised = seen
    return {
        "adoption_id": enrolment.adoption_id,
        "enrolment_id": enrolment.id,
        "due": due,
        "expectation": due.partition("/")[0],
        "opens_at": opens_at,
        "target_at": target_at,
        "deadline_at": deadline_at,
        "missed": missed,
        "raised": raised,
    }


def _planned(changes: list[Change]) -> Iterator[tuple[int, int | None]]:
    """When something next happens to each, where that has changed. In an imported past no time passes by itself."""
    for change in changes:
        if not change.enrolment.adoption.historical:
            at = change.machine.next_deadline(change.after)
            before = change.machine.next_deadline(change.before) if change.before else None
            if at != before or change.woken:
                yield change.enrolment.id, at


def _write_outbox(changes: list[Change], now: int) -> None:
    rows: list[dict[str, Any]] = []
    for change in changes:
        for effect in change.effects:
            if isinstance(effect, Notify | RaiseAlarm | EscalateAlarm):
                rows += outgoing.rows_for(change.enrolment, effect, now=now)
    insert_plain(models.Outbox, rows, ending=IGNORED)
