"""The wall screen: for anybody with its secret address, for members signed in, and the lead's page about it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from genklang.operate import boarding
from genklang.operate.models import Adoption, BoardAddress
from genklang.operate.pages.board import board_of, has_board
from genklang.operate.views.shared import adoption_led, adoption_seen, side, trail, user_of

LANGUAGES = ("sv", "en")


@require_GET
def screen(request: HttpRequest, secret: str) -> HttpResponse:
    """The board on a wall. An address that opens nothing says so; a screen that showed it before goes blank."""
    adoption = boarding.adoption_behind(secret)
    asked = request.GET.get("language", "")
    with override(asked if asked in LANGUAGES else get_language()):
        if adoption is None or not has_board(adoption):
            status = 200 if request.headers.get("HX-Request") else 404
            return _unlisted(render(request, "operate/board_gone.html", status=status))
        return _unlisted(render(request, "operate/board.html", {"board": board_of(adoption)}))


@login_required
@require_GET
def preview(request: HttpRequest, adoption_id: UUID) -> HttpResponse:
    """The same screen for those who work in the adoption."""
    adoption = _with_board(adoption_seen(request, adoption_id))
    return _unlisted(render(request, "operate/board.html", {"board": board_of(adoption)}))


@login_required
@require_http_methods(["GET", "POST"])
def address(request: HttpRequest, adoption_id: UUID) -> HttpResponse:
    """The lead makes the secret address, or makes a new one. It is shown once, on this very page."""
    adoption = _with_board(adoption_led(request, adoption_id))
    secret = boarding.make_address(adoption, user=user_of(request)) if request.method == "POST" else ""
    values = side(request, adoption, "") | {"trail": trail(adoption, _("Wall screen"))}
    values["made"] = BoardAddress.objects.filter(adoption=adoption).select_related("made_by").first()
    values["address"] = _whole(request, secret) if secret else ""
    response = render(request, "operate/board_address.html", values)
    response["Cache-Control"] = "no-store"
    return response


@login_required
@require_POST
def take_away(request: HttpRequest, adoption_id: UUID) -> HttpResponse:
    """The address opens nothing any more."""
    adoption = _with_board(adoption_led(request, adoption_id))
    boarding.take_away(adoption)
    messages.success(request, _("The address is taken away. Screens that show it go blank within half a minute."))
    return redirect("operate:board-address", adoption.public_id)


def _with_board(adoption: Adoption) -> Adoption:
    if not has_board(adoption):
        raise Http404(_("This practice has no wall screen."))
    return adoption


def _whole(request: HttpRequest, secret: str) -> str:
    path = reverse("operate:board", args=[secret])
    return f"{request.build_absolute_uri(path)}?language={(get_language() or 'sv')[:2]}"


def _unlisted(response: HttpResponse) -> HttpResponse:
    """Nothing keeps the page, finds it by searching, or tells its address on."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response
