"""A journey on screen, and as a banner to print. Every look is logged."""

from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from genklang.documents.banner import Paper, banner_pdf
from genklang.operate.forms.fields import NumberField
from genklang.operate.models import Enrolment
from genklang.operate.pages.journeys import Map, map_of
from genklang.operate.pages.protocols import words_of
from genklang.operate.pages.words import language
from genklang.operate.views.shared import UNPROCESSABLE, enrolment_seen, log_look, own_enrolment, trail, user_of
from genklang.people import permissions
from genklang.people.models import Action


class PaperForm(forms.Form):
    """How large the banner is to be."""

    height = NumberField(label=gettext_lazy("Height in cm"), least=20, most=200)
    step = NumberField(label=gettext_lazy("Width of each step in cm"), least=8, most=200)


@login_required
@require_GET
def journey(request: HttpRequest, enrolment_id: UUID) -> HttpResponse:
    """The map, with a table beside it."""
    enrolment = enrolment_seen(request, enrolment_id)
    drawn = _map(enrolment)
    log_look(request, enrolment)
    return _page(request, enrolment, drawn, _usual_paper())


@login_required
@require_GET
def my_journey(request: HttpRequest, enrolment_id: UUID) -> HttpResponse:
    """My own map."""
    enrolment = _mine(request, enrolment_id)
    return _page(request, enrolment, _map(enrolment), _usual_paper(), own=True)


@login_required
@require_GET
def my_banner(request: HttpRequest, enrolment_id: UUID) -> HttpResponse:
    """My own map as PDF."""
    enrolment = _mine(request, enrolment_id)
    drawn, form = _map(enrolment), PaperForm(request.GET)
    return _pdf(enrolment, drawn, form) if form.is_valid() else _page(request, enrolment, drawn, form, own=True)


@login_required
@require_GET
def banner(request: HttpRequest, enrolment_id: UUID) -> HttpResponse:
    """The map as PDF, of the size that is asked for; taking it is logged."""
    enrolment = enrolment_seen(request, enrolment_id)
    drawn = _map(enrolment)
    form = PaperForm(request.GET)
    if not form.is_valid():
        return _page(request, enrolment, drawn, form)
    log_look(
        request, enrolment, action=Action.EXPORT, purpose=_("journey, %(name)s") % {"name": enrolment.adoption.name}
    )
    return _pdf(enrolment, drawn, form)


def _pdf(enrolment: Enrolment, drawn: Map, form: PaperForm) -> HttpResponse:
    simulated = enrolment.adoption.simulated
    content = banner_pdf(
        drawn.journey,
        Paper(form.cleaned_data["height"], form.cleaned_data["step"]),
        title=enrolment.called,
        summary=drawn.summary,
        footer=" · ".join(filter(None, [enrolment.adoption.organisation.name, _("Simulated") if simulated else ""])),
        language=language(),
    )
    response = HttpResponse(content, content_type="application/pdf")
    name = f"{'simulated-' if simulated else ''}{slugify(enrolment.called) or 'journey'}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _map(enrolment: Enrolment) -> Map:
    drawn = map_of(enrolment, words_of(enrolment))
    if drawn is None:
        raise Http404(_("The practice draws no journey."))
    return drawn


def _usual_paper() -> PaperForm:
    return PaperForm(initial={"height": 60, "step": 24})


def _mine(request: HttpRequest, enrolment_id: UUID) -> Enrolment:
    """The user's own, as the one whom it is about: who belongs to it sees only what the practice lets them."""
    enrolment = own_enrolment(request, enrolment_id)
    if enrolment.person is None or not permissions.is_self(user_of(request), enrolment.person):
        raise Http404(_("The practice draws no journey."))
    return enrolment


def _page(
    request: HttpRequest, enrolment: Enrolment, drawn: Map, form: PaperForm, *, own: bool = False
) -> HttpResponse:
    back = reverse("operate:my-page") if own else reverse("operate:case", args=[enrolment.public_id])
    way = [(_("My page"), back)] if own else [*trail(enrolment.adoption), (enrolment.called, back)]
    values = {
        "map": drawn,
        "form": form,
        "back": back,
        "pdf": reverse("operate:my-journey-pdf" if own else "operate:journey-pdf", args=[enrolment.public_id]),
        "enrolment": enrolment,
        "adoption": enrolment.adoption,
        "simulated": enrolment.adoption.simulated,
        "trail": [*way, (_("The journey"), "")],
    }
    return render(request, "operate/journey.html", values, status=UNPROCESSABLE if form.errors else 200)
