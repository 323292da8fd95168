"""A matter as one page to read and print, for those who work with it. Every look is logged."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from genklang.operate.pages.protocols import words_of
from genklang.operate.pages.whole import whole_of
from genklang.operate.views.shared import enrolment_seen, log_look, trail


@login_required
@require_GET
def whole(request: HttpRequest, enrolment_id: UUID) -> HttpResponse:
    """All that was entered in a matter and may be passed on; what is about a person has no such page."""
    enrolment = enrolment_seen(request, enrolment_id)
    if words_of(enrolment).protocol.matter is None:
        raise Http404(_("What is about a person is not gathered on one page to pass on."))
    log_look(request, enrolment)
    way = [*trail(enrolment.adoption), (enrolment.called, reverse("operate:case", args=[enrolment.public_id]))]
    values = {"whole": whole_of(enrolment), "enrolment": enrolment, "adoption": enrolment.adoption}
    more = {"trail": [*way, (_("The whole of it"), "")], "simulated": enrolment.adoption.simulated}
    return render(request, "operate/whole.html", values | more)
