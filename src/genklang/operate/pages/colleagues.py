"""What the page about those who work in an organisation shows."""

from dataclasses import dataclass

from genklang.bank.selectors import protocol_of
from genklang.operate.colleagues import GIVEN
from genklang.operate.models import Adoption, Assignment, Status
from genklang.operate.pages.words import say
from genklang.people.models import Membership, Organisation, Role, User


@dataclass(frozen=True)
class Duty:
    """What somebody does in one adoption: its roles in words."""

    adoption: Adoption
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Colleague:
    """Somebody who works in the organisation, and with what."""

    user: User
    role: Role
    duties: tuple[Duty, ...]


def colleagues_of(organisation: Organisation) -> list[Colleague]:
    """Everybody with the role of lead or staff, by name; whoever has both is shown as lead."""
    rows = Membership.objects.filter(organisation=organisation, role__in=GIVEN).select_related("user")
    held: dict[User, set[str]] = {}
    for row in rows:
        held.setdefault(row.user, set()).add(row.role)
    duties = _duties(organisation)
    return [
        Colleague(user, Role.LEAD if Role.LEAD in roles else Role.STAFF, tuple(duties.get(user.pk, ())))
        for user, roles in sorted(held.items(), key=lambda each: str(each[0]).casefold())
    ]


def _duties(organisation: Organisation) -> dict[int, list[Duty]]:
    rows = Assignment.objects.filter(adoption__organisation=organisation).exclude(adoption__status=Status.ENDED)
    rows = rows.select_related("adoption__protocol_version").order_by("adoption__name", "role")
    found: dict[int, dict[Adoption, list[str]]] = {}
    for row in rows:
        named = protocol_of(row.adoption.protocol_version).roles.get(row.role)
        found.setdefault(row.user_id, {}).setdefault(row.adoption, []).append(say(named) if named else row.role)
    return {user: [Duty(adoption, tuple(roles)) for adoption, roles in each.items()] for user, each in found.items()}
