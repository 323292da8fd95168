"""Places and their queue: for those who work there; and the lead's own numbers."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from genklang.operate import services
from genklang.operate.forms.places import PlacesForm
from genklang.operate.joining import persons_of
from genklang.operate.pages import queue as pages
from genklang.operate.pages.protocols import words_of
from genklang.operate.pages.words import say
from genklang.operate.problems import Refused
from genklang.operate.sharing import places_for
from genklang.operate.views.shared import (
    UNPROCESSABLE,
    adoption_led,
    adoption_seen,
    posted,
    side,
    tell_refusal,
    user_of,
)
from genklang.people.services import record_listing


@login_required
@require_GET
def places(request: HttpRequest, adoption_id: UUID) -> HttpResponse:
    """How full it is, who waits and since when; seeing the names is logged."""
    adoption = adoption_seen(request, adoption_id)
    shown = pages.place_pages(adoption)
    if not shown:
        raise Http404(_("This practice has no places."))
    record_listing(actor=user_of(request), persons=persons_of(pages.people_of(shown)), purpose=adoption.name)
    return render(request, "operate/places.html", side(request, adoption, "places") | {"queues": shown})


@login_required
@require_http_methods(["GET", "POST"])
def numbers(request: HttpRequest, adoption_id: UUID, name: str) -> HttpResponse:
    """How many places there are here, and how they are shared."""
    adoption = adoption_led(request, adoption_id)
    place = words_of(adoption).protocol.places.get(name)
    if place is None:
        raise Http404(_("There is no such place."))
    form = PlacesForm(posted(request), place=place, limits=places_for(adoption).limits[name])
    if request.method == "POST" and form.is_valid():
        own = {**adoption.overlay.get("places", {}), name: form.own}
        try:
            services.change_adoption(adoption, name=adoption.name, overlay={**adoption.overlay, "places": own})
        except Refused as refused:
            tell_refusal(form, refused)
        else:
            messages.success(request, _("Saved. What has become free is given at once to those whose turn it is."))
            return redirect("operate:places", adoption.public_id)
    values: dict[str, Any] = {"form": form, "label": say(place)}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "operate/place_numbers.html", side(request, adoption, "places") | values, status=status)
