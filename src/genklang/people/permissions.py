"""The access core: `can_…` answers, `check_…` raises PermissionDenied. Small, explicit, tested as a truth table.

Operate narrows further for staff (only those assigned to an adoption see its persons); nothing may widen this.
"""

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from genklang.people.models import Membership, Organisation, Person, Role, User
from genklang.statements import prepared

Visitor = User | AnonymousUser


def roles_of(user: Visitor, organisation: Organisation) -> frozenset[Role]:
    """The user's roles in the organisation; empty when signed out, inactive or a stranger."""
    if not isinstance(user, User) or not user.is_active:
        return frozenset()
    return frozenset(map(Role, _roles(user.pk, organisation.pk)))


def has_role(user: Visitor, organisation: Organisation, roles: Iterable[Role]) -> bool:
    """Whether the user holds at least one of the roles there."""
    return bool(roles_of(user, organisation) & frozenset(roles))


def can_see_organisation(user: Visitor, organisation: Organisation) -> bool:
    """Lead and staff see their organisation's adoptions, results and lists; persons are another question."""
    return has_role(user, organisation, {Role.LEAD, Role.STAFF})


def can_see_person(user: Visitor, person: Person) -> bool:
    """The person self, and lead and staff of the person's organisation."""
    return is_self(user, person) or has_role(user, person.organisation, {Role.LEAD, Role.STAFF})


def is_self(user: Visitor, person: Person) -> bool:
    """Whether the signed-in user is that person."""
    return isinstance(user, User) and user.is_active and user.pk == person.user_id


def can_see_access_log(user: Visitor, organisation: Organisation) -> bool:
    """The lead checks the organisation's whole log."""
    return has_role(user, organisation, {Role.LEAD})


def can_see_who_looked(user: Visitor, person: Person) -> bool:
    """The person sees who looked, and so does the lead who checks the log."""
    return is_self(user, person) or can_see_access_log(user, person.organisation)


def can_adopt(user: Visitor, organisation: Organisation) -> bool:
    """The lead adopts practices for the organisation, starts, changes and ends them."""
    return has_role(user, organisation, {Role.LEAD})


def can_manage_members(user: Visitor, organisation: Organisation) -> bool:
    """The lead gives and takes roles."""
    return has_role(user, organisation, {Role.LEAD})


def can_edit_bank(user: Visitor) -> bool:
    """A bank editor, of any organisation, edits the bank's content."""
    if not isinstance(user, User) or not user.is_active:
        return False
    return Membership.objects.filter(user=user, role=Role.EDITOR).exists()


def check_see_organisation(user: Visitor, organisation: Organisation) -> None:
    """Raises PermissionDenied unless `can_see_organisation`."""
    _require(can_see_organisation(user, organisation), _("This page is for those who work in the organisation."))


def check_see_person(user: Visitor, person: Person) -> None:
    """Raises PermissionDenied unless `can_see_person`."""
    _require(can_see_person(user, person), _("This page is for the person and those who help the person."))


def check_see_access_log(user: Visitor, organisation: Organisation) -> None:
    """Raises PermissionDenied unless `can_see_access_log`."""
    _require(can_see_access_log(user, organisation), _("The access log is for the organisation's lead."))


def check_adopt(user: Visitor, organisation: Organisation) -> None:
    """Raises PermissionDenied unless `can_adopt`."""
    _require(can_adopt(user, organisation), _("Adopting a practice is for the organisation's lead."))


def check_manage_members(user: Visitor, organisation: Organisation) -> None:
    """Raises PermissionDenied unless `can_manage_members`."""
    _require(can_manage_members(user, organisation), _("Deciding who works here is for the organisation's lead."))


def check_edit_bank(user: Visitor) -> None:
    """Raises PermissionDenied unless `can_edit_bank`."""
    _require(can_edit_bank(user), _("Editing the bank is for its editors."))


@prepared
def _roles(user: int, organisation: int) -> QuerySet[Membership, str]:
    return Membership.objects.filter(user=user, organisation=organisation).values_list("role", flat=True)


def _require(allowed: bool, refusal: str) -> None:
    if not allowed:
        raise PermissionDenied(refusal)
