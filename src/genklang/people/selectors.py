"""Reading for pages: what the templates of people show, shaped and bounded."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from genklang.people.models import AccessLog, Action, Membership, Organisation, Person, User
from genklang.statements import prepared

MOST_ROWS = 500


@dataclass(frozen=True)
class Look:
    """Somebody looked: who (as the person may know it), what, why, when last, whether it was oneself.

    `times` counts the same thing done for the same reason on one day.
    """

    who: str
    action: str
    purpose: str
    at: datetime
    by_self: bool
    times: int = 1


def who_looked(person: Person, *, limit: int = 20) -> list[Look]:
    """The latest looks at the person, newest first: one line for what somebody did for one reason on one day.

    At most `limit` lines, of the latest `MOST_ROWS` rows.
    """
    found: dict[tuple[object, ...], Look] = {}
    rows = _looks(person.pk)
    unnamed = _taking_part(person, {row.actor_id for row in rows if row.actor_id})
    for row in rows:
        key = (localtime(row.at).date(), row.actor_id, row.action, row.purpose)
        known = found.get(key)
        found[key] = replace(known, times=known.times + 1) if known else _look(row, person, unnamed)
    return list(found.values())[:limit]


def access_log(
    organisation: Organisation, *, person_name: str = "", actor_name: str = "", action: str = ""
) -> QuerySet[AccessLog]:
    """The organisation's log, newest first, narrowed by parts of names and by action."""
    rows = AccessLog.objects.filter(organisation=organisation).select_related("actor", "person")
    if person_name:
        rows = rows.filter(person__display_name__icontains=person_name)
    if actor_name:
        rows = rows.filter(actor__name__icontains=actor_name)
    if action in Action.values:
        rows = rows.filter(action=action)
    return rows


def memberships_of(user: User) -> list[Membership]:
    """The user's roles with their organisations, by organisation name."""
    return _memberships(user.pk)


def is_a_person(user: User) -> bool:
    """Whether some organisation knows the user as one of those it is there for."""
    return bool(_persons(user.pk))


@prepared
def _looks(person: int) -> QuerySet[AccessLog]:
    return AccessLog.objects.filter(person=person).select_related("actor")[:MOST_ROWS]


@prepared
def _memberships(user: int) -> QuerySet[Membership]:
    rows = Membership.objects.filter(user=user).select_related("organisation")
    return rows.order_by("organisation__name", "role")


@prepared
def _persons(user: int) -> QuerySet[Person, int]:
    return Person.objects.filter(user=user).order_by().values_list("pk", flat=True)[:1]


def _taking_part(person: Person, actors: set[int]) -> frozenset[int]:
    """Those of the users who are known here only as others who take part: their names are not the person's to see."""
    known = sorted(actors)
    people = set(_known_as_persons(person.organisation_id, known, person.pk))
    return frozenset(people.difference(_working(person.organisation_id, known)))


@prepared
def _known_as_persons(organisation: int, users: list[int], but: int) -> QuerySet[Person, Any]:
    rows = Person.objects.filter(organisation=organisation, user__in=users).exclude(pk=but)
    return rows.order_by().values_list("user_id", flat=True)


@prepared
def _working(organisation: int, users: list[int]) -> QuerySet[Membership, int]:
    rows = Membership.objects.filter(organisation=organisation, user__in=users)
    return rows.order_by().values_list("user_id", flat=True)


def _look(row: AccessLog, person: Person, unnamed: frozenset[int]) -> Look:
    who = _("Somebody else who takes part") if row.actor_id in unnamed else str(row.actor) if row.actor else ""
    return Look(
        who=who or _("The system"),
        action=str(Action(row.action).label),
        purpose=row.purpose,
        at=row.at,
        by_self=row.actor_id is not None and row.actor_id == person.user_id,
    )
