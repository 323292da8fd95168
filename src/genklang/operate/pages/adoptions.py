"""What the lead sees of adoptions: each with its people and alarms, the log, the keys, who works there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from genklang.operate import clock
from genklang.operate.machines import with_shared
from genklang.operate.models import Adoption, Alarm, Assignment, Enrolment, Event, Status, Task
from genklang.operate.pages import case as cases
from genklang.operate.pages.addresses import addresses
from genklang.operate.pages.case import Happening
from genklang.operate.pages.health import Health, worker_health
from genklang.operate.pages.mending import set_aside_in
from genklang.operate.pages.paging import Lazy, counted
from genklang.operate.pages.protocols import protocol_of, words_of
from genklang.operate.pages.telling import Telling
from genklang.operate.pages.words import Words, say
from genklang.people import permissions
from genklang.people.models import Membership, Organisation, Person, Role, User
from genklang.statements import prepared

PEOPLE_PER_PAGE, EVENTS_PER_PAGE = 50, 50
MOST_LOGGED = 20_000
MOST_FOUND = 500


@dataclass(frozen=True)
class AdoptionCard:
    """One adoption in the list."""

    adoption: Adoption
    practice: str
    version: str
    status: str
    taking_part: int
    ended: int
    alarms: int
    tasks: int
    leads: bool


@dataclass(frozen=True)
class StageCount:
    """How many are in a stage now."""

    name: str
    n: int


@dataclass(frozen=True)
class Running:
    """How an adoption is doing at this moment."""

    adoption: Adoption
    words: Words
    stages: list[StageCount]
    alarms: int
    tasks: int
    waiting: int
    broken: int
    health: Health

    @property
    def practice(self) -> str:
        """The practice's title."""
        return say(self.words.protocol.title)


@dataclass(frozen=True)
class LogLine:
    """A line of the event log, with whom it is about."""

    happening: Happening
    enrolment: Enrolment
    case: str
    held: str
    received: str


def adoption_cards(user: User) -> list[AdoptionCard]:
    """The adoptions that the user leads or works in; running ones first."""
    rows = Adoption.objects.for_user(user).select_related("protocol_version__practice", "organisation")
    cards = [_card(row, user) for row in rows]
    order = [Status.RUNNING, Status.PAUSED, Status.PLANNED, Status.ENDED]
    return sorted(cards, key=lambda card: order.index(Status(card.adoption.status)))


def running(adoption: Adoption) -> Running:
    """How it is doing. Of very many people, how many are in each stage may be a minute old."""
    words, counts = words_of(adoption), _stage_counts(adoption)
    return Running(
        adoption=adoption,
        words=words,
        stages=[StageCount(say(stage), counts.get(name, 0)) for name, stage in words.protocol.stages.items()],
        alarms=_open(_alarms, adoption),
        tasks=_open(_tasks, adoption),
        waiting=_held.count(adoption.pk),
        broken=set_aside_in(adoption),
        health=worker_health(clock.now()),
    )


def in_stage(adoption: Adoption, stages: Iterable[str]) -> int:
    """How many are in any of the stages now; of very many as it was a moment ago."""
    counts = _stage_counts(adoption)
    return sum(counts.get(name, 0) for name in stages)


def _stage_counts(adoption: Adoption) -> dict[str, int]:
    return counted(
        (adoption.pk, "stages"), lambda: dict(_in_stages(adoption.pk)), size=lambda counts: sum(counts.values())
    )


def _open(rows: "prepared[[int], int]", adoption: Adoption) -> int:
    return counted((adoption.pk, rows), lambda: rows.count(adoption.pk), size=int)


@prepared
def _in_stages(adoption: int) -> QuerySet[Enrolment, tuple[str, int]]:
    return Enrolment.objects.filter(adoption=adoption).order_by().values_list("stage").annotate(n=Count("pk"))


@prepared
def _alarms(adoption: int) -> QuerySet[Alarm, int]:
    return Alarm.objects.filter(adoption=adoption, closed_at__isnull=True).values_list("pk", flat=True)


@prepared
def _tasks(adoption: int) -> QuerySet[Task, int]:
    return Task.objects.filter(adoption=adoption, closed_at__isnull=True).values_list("pk", flat=True)


@prepared
def _held(adoption: int) -> QuerySet[Event, int]:
    return Event.objects.filter(adoption=adoption, held__isnull=False).order_by().values_list("pk", flat=True)


def people(adoption: Adoption, *, name: str, stage: str, page: str | None) -> Page[Enrolment]:
    """Those who take part, by name: matters by their title."""
    rows = Enrolment.objects.filter(adoption=adoption).listed()
    if protocol_of(adoption.protocol_version).matter is None:  # the organisation's people are kept in this order
        rows = rows.filter(person__organisation=adoption.organisation_id).order_by("person__display_name", "key")
    else:
        rows = rows.order_by("title", "key")
    if name:
        rows = rows.filter(pk__in=called(adoption, name))
    if stage:
        rows = rows.filter(stage=stage)
    everybody = (adoption.pk, "people", stage) if not name else None
    return Paginator(Lazy(rows, list, counted_as=everybody), PEOPLE_PER_PAGE).get_page(page)


def called(adoption: Adoption, name: str) -> list[int]:
    """The enrolments that a part of a name, or a number, may mean: of more than `MOST_FOUND` the first."""
    if exact := _of_number(adoption, name):
        return exact
    persons = Person.objects.filter(organisation=adoption.organisation_id, display_name__icontains=name)
    found = list(persons.order_by().values_list("pk", flat=True)[:MOST_FOUND])
    rows = Enrolment.objects.filter(adoption=adoption).order_by()
    titled = rows.filter(person=None, title__icontains=name)
    return [
        *rows.filter(person__in=found).values_list("pk", flat=True),
        *titled.values_list("pk", flat=True)[:MOST_FOUND],
    ]


