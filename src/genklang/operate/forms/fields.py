"""Fields that a protocol's question needs beyond Django's own: clock times, instants in local time, decimal commas."""

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import localize
from django.utils.translation import gettext as _

_BETWEEN = re.compile(r"[,;\s]+(?:och\s+|and\s+)?")
_APART = re.compile(r"[;\s]+|,\s+")
_CLOCK = re.compile(r"(?:kl\.?)?(\d{1,2})(?:[:.]?(\d{2}))?")


class ClockTimesField(forms.CharField):
    """Times of the day in one line, "08:00, 20:00"; cleaned to a sorted list of "HH:MM" without doubles."""

    def clean(self, value: Any) -> Any:
        """The list; raises ValidationError naming each piece that is no clock time."""
        text = super().clean(value)
        pieces = [piece for piece in _BETWEEN.split(text.strip()) if piece]
        wrong = [piece for piece in pieces if clock_time(piece) is None]
        if wrong:
            message = _("“%(written)s” is no time of the day. Write for example 08:00, 20:00.")
            raise ValidationError(message, params={"written": ", ".join(wrong)})
        return sorted({time for piece in pieces if (time := clock_time(piece))}) or None

    def prepare_value(self, value: Any) -> Any:
        """The list as it is written in the box."""
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value


class InstantField(forms.DateTimeField):
    """A moment, asked in local time; cleaned to an aware datetime. A time that comes twice means the first."""

    def __init__(self, *, zone: ZoneInfo, **kwargs: Any) -> None:
        self.zone = zone
        kwargs.setdefault("widget", forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> datetime | None:
        """The moment; raises ValidationError where the clock was put forward past it."""
        if value in self.empty_values:
            return None
        local = _read_local(str(value))
        moment = local.replace(tzinfo=self.zone)
        if moment.astimezone(ZoneInfo("UTC")).astimezone(self.zone).replace(tzinfo=None) != local:
            raise ValidationError(
                _("The clock was put forward that night, so this time never came. Write a later one.")
            )
        return moment

    def prepare_value(self, value: Any) -> Any:
        """Local time as the box wants it."""
        if isinstance(value, datetime) and value.tzinfo:
            return value.astimezone(self.zone).strftime("%Y-%m-%dT%H:%M")
        return value


class NumberField(forms.FloatField):
    """A number, with decimal comma or point, and errors that say what to write."""

    def __init__(
        self, *, whole: bool = False, least: float | None = None, most: float | None = None, **kw: Any
    ) -> None:
        self.whole, self.least, self.most = whole, least, most
        mode = "numeric" if whole else "decimal"
        kw.setdefault("widget", forms.TextInput(attrs={"inputmode": mode, "class": "short", "autocomplete": "off"}))
        super().__init__(**kw)

    def to_python(self, value: Any) -> Any:
        """An int when `whole`, else a float; raises ValidationError outside `least` to `most`."""
        if value in self.empty_values:
            return None
        number = _number(str(value))
        if number is None or (self.whole and number != int(number)):
            raise ValidationError(self._wrong(_("“%(written)s” is no number."), value))
        if (self.least is not None and number < self.least) or (self.most is not None and number > self.most):
            raise ValidationError(self._wrong(_("“%(written)s” is outside what is possible."), value))
        return int(number) if self.whole else number

    def prepare_value(self, value: Any) -> Any:
        """The number as the reader's language writes it."""
        if isinstance(value, float) and value == int(value):
            value = int(value)
        return localize(value) if isinstance(value, float) else value

    def bounds(self) -> str:
        """What may be written, in words; empty when anything may."""
        least, most = (localize(_plain(bound)) for bound in (self.least, self.most))
        if self.least is not None and self.most is not None:
            return _("From %(least)s to %(most)s.") % {"least": least, "most": most}
        if self.least is not None:
            return _("%(least)s or more.") % {"least": least}
        return _("%(most)s or less.") % {"most": most} if self.most is not None else ""

    def _wrong(self, what: str, written: Any) -> str:
        kind = _("Write a whole number.") if self.whole else _("Write a number.")
        return " ".join(filter(None, [what % {"written": written}, kind, self.bounds()]))


class NumbersField(forms.CharField):
    """Several numbers in one box, "3; 4,5; 6"; cleaned to a list. A comma within a number is a decimal comma."""

    def clean(self, value: Any) -> Any:
        """The list; raises ValidationError naming each piece that is no number."""
        pieces = [piece for piece in _APART.split(str(super().clean(value)).strip()) if piece]
        wrong = [piece for piece in pieces if _number(piece) is None]
        if wrong:
            message = _("“%(written)s” is no number. Write for example 3; 4,5; 6.")
            raise ValidationError(message, params={"written": ", ".join(wrong)})
        found = [_number(piece) for piece in pieces]
        return [_plain(number) for number in found if number is not None] or None

    def prepare_value(self, value: Any) -> Any:
        """The list as it is written in the box."""
        return "; ".join(str(localize(each)) for each in value) if isinstance(value, list | tuple) else value


def clock_time(written: str) -> str | None:
    """ "8", "8.30", "0830" or "08:30" as "08:30"; None when it is no time of the day."""
    match = _CLOCK.fullmatch(written.strip())
    if not match or int(match[1]) > 23 or int(match[2] or 0) > 59:
        return None
    return f"{int(match[1]):02}:{int(match[2] or 0):02}"


def _read_local(written: str) -> datetime:
    for pattern in ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"):
        try:
            return datetime.strptime(written.strip(), pattern)  # noqa: DTZ007 (the zone is put on by the caller)
        except ValueError:
            continue
    message = _("“%(written)s” is no date with a time. Write for example 2026-03-02 14:30.")
    raise ValidationError(message, params={"written": written})


def _number(written: str) -> float | None:
    try:
        number = float(re.sub(r"[\s\u00a0]", "", written).replace(",", ".").replace("\u2212", "-"))
    except ValueError:
        return None
    return number if abs(number) < 1e15 else None


def _plain(bound: float | None) -> float | int | None:
    return int(bound) if bound is not None and bound == int(bound) else bound
