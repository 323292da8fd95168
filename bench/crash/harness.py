"""Makes the town, starts its processes, kills them at random, lets everything come to rest, and has it checked."""

from __future__ import annotations

import argparse
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from bench.crash.client import Client
from bench.crash.databases import throw_away
from bench.crash.listener import Listener
from bench.crash.processes import Process, wait_until_ready
from bench.figures import Figure

ROOT = Path(__file__).parents[2]
PROGRAM = [str(Path(sys.executable).with_name("genklang"))]
TOWN = [sys.executable, "-m", "bench.crash.town"]
PEOPLE = 12
CLIENTS = 2
SECONDS_TO_START = 240  # of a machine that does much else
SECONDS_TO_ANSWER = 600  # what was sent last: a late event folds a log anew in which thousands of alarms are open
LIFE = {"serve": (0.1, 4.0)}  # seconds from being ready to SIGKILL; the server is slow to start, so it may live longer
LIFE_OF_OTHERS = (0.05, 2.0)
SECONDS_A_KILL = 6  # the most: the whole is bounded in time as well


@dataclass(frozen=True)
class Torment:
    """What came of it: `wrong` is empty when nothing was lost, doubled or untrue."""

    kills: int
    wrong: list[str]
    events: int
    messages: int
    doubles: int
    broken_calls: int
    killed: dict[str, int] = field(default_factory=dict)


def run(args: argparse.Namespace) -> list[Figure]:
    """On SQLite, and on PostgreSQL where a server is given."""
    servers = ["", args.database] if args.database else [""]
    return [_figure(server, args.kills, args.seed) for server in servers]


def torment(server: str, *, kills: int, seed: int) -> Torment:
    """Kills `kills` processes. `server` is the address of a PostgreSQL for throw-away databases; empty: SQLite."""
    with tempfile.TemporaryDirectory(prefix="genklang-crash-") as name:
        folder = Path(name)
        with throw_away(server, folder) as database:
            return _Harness(folder, database, kills=kills, seed=seed).go()


