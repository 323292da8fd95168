"""The forms of whoever applies by the open address: who one is, and the code that came by mail."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from genklang.operate.forms.whom import NOTHING_CHOSEN
from genklang.operate.pages.words import say
from genklang.protocol.types import Protocol

NOTHING_WRITTEN = _("Nothing is written. Write an answer.")


class ApplyForm(forms.Form):
    """A name, where the organisation knows none; an address, of somebody signed out; and as what, among several."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        error_messages={"required": NOTHING_WRITTEN},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        error_messages={
            "required": NOTHING_WRITTEN,
            "invalid": _("This is no e-mail address. Write one such as anna@example.se."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args: Any, protocol: Protocol, roles: list[str], known_as: str, signed_in: bool) -> None:
        super().__init__(*args)
        self._only = roles[0] if len(roles) == 1 else ""
        self._known_as = known_as
        if known_as:
            del self.fields["name"]
        if signed_in:
            del self.fields["email"]
        if not self._only:
            choices = [(role, say(protocol.roles[role])) for role in roles]
            self.fields["role"] = forms.ChoiceField(
                label=_("I want to take part as"),
                choices=choices,
                widget=forms.RadioSelect,
                error_messages={"required": NOTHING_CHOSEN},
            )
            self.order_fields(["role", "name", "email"])

    def clean_email(self) -> str:
        """In letters of which none can be taken for another: ſ and ı are s and i to some databases, and not to mail."""
        local, _at, domain = str(self.cleaned_data["email"]).rpartition("@")
        try:
            return f"{local}@{domain.encode('idna').decode()}".encode("ascii").decode()
        except UnicodeError:
            raise forms.ValidationError(self.fields["email"].error_messages["invalid"]) from None

    @property
    def who(self) -> dict[str, str]:
        """The name and the role."""
        name = self._known_as or str(self.cleaned_data["name"]).strip()
        return {"name": name, "role": self._only or self.cleaned_data["role"]}


class CodeForm(forms.Form):
    """The code that came by mail."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        error_messages={"required": NOTHING_WRITTEN},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}),
    )
