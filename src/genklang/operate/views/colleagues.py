"""The lead's page about who works in the organisation, and in what."""

from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from genklang.operate import colleagues as verbs
from genklang.operate.forms.colleagues import ColleagueForm, RoleForm
from genklang.operate.pages.colleagues import colleagues_of
from genklang.operate.problems import Refused
from genklang.operate.views.shared import UNPROCESSABLE, posted, tell_refusal, user_of
from genklang.people import permissions
from genklang.people.models import Organisation, Role, User


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def colleagues(request: HttpRequest, slug: str) -> HttpResponse:
    """Who works here and with what; and somebody new."""
    organisation = _led(request, slug)
    form = ColleagueForm(posted(request), initial={"role": Role.STAFF})
    values: dict[str, Any] = {"organisation": organisation, "form": form}
    if request.method == "POST" and form.is_valid():
        wanted = {name: form.cleaned_data[name] for name in ("name", "email")}
        user = verbs.take_on(organisation, **wanted, role=Role(form.cleaned_data["role"]), actor=user_of(request))
        values |= {"form": ColleagueForm(initial={"role": Role.STAFF}), "taken_on": user}
        values["first_password"] = _first_password(request, user, organisation)
    values["colleagues"] = colleagues_of(organisation)
    status = UNPROCESSABLE if values["form"].errors else 200
    return render(request, "operate/colleagues.html", values, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def colleague(request: HttpRequest, slug: str, user_id: int) -> HttpResponse:
    """One of them: another role, or none any more. Whoever works elsewhere does not exist here."""
    organisation = _led(request, slug)
    found = next((each for each in colleagues_of(organisation) if each.user.pk == user_id), None)
    user = get_object_or_404(User, pk=found.user.pk if found else None)
    assert found is not None
    ending = request.POST.get("ends") == "yes"
    form = RoleForm(None if ending else posted(request), initial={"role": found.role})
    errors: list[tuple[str, str]] = []
    if request.method == "POST" and (ending or form.is_valid()):
        try:
            if ending:
                verbs.let_go(organisation, user=user, actor=user_of(request))
                messages.success(request, _("%(who)s no longer works here.") % {"who": user})
            else:
                role = Role(form.cleaned_data["role"])
                verbs.change_role(organisation, user=user, role=role, actor=user_of(request))
                messages.success(request, _("Saved."))
        except Refused as refused:
            if ending:
                errors = [(f"{problem.what}. {problem.instead}", "#end") for problem in refused.problems]
            else:
                tell_refusal(form, refused)
        else:
            return _onward(request, organisation)
    values = {"organisation": organisation, "colleague": found, "form": form, "errors": errors}
    values["me"] = user == request.user
    return render(request, "operate/colleague.html", values, status=UNPROCESSABLE if errors or form.errors else 200)


def _led(request: HttpRequest, slug: str) -> Organisation:
    """An organisation whose members the user decides about; staff are told so, others find nothing."""
    organisation = get_object_or_404(Organisation.objects.for_user(request.user), slug=slug)
    permissions.check_manage_members(request.user, organisation)
    return organisation


def _onward(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Back to the list, unless one has just taken away one's own right to read it."""
    if permissions.can_manage_members(request.user, organisation):
        return redirect("operate:colleagues", organisation.slug)
    return redirect(settings.LOGIN_REDIRECT_URL)


def _first_password(request: HttpRequest, user: User, organisation: Organisation) -> str:
    """The address where somebody new chooses a password; empty where there is another way in, or has been one."""
    if settings.OPENID_PROVIDER or not verbs.can_be_let_in(user, organisation):
        return ""
    parts = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return request.build_absolute_uri(reverse("account_reset_password_from_key", kwargs=parts))
