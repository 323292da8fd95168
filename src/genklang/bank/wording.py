"""Small pieces of language: numbers, units, durations, recurrences and lists as the reader's language says them."""

from collections.abc import Iterable
from typing import Literal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from genklang.bank.models import in_swedish
from genklang.bank.vocabulary import label
from genklang.evaluate.verdicts import Verdict
from genklang.protocol.types import Labelled, Text
from genklang.protocol.units import HOUR, MINUTE, SECOND, Duration

Language = Literal["sv", "en"]
DAY_HOURS = 24
PLACES_KEPT = 10


def language() -> Language:
    """The reader's language: "sv" or "en"."""
    return "sv" if in_swedish() else "en"


def said(text: Text | Labelled | None) -> str:
    """A text in the reader's language; empty for none."""
    return text.in_language(language()) if text else ""


def design_in_words(design: str) -> str:
    """How a result is made: the vocabulary's word."""
    return label("designs", design, language())


def verdict_in_words(verdict: str) -> str:
    """A verdict as a short text."""
    return {
        Verdict.BETTER: _("Better"),
        Verdict.WORSE: _("Worse"),
        Verdict.DIFFERENT: _("A difference"),
        Verdict.NO_DIFFERENCE: _("No difference shown"),
        Verdict.UNINFORMATIVE: _("Too uncertain to say"),
    }[Verdict(verdict)]


def number(value: float, *, decimals: int | None = None) -> str:
    """A number with its thousands apart; at most as many decimals as it needs, two where not told otherwise."""
    places = decimals if decimals is not None else _decimals(value)
    rounded = round(value, places) or 0  # no minus before zero
    return str(number_format(rounded, places, use_l10n=True, force_grouping=True)).replace("-", "−")


def in_unit(value: float, unit: str, *, decimals: int | None = None) -> str:
    """A value with its unit, for example 99.2%, SEK 780,000 or 10 hours; "points" is a difference of shares."""
    return with_unit(bare(value, unit, decimals=decimals), unit, value)


def bare(value: float, unit: str, *, decimals: int | None = None) -> str:
    """The number of a value in its unit, without the unit. Binary dust, as in 0.305 × 100, is wiped off first."""
    if unit in {"share", "points"}:
        return number(round(value * 100, PLACES_KEPT), decimals=decimals)
    if unit == "SEK" and decimals is None:
        return number(value, decimals=2 * (value != round(value)))
    return number(value, decimals=decimals)


def with_unit(text: str, unit: str, value: float) -> str:
    """A number as text, or a range of them, with the unit that agrees with the (last) value."""
    if unit == "share":
        return f"{text}\xa0%" if in_swedish() else f"{text}%"
    patterns = {
        "points": _("%(number)s percentage points") % {"number": text},
        "SEK": _("SEK %(amount)s") % {"amount": text},
    }
    return patterns.get(unit) or " ".join(part for part in (text, unit_word(unit, value)) if part)


def unit_word(unit: str, value: float) -> str:
    """The unit as a word that agrees with the value; empty for plain numbers."""
    one = 1 if value == 1 else 2
    words = {
        "hours": ngettext("hour", "hours", one),
        "minutes": ngettext("minute", "minutes", one),
        "days": ngettext("day", "days", one),
    }
    return words.get(unit, "")


def own_unit(unit: Text, value: float) -> str:
    """A unit that a protocol has named, agreeing with the value where it is one of time: "1 hour", "2 hours"."""
    return unit_word(unit.en, value) or said(unit)


def per_word(per: str | None) -> str:
    """A period as one says it after a figure: "a month"."""
    words = {"week": _("a week"), "month": _("a month"), "quarter": _("a quarter"), "year": _("a year")}
    return words.get(per or "", "")


def ordinary_period(per: str | None) -> str:
    """The period that a figure is for: "in an ordinary month"; the whole time where there is none."""
    words = {
        "week": _("in an ordinary week"),
        "month": _("in an ordinary month"),
        "quarter": _("in an ordinary quarter"),
        "year": _("in an ordinary year"),
    }
    return words.get(per or "", _("over the whole time"))


def duration(length: Duration) -> str:
    """A length of time: "60 minutes", "14 days", "3 months"."""
    if length.months:
        return _years(length.months // 12) if length.months % 12 == 0 else _months(length.months)
    if length.days:
        return _weeks(length.days // 7) if length.days % 7 == 0 and length.days > 14 else _days(length.days)
    if length.microseconds % HOUR == 0:
        return ngettext("%(count)s hour", "%(count)s hours", length.microseconds // HOUR) % {
            "count": length.microseconds // HOUR
        }
    if length.microseconds % MINUTE == 0:
        return ngettext("%(count)s minute", "%(count)s minutes", length.microseconds // MINUTE) % {
            "count": length.microseconds // MINUTE
        }
    seconds = length.microseconds // SECOND
    return ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}


def every(length: Duration) -> str:
    """A recurrence: "every day", "every 14 days"."""
    single = {
        Duration(days=1): _("Every day"),
        Duration(days=7): _("Every week"),
        Duration(months=1): _("Every month"),
        Duration(months=12): _("Every year"),
        Duration(microseconds=HOUR): _("Every hour"),
        Duration(microseconds=DAY_HOURS * HOUR): _("Every 24 hours"),
    }
    if length in single:
        return single[length]
    if length.months:
        return _("Every %(count)s months") % {"count": _in_order(length.months)}
    if length.days:
        return _("Every %(count)s days") % {"count": _in_order(length.days)}
    if length.microseconds % HOUR == 0:
        return _("Every %(count)s hours") % {"count": _in_order(length.microseconds // HOUR)}
    return _("Every %(count)s minutes") % {"count": _in_order(length.microseconds // MINUTE)}


def either(names: Iterable[str]) -> str:
    """Names as alternatives: "nurse or device"."""
    return _joined(list(names), _("or"))


def together(names: Iterable[str]) -> str:
    """Names all of which count: "hours, minutes and days"."""
    return _joined(list(names), _("and"))


def started(text: str) -> str:
    """The text with a capital letter first, the rest as it was."""
    return text[:1].upper() + text[1:]


def inside(text: str) -> str:
    """A name as it stands inside a sentence: small first letter, unless the word is in capitals or is English I."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _joined(names: list[str], word: str) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {word} {names[-1]}"


def _decimals(value: float) -> int:
    exact = round(value, 2)
    if exact == round(exact):
        return 0
    return 1 if round(exact, 1) == exact else 2


def _in_order(count: int) -> str:
    """As the language counts turns: 14 in English, 14:e in Swedish."""
    if not in_swedish():
        return str(count)
    return f"{count}:{'a' if count % 10 in {1, 2} and count % 100 not in {11, 12} else 'e'}"


def _years(count: int) -> str:
    return ngettext("%(count)s year", "%(count)s years", count) % {"count": count}


def _months(count: int) -> str:
    return ngettext("%(count)s month", "%(count)s months", count) % {"count": count}


def _weeks(count: int) -> str:
    return ngettext("%(count)s week", "%(count)s weeks", count) % {"count": count}


def _days(count: int) -> str:
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": count}
