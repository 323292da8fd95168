"""Subtitles: read as WebVTT, as SRT, or as plain lines that begin with a time; kept as WebVTT without any markup."""

import re
from dataclasses import dataclass
from itertools import pairwise

LONGEST_LINE = 7.0  # seconds that a line without an end stays
_CLOCK = r"(?:(\d{1,2}):)?(\d{1,2}):(\d{2})(?:[.,](\d{1,3}))?"
_SPAN = re.compile(rf"\s*{_CLOCK}\s*-->\s*{_CLOCK}")
_LINE = re.compile(rf"\s*{_CLOCK}\s+(\S.*)")
_MARKUP = re.compile(r"<[^>]*>|\{\\[^}]*\}")


class NoSubtitles(ValueError):
    """What is wrong; `line` is the line (from 1) that could not be read, `written` what stands there."""

    def __init__(self, line: int, written: str) -> None:
        super().__init__(f"line {line}")
        self.line, self.written = line, written


@dataclass(frozen=True)
class Cue:
    """Words on the screen, from and to in seconds."""

    start: float
    end: float
    text: str


def read(text: str) -> list[Cue]:
    """The cues in order of time. Raises NoSubtitles where a line cannot be read, or where there is none."""
    lines = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    cues = _spans(lines) if any("-->" in line for line in lines) else _plain(lines)
    if not cues:
        raise NoSubtitles(1, lines[0].strip()[:60])
    return sorted(cues, key=lambda cue: cue.start)


def webvtt(cues: list[Cue]) -> str:
    """The cues as a WebVTT file; what could be taken for markup is written out."""
    blocks = [f"{_written(cue.start)} --> {_written(cue.end)}\n{_escaped(cue.text)}" for cue in cues]
    return "\n\n".join(["WEBVTT", *blocks]) + "\n"


def plain(cues: list[Cue]) -> str:
    """The cues as lines that people read and correct: "0:05 Now we share twelve among three"."""
    return "\n".join(f"{int(cue.start) // 60}:{int(cue.start) % 60:02} {' '.join(cue.text.split())}" for cue in cues)


def _spans(lines: list[str]) -> list[Cue]:
    cues = []
    for number, line in enumerate(lines):
        if "-->" not in line:
            continue
        found = _SPAN.match(line)
        words = _words_after(lines, number)
        if not found:
            raise NoSubtitles(number + 1, line.strip()[:60])
        start, end = _seconds(found.groups()[:4]), _seconds(found.groups()[4:8])
        if end <= start:
            raise NoSubtitles(number + 1, line.strip()[:60])
        if words:
            cues.append(Cue(start, end, words))
    return cues


def _words_after(lines: list[str], number: int) -> str:
    words = []
    for line in lines[number + 1 :]:
        if not line.strip() or "-->" in line:
            break
        words.append(_MARKUP.sub("", line).strip())
    return "\n".join(words).strip()


def _plain(lines: list[str]) -> list[Cue]:
    found: list[tuple[float, str]] = []
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        match = _LINE.match(line)
        if match:
            found.append((_seconds(match.groups()[:4]), match[5].strip()))
        elif found:
            found[-1] = (found[-1][0], f"{found[-1][1]}\n{line.strip()}")
        else:
            raise NoSubtitles(number + 1, line.strip()[:60])
    found.sort(key=lambda each: each[0])
    ends = [min(start + LONGEST_LINE, later) for (start, _), (later, _) in pairwise(found)]
    ends += [found[-1][0] + LONGEST_LINE] if found else []
    return [Cue(start, max(end, start + 0.5), text) for (start, text), end in zip(found, ends, strict=True)]


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, thousandths = parts
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return whole + int((thousandths or "0").ljust(3, "0")) / 1000


def _written(seconds: float) -> str:
    thousandths = round(seconds * 1000)
    whole, rest = divmod(thousandths, 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}.{rest:03}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
