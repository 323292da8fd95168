"""Who works in an organisation: taking on, giving another role, letting go. Each is written into the access log.

A lead gives the roles of lead and staff. Editors belong to the bank, which no municipality's lead decides about.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from genklang.operate.models import Assignment
from genklang.operate.problems import Problem, Refused
from genklang.people import services as people
from genklang.people.models import Action, Membership, Organisation, Person, Role, User

GIVEN = (Role.LEAD, Role.STAFF)


@transaction.atomic
def take_on(organisation: Organisation, *, email: str, name: str, role: Role, actor: User) -> User:
    """Gives the user of that address the role, making the user when new. Raises Refused for a role no lead gives."""
    _check_given(role)
    user = people.add_member(email=email, organisation=organisation, role=role, name=name).user
    _note(organisation, actor, _("%(who)s was given the role %(role)s") % {"who": user, "role": role.label})
    return user


@transaction.atomic
def change_role(organisation: Organisation, *, user: User, role: Role, actor: User) -> None:
    """Makes the role the only one of lead and staff that the user has there. Raises Refused for the last lead."""
    _check_given(role)
    if role != Role.LEAD:
        _check_another_lead(organisation, user)
    people.add_member(email=user.email, organisation=organisation, role=role)
    for other in GIVEN:
        if other != role:
            people.remove_member(user=user, organisation=organisation, role=other)
    _note(organisation, actor, _("%(who)s now has the role %(role)s") % {"who": user, "role": role.label})


@transaction.atomic
def let_go(organisation: Organisation, *, user: User, actor: User) -> None:
    """Takes away the user's roles in the organisation and its adoptions; what was done remains. Raises Refused."""
    _check_another_lead(organisation, user)
    for role in GIVEN:
        people.remove_member(user=user, organisation=organisation, role=role)
    Assignment.objects.filter(adoption__organisation=organisation, user=user).delete()
    _note(organisation, actor, _("%(who)s no longer works here") % {"who": user})


def can_be_let_in(user: User, organisation: Organisation) -> bool:
    """Whether a lead may hand over the way to a first password: never signed in, and known nowhere but here.

    Anybody else has a way in already, and it must not be a lead's to open.
    """
    elsewhere = Membership.objects.filter(user=user).exclude(organisation=organisation).exists()
    fresh = user.is_active and user.last_login is None and not user.has_usable_password()
    return fresh and not elsewhere and not Person.objects.filter(user=user).exists()


def note_duties(organisation: Organisation, *, actor: User, user: User, role: str, adoption: str, given: bool) -> None:
    """Logs that a protocol's role was given to somebody, or taken away."""
    said = {"who": user, "role": role, "adoption": adoption}
    text = _("%(who)s: %(role)s in %(adoption)s") if given else _("%(who)s: no longer %(role)s in %(adoption)s")
    _note(organisation, actor, text % said)


def _note(organisation: Organisation, actor: User, text: str) -> None:
    people.record_access(organisation=organisation, actor=actor, action=Action.DECIDE, purpose=text[:200])


def _check_given(role: Role) -> None:
    if role not in GIVEN:
        raise Refused([Problem("role", _("is no role that a lead gives"), _("Choose lead or staff."), str(role))])


def _check_another_lead(organisation: Organisation, user: User) -> None:
    leads = Membership.objects.select_for_update().filter(organisation=organisation, role=Role.LEAD)
    held = {row.user_id for row in leads if row.user.is_active}
    if held == {user.pk}:
        instead = _("Give somebody else that role first.")
        raise Refused([Problem("role", _("This is the only lead that the organisation has"), instead)])
