"""What needs mending: enrolments that stand still, and what the system has told of itself. For the lead."""

import logging
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from genklang.operate import services
from genklang.operate.models import Enrolment, Notice
from genklang.operate.pages import mending as pages
from genklang.operate.views.shared import adoption_led, log_look, side
from genklang.people.models import Action

log = logging.getLogger(__name__)


@login_required
@require_GET
def mending(request: HttpRequest, adoption_id: UUID) -> HttpResponse:
    """All that stands still, and all that was told and not yet read."""
    adoption = adoption_led(request, adoption_id)
    values = {"broken": pages.broken_in(adoption), "told": pages.notices_for(adoption)}
    return render(request, "operate/mending.html", side(request, adoption, "mending") | values)


@login_required
@require_POST
def mend(request: HttpRequest, adoption_id: UUID, enrolment_id: UUID) -> HttpResponse:
    """Takes the enrolment back, its rows made anew from its log; or says that it still breaks, and changes nothing."""
    adoption = adoption_led(request, adoption_id)
    enrolment = get_object_or_404(Enrolment.objects.select_related("person"), adoption=adoption, public_id=enrolment_id)
    try:
        services.mend(enrolment)
    except DatabaseError:
        raise
    except Exception as error:
        log.error("enrolment %s cannot be mended yet: %s", enrolment.public_id, type(error).__name__)
        text = _("%(key)s still cannot be followed (%(error)s). Nothing was changed. Tell whoever runs the system.")
        messages.error(request, text % {"key": enrolment.key, "error": type(error).__name__})
    else:
        log_look(request, enrolment, action=Action.RECORD)
        messages.success(request, _("%(key)s is mended, and followed again.") % {"key": enrolment.key})
    return redirect("operate:mending", adoption.public_id)


@login_required
@require_POST
def seen(request: HttpRequest, adoption_id: UUID, notice_id: int) -> HttpResponse:
    """Somebody has read it."""
    adoption = adoption_led(request, adoption_id)
    services.mark_seen(get_object_or_404(Notice, pk=notice_id, kind__in=pages.SYSTEM, adoption=None))
    return redirect("operate:mending", adoption.public_id)
