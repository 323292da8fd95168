"""Pages for people without an account: the private page behind a link, and an adoption's open pages.

Nothing here is indexed or kept in a cache; a link's secret leaves in no referrer. A link is opened the first time when
somebody presses the button: programs that look ahead at a link press none.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from genklang.operate import inviting, services
from genklang.operate.answering import handed_in
from genklang.operate.forms.answers import AnswerForm, Asking, ByAttribute
from genklang.operate.incoming import Source
from genklang.operate.inviting import Opened
from genklang.operate.models import Adoption, Attachment, Enrolment, Link, Status
from genklang.operate.pages import visiting as pages
from genklang.operate.pages.protocols import protocol_of, words_of
from genklang.operate.pages.visiting import Reading
from genklang.operate.problems import Refused
from genklang.operate.rate import Brake
from genklang.operate.shown import Log
from genklang.operate.views.shared import UNPROCESSABLE, tell_refusal
from genklang.people.models import Action
from genklang.people.services import record_access
from genklang.protocol.types import Protocol
from genklang.voices import qr, serving
from genklang.voices.languages import best
from genklang.voices.models import Media

TOO_MANY = 429
UNCHANGED = 204
guest_brake = Brake(calls=30, seconds=600)
public_brake = Brake(calls=20, seconds=600)
matter_brake = Brake(calls=600, seconds=3600)
View = Callable[..., HttpResponseBase]


def private(view: View) -> View:
    """No index, no cache, no referrer to anybody else."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Cache-Control"] = "private, no-store"
        response["Referrer-Policy"] = "same-origin"
        return response

    return answered


@private
@require_GET
def guest(request: HttpRequest, secret: str) -> HttpResponseBase:
    """What the link is about; before it was opened the first time, only who it is from and a button."""
    opened = inviting.find(secret)
    if opened is None:
        return _no_link(request)
    with translation.override(_language(request, opened.log.protocol, opened.link.role)):
        if opened.link.opened_at is None:
            return render(request, "operate/guest_first.html", _around(opened, secret))
        _log_look(opened)
        return _guest_page(request, opened, secret)


@private
@require_POST
def guest_open(request: HttpRequest, secret: str) -> HttpResponseBase:
    """The button of the first time: it is remembered once, however often it is pressed."""
    opened = inviting.find(secret)
    if opened is None:
        return _no_link(request)
    with transaction.atomic():
        if inviting.open_first(opened):
            _record_opening(opened)
    return _back(request, secret)


@private
@require_POST
def guest_say(request: HttpRequest, secret: str, kind: str) -> HttpResponseBase:
    """A form of the guest's."""
    opened = inviting.find(secret)
    if opened is None or opened.link.opened_at is None:
        return _no_link(request)
    if wait := guest_brake.seconds_to_wait(opened.link.pk):
        return too_many(request, wait)
    with translation.override(_language(request, opened.log.protocol, opened.link.role)):
        reading = _reading(opened, secret, request)
        asking = {ask.kind: ask.form.asking for ask in pages.asks(reading, _fresh, invited=opened.invited)}.get(kind)
        if asking is None or kind == _opening_kind(opened):
            raise Http404(_("There is no such event."))
        form = _bound(kind, asking, request)
        source = Source(by=opened.link.role, link=opened.link)
        if form.is_valid() and _record(form, opened.link.enrolment, kind, source):
            return _back(request, secret, done=kind)
        return _guest_page(request, opened, secret, sent={kind: form})


@private
@require_GET
def guest_file(request: HttpRequest, secret: str, media_id: UUID) -> HttpResponseBase:
    """A film, picture or subtitles that belong to what the guest may read."""
    opened = inviting.find(secret)
    if opened is None or opened.link.opened_at is None:
        raise Http404(_("There is no such file."))
    return _file(request, _reading(opened, secret, request), media_id)


@private
@require_GET
def open_pages(request: HttpRequest, adoption_id: UUID) -> HttpResponseBase:
    """All that anybody may read of an adoption."""
    adoption = get_object_or_404(_open_adoptions(), public_id=adoption_id)
    role = public_role(protocol_of(adoption.protocol_version))
    if not role:
        raise Http404(_("There is no such page."))
    rows = Enrolment.objects.with_protocol().filter(adoption=adoption, person=None).order_by("-enrolled_at")
    matters = [(each, words_of(each).stage(each.stage)) for each in pages.open_matters(role, rows)]
    values = {"adoption": adoption, "words": words_of(adoption).protocol, "matters": matters}
    return render(request, "operate/open_pages.html", values | {"simulated": adoption.simulated})


