"""The study's data for research: who may take it, given and ended by the lead; and taking it, which is logged."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from genklang.operate import access, clock
from genklang.operate.forms.research import PermitForm
from genklang.operate.models import Adoption, Permit
from genklang.operate.pages.packing import package_of
from genklang.operate.pages.protocols import words_of
from genklang.operate.permits import holding
from genklang.operate.views.shared import UNPROCESSABLE, adoption_led, posted, side, trail, user_of
from genklang.people.models import Action
from genklang.people.services import ensure_user, record_access


@login_required
@require_http_methods(["GET", "POST"])
def permits(request: HttpRequest, adoption_id: UUID) -> HttpResponse:
    """Who may take the study's data, and for what; the lead gives and ends it."""
    found = adoption_led(request, adoption_id)
    _studied(found)
    form = PermitForm(posted(request))
    if request.method == "POST" and form.is_valid():
        user = ensure_user(email=form.cleaned_data["email"], name=form.cleaned_data["name"])
        Permit.objects.create(
            adoption=found,
            user=user,
            purpose=form.cleaned_data["purpose"],
            until=form.cleaned_data["until"],
            given_at=clock.moment(clock.now()),
            given_by=user_of(request),
        )
        opened = _("study data opened for %(who)s: %(what)s")
        _log(request, found, opened, who=str(user), what=form.cleaned_data["purpose"])
        messages.success(request, _("%(who)s may take the study's data.") % {"who": user})
        return redirect("operate:permits", found.public_id)
    values = side(request, found, "result") | {"form": form, "permits": found.permits.select_related("user")}
    values["trail"] = trail(found, _("Data for research"))
    return render(request, "operate/permits.html", values, status=UNPROCESSABLE if form.errors else 200)


@login_required
@require_POST
def end_permit(request: HttpRequest, adoption_id: UUID, permit_id: int) -> HttpResponse:
    """The permit opens nothing any more."""
    found = adoption_led(request, adoption_id)
    permit = get_object_or_404(Permit, adoption=found, pk=permit_id)
    Permit.objects.filter(pk=permit.pk, ended_at=None).update(ended_at=clock.moment(clock.now()))
    _log(request, found, _("study data closed for %(who)s"), who=str(permit.user))
    messages.success(request, _("The permit is ended. What has been taken cannot be fetched back."))
    return redirect("operate:permits", found.public_id)


@login_required
@require_GET
def studies(request: HttpRequest) -> HttpResponse:
    """For a researcher: the studies whose data may be taken, for what, and until when."""
    rows = holding(user_of(request), on=timezone.localdate()).order_by("adoption__name", "-until")
    return render(request, "operate/studies.html", {"permits": rows})


@login_required
@require_GET
def study_package(request: HttpRequest, adoption_id: UUID) -> HttpResponse:
    """The study ready for analysis, a row a participant, without names or numbers; for the lead and whoever has a
    permit, and logged each time."""
    found = _may_take(request, adoption_id)
    _studied(found)
    content = package_of(found)
    _log(request, found, _("study data, %(name)s"), name=found.name)
    mark = "simulated-" if found.simulated else ""
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{mark}{slugify(found.name) or "adoption"}-study.zip"'
    return response


def _may_take(request: HttpRequest, adoption_id: UUID) -> Adoption:
    """The adoption whose data the user may take; for a stranger it does not exist."""
    found = Adoption.objects.filter(public_id=adoption_id).select_related("protocol_version__practice", "organisation")
    adoption = found.first()
    if adoption is not None and access.can_take_study(request.user, adoption):
        return adoption
    return adoption_led(request, adoption_id)


def _studied(adoption: Adoption) -> None:
    if words_of(adoption).protocol.study is None:
        raise Http404(_("The practice has no study."))


def _log(request: HttpRequest, adoption: Adoption, purpose: str, **said: str) -> None:
    record_access(
        organisation=adoption.organisation,
        actor=user_of(request),
        action=Action.EXPORT,
        purpose=(purpose % said)[:200],
    )
