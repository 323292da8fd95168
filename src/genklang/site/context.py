"""What every template knows: the demo, whose house one stands in, and where the navigation leads."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from genklang.people.models import Membership, Role, User
from genklang.people.selectors import is_a_person, memberships_of


@dataclass(frozen=True)
class Place:
    """An entry of the navigation."""

    label: str
    url: str
    here: bool
    own: bool


def house(request: HttpRequest) -> dict[str, Any]:
    """`demo`, `simulated` (show the banner), `memberships` and `places`; never fails, also on error pages."""
    user = getattr(request, "user", None)
    memberships = memberships_of(user) if isinstance(user, User) else []
    return {
        "demo": settings.GENKLANG_DEMO,
        "simulated": settings.GENKLANG_DEMO or any(row.organisation.simulated for row in memberships),
        "memberships": memberships,
        "places": _places(request, memberships),
    }


def _places(request: HttpRequest, memberships: list[Membership]) -> list[Place]:
    user = getattr(request, "user", None)
    own = _own_places(user, memberships) if isinstance(user, User) else []
    entries = [(_("Practices"), "bank:list", []), *own, (_("About"), "site:about", [])]
    found = [(entry, _address(entry[1], entry[2])) for entry in entries]
    nearest = max((url for _entry, url in found if url and request.path.startswith(url)), key=len, default="")
    return [Place(entry[0], url, url == nearest, entry in own) for entry, url in found if url]


def _own_places(user: User, memberships: list[Membership]) -> list[tuple[str, str, list[str]]]:
    entries: list[tuple[str, str, list[str]]] = []
    roles = {Role(row.role) for row in memberships}
    if roles & {Role.LEAD, Role.STAFF}:
        entries += [(_("To do"), "operate:worklist", []), (_("Our adoptions"), "operate:adoptions", [])]
    led = next((row.organisation.slug for row in memberships if row.role == Role.LEAD), "")
    if led:
        entries += [(_("Colleagues"), "operate:colleagues", [led]), (_("Access log"), "people:access-log", [led])]
    if Role.EDITOR in roles:
        entries.append((_("The desk"), "bank:desk", []))
    if is_a_person(user):
        entries.append((_("My page"), "operate:my-page", []))
    return entries


def _address(name: str, arguments: list[str]) -> str:
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""
