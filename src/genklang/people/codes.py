"""A code by mail: shows whose an address is before anything about it is looked up or made.

Nothing is asked of the database until the code is right, so that a page answers alike whoever has an account. The
letter names nobody and nothing: others may read the same mailbox.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

MINUTES = 15
TRIES = 5
SECONDS_FOR_MAIL = 10
KEY = "genklang_code"


@dataclass(frozen=True)
class Awaited:
    """An address that waits for its code, and what it was written for."""

    email: str
    about: Mapping[str, str]


def can_be_sent() -> bool:
    """Whether this house sends mail at all."""
    return bool(settings.EMAIL_HOST)


def new_code(request: HttpRequest, email: str, *, about: Mapping[str, str]) -> str:
    """A new code for the address, kept in the visitor's session as a hash; one from before works no more.

    The session, and with it the address of whoever never came back, ends with the code; those that have are deleted.
    """
    code = str(get_adapter().generate_login_code())
    until = timezone.now().timestamp() + MINUTES * 60
    request.session[KEY] = {
        "email": email,
        "about": dict(about),
        "hash": _hash(code, email),
        "until": until,
        "tries": TRIES,
    }
    request.session.set_expiry(MINUTES * 60)
    request.session.clear_expired()
    return code


def send(code: str, email: str) -> bool:
    """Sends the letter; False where the mail server does not take it."""
    body = [
        _("Your code: %(code)s") % {"code": code},
        _("Write it on the page where you gave your address. It works for %(n)s minutes.") % {"n": MINUTES},
        _("If it was not you, do nothing, and nothing happens. For the sake of privacy this message says no more."),
    ]
    connection = get_connection(timeout=SECONDS_FOR_MAIL)
    message = EmailMessage(_("Your code for Genklang"), "\n\n".join(body), to=[email], connection=connection)
    try:
        return bool(message.send())
    except OSError:
        return False


def awaited(request: HttpRequest) -> Awaited | None:
    """What waits for its code in this session; None where nothing does, or not any more."""
    kept = request.session.get(KEY)
    if not kept or kept["until"] < timezone.now().timestamp():
        return None
    return Awaited(kept["email"], kept["about"])


def is_right(request: HttpRequest, written: str) -> bool:
    """Whether the code is the one that was sent. A right one works once; after five wrong ones none is awaited."""
    kept: dict[str, Any] | None = request.session.get(KEY)
    if kept is None or awaited(request) is None:
        return False
    right = constant_time_compare(kept["hash"], _hash(written, kept["email"]))
    kept["tries"] -= 1
    if right:
        request.session.set_expiry(None)  # signed in one stays as long as others
    if right or kept["tries"] <= 0:
        del request.session[KEY]
    request.session.modified = True
    return right


def _hash(code: str, email: str) -> str:
    """Letters alone count: spaces, hyphens and capitals are as one happens to type them."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return salted_hmac("genklang.people.codes", f"{email}\n{plain}").hexdigest()
