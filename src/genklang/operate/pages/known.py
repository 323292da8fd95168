"""Asking once: what is known already and still holds, by concept, in this enrolment and in the person's others.

A value from another practice is shown to the person whom it is about, and to whoever works in the adoption that it was
said in; nobody is shown more than they may see anyway.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from genklang.engine.time import Zone
from genklang.operate import access, clock
from genklang.operate.forms.answers import answer_in_words
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


def told(enrolment: Enrolment) -> list[tuple[str, str]]:
    """Each fact that is known, with its question; of one that can grow old, when it was said and whether it has."""
    words, known = words_of(enrolment), shown_state(enrolment).facts
    facts = {name: fact for name, fact in words.protocol.facts.items() if known.get(name) is not None}
    ages = [name for name, fact in facts.items() if fact.valid is not None]
    said = _stated(enrolment, words.protocol, ages) if ages else {}
    answers = {name: answer_in_words(fact, known[name]) for name, fact in facts.items()}
    for name in ages:
        age = _known(enrolment, words, facts[name], known[name], said[name])
        text = _("%(answer)s (said %(when)s; ask again)") if age.old else _("%(answer)s (said %(when)s)")
        answers[name] = text % {"answer": answers[name], "when": age.said}
    return [(say(fact), answers[name]) for name, fact in facts.items()]


def _answers(enrolment: Enrolment, question: EventField, fact: Fact, teller: Teller | None) -> Iterator[Known]:
    own = _said(enrolment, question.states or "", fact, teller)
    if own:
        yield own
    for other in _others(enrolment, teller):
        there = words_of(other)
        for name, declared in there.protocol.facts.items():
            if declared.concept == fact.concept and declared.type == question.type:
                known = _said(other, name, fact, teller)
                if known and _fits(question, known.value):
                    where = {"when": known.said, "practice": say(there.protocol.title)}
                    yield Known(known.value, known.at, _("%(when)s, in %(practice)s") % where, known.old)


def _said(enrolment: Enrolment, name: str, fact: Fact, teller: Teller | None) -> Known | None:
    """What is known of a fact in an enrolment and may be shown to the teller; None where it is nothing."""
    words, value = words_of(enrolment), shown_state(enrolment).facts.get(name)
    if value is None:
        return None
    event = _stated(enrolment, words.protocol, [name])[name]
    return _known(enrolment, words, fact, value, event) if _may_read(words.protocol, event, teller) else None


def _known(enrolment: Enrolment, words: Words, fact: Fact, value: Any, event: Event | None) -> Known:
    """An answer with its day; old where it is past how long such an answer holds."""
    at = event.occurred_at if event else enrolment.enrolled_at
    holds = fact.valid is None or Zone(enrolment.adoption.zone).add(at, fact.valid) > clock.now()
    return Known(value, at, words.day(at), old=not holds)


def _may_read(protocol: Protocol, event: Event | None, teller: Teller | None) -> bool:
    """Whether a teller may see what an event states: a member only what the own role sees, or what they said."""
    role = teller.own_role if teller else ""
    if teller is None or role not in protocol.member_roles:
        return True
    return event is not None and (event.kind in protocol.roles[role].sees or event.actor_id == teller.user.pk)


def _stated(enrolment: Enrolment, protocol: Protocol, facts: Iterable[str]) -> dict[str, Event | None]:
    """The latest event that stated each fact; None where the log does not say."""
    found: dict[str, Event | None] = dict.fromkeys(facts)
    rows = Event.objects.filter(enrolment=enrolment, held=None, kind__in=_stating(protocol))
    voided = _voided(enrolment)
    for row in rows.order_by("-occurred_at", "-sequence"):
        if all(found.values()):
            break
        for fact in _states(protocol, row) if row.key not in voided else ():
            if fact in found and found[fact] is None:
                found[fact] = row
    return found


def _stating(protocol: Protocol) -> list[str]:
    fields = {kind: declared.fields.values() for kind, declared in protocol.events.items()}
    return [*STATING, *(kind for kind, asked in fields.items() if any(question.states for question in asked))]


def _states(protocol: Protocol, row: Event) -> list[str]:
    """The facts that an event states."""
    if row.kind in STATING:
        return [name for name, value in row.data.items() if value is not None]
    fields = protocol.events[row.kind].fields.items()
    return [question.states for name, question in fields if question.states and row.data.get(name) is not None]


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


def _voided(enrolment: Enrolment) -> set[str]:
    """The keys of the events that somebody has taken back."""
    rows = Event.objects.filter(enrolment=enrolment, kind="voided").values_list("data", flat=True)
    return {str(data.get("event")) for data in rows}
