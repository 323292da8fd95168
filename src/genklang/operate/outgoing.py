"""What leaves the house: which channel a reminder or alarm takes, and handing it over.

`device`, `sms` and `alarm` go to the web address that the adoption's overlay names; `email` through Django's mail; what
has no way out becomes a notice on the page. Nothing about a simulated person or an imported past ever leaves.
What is sent names the enrolment and the expectation, never the person.
"""

import json
import urllib.error
import urllib.request
from functools import lru_cache
from typing import Any

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from genklang.engine.types import EscalateAlarm, Notify, RaiseAlarm
from genklang.operate.clock import moment
from genklang.operate.machines import machine_for
from genklang.operate.models import Adoption, Assignment, Enrolment, EnrolmentMember, Notice, Outbox

SECONDS_TO_ANSWER = 5
PAGE = "page"


class NotDelivered(Exception):
    """The other side did not take it; the message is short and holds no personal data."""


def rows_for(enrolment: Enrolment, effect: Notify | RaiseAlarm | EscalateAlarm, *, now: int) -> list[dict[str, Any]]:
    """The outbox rows of an effect, by column: none for an imported past, none where it is already worthless."""
    adoption = enrolment.adoption
    if adoption.historical:
        return []
    if isinstance(effect, Notify):
        channel = _channel(adoption, effect.channel)
        expires_at = effect.expires_at
        return [_row(enrolment, effect, channel=channel, expires_at=expires_at)] if expires_at > now else []
    if _leads_out(adoption, "alarm"):
        return [_row(enrolment, effect, channel="alarm", expires_at=None)]
    return []


def deliver(row: Outbox, *, now: int) -> None:
    """Hands one row over; raises NotDelivered. Doing it twice is harmless where the other side minds the key."""
    if row.channel == PAGE or not row.adoption.may_reach_out:
        _put_on_page(row, now=now)
    elif row.channel == "email":
        _mail(row)
    else:
        _post(row)


def _row(
    enrolment: Enrolment, effect: Notify | RaiseAlarm | EscalateAlarm, *, channel: str, expires_at: int | None
) -> dict[str, Any]:
    payload = {
        "enrolment": enrolment.key,
        "expectation": effect.due.partition("/")[0],
        "due": effect.due,
        "what": {Notify: "reminder", RaiseAlarm: "alarm", EscalateAlarm: "escalation"}[type(effect)],
        "role": effect.role or "",
        "at": _written(effect.at),
    }
    return {
        "key": f"{enrolment.public_id}/{effect.key}",
        "adoption_id": enrolment.adoption_id,
        "enrolment_id": enrolment.id,
        "channel": channel,
        "payload": payload,
        "available_at": effect.at,
        "expires_at": expires_at,
        "attempts": 0,
        "delivered_at": None,
        "given_up_at": None,
        "error": "",
    }


@lru_cache(maxsize=256)
def _written(instant: int) -> str:
    return moment(instant).isoformat()


def _channel(adoption: Adoption, wanted: str) -> str:
    if wanted == "email" and adoption.may_reach_out:
        return wanted
    return wanted if _leads_out(adoption, wanted) else PAGE


def _leads_out(adoption: Adoption, channel: str) -> bool:
    return adoption.may_reach_out and channel in adoption.overlay.get("channels", {})


def _put_on_page(row: Outbox, *, now: int) -> None:
    values = {
        "adoption_id": row.adoption_id,
        "enrolment_id": row.enrolment_id,
        "role": row.payload["role"],
        "kind": row.payload["what"],
        "data": row.payload,
        "at": now,
        "expires_at": row.expires_at,
    }
    Notice.objects.get_or_create(key=row.key, defaults=values)


def _mail(row: Outbox) -> None:
    addresses = _addresses(row)
    if not addresses:
        raise NotDelivered("nobody of that role has an e-mail address")
    message = EmailMessage(
        subject=_("Something waits for you in Genklang"),
        body=_("Sign in to see what it is. For the sake of privacy this message says no more."),
        to=addresses,
        headers={"Message-ID": f"<{row.pk}.{row.enrolment.public_id}@genklang>"},
    )
    try:
        message.send()
    except OSError as error:
        raise NotDelivered(type(error).__name__) from error


def _addresses(row: Outbox) -> list[str]:
    role = row.payload["role"]
    protocol = machine_for(row.enrolment).protocol
    if role in protocol.participant_roles:
        user = row.enrolment.person.user if row.enrolment.person else None
        return [user.email] if user else []
    if role in protocol.member_roles:
        return _members(row, role)
    assigned = Assignment.objects.filter(adoption=row.adoption, role=role, user__is_active=True)
    return sorted(assigned.values_list("user__email", flat=True))


def _members(row: Outbox, role: str) -> list[str]:
    """The addresses of those who belong to it in that role; of the one alone whom a due is about."""
    theirs = EnrolmentMember.objects.filter(enrolment=row.enrolment, role=role, left_at=None)
    due = str(row.payload.get("due") or "")
    declared = machine_for(row.enrolment).protocol.expectations.get(due.partition("/")[0])
    if declared is not None and declared.each:
        theirs = theirs.filter(key=due.rpartition("/")[2])
    return sorted(theirs.filter(person__user__is_active=True).values_list("person__user__email", flat=True))


def _post(row: Outbox) -> None:
    address: Any = row.adoption.overlay.get("channels", {}).get(row.channel)
    if not address:
        raise NotDelivered("the adoption names no address for this channel any more")
    headers = {"Content-Type": "application/json", "Idempotency-Key": row.key}
    body = json.dumps(row.payload).encode()
    # The overlay's check lets only http and https through.
    request = urllib.request.Request(address, data=body, headers=headers, method="POST")  # noqa: S310
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=SECONDS_TO_ANSWER):
            pass
    except urllib.error.HTTPError as error:
        raise NotDelivered(f"HTTP {error.code}") from error
    except OSError as error:
        raise NotDelivered(type(error).__name__) from error


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Whoever configured the address vouched for it alone."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        """Follows nothing."""
        return
