"""What the views share: finding what one may see, or 404; saying why something was refused."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from genklang.operate import access
from genklang.operate.joining import persons_of
from genklang.operate.managers import TEXTS
from genklang.operate.models import Adoption, Enrolment
from genklang.operate.pages import asked
from genklang.operate.pages.mending import waits_in
from genklang.operate.pages.protocols import words_of
from genklang.operate.pages.words import say
from genklang.operate.problems import Refused
from genklang.people import permissions
from genklang.people.models import Action, Person, Role, User
from genklang.people.services import record_access
from genklang.statements import prepared

UNPROCESSABLE = 422
M = TypeVar("M", bound=Model)


def user_of(request: HttpRequest) -> User:
    """Who asks; views that call it demand signing in."""
    assert isinstance(request.user, User)
    return request.user


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, for a form; None where nothing was, not even an empty form."""
    return request.POST if request.method == "POST" else None


def handed(request: HttpRequest) -> MultiValueDict[str, UploadedFile[bytes]] | None:
    """The files that were sent, for a form; None where nothing was."""
    return request.FILES if request.method == "POST" else None


def adoption_led(request: HttpRequest, public_id: UUID) -> Adoption:
    """An adoption that the user leads. Others' do not exist; staff are told that the page is the lead's."""
    adoption = adoption_seen(request, public_id)
    access.check_lead(request.user, adoption)
    return adoption


def adoption_seen(request: HttpRequest, public_id: UUID) -> Adoption:
    """An adoption that the user leads or works in, else 404."""
    user = user_of(request)
    return found_or_404(_adoption.first(user.pk, public_id) if user.is_active else None)


def enrolment_seen(request: HttpRequest, public_id: UUID) -> Enrolment:
    """An enrolment that the user works with, else 404. One's own is on my page, not here."""
    user = user_of(request)
    return found_or_404(asked.enrolment_worked_with.first(user.pk, public_id) if user.is_active else None)


def own_enrolment(request: HttpRequest, public_id: UUID) -> Enrolment:
    """An enrolment that is the user's own, as participant or member, else 404."""
    own = Enrolment.objects.own_of(request.user).select_related(*asked.AROUND)
    return get_object_or_404(own, public_id=public_id)


def role_for(request: HttpRequest, enrolment: Enrolment, roles: Iterable[str]) -> str:
    """The role in which the user may do what is meant for `roles`; raises PermissionDenied when there is none."""
    wanted = list(roles)
    mine = access.roles_with(request.user, enrolment)
    role = next((role for role in wanted if role in mine), wanted[0] if wanted else "")
    access.check_act(request.user, enrolment, role=role, participant_role="")
    return role


def log_look(
    request: HttpRequest,
    enrolment: Enrolment,
    *,
    action: Action = Action.VIEW,
    purpose: str = "",
    but: User | None = None,
) -> None:
    """Remembers that the user has seen, or done something with, what is known about everybody whom it is about.

    `but` is somebody among them who need not be told: whoever looks at what is their own, too.
    """
    persons: list[Person | None] = [one for one in persons_of([enrolment]) if but is None or one.user_id != but.pk]
    for person in persons or [None]:
        record_access(
            organisation=enrolment.adoption.organisation,
            actor=user_of(request),
            person=person,
            action=action,
            purpose=purpose or enrolment.adoption.name,
        )


def tell_refusal(form: forms.Form, refused: Refused) -> None:
    """Puts each problem on the field it is about, or above the form."""
    for problem in refused.problems:
        field = problem.where if problem.where in form.fields else None
        form.add_error(field, str(problem) if field is None else f"{problem.what}. {problem.instead}")


def kind_or_404(kinds: dict[str, Any], kind: str) -> Any:
    """The event of that name, else 404."""
    if kind not in kinds:
        raise Http404(_("There is no such event."))
    return kinds[kind]


def found_or_404(found: M | None) -> M:
    """What was found; nothing is as though it were not there."""
    if found is None:
        raise Http404
    return found


@prepared
def _adoption(user: int, public_id: UUID) -> QuerySet[Adoption]:
    found = Adoption.objects.worked_in_by(user).filter(public_id=public_id)
    texts = [f"protocol_version__{text}" for text in TEXTS]
    return found.select_related("protocol_version__practice", "organisation").defer(*texts)


def sides(adoption: Adoption, here: str, *, lead: bool) -> list[tuple[str, str, bool]]:
    """The pages of an adoption as tabs; staff see those that are for them."""
    pages = [("adoption", _("How it goes")), ("result", _("Result")), ("people", _("People"))]
    if lead:
        pages += [
            ("import", _("Import")),
            ("connections", _("Connections")),
            ("log", _("Log")),
            ("settings", _("Settings")),
        ]
    found = [(label, reverse(f"operate:{name}", args=[adoption.public_id]), name == here) for name, label in pages]
    if words_of(adoption).protocol.places:
        found.insert(3, (_("Places"), reverse("operate:places", args=[adoption.public_id]), here == "places"))
    if words_of(adoption).protocol.files or words_of(adoption).protocol.documents:
        found.insert(3, (_("Files"), reverse("operate:files", args=[adoption.public_id]), here == "files"))
    found[3:3] = [
        (say(ledger), reverse("operate:ledger", args=[adoption.public_id, name]), here == f"ledger/{name}")
        for name, ledger in words_of(adoption).protocol.ledgers.items()
    ]
    return found


def trail(adoption: Adoption, last: str = "") -> list[tuple[str, str]]:
    """The way to a page of an adoption."""
    way = [(_("Our adoptions"), reverse("operate:adoptions"))]
    way.append((adoption.name, reverse("operate:adoption", args=[adoption.public_id])))
    return [*way, (last, "")] if last else way


def side(request: HttpRequest, adoption: Adoption, here: str) -> dict[str, Any]:
    """What every page of an adoption shows around its content."""
    lead = permissions.has_role(user_of(request), adoption.organisation, {Role.LEAD})
    around = {"tabs": sides(adoption, here, lead=lead), "trail": trail(adoption), "lead": lead}
    around["waits"] = waits_in(adoption) if lead else 0
    return around | {"adoption": adoption, "simulated": adoption.simulated}
