"""Server time of the pages that people open all day: with 100,000 enrolments and 10 million events, and with 1,000.

`--only NAME`, `--keep` and `--reuse` are for whoever mends a page: see `bench.pages_process`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.crash.databases import throw_away
from bench.figures import Figure

ROOT = Path(__file__).parents[1]
SMALL, LARGE, LARGE_QUICK = 1_000, 100_000, 10_000
SLOWEST, GROWTH = 0.050, 1.3


def run(args: argparse.Namespace) -> list[Figure]:
    """On SQLite, and on PostgreSQL where a server is given; each size in a database and a process of its own."""
    servers = ["", args.database] if args.database else [""]
    return [figure for server in servers for figure in _measured(server, LARGE_QUICK if args.quick else LARGE)]


def _measured(server: str, large: int) -> list[Figure]:
    few, many = _times(server, SMALL), _times(server, large)
    where = f"{'PostgreSQL' if server else 'SQLite'}, {_amounts(many)}"
    return [_figure(name, few["pages"][name], many["pages"][name], where) for name in few["pages"]]


def _amounts(told: dict[str, dict[str, float]]) -> str:
    amounts = told["amounts"]
    return f"{amounts['enrolments']:,.0f} enrolments, {amounts['events']:,.0f} events"


def _figure(name: str, few: float, many: float, where: str) -> Figure:
    holds = many <= SLOWEST and many <= GROWTH * few
    asked = f"p95 at most {SLOWEST:g} s, and {GROWTH:g} times its time at {SMALL:,}"
    return Figure(f"page {name}, {where}", many, few, "s", many / few, asked, holds)


def _times(server: str, people: int) -> dict[str, dict[str, float]]:
    """p95 in seconds by page, and what the database holds."""
    with tempfile.TemporaryDirectory(prefix="genklang-pages-") as name, throw_away(server, Path(name)) as database:
        environ = os.environ | {"GENKLANG_DATABASE": database, "GENKLANG_HOME": name, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "bench.pages_process", str(people)]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    told: dict[str, dict[str, float]] = json.loads(done.stdout)
    return told
