"""The forms by which a lead says who works in the organisation."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from genklang.people.models import Role

ROLES = [
    (Role.STAFF, _("Works with people: sees the adoptions where he or she has a role")),
    (Role.LEAD, _("Leads: adopts, decides who works here, sees all adoptions and reads the access log")),
]


class RoleForm(forms.Form):
    """Lead or staff."""

    role = forms.ChoiceField(label=_("What does the person do here?"), choices=ROLES, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = _("Nothing is written. Write an answer.")


class ColleagueForm(RoleForm):
    """Somebody new."""

    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("The address that the person signs in with."),
        error_messages={"invalid": _("This is no e-mail address. Write one such as anna@example.se.")},
    )
    field_order = ("name", "email", "role")
