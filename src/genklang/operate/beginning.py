"""The verb for whoever begins by themselves, at any hour: what is open to a person, and taking part in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from genklang.operate import services
from genklang.operate.incoming import Source
from genklang.operate.machines import adoption_machine
from genklang.operate.models import Adoption, Enrolment, Status
from genklang.operate.problems import Problem, Refused
from genklang.people.models import Person, User
from genklang.statements import prepared


@dataclass(frozen=True)
class Opening:
    """Something that a person may begin with, in one of its roles."""

    adoption: Adoption
    role: str
    person: Person


def openings_of(person: Person) -> list[Opening]:
    """What is open to a person: run by the organisation that knows them, and they do not take part in it now."""
    adoptions = _running_without(person.pk, person.organisation_id)
    return [found for adoption in adoptions for found in _openings(adoption, person)]


@transaction.atomic
def begin(person: Person, *, adoption: Adoption, role: str, user: User) -> Enrolment:
    """The person takes part from now on. Raises Refused where that is not open to them, or no longer."""
    held = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)  # pressed twice, begun once
    found = next((one for one in openings_of(held) if (one.adoption.pk, one.role) == (adoption.pk, role)), None)
    if found is None:
        raise Refused([Problem("adoption", _("is nothing that you can begin with now"), _("Look at your page again."))])
    source = Source(by="system", user=user, house=True)
    several = len(adoption_machine(found.adoption).protocol.participant_roles) > 1
    return services.enrol(
        found.adoption, person=held, role=role if several else "", key=f"E-{uuid4().hex[:10]}", source=source
    )


@prepared
def _running_without(person: int, organisation: int) -> QuerySet[Adoption]:
    there = Enrolment.objects.filter(person=person, ended_at=None).values("adoption")
    rows = Adoption.objects.filter(organisation=organisation, status=Status.RUNNING, historical=False)
    return rows.exclude(pk__in=there).with_version().order_by("name", "pk")


def _openings(adoption: Adoption, person: Person) -> Iterator[Opening]:
    for name, role in adoption_machine(adoption).protocol.roles.items():
        if role.joins:
            yield Opening(adoption, name, person)
