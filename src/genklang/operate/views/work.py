"""Staff's work: the worklist, its alarms renewed by themselves, taking an alarm on, saying how it ended."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from genklang.operate import access, services
from genklang.operate.forms.work import SieveForm, WhyForm
from genklang.operate.models import Adoption, Alarm
from genklang.operate.pages import worklist as pages
from genklang.operate.pages.filing import queues
from genklang.operate.pages.protocols import words_of
from genklang.operate.problems import Refused
from genklang.operate.views.shared import UNPROCESSABLE, log_look, posted, tell_refusal, user_of
from genklang.people.models import Action, Role
from genklang.people.services import record_listing


@login_required
@require_GET
def worklist(request: HttpRequest) -> HttpResponse:
    """My work, all of it."""
    roles = pages.roles_of(user_of(request))
    form = _sieve_form(request, roles)
    work = pages.worklist(roles, form.sieve, page=request.GET.get("page"))
    record_listing(actor=user_of(request), persons=work.persons, purpose=_("worklist"))
    narrowed = form.sieve != pages.Sieve()
    return render(
        request,
        "operate/worklist.html",
        {
            "work": work,
            "sieve": form,
            "is_narrowed": narrowed,
            "queues": queues(user_of(request)),
            "leads": not work.roles and user_of(request).memberships.filter(role=Role.LEAD).exists(),
        },
    )


@login_required
@require_GET
def alarms(request: HttpRequest) -> HttpResponse:
    """The alarms alone, for the page that shows them already: unchanged ones are not sent again."""
    roles = pages.roles_of(user_of(request))
    work = pages.alarms_only(roles, _sieve_form(request, roles).sieve)
    if request.GET.get("seen") == work.mark:
        response = render(request, "operate/parts/checked.html", {"work": work, "oob": True, "here": _back(request)})
        response["HX-Reswap"] = "none"
        return response
    record_listing(actor=user_of(request), persons=work.persons, purpose=_("worklist"))
    return render(request, "operate/parts/alarms.html", {"work": work, "here": _back(request)})


@login_required
@require_POST
def acknowledge(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """I'll take it: nobody else is told; the alarm stays until it is dealt with."""
    alarm = _alarm(request, alarm_id)
    role = _role(request, alarm)
    try:
        services.acknowledge(alarm, user=user_of(request), role=role)
    except Refused:
        messages.info(request, _("The alarm is over already."))
    else:
        messages.success(request, _("You have taken on the alarm about %(name)s.") % {"name": alarm.enrolment.called})
        log_look(request, alarm.enrolment, action=Action.RECORD)
    if request.POST.get("next") == "case":
        return redirect("operate:case", alarm.enrolment.public_id)
    return redirect("operate:worklist")


@login_required
@require_http_methods(["GET", "POST"])
def resolve(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """It is dealt with: how, in a few words."""
    alarm = _alarm(request, alarm_id)
    role = _role(request, alarm)
    hint = _("For example: phoned, the dose was taken at 9.")
    form = WhyForm(posted(request), label=_("How did it end?"), hint=hint)
    if request.method == "POST" and form.is_valid():
        try:
            services.resolve(alarm, user=user_of(request), role=role, how=form.said)
        except Refused as refused:
            tell_refusal(form, refused)
        else:
            messages.success(request, _("The alarm about %(name)s is closed.") % {"name": alarm.enrolment.called})
            log_look(request, alarm.enrolment, action=Action.RECORD)
            return redirect("operate:worklist")
    return render(request, "operate/say_why.html", _about(alarm, form), status=UNPROCESSABLE if form.errors else 200)


def _about(alarm: Alarm, form: WhyForm) -> dict[str, Any]:
    words = words_of(alarm.enrolment)
    what = {"what": words.not_happened(alarm.expectation), "when": words.when(alarm.raised_at)}
    return {
        "form": form,
        "heading": _("It is dealt with"),
        "person": alarm.enrolment.called,
        "lead": _("%(what)s. The alarm came %(when)s.") % what,
        "button": _("Close the alarm"),
        "back": "../../../",
    }


def _alarm(request: HttpRequest, alarm_id: UUID) -> Alarm:
    rows = Alarm.objects.filter(adoption__in=Adoption.objects.for_user(request.user))
    whole = rows.select_related(
        "enrolment__person__organisation",
        "enrolment__adoption__organisation",
        "enrolment__adoption__protocol_version",
        "enrolment__protocol_version",
    )
    return get_object_or_404(whole, public_id=alarm_id)


def _role(request: HttpRequest, alarm: Alarm) -> str:
    """The role it has reached that the user holds; any other role held there will do: help is help."""
    mine = access.roles_with(request.user, alarm.enrolment)
    told = [role for role in alarm.told.split("|") if role in mine]
    role = (told or sorted(mine) or [alarm.role])[0]
    access.check_act(request.user, alarm.enrolment, role=role, participant_role="")
    return role


def _sieve_form(request: HttpRequest, roles: pages.Roles) -> SieveForm:
    adoptions = [(str(row.public_id), row.name) for row in roles]
    asked = {"name": "", "adoption": "", "show": "all", **request.GET.dict()}
    return SieveForm(asked, adoptions=sorted(adoptions, key=lambda pair: pair[1]))


def _back(request: HttpRequest) -> str:
    from django.urls import reverse

    query = request.GET.copy()
    query.pop("seen", None)
    return f"{reverse('operate:worklist')}?{query.urlencode()}" if query else reverse("operate:worklist")
