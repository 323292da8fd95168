"""What a file is, told by its first bytes; and what goes out of a picture before it is kept."""

import struct

import pytest

from genklang.voices.pictures import without_traces
from genklang.voices.sniffing import sniff

KINDS = {
    b"\x00\x00\x00\x20ftypisom": "video/mp4",
    b"\x00\x00\x00\x14ftypqt  ": "video/mp4",
    b"\x00\x00\x00\x20ftypM4A ": "audio/mp4",
    b"\x00\x00\x00\x18ftypheic": None,
    b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm": "video/webm",
    b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x88matroska": None,
    b"\xff\xd8\xff\xe0": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF89a": "image/gif",
    b"RIFF\x00\x00\x00\x00WEBP": "image/webp",
    b"RIFF\x00\x00\x00\x00WAVE": "audio/wav",
    b"RIFF\x00\x00\x00\x00AVI ": None,
    b"ID3\x04": "audio/mpeg",
    b"OggS\x00": "audio/ogg",
    b"%PDF-1.7": "application/pdf",
    b"<!doctype html><script>": None,
    b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'>": None,
    b"MZ\x90\x00": None,
    b"PK\x03\x04": None,
    b"": None,
}


@pytest.mark.parametrize("head", KINDS)
def test_what_a_file_is(head: bytes) -> None:
    found = sniff(head)
    assert (found.content_type if found else None) == KINDS[head]


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def exif(orientation: int) -> bytes:
    tags = struct.pack("<HHHIHH", 2, 0x0112, 3, 1, orientation, 0) + struct.pack("<HHII", 0x8825, 4, 1, 38)
    return segment(
        0xE1, b"Exif\x00\x00II*\x00" + struct.pack("<I", 8) + tags + b"\x00\x00\x00\x00" + b"GPS 57.3N 18.1E"
    )


PICTURE = segment(0xDB, b"table") + b"\xff\xda\x00\x02light\xff\xd9"


def test_where_a_picture_was_taken_goes_and_which_way_is_up_stays() -> None:
    whole = b"\xff\xd8" + segment(0xE0, b"JFIF\x00") + exif(6) + segment(0xFE, b"Doris' kitchen") + PICTURE
    kept = without_traces(whole)
    assert b"GPS" not in kept
    assert b"Doris" not in kept
    assert kept.startswith(b"\xff\xd8" + segment(0xE0, b"JFIF\x00"))
    assert kept.endswith(PICTURE)
    assert b"Exif\x00\x00II*\x00" + struct.pack("<IHHHIHH", 8, 1, 0x0112, 3, 1, 6, 0) in kept


@pytest.mark.parametrize(
    "content", [b"\xff\xd8" + PICTURE, b"\x89PNG\r\n\x1a\nGPS", b"\xff\xd8\xff\xe1\xff\xffcut off"]
)
def test_what_has_no_traces_or_is_broken_stays_as_it_is(content: bytes) -> None:
    assert without_traces(content) == content
