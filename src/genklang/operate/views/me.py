"""My page: what a person sees, and what the person writes. Nobody else's enrolment can be reached from here."""

import uuid
from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from genklang.operate import access, beginning, services
from genklang.operate.forms.answers import AnswerForm
from genklang.operate.inviting import made_by
from genklang.operate.models import Adoption, Enrolment, Event
from genklang.operate.pages.asking import asking_about
from genklang.operate.pages.exchange import shared_as
from genklang.operate.pages.known import Teller
from genklang.operate.pages.mine import my_pages
from genklang.operate.pages.protocols import words_of
from genklang.operate.pages.words import say
from genklang.operate.problems import Refused
from genklang.operate.views.case import answer_page, save_answer
from genklang.operate.views.shared import (
    UNPROCESSABLE,
    handed,
    kind_or_404,
    log_look,
    own_enrolment,
    posted,
    user_of,
)
from genklang.people.models import Person, User


@login_required
@require_GET
def my_page(request: HttpRequest) -> HttpResponse:
    """Everything about me. What I read about others, as somebody who belongs to it, is a look at them."""
    pages = my_pages(user_of(request))
    for part in (part for page in pages for part in page.parts if part.reads_others):
        log_look(request, part.enrolment, but=user_of(request))
    return render(request, "operate/my_page.html", {"pages": pages, "key": uuid.uuid4().hex})


@login_required
@require_http_methods(["GET", "POST"])
def my_form(request: HttpRequest, enrolment_id: UUID, kind: str) -> HttpResponse:
    """Something I say, book or write down."""
    enrolment = own_enrolment(request, enrolment_id)
    declared = kind_or_404(words_of(enrolment).protocol.events, kind)
    user = user_of(request)
    role = _own_role(user, enrolment, declared.by)
    asking = asking_about(enrolment, kind, teller=Teller(user, role), chosen=request.GET.dict())
    form = AnswerForm(asking, posted(request), handed(request))
    if request.method == "POST" and form.is_valid() and save_answer(form, enrolment, kind, role=role, user=user):
        messages.success(request, _("Thank you. It is saved: %(what)s.") % {"what": words_of(enrolment).event(kind)})
        link = made_by(enrolment, f"page-{form.key}")
        return redirect("operate:link", link.public_id) if link else redirect("operate:my-page")
    values = answer_page(enrolment, kind, form, back=reverse("operate:my-page"))
    values |= {"big": True, "shared_as": shared_as(enrolment, kind)}
    return render(request, "operate/answer.html", values, status=UNPROCESSABLE if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def my_take_back(request: HttpRequest, enrolment_id: UUID, event_id: int) -> HttpResponse:
    """I wrote something wrong."""
    enrolment = own_enrolment(request, enrolment_id)
    words, user = words_of(enrolment), user_of(request)
    mine = Event.objects.filter(enrolment=enrolment, actor=user, kind__in=list(words.protocol.events))
    event = get_object_or_404(mine, pk=event_id)
    if request.method == "POST":
        try:
            services.void(event, user=user, role=_own_role(user, enrolment, [event.by]))
        except Refused as refused:
            messages.error(request, " ".join(map(str, refused.problems)))
        else:
            messages.success(request, _("Taken back. It does not count any more."))
        return redirect("operate:my-page")
    what = {"what": words.event(event.kind), "when": words.when(event.occurred_at)}
    values = {
        "heading": _("Take it back"),
        "person": "",
        "lead": _("%(what)s, %(when)s. It stays in the log, and does not count any more.") % what,
        "button": _("Take it back"),
        "back": reverse("operate:my-page"),
    }
    return render(request, "operate/say_why.html", values)


@login_required
@require_POST
def take_part(request: HttpRequest, adoption_id: UUID) -> HttpResponse:
    """I begin with something that is open to me."""
    user = user_of(request)
    adoption = get_object_or_404(Adoption, public_id=adoption_id)
    person = get_object_or_404(Person, user=user, organisation=adoption.organisation_id)
    try:
        enrolment = beginning.begin(person, adoption=adoption, role=request.POST.get("role", ""), user=user)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        named = {"what": say(words_of(enrolment).protocol.title)}
        messages.success(request, _("You take part now: %(what)s.") % named)
    return redirect("operate:my-page")


def _own_role(user: User, enrolment: Enrolment, roles: Iterable[str]) -> str:
    """The first of the roles in which the enrolment is the user's own; raises PermissionDenied where it is none."""
    own = access.own_roles(user, enrolment)
    role = next((role for role in roles if role in own), None)
    if role is None:
        raise PermissionDenied(_("Somebody else reports this."))
    return role
