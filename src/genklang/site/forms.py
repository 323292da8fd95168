"""The site's one form."""

from django import forms
from django.utils.translation import gettext_lazy as _


class FeedbackForm(forms.Form):
    """Feedback on accessibility."""

    text = forms.CharField(
        label=_("What does not work for you?"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write what does not work, for example “I cannot reach the menu”.")},
    )
    page = forms.CharField(
        label=_("Which page was it about?"),
        help_text=_("Its address or its name is enough."),
        max_length=200,
        required=False,
    )
    answer_to = forms.EmailField(
        label=_("E-mail address, if you want an answer"),
        required=False,
        error_messages={"invalid": _("This is no e-mail address. Write one such as anna@example.se, or nothing.")},
    )
