"""The processes that are killed: each is started again at once, and known to be ready when it says so."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import IO

READY = ("Working", '"url"', "ready")


class Process:
    """A command that is kept alive. What it says goes to files of its own in the folder, one pair for each life."""

    def __init__(
        self, name: str, command: list[str], *, folder: Path, environ: dict[str, str], address: str = ""
    ) -> None:
        self.name, self._command, self._address = name, command, address
        self._folder, self._environ = folder, environ
        self.lives = 0
        self.start()

    def start(self) -> None:
        """Starts it, once more."""
        self.lives += 1
        with self._file("out").open("wb") as out, self._file("err").open("wb") as err:
            self._process = self._popen(out, err)

    def is_ready(self) -> bool:
        """Whether it has said that it works; a server, whether it answers as well."""
        said = self._file("out").read_text() + self._file("err").read_text()
        return any(word in said for word in READY) and (not self._address or _answers(self._address))

    def check_alive(self) -> None:
        """Raises RuntimeError when it ended without being killed: no crash of others may stop it."""
        if self._process.poll() is not None:
            said = self._file("err").read_text()[-1500:]
            raise RuntimeError(f"{self.name} stopped by itself, code {self._process.returncode}: {said}")

    def kill(self) -> None:
        """SIGKILL, and a new life."""
        self.check_alive()
        self._process.kill()
        self._process.wait()
        self.start()

    def end(self, seconds: float = 15) -> None:
        """Asks it to stop, and kills it when it does not."""
        if self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def said(self) -> str:
        """Everything it has said on standard output, in all lives."""
        return "".join(path.read_text() for path in sorted(self._folder.glob(f"{self.name}-*.out")))

    def complaints(self) -> list[str]:
        """Tracebacks and errors on standard error that no kill explains."""
        lines = [line for path in self._folder.glob(f"{self.name}-*.err") for line in path.read_text().splitlines()]
        return [line for line in lines if "Traceback" in line or '"level": "error"' in line]

    def _file(self, kind: str) -> Path:
        return self._folder / f"{self.name}-{self.lives:05d}.{kind}"

    def _popen(self, out: IO[bytes], err: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, stdout=out, stderr=err, env=os.environ | self._environ)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as response:
            return bool(response.status == 200)
    except (OSError, http.client.HTTPException):
        return False


def wait_until_ready(processes: list[Process], seconds: float) -> None:
    """Waits until all are ready. Raises TimeoutError."""
    give_up_at = time.monotonic() + seconds
    while not all(process.is_ready() for process in processes):
        for process in processes:
            process.check_alive()
        if time.monotonic() > give_up_at:
            silent = [process.name for process in processes if not process.is_ready()]
            raise TimeoutError(f"{', '.join(silent)} did not get ready in {seconds:.0f} s")
        time.sleep(0.05)
