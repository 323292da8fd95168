"""Devices that report through the API and never give up: the same events, the same ids, until each is answered."""

from __future__ import annotations

import json
import math
import random
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

TAKEN = {"accepted", "duplicate", "held"}
PAUSE = 0.12


class Client:
    """One sender. `sent` are the ids of all events, by kind; `unwelcome` is what was refused, which must be nothing."""

    def __init__(self, name: str, *, address: str, secret: str, enrolments: list[str], chance: random.Random) -> None:
        self.name, self._address, self._secret = name, address, secret
        self._enrolments, self._chance = enrolments, chance
        self.sent: dict[str, str] = {}
        self.answered: set[str] = set()
        self.unwelcome: list[str] = []
        self.broken_calls = 0
        self._born = datetime.now(UTC)
        self._until = math.inf  # it never gives up: a server may be away for long while others are killed too
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def start(self) -> None:
        """Begins to report."""
        self._thread.start()

    def stop(self, seconds: float) -> bool:
        """Reports no more that is new, and waits until all is answered; False when it is not."""
        self._until = time.monotonic() + seconds
        self._stop.set()
        self._thread.join(seconds + PAUSE)
        return not self._thread.is_alive() and self.sent.keys() == self.answered

    def end_all(self, seconds: float) -> bool:
        """Ends every enrolment; False when the server did not answer in time."""
        events = [self._event(enrolment, "ended", ago=0) for enrolment in self._enrolments]
        self._until = time.monotonic() + seconds
        return self._deliver(events)

    def _work(self) -> None:
        earlier: list[dict[str, Any]] = []
        while not self._stop.is_set():
            batch = list(self._batch())
            self._deliver(batch)
            if earlier and self._chance.random() < 0.1:  # the same batch once more, though it was answered
                self._deliver(earlier)
            earlier = batch
            self._stop.wait(PAUSE)

    def _batch(self) -> Iterator[dict[str, Any]]:
        for _ in range(self._chance.randint(1, 6)):
            enrolment = self._chance.choice(self._enrolments)
            kind = self._chance.choices(["signed", "asked", "answered"], [6, 1, 1])[0]
            ago = self._chance.choice([0, 0, 0, 0.3, 1.5, 4])
            yield self._event(enrolment, kind, ago=ago)

    def _event(self, enrolment: str, kind: str, *, ago: float) -> dict[str, Any]:
        key = f"{self.name}-{len(self.sent)}"
        self.sent[key] = kind
        at = max(self._born, datetime.now(UTC) - timedelta(seconds=ago))
        return {"id": key, "enrolment": enrolment, "event": kind, "occurred_at": at.isoformat()}

    def _deliver(self, events: list[dict[str, Any]]) -> bool:
        while time.monotonic() < self._until:
            rows = self._post(events)
            if rows is not None:
                self.answered |= {row["id"] for row in rows if row["status"] in TAKEN}
                refused = [row for row in rows if row["status"] not in TAKEN]
                self.unwelcome += [row["problems"][0]["text"] for row in refused]
                return not refused
            self.broken_calls += 1
            time.sleep(PAUSE)
        return False

    def _post(self, events: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {self._secret}",
            "Accept-Language": "en",
        }
        body = json.dumps(events).encode()
        request = urllib.request.Request(self._address, data=body, headers=headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                rows: list[dict[str, Any]] = json.load(response)["rows"]
        except urllib.error.HTTPError as error:
            return json.load(error)["rows"] if error.code in (207, 422) else None
        except (OSError, ValueError, urllib.error.URLError):
            return None
        except Exception:  # a server that dies mid-answer leaves half a line
            return None
        return rows
