"""The one source of time of this room: instants are whole microseconds since the epoch, UTC.

`now` never moves back within a process. `read` also notes a steady clock that nobody can set, so that a wall clock
that was put forward can be told from time that really passed: see `jump`.
"""

import threading
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

SECOND = 1_000_000
MINUTE = 60 * SECOND
FUTURE_BOUND = 5 * MINUTE
JUMP_BOUND = 15 * MINUTE

_BOOT_FILE = Path("/proc/sys/kernel/random/boot_id")
_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
_lock = threading.Lock()
_latest = 0


@dataclass(frozen=True)
class Reading:
    """The wall clock and the steady clock at one moment, in µs; `boot` says which steady clock it was."""

    wall: int
    steady: int
    boot: str


def now() -> int:
    """The instant now; never earlier than what was answered before in this process."""
    global _latest
    with _lock:
        _latest = max(_latest, _wall())
        return _latest


def forget() -> None:
    """Lets `now` move back once: for the operator's word that the wall clock is right again."""
    global _latest
    with _lock:
        _latest = 0


def read() -> Reading:
    """Both clocks, read together."""
    return Reading(wall=_wall(), steady=time.clock_gettime_ns(_STEADY) // 1000, boot=_boot())


def jump(before: Reading, after: Reading) -> int | None:
    """How much further the wall clock went than time did, in µs; None where the machine was started in between."""
    if before.boot != after.boot:
        return None
    return (after.wall - before.wall) - (after.steady - before.steady)


def moment(instant: int) -> datetime:
    """The instant as an aware datetime in UTC."""
    seconds, microseconds = divmod(instant, SECOND)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=microseconds)


def instant(moment: datetime) -> int:
    """An aware datetime as µs since the epoch, exactly."""
    passed = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (passed.days * 86_400 + passed.seconds) * SECOND + passed.microseconds


def _wall() -> int:
    return time.time_ns() // 1000


def _boot() -> str:
    # Where the system does not name its boot, only readings of this process can be compared.
    return _BOOT_FILE.read_text().strip() if _BOOT_FILE.exists() else _PROCESS


_PROCESS = uuid.uuid4().hex
