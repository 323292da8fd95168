"""A protocol's parts, instants and outcomes in plain words, in the reader's language and the adoption's local time."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from genklang.engine.types import Due
from genklang.operate import clock
from genklang.protocol.types import Labelled, Protocol, Text

WEEK = 7
WITHOUT_ROLE = {"device": gettext_lazy("the device"), "system": gettext_lazy("the system")}
STATUSES = {
    "met": gettext_lazy("done in time"),
    "met_late": gettext_lazy("done late"),
    "missed": gettext_lazy("missed"),
    "waived": gettext_lazy("waived"),
    "cancelled": gettext_lazy("called off"),
}
BUILT_IN = {
    "enrolled": gettext_lazy("Taking part began"),
    "member_joined": gettext_lazy("Somebody new belongs to it"),
    "member_left": gettext_lazy("Somebody left"),
    "stated": gettext_lazy("Facts were stated"),
    "allocated": gettext_lazy("Chance decided"),
    "drawn": gettext_lazy("A random sample was drawn"),
    "acknowledged": gettext_lazy("Alarm answered"),
    "resolved": gettext_lazy("Alarm resolved"),
    "waived": gettext_lazy("Waived"),
    "voided": gettext_lazy("Taken back"),
    "time_passed": gettext_lazy("Time passed"),
}


def language() -> Literal["sv", "en"]:
    """The reader's language, "sv" or "en"."""
    return "sv" if (get_language() or "sv").startswith("sv") else "en"


def say(text: Labelled | Text | None, otherwise: str = "") -> str:
    """The text in the reader's language."""
    return text.in_language(get_language() or "sv") if text else otherwise


@dataclass(frozen=True)
class Words:
    """Names of a protocol's parts and moments in its zone. `names` are the organisation's own words for roles."""

    protocol: Protocol
    zone: ZoneInfo
    now: int

    @cached_property
    def today(self) -> date:
        """The day that it is there."""
        return self.local(self.now).date()

    def stage(self, name: str) -> str:
        """What the stage is called."""
        return say(self.protocol.stages.get(name), name)

    def role(self, name: str) -> str:
        """What the role is called; device and system too."""
        return say(self.protocol.roles.get(name)) or str(WITHOUT_ROLE.get(name, name))

    def arm(self, name: str) -> str:
        """What the arm is called."""
        return say(self.protocol.randomise.arms.get(name), name) if self.protocol.randomise else name

    def expectation(self, name: str) -> str:
        """What is expected."""
        return say(self.protocol.expectations.get(name), name)

    def not_happened(self, name: str) -> str:
        """What was expected and has not come: it must not be read as though it had."""
        return _("Has not happened: %(what)s") % {"what": inside_sentence(self.expectation(name))}

    def help_for(self, name: str) -> str:
        """What to do when the expectation is missed; empty where the protocol says nothing."""
        found = self.protocol.expectations.get(name)
        return say(found.help) if found and found.help else ""

    def event(self, kind: str) -> str:
        """What happened."""
        found = self.protocol.events.get(kind)
        return (say(found.happened) if found and found.happened else say(found)) or str(BUILT_IN.get(kind, kind))

    def when(self, instant: int) -> str:
        """ "today 14:00", "yesterday 08:05", "Tuesday 3 March 10:00", with the year when it is another."""
        local = self.local(instant)
        day = day_in_words(local.date(), self.today)
        return _("%(day)s %(time)s") % {"day": day, "time": f"{local.hour:02}:{local.minute:02}"}

    def when_due(self, expectation: str, instant: int) -> str:
        """When something is expected: the day alone where days are what the protocol counts in."""
        found = self.protocol.expectations.get(expectation)
        interval = (found.every or found.in_) if found else None
        counts_days = not interval.microseconds if interval is not None else self._falls_on_a_day(expectation)
        return self.day(instant) if counts_days else self.when(instant)

    def until_due(self, expectation: str, instant: int) -> str:
        """The last time for something: where whole days are counted from a date, the last whole day."""
        midnight = self.local(instant).strftime("%H:%M") == "00:00"
        if midnight and self._falls_on_a_day(expectation):
            return self.day(instant - 1)
        return self.when_due(expectation, instant)

    def _falls_on_a_day(self, expectation: str) -> bool:
        """Whether the target is a date that an event carries."""
        found = self.protocol.expectations.get(expectation)
        if found is None or found.at is None:
            return False
        kinds = [self.protocol.events[name] for name in found.after or () if name in self.protocol.events]
        return all(found.at in kind.fields and kind.fields[found.at].type == "date" for kind in kinds)

    def when_awaited(self, due: Due) -> str:
        """When something is expected; for what is wanted as soon as something else has happened, until when."""
        found = self.protocol.expectations.get(due.expectation)
        if found is not None and found.after and found.in_ is None and found.at is None:
            return _("by %(day)s") % {"day": self.day(due.deadline_at)}
        return self.when_due(due.expectation, due.target_at)

    def day(self, instant: int) -> str:
        """ "today", "tomorrow", "Tuesday 3 March"."""
        return day_in_words(self.local(instant).date(), self.today)

    def clock_time(self, instant: int) -> str:
        """ "08:05"."""
        return self.local(instant).strftime("%H:%M")

    def since(self, instant: int) -> str:
        """How long ago, roughly: "just now", "for 12 minutes", "for 3 hours", "for 2 days"."""
        minutes = max(0, self.now - instant) // clock.MINUTE
        if minutes < 1:
            return _("just now")
        if minutes < 60:
            return ngettext("for %(n)s minute", "for %(n)s minutes", minutes) % {"n": minutes}
        if minutes < 48 * 60:
            return ngettext("for %(n)s hour", "for %(n)s hours", minutes // 60) % {"n": minutes // 60}
        return ngettext("for %(n)s day", "for %(n)s days", minutes // 1440) % {"n": minutes // 1440}

    def local(self, instant: int) -> datetime:
        """The moment on the clocks there."""
        return clock.moment(instant).astimezone(self.zone)


def inside_sentence(text: str) -> str:
    """The words as they stand within a sentence: "The dose is taken" → "the dose is taken"; "I'll come", "SMS" stay."""
    word = text.split(" ", 1)[0]
    stays = word[1:2].isupper() or word == "I" or word.startswith(("I'", "I’"))
    return text if stays else text[:1].lower() + text[1:]


def day_in_words(day: date, today: date) -> str:
    """A day as people say it, seen from today."""
    return _day_in_words(day, today, get_language())


@lru_cache(maxsize=1_000)
def _day_in_words(day: date, today: date, _language: str | None) -> str:
    """The same, put in words once for each language: lists name few days, many times."""
    near = {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}.get((day - today).days)
    if near:
        return near
    if day.year != today.year:
        return date_format(day, "j F Y")
    if abs(day - today) < timedelta(days=WEEK):
        return date_format(day, "l j F")
    return date_format(day, "j F")


def day_of(written: str, words: Words) -> str:
    """A day written as 2026-03-29, as people say it; as it stands where it is no day."""
    try:
        return day_in_words(date.fromisoformat(written), words.today)
    except ValueError:
        return written


def status_in_words(status: str) -> str:
    """How an expectation ended."""
    return str(STATUSES.get(status, status))
