"""Files and documents: handing in, mending or rejecting a row, who sends, and taking documents out."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from genklang.operate import access, filing, issuing, services
from genklang.operate.filed import FileRow, Issued
from genklang.operate.files import read_table
from genklang.operate.forms.filing import HandInForm, RowForm, SenderForm
from genklang.operate.forms.work import WhyForm
from genklang.operate.incoming import Source
from genklang.operate.machines import adoption_machine
from genklang.operate.models import Adoption
from genklang.operate.pages import filing as pages
from genklang.operate.papers import pdf_of, xml_of
from genklang.operate.problems import Refused
from genklang.operate.views.shared import (
    UNPROCESSABLE,
    adoption_led,
    adoption_seen,
    posted,
    side,
    tell_refusal,
    trail,
    user_of,
)
from genklang.people.models import Action
from genklang.people.services import record_access
from genklang.protocol.checks.paperwork import COLUMN_OF_ENROLMENT


@login_required
@require_GET
def files(request: HttpRequest, adoption_id: UUID) -> HttpResponse:
    """What has come in and gone out, what waits, and the documents."""
    return _files(request, _with_paperwork(request, adoption_id))


@login_required
@require_http_methods(["POST"])
def hand_in(request: HttpRequest, adoption_id: UUID, name: str) -> HttpResponse:
    """A file: what is right is done at once, what is wrong waits."""
    adoption = _with_paperwork(request, adoption_id)
    role = _role(request, adoption, name)
    form = HandInForm(request.POST, request.FILES, enrolments=pages.open_enrolments(adoption), prefix=name)
    if form.is_valid():
        file = form.cleaned_data["file"]
        reader = filing.reader_of(adoption, name, enrolment=form.cleaned_data["belongs"])
        try:
            table = read_table(file.read(), file=file.name)
            source = Source(by=role, user=user_of(request))
            handed = filing.hand_in(reader, adoption, table, file=file.name, source=source)
        except Refused as refused:
            tell_refusal(form, refused)
        else:
            said = _("%(taken)s rows are done. %(waiting)s wait. %(known)s were here already.")
            messages.success(request, said % handed.counts)
            return redirect("operate:files", adoption.public_id)
    return _files(request, adoption, {name: form})


@login_required
@require_http_methods(["GET", "POST"])
def row(request: HttpRequest, adoption_id: UUID, row_id: UUID) -> HttpResponse:
    """A row that waits: put right, or rejected with a reason."""
    adoption = _with_paperwork(request, adoption_id)
    found = get_object_or_404(
        FileRow.objects.select_related("adoption__protocol_version"), adoption=adoption, public_id=row_id
    )
    role = _role(request, adoption, found.file)
    source = Source(by=role, user=user_of(request))
    protocol = adoption_machine(adoption).protocol
    declared = protocol.events[protocol.files[found.file].rows]
    rejecting = "reject" in request.POST
    form = RowForm(
        None if rejecting else posted(request),
        fields=declared.fields,
        cells={**found.cells, COLUMN_OF_ENROLMENT: found.enrolment},
        enrolments=pages.open_enrolments(adoption),
    )
    why = WhyForm(request.POST if rejecting else None, label=_("Why is nothing to come of it?"), prefix="reject")
    if found.status != FileRow.Status.WAITING:
        messages.info(request, _("Somebody has dealt with that row."))
        return redirect("operate:files", adoption.public_id)
    if request.method == "POST" and (done := _deal_with(found, why if rejecting else form, source)):
        messages.success(request, done)
        return redirect("operate:files", adoption.public_id)
    _log(
        request,
        adoption,
        Action.VIEW,
        _("row %(line)s of %(file)s") % {"line": found.line, "file": found.batch.file_name},
    )
    values = side(request, adoption, "files") | {
        "row": found,
        "form": form,
        "why": why,
        "problems": pages.in_words(filing.problems_of(found), declared.fields),
        "rejecting": rejecting,
        "trail": trail(adoption, _("Row %(line)s") % {"line": found.line}),
    }
    wrong = bool(form.errors or why.errors)
    return render(request, "operate/file_row.html", values, status=UNPROCESSABLE if wrong else 200)


@login_required
@require_http_methods(["GET", "POST"])
def sender(request: HttpRequest, adoption_id: UUID) -> HttpResponse:
    """Who sends the documents; what waits for it is issued at once."""
    adoption = adoption_led(request, adoption_id)
    if not adoption_machine(adoption).protocol.documents:
        raise Http404
    kept = {"name": adoption.organisation.name, "language": "sv", **adoption.overlay.get("sender", {})}
    form = SenderForm(posted(request), initial=kept)
    if request.method == "POST" and form.is_valid():
        services.change_adoption(
            adoption, name=adoption.name, overlay={**adoption.overlay, "sender": dict(form.cleaned_data)}
        )
        issuing.settle(adoption.pk)
        messages.success(request, _("Saved."))
        return redirect("operate:files", adoption.public_id)
    values = side(request, adoption, "files") | {"form": form, "waiting": issuing.waiting(adoption)}
    return render(request, "operate/sender.html", values, status=UNPROCESSABLE if form.errors else 200)


@login_required
@require_GET
def document(request: HttpRequest, adoption_id: UUID, document_id: UUID, kind: str) -> HttpResponse:
    """One document, as PDF or as electronic invoice; taking it is logged."""
    adoption = _with_paperwork(request, adoption_id)
    issued = get_object_or_404(Issued.objects.select_related("adoption"), adoption=adoption, public_id=document_id)
    content = pdf_of(issued) if kind == "pdf" else xml_of(issued)
    if content is None:
        raise Http404(_("There is no electronic invoice of it."))
    _log(request, adoption, Action.EXPORT, _("document %(number)s") % {"number": issued.number})
    response = HttpResponse(content, content_type="application/pdf" if kind == "pdf" else "application/xml")
    response["Content-Disposition"] = f'attachment; filename="{_file_name(issued, kind)}"'
    return response


@login_required
@require_GET
def all_documents(request: HttpRequest, adoption_id: UUID) -> StreamingHttpResponse:
    """All documents, each as PDF and, where it may be sent, as electronic invoice; made while they are taken."""
    adoption = _with_paperwork(request, adoption_id)
    _log(request, adoption, Action.EXPORT, _("all documents, %(name)s") % {"name": adoption.name})
    response = StreamingHttpResponse(_packed(adoption), content_type="application/zip")
    mark = "simulated-" if adoption.simulated else ""
    response["Content-Disposition"] = f'attachment; filename="{mark}{slugify(adoption.name) or "documents"}.zip"'
    return response


class _Passage(io.RawIOBase):
    """What a zip file is written to, and taken from piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[bytes] = []

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, piece: Any, /) -> int:
        """Takes a piece."""
        self.waiting.append(bytes(piece))
        return len(piece)

    def take(self) -> bytes:
        """All that was written since the last time."""
        taken, self.waiting = b"".join(self.waiting), []
        return taken


