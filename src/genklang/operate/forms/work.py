"""The staff's small forms: narrowing the list, how an alarm ended, why something is not needed or taken back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from genklang.operate.pages.worklist import Sieve


class SieveForm(forms.Form):
    """Narrows the worklist; everything is optional."""

    name = forms.CharField(label=_("Name or number"), required=False, max_length=80)
    adoption = forms.ChoiceField(label=_("Practice"), required=False)
    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[("all", _("Everything")), ("tasks", _("Only what is late")), ("planned", _("Only what is planned"))],
    )

    def __init__(self, *args: Any, adoptions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["adoption"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("All")), *adoptions]

    @property
    def sieve(self) -> Sieve:
        """What was asked for; whatever cannot be understood narrows nothing."""
        self.is_valid()
        asked = getattr(self, "cleaned_data", {})
        return Sieve(
            name=str(asked.get("name") or "").strip(),
            adoption=str(asked.get("adoption") or ""),
            show=str(asked.get("show") or "all"),
        )


class WhyForm(forms.Form):
    """One answer in one's own words."""

    why = forms.CharField(max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, label: str, hint: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["why"]
        field.label, field.help_text = label, hint
        field.error_messages["required"] = _("Nothing is written. A few words are enough.")

    @property
    def said(self) -> str:
        """The answer."""
        return str(self.cleaned_data["why"]).strip()
