"""The world outside: a web hook on 127.0.0.1 that counts what was delivered under which key, and sometimes refuses."""

from __future__ import annotations

import random
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

REFUSES = 0.03


class Listener:
    """`delivered` counts what was taken, by idempotency key; three in a hundred are answered with 503 and not taken."""

    def __init__(self, chance: random.Random) -> None:
        self.delivered: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._chance = chance
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}/in"

    def close(self) -> None:
        """Listens no more."""
        self._server.shutdown()
        self._server.server_close()

    def _take(self, key: str) -> int:
        with self._lock:
            if self._chance.random() < REFUSES:
                return 503
            self.delivered[key] += 1
            return 204

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        take = self._take

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(take(self.headers["Idempotency-Key"]))
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        return Handler