class _Harness:
    def __init__(self, folder: Path, database: str, *, kills: int, seed: int) -> None:
        self._folder, self._kills = folder, kills
        self._chance = random.Random(seed)
        self._embedded = database.startswith("sqlite")
        self._plan = folder / "plan.json"
        (folder / "practices").mkdir()
        self._environ = {
            "GENKLANG_DATABASE": database,
            "GENKLANG_HOME": str(folder),
            "GENKLANG_PRACTICES": str(folder / "practices"),
            "PYTHONPATH": str(ROOT),
        }
        self._listener = Listener(random.Random(seed))
        self._killed: dict[str, int] = {}

    def go(self) -> Torment:
        enrolments = [f"P-{number}" for number in range(PEOPLE)]
        names = [f"client{number}" for number in range(CLIENTS)]
        channels = {"device": self._listener.address, "alarm": self._listener.address}
        self._plan.write_text(json.dumps({"enrolments": enrolments, "clients": names, "channels": channels}))
        self._town("make", str(self._plan))
        secrets = json.loads(self._plan.read_text())["secrets"]
        port = free_port()
        processes = self._processes(port)
        address = f"http://127.0.0.1:{port}/api/v1/events"
        clients = [
            Client(name, address=address, secret=secret, enrolments=enrolments, chance=random.Random(name))
            for name, secret in zip(names, secrets, strict=True)
        ]
        try:
            wait_until_ready(processes, SECONDS_TO_START)
            for client in clients:
                client.start()
            kills = self._torment(processes)
            wrong = self._come_to_rest(processes, clients)
        finally:
            for process in processes:
                process.end()
        self._town("settle")
        wrong += self._checked(processes, clients, kills)
        self._listener.close()
        return self._told(kills, wrong, clients)

    def _processes(self, port: int) -> list[Process]:
        serve = [*PROGRAM, "serve", "--port", str(port), "--json", *([] if self._embedded else ["--no-worker"])]
        commands = {
            "serve": serve,
            "worker1": [*PROGRAM, "work"],
            **({} if self._embedded else {"worker2": [*PROGRAM, "work"]}),
            "staff": [*TOWN, "staff"],
        }
        asked = {"serve": f"http://127.0.0.1:{port}/healthz"}
        return [
            Process(name, command, folder=self._folder, environ=self._environ, address=asked.get(name, ""))
            for name, command in commands.items()
        ]

    def _torment(self, processes: list[Process]) -> int:
        """Every life ends at a random moment after its process has begun to work."""
        kills, give_up_at = 0, time.monotonic() + SECONDS_TO_START + self._kills * SECONDS_A_KILL
        ends: dict[str, float] = {}
        while kills < self._kills and time.monotonic() < give_up_at:
            for victim in processes:
                if victim.name not in ends and victim.is_ready():
                    ends[victim.name] = time.monotonic() + self._chance.uniform(*LIFE.get(victim.name, LIFE_OF_OTHERS))
                if time.monotonic() >= ends.get(victim.name, give_up_at) and kills < self._kills:
                    victim.kill()
                    kills += 1
                    del ends[victim.name]
                    self._killed[victim.name] = self._killed.get(victim.name, 0) + 1
                victim.check_alive()
            time.sleep(0.01)
        return kills

    def _come_to_rest(self, processes: list[Process], clients: list[Client]) -> list[str]:
        wait_until_ready(processes, SECONDS_TO_START)
        late = [client.name for client in clients if not client.stop(SECONDS_TO_ANSWER)]
        wrong = [f"{name} never got all its answers" for name in late]
        time.sleep(4)  # what was asked last falls due while everybody is awake
        if not clients[0].end_all(SECONDS_TO_ANSWER):
            wrong.append("the ends were not taken")
        return wrong

    def _checked(self, processes: list[Process], clients: list[Client], kills: int) -> list[str]:
        said = next(process for process in processes if process.name == "staff").said().splitlines()
        told = {
            "sent": [key for client in clients for key in client.sent],
            "staff_tried": [line.removeprefix("try ") for line in said if line.startswith("try ")],
            "staff_done": [line.removeprefix("done ") for line in said if line.startswith("done ")],
            "delivered": dict(self._listener.delivered),
            "kills": kills,
        }
        self._plan.write_text(json.dumps(told))
        wrong: list[str] = json.loads(self._town("check", str(self._plan)))
        wrong += [f"refused: {text}" for client in clients for text in client.unwelcome]
        verified = self._call([*PROGRAM, "verify", "--json"])
        if verified.returncode:
            wrong += [f"verify: {verified.stdout[-500:]} {verified.stderr[-500:]}"]
        if kills < self._kills:
            wrong.append(f"only {kills} of {self._kills} kills in the time allowed")
        return wrong

    def _told(self, kills: int, wrong: list[str], clients: list[Client]) -> Torment:
        delivered = self._listener.delivered
        return Torment(
            kills=kills,
            wrong=wrong,
            events=sum(len(client.sent) for client in clients),
            messages=len(delivered),
            doubles=sum(delivered.values()) - len(delivered),
            broken_calls=sum(client.broken_calls for client in clients),
            killed=self._killed,
        )

    def _town(self, *words: str) -> str:
        done = self._call([*TOWN, *words])
        if done.returncode:
            raise RuntimeError(f"town {words[0]} failed: {done.stderr[-2000:]}")
        return done.stdout

    def _call(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        environ = os.environ | self._environ
        return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=1800, check=False)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _figure(server: str, kills: int, seed: int) -> Figure:
    found = torment(server, kills=kills, seed=seed)
    kind = "PostgreSQL" if server else "SQLite"
    note = (
        f"{found.events} events, {found.messages} messages, {found.doubles} of them twice, "
        f"{found.broken_calls} calls broken off, killed {found.killed}"
    )
    note += "".join(f"\n    wrong: {line}" for line in found.wrong)
    wrong = len(found.wrong)
    figure = Figure(f"crash on {kind}", wrong, found.kills, "kills", float(wrong), "0 wrong", not wrong, note)
    print(figure.line(), file=sys.stderr, flush=True)  # the long form takes its time, and may be stopped
    return figure
