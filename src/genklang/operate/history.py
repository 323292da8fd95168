"""Loading whole histories at once, such as a rehearsal makes. The log is folded once and written in bulk.

The same rows come of it as if each event had been recorded by itself, save for facts that were corrected on the way:
only those that stand are written.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from genklang.engine import types as engine
from genklang.operate import clock
from genklang.operate.incoming import Source
from genklang.operate.machines import machine_for, settle_row
from genklang.operate.members import EnrolmentMember
from genklang.operate.models import Adoption, Enrolment
from genklang.operate.problems import Problem, Refused
from genklang.operate.raising import acknowledgements, in_time
from genklang.operate.recording import UNEXPLAINED, log_row
from genklang.operate.services import new_enrolment
from genklang.operate.writing import Change, write
from genklang.people.models import Person


@dataclass(frozen=True)
class History:
    """The whole log of a person, or of a matter by its title. The first event is `enrolled`; ids are unique there.

    `members` are the people whom its log calls by these keys.
    """

    person: Person | None
    key: str
    events: Sequence[engine.Event]
    title: str = ""
    members: Mapping[str, Person] = field(default_factory=dict)


@transaction.atomic
def load_histories(adoption: Adoption, histories: Sequence[History], *, until: int | None = None) -> list[Enrolment]:
    """New enrolments with their logs, accounted for up to `until` (left out: each to its last event).

    The events are trusted: they come from the engine's own rehearsal. Raises Refused when one has no `enrolled`.
    """
    now = clock.now()
    changes = [_folded(adoption, history, until=until, now=now) for history in histories]
    rows = [change.enrolment for change in changes]
    Enrolment.objects.bulk_create(rows, batch_size=200)
    pairs = zip(rows, histories, strict=True)
    EnrolmentMember.objects.bulk_create([member for row, history in pairs for member in _members(row, history)])
    write(changes, now=now)
    return rows


def load_history(
    adoption: Adoption, person: Person, key: str, events: Sequence[engine.Event], *, until: int | None = None
) -> Enrolment:
    """One history; see `load_histories`."""
    return load_histories(adoption, [History(person, key, events)], until=until)[0]


def _members(row: Enrolment, history: History) -> Iterator[EnrolmentMember]:
    """Those who have joined by the log, and are known."""
    left = {str(event.data["member"]): event.occurred_at for event in history.events if event.kind == "member_left"}
    for event in history.events:
        key = str(event.data.get("member", ""))
        if event.kind == "member_joined" and key in history.members:
            person, role = history.members[key], str(event.data["role"])
            times = {"joined_at": event.occurred_at, "left_at": left.get(key)}
            yield EnrolmentMember(enrolment=row, person=person, role=role, key=key, **times)


def _folded(adoption: Adoption, history: History, *, until: int | None, now: int) -> Change:
    begun = next((event.occurred_at for event in history.events if event.kind == "enrolled"), None)
    if begun is None:
        raise Refused([Problem("events", "holds no “enrolled”", "Begin with it.", history.key)])
    row = new_enrolment(adoption, person=history.person, title=history.title, key=history.key, at=begun)
    machine = machine_for(row)
    step = machine.fold(history.key, history.events, until=until)
    settle_row(row, machine, step.state)
    change = Change(row, machine, before=None, after=step.state, facts=list(step.facts))
    kept = [event for event in history.events if until is None or event.occurred_at <= until]
    change.events = [log_row(row, event, Source(by=event.by or "system")) for event in kept]
    for event in change.events:
        event.received_at = event.received_at or now
        event.held = UNEXPLAINED if event.key in step.held else None
    if not adoption.historical:
        asked = in_time(step.effects, acknowledgements(change.events, held=step.held))
        change.effects = [*asked, *(effect for effect in step.effects if isinstance(effect, engine.Notify))]
    return change
