"""What a form must know before it asks: facts known, what may be chosen between, numbers given by themselves."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from genklang.operate import clock
from genklang.operate.forms.answers import Asking
from genklang.operate.joining import own_members
from genklang.operate.models import Due, Enrolment, Event
from genklang.operate.others import Way
from genklang.operate.pages import choosing, exchange
from genklang.operate.pages.known import Teller, answers_before
from genklang.operate.pages.protocols import numbers_of, words_of
from genklang.operate.pages.telling import Telling
from genklang.operate.pages.words import Words
from genklang.protocol.types import EventKind, Protocol


def asking_about(
    enrolment: Enrolment,
    kind: str,
    *,
    teller: Teller | None = None,
    chosen: Mapping[str, str] | None = None,
    may_be_earlier: bool = True,
) -> Asking:
    """Everything that the form of an event needs. `chosen` fills in what a link has chosen already."""
    words = words_of(enrolment)
    declared = words.protocol.events[kind]
    before = answers_before(enrolment, declared, teller)
    known = {name: each for name, each in before.items() if not each.old}
    choices = {**_by_number(enrolment, kind, words), **_choices(enrolment, kind, words, teller)}
    wanted = {name: each for name, each in (chosen or {}).items() if name in choices}
    choices |= {name: _only(choices[name], each) for name, each in wanted.items() if _of_others(declared, name)}
    return Asking(
        kind=declared,
        zone=enrolment.adoption.zone,
        now=clock.moment(words.now),
        known={name: each.value for name, each in known.items()},
        since={name: each.said for name, each in known.items()},
        again=frozenset(before.keys() - known.keys()),
        choices=choices,
        given={**_given(words.protocol, kind), **_self(enrolment, declared, teller)},
        chosen=_chosen(declared, choices, chosen or {}),
        stands_for=exchange.keys_of({name: each for name, each in choices.items() if _of_others(declared, name)}),
        may_be_earlier=may_be_earlier and not _says_when(declared),
    )


def _of_others(kind: EventKind, name: str) -> bool:
    return kind.fields[name].type == "reference" and kind.fields[name].whose == "others"


def _only(among: Sequence[tuple[str, str]], value: str) -> Sequence[tuple[str, str]]:
    """What was chosen on the page before stands alone; everything there is, where it is gone."""
    return [one for one in among if one[0] == value] or among


def _says_when(kind: EventKind) -> bool:
    """Whether a question of the event asks for a moment already, as a booking does."""
    return any(question.type == "instant" for question in kind.fields.values())


def _given(protocol: Protocol, kind: str) -> dict[str, str]:
    """A number that the event begins something under, and that nobody needs to think of."""
    fields = protocol.events[kind].fields
    numbers = numbers_of(protocol, kind)
    return {name: uuid.uuid4().hex[:12] for name in numbers if name in fields and not fields[name].required}


def _self(enrolment: Enrolment, kind: EventKind, teller: Teller | None) -> dict[str, str]:
    """On one's own page one speaks for oneself: the question of whom it is about is answered."""
    if teller is None or not teller.own_role:
        return {}
    mine = [member.key for member in own_members(teller.user, enrolment) if member.role == teller.own_role]
    return {name: mine[0] for name, question in kind.fields.items() if question.type == "member" and mine}


def _choices(
    enrolment: Enrolment, kind: str, words: Words, teller: Teller | None
) -> dict[str, Sequence[tuple[str, str]]]:
    """For each question that points at something of the enrolment, or at others: what there is, in words."""
    found: dict[str, Sequence[tuple[str, str]]] = {}
    own_role = teller.own_role if teller else ""
    telling = exchange.own_telling(enrolment, [own_role]) if own_role else Telling(enrolment.adoption, words)
    for name, question in words.protocol.events[kind].fields.items():
        if question.type == "reference" and question.whose == "own":
            found[name] = choosing.records(enrolment, kind, name, telling)
        elif question.type == "reference":
            found[name] = exchange.choices(enrolment, Way(kind, name, question), telling)
        elif question.type == "member":
            found[name] = choosing.people(enrolment, words)
        elif question.type == "participant":
            found[name] = [] if own_role else choosing.others(enrolment)
    return found


def _chosen(
    kind: EventKind, choices: Mapping[str, Sequence[tuple[str, str]]], asked: Mapping[str, str]
) -> dict[str, Any]:
    """What a link has chosen, and what must be chosen where there is but one thing to choose."""
    found: dict[str, Any] = {}
    for name, among in choices.items():
        question, values = kind.fields[name], [value for value, _words in among]
        wanted = asked.get(name, "")
        if wanted in values:
            found[name] = [wanted] if question.many else wanted
        elif question.required and len(values) == 1 and not question.many:
            found[name] = values[0]
    return found


def _by_number(enrolment: Enrolment, kind: str, words: Words) -> dict[str, Sequence[tuple[str, str]]]:
    """For an event that answers another by its number: the ones that wait for an answer, told in words."""
    found: dict[str, Sequence[tuple[str, str]]] = {}
    for name, expectation in words.protocol.expectations.items():
        fields = numbers_of(words.protocol, kind).intersection(expectation.matching or ())
        if fields and kind in expectation.expect:
            waiting = Due.objects.filter(enrolment=enrolment, expectation=name).order_by("target_at")
            found |= {field: _waiting(enrolment, [due.due for due in waiting], field, words) for field in fields}
    return found


def _waiting(enrolment: Enrolment, dues: list[str], field: str, words: Words) -> list[tuple[str, str]]:
    anchors = [choosing.anchor_of(due) for due in dues]
    events = list(Event.objects.filter(enrolment=enrolment, key__in=anchors).order_by("occurred_at"))
    telling = Telling(enrolment.adoption, words).ready(events)
    return [(str(row.data[field]), telling.line(row, but=field)) for row in events if row.data.get(field)]
