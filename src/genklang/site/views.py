"""The site's own pages: start, welcome after sign-in, about, accessibility with feedback, components, errors."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from genklang.bank.cards import card_of
from genklang.bank.rings import Drop
from genklang.bank.selectors import shown_practices, varied
from genklang.people import permissions
from genklang.site import showcase
from genklang.site.context import house
from genklang.site.examples import example
from genklang.site.forms import FeedbackForm
from genklang.site.models import Feedback
from genklang.site.services import record_feedback

PRACTICES_AT_THE_START = 6
OPENING_DROPS = (Drop(335, 75, 8, (16, 32, 48, 64, 80, 96)), Drop(300, 22, 4, (12, 24, 36)))


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The start page, with a few practices to begin with."""
    practices = list(shown_practices().prefetch_related("stories"))
    values = {
        "front": True,
        "cards": [card_of(practice) for practice in varied(practices, count=PRACTICES_AT_THE_START)],
        "in_all": len(practices),
        "drops": OPENING_DROPS,
        "asked": [_("mum forgets her medicine"), _("the money is not enough"), _("my son is never in school")],
        "steps": _steps(),
    }
    return render(request, "site/home.html", values)


def _steps() -> list[tuple[str, str, tuple[Drop, ...]]]:
    """From an example to a result: what, in a sentence, and a drop with a ring more for each step."""
    steps = [
        (_("Find"), _("A story in people's own words, and what it led to where it began.")),
        (_("Rehearse"), _("Put in your own numbers and see in seconds what to expect, and how sure one can be.")),
        (_("Run"), _("The protocol asks for what should happen, and tells the right person when it does not.")),
        (_("Measure"), _("A few figures that matter to people, counted from what happened and typed in by nobody.")),
        (_("Give back"), _("What you learned stands beside the practice, also when it did not work.")),
    ]
    return [
        (what, how, (Drop(320, 80, 10, tuple(20 + 14 * ring for ring in range(number))),))
        for number, (what, how) in enumerate(steps, start=1)
    ]


@login_required
@require_GET
def welcome(request: HttpRequest) -> HttpResponse:
    """Where sign-in ends: the visitor's first own place, or the account page."""
    own = [place for place in house(request)["places"] if place.own]
    return redirect(own[0].url if own else "people:account")


@require_GET
def about(request: HttpRequest) -> HttpResponse:
    """What Genklang is, and how personal data stays where it belongs."""
    return render(request, "site/about.html")


@require_http_methods(["GET", "POST"])
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement, with its feedback form."""
    form = FeedbackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        record_feedback(**form.cleaned_data)
        messages.success(request, _("Thank you. Your message has reached us."))
        return redirect("site:accessibility")
    status = 422 if form.errors else 200
    return render(request, "site/accessibility.html", {"form": form}, status=status)


@login_required
@require_GET
def feedback_list(request: HttpRequest) -> HttpResponse:
    """What visitors wrote about accessibility; for bank editors."""
    permissions.check_edit_bank(request.user)
    page = Paginator(Feedback.objects.all(), 20).get_page(request.GET.get("page"))
    return render(request, "site/feedback.html", {"page": page})


@require_GET
def components(request: HttpRequest) -> HttpResponse:
    """Every component, living, with its usage."""
    return render(request, "site/components.html", {"shown": showcase.components(), "example": example()})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403, with the reason that the permission gave."""
    return render(request, "403.html", {"reason": str(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return render(request, "404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """500; plain, so that nothing of what broke is needed to show it."""
    return render(None, "500.html", status=500)
