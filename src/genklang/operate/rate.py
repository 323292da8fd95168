"""A brake on how often one token may call, per process: generous for devices, enough to stop a loop gone wild."""

import threading
import time
from collections import OrderedDict

CALLS = 600
SECONDS = 60.0
MOST_TOKENS = 10_000

_lock = threading.Lock()
_buckets: OrderedDict[int, tuple[float, float]] = OrderedDict()


def seconds_to_wait(token: int, *, now: float | None = None) -> int:
    """0 when the call may go on, else whole seconds until the next is allowed: 600 calls a minute, evenly refilled."""
    at = time.monotonic() if now is None else now
    with _lock:
        left, then = _buckets.pop(token, (float(CALLS), at))
        left = min(float(CALLS), left + (at - then) * CALLS / SECONDS)
        allowed = left >= 1
        _buckets[token] = (left - 1 if allowed else left, at)
        while len(_buckets) > MOST_TOKENS:
            _buckets.popitem(last=False)
    return 0 if allowed else max(1, round((1 - left) * SECONDS / CALLS))
