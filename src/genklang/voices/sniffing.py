"""What a file is, told by its first bytes. What its name or its sender says is not believed."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["film", "picture", "sound", "document", "subtitles"]
HEAD = 4096  # bytes that are enough to tell
MB = 1024 * 1024
LARGEST: dict[Kind, int] = {
    "film": 500 * MB,
    "picture": 15 * MB,
    "sound": 100 * MB,
    "document": 20 * MB,
    "subtitles": MB,
}
APPLE_SOUND = (b"M4A ", b"M4B ")
APPLE_PICTURES = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif")


@dataclass(frozen=True)
class Sniffed:
    """A kind of file that is accepted: how it is served, and the ending of its name when it is saved."""

    kind: Kind
    content_type: str
    ending: str


SIGNS: tuple[tuple[bytes, Sniffed], ...] = (
    (b"\xff\xd8\xff", Sniffed("picture", "image/jpeg", "jpg")),
    (b"\x89PNG\r\n\x1a\n", Sniffed("picture", "image/png", "png")),
    (b"GIF87a", Sniffed("picture", "image/gif", "gif")),
    (b"GIF89a", Sniffed("picture", "image/gif", "gif")),
    (b"ID3", Sniffed("sound", "audio/mpeg", "mp3")),
    (b"\xff\xfb", Sniffed("sound", "audio/mpeg", "mp3")),
    (b"\xff\xf3", Sniffed("sound", "audio/mpeg", "mp3")),
    (b"OggS", Sniffed("sound", "audio/ogg", "ogg")),
    (b"%PDF-", Sniffed("document", "application/pdf", "pdf")),
)


def sniff(head: bytes) -> Sniffed | None:
    """What the file is; None for anything that is not accepted, such as web pages, programs and archives.

    A film from a telephone in Apple's own wrapping (brand "qt  ") holds what MP4 holds, and is served as that.
    """
    if head[4:8] == b"ftyp":
        return _apple(head[8:12])
    if head[:4] == b"RIFF":
        return {
            b"WEBP": Sniffed("picture", "image/webp", "webp"),
            b"WAVE": Sniffed("sound", "audio/wav", "wav"),
        }.get(head[8:12])
    if head[:4] == b"\x1a\x45\xdf\xa3" and b"webm" in head[:64]:
        return Sniffed("film", "video/webm", "webm")
    return next((found for sign, found in SIGNS if head.startswith(sign)), None)


def _apple(brand: bytes) -> Sniffed | None:
    if brand in APPLE_PICTURES:
        return None  # most browsers cannot show it
    if brand in APPLE_SOUND:
        return Sniffed("sound", "audio/mp4", "m4a")
    return Sniffed("film", "video/mp4", "mp4")
