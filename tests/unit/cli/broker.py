"""A broker as small as tests need it: MQTT 3.1.1, one level of service (at least once), sessions that are kept.

What a client has not acknowledged is sent again when it comes back, as a real broker does.
"""

import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK, PING, PONG, BYE = 1, 2, 3, 4, 8, 9, 12, 13, 14


@dataclass
class Session:
    """What the broker remembers of a client."""

    patterns: list[str] = field(default_factory=list)
    unacknowledged: dict[int, bytes] = field(default_factory=dict)
    connection: socket.socket | None = None
    given: int = 0


class Broker:
    """Listens on a port of its own until it is closed."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self.sessions: dict[str, Session] = {}
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        """Nobody is served from now on."""
        self._server.close()
        for session in self.sessions.values():
            if session.connection:
                session.connection.close()

    def left(self, client: str) -> int:
        """How many messages a client has not acknowledged."""
        return len(self.sessions[client].unacknowledged) if client in self.sessions else 0

    def publish(self, topic: str, payload: bytes) -> None:
        """As if a device had told it."""
        named = len(topic.encode()).to_bytes(2, "big") + topic.encode()
        with self._lock:
            for session in self.sessions.values():
                if any(_fits(pattern, topic) for pattern in session.patterns):
                    session.given += 1
                    body = named + session.given.to_bytes(2, "big") + payload
                    session.unacknowledged[session.given] = body
                    _send(session.connection, PUBLISH << 4 | 0b0010, body)

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        session = Session()
        try:
            while (packet := _read(connection)) is not None:
                kind, body = packet
                with self._lock:
                    if kind == CONNECT:
                        session = self.sessions.setdefault(_client_id(body), Session())
                        session.connection = connection
                        _send(connection, CONNACK << 4, b"\0\0")
                        for again in session.unacknowledged.values():
                            _send(connection, PUBLISH << 4 | 0b1010, again)
                    elif kind == SUBSCRIBE:
                        length = int.from_bytes(body[2:4], "big")
                        session.patterns = [body[4 : 4 + length].decode()]
                        _send(connection, SUBACK << 4, body[:2] + b"\1")
                    elif kind == PUBACK:
                        session.unacknowledged.pop(int.from_bytes(body[:2], "big"), None)
                    elif kind == PING:
                        _send(connection, PONG << 4, b"")
        except OSError:
            return


def _client_id(body: bytes) -> str:
    length = int.from_bytes(body[10:12], "big")
    return body[12 : 12 + length].decode()


def _fits(pattern: str, topic: str) -> bool:
    wanted, said = pattern.split("/"), topic.split("/")
    return len(wanted) == len(said) and all(one in ("+", other) for one, other in zip(wanted, said, strict=True))


def _read(connection: socket.socket) -> tuple[int, bytes] | None:
    first = connection.recv(1)
    if not first:
        return None
    length, shift = 0, 0
    while True:
        [digit] = connection.recv(1)
        length |= (digit & 0x7F) << shift
        shift += 7
        if not digit & 0x80:
            break
    body = b""
    while len(body) < length:
        body += connection.recv(length - len(body))
    return first[0] >> 4, body


def _send(connection: socket.socket | None, first: int, body: bytes) -> None:
    if connection is None:
        return
    length, digits = len(body), b""
    while True:
        length, digit = divmod(length, 128)
        digits += bytes([digit | (0x80 if length else 0)])
        if not length:
            break
    try:
        connection.sendall(bytes([first]) + digits + body)
    except OSError:
        return


def eventually(holds: Callable[[], object]) -> None:
    """Waits until it holds, at most some seconds."""
    done = threading.Event()
    for _ in range(500):
        if holds():
            return
        done.wait(0.01)
    raise AssertionError("it never came so far")
