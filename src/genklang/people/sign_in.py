"""The sign-in form: allauth's, without placeholders, and with a way to a new password only where mail can be sent."""

from typing import Any

from allauth.account.forms import LoginForm
from django.conf import settings


class SignInForm(LoginForm):  # type: ignore[misc]
    """Labels say what a field is for; a placeholder would vanish as soon as one types."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        if not settings.EMAIL_HOST:
            self.fields["password"].help_text = ""