@private
@require_GET
def open_matter(request: HttpRequest, enrolment_id: UUID) -> HttpResponseBase:
    """A matter's open page: what has been told, asked and answered, and the forms for anybody."""
    enrolment = _open_enrolment(enrolment_id)
    part = request.GET.get("part") == "log"
    if part and request.GET.get("seen") == pages.mark_of(enrolment):
        return HttpResponse(status=UNCHANGED)
    reading = _open_reading(enrolment)
    template = "operate/parts/conversation.html" if part else "operate/open_matter.html"
    with translation.override(_language(request, reading.log.protocol, reading.role)):
        return render(request, template, _matter(request, reading))


@private
@require_POST
def open_say(request: HttpRequest, enrolment_id: UUID, kind: str) -> HttpResponseBase:
    """Something that anybody may say; what it gives a private link to is shown at once, and never again."""
    enrolment = _open_enrolment(enrolment_id)
    reading = _open_reading(enrolment)
    visitor = (enrolment.pk, request.META.get("REMOTE_ADDR", ""))
    if wait := public_brake.seconds_to_wait(visitor) or matter_brake.seconds_to_wait(enrolment.pk):
        return too_many(request, wait)
    with translation.override(_language(request, reading.log.protocol, reading.role)):
        asking = {ask.kind: ask.form.asking for ask in pages.asks(reading, _fresh)}.get(kind)
        if asking is None:
            raise Http404(_("There is no such event."))
        form = _bound(kind, asking, request)
        if not form.is_valid() or not _record(form, enrolment, kind, Source(by=reading.role)):
            values = _matter(request, reading, sent={kind: form})
            return render(request, "operate/open_matter.html", values, status=UNPROCESSABLE)
        link = Link.objects.filter(adoption=enrolment.adoption, event=f"page-{form.key}", opened_at=None).first()
        values = _matter(request, reading) | {"what": words_of(enrolment).event(kind), **_shown_link(request, link)}
        return render(request, "operate/open_thanks.html", values)


@private
@require_GET
def open_file(request: HttpRequest, enrolment_id: UUID, media_id: UUID) -> HttpResponseBase:
    """A film or picture that anybody may see."""
    return _file(request, _open_reading(_open_enrolment(enrolment_id)), media_id)


def public_role(protocol: Protocol) -> str:
    """The protocol's role for anybody; empty where it has no open page."""
    return next((name for name, role in protocol.roles.items() if role.public), "")


def _reading(opened: Opened, secret: str, request: HttpRequest) -> Reading:
    def address(media: Media) -> str:
        return reverse("operate:guest-file", args=[secret, media.public_id])

    events = opened.log.for_guest(opened.invited, role=opened.link.role, link=opened.link.pk)
    subtitles = request.GET.get("subtitles", "")
    return Reading(opened.log, opened.link.role, events, opened.link, address, subtitles)


def _open_enrolment(enrolment_id: UUID) -> Enrolment:
    rows = Enrolment.objects.with_protocol().filter(person=None, adoption__in=_open_adoptions())
    return get_object_or_404(rows.select_related("adoption__organisation"), public_id=enrolment_id)


def _open_reading(enrolment: Enrolment) -> Reading:
    log = Log(enrolment)
    role = public_role(log.protocol)
    if not role:
        raise Http404(_("There is no such page."))

    def address(media: Media) -> str:
        return reverse("operate:open-file", args=[enrolment.public_id, media.public_id])

    return Reading(log, role, log.for_public(role), None, address)


def _open_adoptions() -> Any:
    shown = Adoption.objects.filter(historical=False).exclude(status=Status.PLANNED)
    return shown.select_related("organisation", "protocol_version")


def _guest_page(
    request: HttpRequest, opened: Opened, secret: str, *, sent: dict[str, AnswerForm] | None = None
) -> HttpResponse:
    reading = _reading(opened, secret, request)
    top = pages.about(reading, opened.invited)
    but = {_opening_kind(opened)}
    asks = pages.asks(
        reading, lambda kind, asking: (sent or {}).get(kind) or _fresh(kind, asking), but=but, invited=opened.invited
    )
    values = _around(opened, secret) | {
        "top": pages.conversation(replace(reading, events=top)),
        "threads": pages.conversation(reading, but={event.key for event in top} | _openings(opened)),
        "asks": asks,
        "wrong": next((ByAttribute(form) for form in (sent or {}).values() if form.errors), None),
        "done": request.GET.get("done", "") in opened.log.protocol.events,
    }
    return render(request, "operate/guest.html", values, status=UNPROCESSABLE if values["wrong"] else 200)


def _around(opened: Opened, secret: str) -> dict[str, Any]:
    """What every page behind a link shows."""
    link, words = opened.link, words_of(opened.link.enrolment)
    return {
        "secret": secret,
        "link": link,
        "organisation": link.adoption.organisation,
        "practice": words.protocol.title.in_language(translation.get_language() or "sv"),
        "invitation": words.event(opened.invited.kind),
        "until": words.day(link.expires_at),
        "languages": pages.languages(words.protocol, link.role),
        "simulated": link.adoption.simulated,
    }


