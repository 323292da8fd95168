"""Private links, for whoever may give them: making an address, shown this once to copy or print; calling it back."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from genklang.operate import access, inviting
from genklang.operate.models import Attachment, Enrolment, Event, Link
from genklang.operate.pages.links import link_line, visitors_in
from genklang.operate.pages.protocols import words_of
from genklang.operate.shown import Log
from genklang.operate.views.shared import log_look, user_of
from genklang.people.models import Action
from genklang.voices import qr, serving


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, link_id: UUID) -> HttpResponse:
    """A link: for whom, until when, whether opened. Posting makes a new address, shown on the answer alone."""
    found = _link_seen(request, link_id)
    log = Log(found.enrolment)
    why = inviting.why_closed(found, log)
    values = {
        "link": link_line(found, log, words_of(found.enrolment)),
        "enrolment": found.enrolment,
        "simulated": found.adoption.simulated,
        "back": _home(request, found.enrolment),
        "has_address": found.sha256 is not None,
    }
    if request.method == "POST" and not why:
        address = request.build_absolute_uri(inviting.new_address(found))
        values |= {"address": address, "qr": qr.svg(address, label=_("The address as a QR code"))}
        log_look(request, found.enrolment, action=Action.CONTACT)
    return render(request, "operate/link.html", values)


@login_required
@require_POST
def call_back(request: HttpRequest, link_id: UUID) -> HttpResponse:
    """The link opens nothing from now on."""
    found = _link_seen(request, link_id)
    inviting.call_back(found, user=user_of(request))
    log_look(request, found.enrolment, action=Action.DECIDE)
    messages.success(request, _("Called back. The link opens nothing any more."))
    return redirect(_home(request, found.enrolment))


@never_cache
@login_required
@require_GET
def file(request: HttpRequest, media_id: UUID) -> HttpResponseBase:
    """A film, picture, sound, document or subtitles, for those who may see what it came with."""
    rows = Attachment.objects.select_related(
        "media", "enrolment__adoption__organisation", "enrolment__person", "enrolment__protocol_version"
    )
    row = get_object_or_404(rows, media__public_id=media_id)
    if not _may_see(request, row):
        raise Http404(_("There is no such file."))
    asked = request.headers.get("Range", "")
    if asked in ("", "bytes=0-"):
        log_look(request, row.enrolment)
    return serving.answer(request, row.media)


def _may_see(request: HttpRequest, row: Attachment) -> bool:
    """Staff and the person self; one of the household what they may read, and what they handed in themselves."""
    if access.can_see_adoption(request.user, row.enrolment.adoption):
        return True
    mine = access.own_roles(request.user, row.enrolment)
    protocol = words_of(row.enrolment).protocol
    if any(protocol.roles[role].participant for role in mine):
        return True
    event = Event.objects.filter(enrolment=row.enrolment, key=row.event).first()
    return event is not None and any(event.kind in protocol.roles[role].sees or event.by == role for role in mine)


def _link_seen(request: HttpRequest, link_id: UUID) -> Link:
    """A link that the user may give or call back: in a role that may invite so, or as the lead; else 404 or 403."""
    rows = Link.objects.select_related(
        "adoption__organisation",
        "enrolment__person",
        "enrolment__protocol_version",
        "enrolment__adoption__organisation",
    )
    found = get_object_or_404(rows, public_id=link_id)
    event = Event.objects.filter(adoption=found.adoption, key=found.event).first()
    declared = words_of(found.enrolment).protocol.events.get(event.kind) if event else None
    by = set(declared.by) - visitors_in(words_of(found.enrolment).protocol) if declared else set()
    mine = access.roles_in(request.user, found.adoption) | access.own_roles(request.user, found.enrolment)
    if by & mine or (by and access.can_lead(request.user, found.adoption)):
        return found
    if by and mine and access.can_see_adoption(request.user, found.adoption):
        raise PermissionDenied(_("Somebody else gives this link."))
    raise Http404(_("There is no such link."))


def _home(request: HttpRequest, enrolment: Enrolment) -> str:
    if access.can_see_adoption(request.user, enrolment.adoption):
        return reverse("operate:case", args=[enrolment.public_id])
    return reverse("operate:my-page")
