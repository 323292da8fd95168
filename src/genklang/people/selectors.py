"""Reading for pages: what the templates of people show, shaped and bounded."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from genklang.people.models import AccessLog, Action, Membership, Organisation, Person, User


@dataclass(frozen=True)
class Look:
    """One time somebody looked: who (as the person may know it), what, why, when, and whether it was oneself."""

    who: str
    action: str
    purpose: str
    at: datetime
    by_self: bool


def who_looked(person: Person, *, limit: int = 20) -> list[Look]:
    """The latest looks at the person, newest first, at most `limit`."""
    rows = AccessLog.objects.filter(person=person).select_related("actor")[:limit]
    return [_look(row, person) for row in rows]


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
    return list(user.memberships.select_related("organisation").order_by("organisation__name", "role"))


def _look(row: AccessLog, person: Person) -> Look:
    return Look(
        who=str(row.actor) if row.actor else _("The system"),
        action=str(Action(row.action).label),
        purpose=row.purpose,
        at=row.at,
        by_self=row.actor_id is not None and row.actor_id == person.user_id,
    )
