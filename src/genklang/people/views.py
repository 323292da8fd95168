"""Pages of people: demo sign-in, my account, the organisation's access log."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from genklang.people import permissions, selectors, services
from genklang.people.demo import visitors
from genklang.people.forms import AccessLogFilter
from genklang.people.models import Action, Organisation, User

ROWS_PER_PAGE = 50


@require_http_methods(["GET", "POST"])
def demo(request: HttpRequest) -> HttpResponse:
    """The demo's door: one button for each kind of visitor. It does not exist outside the demo."""
    if not settings.GENKLANG_DEMO:
        raise Http404(_("This page exists only in the demo."))
    if request.method == "POST":
        kind = next((kind for kind in services.DEMO_KINDS if kind == request.POST.get("kind")), None)
        if kind is None:
            raise Http404(_("There is no such visitor in the demo."))
        services.sign_in_as_demo(request, kind)
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "people/demo.html", {"visitors": visitors()})


@login_required
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """My account: who I am here and which roles I have."""
    assert isinstance(request.user, User)
    shown = {
        "roles": selectors.memberships_of(request.user),
        "can_edit_bank": permissions.can_edit_bank(request.user),
    }
    return render(request, "people/account.html", shown)


@login_required
@require_GET
def access_log(request: HttpRequest, slug: str) -> HttpResponse:
    """The lead's systematic check: who looked at whom in the organisation. Looking here is logged as well."""
    organisation = get_object_or_404(Organisation.objects.for_user(request.user), slug=slug)
    permissions.check_see_access_log(request.user, organisation)
    form = AccessLogFilter(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    rows = selectors.access_log(
        organisation,
        person_name=asked.get("person", ""),
        actor_name=asked.get("actor", ""),
        action=asked.get("action", ""),
    )
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    count = page.paginator.count
    caption = ngettext("%(count)d entry, newest first", "%(count)d entries, newest first", count) % {"count": count}
    shown = {"organisation": organisation, "form": form, "page": page, "caption": caption}
    response = render(request, "people/access_log.html", shown)
    assert isinstance(request.user, User)
    services.record_access(organisation=organisation, actor=request.user, action=Action.CHECK)
    return response
