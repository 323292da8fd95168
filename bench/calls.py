"""Batches of 500 events over HTTP to real servers: events a second, and how long a call takes.

On PostgreSQL two servers, as a proxy would have them, one caller each; on SQLite, which one writes at a time, one.
Servers, database and callers share the machine. Every event is a heartbeat that meets a due: a full durable step.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

from bench.crash.databases import throw_away
from bench.crash.harness import PROGRAM, free_port
from bench.crash.processes import Process, wait_until_ready
from bench.figures import Figure

ROOT = Path(__file__).parents[1]
BATCH, CALLERS = 500, 2
PEOPLE = BATCH * CALLERS
DHIS2 = 4_060.0
SLOWEST = 1.9


def run(args: argparse.Namespace) -> list[Figure]:
    """On PostgreSQL where a server is given, else on SQLite."""
    calls = 4 if args.quick else 20
    with tempfile.TemporaryDirectory(prefix="genklang-calls-") as name:
        folder = Path(name)
        with throw_away(args.database, folder) as database:
            took, whole = _measured(folder, database, calls)
    kind = "PostgreSQL" if args.database else "SQLite"
    rate = BATCH * len(took) / whole
    slow = statistics.quantiles(took, n=20)[-1]
    return [
        Figure(f"calls of {BATCH}, {kind}", rate, DHIS2, "events/s", rate / DHIS2, "at least 1", rate >= DHIS2),
        Figure(f"95 of 100 calls, {kind}", slow, SLOWEST, "s", slow / SLOWEST, "at most 1", slow <= SLOWEST),
    ]


def _measured(folder: Path, database: str, calls: int) -> tuple[list[float], float]:
    """How long each call took, and all together, in seconds."""
    (folder / "practices").mkdir()
    environ = {
        "GENKLANG_DATABASE": database,
        "GENKLANG_HOME": str(folder),
        "GENKLANG_PRACTICES": str(folder / "practices"),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "bench.store_process", "--calls", str(PEOPLE)]
    secret = subprocess.run(command, env=os.environ | environ, capture_output=True, text=True, check=True).stdout
    ports = [free_port() for _ in range(CALLERS if database.startswith("postgres") else 1)]
    serve = [*PROGRAM, "serve", "--no-worker", "--json", "--port"]
    servers = [Process(f"serve-{port}", [*serve, str(port)], folder=folder, environ=environ) for port in ports]
    try:
        wait_until_ready(servers, 60)
        return _called([f"http://127.0.0.1:{port}/api/v1/events" for port in ports], secret, calls)
    finally:
        for server in servers:
            server.end()


def _called(addresses: list[str], secret: str, calls: int) -> tuple[list[float], float]:
    took: list[float] = []
    for place, address in enumerate(addresses):
        _post(address, secret, caller=place, number=-1)  # the first call makes the server ready

    def call(caller: int) -> None:
        address = addresses[caller % len(addresses)]
        for number in range(calls):
            took.append(_post(address, secret, caller=caller, number=number))

    threads = [threading.Thread(target=call, args=(caller,)) for caller in range(CALLERS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took, time.perf_counter() - began


def _post(address: str, secret: str, *, caller: int, number: int) -> float:
    now = datetime.now(UTC).isoformat()
    events = [
        {"id": f"{caller}/{number}/{place}", "enrolment": f"U-{place}", "event": "heartbeat", "occurred_at": now}
        for place in range(caller * BATCH, (caller + 1) * BATCH)
    ]
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {secret}"}
    request = urllib.request.Request(address, data=json.dumps(events).encode(), headers=headers)
    began = time.perf_counter()
    with urllib.request.urlopen(request, timeout=60) as response:
        told = json.load(response)
    assert told["accepted"] == BATCH, {name: told[name] for name in ("accepted", "held", "refused")}
    return time.perf_counter() - began