def log(adoption: Adoption, *, kind: str, number: str, held: bool, page: str | None) -> Page[Event]:
    """The event log, latest received first; of more than `MOST_LOGGED` only the latest."""
    rows = Event.objects.filter(adoption=adoption).select_related("actor", "token", "enrolment__person")
    rows = rows.defer("enrolment__state")
    if kind:
        rows = rows.filter(kind=kind)
    if number:
        rows = rows.filter(enrolment__in=_of_number(adoption, number))
    if held:
        rows = rows.filter(held__isnull=False)
    everything = (adoption.pk, "log") if not (kind or number or held) else None
    lines = Lazy(rows.order_by("-received_at", "-pk"), list, most=MOST_LOGGED, counted_as=everything)
    return Paginator(lines, EVENTS_PER_PAGE).get_page(page)


def _of_number(adoption: Adoption, number: str) -> list[int]:
    """The enrolment of that number; where none is written so, those that differ in capital letters alone."""
    if exact := _numbered(adoption.pk, number):
        return exact
    rows = Enrolment.objects.filter(adoption=adoption, key__iexact=number)
    return list(rows.order_by().values_list("pk", flat=True))


@prepared
def _numbered(adoption: int, number: str) -> QuerySet[Enrolment, int]:
    return Enrolment.objects.filter(adoption=adoption, key=number).order_by().values_list("pk", flat=True)


def log_lines(adoption: Adoption, events: Page[Event], words: Words) -> list[LogLine]:
    """The events of one page of the log, in words."""
    telling, case = Telling(adoption, words).ready(events), addresses("case")
    with_shared([event.enrolment for event in events], [adoption])
    return [
        LogLine(
            cases.happening(event, telling, met=None, voided=frozenset(), user_id=None),
            event.enrolment,
            case(event.enrolment.public_id),
            event.held or "",
            capfirst(words.when(event.received_at)),
        )
        for event in events
    ]


def kinds_in_words(words: Words) -> dict[str, str]:
    """Every kind of event that the log may hold, by name."""
    built_in = ("enrolled", "stated", "allocated", "acknowledged", "resolved", "waived", "voided")
    return {name: words.event(name) for name in (*words.protocol.events, *built_in)}


def members_of(organisation: Organisation) -> QuerySet[User]:
    """Those who can be given a role: lead and staff."""
    chosen = Membership.objects.filter(organisation=organisation, role__in=[Role.LEAD, Role.STAFF])
    return User.objects.filter(pk__in=chosen.values("user"), is_active=True).order_by("name", "email")


def assigned(adoption: Adoption) -> dict[str, list[str]]:
    """The ids of those who hold each role, as form values."""
    found: dict[str, list[str]] = {}
    for role, user in Assignment.objects.filter(adoption=adoption).values_list("role", "user_id"):
        found.setdefault(role, []).append(str(user))
    return found


def who_does_what(adoption: Adoption) -> list[tuple[str, str]]:
    """Each staff role with the names of those who hold it."""
    names: dict[str, list[str]] = {}
    for row in _assignments(adoption.pk):
        names.setdefault(row.role, []).append(str(row.user))
    protocol = protocol_of(adoption.protocol_version)
    return [
        (say(protocol.roles[name]), ", ".join(sorted(names.get(name, []))) or _("nobody yet"))
        for name in protocol.staff_roles
    ]


@prepared
def _assignments(adoption: int) -> QuerySet[Assignment]:
    return Assignment.objects.filter(adoption=adoption).select_related("user")


def not_yet_in(adoption: Adoption) -> QuerySet[Person]:
    """People of the organisation who do not take part yet."""
    inside = Enrolment.objects.filter(adoption=adoption, person__isnull=False).values("person")
    return Person.objects.filter(organisation=adoption.organisation).exclude(pk__in=inside)


def people_in_words(rows: Page[Enrolment], words: Words) -> list[Mapping[str, object]]:
    """One page of those who take part: name, stage, since when, and where their page is."""
    case = addresses("case")
    return [
        {
            "enrolment": row,
            "case": case(row.public_id),
            "stage": words.stage(row.stage),
            "arm": words.arm(row.arm) if row.arm else "",
            "since": words.day(row.enrolled_at),
            "role": words.role(row.role) if len(words.protocol.participant_roles) > 1 else "",
        }
        for row in rows
    ]


def _card(adoption: Adoption, user: User) -> AdoptionCard:
    counts, stages = _stage_counts(adoption), protocol_of(adoption.protocol_version).stages
    final = [name for name, stage in stages.items() if stage.final]
    ended = sum(counts.get(name, 0) for name in final)
    return AdoptionCard(
        adoption=adoption,
        practice=adoption.protocol_version.practice.title,
        version=adoption.protocol_version.version,
        status=str(Status(adoption.status).label),
        taking_part=sum(counts.values()) - ended,
        ended=ended,
        alarms=_open(_alarms, adoption),
        tasks=_open(_tasks, adoption),
        leads=permissions.has_role(user, adoption.organisation, {Role.LEAD}),
    )


def columns_for_import(words: Words) -> list[tuple[str, str]]:
    """The columns that a file may have, each with what goes into it."""
    fields = {name: say(question) for kind in words.protocol.events.values() for name, question in kind.fields.items()}
    return [
        ("enrolment", _("The participant's number here")),
        ("event", _("What happened: %(names)s") % {"names": ", ".join(["enrolled", *words.protocol.events])}),
        ("occurred_at", _("When: 2026-03-29 08:04 in local time, or with an offset from UTC")),
        *fields.items(),
    ]
