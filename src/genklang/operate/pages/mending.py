"""What stands still in an adoption, and what the system has told of itself: for the lead, in plain words."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from genklang.operate import clock
from genklang.operate.models import Adoption, Enrolment, Event, Notice
from genklang.statements import prepared

SYSTEM = ("clock", "away")
SHOWN = 50
HOUR, DAY = 3600, 86_400


@dataclass(frozen=True)
class Broken:
    """An enrolment that is set aside: since when (µs), why, and how many events are kept for it meanwhile."""

    enrolment: Enrolment
    since: int | None
    kept: int

    @property
    def since_moment(self) -> datetime | None:
        """Since when, for the page."""
        return clock.moment(self.since) if self.since is not None else None


@dataclass(frozen=True)
class Told:
    """A notice in words."""

    notice: Notice
    what: str
    instead: str

    @property
    def moment(self) -> datetime:
        """When it was told, for the page."""
        return clock.moment(self.notice.at)


def broken_in(adoption: Adoption) -> list[Broken]:
    """Those set aside, the earliest first."""
    rows = Enrolment.objects.filter(adoption=adoption).exclude(broken_reason="").order_by("pk")[:SHOWN]
    since = dict(Notice.objects.filter(kind="broken", enrolment__in=list(rows)).values_list("enrolment_id", "at"))
    found = [Broken(row, since.get(row.pk), _kept(row)) for row in rows]
    return sorted(found, key=lambda one: one.since or 0)


def notices_for(adoption: Adoption) -> list[Told]:
    """What the system has told that nobody has marked as read, latest first."""
    return [_in_words(notice) for notice in _unseen(clock.instant(adoption.started_at))[:SHOWN]]


def waits_in(adoption: Adoption) -> int:
    """How many things wait for the lead there."""
    return set_aside_in(adoption) + _unseen.count(clock.instant(adoption.started_at))


def set_aside_in(adoption: Adoption) -> int:
    """How many enrolments stand still."""
    return _set_aside.count(adoption.pk)


@prepared
def _set_aside(adoption: int) -> QuerySet[Enrolment, int]:
    return Enrolment.objects.filter(adoption=adoption).exclude(broken_reason="").order_by().values_list("pk", flat=True)


@prepared
def _unseen(since: int) -> QuerySet[Notice]:
    """About the whole system (a clock, an absence); what is broken is listed by itself."""
    return Notice.objects.filter(adoption=None, kind__in=SYSTEM, seen_at=None, at__gte=since)


def _kept(enrolment: Enrolment) -> int:
    return Event.objects.filter(enrolment=enrolment, held="set aside").count()


def _in_words(notice: Notice) -> Told:
    length = _length(int(notice.data.get("seconds", 0)))
    if notice.kind == "clock":
        what = _(
            "The computer's clock was put forward by %(length)s. Time is held, so that it becomes no storm of alarms."
        )
        instead = _(
            "Whoever runs the system corrects the clock, or says that it is right: genklang work --clock-is-right"
        )
    else:
        what = _("Nothing kept the time during %(length)s. What was missed meanwhile was told of afterwards.")
        instead = _("Look at alarms from that time. Whoever runs the system can say why it stood still.")
    return Told(notice, what % {"length": length}, instead)


def _length(seconds: int) -> str:
    if seconds < 2 * HOUR:
        minutes = max(1, round(seconds / 60))
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if seconds < 2 * DAY:
        hours = round(seconds / HOUR)
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    days = round(seconds / DAY)
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
