"""100,000 deadlines in the same second among a million that are open: two workers, beside a dead man's switch.

The rival is what such services do, in Django too: the first row that is due is found, marked late, its alarm and its
message are written, and that is kept; then the next. It knows no protocol, no log, no state.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.crash.databases import throw_away
from bench.figures import Figure

ROOT = Path(__file__).parents[1]
OPEN, DUE, QUICK = 1_000_000, 100_000, 10
WORKERS = 2
SLOWEST, TIMES = 10.0, 36.0


def run(args: argparse.Namespace) -> list[Figure]:
    """On PostgreSQL where a server is given, else on SQLite, where one worker works at a time."""
    scale = QUICK if args.quick else 1
    return _measured(args.database, OPEN // scale, DUE // scale)


def _measured(server: str, number: int, due: int) -> list[Figure]:
    workers = WORKERS if server else 1
    with tempfile.TemporaryDirectory(prefix="genklang-deadlines-") as name, throw_away(server, Path(name)) as database:
        environ = os.environ | {"GENKLANG_DATABASE": database, "GENKLANG_HOME": name, "PYTHONPATH": str(ROOT)}
        _asked(environ, "fill", str(number), str(due))
        rival = json.loads(_asked(environ, "rival"))["seconds"]
        began = time.perf_counter()
        running = [_started(environ, "work") for _ in range(workers)]
        told = [json.loads(_ended(one)) for one in running]
        whole = time.perf_counter() - began
        check = json.loads(_asked(environ, "check"))
    seconds = max(one["ended"] for one in told) - min(one["began"] for one in told)
    assert check == {"late": 0, "alarms": due, "messages": due}, check
    kind = "PostgreSQL" if server else "SQLite"
    note = f"{due / seconds:.0f} alarms/s by {workers} workers; {whole:.1f} s with their start"
    ratio = rival / (seconds / due)
    return [
        Figure(f"{due:,} deadlines at once among {number:,}, {kind}", seconds, SLOWEST, "s", seconds / SLOWEST,
               f"at most {SLOWEST * due / DUE:g} s", seconds <= SLOWEST * due / DUE, note),
        Figure(f"the same, against one row at a time, {kind}", seconds / due, rival, "s each", ratio,
               f"at least {TIMES:g}", ratio >= TIMES),
    ]  # fmt: skip


def _asked(environ: dict[str, str], *words: str) -> str:
    return _ended(_started(environ, *words))


def _started(environ: dict[str, str], *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bench.deadlines_process", *words]
    return subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _ended(process: subprocess.Popen[str]) -> str:
    out, wrong = process.communicate()
    if process.returncode:
        raise RuntimeError(wrong[-3000:])
    return out
