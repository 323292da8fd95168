"""Whether time is being kept: a worker that has fallen silent or behind means that alarms come late."""

from dataclasses import dataclass

from django.db.models import QuerySet

from genklang.operate import clock
from genklang.operate.models import Heartbeat
from genklang.statements import prepared

SILENT_AFTER = 15 * clock.SECOND
BEHIND_AFTER = 5 * clock.SECOND


@dataclass(frozen=True)
class Health:
    """`seen_at` is the worker's last sign of life (µs), None for never; `late` means that alarms may be late."""

    seen_at: int | None
    lag_seconds: float
    late: bool
    held: bool


def worker_health(now: int) -> Health:
    """How the worker is, as of `now` (µs)."""
    beat = _beats.first()
    if beat is None:
        return Health(None, 0.0, late=True, held=False)
    late = now - beat.wall > SILENT_AFTER or beat.lag > BEHIND_AFTER
    held = beat.held_since is not None
    return Health(beat.wall, beat.lag / clock.SECOND, late=late or held, held=held)


@prepared
def _beats() -> QuerySet[Heartbeat]:
    return Heartbeat.objects.filter(name="worker")[:1]