def _packed(adoption: Adoption) -> Iterator[bytes]:
    passage = _Passage()
    void = issuing.voided(adoption)
    rows = Issued.objects.filter(adoption=adoption).select_related("adoption").order_by("place")
    with zipfile.ZipFile(passage, "w", zipfile.ZIP_DEFLATED) as packed:
        for issued in rows.iterator(chunk_size=100):
            packed.writestr(_file_name(issued, "pdf"), pdf_of(issued, void=issued.event in void) or b"")
            if xml := xml_of(issued, void=issued.event in void):
                packed.writestr(_file_name(issued, "xml"), xml)
            yield passage.take()
    yield passage.take()


def _files(request: HttpRequest, adoption: Adoption, forms: dict[str, HandInForm] | None = None) -> HttpResponse:
    enrolments = pages.open_enrolments(adoption)
    page = pages.documents(adoption, page=request.GET.get("page"))
    if len(page):
        _log(request, adoption, Action.LIST, _("documents, %(name)s") % {"name": adoption.name})
    shown = [
        (each, (forms or {}).get(each.name) or HandInForm(enrolments=enrolments, prefix=each.name))
        for each in pages.file_pages(adoption, user_of(request))
    ]
    values = side(request, adoption, "files") | {
        "files": shown,
        "page": page,
        "documents": pages.in_lines(page),
        "makes_documents": bool(adoption_machine(adoption).protocol.documents),
        "sender": issuing.sender_of(adoption),
        "wrong": next((form for form in (forms or {}).values()), None),
        "nothing_open": not enrolments,
    }
    return render(request, "operate/files.html", values, status=UNPROCESSABLE if forms else 200)


def _deal_with(row: FileRow, form: RowForm | WhyForm, source: Source) -> str:
    """Mends or rejects the row; empty when something is still wrong."""
    if not form.is_valid():
        return ""
    try:
        if isinstance(form, WhyForm):
            filing.reject(row, reason=form.said, source=source)
            return _("The row is rejected.")
        filing.mend(row, form.cells, source=source)
    except Refused as refused:
        if isinstance(form, RowForm):
            form.tell(refused.problems)
        return ""
    return _("The row is put right.")


def _with_paperwork(request: HttpRequest, adoption_id: UUID) -> Adoption:
    adoption = adoption_seen(request, adoption_id)
    if not pages.has_paperwork(adoption):
        raise Http404(_("The practice does not work on files."))
    return adoption


def _role(request: HttpRequest, adoption: Adoption, name: str) -> str:
    """The role that deals with the file; 404 for no such file, 403 for whoever holds none."""
    if name not in adoption_machine(adoption).protocol.files:
        raise Http404(_("There is no such file."))
    role = pages.role_with_files(user_of(request), adoption, name)
    if not role:
        raise PermissionDenied(access.why_no_role(request.user, adoption))
    return role


def _log(request: HttpRequest, adoption: Adoption, action: Action, purpose: str) -> None:
    record_access(organisation=adoption.organisation, actor=user_of(request), action=action, purpose=purpose[:200])


def _file_name(issued: Issued, kind: str) -> str:
    return f"{'simulated-' if issued.adoption.simulated else ''}{issued.number}.{kind}"
