"""What a study could show, as the plan's page tells it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext as _

from genklang.bank.wording import language, number

if TYPE_CHECKING:
    from genklang.evaluate.power import Power

Counts = Literal["people", "periods", "groups"]


@dataclass(frozen=True)
class Foreseen:
    """What the number asked about could show: sentences, what to bear in mind, and the same for other numbers.

    `counts` is what the numbers in `rows` are of.
    """

    sentences: tuple[str, ...]
    flags: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    supposed: tuple[str, ...]
    needed: str = ""
    counts: Counts = "people"

    @classmethod
    def of(
        cls, asked: Power, rows: Sequence[tuple[str, str]], supposed: Sequence[str], counts: Counts, needed: str = ""
    ) -> Foreseen:
        """The answer's sentences and flags, in the reader's language."""
        flags = tuple(flag.text.say(language()) for flag in asked.flags)
        return cls(asked.plain(language()), flags, tuple(rows), tuple(supposed), needed, counts)

    @property
    def by_people(self) -> bool:
        """Whether it hangs on how many people take part."""
        return self.counts == "people"

    @property
    def heading(self) -> str:
        """What the numbers are of."""
        return {
            "people": _("People"),
            "periods": _("Periods followed"),
            "groups": _("Groups followed"),
        }[self.counts]


def in_words(effect: float | None, unit: str = "") -> str:
    """The smallest difference likely to be shown, with its unit."""
    from genklang.evaluate.texts import decimals_for

    if effect is None:
        return _("none, however large")
    return f"{number(abs(effect), decimals=decimals_for(abs(effect)))} {unit}".strip()
