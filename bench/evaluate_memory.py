"""How much memory the evaluation of a million enrolments takes, from the file to the printed finding, and how long."""

import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.figures import Figure

ENROLMENTS = 1_000_000
ALLOWED = 2.0  # GB
# What getrusage tells is never less than what the process had that started it, which may have measured much itself.
_RUN = (
    "import sys; from genklang.cli import main; code = main(sys.argv[1:]); "
    "print(open('/proc/self/status').read().partition('VmHWM:')[2].split()[0], file=sys.stderr); sys.exit(code)"
)
CASES = {
    "share, strata, subgroups": "--design randomised --outcome home --treatment arm --strata age --subgroups age",
    "hours, covariates": "--design randomised --outcome hours --treatment arm --covariates start --subgroups age",
    "clusters": "--design cluster_randomised --outcome hours --treatment unit_arm --cluster unit",
    "time to event": "--design survival --time days --event moved --treatment arm",
}


def figures() -> list[Figure]:
    """One figure a case; each runs in a process of its own, so that its peak is its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "enrolments.csv"
        _write(path)
        return [_measured(name, path, words.split()) for name, words in CASES.items()]


def _write(path: Path) -> None:
    draw = random.Random(1)
    with path.open("w") as file:
        file.write("enrolment,arm,unit,unit_arm,age,start,home,hours,days,moved\n")
        for number in range(ENROLMENTS):
            unit, arm, hours = number % 400, draw.randrange(2), draw.gammavariate(2, 10)
            days = min(365.0, draw.expovariate(1 / 300))
            file.write(
                f"e{number:07d},{arm},u{unit},{unit % 2},{draw.choice(('65-75', '76-85', '86-95'))},"
                f"{hours + draw.gauss(0, 3):.2f},{int(draw.random() < 0.3)},{hours:.2f},{days:.0f},{int(days < 365)}\n"
            )


def _measured(name: str, path: Path, words: list[str]) -> Figure:
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _RUN, "evaluate", str(path), *words, "--draws", "999", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    taken = time.perf_counter() - began
    peak = int(done.stderr.split()[-1]) / 1024**2
    return Figure(
        f"memory: {ENROLMENTS:,} enrolments, {name}",
        peak,
        ALLOWED,
        "GB",
        peak / ALLOWED,
        f"at most {ALLOWED:g} GB",
        peak <= ALLOWED,
        f"{taken:.0f} s from file to finding",
    )
