"""The full durable step through the public entrance, against raw inserts of the very rows that it wrote."""

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


def run(args: argparse.Namespace) -> list[Figure]:
    """On SQLite, and on PostgreSQL where a server is given; each in a process of its own."""
    servers = ["", args.database] if args.database else [""]
    return [figure for server in servers for figure in _measured(server, quick=args.quick)]


def _measured(server: str, *, quick: bool) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="genklang-store-") as name, throw_away(server, Path(name)) as database:
        environ = os.environ | {"GENKLANG_DATABASE": database, "GENKLANG_HOME": name, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "bench.store_process", *(["--quick"] if quick else [])]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return [Figure(**one) for one in json.loads(done.stdout)]
