"""The verbs for those who belong to an enrolment: joining and leaving. The log knows a member by a key, not by name."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from genklang.operate import clock, services
from genklang.operate.incoming import Source
from genklang.operate.machines import machine_for
from genklang.operate.members import EnrolmentMember
from genklang.operate.models import Enrolment
from genklang.operate.problems import Problem, Refused
from genklang.people.models import Person, User
from genklang.statements import prepared


@transaction.atomic
def join(
    enrolment: Enrolment, *, person: Person, role: str, user: User | None, by: str, at: int | None = None
) -> EnrolmentMember:
    """Lets a person belong to the enrolment from now on, in one of the roles for members. Raises Refused."""
    _check(enrolment, person=person, role=role)
    at = clock.now() if at is None else at
    member = EnrolmentMember.objects.create(enrolment=enrolment, person=person, role=role, joined_at=at)
    data = {"member": member.key, "role": role}
    services.record_one(enrolment, "member_joined", data, source=_source(by, user), at=at, id=f"{member.key}:joined")
    return member


@transaction.atomic
def leave(member: EnrolmentMember, *, user: User | None, by: str) -> None:
    """The person belongs to the enrolment no more, and no longer sees it; what was said remains. Raises Refused."""
    if member.left_at is None:
        member.left_at = clock.now()
        member.save(update_fields=["left_at"])
        data, source = {"member": member.key}, _source(by, user)
        services.record_one(member.enrolment, "member_left", data, source=source, id=f"{member.key}:left")


def members_of(enrolment: Enrolment) -> list[EnrolmentMember]:
    """Everybody who belongs to the enrolment now, in the order in which they came."""
    return _now(enrolment.pk)


def own_members(user: User, enrolment: Enrolment) -> list[EnrolmentMember]:
    """The user as a member of the enrolment, once for each role held there."""
    return _own(user.pk, enrolment.pk)


def persons_of(enrolments: Iterable[Enrolment]) -> list[Person]:
    """Everybody whom these enrolments are about, each once: participants, and those who belong to them now."""
    rows = list(enrolments)
    found = [*(row.person for row in rows if row.person), *belonging_to(row.pk for row in rows)]
    return list({person.pk: person for person in found}.values())


def belonging_to(enrolments: Iterable[int]) -> list[Person]:
    """Everybody who belongs to these enrolments, by their numbers, now."""
    return [member.person for member in _members(list(enrolments))]


@prepared
def _now(enrolment: int) -> QuerySet[EnrolmentMember]:
    return EnrolmentMember.objects.filter(enrolment=enrolment, left_at=None).select_related("person__user")


@prepared
def _own(user: int, enrolment: int) -> QuerySet[EnrolmentMember]:
    return EnrolmentMember.objects.filter(enrolment=enrolment, person__user=user, left_at=None)


@prepared
def _members(enrolments: list[int]) -> QuerySet[EnrolmentMember]:
    return EnrolmentMember.objects.filter(enrolment__in=enrolments, left_at=None).select_related("person")


def _source(by: str, user: User | None) -> Source:
    return Source(by=by, user=user, house=True)


def _check(enrolment: Enrolment, *, person: Person, role: str) -> None:
    roles = machine_for(enrolment).protocol.member_roles
    problems = []
    if role not in roles:
        instead = _("Write one of %(roles)s.") % {"roles": ", ".join(roles) or "–"}
        problems.append(Problem("role", _("is no role for somebody who belongs to it"), instead, role))
    if person.organisation_id != enrolment.adoption.organisation_id:
        problems.append(Problem("person", _("is not known here"), _("Add the person in this organisation first.")))
    elif EnrolmentMember.objects.filter(enrolment=enrolment, person=person, role=role, left_at=None).exists():
        problems.append(Problem("person", _("belongs to it already"), _("Choose somebody else.")))
    if problems:
        raise Refused(problems)
