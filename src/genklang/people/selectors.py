"""Reading for pages: what the templates of people show, shaped and bounded."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from genklang.people.models import AccessLog, Action, Membership, Organisation, Person, User

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
    for row in AccessLog.objects.filter(person=person).select_related("actor")[:MOST_ROWS]:
        key = (localtime(row.at).date(), row.actor_id, row.action, row.purpose)
        known = found.get(key)
        found[key] = replace(known, times=known.times + 1) if known else _look(row, person)
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
    return list(user.memberships.select_related("organisation").order_by("organisation__name", "role"))


def _look(row: AccessLog, person: Person) -> Look:
    return Look(
        who=str(row.actor) if row.actor else _("The system"),
        action=str(Action(row.action).label),
        purpose=row.purpose,
        at=row.at,
        by_self=row.actor_id is not None and row.actor_id == person.user_id,
    )
