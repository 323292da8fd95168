"""Giving results back to the bank: what would leave, shown to the figure, and then given by whoever answers for it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from genklang.evaluate.problems import EvaluationError
from genklang.operate import clock
from genklang.operate.models import Adoption
from genklang.operate.pages import giving
from genklang.operate.pages.words import language
from genklang.operate.views.shared import UNPROCESSABLE, adoption_led, side, trail, user_of
from genklang.people.models import Action
from genklang.people.services import record_access

LONGEST_WHY = 200


@login_required
@require_POST
def withdraw(request: HttpRequest, adoption_id: UUID) -> HttpResponse:
    """A result that was given counts no more; why is told to everybody who reads the evidence."""
    found = adoption_led(request, adoption_id)
    why, outcome = request.POST.get("why", "").strip(), request.POST.get("outcome", "")
    if not why or len(why) > LONGEST_WHY:
        return _page(request, found, [_("Write why in a sentence, of at most 200 characters: everybody may read it.")])
    if giving.take_back(found, outcome, why, at=clock.moment(clock.now())):
        purpose = _("a result withdrawn from the bank, %(name)s") % {"name": found.name}
        record_access(
            organisation=found.organisation, actor=user_of(request), action=Action.EXPORT, purpose=purpose[:200]
        )
        messages.success(request, _("The result counts no more. The bank says that it was withdrawn, and why."))
    return redirect(reverse("operate:give-back", args=[found.public_id]))


@login_required
@require_http_methods(["GET", "POST"])
def give_back(request: HttpRequest, adoption_id: UUID) -> HttpResponse:
    """Each outcome as it would leave, or why it may not; sending the form gives those that may."""
    found = adoption_led(request, adoption_id)
    problems: list[str] = []
    if request.method == "POST":
        try:
            given = giving.give(found, request.POST.getlist("seen"), at=clock.moment(clock.now()))
        except EvaluationError as error:
            problems, given = error.messages(language()), None
        else:
            if given is None:
                problems = [_("The figures have changed since you saw them. Look again before you give them.")]
        if given is not None:
            purpose = _("results given to the bank, %(name)s") % {"name": found.name}
            record_access(
                organisation=found.organisation, actor=user_of(request), action=Action.EXPORT, purpose=purpose[:200]
            )
            told = ngettext("%(n)s result is with the bank.", "%(n)s results are with the bank.", len(given))
            messages.success(request, told % {"n": len(given)})
            return redirect(reverse("operate:give-back", args=[found.public_id]))
    return _page(request, found, problems)


def _page(request: HttpRequest, found: Adoption, problems: list[str]) -> HttpResponse:
    offers = giving.offers_of(found)
    values = side(request, found, "result") | {
        "offers": offers,
        "ready": any(offer.may_leave for offer in offers),
        "problems": problems,
        "trail": trail(found, _("Give back")),
    }
    return render(request, "operate/give_back.html", values, status=UNPROCESSABLE if problems else 200)
