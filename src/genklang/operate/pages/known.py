"""Asking once: what is known already and still holds, by concept, in this enrolment and in the person's others.

A value from another practice is shown to the person whom it is about, and to whoever works in the adoption that it was
said in; nobody is shown more than they may see anyway.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from genklang.engine.time import Zone
from genklang.operate import access, clock
from genklang.operate.machines import shown_state
from genklang.operate.models import Enrolment, Event
from genklang.operate.pages.protocols import words_of
from genklang.operate.pages.words import Words, say
from genklang.people import permissions
from genklang.people.models import User
from genklang.protocol.types import EventField, EventKind, Fact, Protocol

STATING = ("enrolled", "stated")


@dataclass(frozen=True)
class Teller:
    """Somebody who fills in a form: staff, or on their own page in a role in which the enrolment is theirs."""

    user: User
    own_role: str = ""


@dataclass(frozen=True)
class Known:
    """An answer that holds: `said` tells when, and in which practice where it was another. `old` holds no more."""

    value: Any
    at: int
    said: str
    old: bool = False


def answers_before(enrolment: Enrolment, kind: EventKind, teller: Teller | None) -> dict[str, Known]:
    """The latest answer given before to each question of a form that states a fact, whether or not it still holds."""
    found: dict[str, Known] = {}
    protocol = words_of(enrolment).protocol
    for name, question in kind.fields.items():
        fact = protocol.facts.get(question.states or "")
        answers = list(_answers(enrolment, question, fact, teller)) if fact else []
        if answers:
            found[name] = max(answers, key=lambda known: (not known.old, known.at))
    return found


def _answers(enrolment: Enrolment, question: EventField, fact: Fact, teller: Teller | None) -> Iterator[Known]:
    words = words_of(enrolment)
    own = _said(enrolment, words, question.states or "", fact)
    if own:
        yield own
    for other in _others(enrolment, teller):
        there = words_of(other)
        for name, declared in there.protocol.facts.items():
            if declared.concept == fact.concept and declared.type == question.type:
                known = _said(other, there, name, fact)
                if known and _fits(question, known.value):
                    where = {"when": known.said, "practice": say(there.protocol.title)}
                    yield Known(known.value, known.at, _("%(when)s, in %(practice)s") % where, known.old)


def _said(enrolment: Enrolment, words: Words, name: str, fact: Fact) -> Known | None:
    """What is known of a fact in an enrolment, and since when; old where it is past how long such an answer holds."""
    value = shown_state(enrolment).facts.get(name)
    if value is None:
        return None
    at = _stated_at(enrolment, words.protocol, name)
    holds = fact.valid is None or Zone(enrolment.adoption.zone).add(at, fact.valid) > clock.now()
    return Known(value, at, words.day(at), old=not holds)


def _stated_at(enrolment: Enrolment, protocol: Protocol, name: str) -> int:
    """When the fact was last stated; when the enrolment began, where the log does not say."""
    fields = {
        kind: [field for field, question in declared.fields.items() if question.states == name]
        for kind, declared in protocol.events.items()
    } | {kind: [name] for kind in STATING}
    rows = Event.objects.filter(enrolment=enrolment, held=None, kind__in=[kind for kind in fields if fields[kind]])
    for row in rows.order_by("-occurred_at", "-sequence"):
        if any(row.data.get(field) is not None for field in fields[row.kind]):
            return row.occurred_at
    return enrolment.enrolled_at


def _others(enrolment: Enrolment, teller: Teller | None) -> list[Enrolment]:
    """The person's other enrolments that the teller may see."""
    if enrolment.person is None or teller is None:
        return []
    is_self = permissions.is_self(teller.user, enrolment.person)
    rows = Enrolment.objects.filter(person=enrolment.person, broken_reason="").exclude(pk=enrolment.pk)
    found = rows.select_related("person", "adoption__organisation", "adoption__protocol_version", "protocol_version")
    return [row for row in found if is_self or access.can_see_adoption(teller.user, row.adoption)]


def _fits(question: EventField, value: Any) -> bool:
    """Whether an answer to another form is one that this question takes."""
    if question.type == "choice":
        return value in question.options
    if question.type in ("integer", "number"):
        least, most = question.min, question.max
        return (least is None or value >= least) and (most is None or value <= most)
    return True
