"""My work: alarms first, then tasks whose time has passed, then what comes next, for every role of one member."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Page, Paginator
from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Value

from genklang.bank.models import ProtocolVersion
from genklang.operate import clock
from genklang.operate.joining import belonging_to
from genklang.operate.managers import TEXTS
from genklang.operate.models import Adoption, Alarm, Assignment, Due, Enrolment, Task
from genklang.operate.pages.adoptions import called
from genklang.operate.pages.alike import Entry, entries
from genklang.operate.pages.health import Health, worker_health
from genklang.operate.pages.listed import Somebody
from genklang.operate.pages.paging import MOST_COUNTED, Waiting, count_first, first_of
from genklang.operate.pages.protocols import planned_by_people, protocol_of
from genklang.operate.pages.todo import DUE, TASK, Line, Lines, raised
from genklang.people.models import Person, User
from genklang.statements import prepared

ROWS_PER_PAGE = MOST_ALARMS = 30
LOOK_AHEAD = 14 * 24 * 60 * clock.MINUTE
Roles = Mapping[Adoption, frozenset[str]]


@dataclass(frozen=True)
class Sieve:
    """What the list is narrowed to: part of a name, an adoption, and `show` (all, tasks or planned)."""

    name: str = ""
    adoption: str = ""
    show: str = "all"


@dataclass(frozen=True)
class Worklist:
    """All of one member's work. `alarms` at most thirty, the oldest first; `page` holds the rest."""

    roles: Roles
    health: Health
    checked: str
    alarms: list[Line] = field(default_factory=list)
    alarms_in_all: int = 0
    page: Page[Line] | None = None

    @cached_property
    def adoptions(self) -> list[Adoption]:
        """Where this member works."""
        return sorted(self.roles, key=lambda adoption: adoption.name)

    @cached_property
    def alarm_entries(self) -> list[Entry[Line]]:
        """The alarms; many that are alike stand together."""
        return entries(self.alarms, key=_kin)

    @cached_property
    def parts(self) -> list[tuple[str, list[Entry[Line]]]]:
        """What the page holds beside alarms, under its headings; many that are alike stand together."""
        lines = list(self.page.object_list) if self.page else []
        found = groupby(lines, key=lambda line: line.heading)
        return [(heading, entries(list(some), key=_kin)) for heading, some in found]

    @property
    def mark(self) -> str:
        """Changes when the alarms do, so that a page that shows them already is left alone."""
        seen = [(line.id, line.since, line.answered_by, line.role) for line in self.alarms]
        return sha256(repr((seen, self.alarms_in_all, self.health.late)).encode()).hexdigest()[:16]

    @property
    def persons(self) -> list[Person | Somebody]:
        """Everybody whose name stands in the list."""
        lines = [*self.alarms, *(self.page.object_list if self.page else ())]
        whose = {line.about.pk: line.about for line in lines}
        return [*(one.person for one in whose.values() if one.person), *belonging_to(whose)]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all to do."""
        return not self.alarms and not (self.page and self.page.object_list)


def roles_of(user: User) -> dict[Adoption, frozenset[str]]:
    """The adoptions that the user works in, each with the protocol roles held there."""
    held: dict[Adoption, set[str]] = defaultdict(set)
    for row in _assignments(user.pk) if user.is_active else ():
        held[row.adoption].add(row.role)
    return {adoption: frozenset(roles) for adoption, roles in held.items()}


def worklist(roles: Roles, sieve: Sieve, *, page: str | None) -> Worklist:
    """The whole list of whoever holds these roles."""
    now = clock.now()
    narrowed = _sieved(roles, sieve)
    lines = Lines(roles, now)
    alarms, count = _alarms(roles, narrowed, lines)
    rest = Waiting(_rest(roles, sieve, narrowed, now), lines.of_rest)
    return Worklist(
        roles=roles,
        health=worker_health(now),
        checked=_clock_of(roles, now),
        alarms=alarms,
        alarms_in_all=count,
        page=Paginator(rest, ROWS_PER_PAGE).get_page(page),
    )


def alarms_only(roles: Roles, sieve: Sieve) -> Worklist:
    """The part that is renewed every other second."""
    now = clock.now()
    alarms, count = _alarms(roles, _sieved(roles, sieve), Lines(roles, now))
    return Worklist(roles, worker_health(now), _clock_of(roles, now), alarms, count)


def _kin(line: Line) -> tuple[object, ...]:
    """What makes lines alike: the same thing, in one adoption, that has come equally far."""
    return (
        line.about.adoption_id,
        line.kind,
        line.heading,
        line.what,
        line.role,
        line.escalated,
        bool(line.answered_by),
    )


def _of_adoptions(roles: Roles) -> list[Q]:
    """What has reached any of the roles, adoption by adoption: each can be read in the order of its index."""
    found = []
    for adoption, names in roles.items():
        reached = Q(role__in=names)
        for name in names:
            reached |= Q(told__contains=f"|{name}|")
        found.append(Q(adoption=adoption) & reached)
    return found


def _alarms(roles: Roles, narrowed: Q, lines: Lines) -> tuple[list[Line], int]:
    """The first alarms, those that nobody has taken on before others, and how many there are."""
    every = [Alarm.objects.filter(query, narrowed, closed_at__isnull=True) for query in _of_adoptions(roles)]
    keys = _first_keys([rows.filter(acknowledged_at__isnull=True) for rows in every], "raised_at", MOST_ALARMS)
    if left := MOST_ALARMS - len(keys):
        keys += _first_keys([rows.filter(acknowledged_at__isnull=False) for rows in every], "acknowledged_at", left)
    found = raised(keys)
    chosen = [found[key] for key in keys if key in found]
    return lines.of_alarms(chosen), len(chosen) if left else count_first(every, MOST_COUNTED)


@prepared
def _assignments(user: int) -> QuerySet[Assignment]:
    mine = Assignment.objects.filter(user=user, adoption__in=Adoption.objects.worked_in_by(user))
    texts = [f"adoption__protocol_version__{text}" for text in TEXTS]
    return mine.select_related("adoption__protocol_version", "adoption__organisation").defer(*texts)


def _first_keys(queries: list[QuerySet[Any, Any]], at: str, most: int) -> list[int]:
    rows = [query.order_by().values(at=F(at), row=F("pk")) for query in queries]
    return [row["row"] for row in first_of(rows, most)]


def _rest(roles: Roles, sieve: Sieve, narrowed: Q, now: int) -> list[list[QuerySet[Any, Any]]]:
    """Tasks, and what is planned: a query for each role or expectation of an adoption."""
    tasks, dues, others = list[Q](), list[Q](), _other_versions(roles)
    for adoption, names in roles.items():
        tasks += [Q(adoption=adoption, role=name) for name in sorted(names)]
        for version in (adoption.protocol_version, *others[adoption.pk]):
            theirs = {"enrolment__protocol_version": version} if others[adoption.pk] else {}
            planned = planned_by_people(protocol_of(version), names)
            dues += [Q(adoption=adoption, expectation=name, **theirs) for name in planned]
    open_tasks = Task.objects.filter(narrowed, closed_at__isnull=True)
    to_come = Due.objects.filter(narrowed, raised=False, target_at__lte=now + LOOK_AHEAD)
    groups = {
        "tasks": [_columns(open_tasks.filter(each), TASK, "opened_at", "opened_at") for each in tasks],
        "planned": [_columns(to_come.filter(each), DUE, "target_at", "deadline_at") for each in dues],
    }
    return [queries for name, queries in groups.items() if sieve.show in ("all", name)]


def _other_versions(roles: Iterable[Adoption]) -> dict[int, list[ProtocolVersion]]:
    """The versions that people take part on beside the adoption's own, by adoption: what is planned follows theirs."""
    return {
        adoption.pk: _versions_beside(adoption.pk, adoption.protocol_version.practice_id, adoption.protocol_version_id)
        for adoption in roles
    }


