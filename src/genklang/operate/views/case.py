"""A person in an adoption, for staff: the page, reporting, waiving, taking an own entry back. Every look is logged."""

import uuid
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from genklang.operate import access, clock, services, sparing
from genklang.operate.answering import handed_in
from genklang.operate.forms.answers import AnswerForm, Asking, ByAttribute
from genklang.operate.forms.work import WhyForm
from genklang.operate.incoming import Source
from genklang.operate.inviting import made_by
from genklang.operate.joining import persons_of
from genklang.operate.models import Due, Enrolment, Event
from genklang.operate.pages import case as pages
from genklang.operate.pages import sums
from genklang.operate.pages.asking import asking_about
from genklang.operate.pages.choosing import others_of
from genklang.operate.pages.known import Teller
from genklang.operate.pages.links import links_of
from genklang.operate.pages.protocols import words_of
from genklang.operate.problems import Refused
from genklang.operate.views.shared import (
    UNPROCESSABLE,
    enrolment_seen,
    handed,
    kind_or_404,
    log_look,
    posted,
    role_for,
    tell_refusal,
    user_of,
)
from genklang.people.models import Action, User
from genklang.people.services import record_listing


@login_required
@require_GET
def case(request: HttpRequest, enrolment_id: UUID) -> HttpResponse:
    """Everything about the person in this adoption."""
    enrolment = enrolment_seen(request, enrolment_id)
    roles = access.roles_with(request.user, enrolment)
    devices = request.GET.get("show") != "people"
    page = pages.timeline(
        enrolment, page=request.GET.get("page"), user_id=user_of(request).pk if roles else None, devices=devices
    )
    found = pages.case_of(enrolment, roles=roles)
    log_look(request, enrolment)
    values = {"case": found, "enrolment": enrolment, "adoption": enrolment.adoption, "page": page}
    more: dict[str, Any] = {"roles": roles, "can_act": bool(roles)}
    more |= {"tabs": _tabs(devices), "key": uuid.uuid4().hex, "trail": _trail(enrolment)}
    more |= {"simulated": enrolment.adoption.simulated, "links": links_of(enrolment, found.words)}
    more["open_page"] = enrolment.person is None and any(role.public for role in found.words.protocol.roles.values())
    return render(request, "operate/case.html", values | more)


