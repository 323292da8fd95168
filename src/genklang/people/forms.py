"""Forms of people: the filter of the access log."""

from django import forms
from django.utils.translation import gettext_lazy as _

from genklang.people.models import Action


class AccessLogFilter(forms.Form):
    """Narrows the log; everything is optional."""

    person = forms.CharField(label=_("Person"), required=False, max_length=120)
    actor = forms.CharField(label=_("Who looked"), required=False, max_length=120)
    action = forms.ChoiceField(label=_("What was done"), required=False, choices=[("", _("Everything"))])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["action"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Everything")), *Action.choices]
