"""Forms of work on files: handing in, mending a row, saying who sends documents."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError as Invalid

from genklang.operate.pages.words import say
from genklang.operate.problems import Problem
from genklang.operate.sender import Sender
from genklang.protocol.checks.paperwork import COLUMN_OF_ENROLMENT
from genklang.protocol.types import EventField


class HandInForm(forms.Form):
    """A file, and what its rows belong to."""

    file = forms.FileField(label=_("File (CSV or XLSX)"))
    belongs = forms.ChoiceField(label=_("What do the rows belong to?"), required=False)

    def __init__(self, *args: Any, enrolments: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].error_messages["required"] = _("No file is chosen. Choose a CSV or XLSX file.")
        field = self.fields["belongs"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*enrolments, ("", _("The file says it, in a column “enrolment”"))]
        field.initial = enrolments[0][0] if enrolments else ""


class RowForm(forms.Form):
    """A row that waits, as it was written: one box a column, with what is wrong beside it."""

    def __init__(
        self,
        *args: Any,
        fields: Mapping[str, EventField],
        cells: Mapping[str, str],
        enrolments: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        """`cells` holds what was written, and under `enrolment` what the row belongs to."""
        super().__init__(*args, **kwargs)
        belongs = forms.ChoiceField(label=_("What does the row belong to?"), choices=[("", "–"), *enrolments])
        belongs.required, belongs.initial = False, cells.get(COLUMN_OF_ENROLMENT, "")
        self.fields[COLUMN_OF_ENROLMENT] = belongs
        for name, question in fields.items():
            answers = ", ".join(say(option) for option in question.options.values())
            self.fields[name] = forms.CharField(
                label=say(question),
                required=False,
                max_length=2000,
                initial=cells.get(name, ""),
                help_text=answers or (say(question.help) if question.help else ""),
            )

    @property
    def cells(self) -> dict[str, str]:
        """What is written now."""
        return {name: str(text) for name, text in self.cleaned_data.items() if text}

    def tell(self, problems: Sequence[Problem]) -> None:
        """Puts each problem beside its box, or above them all."""
        for problem in problems:
            field = problem.where if problem.where in self.fields else None
            what = problem.what[:1].upper() + problem.what[1:]
            written = f" (“{problem.written}”)" if problem.written else ""
            self.add_error(field, ValidationError(f"{what}{written}. {problem.instead}"))


class SenderForm(forms.Form):
    """Who sends an adoption's documents."""

    name = forms.CharField(label=_("Name"), max_length=120)
    organisation_number = forms.CharField(label=_("Organisation number"), max_length=20)
    street = forms.CharField(label=_("Street and number"), max_length=120, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=20, required=False)
    town = forms.CharField(label=_("Town"), max_length=60, required=False)
    bankgiro = forms.CharField(label=_("Bankgiro"), max_length=20)
    contact = forms.CharField(label=_("Who answers questions?"), max_length=120, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    email = forms.EmailField(label=_("E-mail"), max_length=120, required=False)
    address = forms.CharField(
        label=_("Your own electronic address"),
        max_length=60,
        help_text=_("A GLN, an organisation number or, for another kind, its code and number: 0088:7300010000001."),
    )
    prints_at = forms.CharField(
        label=_("Electronic address of whoever prints and posts"),
        max_length=60,
        required=False,
        help_text=_("For recipients without an electronic address. Left empty, they get no electronic invoice."),
    )
    series = forms.CharField(
        label=_("What the numbers begin with"),
        max_length=20,
        required=False,
        help_text=_("So that they are like no others of yours, for example VAC-. The numbers themselves have no gaps."),
    )
    language = forms.ChoiceField(
        label=_("Language of the documents"), choices=[("sv", "Svenska"), ("en", "English")], widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = _("Nothing is written. Write an answer.")

    def clean(self) -> dict[str, Any]:
        """What was written; each field that is wrong says what to write."""
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                Sender.model_validate(cleaned)
            except Invalid as invalid:
                for error in invalid.errors():
                    self._tell(str(error["loc"][0]))
        return cleaned

    def _tell(self, name: str) -> None:
        message = {
            "organisation_number": _("“%(value)s” is no organisation number. Write ten digits: 212000-0142."),
            "bankgiro": _("“%(value)s” is no bankgiro number. Write seven or eight digits: 5050-1055."),
            "series": _("“%(value)s” cannot begin a number. Write letters, digits and hyphens: VAC-."),
        }.get(name, _("“%(value)s” is no electronic address. Write a GLN, or a code and a number: 0088:7300010000001."))
        self.add_error(name, ValidationError(message, params={"value": self.cleaned_data.get(name, "")}))