@login_required
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, enrolment_id: UUID, kind: str) -> HttpResponse:
    """Something has happened: its form, or at once when there is nothing to ask."""
    enrolment = enrolment_seen(request, enrolment_id)
    protocol = words_of(enrolment).protocol
    declared = kind_or_404(protocol.events, kind)
    role = role_for(request, enrolment, [name for name in declared.by if name in protocol.staff_roles])
    teller = Teller(user_of(request))
    asking = asking_about(enrolment, kind, teller=teller, chosen=request.GET.dict())
    form = AnswerForm(sums.filled(asking, enrolment, kind), posted(request), handed(request))
    if (
        request.method == "POST"
        and form.is_valid()
        and save_answer(form, enrolment, kind, role=role, user=user_of(request))
    ):
        messages.success(request, _("Saved: %(what)s.") % {"what": words_of(enrolment).event(kind)})
        log_look(request, enrolment, action=Action.RECORD)
        link = made_by(enrolment, f"page-{form.key}")
        return redirect("operate:link", link.public_id) if link else redirect("operate:case", enrolment.public_id)
    _log_form(request, enrolment, asking)
    values = answer_page(enrolment, kind, form, back=reverse("operate:case", args=[enrolment.public_id]))
    return render(request, "operate/answer.html", values, status=UNPROCESSABLE if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def waive(request: HttpRequest, enrolment_id: UUID) -> HttpResponse:
    """What was expected is not needed, and why."""
    enrolment = enrolment_seen(request, enrolment_id)
    due = get_object_or_404(Due, enrolment=enrolment, due=request.GET.get("due", ""))
    role = role_for(request, enrolment, sorted(access.roles_with(request.user, enrolment)))
    hint = _("For example: in hospital until Friday.")
    form = WhyForm(posted(request), label=_("Why is it not needed?"), hint=hint)
    if request.method == "POST" and form.is_valid():
        try:
            services.waive(due, user=user_of(request), role=role, reason=form.said)
        except Refused as refused:
            tell_refusal(form, refused)
        else:
            messages.success(request, _("Noted: it is not needed."))
            log_look(request, enrolment, action=Action.DECIDE)
            return redirect("operate:case", enrolment.public_id)
    words = words_of(enrolment)
    what = {"what": words.expectation(due.expectation), "when": words.when(due.target_at)}
    values = _why_page(enrolment, form, _("It is not needed"), _("%(what)s, %(when)s") % what, _("Save"))
    return render(request, "operate/say_why.html", values, status=UNPROCESSABLE if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def take_back(request: HttpRequest, enrolment_id: UUID, event_id: int) -> HttpResponse:
    """An entry of one's own was wrong: it stays in the log, and counts no more."""
    enrolment = enrolment_seen(request, enrolment_id)
    words = words_of(enrolment)
    event = get_object_or_404(Event, enrolment=enrolment, pk=event_id, actor=user_of(request))
    if event.kind not in words.protocol.events:
        raise Http404(_("There is no such event."))
    role = role_for(request, enrolment, [event.by])
    if request.method == "POST":
        try:
            services.void(event, user=user_of(request), role=role)
        except Refused as refused:
            messages.error(request, " ".join(map(str, refused.problems)))
        else:
            messages.success(request, _("Taken back. It stays in the log, and does not count."))
            log_look(request, enrolment, action=Action.RECORD)
        return redirect("operate:case", enrolment.public_id)
    what = {"what": words.event(event.kind), "when": words.when(event.occurred_at)}
    lead = _("%(what)s, %(when)s. It stays in the log, and does not count any more.") % what
    return render(
        request, "operate/say_why.html", _why_page(enrolment, None, _("Take it back"), lead, _("Take it back"))
    )


def _log_form(request: HttpRequest, enrolment: Enrolment, asking: Asking) -> None:
    """A form that shows what is known, or what there is to choose between, is a look; names to choose are a list."""
    if asking.known or asking.choices:
        log_look(request, enrolment)
    if any(question.type == "participant" for question in asking.kind.fields.values()):
        listed = persons_of(others_of(enrolment))
        record_listing(actor=user_of(request), persons=listed, purpose=enrolment.adoption.name)


def save_answer(form: AnswerForm, enrolment: Enrolment, kind: str, *, role: str, user: User) -> bool:
    """Records what a valid form says; puts what is wrong on the form and answers False."""
    at = clock.instant(form.occurred_at) if form.occurred_at else None
    source = Source(by=role, user=user)
    try:
        with handed_in(enrolment, kind, form.answers, user=user) as said, transaction.atomic():
            services.record_one(enrolment, kind, said, source=source, at=at, id=f"page-{form.key}")
            sparing.note(enrolment.adoption, f"page-{form.key}", form.spared)
    except Refused as refused:
        tell_refusal(form, refused)
        return False
    return True


def answer_page(enrolment: Enrolment, kind: str, form: AnswerForm, *, back: str) -> dict[str, Any]:
    """What the page of an event's form shows."""
    protocol = words_of(enrolment).protocol
    action = pages.action(kind, protocol.events[kind], protocol, expected=False)
    return {
        "form": ByAttribute(form),
        "label": action.label,
        "help": action.help,
        "ends": action.ends,
        "person": enrolment.called,
        "adoption": enrolment.adoption,
        "simulated": enrolment.adoption.simulated,
        "sum": sums.decided_in(enrolment, kind, form.asking.chosen),
        "button": _("Save"),
        "back": back,
    }


def _why_page(enrolment: Enrolment, form: WhyForm | None, heading: str, lead: str, button: str) -> dict[str, Any]:
    return {
        "form": form,
        "heading": heading,
        "person": enrolment.called,
        "lead": lead,
        "simulated": enrolment.adoption.simulated,
        "button": button,
        "back": reverse("operate:case", args=[enrolment.public_id]),
    }


def _tabs(devices: bool) -> list[tuple[str, str, bool]]:
    return [
        (_("Everything"), "?show=all#happened", devices),
        (_("Without devices"), "?show=people#happened", not devices),
    ]


def _trail(enrolment: Enrolment) -> list[tuple[str, str]]:
    return [(_("To do"), reverse("operate:worklist")), (enrolment.called, "")]
