"""Who may do what in an adoption: narrower than people's permissions, never wider. `can_…` answers, `check_…` raises.

The lead sees everything in the organisation's adoptions; staff see the adoptions they are assigned to; a participant
sees and reports for the own enrolment, a member what the role may see of it.
Only whoever is assigned to a protocol role, the lead included, acts in it.
"""

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from genklang.bank.selectors import protocol_of
from genklang.operate.models import Adoption, Assignment, Enrolment, EnrolmentMember
from genklang.operate.permits import holding
from genklang.people import permissions
from genklang.people.models import Role, User
from genklang.statements import prepared

Visitor = User | AnonymousUser


def roles_in(user: Visitor, adoption: Adoption) -> frozenset[str]:
    """The protocol roles that the user works in there; none for whoever is no longer in the organisation."""
    if not isinstance(user, User) or not permissions.can_see_organisation(user, adoption.organisation):
        return frozenset()
    return frozenset(_assigned(user.pk, adoption.pk))


def roles_with(user: Visitor, enrolment: Enrolment) -> frozenset[str]:
    """The roles that the user works in with that enrolment: none where it is about the user, who is then partial."""
    return frozenset() if _is_about(user, enrolment) else roles_in(user, enrolment.adoption)


def own_roles(user: Visitor, enrolment: Enrolment) -> frozenset[str]:
    """The roles in which the enrolment is the user's own: as its participant, as one of its members, or neither."""
    if not isinstance(user, User) or not user.is_active:
        return frozenset()
    own = set(_belongs(user.pk, enrolment.pk))
    if enrolment.person and permissions.is_self(user, enrolment.person):
        own.add(enrolment.role or protocol_of(enrolment.protocol_version).participant_role)
    return frozenset(own)


def can_see_adoption(user: Visitor, adoption: Adoption) -> bool:
    """The lead of the organisation, and staff assigned to the adoption."""
    return can_lead(user, adoption) or bool(roles_in(user, adoption))


def can_lead(user: Visitor, adoption: Adoption) -> bool:
    """The lead of the organisation: starts, pauses, imports, hands out tokens."""
    return permissions.has_role(user, adoption.organisation, {Role.LEAD})


def can_take_study(user: Visitor, adoption: Adoption) -> bool:
    """The lead, and a researcher whom the lead has given a permit that holds today."""
    if can_lead(user, adoption):
        return True
    return isinstance(user, User) and holding(user, on=timezone.localdate()).filter(adoption=adoption).exists()


def can_see_enrolment(user: Visitor, enrolment: Enrolment) -> bool:
    """The person self, its members, the lead, and staff assigned to the adoption."""
    return bool(own_roles(user, enrolment)) or can_see_adoption(user, enrolment.adoption)


def can_act(user: Visitor, enrolment: Enrolment, *, role: str, participant_role: str) -> bool:
    """Whether the user may report there in that protocol role: the person as participant, staff in assigned roles."""
    if role == participant_role:
        return role in own_roles(user, enrolment)
    return role in roles_with(user, enrolment)


def check_see_adoption(user: Visitor, adoption: Adoption) -> None:
    """Raises PermissionDenied unless `can_see_adoption`."""
    _require(can_see_adoption(user, adoption), _("This page is for those who work with the practice here."))


def check_lead(user: Visitor, adoption: Adoption) -> None:
    """Raises PermissionDenied unless `can_lead`."""
    _require(can_lead(user, adoption), _("This is for the organisation's lead."))


def check_see_enrolment(user: Visitor, enrolment: Enrolment) -> None:
    """Raises PermissionDenied unless `can_see_enrolment`."""
    _require(can_see_enrolment(user, enrolment), _("This page is for the person and those who help the person."))


def check_act(user: Visitor, enrolment: Enrolment, *, role: str, participant_role: str) -> None:
    """Raises PermissionDenied unless `can_act`."""
    allowed = can_act(user, enrolment, role=role, participant_role=participant_role)
    if not allowed and _is_about(user, enrolment):
        raise PermissionDenied(_("This is about yourself, so somebody else who works here has to do it."))
    _require(allowed, why_no_role(user, enrolment.adoption))


def why_no_role(user: Visitor, adoption: Adoption) -> str:
    """What is said to somebody who works here in no role that would do: a lead can give it to themselves."""
    if can_lead(user, adoption):
        return _("You lead this, and have no role of your own in it. Take one in the settings, under Who does what.")
    return _("You are not assigned to that role here. The organisation's lead can assign you.")


@prepared
def _assigned(user: int, adoption: int) -> QuerySet[Assignment, str]:
    return Assignment.objects.filter(user=user, adoption=adoption).values_list("role", flat=True)


@prepared
def _belongs(user: int, enrolment: int) -> QuerySet[EnrolmentMember, str]:
    rows = EnrolmentMember.objects.filter(enrolment=enrolment, person__user=user, left_at=None)
    return rows.order_by().values_list("role", flat=True)


def _is_about(user: Visitor, enrolment: Enrolment) -> bool:
    return enrolment.person is not None and permissions.is_self(user, enrolment.person)


def _require(allowed: bool, refusal: str) -> None:
    if not allowed:
        raise PermissionDenied(refusal)
