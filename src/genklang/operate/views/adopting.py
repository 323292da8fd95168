"""Adopting a practice, and changing what was decided then: own name and prices, who does what, pausing and ending."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from genklang.bank.models import Practice
from genklang.operate import services
from genklang.operate.colleagues import note_duties
from genklang.operate.forms.lead import COMMON_ZONES, OwnValuesForm
from genklang.operate.models import Adoption, Assignment, Status
from genklang.operate.pages import adoptions as pages
from genklang.operate.pages.protocols import protocol_of
from genklang.operate.pages.words import say
from genklang.operate.problems import Refused
from genklang.operate.views.shared import UNPROCESSABLE, adoption_led, posted, side, tell_refusal, user_of
from genklang.people.models import Organisation, User
from genklang.protocol.types import Protocol


@login_required
@require_http_methods(["GET", "POST"])
def adopt(request: HttpRequest, slug: str) -> HttpResponse:
    """Own values first, then a review of them, then it runs."""
    practice = get_object_or_404(Practice, slug=slug, current__isnull=False)
    led = _led(request)
    organisation = _chosen(request, led)
    if organisation is None:
        return render(request, "operate/adopt_where.html", {"practice": practice, "organisations": led})
    assert practice.current is not None
    protocol = protocol_of(practice.current)
    initial = {"name": practice.title, "zone": organisation.zone, **_me_everywhere(request, protocol)}
    members = pages.members_of(organisation)
    form = OwnValuesForm(posted(request), protocol=protocol, members=members, initial=initial)
    values = {"form": form, "practice": practice, "organisation": organisation, "zones": COMMON_ZONES}
    if request.method != "POST" or not form.is_valid() or "change" in request.POST:
        return render(request, "operate/adopt.html", values, status=UNPROCESSABLE if form.errors else 200)
    if "confirmed" in request.POST:
        try:
            adoption = _adopt(form, practice, organisation, user_of(request))
        except Refused as refused:
            tell_refusal(form, refused)
            return render(request, "operate/adopt.html", values, status=UNPROCESSABLE)
        messages.success(request, _("It runs. Now add those who are to take part."))
        return redirect("operate:adoption", adoption.public_id)
    return render(request, "operate/adopt_review.html", values | {"rows": _review(form)})


@login_required
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest, adoption_id: UUID) -> HttpResponse:
    """Own name and prices, and who does what."""
    adoption = adoption_led(request, adoption_id)
    protocol = protocol_of(adoption.protocol_version)
    form = OwnValuesForm(
        posted(request),
        protocol=protocol,
        members=pages.members_of(adoption.organisation),
        initial=_own_values(adoption),
    )
    form.fields["zone"].disabled = True
    if request.method == "POST" and form.is_valid():
        try:
            _change(form, adoption, user_of(request))
        except Refused as refused:
            tell_refusal(form, refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("operate:settings", adoption.public_id)
    values = side(request, adoption, "settings") | {"form": form, "statuses": _next_statuses(adoption)}
    return render(request, "operate/settings.html", values, status=UNPROCESSABLE if form.errors else 200)


@login_required
@require_POST
def set_status(request: HttpRequest, adoption_id: UUID) -> HttpResponse:
    """Pauses, resumes or ends the adoption."""
    adoption = adoption_led(request, adoption_id)
    wanted = request.POST.get("status", "")
    if wanted in {status for status, _label, _hint in _next_statuses(adoption)}:
        services.set_status(adoption, Status(wanted))
        messages.success(request, _("Now it is: %(status)s.") % {"status": Status(wanted).label})
    return redirect("operate:settings", adoption.public_id)


def _led(request: HttpRequest) -> list[Organisation]:
    """The organisations that the user may adopt for; raises PermissionDenied for whoever leads none."""
    found = list(Organisation.objects.for_user(request.user, roles=("lead",)))
    if not found:
        raise PermissionDenied(_("Adopting a practice is for the organisation's lead."))
    return found


def _chosen(request: HttpRequest, led: list[Organisation]) -> Organisation | None:
    """The one that is asked for in the address, or the only one; None while a lead of several has to choose."""
    asked = request.GET.get("organisation")
    return led[0] if len(led) == 1 else next((each for each in led if each.slug == asked), None)


def _me_everywhere(request: HttpRequest, protocol: Protocol) -> dict[str, list[str]]:
    roles = [name for name, role in protocol.roles.items() if not role.participant]
    return {f"role-{name}": [str(user_of(request).pk)] for name in roles}


@transaction.atomic
def _adopt(form: OwnValuesForm, practice: Practice, organisation: Organisation, actor: User) -> Adoption:
    assert practice.current is not None
    adoption = services.adopt(
        organisation=organisation,
        protocol_version=practice.current,
        actor=actor,
        name=form.cleaned_data["name"],
        zone=form.cleaned_data["zone"],
        overlay={"prices": {name: str(price) for name, price in form.prices.items()}},
    )
    _assign(form, adoption, actor)
    return adoption


def _assign(form: OwnValuesForm, adoption: Adoption, actor: User) -> None:
    """Makes the roles what the form says."""
    members = pages.members_of(adoption.organisation).in_bulk()
    wanted = {(user, role) for role, users in form.assigned.items() for user in users if user in members}
    held = set(Assignment.objects.filter(adoption=adoption).values_list("user_id", "role"))
    for user, role in wanted - held:
        services.assign(adoption, user=members[user], role=role)
        _note_duty(adoption, actor, members[user], role, given=True)
    for user, role in held - wanted:
        services.unassign(adoption, user=User.objects.get(pk=user), role=role)
        _note_duty(adoption, actor, User.objects.get(pk=user), role, given=False)


def _note_duty(adoption: Adoption, actor: User, user: User, role: str, *, given: bool) -> None:
    named = protocol_of(adoption.protocol_version).roles.get(role)
    note_duties(
        adoption.organisation,
        actor=actor,
        user=user,
        role=say(named) if named else role,
        adoption=adoption.name,
        given=given,
    )


@transaction.atomic
def _change(form: OwnValuesForm, adoption: Adoption, actor: User) -> None:
    prices = {name: str(price) for name, price in form.prices.items()}
    services.change_adoption(adoption, name=form.cleaned_data["name"], overlay={**adoption.overlay, "prices": prices})
    _assign(form, adoption, actor)


def _own_values(adoption: Adoption) -> dict[str, Any]:
    prices = {f"price-{name}": float(str(written).split()[0]) for name, written in _prices(adoption).items()}
    roles = {f"role-{name}": users for name, users in pages.assigned(adoption).items()}
    return {"name": adoption.name, "zone": adoption.zone, **prices, **roles}


def _prices(adoption: Adoption) -> dict[str, str]:
    return dict(adoption.overlay.get("prices", {}))


def _review(form: OwnValuesForm) -> list[tuple[str, str]]:
    """Everything that was written, in words."""
    names = {
        str(user.pk): str(user)
        for user in User.objects.filter(pk__in={key for keys in form.assigned.values() for key in keys})
    }
    rows = [(str(field.label), str(form.cleaned_data[field.name])) for field in form.basics]
    rows += [
        (str(field.label), str(field.field.prepare_value(form.cleaned_data[field.name]))) for field in form.price_fields
    ]
    for field in form.role_fields:
        chosen = [names[key] for key in form.cleaned_data[field.name] if key in names]
        rows.append((str(field.label), ", ".join(chosen) or _("nobody yet")))
    return rows


def _next_statuses(adoption: Adoption) -> list[tuple[str, str, str]]:
    pause = (Status.PAUSED, _("Pause"), _("No alarms and no tasks while it is paused. Nothing is lost."))
    resume = (Status.RUNNING, _("Start again"), _("What fell due meanwhile is accounted for."))
    end = (Status.ENDED, _("End"), _("Nothing more is expected of anybody. What has happened remains."))
    possible = {Status.RUNNING: [pause, end], Status.PAUSED: [resume, end], Status.PLANNED: [resume, end]}
    return [(str(status), str(label), str(hint)) for status, label, hint in possible.get(Status(adoption.status), [])]
