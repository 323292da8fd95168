"""Tying files to the events that they came with, and taking them away for good when an event erases them.

A file is handed in before its event is written (see `answering`). One whose event never came goes after a day.
"""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from genklang.operate.machines import machine_for
from genklang.operate.models import Attachment, Enrolment, Event
from genklang.operate.shown import references
from genklang.protocol.types import EventKind, Protocol
from genklang.voices import services as voices
from genklang.voices.models import Media

KEPT_ALONE = timedelta(days=1)


def note(enrolment: Enrolment, protocol: Protocol, events: Iterable[Event]) -> None:
    """Ties files to events that have just been written, and takes away what they erase. The caller's transaction."""
    for event in events:
        kind = protocol.events.get(event.kind)
        if kind is not None and event.held is None:
            _attach(enrolment, event, kind)
            if kind.erases:
                _erase(enrolment, event, kind.erases)


def sweep() -> int:
    """Takes away files whose event never came; how many."""
    lost = Media.objects.filter(attachment=None, withdrawn_at=None, kept_at__lt=timezone.now() - KEPT_ALONE)
    return forget(list(lost))


def forget(several: Iterable[Media]) -> int:
    """Takes away, rows and all, files that belong to no event; how many."""
    gone = list(several)
    for media in gone:
        media.delete()
        voices.remove_unused(media.organisation_id, media.sha256)
    return len(gone)


def _attach(enrolment: Enrolment, event: Event, kind: EventKind) -> None:
    for name, field in kind.fields.items():
        if field.type == "file" and (found := _unattached(enrolment, event.data.get(name))):
            language = _language(kind, event) if "subtitles" in field.accept else ""
            Attachment.objects.create(media=found, enrolment=enrolment, event=event.key, field=name, language=language)


def _unattached(enrolment: Enrolment, value: object) -> Media | None:
    """The file that was handed in for this event: of the organisation, and nobody's yet."""
    try:
        public_id = UUID(str(value))
    except ValueError:
        return None
    return Media.objects.filter(
        public_id=public_id, organisation=enrolment.adoption.organisation_id, attachment=None, withdrawn_at=None
    ).first()


def _language(kind: EventKind, event: Event) -> str:
    """Subtitles' language: the answer to the event's only choice."""
    return next((str(event.data.get(name, "")) for name, field in kind.fields.items() if field.type == "choice"), "")


def _erase(enrolment: Enrolment, event: Event, field: str) -> None:
    value = event.data.get(field)
    aims = [str(each) for each in (value if isinstance(value, list) else [value])]
    rows = Attachment.objects.filter(enrolment=enrolment).select_related("media")
    made_for = {row.event for row in rows.exclude(language="") if _points_at(enrolment, row.event, aims)}
    for row in rows.filter(event__in=[*aims, *made_for]):
        voices.withdraw(row.media)


def _points_at(enrolment: Enrolment, key: str, aims: list[str]) -> bool:
    event = Event.objects.get(enrolment=enrolment, key=key)
    kind = machine_for(enrolment).protocol.events[event.kind]
    return bool(set(references(kind, event.data)) & set(aims))
