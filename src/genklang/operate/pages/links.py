"""The private links of an enrolment, as those who give them see them."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from genklang.operate.inviting import why_closed
from genklang.operate.models import Enrolment, Link
from genklang.operate.pages.words import Words
from genklang.operate.shown import Log
from genklang.protocol.types import Protocol
from genklang.statements import prepared


@dataclass(frozen=True)
class LinkLine:
    """One link: for whom, to what, until when, whether it has been opened, why it works no more."""

    id: UUID
    who: str
    what: str
    until: str
    opened: str
    closed: str
    event: str


def links_of(enrolment: Enrolment, words: Words) -> list[LinkLine]:
    """Links that somebody there gave, latest first; those that still work before those that do not.

    What somebody without an account was given when they said something is theirs, and nobody else's to see.
    """
    rows = _links(enrolment.pk)
    if not rows:
        return []
    log, visitors = Log(enrolment), visitors_in(words.protocol)
    lines = [
        link_line(row, log, words)
        for row in rows
        if row.event not in log.events or log.events[row.event].by not in visitors
    ]
    return sorted(lines, key=lambda line: bool(line.closed))


@prepared
def _links(enrolment: int) -> QuerySet[Link]:
    return Link.objects.filter(enrolment=enrolment).order_by("-made_at")


def visitors_in(protocol: Protocol) -> set[str]:
    """The roles of those without an account."""
    return {name for name, role in protocol.roles.items() if role.guest or role.public}


def link_line(link: Link, log: Log, words: Words) -> LinkLine:
    """A link in words."""
    invited = log.events.get(link.event)
    return LinkLine(
        id=link.public_id,
        who=link.named or words.role(link.role),
        what=words.event(invited.kind) if invited else "",
        until=words.when(link.expires_at),
        opened=words.when(link.opened_at) if link.opened_at is not None else "",
        closed=why_closed(link, log),
        event=link.event,
    )
