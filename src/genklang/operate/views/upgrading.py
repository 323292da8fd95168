"""Upgrading an adoption: what it would mean, doing it, and taking it back. For the lead."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from genklang.operate import upgrading
from genklang.operate.models import Adoption, Upgrade
from genklang.operate.pages import upgrading as pages
from genklang.operate.problems import Refused
from genklang.operate.views.shared import UNPROCESSABLE, adoption_led, side, user_of


@login_required
@require_http_methods(["GET", "POST"])
def upgrade(request: HttpRequest, adoption_id: UUID) -> HttpResponse:
    """The plan first; then, when the lead has seen it, all of it is done."""
    adoption = adoption_led(request, adoption_id)
    refused: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            return _done(request, adoption)
        except Refused as refusal:
            refused = tuple(pages.said(problem) for problem in refusal.problems)
    new = upgrading.newer_version(adoption)
    plan = pages.plan_view(upgrading.plan_upgrade(adoption, new)) if new else None
    values = {"plan": plan, "refused": refused, "latest": pages.latest(adoption)}
    status = UNPROCESSABLE if refused else 200
    return render(request, "operate/upgrade.html", side(request, adoption, "settings") | values, status=status)


@login_required
@require_POST
def revert(request: HttpRequest, adoption_id: UUID, upgrade_id: int) -> HttpResponse:
    """Takes an upgrade back, or says why it cannot be."""
    adoption = adoption_led(request, adoption_id)
    row = get_object_or_404(Upgrade.objects.select_related("adoption", "old", "new"), pk=upgrade_id, adoption=adoption)
    try:
        left = upgrading.revert_upgrade(row, actor=user_of(request))
    except Refused as refusal:
        for problem in refusal.problems:
            messages.error(request, pages.said(problem))
    else:
        messages.success(request, _("You are back on version %(version)s.") % {"version": row.old.version})
        if left:
            text = ngettext(
                "%(n)s person stays on the newer version, having begun on it or used what is new in it.",
                "%(n)s people stay on the newer version, having begun on it or used what is new in it.",
                len(left),
            )
            messages.info(request, text % {"n": len(left)})
    return redirect("operate:upgrade", adoption.public_id)


def _done(request: HttpRequest, adoption: Adoption) -> HttpResponse:
    new = upgrading.newer_version(adoption)
    if new is not None:
        fingerprint = request.POST.get("fingerprint", "") or "none"
        upgrading.apply_upgrade(adoption, new, actor=user_of(request), fingerprint=fingerprint)
        messages.success(request, _("Now you run version %(version)s.") % {"version": new.version})
    return redirect("operate:upgrade", adoption.public_id)
