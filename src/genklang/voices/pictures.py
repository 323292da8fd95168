"""Pictures without what the camera tells beside them: where it was, when, and whose."""

import struct
from collections.abc import Iterator

_KEPT = {0xE0, 0xEE}  # what says how colours are written; all other application segments go
_ORIENTATION = 0x0112


def without_traces(content: bytes) -> bytes:
    """A JPEG without place, time, camera and comments; only which way is up is kept. Anything else as it is."""
    if not content.startswith(b"\xff\xd8\xff"):
        return content
    parts, at = [b"\xff\xd8"], 2
    for marker, start, end in _segments(content):
        at = end
        if marker == 0xE1 and (turned := _orientation(content[start + 4 : end])) > 1:
            parts.append(_only(turned))
        if not (0xE0 <= marker <= 0xEF or marker == 0xFE) or marker in _KEPT:
            parts.append(content[start:end])
    return b"".join([*parts, content[at:]])


def _segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, beginning and end of each segment before the picture itself."""
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF and content[at + 1] != 0xDA:
        length = struct.unpack(">H", content[at + 2 : at + 4])[0]
        end = at + 2 + length
        if length < 2 or end > len(content):
            return
        yield content[at + 1], at, end
        at = end


def _orientation(exif: bytes) -> int:
    """1 to 8, as Exif 2.3 numbers them; 1 where nothing is said."""
    if not exif.startswith(b"Exif\x00\x00") or len(exif) < 16:
        return 1
    tiff = exif[6:]
    order = "<" if tiff[:2] == b"II" else ">"
    try:
        first = struct.unpack_from(f"{order}I", tiff, 4)[0]
        for number in range(struct.unpack_from(f"{order}H", tiff, first)[0]):
            tag, _kind, _count, value = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * number)
            if tag == _ORIENTATION:
                return int(value) if 1 <= value <= 8 else 1
    except struct.error:
        return 1
    return 1


def _only(turned: int) -> bytes:
    tiff = b"II*\x00" + struct.pack("<IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, turned, 0, 0)
    body = b"Exif\x00\x00" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
