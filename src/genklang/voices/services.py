"""The verbs of voices: keeping what was handed in, and taking it away for good."""

from __future__ import annotations

import time
from collections.abc import Iterable

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from genklang.people.models import Organisation, User
from genklang.voices import cues, store
from genklang.voices.models import Media
from genklang.voices.pictures import without_traces
from genklang.voices.sniffing import HEAD, Sniffed, sniff

SUBTITLES = Sniffed("subtitles", "text/vtt; charset=utf-8", "vtt")
SECONDS_BEFORE_SWEEPING = 24 * 3600


def keep(*, organisation: Organisation, upload: UploadedFile[bytes], user: User | None) -> Media:
    """Keeps an uploaded file, whose kind the form has checked. Raises ValueError for what is not accepted, OSError."""
    found = sniffed(upload)
    if found is None:
        raise ValueError("media: not a kind of file that is accepted. Check it with forms.MediaField first.")
    chunks: Iterable[bytes] = upload.chunks()
    if found.content_type == "image/jpeg":
        chunks = [without_traces(b"".join(chunks))]
    return _kept(organisation, found, chunks, name=upload.name or "", user=user)


def keep_subtitles(*, organisation: Organisation, text: str, user: User | None) -> Media:
    """Keeps subtitles as WebVTT. Raises cues.NoSubtitles where a line cannot be read."""
    content = cues.webvtt(cues.read(text)).encode()
    return _kept(organisation, SUBTITLES, [content], name="", user=user)


def withdraw(media: Media) -> None:
    """Takes it away for good: no page gives it from now on, and its bytes go when the transaction has ended."""
    if media.withdrawn_at is None:
        media.withdrawn_at = timezone.now()
        media.name = ""
        media.save(update_fields=["withdrawn_at", "name"])
    transaction.on_commit(lambda: remove_unused(media.organisation_id, media.sha256))


def remove_unused(organisation: int, sha256: str) -> bool:
    """Removes the content unless something that is still kept there holds the same; whether it was removed."""
    still = Media.objects.filter(organisation_id=organisation, sha256=sha256, withdrawn_at=None)
    if still.exists():
        return False
    store.remove(organisation, sha256)
    return True


def sweep() -> int:
    """Removes what a stop between row and file may have left behind; how many files. Nothing from the last day."""
    now, removed = time.time(), 0
    for organisation, sha256, path in store.everything():
        if now - path.stat().st_mtime > SECONDS_BEFORE_SWEEPING:
            removed += remove_unused(organisation, sha256)
    return removed


def sniffed(upload: UploadedFile[bytes]) -> Sniffed | None:
    """What an uploaded file is, by its first bytes."""
    upload.seek(0)
    head = upload.read(HEAD)
    upload.seek(0)
    return sniff(head)


def _kept(
    organisation: Organisation, found: Sniffed, chunks: Iterable[bytes], *, name: str, user: User | None
) -> Media:
    sha256, size = store.put(organisation.pk, chunks)
    return Media.objects.create(
        organisation=organisation,
        sha256=sha256,
        kind=found.kind,
        content_type=found.content_type,
        ending=found.ending,
        size=size,
        name=name[:120],
        kept_at=timezone.now(),
        kept_by=user,
    )
