"""Subtitles: read as WebVTT, SRT or plain lines, and written as WebVTT that no script hides in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genklang.voices import cues
from genklang.voices.cues import Cue, NoSubtitles

VTT = "WEBVTT\n\nNOTE hidden\n\nSTYLE\n::cue{}\n\n1\n00:01.500 --> 00:03.000 align:left\n<v Bo>Nu <b>delar</b> vi\n"
SRT = "\ufeff1\r\n00:00:01,500 --> 00:00:03,000\r\n{\\an8}Nu delar vi\r\n\r\n2\r\n00:00:04,0 --> 00:00:05,0\r\ntolv\r\n"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (VTT, [Cue(1.5, 3.0, "Nu delar vi")]),
        (SRT, [Cue(1.5, 3.0, "Nu delar vi"), Cue(4.0, 5.0, "tolv")]),
        ("0:01 Nu delar vi\n0:03 tolv", [Cue(1, 3, "Nu delar vi"), Cue(3, 10, "tolv")]),
        ("1:00:05 Sent\n0:02 Tidigt\nigen", [Cue(2, 9, "Tidigt\nigen"), Cue(3605, 3612, "Sent")]),
    ],
)
def test_subtitles_are_read(written: str, expected: list[Cue]) -> None:
    assert cues.read(written) == expected


@pytest.mark.parametrize(
    ("written", "line"),
    [("", 1), ("Nu delar vi", 1), ("WEBVTT\n\nfirst --> second\nOj", 3), ("00:05.000 --> 00:01.000\nBaklänges", 1)],
)
def test_the_line_that_cannot_be_read_is_named(written: str, line: int) -> None:
    with pytest.raises(NoSubtitles) as refused:
        cues.read(written)
    assert refused.value.line == line


def test_markup_is_written_out() -> None:
    assert cues.webvtt([Cue(0, 1, "<script>a --> b & c")]) == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n&lt;script&gt;a --&gt; b &amp; c\n"
    )


WORDS = st.text(st.characters(categories=["L", "N", "P"], exclude_characters="<>&{}-"), min_size=1, max_size=30)


@given(st.lists(st.tuples(st.integers(0, 35_999), st.integers(1, 20), WORDS), min_size=1, max_size=8))
def test_what_is_written_is_read_again(told: list[tuple[int, int, str]]) -> None:
    known = sorted((Cue(start, start + length, words) for start, length, words in told), key=lambda cue: cue.start)
    assert cues.read(cues.webvtt(known)) == known
