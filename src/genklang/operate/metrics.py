"""Figures for Prometheus, in its text format. Counts and seconds only; no name, no organisation, no practice."""

from collections.abc import Iterator

from django.db.models import Max

from genklang.operate import checkup, clock
from genklang.operate.models import Alarm, Event, Outbox, Task
from genklang.operate.pages.health import worker_health


def exposition(now: int) -> str:
    """All metrics, each with its help and type."""
    lines = []
    for name, kind, text, value in _metrics(now):
        full = f"genklang_{name}"
        lines += [f"# HELP {full} {text}", f"# TYPE {full} {kind}", f"{full} {value:.10g}"]
    return "\n".join(lines) + "\n"


def _metrics(now: int) -> Iterator[tuple[str, str, str, float]]:
    health = worker_health(now)
    silent = (now - health.seen_at) / clock.SECOND if health.seen_at is not None else float("inf")
    unsent = Outbox.objects.filter(delivered_at=None, given_up_at=None)
    yield "worker_silent_seconds", "gauge", "Seconds since a worker was last heard of.", silent
    yield "worker_lag_seconds", "gauge", "How late the worker's last rounds were.", health.lag_seconds
    yield "worker_held", "gauge", "1 while work is held because the clock was put forward.", health.held
    yield "deadline_overdue_seconds", "gauge", "How late the earliest deadline is.", _seconds(checkup.overdue(now))
    yield "outbox_waiting", "gauge", "Messages that are still to be sent.", unsent.count()
    yield "outbox_oldest_seconds", "gauge", "How long the oldest has waited.", _seconds(checkup.unsent_for(now))
    yield "alarms_open", "gauge", "Open alarms.", Alarm.objects.filter(closed_at=None).count()
    yield "tasks_open", "gauge", "Open tasks.", Task.objects.filter(closed_at=None).count()
    yield "enrolments_set_aside", "gauge", "Enrolments that wait to be mended.", checkup.set_aside()
    yield "disk_free_bytes", "gauge", "Free bytes where var/ lies.", checkup.free_bytes()[0]
    # Counting the log would read all of it; the number of its last row grows the same way.
    yield (
        "events_total",
        "counter",
        "Events recorded, by the number of the last.",
        Event.objects.aggregate(n=Max("pk"))["n"] or 0,
    )


def _seconds(instant: int) -> float:
    return instant / clock.SECOND
