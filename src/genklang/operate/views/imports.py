"""Importing a file: hand it in, see what it would do and what is wrong in it, then all of it or nothing."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from genklang.operate.forms.lead import ImportForm
from genklang.operate.imports import apply_import, preview_import
from genklang.operate.models import ImportBatch
from genklang.operate.pages import uploads
from genklang.operate.pages.adoptions import columns_for_import, kinds_in_words
from genklang.operate.pages.protocols import words_of
from genklang.operate.problems import Refused
from genklang.operate.views.shared import UNPROCESSABLE, adoption_led, posted, side, tell_refusal, user_of

MOST_PROBLEMS = 200


@login_required
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, adoption_id: UUID) -> HttpResponse:
    """Choose a file; nothing is imported yet."""
    adoption = adoption_led(request, adoption_id)
    form = ImportForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        content = file.read()
        try:
            preview_import(adoption, content, file=file.name)
        except Refused as refused:
            tell_refusal(form, refused)
        else:
            kept = uploads.keep(content, name=file.name, adoption=adoption, user=user_of(request))
            return redirect("operate:import-preview", adoption.public_id, kept)
    values = side(request, adoption, "import") | {
        "form": form,
        "batches": ImportBatch.objects.filter(adoption=adoption)[:20],
    }
    values["columns"] = columns_for_import(words_of(adoption))
    return render(request, "operate/import.html", values, status=UNPROCESSABLE if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def preview(request: HttpRequest, adoption_id: UUID, kept: str) -> HttpResponse:
    """What the file would do; and, when every row is right, doing it."""
    adoption, user = adoption_led(request, adoption_id), user_of(request)
    found = uploads.find(kept, adoption=adoption, user=user)
    if found is None:
        raise Http404(_("The file is no longer here. Hand it in again."))
    if request.method == "POST":
        try:
            batch = apply_import(adoption, found.content, file=found.name, user=user)
        except Refused:
            messages.error(request, _("Nothing was imported: something has changed meanwhile. See below."))
        else:
            uploads.forget(kept, adoption=adoption, user=user)
            said = ngettext("%(n)s row was imported.", "%(n)s rows were imported.", batch.rows - batch.duplicates)
            messages.success(request, said % {"n": batch.rows - batch.duplicates})
            return redirect("operate:adoption", adoption.public_id)
    seen = preview_import(adoption, found.content, file=found.name)
    kinds = kinds_in_words(words_of(adoption))
    values = side(request, adoption, "import") | {"preview": seen, "problems": seen.problems[:MOST_PROBLEMS]}
    values["kinds"] = [(kinds.get(name, name), n) for name, n in seen.kinds.items()]
    return render(request, "operate/import_preview.html", values)
