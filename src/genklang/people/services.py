"""The verbs of people: the only code that writes organisations, members, persons and the access log."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, Protocol, get_args

from django.conf import settings
from django.contrib.auth import login
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from genklang.people.models import AccessLog, Action, Membership, Organisation, Person, Role, User
from genklang.statements import prepared

DemoKind = Literal["lead", "nurse", "participant", "editor"]
DEMO_KINDS: tuple[DemoKind, ...] = get_args(DemoKind)
DEMO_NAMES: dict[DemoKind, str] = {
    "lead": "Alva Lindmo",
    "nurse": "Bo Ekberg",
    "participant": "Doris Sandell",
    "editor": "Elin Vester",
}
DEMO_ROLES: dict[DemoKind, Role] = {"lead": Role.LEAD, "nurse": Role.STAFF, "editor": Role.EDITOR}
DEMO_ORGANISATION = ("lindmala", "Lindmåla kommun")
DEMO_BANK = ("genklang", "Genklangs redaktion")
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def add_organisation(
    *, slug: str, name: str, municipality_code: str = "", zone: str = "Europe/Stockholm", simulated: bool = False
) -> Organisation:
    """A new, validated organisation; raises ValidationError for a taken slug or an unknown zone."""
    organisation = Organisation(
        slug=slug, name=name, municipality_code=municipality_code, zone=zone, simulated=simulated
    )
    organisation.full_clean()
    organisation.save()
    return organisation


@transaction.atomic
def ensure_user(*, email: str, name: str = "", simulated: bool = False) -> User:
    """The user of that address, made when new. An account alone opens nothing."""
    known = User.objects.filter(email__iexact=email).first()
    if known:
        return known
    try:
        with transaction.atomic():
            return User.objects.create_user(email, name=name, simulated=simulated)
    except IntegrityError:  # made at the same time
        return User.objects.get(email__iexact=email)


def add_member(*, email: str, organisation: Organisation, role: Role, name: str = "") -> Membership:
    """Gives the user of that address the role, making the user when new. Doing it twice changes nothing."""
    user = ensure_user(email=email, name=name)
    membership, _created = Membership.objects.get_or_create(user=user, organisation=organisation, role=role)
    return membership


def remove_member(*, user: User, organisation: Organisation, role: Role) -> None:
    """Takes the role away; the user and what the user did remain."""
    Membership.objects.filter(user=user, organisation=organisation, role=role).delete()


def add_person(
    *,
    organisation: Organisation,
    display_name: str,
    birth_year: int | None = None,
    user: User | None = None,
    simulated: bool = False,
) -> Person:
    """A new person in the organisation; simulated whenever the organisation is."""
    return Person.objects.create(
        organisation=organisation,
        display_name=display_name,
        birth_year=birth_year,
        user=user,
        simulated=simulated or organisation.simulated,
    )


@transaction.atomic
def ensure_person(*, organisation: Organisation, user: User, display_name: str, simulated: bool = False) -> Person:
    """The user as a person of the organisation, made when new; a name that is known there is left as it is.

    Nobody is looked for by name: whoever writes another's name is not taken for them.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # pressed twice, made once
    known = Person.objects.filter(organisation=organisation, user=user).order_by("pk").first()
    return known or add_person(organisation=organisation, display_name=display_name, user=user, simulated=simulated)


def record_access(
    *,
    organisation: Organisation,
    actor: User | None,
    action: Action,
    person: Person | None = None,
    purpose: str = "",
    at: datetime | None = None,
) -> AccessLog:
    """Adds a row to the access log. `actor` None is the system itself; `purpose` says why, in a few words.

    Raises ValueError when the person belongs to another organisation: that would leak across the wall.
    """
    if person is not None and person.organisation_id != organisation.pk:
        raise ValueError("access log: the person belongs to another organisation. Log it where the person is.")
    return AccessLog.objects.create(
        organisation=organisation,
        actor=actor,
        person=person,
        action=action,
        purpose=purpose,
        at=at or timezone.now(),
    )


class Seen(Protocol):
    """A person whose name somebody sees: by number, and whose house it is."""

    @property
    def pk(self) -> int: ...
    @property
    def organisation_id(self) -> int: ...


def record_listing(*, actor: User, persons: Iterable[Seen], purpose: str, at: datetime | None = None) -> None:
    """Logs that the actor saw these people's names in a list: at most one row for each person in an hour.

    A list that renews itself every other second is mostly known already: one query then, two where somebody is new.
    """
    now = at or timezone.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    everybody = {person.pk: person for person in persons}
    known = set(_listed(actor.pk, list(everybody), hour))
    rows = [
        AccessLog(
            organisation_id=person.organisation_id,
            actor=actor,
            person_id=key,
            action=Action.LIST,
            purpose=purpose[:200],
            at=now,
            hour=hour,
        )
        for key, person in everybody.items()
        if key not in known
    ]
    AccessLog.objects.bulk_create(rows, ignore_conflicts=True)


@prepared
def _listed(actor: int, persons: list[int], hour: datetime) -> QuerySet[AccessLog, int]:
    rows = AccessLog.objects.filter(actor=actor, person__in=persons, hour=hour)
    return rows.order_by().values_list("person_id", flat=True)


def ensure_demo_organisation() -> Organisation:
    """The invented municipality that the demo shows; simulated, always."""
    slug, name = DEMO_ORGANISATION
    return Organisation.objects.get_or_create(slug=slug, defaults={"name": name, "simulated": True})[0]


@transaction.atomic
def ensure_demo_user(kind: DemoKind, organisation: Organisation | None = None) -> User:
    """The demo user of that kind, with role or person in place; the same user every time.

    Without an organisation: Lindmåla, and for the editor the bank's own desk. Others extend the result:
    operate gives the nurse a protocol role and enrols the participant's person.
    """
    organisation = organisation or _demo_home(kind)
    email = f"{kind}@{organisation.slug}.example"
    user, _created = User.objects.get_or_create(email=email, defaults={"name": DEMO_NAMES[kind], "simulated": True})
    if kind == "participant":
        Person.objects.get_or_create(
            organisation=organisation,
            user=user,
            defaults={"display_name": user.name, "birth_year": 1941, "simulated": True},
        )
    else:
        Membership.objects.get_or_create(user=user, organisation=organisation, role=DEMO_ROLES[kind])
    return user


def sign_in_as_demo(request: HttpRequest, kind: DemoKind) -> User:
    """Signs the visitor in as a demo user; raises PermissionDenied unless GENKLANG_DEMO is set."""
    if not settings.GENKLANG_DEMO:
        raise PermissionDenied(_("One-click sign-in exists only in the demo."))
    user = ensure_demo_user(kind)
    login(request, user, backend=BACKEND)
    return user


def _demo_home(kind: DemoKind) -> Organisation:
    if kind != "editor":
        return ensure_demo_organisation()
    slug, name = DEMO_BANK
    return Organisation.objects.get_or_create(slug=slug, defaults={"name": name, "simulated": True})[0]
