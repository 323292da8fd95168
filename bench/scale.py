"""What an enrolment-year costs, in processor time and bytes, and whether it costs the same when there are many more."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.crash.databases import throw_away
from bench.figures import Figure, at_most

ROOT = Path(__file__).parents[1]
FEW, MANY = 50, 400


def run(args: argparse.Namespace) -> list[Figure]:
    """On SQLite, and on PostgreSQL where a server is given: few people, then eight times as many."""
    servers = ["", args.database] if args.database else [""]
    return [figure for server in servers for figure in _grown(server, quick=args.quick)]


def _grown(server: str, *, quick: bool) -> list[Figure]:
    few, many = (_measured(server, people, days=2 if quick else 7) for people in (FEW, MANY))
    kind = "PostgreSQL" if server else "SQLite"
    note = f"at {MANY} people against at {FEW}; four doses, a refill and a sign of life a day or so each"
    told = [
        ("cpu", "processor seconds", "s"),
        ("database", "bytes in the database", "bytes"),
        ("parquet", "bytes of Parquet", "bytes"),
    ]
    return [
        at_most(f"an enrolment-year, {words}, {kind}", (many[name], few[name]), 1.3, unit=unit, note=note)
        for name, words, unit in told
    ]


def _measured(server: str, people: int, *, days: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="genklang-scale-") as name, throw_away(server, Path(name)) as database:
        environ = os.environ | {"GENKLANG_DATABASE": database, "GENKLANG_HOME": name, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "bench.scale_process", str(people), str(days)]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    found: dict[str, Any] = json.loads(done.stdout)
    return found
