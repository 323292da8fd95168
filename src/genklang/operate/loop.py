"""The worker's rounds: let time pass, empty the outbox, sleep until the next thing falls due; one second at most."""

import logging
import threading
from collections.abc import Callable

from django.db import DatabaseError, close_old_connections, connection

from genklang.operate import attaching, clock, inside, issuing, worker
from genklang.operate.guard import ClockGuard
from genklang.voices import services as voices

log = logging.getLogger(__name__)
BEAT_EVERY = 5 * clock.SECOND
SWEEP_EVERY = 60 * clock.MINUTE


class Loop:
    """Rounds until `stop` is set. `interval` is the longest sleep, in seconds.

    `before` is called with the instant at each round's start: the demonstration's people answer before time passes.
    """

    def __init__(
        self,
        *,
        interval: float = 1.0,
        stop: threading.Event | None = None,
        before: Callable[[int], object] | None = None,
    ) -> None:
        self.stop = stop or threading.Event()
        self._interval = interval
        self._before = before
        self._guard = ClockGuard()
        self._beat_at = 0
        self._lag = 0
        self._swept_at = clock.now()
        self._trusted = True
        self._free: int | None = None
        self._upcoming = worker.Upcoming(None, None)

    def run(self) -> None:
        """Works until told to stop; a database that is away for a while is waited for."""
        while not self.stop.is_set():
            try:
                busy = self.once()
                rest = 0.0 if busy else self._rest()
            except DatabaseError:
                log.exception("the database did not answer; trying again")
                close_old_connections()
                rest = self._interval
            self.stop.wait(rest)
        connection.close()

    def once(self) -> bool:
        """One round; True when there may be more to do at once."""
        now = clock.now()
        if now - self._beat_at >= BEAT_EVERY or now < self._beat_at:
            self._trusted = self._guard.beat(lag=self._lag)
            self._beat_at, self._lag = now, 0
            self._free = inside.next_free()  # a period of weeks has passed, or not: looked at no oftener
            issuing.settle_all()
        if now - self._swept_at >= SWEEP_EVERY:
            self._swept_at = now
            attaching.sweep()
            voices.sweep()
        if not self._trusted:
            return False
        if self._before:
            self._before(now)
        self._upcoming = worker.upcoming(self._free)
        if self._upcoming.first is None or self._upcoming.first > now:
            return False
        due = self._upcoming.due
        ticked = worker.tick(now) if due is not None and due <= now else worker.Ticked()
        self._lag = max(self._lag, ticked.lag)
        inside.settle_all(clock.now())
        drained = worker.drain(clock.now())
        self._free = inside.next_free()
        self._upcoming = worker.upcoming(self._free)
        return ticked.enrolments == worker.BATCH or drained.delivered == worker.BATCH

    def _rest(self) -> float:
        """Seconds until the next thing falls due, at most the interval."""
        first = self._upcoming.first
        if first is None or not self._trusted:
            return self._interval
        return max(0.0, min(self._interval, (first - clock.now()) / clock.SECOND))
