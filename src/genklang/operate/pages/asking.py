"""What a form must know before it asks: facts known, open bookings to choose between, numbers given by themselves."""

import uuid
from collections.abc import Sequence
from typing import Any

from genklang.operate import clock
from genklang.operate.forms.answers import Asking
from genklang.operate.instants import read_instant
from genklang.operate.models import Due, Enrolment, Event
from genklang.operate.pages.case import known_facts
from genklang.operate.pages.protocols import numbers_of, words_of
from genklang.operate.pages.words import Words
from genklang.protocol.types import EventKind, Protocol


def asking_about(enrolment: Enrolment, kind: str, *, may_be_earlier: bool = True) -> Asking:
    """Everything that the form of an event needs."""
    words = words_of(enrolment)
    declared = words.protocol.events[kind]
    return Asking(
        kind=declared,
        zone=enrolment.adoption.zone,
        now=clock.moment(words.now),
        known=_known(enrolment, declared),
        choices=_choices(enrolment, kind, words),
        given=_given(words.protocol, kind),
        may_be_earlier=may_be_earlier and not _says_when(declared),
    )


def _says_when(kind: EventKind) -> bool:
    """Whether a question of the event asks for a moment already, as a booking does."""
    return any(question.type == "instant" for question in kind.fields.values())


def _known(enrolment: Enrolment, kind: EventKind) -> dict[str, Any]:
    facts = known_facts(enrolment)
    stated = {name: question.states for name, question in kind.fields.items() if question.states}
    return {name: facts[fact] for name, fact in stated.items() if fact and facts.get(fact) is not None}


def _given(protocol: Protocol, kind: str) -> dict[str, str]:
    """A number that the event begins something under, and that nobody needs to think of."""
    fields = protocol.events[kind].fields
    numbers = numbers_of(protocol, kind)
    return {name: uuid.uuid4().hex[:12] for name in numbers if name in fields and not fields[name].required}


def _choices(enrolment: Enrolment, kind: str, words: Words) -> dict[str, Sequence[tuple[str, str]]]:
    """For an event that answers another by its number: the ones that wait for an answer, told in words."""
    found: dict[str, Sequence[tuple[str, str]]] = {}
    for name, expectation in words.protocol.expectations.items():
        fields = numbers_of(words.protocol, kind).intersection(expectation.matching or ())
        if fields and kind in expectation.expect:
            waiting = Due.objects.filter(enrolment=enrolment, expectation=name).order_by("target_at")
            found |= {field: _waiting(enrolment, [due.due for due in waiting], field, words) for field in fields}
    return found


def _waiting(enrolment: Enrolment, dues: list[str], field: str, words: Words) -> list[tuple[str, str]]:
    # A due's identity holds the event it began with between the expectation's name and the occurrence.
    anchors = [due.partition("/")[2].rpartition("/")[0] for due in dues]
    events = Event.objects.filter(enrolment=enrolment, key__in=anchors).order_by("occurred_at")
    return [(str(event.data[field]), told(event, words, but=field)) for event in events if event.data.get(field)]


def told(event: Event, words: Words, *, but: str = "") -> str:
    """What an event carries, in one line, without the field `but`."""
    kind = words.protocol.events[event.kind]
    said = []
    for name, question in kind.fields.items():
        value = event.data.get(name)
        if name != but and value is not None:
            said.append(words.when(read_instant(value)) if question.type == "instant" else str(value))
    return ", ".join(said) or words.when(event.occurred_at)
