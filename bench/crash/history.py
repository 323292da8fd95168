"""The history check: what the clients, the outside world and the calendar say, held against what the database says.

What should have been due is worked out here from the protocol's words alone, without the engine.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from bench.crash.town import ENDS, EVERY
from genklang.operate.clock import SECOND
from genklang.operate.models import Alarm, Enrolment, Event, Heartbeat, Outbox, OutcomeFact, Task

HOUSE = {"enrolled"}


def wrong(told: dict[str, Any]) -> Iterator[str]:
    """Every line is something lost, doubled or untrue. `told` is what the harness saw from outside."""
    yield from _events(told)
    for enrolment in Enrolment.objects.all():
        yield from _dues(enrolment)
    yield from _outbox(told)
    if Heartbeat.objects.filter(held_since__isnull=False).exists():
        yield "the worker holds, though no clock was touched"


def _events(told: dict[str, Any]) -> Iterator[str]:
    """The log holds what was sent, each once, and nothing else."""
    keys = Counter(Event.objects.exclude(kind__in=HOUSE).values_list("key", flat=True))
    sent, tried, done = set(told["sent"]), set(told["staff_tried"]), set(told["staff_done"])
    yield from (f"event {key} is lost" for key in sorted((sent | done) - keys.keys()))
    yield from (f"event {key} is there {n} times" for key, n in keys.items() if n > 1)
    yield from (f"event {key} was never sent" for key in sorted(keys.keys() - sent - tried))


def _dues(enrolment: Enrolment) -> Iterator[str]:
    facts: dict[str, list[OutcomeFact]] = defaultdict(list)
    for fact in OutcomeFact.objects.filter(enrolment=enrolment, current=True):
        facts[fact.due].append(fact)
    alarms = {alarm.due: alarm for alarm in Alarm.objects.filter(enrolment=enrolment)}
    tasks = {task.due: task for task in Task.objects.filter(enrolment=enrolment)}
    for due, ends in facts.items():
        end, place = ends[0], f"{enrolment.key} {due}"
        raised = (alarms if end.expectation == "sign" else tasks).get(due)
        if len(ends) > 1:
            yield f"{place} ends {len(ends)} times"
        if end.status not in ENDS:
            yield f"{place} ends as {end.status}"
        if end.status == "missed" and raised is None:
            yield f"{place} was missed, and nobody was told"
        if end.status != "missed" and raised is not None and raised.closed_at is None:
            yield f"{place} is {end.status}, and its alarm still open"
    yield from _none_forgotten(enrolment, [ends[0] for ends in facts.values()])


def _none_forgotten(enrolment: Enrolment, facts: list[OutcomeFact]) -> Iterator[str]:
    """What the calendar and the questions say should have been due, has ended."""
    log = list(Event.objects.filter(enrolment=enrolment, held=None))
    ended = next((event.occurred_at for event in log if event.kind == "ended"), None)
    if ended is None:
        yield f"{enrolment.key} never ended"
        return
    step = EVERY * SECOND
    opened = (ended - enrolment.enrolled_at + step - 1) // step
    signs = {enrolment.enrolled_at + number * step for number in range(1, opened + 1)}
    found = {fact.target_at for fact in facts if fact.expectation == "sign"}
    if signs != found:
        yield f"{enrolment.key}: {len(signs - found)} signs of life have no end, {len(found - signs)} were never due"
    questions = {event.key for event in log if event.kind == "asked" and event.occurred_at < ended}
    answers = {fact.anchor for fact in facts if fact.expectation == "answer"}
    if questions != answers:
        yield f"{enrolment.key}: {len(questions ^ answers)} questions and dues do not match"


def _outbox(told: dict[str, Any]) -> Iterator[str]:
    delivered: dict[str, int] = told["delivered"]
    for row in Outbox.objects.all():
        if row.delivered_at is None and not (row.error == "expired" and row.expires_at is not None):
            yield f"outbox {row.key} was never delivered ({row.error or 'no error'})"
        if row.delivered_at is not None and not delivered.get(row.key):
            yield f"outbox {row.key} is marked as delivered, and never came"
    keys = set(Outbox.objects.values_list("key", flat=True))
    yield from (f"{key} came, and no outbox row tells of it" for key in sorted(delivered.keys() - keys))
    for alarm in Alarm.objects.select_related("enrolment"):
        if f"{alarm.enrolment.public_id}/alarm/{alarm.due}" not in keys:
            yield f"alarm {alarm.enrolment.key} {alarm.due} was never put in the outbox"
    doubles = sum(n - 1 for n in delivered.values())
    if doubles > told["kills"]:
        yield f"{doubles} messages came twice, more than one for each of {told['kills']} kills"
