"""Brakes on how often one may call, per process: generous for devices and people, enough to stop what runs wild."""

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable

CALLS = 600
SECONDS = 60.0
MOST_KEPT = 10_000


class Brake:
    """So many calls in so many seconds for each key, evenly refilled."""

    def __init__(self, *, calls: int, seconds: float) -> None:
        self._calls, self._seconds = float(calls), seconds
        self._lock = threading.Lock()
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def seconds_to_wait(self, key: Hashable, *, now: float | None = None) -> int:
        """0 when the call may go on, else whole seconds until the next is allowed."""
        at = time.monotonic() if now is None else now
        with self._lock:
            left, then = self._buckets.pop(key, (self._calls, at))
            left = min(self._calls, left + (at - then) * self._calls / self._seconds)
            allowed = left >= 1
            self._buckets[key] = (left - 1 if allowed else left, at)
            while len(self._buckets) > MOST_KEPT:
                self._buckets.popitem(last=False)
        return 0 if allowed else max(1, round((1 - left) * self._seconds / self._calls))

    def forget(self) -> None:
        """Lets everybody begin anew."""
        with self._lock:
            self._buckets.clear()


_tokens = Brake(calls=CALLS, seconds=SECONDS)


def seconds_to_wait(token: int, *, now: float | None = None) -> int:
    """0 when a token's call may go on, else whole seconds until the next: 600 calls a minute, evenly refilled."""
    return _tokens.seconds_to_wait(token, now=now)
