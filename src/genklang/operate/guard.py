"""Whether the clock can be trusted: a wall clock that was put forward must not become a storm of alarms.

The worker compares the wall clock with a steady clock that nobody can set. When the wall has gained more than fifteen
minutes, no time passes and an operator is told, until the clock is right again or the operator says that it is. Being
away (a stopped worker, a machine that was off) is no jump: time passed, what was missed was missed, and an operator is
told of the gap.
"""

from django.db import transaction

from genklang.operate import clock
from genklang.operate.models import Heartbeat, Notice

NAME = "worker"


class ClockGuard:
    """One worker's eye on the clocks. `beat` says whether time may pass."""

    def __init__(self) -> None:
        self._trusted: clock.Reading | None = None
        self._held = False

    def beat(self, *, lag: int = 0) -> bool:
        """Notes a sign of life; False while the clock is not trusted. `lag` is how late the last round was, in µs."""
        reading = clock.read()
        with transaction.atomic():
            row = Heartbeat.objects.select_for_update().filter(name=NAME).first()
            if self._may_go_on(row, reading):
                _note(row, reading, lag)
                self._trusted = reading
        return not self._held

    def _may_go_on(self, row: Heartbeat | None, reading: clock.Reading) -> bool:
        if row is None:
            return True
        if self._held and row.held_since is None:
            return self._let_go(row)
        before = self._trusted or clock.Reading(row.wall, row.steady, row.boot)
        gained = clock.jump(before, reading)
        if gained is not None and gained > clock.JUMP_BOUND:
            self._hold(row, reading, gained)
            return False
        if self._trusted is None and reading.wall - row.wall > clock.JUMP_BOUND:
            _tell_away(row, reading)
        return self._let_go(row) if self._held or gained is not None else True

    def _hold(self, row: Heartbeat, reading: clock.Reading, gained: int) -> None:
        self._held = True
        if row.held_since is None:
            row.held_since, row.held_by = reading.wall, gained
            row.save(update_fields=["held_since", "held_by"])
            data = {"seconds": gained // clock.SECOND}
            Notice.objects.create(
                key=f"clock/{reading.boot}/{reading.steady}", kind="clock", data=data, at=reading.wall
            )

    def _let_go(self, row: Heartbeat) -> bool:
        if self._held:
            clock.forget()
        self._held = False
        if row.held_since is not None:
            row.held_since, row.held_by = None, 0
            row.save(update_fields=["held_since", "held_by"])
        return True


def trust_clock() -> bool:
    """The operator's word that the clock is right: held workers go on. False when none was held."""
    return bool(Heartbeat.objects.filter(name=NAME, held_since__isnull=False).update(held_since=None, held_by=0))


def _note(row: Heartbeat | None, reading: clock.Reading, lag: int) -> None:
    values = {"wall": reading.wall, "steady": reading.steady, "boot": reading.boot, "lag": lag}
    if row is None:
        Heartbeat.objects.get_or_create(name=NAME, defaults=values)
    else:
        Heartbeat.objects.filter(pk=row.pk).update(**values)


def _tell_away(row: Heartbeat, reading: clock.Reading) -> None:
    key = f"away/{row.wall}"
    data = {"seconds": (reading.wall - row.wall) // clock.SECOND}
    Notice.objects.get_or_create(key=key, defaults={"kind": "away", "data": data, "at": reading.wall})
