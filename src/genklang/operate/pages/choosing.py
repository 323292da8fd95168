"""What a question that points at something may be answered with: open records, people, enrolments, told in words."""

from collections.abc import Iterable, Sequence

from genklang.operate.joining import members_of
from genklang.operate.models import Due, Enrolment, Event
from genklang.operate.pages.telling import Telling, keys_in
from genklang.operate.pages.words import Words
from genklang.protocol.types import EventField

MOST = 100
Choices = Sequence[tuple[str, str]]


def records(enrolment: Enrolment, kind: str, name: str, telling: Telling) -> Choices:
    """The earlier events that a reference may point at, the latest first, each in one line.

    Where an expectation waits for this kind of event by this field, only what still waits; else all that stand.
    """
    question = telling.words.protocol.events[kind].fields[name]
    rows = standing(enrolment, question.of or [])
    waiting = _waiting(enrolment, kind, name, telling.words)
    if waiting is not None:
        rows = [row for row in rows if row.key in waiting]
    if question.once:
        taken = {key for row in standing(enrolment, [kind]) for key in keys_in(row.data.get(name, ""))}
        rows = [row for row in rows if row.key not in taken]
    telling.ready(rows)
    return [(row.key, telling.line(row)) for row in rows]


def is_answerable(enrolment: Enrolment, kind: str, telling: Telling) -> bool:
    """Whether there is something to choose in each question that must point at something of the enrolment's own."""
    asked = {name: field for name, field in telling.words.protocol.events[kind].fields.items() if _must_point(field)}
    if not asked:
        return True
    of = [set(field.of or ()) for field in asked.values()]
    there = set(Event.objects.filter(enrolment=enrolment, kind__in=set().union(*of)).values_list("kind", flat=True))
    return all(kinds & there for kinds in of) and all(records(enrolment, kind, name, telling) for name in asked)


def standing(enrolment: Enrolment, kinds: Iterable[str]) -> list[Event]:
    """The latest events of these kinds that count: neither taken back nor held; the latest first."""
    rows = Event.objects.filter(enrolment=enrolment, kind__in=list(kinds), held=None)
    voided = Event.objects.filter(enrolment=enrolment, kind="voided").values_list("data", flat=True)
    gone = {str(data.get("event")) for data in voided}
    return [row for row in rows.order_by("-occurred_at", "-sequence")[:MOST] if row.key not in gone]


def people(enrolment: Enrolment, words: Words) -> Choices:
    """Those who belong to the enrolment, with what they are in it."""
    return [(row.key, f"{row.person.display_name} ({words.role(row.role).lower()})") for row in members_of(enrolment)]


def others(enrolment: Enrolment) -> Choices:
    """The other enrolments of the adoption that go on, by name and number: for those who work there."""
    found = [(row.key, f"{row.called} ({row.key})") for row in others_of(enrolment)]
    return sorted(found, key=lambda choice: choice[1])


def others_of(enrolment: Enrolment) -> list[Enrolment]:
    """The other enrolments of the adoption that go on."""
    rows = Enrolment.objects.filter(adoption=enrolment.adoption, ended_at=None).exclude(pk=enrolment.pk)
    return list(rows.select_related("person"))


def points_at(question: EventField) -> bool:
    """Whether a question is answered by choosing among what there is."""
    return question.type in ("reference", "member", "participant")


def _must_point(question: EventField) -> bool:
    return question.type == "reference" and question.required and question.whose == "own"


def anchor_of(due: str) -> str:
    """The key of the event that began a due: it stands between the expectation's name and the occurrence."""
    return due.partition("/")[2].rpartition("/")[0]


def _waiting(enrolment: Enrolment, kind: str, name: str, words: Words) -> set[str] | None:
    """The keys of what waits for this kind of event by this field; None where nothing ever does."""
    waits = [
        expectation
        for expectation, declared in words.protocol.expectations.items()
        if kind in declared.expect and name in (declared.matching or ()) and declared.after
    ]
    if not waits:
        return None
    rows = Due.objects.filter(enrolment=enrolment, expectation__in=waits)
    anchors = {anchor_of(due) for due in rows.values_list("due", flat=True)}
    carried = Event.objects.filter(enrolment=enrolment, key__in=anchors).values_list("data", flat=True)
    return anchors | {str(data[name]) for data in carried if data.get(name)}
