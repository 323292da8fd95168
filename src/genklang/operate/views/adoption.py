"""How an adoption goes, what its study says, and both as files. Files with simulated people say so in every row."""

import csv
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from genklang.measure.values import for_release
from genklang.operate import applying, clock, sparing
from genklang.operate.models import Adoption
from genklang.operate.pages import adoptions as pages
from genklang.operate.pages.around import around_of
from genklang.operate.pages.board import has_board
from genklang.operate.pages.figures import csv_rows, headlines
from genklang.operate.pages.measuring import measured, measured_now
from genklang.operate.pages.money import money_of
from genklang.operate.pages.protocols import words_of
from genklang.operate.pages.report import report_of
from genklang.operate.pages.result import result_of
from genklang.operate.pages.upgrading import on_another_version
from genklang.operate.views.shared import adoption_seen, side

OLD = 5 * clock.MINUTE


@login_required
@require_GET
def adoption(request: HttpRequest, adoption_id: UUID) -> HttpResponse:
    """How it goes: what matters to people first, then where everyone is, what waits, what it costs."""
    found = adoption_seen(request, adoption_id)
    words, figures = words_of(found), measured(found)
    values = {
        "running": pages.running(found),
        "headlines": headlines(words, figures),
        "money": money_of(found, figures),
        "who": pages.who_does_what(found),
        "enrolments": figures.enrolments,
        "being_made": figures.being_made,
        "counted_at": clock.moment(figures.at) if clock.now() - figures.at > OLD else None,
        "asked": sparing.asked(found),
        "on_another_version": on_another_version(found),
        "has_board": has_board(found),
        "joins": bool(applying.roles_that_join(found)),
        "apply_address": applying.open_address_of(found),
    }
    return render(request, "operate/adoption.html", side(request, found, "adoption") | values)


@login_required
@require_GET
def result(request: HttpRequest, adoption_id: UUID) -> HttpResponse:
    """What the study says: for the lead, and for those who work in it."""
    found = adoption_seen(request, adoption_id)
    values = side(request, found, "result") | {"result": result_of(found), "around": around_of(found)}
    return render(request, "operate/result.html", values)


@login_required
@require_GET
def report(request: HttpRequest, adoption_id: UUID) -> HttpResponse:
    """What the study says, as tagged PDF: to send to those who decide."""
    found = adoption_seen(request, adoption_id)
    content = report_of(found)
    if content is None:
        raise Http404(_("The practice has no study."))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{_file_name(found, "result")}.pdf"'
    return response


@login_required
@require_GET
def indicators_csv(request: HttpRequest, adoption_id: UUID) -> HttpResponse:
    """The indicators as a file: aggregates only, and none of fewer than five people."""
    found = adoption_seen(request, adoption_id)
    rows = csv_rows(for_release(measured_now(found).values), words_of(found))
    return csv_answer(found, "indicators", rows)


def csv_answer(adoption: Adoption, what: str, rows: Iterable[Sequence[object]]) -> HttpResponse:
    """Rows as a CSV file. Of simulated people its name begins with it and a first column says so in every row."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_file_name(adoption, what)}.csv"'
    writer = csv.writer(response, lineterminator="\n")
    for place, row in enumerate(rows):
        lead = [("data" if place == 0 else "simulated")] if adoption.simulated else []
        writer.writerow([*lead, *map(_safe, row)])
    return response


def _file_name(adoption: Adoption, what: str) -> str:
    mark = "simulated-" if adoption.simulated else ""
    return f"{mark}{slugify(adoption.name) or 'adoption'}-{what}"


def _safe(cell: object) -> object:
    """A text that a spreadsheet would take for a formula, made plain."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in {"=", "+", "@", "\t"} else cell
