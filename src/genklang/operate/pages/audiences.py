"""Who may see what: everything that is shown to guests or the public by somebody's word, and how to change it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from genklang.operate.models import Enrolment, Event
from genklang.operate.pages.films import ShownFile, files_of
from genklang.operate.pages.protocols import stages_of
from genklang.operate.pages.telling import Telling
from genklang.operate.pages.words import Words, say
from genklang.operate.shown import Log
from genklang.protocol.together import Shown
from genklang.protocol.types import Protocol

MOST = 40


@dataclass(frozen=True)
class Seen:
    """One thing: what it says, who sees it (a role in words, and whether it does), and what may be said about it."""

    what: str
    when: str
    said: str
    files: list[ShownFile]
    audiences: list[tuple[str, bool]]
    ways: list[tuple[str, str]]


def seen_by_others(enrolment: Enrolment, words: Words, *, roles: Collection[str], form: str) -> list[Seen]:
    """Latest first. `roles` are the reader's, `form` is the name of the address that their forms have."""
    shown = _shown_to_visitors(words.protocol)
    if not shown:
        return []
    log, telling = Log(enrolment), Telling(enrolment.adoption, words)
    rows = [event for event in log.events.values() if event.kind in shown and not _is_erased(log, event)]
    latest = list(reversed(rows))[:MOST]
    telling.ready(latest)
    return [_seen(log, event, telling, roles, form) for event in latest]


def said_about_others(protocol: Protocol) -> frozenset[str]:
    """The kinds of event that only say who may see something: offered beside the thing itself."""
    kinds = [protocol.events[name] for name in _shown_to_visitors(protocol)]
    about = {name for kind in kinds for one in kind.shown for name in (*one.once, *one.unless)}
    return frozenset(name for name in about if len(protocol.events[name].fields) == 1)


def _shown_to_visitors(protocol: Protocol) -> frozenset[str]:
    """The kinds of event that a guest or anybody may see by somebody's word."""
    visited = {name for role in protocol.roles.values() if role.guest or role.public for name in role.sees}
    return frozenset(name for name in visited if any(one.once for one in protocol.events[name].shown))


def _seen(log: Log, event: Event, telling: Telling, roles: Collection[str], form: str) -> Seen:
    words, kind = telling.words, log.kind(event)
    visitors = [
        name
        for name, role in words.protocol.roles.items()
        if (role.guest or role.public)
        and event.kind in role.sees
        and _is_about(kind.shown, name)
        and not (kind.invites and kind.invites.role == name)
    ]
    ways = dict.fromkeys(way for one in kind.shown for way in _ways(log, event, one) if _may(log, way, roles))
    return Seen(
        what=words.event(event.kind),
        when=words.when(event.occurred_at),
        said=telling.line(event),
        files=files_of(event),
        audiences=[(words.role(name), log.lets_through(event, name)) for name in visitors],
        ways=[(say(words.protocol.events[way]), _address(log, event, way, form)) for way in ways],
    )


def _is_about(several: Iterable[Shown], role: str) -> bool:
    return any(not one.to or role in one.to for one in several)


def _ways(log: Log, event: Event, one: Shown) -> list[str]:
    """What may be said of it now: the opposite of what was said last; either, where nothing was."""
    said = log.referring(event.key, kinds=[*one.once, *one.unless])
    if not said:
        return [*one.once, *one.unless]
    return one.unless if said[-1].kind in one.once else one.once


def _may(log: Log, way: str, roles: Collection[str]) -> bool:
    kind = log.protocol.events[way]
    return bool(set(kind.by) & set(roles)) and log.enrolment.stage in stages_of(log.protocol, kind)


def _address(log: Log, event: Event, way: str, form: str) -> str:
    """The form, with what it is about chosen."""
    fields = log.protocol.events[way].fields
    points = next(name for name, field in fields.items() if event.kind in (field.of or ()))
    return f"{reverse(form, args=[log.enrolment.public_id, way])}?{urlencode({points: event.key})}"


def _is_erased(log: Log, event: Event) -> bool:
    return any(log.kind(each).erases for each in log.referring(event.key))
