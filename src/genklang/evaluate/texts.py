"""Words in Swedish and English, and numbers written as each language writes them.

Everything a finding says to a reader is a `Text`. Nothing here knows about designs or methods.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

Language = Literal["sv", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_NO_BREAK_SPACE = "\u00a0"
_MINUS = "\u2212"


@dataclass(frozen=True)
class Text:
    """The same words in Swedish and in English."""

    sv: str
    en: str

    @classmethod
    def of(cls, words: str | Text) -> Text:
        """A text as it stands, or the same string in both languages (a column's name, a label from data)."""
        return words if isinstance(words, Text) else cls(sv=words, en=words)

    def say(self, language: Language) -> str:
        return self.sv if language == "sv" else self.en

    def fill(self, **parts: Part) -> Text:
        """The text with its {names} filled, each part in its own language; braces in the parts are left alone."""
        return Text(
            sv=self.sv.format(**{name: spoken(part, "sv") for name, part in parts.items()}),
            en=self.en.format(**{name: spoken(part, "en") for name, part in parts.items()}),
        )

    def as_dict(self) -> dict[str, str]:
        return {"sv": self.sv, "en": self.en}


@dataclass(frozen=True)
class Number:
    """A number to be written with so many decimals."""

    value: float
    decimals: int


Part = Text | Number | str | int


def spoken(part: Part, language: Language) -> str:
    """One part of a sentence, as the language writes it."""
    match part:
        case Text():
            return part.say(language)
        case Number():
            return number(part.value, language, decimals=part.decimals)
        case bool() | str():
            return str(part)
        case int():
            return number(part, language, decimals=0)


def number(value: float, language: Language, *, decimals: int) -> str:
    """1234.5 is "1 234,5" in Swedish and "1,234.5" in English; a minus is a real minus and zero has none."""
    written = f"{abs(value):,.{decimals}f}"
    sign = _MINUS if value < 0 and any(digit in written for digit in "123456789") else ""
    if language == "sv":
        written = written.replace(",", _NO_BREAK_SPACE).replace(".", ",")
    return sign + written


def decimals_for(spread: float) -> int:
    """How many decimals are worth writing when the uncertainty is of this size: two figures of it, at most four."""
    if not math.isfinite(spread) or spread <= 0:
        return 1
    return min(4, max(0, 1 - math.floor(math.log10(spread))))