def _matter(request: HttpRequest, reading: Reading, *, sent: dict[str, AnswerForm] | None = None) -> dict[str, Any]:
    enrolment, words = reading.log.enrolment, reading.words
    asks = pages.asks(reading, lambda kind, asking: (sent or {}).get(kind) or _fresh(kind, asking))
    return {
        "enrolment": enrolment,
        "organisation": enrolment.adoption.organisation,
        "practice": words.protocol.title.in_language(translation.get_language() or "sv"),
        "adoption": enrolment.adoption,
        "stage": words.stage(enrolment.stage),
        "ended": reading.log.ended,
        "threads": pages.conversation(reading),
        "asks": asks,
        "wrong": next((ByAttribute(form) for form in (sent or {}).values() if form.errors), None),
        "mark": pages.mark_of(enrolment),
        "checked": words.clock_time(words.now),
        "languages": pages.languages(words.protocol, reading.role),
        "simulated": enrolment.adoption.simulated,
    }


def _shown_link(request: HttpRequest, link: Link | None) -> dict[str, Any]:
    if link is None:
        return {}
    address = request.build_absolute_uri(inviting.new_address(link))
    return {"address": address, "qr": qr.svg(address, label=_("The address as a QR code"))}


def _file(request: HttpRequest, reading: Reading, media_id: UUID) -> HttpResponseBase:
    keys = {event.key for event in reading.events}
    rows = Attachment.objects.filter(enrolment=reading.log.enrolment).select_related("media")
    row = get_object_or_404(rows, media__public_id=media_id)
    event = reading.log.events.get(row.event)
    near = {each.key for each in reading.log.refers_to(event)} if event and row.language else set()
    if row.event not in keys and not near & keys:
        raise Http404(_("There is no such file."))
    return serving.answer(request, row.media)


def _record(form: AnswerForm, enrolment: Enrolment, kind: str, source: Source) -> bool:
    try:
        with handed_in(enrolment, kind, form.answers, user=None) as said:
            services.record_one(enrolment, kind, said, source=source, id=f"page-{form.key}")
    except Refused as refused:
        tell_refusal(form, refused)
        return False
    return True


def _record_opening(opened: Opened) -> None:
    """The receipt: an event of the protocol's, with the references that point at what invited."""
    kind = _opening_kind(opened)
    if not kind:
        return
    fields = opened.log.protocol.events[kind].fields
    data = {
        name: [opened.invited.key] if question.many else opened.invited.key
        for name, question in fields.items()
        if question.type == "reference" and opened.invited.kind in (question.of or [])
    }
    source = Source(by=opened.link.role, link=opened.link)
    services.record_one(opened.link.enrolment, kind, data, source=source, id=f"{opened.link.public_id}:opened")


def _opening_kind(opened: Opened) -> str:
    invites = opened.log.kind(opened.invited).invites
    return (invites.opened or "") if invites else ""


def _openings(opened: Opened) -> set[str]:
    kind = _opening_kind(opened)
    return {event.key for event in opened.log.events.values() if event.kind == kind}


def _fresh(kind: str, asking: Asking) -> AnswerForm:
    return AnswerForm(asking, auto_id=f"{kind}_%s")


def _bound(kind: str, asking: Asking, request: HttpRequest) -> AnswerForm:
    return AnswerForm(asking, request.POST, request.FILES, auto_id=f"{kind}_%s")


def _language(request: HttpRequest, protocol: Protocol, role: str) -> str:
    """What was chosen on the page, else what the browser likes best of what there is."""
    offered = pages.offered(protocol, role)
    asked = request.POST.get("language") or request.GET.get("language", "")
    if asked in offered:
        return asked
    return best(request.headers.get("Accept-Language", ""), offered) or translation.get_language() or "sv"


def _back(request: HttpRequest, secret: str, *, done: str = "") -> HttpResponseRedirect:
    asked = {"language": request.POST.get("language", ""), "done": done}
    query = "&".join(
        f"{name}={value}" for name, value in asked.items() if value.replace("-", "").replace("_", "").isalnum()
    )
    return HttpResponseRedirect(f"{reverse('operate:guest', args=[secret])}{'?' if query else ''}{query}")


def _no_link(request: HttpRequest) -> HttpResponse:
    return render(request, "operate/guest_none.html", status=404)


def too_many(request: HttpRequest, wait: int) -> HttpResponse:
    """Asks to wait so many seconds; what was written is still in the browser."""
    response = render(request, "operate/too_many.html", {"minutes": max(1, round(wait / 60))}, status=TOO_MANY)
    response["Retry-After"] = str(wait)
    return response


def _log_look(opened: Opened) -> None:
    enrolment = opened.link.enrolment
    purpose = _("private link, %(who)s") % {"who": opened.link.named or words_of(enrolment).role(opened.link.role)}
    record_access(
        organisation=enrolment.adoption.organisation,
        actor=None,
        person=enrolment.person,
        action=Action.VIEW,
        purpose=purpose[:200],
    )
