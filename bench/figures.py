"""One figure: ours and the raw rival's time for the same work, in turns, and whether the ratio holds what was asked."""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

RUNS = 3


@dataclass(frozen=True)
class Figure:
    """`ours` and `rival` in `unit`; `ratio` as `asked` states it. `note` says what the figure is worth."""

    what: str
    ours: float
    rival: float
    unit: str
    ratio: float
    asked: str
    holds: bool | None
    note: str = ""

    def line(self) -> str:
        """For people to read."""
        verdict = {True: "holds", False: "NOT REACHED", None: "–"}[self.holds]
        times = f"{self.ours:.4g} against {self.rival:.4g} {self.unit}"
        note = f"\n    {self.note}" if self.note else ""
        return f"{self.what}: {times}, ratio {self.ratio:.3g} (asked: {self.asked}) {verdict}{note}"

    def as_dict(self) -> dict[str, object]:
        """For scripts to read."""
        return asdict(self)


def seconds(work: Callable[[], object]) -> float:
    """How long it takes, once."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def in_turns(ours: Callable[[], float], rival: Callable[[], float], *, runs: int = RUNS) -> tuple[float, float]:
    """The medians of both, measured in turns, so that a busy moment of the machine hits both alike."""
    pairs = [(ours(), rival()) for _ in range(max(RUNS, runs))]
    return statistics.median(one for one, _ in pairs), statistics.median(other for _, other in pairs)


def at_least(what: str, times: tuple[float, float], least: float, *, unit: str = "s", note: str = "") -> Figure:
    """A figure that should reach `least` of the rival's speed (rival's time through ours)."""
    ours, rival = times
    ratio = rival / ours
    return Figure(what, ours, rival, unit, ratio, f"at least {least:g}", ratio >= least, note)


def at_most(what: str, times: tuple[float, float], most: float, *, unit: str = "s", note: str = "") -> Figure:
    """A figure that should take at most `most` times the rival's time (ours through rival's)."""
    ours, rival = times
    ratio = ours / rival
    return Figure(what, ours, rival, unit, ratio, f"at most {most:g}", ratio <= most, note)


def machine() -> str:
    """What the figures were measured on."""
    model = "unknown processor"
    cpus = Path("/proc/cpuinfo")
    if cpus.exists():
        lines = cpus.read_text().splitlines()
        names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
        model = f"{len(names)} × {names[0]}" if names else model
    return f"{model}, {platform.system()} {platform.release()}, Python {platform.python_version()}"
