"""Giving media to a browser: only what was sniffed, never as a page of its own, in parts where parts are asked for."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from genklang.voices import store
from genklang.voices.models import Media

CHUNK = 256 * 1024
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
# Nothing in a file may run, fetch or be framed; and what is about people is kept in no cache.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Accept-Ranges": "bytes",
}


def answer(request: HttpRequest, media: Media) -> HttpResponseBase:
    """The content, or the part that is asked for (RFC 9110, 14.2); 410 once it has been withdrawn.

    The caller has asked whether the reader may have it.
    """
    path = store.path_of(media.organisation_id, media.sha256)
    if media.withdrawn_at is not None or not path.is_file():
        return _headed(HttpResponse(status=410), media)
    asked = _asked(request.headers.get("Range", ""), media.size)
    if asked is None:
        whole = FileResponse(path.open("rb"), content_type=media.content_type)
        return _headed(whole, media)
    start, end = asked
    if start >= media.size:
        refused = HttpResponse(status=416)
        refused["Content-Range"] = f"bytes */{media.size}"
        return _headed(refused, media)
    part = StreamingHttpResponse(_part(path, start, end), status=206, content_type=media.content_type)
    part["Content-Range"] = f"bytes {start}-{end}/{media.size}"
    part["Content-Length"] = str(end - start + 1)
    return _headed(part, media)


def _asked(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte of a single range; None where the whole is to be given."""
    found = _RANGE.fullmatch(header.strip())
    if not found or not (found[1] or found[2]):
        return None
    if not found[1]:
        return max(0, size - int(found[2])), size - 1
    start, end = int(found[1]), min(int(found[2] or size - 1), size - 1)
    return None if found[2] and int(found[2]) < start else (start, end)


def _part(path: Path, start: int, end: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        left = end - start + 1
        while left > 0 and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk


def _headed(response: HttpResponseBase, media: Media) -> HttpResponseBase:
    for name, value in HEADERS.items():
        response[name] = value
    how = "attachment" if media.kind == "document" else "inline"  # a document may hold scripts: it is never opened here
    response["Content-Disposition"] = f'{how}; filename="{media.kind}-{str(media.public_id)[:8]}.{media.ending}"'
    return response
