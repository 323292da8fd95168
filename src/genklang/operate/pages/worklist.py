"""My work: alarms first, then tasks whose time has passed, then what comes next, for every role of one member."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from hashlib import sha256
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.paginator import Page, Paginator
from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Value
from django.utils.translation import gettext as _

from genklang.bank.models import ProtocolVersion
from genklang.operate import clock
from genklang.operate.joining import persons_of
from genklang.operate.models import Adoption, Alarm, Assignment, Due, Enrolment, Task
from genklang.operate.pages.adoptions import called
from genklang.operate.pages.alike import Entry, entries
from genklang.operate.pages.health import Health, worker_health
from genklang.operate.pages.paging import MOST_COUNTED, Waiting, count_first, first_of
from genklang.operate.pages.protocols import planned_by_people, protocol_of
from genklang.operate.pages.telling import Telling
from genklang.operate.pages.to_decide import proposals_behind
from genklang.operate.pages.ways import about, place_of, tellings
from genklang.people.models import Person, User

MOST_ALARMS = 50
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
    """All of one member's work. `alarms` at most fifty, the oldest first; `page` holds the rest."""

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
    narrowed = _sieved(roles, sieve)
    alarms, count = _alarms(roles, narrowed)
    rest = Waiting(_rest(roles, sieve, narrowed, now), partial(_rest_lines, now=now))
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
    alarms, count = _alarms(roles, _sieved(roles, sieve))
    return Worklist(roles, worker_health(now), _clock_of(roles, now), alarms, count)


def _kin(line: Line) -> tuple[object, ...]:
    """What makes lines alike: the same thing, in one adoption, that has come equally far."""
    adoption = line.about.adoption_id if line.about else None
    return (adoption, line.kind, line.heading, line.what, line.role, line.escalated, bool(line.answered_by))


def _of_adoptions(roles: Mapping[Adoption, frozenset[str]]) -> list[Q]:
    """What has reached any of the roles, adoption by adoption: each can be read in the order of its index."""
    found = []
    for adoption, names in roles.items():
        reached = Q(role__in=names)
        for name in names:
            reached |= Q(told__contains=f"|{name}|")
        found.append(Q(adoption=adoption) & reached)
    return found


def _alarms(roles: Mapping[Adoption, frozenset[str]], narrowed: Q) -> tuple[list[Line], int]:
    """The first alarms, those that nobody has taken on before others, and how many there are."""
    every = [Alarm.objects.filter(query, narrowed, closed_at__isnull=True) for query in _of_adoptions(roles)]
    keys = _first_keys([rows.filter(acknowledged_at__isnull=True) for rows in every], "raised_at", MOST_ALARMS)
    if left := MOST_ALARMS - len(keys):
        keys += _first_keys([rows.filter(acknowledged_at__isnull=False) for rows in every], "acknowledged_at", left)
    found = Alarm.objects.select_related(
        "enrolment__person", "enrolment__adoption", "enrolment__protocol_version", "acknowledged_by"
    ).in_bulk(keys)
    chosen = [found[key] for key in keys if key in found]
    said = tellings((row.enrolment, row.due) for row in chosen)
    count = len(chosen) if left else count_first(every, MOST_COUNTED)
    return [_alarm_line(row, said[place_of(row.enrolment)]) for row in chosen], count


def _first_keys(queries: list[QuerySet[Any, Any]], at: str, most: int) -> list[int]:
    rows = [query.order_by().values(at=F(at), row=F("pk")) for query in queries]
    return [row["row"] for row in first_of(rows, most)]


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


def _rest(
    roles: Mapping[Adoption, frozenset[str]], sieve: Sieve, narrowed: Q, now: int
) -> list[list[QuerySet[Any, Any]]]:
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
    found: dict[int, list[ProtocolVersion]] = defaultdict(list)
    for adoption in roles:
        running = Enrolment.objects.filter(adoption=adoption, protocol_version=OuterRef("pk"), ended_at=None)
        others = ProtocolVersion.objects.filter(practice=adoption.protocol_version.practice_id)
        found[adoption.pk] += others.exclude(pk=adoption.protocol_version_id).filter(Exists(running)).order_by("pk")
    return found


def _columns(rows: QuerySet[Any, Any], group: int, at: str, end: str) -> QuerySet[Any, Any]:
    return rows.order_by().values(
        group=Value(group, IntegerField()),
        at=F(at),
        row=F("pk"),
        who=F("enrolment_id"),
        what=F("due"),
        end=F(end),
    )


def _sieved(roles: Mapping[Adoption, frozenset[str]], sieve: Sieve) -> Q:
    """What the list is narrowed to. Names are looked up first: they are few, and what hangs on them lies together."""
    chosen = [adoption for adoption in roles if sieve.adoption in ("", str(adoption.public_id))]
    narrowed = Q(adoption__in=chosen) if sieve.adoption else Q()
    return (
        narrowed & Q(enrolment__in=[key for one in chosen for key in called(one, sieve.name)])
        if sieve.name
        else narrowed
    )


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
