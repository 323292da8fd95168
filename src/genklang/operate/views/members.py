"""Those who belong to an enrolment: letting somebody belong to it, and no longer. For whoever works with it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from genklang.operate import access, joining
from genklang.operate.forms.whom import MemberForm
from genklang.operate.members import EnrolmentMember
from genklang.operate.models import Enrolment
from genklang.operate.pages.protocols import words_of
from genklang.operate.problems import Refused
from genklang.operate.views.shared import (
    UNPROCESSABLE,
    enrolment_seen,
    log_look,
    posted,
    role_for,
    tell_refusal,
    user_of,
)
from genklang.people.models import Action, Person
from genklang.people.services import add_person, record_listing


@login_required
@require_http_methods(["GET", "POST"])
def add_member(request: HttpRequest, enrolment_id: UUID) -> HttpResponse:
    """Somebody belongs to it from now on."""
    enrolment = enrolment_seen(request, enrolment_id)
    protocol = words_of(enrolment).protocol
    if not protocol.member_roles:
        raise Http404(_("Nobody else belongs to it in this practice."))
    by = role_for(request, enrolment, sorted(access.roles_with(request.user, enrolment)))
    persons = Person.objects.filter(organisation=enrolment.adoption.organisation)
    form = MemberForm(posted(request), persons=persons, protocol=protocol)
    if request.method == "POST" and form.is_valid():
        try:
            member = _join(request, form, enrolment, by)
        except Refused as refused:
            tell_refusal(form, refused)
        else:
            messages.success(request, _("%(name)s belongs to it now.") % {"name": member.person.display_name})
            return redirect("operate:case", enrolment.public_id)
    record_listing(actor=user_of(request), persons=persons, purpose=enrolment.adoption.name)
    values = _page(enrolment) | {"form": form, "heading": _("Somebody belongs to it")}
    return render(request, "operate/member.html", values, status=UNPROCESSABLE if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def remove_member(request: HttpRequest, enrolment_id: UUID, key: str) -> HttpResponse:
    """Somebody belongs to it no more, and sees it no more."""
    enrolment = enrolment_seen(request, enrolment_id)
    rows = EnrolmentMember.objects.filter(enrolment=enrolment, left_at=None).select_related("person", "enrolment")
    member = get_object_or_404(rows, key=key)
    by = role_for(request, enrolment, sorted(access.roles_with(request.user, enrolment)))
    if request.method == "POST":
        joining.leave(member, user=user_of(request), by=by)
        log_look(request, enrolment, action=Action.DECIDE)
        messages.success(request, _("%(name)s does not belong to it any more.") % {"name": member.person.display_name})
        return redirect("operate:case", enrolment.public_id)
    lead = _("%(name)s will not see this page any more. What has been said stays.")
    values = _page(enrolment) | {
        "heading": _("Belongs to it no more"),
        "lead": lead % {"name": member.person.display_name},
        "button": _("Belongs to it no more"),
    }
    return render(request, "operate/say_why.html", values)


@transaction.atomic
def _join(request: HttpRequest, form: MemberForm, enrolment: Enrolment, by: str) -> EnrolmentMember:
    asked = form.cleaned_data
    person = asked["person"] or add_person(
        organisation=enrolment.adoption.organisation,
        display_name=asked["name"].strip(),
        birth_year=asked["birth_year"],
        simulated=enrolment.adoption.simulated,
    )
    role = asked.get("role") or words_of(enrolment).protocol.member_roles[0]
    member = joining.join(enrolment, person=person, role=role, user=user_of(request), by=by)
    log_look(request, enrolment, action=Action.RECORD)
    return member


def _page(enrolment: Enrolment) -> dict[str, object]:
    return {
        "person": enrolment.called,
        "adoption": enrolment.adoption,
        "simulated": enrolment.adoption.simulated,
        "back": reverse("operate:case", args=[enrolment.public_id]),
    }
