"""The editors' desk: how far each practice has travelled, and telling what has happened since."""

import re

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from genklang.bank.models import Practice, Spread
from genklang.bank.published import SpreadView, place_names, spread_of
from genklang.bank.selectors import results_of, shown_practices
from genklang.bank.services import tell_spread
from genklang.people.permissions import check_edit_bank

LATEST = 3
TOLD = (Spread.Kind.ASKED, Spread.Kind.VISITED, Spread.Kind.DECIDED, Spread.Kind.STOPPED)
WHEN = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


class SpreadForm(forms.Form):
    """Who did what with a practice, when, and why."""

    practice = forms.ChoiceField(
        label=_("Which practice?"),
        error_messages={"required": _("Choose a practice."), "invalid_choice": _("Choose a practice in the list.")},
    )
    kind = forms.ChoiceField(
        label=_("What has happened?"),
        choices=[(kind.value, kind.label) for kind in TOLD],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what has happened.")},
    )
    who = forms.CharField(
        label=_("Who?"),
        help_text=_("A municipality or an organisation, not a person."),
        max_length=200,
        error_messages={"required": _("Write who, for example Granvik municipality.")},
    )
    happened = forms.CharField(
        label=_("When?"),
        help_text=_("For example 2026, 2026-03 or 2026-03-14."),
        max_length=80,
        error_messages={"required": _("Write a year, a month or a day.")},
    )
    note = forms.CharField(
        label=_("Why?"),
        help_text=_("In a sentence or two. The reason for stopping helps whoever comes next the most."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        chooser = self.fields["practice"]
        assert isinstance(chooser, forms.ChoiceField)
        chooser.choices = [("", gettext("Choose")), *((each.slug, each.title) for each in shown_practices())]

    def clean_practice(self) -> Practice:
        """The practice itself."""
        return shown_practices().get(slug=self.cleaned_data["practice"])

    def clean_happened(self) -> str:
        """A year, a month or a day."""
        written = str(self.cleaned_data["happened"]).strip()
        if not WHEN.fullmatch(written):
            said = gettext("“%(written)s” is no time. Write a year, a month or a day, for example 2026-03.")
            raise forms.ValidationError(said % {"written": written})
        return written


@login_required
@require_http_methods(["GET", "POST"])
def desk(request: HttpRequest) -> HttpResponse:
    """The practices with what is known of their way to others, and a form for what has happened."""
    check_edit_bank(request.user)
    form = SpreadForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        practice = told.pop("practice")
        tell_spread(practice, **told)
        messages.success(request, gettext("It now stands on the page of %(practice)s.") % {"practice": practice.title})
        return redirect("bank:desk")
    values = {"form": form, "rows": [_row(practice) for practice in shown_practices()]}
    return render(request, "bank/desk.html", values, status=422 if form.errors else 200)


def _row(practice: Practice) -> tuple[Practice, str, int, list[SpreadView]]:
    """A practice, where it has run, how much is known of its way, and the latest of it."""
    results = results_of(practice)
    spread = spread_of(practice, results)
    return practice, place_names(results), len(spread), spread[-LATEST:]
