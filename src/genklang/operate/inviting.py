"""The verbs of private links: made with the event that invites, given an address, opened once, called back.

Which event invites whom is the protocol's (`invites`). A link stops at its time, when an event of `until` refers to
the one that invited, when that is taken back, when the enrolment has ended, or when somebody calls it back.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from genklang.engine.machine import Machine
from genklang.operate import clock, tokens
from genklang.operate.models import Enrolment, Event, Link
from genklang.operate.shown import Log
from genklang.people.models import User
from genklang.protocol.together import Invitation


@dataclass(frozen=True)
class Opened:
    """A link that works: whose, with the event that invited and the rest of the log."""

    link: Link
    log: Log
    invited: Event


def note(enrolment: Enrolment, machine: Machine, events: Iterable[Event]) -> None:
    """Makes the links of events that have just been written; the caller holds the transaction."""
    if enrolment.adoption.historical:
        return
    for event in events:
        kind = machine.protocol.events.get(event.kind)
        if kind and kind.invites and event.held is None:
            expires = machine.zone.add(event.occurred_at, kind.invites.expires)
            Link.objects.get_or_create(
                adoption_id=enrolment.adoption_id,
                event=event.key,
                defaults={
                    "enrolment": enrolment,
                    "role": kind.invites.role,
                    "named": _named(kind.invites, event),
                    "made_at": clock.now(),
                    "expires_at": expires,
                },
            )


def made_by(enrolment: Enrolment, key: str) -> Link | None:
    """The link that an event has given; None where it invites nobody."""
    return Link.objects.filter(adoption=enrolment.adoption_id, event=key).first()


def new_address(link: Link) -> str:
    """A new address of the link, to be shown this once; an earlier one stops working."""
    secret = secrets.token_urlsafe(24)
    link.sha256 = tokens.hash_of(secret)
    link.save(update_fields=["sha256"])
    return reverse("operate:guest", args=[secret])


def call_back(link: Link, *, user: User | None) -> None:
    """The link opens nothing from now on; what was said through it remains."""
    if link.called_back_at is None:
        link.called_back_at, link.called_back_by = clock.now(), user
        link.save(update_fields=["called_back_at", "called_back_by"])


def find(secret: str) -> Opened | None:
    """What a secret opens now; None for one that is unknown, or works no more."""
    found = Link.objects.select_related(
        "enrolment__person__organisation",
        "enrolment__protocol_version",
        "enrolment__adoption__organisation",
        "enrolment__adoption__protocol_version",
    )
    link = found.filter(sha256=tokens.hash_of(secret)).first()
    if link is None:
        return None
    log = Log(link.enrolment)
    invited = log.events.get(link.event)
    return Opened(link, log, invited) if invited and why_closed(link, log) == "" else None


def why_closed(link: Link, log: Log) -> str:
    """Why a link works no more, in words; empty while it works."""
    invited = log.events.get(link.event)
    invites = log.kind(invited).invites if invited else None
    if link.called_back_at is not None:
        return _("called back")
    if clock.now() >= link.expires_at:
        return _("its time is over")
    if invites is None:
        return _("what it led to has been taken back")
    if log.referring(link.event, kinds=invites.until):
        return _("it is no longer agreed to")
    if log.ended:
        return _("what it was about has ended")
    return ""


@transaction.atomic
def open_first(opened: Opened) -> bool:
    """Remembers the first time that the page is opened; True when it was this time. The caller records the event."""
    changed = Link.objects.filter(pk=opened.link.pk, opened_at=None).update(opened_at=clock.now())
    return bool(changed)


def _named(invites: Invitation, event: Event) -> str:
    return str(event.data.get(invites.named, ""))[:120] if invites.named else ""