@prepared
def _versions_beside(adoption: int, practice: int, version: int) -> QuerySet[ProtocolVersion]:
    running = Enrolment.objects.filter(adoption=adoption, protocol_version=OuterRef("pk"), ended_at=None)
    others = ProtocolVersion.objects.filter(practice=practice).exclude(pk=version)
    return others.filter(Exists(running)).order_by("pk").defer(*TEXTS)


def _columns(rows: QuerySet[Any, Any], group: int, at: str, end: str) -> QuerySet[Any, Any]:
    return rows.order_by().values(
        group=Value(group, IntegerField()),
        at=F(at),
        row=F("pk"),
        who=F("enrolment_id"),
        what=F("due"),
        end=F(end),
    )


def _sieved(roles: Roles, sieve: Sieve) -> Q:
    """What the list is narrowed to. Names are looked up first: they are few, and what hangs on them lies together."""
    chosen = [adoption for adoption in roles if sieve.adoption in ("", str(adoption.public_id))]
    narrowed = Q(adoption__in=chosen) if sieve.adoption else Q()
    return (
        narrowed & Q(enrolment__in=[key for one in chosen for key in called(one, sieve.name)])
        if sieve.name
        else narrowed
    )


def _clock_of(roles: Roles, now: int) -> str:
    zone = next(iter(roles)).zone if roles else "UTC"
    return clock.moment(now).astimezone(ZoneInfo(zone)).strftime("%H:%M:%S")
