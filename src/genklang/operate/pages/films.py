"""The files of an event, as a page shows them: where each lies, and the subtitles made for it by other events."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import get_language

from genklang.bank.selectors import protocol_of
from genklang.operate.models import Attachment, Event
from genklang.operate.shown import references
from genklang.protocol.types import EventKind
from genklang.voices.languages import name_of
from genklang.voices.models import Media

Address = Callable[[Media], str]


@dataclass(frozen=True)
class Track:
    """Subtitles in one language. `chosen` are shown from the start."""

    language: str
    name: str
    address: str
    chosen: bool


@dataclass(frozen=True)
class ShownFile:
    """A film, picture, sound or document. `gone` once it has been taken away for good."""

    kind: str
    content_type: str
    address: str
    name: str
    gone: bool
    label: str
    tracks: list[Track] = field(default_factory=list)


def own_address(media: Media) -> str:
    """Where those who are signed in get a file."""
    return reverse("operate:file", args=[media.public_id])


def files_of(event: Event, *, address: Address = own_address, subtitles: str = "") -> list[ShownFile]:
    """The event's files; subtitles of other events with the film that they belong to, `subtitles` chosen."""
    kind = protocol_of(event.enrolment.protocol_version).events.get(event.kind)
    if kind is None or not any(question.type == "file" for question in kind.fields.values()):
        return []
    rows = Attachment.objects.filter(enrolment=event.enrolment_id, event=event.key).select_related("media")
    return [_shown(row, event, kind, address, subtitles) for row in rows if not row.language]


def subtitles_alone(kind: EventKind) -> bool:
    """Whether all that the event is for is subtitles, which are shown with their film."""
    return any("subtitles" in question.accept for question in kind.fields.values())


def _shown(row: Attachment, event: Event, kind: EventKind, address: Address, subtitles: str) -> ShownFile:
    media = row.media
    gone = media.withdrawn_at is not None
    return ShownFile(
        kind=media.kind,
        content_type=media.content_type,
        address="" if gone else address(media),
        name=media.name,
        gone=gone,
        label=kind.fields[row.field].in_language(get_language() or "sv"),
        tracks=[] if gone else list(_tracks(event, address, subtitles)),
    )


def _tracks(event: Event, address: Address, subtitles: str) -> Iterable[Track]:
    """The latest subtitles in each language that refer to the event."""
    rows = Attachment.objects.filter(enrolment=event.enrolment_id, media__withdrawn_at=None).exclude(language="")
    latest: dict[str, Attachment] = {}
    for row in rows.select_related("media").order_by("pk"):
        if _belongs(row, event):
            latest[row.language] = row
    wanted = subtitles if subtitles in latest else (get_language() or "sv").split("-")[0]
    for language, row in latest.items():
        yield Track(language, name_of(language), address(row.media), chosen=language == wanted)


def _belongs(row: Attachment, event: Event) -> bool:
    found = Event.objects.filter(enrolment=event.enrolment_id, key=row.event, held=None).first()
    kind = protocol_of(event.enrolment.protocol_version).events.get(found.kind) if found else None
    if found is None or kind is None or event.key not in references(kind, found.data):
        return False
    return not Event.objects.filter(enrolment=event.enrolment_id, kind="voided", data__event=found.key).exists()
