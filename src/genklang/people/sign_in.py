"""The forms of sign-in: allauth's, with labels that say what a field is for.

A placeholder would vanish as soon as one types; a way to a new password is offered only where mail can be sent.
"""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from genklang.people.codes import can_be_sent

LABELS = {
    "login": _("E-mail address"),
    "email": _("E-mail address"),
    "password": _("Password"),
    "oldpassword": _("The password you have now"),
    "password1": _("New password"),
    "password2": _("The new password once more"),
    "code": _("Code"),
    "remember": _("Remember me"),
}


class PlainLabels:
    """Takes away placeholders and gives the fields their labels."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = LABELS.get(name, field.label)
            if name in {"password", "oldpassword"} and not settings.EMAIL_HOST:
                field.help_text = ""


class SignInForm(PlainLabels, account.LoginForm):  # type: ignore[misc]
    """E-mail address and password."""

    @property
    def by_code(self) -> bool:
        """Whether one may ask for a code instead."""
        return can_be_sent()


class RequestCodeForm(PlainLabels, account.RequestLoginCodeForm):  # type: ignore[misc]
    """The address that a code is sent to."""


class CodeForm(PlainLabels, account.ConfirmLoginCodeForm):  # type: ignore[misc]
    """The code that came by mail."""


class SignInAgainForm(PlainLabels, account.ReauthenticateForm):  # type: ignore[misc]
    """The password once more, before something that protects the account is changed."""


class ChangePasswordForm(PlainLabels, account.ChangePasswordForm):  # type: ignore[misc]
    """The old password and the new one, twice."""


class SetPasswordForm(PlainLabels, account.SetPasswordForm):  # type: ignore[misc]
    """A first password, twice."""


class ResetPasswordForm(PlainLabels, account.ResetPasswordForm):  # type: ignore[misc]
    """The address that a link is sent to."""


class ResetPasswordKeyForm(PlainLabels, account.ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password, twice, by the link in the letter."""


class SecondStepForm(PlainLabels, mfa.AuthenticateForm):  # type: ignore[misc]
    """The code of the second step."""


class SecondStepAgainForm(PlainLabels, mfa.ReauthenticateForm):  # type: ignore[misc]
    """The code once more, before something that protects the account is changed."""


class ConnectAppForm(PlainLabels, ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an app."""
