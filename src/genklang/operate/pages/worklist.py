"""My work: alarms first, then tasks whose time has passed, then what comes next, for every role of one member."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from hashlib import sha256
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.paginator import Page, Paginator
from django.db.models import BigIntegerField, F, IntegerField, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from genklang.bank.models import ProtocolVersion
from genklang.operate import clock
from genklang.operate.joining import persons_of
from genklang.operate.models import Adoption, Alarm, Assignment, Due, Enrolment, Task
from genklang.operate.pages.health import Health, worker_health
from genklang.operate.pages.paging import Lazy
from genklang.operate.pages.protocols import planned_by_people, protocol_of
from genklang.operate.pages.telling import Telling
from genklang.operate.pages.to_decide import proposals_behind
from genklang.operate.pages.ways import about, place_of, tellings
from genklang.people.models import Person, User

MOST_ALARMS = 100
ROWS_PER_PAGE = 30
LOOK_AHEAD = 14 * 24 * 60 * clock.MINUTE
TASK, DUE = 0, 1


@dataclass(frozen=True)
class Sieve:
    """What the list is narrowed to: part of a name, an adoption, and `show` (all, tasks or planned)."""

    name: str = ""
    adoption: str = ""
    show: str = "all"


@dataclass(frozen=True)
class Line:
    """One thing to do, in plain words. `kind` is alarm, task, due or late; `decide` is where `proposal` is decided."""

    kind: str
    enrolment: UUID
    person: str
    what: str
    when: str
    help: str
    adoption: str
    role: str = ""
    since: str = ""
    answered_by: str = ""
    id: UUID | None = None
    escalated: bool = False
    simulated: bool = False
    heading: str = ""
    about: Enrolment | None = None
    regards: str = ""
    proposal: str = ""
    decide: str = ""


@dataclass(frozen=True)
class Worklist:
    """All of one member's work. `alarms` at most a hundred, the oldest first; `page` holds the rest."""

    roles: Mapping[Adoption, frozenset[str]]
    health: Health
    checked: str
    alarms: list[Line] = field(default_factory=list)
    alarms_in_all: int = 0
    page: Page[Line] | None = None

    @cached_property
    def adoptions(self) -> list[Adoption]:
        """Where this member works."""
        return sorted(self.roles, key=lambda adoption: adoption.name)

    @property
    def mark(self) -> str:
        """Changes when the alarms do, so that a page that shows them already is left alone."""
        seen = [(str(line.id), line.since, line.answered_by, line.role) for line in self.alarms]
        return sha256(repr((seen, self.alarms_in_all, self.health.late)).encode()).hexdigest()[:16]

    @property
    def persons(self) -> list[Person]:
        """Everybody whose name stands in the list."""
        lines = [*self.alarms, *(self.page.object_list if self.page else ())]
        return persons_of({line.about.pk: line.about for line in lines if line.about}.values())

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all to do."""
        return not self.alarms and not (self.page and self.page.object_list)


def roles_of(user: User) -> dict[Adoption, frozenset[str]]:
    """The adoptions that the user works in, each with the protocol roles held there."""
    held: dict[Adoption, set[str]] = defaultdict(set)
    mine = Assignment.objects.filter(user=user, adoption__in=Adoption.objects.for_user(user))
    for row in mine.select_related("adoption__protocol_version", "adoption__organisation"):
        held[row.adoption].add(row.role)
    return {adoption: frozenset(roles) for adoption, roles in held.items()}


def worklist(user: User, sieve: Sieve, *, page: str | None) -> Worklist:
    """The whole list."""
    roles, now = roles_of(user), clock.now()
    alarms, count = _alarms(roles, sieve, now)
    rest = Lazy(_rest(roles, sieve, now), partial(_rest_lines, now=now))
    return Worklist(
        roles=roles,
        health=worker_health(now),
        checked=_clock_of(roles, now),
        alarms=alarms,
        alarms_in_all=count,
        page=Paginator(rest, ROWS_PER_PAGE).get_page(page),
    )


def alarms_only(user: User, sieve: Sieve) -> Worklist:
    """The part that is renewed every other second."""
    roles, now = roles_of(user), clock.now()
    alarms, count = _alarms(roles, sieve, now)
    return Worklist(roles, worker_health(now), _clock_of(roles, now), alarms, count)


def open_alarms(roles: Mapping[Adoption, frozenset[str]]) -> QuerySet[Alarm]:
    """The alarms that have reached any of these roles and are not closed."""
    mine = Q(pk__in=[])
    for adoption, names in roles.items():
        for name in names:
            mine |= Q(adoption=adoption) & (Q(role=name) | Q(told__contains=f"|{name}|"))
    return Alarm.objects.filter(mine, closed_at__isnull=True)


def _alarms(roles: Mapping[Adoption, frozenset[str]], sieve: Sieve, now: int) -> tuple[list[Line], int]:
    rows = _sieved(open_alarms(roles), sieve)
    unanswered_first = rows.order_by(F("acknowledged_at").asc(nulls_first=True), "raised_at", "pk")
    chosen = unanswered_first.select_related(
        "enrolment__person", "enrolment__adoption", "enrolment__protocol_version", "acknowledged_by"
    )[:MOST_ALARMS]
    said = tellings((row.enrolment, row.due) for row in chosen)
    return [_alarm_line(row, said[place_of(row.enrolment)]) for row in chosen], rows.count()


def _alarm_line(alarm: Alarm, telling: Telling) -> Line:
    words = telling.words
    by = str(alarm.acknowledged_by) if alarm.acknowledged_by else ""
    at = words.when(alarm.acknowledged_at) if alarm.acknowledged_at else ""
    return Line(
        kind="alarm",
        id=alarm.public_id,
        **_about(alarm.enrolment, alarm.due, telling, missed=True),
        when=words.when(alarm.raised_at),
        since=words.since(alarm.raised_at),
        role=words.role(alarm.role),
        answered_by=", ".join(filter(None, [by, at])),
        escalated=alarm.level > 0,
    )


def _rest(roles: Mapping[Adoption, frozenset[str]], sieve: Sieve, now: int) -> QuerySet[Any, Any]:
    tasks, dues, others = Q(pk__in=[]), Q(pk__in=[]), _other_versions(roles)
    for adoption, names in roles.items():
        tasks |= Q(adoption=adoption, role__in=names)
        for version in (adoption.protocol_version, *others[adoption.pk]):
            planned = planned_by_people(protocol_of(version), names)
            theirs = {"enrolment__protocol_version": version} if others[adoption.pk] else {}
            dues |= Q(adoption=adoption, expectation__in=planned, **theirs)
    if sieve.show == "tasks":
        dues = Q(pk__in=[])
    if sieve.show == "planned":
        tasks = Q(pk__in=[])
    open_tasks = _sieved(Task.objects.filter(tasks, closed_at__isnull=True), sieve)
    to_come = _sieved(Due.objects.filter(dues, raised=False, target_at__lte=now + LOOK_AHEAD), sieve)
    both = _columns(open_tasks, TASK, "opened_at", "opened_at").union(
        _columns(to_come, DUE, "target_at", "deadline_at"), all=True
    )
    return both.order_by("group", "at", "row")


def _other_versions(roles: Iterable[Adoption]) -> dict[int, list[ProtocolVersion]]:
    """The versions that people take part on beside the adoption's own, by adoption: what is planned follows theirs."""
    running = Enrolment.objects.filter(adoption__in=list(roles), ended_at=None)
    others = running.exclude(protocol_version=F("adoption__protocol_version")).order_by()
    pairs = list(others.values_list("adoption_id", "protocol_version_id").distinct())
    versions = ProtocolVersion.objects.in_bulk({version for _adoption, version in pairs}) if pairs else {}
    found: dict[int, list[ProtocolVersion]] = defaultdict(list)
    for adoption, version in pairs:
        found[adoption].append(versions[version])
    return found


