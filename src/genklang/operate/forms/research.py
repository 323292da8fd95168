"""The lead's form for letting a researcher take a study's data."""

from datetime import date, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LONGEST = timedelta(days=2 * 366)


class PermitForm(forms.Form):
    """Who, for what, and until when."""

    email = forms.EmailField(label=_("The researcher's e-mail address"))
    name = forms.CharField(label=_("The researcher's name"), max_length=120)
    purpose = forms.CharField(
        label=_("What may it be used for?"),
        max_length=200,
        help_text=_("For example the project, and the number of its ethical approval."),
    )
    until = forms.DateField(label=_("Until when?"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean_until(self) -> date:
        """The last day; raises ValidationError for one that has passed, or is more than two years away."""
        until: date = self.cleaned_data["until"]
        today = timezone.localdate()
        if not today <= until <= today + LONGEST:
            raise ValidationError(_("Write a day from today to two years ahead, for example the project's last."))
        return until
