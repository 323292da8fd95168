"""What belongs to an adoption beside its figures: the list of all, people and enrolling, keys, the log."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from genklang.operate import clock, services
from genklang.operate.forms.lead import LogForm, TokenForm
from genklang.operate.forms.whom import EnrolForm
from genklang.operate.joining import persons_of
from genklang.operate.models import Adoption, Enrolment, Token
from genklang.operate.pages import adoptions as pages
from genklang.operate.pages.protocols import protocol_of, words_of
from genklang.operate.pages.words import inside_sentence, say
from genklang.operate.permits import holding
from genklang.operate.problems import Refused
from genklang.operate.views.shared import (
    UNPROCESSABLE,
    adoption_led,
    adoption_seen,
    log_look,
    posted,
    side,
    tell_refusal,
    trail,
    user_of,
)
from genklang.people.models import Action, Organisation
from genklang.people.services import add_person, record_listing
from genklang.protocol.types import Protocol


@login_required
@require_GET
def adoptions(request: HttpRequest) -> HttpResponse:
    """Every adoption that I lead or work in."""
    leads = Organisation.objects.for_user(request.user, roles=("lead",)).exists()
    values = {"cards": pages.adoption_cards(user_of(request)), "leads": leads}
    values["researches"] = holding(user_of(request), on=timezone.localdate()).exists()
    return render(request, "operate/adoptions.html", values)


@login_required
@require_GET
def people(request: HttpRequest, adoption_id: UUID) -> HttpResponse:
    """Those who take part; seeing the names is logged."""
    adoption = adoption_seen(request, adoption_id)
    words = words_of(adoption)
    asked = {"name": request.GET.get("name", "").strip(), "stage": request.GET.get("stage", "")}
    page = pages.people(adoption, page=request.GET.get("page"), **asked)
    record_listing(actor=user_of(request), persons=persons_of(page), purpose=adoption.name)
    values = side(request, adoption, "people") | {"page": page, "rows": pages.people_in_words(page, words), **asked}
    values["adds"] = _adding(words.protocol, _("Add somebody"))
    stages = [(name, words.stage(name)) for name in words.protocol.stages]
    return render(request, "operate/people.html", values | {"stages": stages})


@login_required
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest, adoption_id: UUID) -> HttpResponse:
    """Somebody new."""
    adoption = adoption_seen(request, adoption_id)
    protocol = protocol_of(adoption.protocol_version)
    form = EnrolForm(posted(request), persons=pages.not_yet_in(adoption), protocol=protocol)
    if request.method == "POST" and form.is_valid():
        try:
            enrolment = _enrol(form, adoption)
        except Refused as refused:
            tell_refusal(form, refused)
        else:
            log_look(request, enrolment, action=Action.RECORD)
            messages.success(request, _("%(name)s now takes part.") % {"name": enrolment.called})
            return redirect("operate:case", enrolment.public_id)
    if "person" in form.fields:
        record_listing(actor=user_of(request), persons=pages.not_yet_in(adoption), purpose=adoption.name)
    heading = _adding(protocol, _("Somebody new"))
    values = {"form": form, "adoption": adoption, "trail": trail(adoption, heading), "heading": heading}
    return render(request, "operate/enrol.html", values, status=UNPROCESSABLE if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def connections(request: HttpRequest, adoption_id: UUID) -> HttpResponse:
    """Keys of devices and systems. A new key is shown once, on this very page."""
    adoption = adoption_led(request, adoption_id)
    form, secret = TokenForm(posted(request), initial={"bearer": "device"}), ""
    if request.method == "POST" and form.is_valid():
        secret = _issue(form, adoption)
        if secret:
            form = TokenForm(initial={"bearer": "device"})
    values = side(request, adoption, "connections") | {"form": form, "secret": secret}
    values["tokens"] = Token.objects.filter(adoption=adoption).select_related("enrolment")
    values["example"] = _example(adoption)
    values["api_url"] = request.build_absolute_uri(reverse("operate:adoptions")).replace("adoptions/", "api/v1/events")
    response = render(request, "operate/connections.html", values, status=UNPROCESSABLE if form.errors else 200)
    response["Cache-Control"] = "no-store"
    return response


@login_required
@require_POST
def revoke(request: HttpRequest, adoption_id: UUID, token_id: int) -> HttpResponse:
    """The key opens nothing any more."""
    adoption = adoption_led(request, adoption_id)
    services.revoke_token(get_object_or_404(Token, adoption=adoption, pk=token_id))
    messages.success(request, _("The key is revoked. What it has reported remains."))
    return redirect("operate:connections", adoption.public_id)


@login_required
@require_GET
def log(request: HttpRequest, adoption_id: UUID) -> HttpResponse:
    """Everything that was reported, latest first, and what waits for an explanation."""
    adoption = adoption_led(request, adoption_id)
    words = words_of(adoption)
    form = LogForm(request.GET, kinds=pages.kinds_in_words(words))
    asked = form.cleaned_data if form.is_valid() else {}
    page = pages.log(
        adoption,
        kind=asked.get("kind", ""),
        number=asked.get("number", ""),
        held=asked.get("only") == "held",
        page=request.GET.get("page"),
    )
    shown = persons_of(event.enrolment for event in page)
    record_listing(actor=user_of(request), persons=shown, purpose=adoption.name)
    values = side(request, adoption, "log") | {
        "form": form,
        "page": page,
        "lines": pages.log_lines(adoption, page, words),
    }
    return render(request, "operate/log.html", values)


def _adding(protocol: Protocol, somebody: str) -> str:
    """What it is called to begin a new enrolment: of a matter by what it is, else of `somebody`."""
    if protocol.matter is None:
        return somebody
    return _("Add %(what)s") % {"what": inside_sentence(say(protocol.matter))}


@transaction.atomic
def _enrol(form: EnrolForm, adoption: Adoption) -> Enrolment:
    asked, role = form.cleaned_data, str(form.cleaned_data.get("participant") or "")
    if "title" in asked:
        return services.enrol(adoption, title=asked["title"], role=role, key=form.number_or_new)
    person = asked["person"] or add_person(
        organisation=adoption.organisation,
        display_name=asked["name"].strip(),
        birth_year=asked["birth_year"],
        simulated=adoption.simulated,
    )
    return services.enrol(adoption, person=person, role=role, key=form.number_or_new)


def _issue(form: TokenForm, adoption: Adoption) -> str:
    asked = form.cleaned_data
    enrolment = Enrolment.objects.filter(adoption=adoption, key=asked["number"]).first() if asked["number"] else None
    if asked["number"] and enrolment is None:
        form.add_error("number", _("Nobody here has that number. Write it as it stands on the person's page."))
        return ""
    return services.issue_token(adoption, label=asked["label"], bearer=asked["bearer"], enrolment=enrolment)[1]


def _example(adoption: Adoption) -> dict[str, str]:
    """An event that a device or system may report here, for the example; none where only people report."""
    events = protocol_of(adoption.protocol_version).events
    by_device = [name for name, kind in events.items() if {"device", "system"} & set(kind.by)]
    first = Enrolment.objects.filter(adoption=adoption).first()
    at = clock.moment(clock.now()).astimezone(ZoneInfo(adoption.zone)).isoformat(timespec="seconds")
    return {"event": next(iter(by_device), ""), "enrolment": first.key if first else "P-0017", "at": at}