def _columns(rows: QuerySet[Any, Any], group: int, at: str, end: str) -> QuerySet[Any, Any]:
    return rows.order_by().values(
        group=Value(group, IntegerField()),
        at=Cast(at, BigIntegerField()),
        row=F("pk"),
        who=F("enrolment_id"),
        what=F("due"),
        end=Cast(end, BigIntegerField()),
    )


def _sieved(rows: QuerySet[Any, Any], sieve: Sieve) -> QuerySet[Any, Any]:
    if sieve.name:
        rows = rows.filter(
            Q(enrolment__person__display_name__icontains=sieve.name)
            | Q(enrolment__title__icontains=sieve.name)
            | Q(enrolment__key__iexact=sieve.name)
        )
    return rows.filter(adoption__public_id=sieve.adoption) if sieve.adoption else rows


def _rest_lines(rows: list[dict[str, Any]], now: int) -> list[Line]:
    whose = _enrolments(row["who"] for row in rows)
    proposed = proposals_behind(rows, whose)
    said = tellings((whose[row["who"]], row["what"]) for row in rows)
    lines = []
    for row in rows:
        enrolment = whose[row["who"]]
        proposal, decide = proposed.get((row["group"], row["row"]), ("", ""))
        line = _rest_line(row, enrolment, said[place_of(enrolment)], now)
        lines.append(replace(line, proposal=proposal, decide=decide))
    return lines


def _enrolments(keys: Iterable[object]) -> dict[object, Enrolment]:
    found = Enrolment.objects.filter(pk__in=set(keys))
    return {row.pk: row for row in found.select_related("person", "adoption", "protocol_version")}


def _rest_line(row: dict[str, Any], enrolment: Enrolment, telling: Telling, now: int) -> Line:
    words, at, end = telling.words, row["at"], row["end"]
    what = row["what"].partition("/")[0]
    line = _about(enrolment, row["what"], telling, missed=row["group"] == TASK)
    if row["group"] == TASK:
        return Line(kind="task", when=words.when(at), since=words.since(at), heading=_("Time has passed"), **line)
    late, today = at < now, words.local(at).date() <= words.local(now).date()
    heading = _("Do today") if today else _("Coming")
    return Line(
        kind="late" if late else "due",
        when=words.when_due(what, at),
        since=words.until_due(what, end),
        heading=heading,
        **line,
    )


def _about(enrolment: Enrolment, due: str, telling: Telling, *, missed: bool) -> dict[str, Any]:
    words, expectation = telling.words, due.partition("/")[0]
    return {
        "enrolment": enrolment.public_id,
        "person": enrolment.called,
        "what": words.not_happened(expectation) if missed else words.expectation(expectation),
        "help": words.help_for(expectation),
        "adoption": enrolment.adoption.name,
        "simulated": enrolment.adoption.simulated,
        "about": enrolment,
        "regards": about(due, telling),
    }


def _clock_of(roles: Mapping[Adoption, frozenset[str]], now: int) -> str:
    zone = next(iter(roles)).zone if roles else "UTC"
    return clock.moment(now).astimezone(ZoneInfo(zone)).strftime("%H:%M:%S")
