"""Whom an enrolment is about, or who else belongs to it: somebody known in the organisation, or a new name."""

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from genklang.operate.forms.fields import NumberField
from genklang.operate.pages.words import say
from genklang.people.models import Person
from genklang.protocol.types import Protocol

NOTHING_CHOSEN = _("Nothing is chosen. Choose one of the answers.")


class WhomForm(forms.Form):
    """A person already known in the organisation, or a name."""

    person = forms.ModelChoiceField(Person.objects.none(), required=False, label=_("Somebody we know already"))
    name = forms.CharField(label=_("Or somebody new: name"), max_length=120, required=False)
    birth_year = NumberField(label=_("Year of birth"), whole=True, least=1900, most=2100, required=False)

    def __init__(self, *args: Any, persons: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = persons
        field.empty_label = str(_("Choose …"))

    def clean(self) -> dict[str, Any]:
        """Exactly one of a known person and a new name, where a person is asked for."""
        cleaned = super().clean() or {}
        nobody = not cleaned.get("person") and not str(cleaned.get("name") or "").strip()
        if "name" in self.fields and nobody:
            self.add_error("name", ValidationError(_("Nobody is named. Choose somebody, or write a name.")))
        return cleaned

    def _ask_role(self, name: str, label: str, protocol: Protocol, roles: tuple[str, ...]) -> None:
        """Asks first in which of several roles; one alone goes without saying."""
        if len(roles) > 1:
            choices = [(role, say(protocol.roles[role])) for role in roles]
            self.fields[name] = forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect)
            self.fields[name].error_messages["required"] = NOTHING_CHOSEN
            self.order_fields([name, *(other for other in self.fields if other != name)])


class EnrolForm(WhomForm):
    """Something or somebody new: a matter by its title, a person in one of the roles that take part."""

    number = forms.CharField(
        label=_("Number here"),
        max_length=80,
        required=False,
        help_text=_("What devices and files call this participant. Left empty, one is made."),
    )

    def __init__(self, *args: Any, protocol: Protocol, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if protocol.matter is not None:
            self._ask_for_title()
        self._ask_role("participant", str(_("Takes part as")), protocol, protocol.participant_roles)

    @property
    def number_or_new(self) -> str:
        """The number that was written, else a new one."""
        return str(self.cleaned_data.get("number") or "").strip() or f"P-{uuid4().hex[:8].upper()}"

    def _ask_for_title(self) -> None:
        number = self.fields["number"]
        self.fields.clear()
        self.fields["title"] = forms.CharField(label=_("What is it called?"), max_length=120)
        self.fields["title"].help_text = _("The name that you will find it by, for example The Berg family.")
        self.fields["title"].error_messages["required"] = _("Nothing is written. Write an answer.")
        self.fields["number"] = number


class MemberForm(WhomForm):
    """Somebody who belongs to an enrolment too."""

    def __init__(self, *args: Any, protocol: Protocol, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._ask_role("role", str(_("Who is it?")), protocol, protocol.member_roles)
