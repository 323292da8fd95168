"""The bridge from MQTT: a message becomes an event, is acknowledged when it has been answered, and is never lost."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from genklang.cli import main
from genklang.cli.messages import Topics, Unreadable, event_of
from genklang.cli.mqtt import Bridge, client_named
from tests.unit.cli.broker import Broker, eventually

TOPICS = Topics("genklang/{enrolment}/{event}")
WHEN = "2026-03-29T08:04:00+02:00"


class Api:
    """Answers as the API does: each row accepted, unless told to be down or to turn the key away."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, list[dict[str, Any]]]] = []
        self.statuses: list[int] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                events = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.calls.append((self.headers["Authorization"], events))
                status = outer.statuses.pop(0) if outer.statuses else 200
                rows = [
                    {"row": n, "id": one["id"], "status": "accepted", "problems": []} for n, one in enumerate(events)
                ]
                body = json.dumps({"rows": rows}).encode()
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}/api/v1/events"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def api() -> Iterator[Api]:
    found = Api()
    yield found
    found.close()


@pytest.fixture
def broker() -> Iterator[Broker]:
    found = Broker()
    yield found
    found.close()


@pytest.fixture
def bridge(api: Api, broker: Broker) -> Iterator[Bridge]:
    """A bridge at work."""
    client = client_named("genklang")
    client.connect("127.0.0.1", broker.port)
    found = Bridge(client, TOPICS, to=api.address, token="gk_secret")
    working = threading.Thread(target=found.carry)
    working.start()
    eventually(lambda: bool(broker.sessions.get("genklang") and broker.sessions["genklang"].patterns))
    yield found
    found.stop.set()
    working.join(timeout=5)


def told(**fields: Any) -> bytes:
    return json.dumps({"occurred_at": WHEN, **fields}).encode()


def test_topic_and_payload_make_an_event() -> None:
    payload = told(id="d-1", data={"hours": 2})
    assert event_of(TOPICS, "genklang/U-0017/dose_taken", payload) == {
        "id": "d-1",
        "enrolment": "U-0017",
        "event": "dose_taken",
        "occurred_at": WHEN,
        "data": {"hours": 2},
    }
    assert TOPICS.subscription == "genklang/+/+"


def test_without_an_id_the_same_message_told_twice_is_one_event() -> None:
    first, again, other = (
        event_of(TOPICS, f"genklang/{number}/dose_taken", told())["id"] for number in ("U-1", "U-1", "U-2")
    )
    assert first == again != other


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        (b"on", "no JSON object"),
        (b"[]", "no JSON object"),
        (b"{}", '"occurred_at" is missing'),
        (told(event="refilled"), "name another event"),
        (told(who="Doris"), "unknown fields"),
    ],
)
def test_what_is_no_event_is_told_without_quoting_it(payload: bytes, says: str) -> None:
    with pytest.raises(Unreadable) as told_why:
        event_of(TOPICS, "genklang/U-1/dose_taken", payload)
    assert says in str(told_why.value)
    assert "Doris" not in str(told_why.value)


@pytest.mark.parametrize("pattern", ["", "genklang/{who}/x", "genklang/x{event}"])
def test_a_pattern_that_is_none_is_told(pattern: str) -> None:
    with pytest.raises(ValueError, match="whole levels"):
        Topics(pattern)


def test_a_message_is_acknowledged_when_the_api_has_answered(bridge: Bridge, broker: Broker, api: Api) -> None:
    broker.publish("genklang/U-1/dose_taken", told(id="d-1"))
    eventually(lambda: api.calls and not broker.left("genklang"))
    [(authorization, [event])] = api.calls
    assert authorization == "Bearer gk_secret"
    assert (event["id"], event["enrolment"], event["event"]) == ("d-1", "U-1", "dose_taken")


def test_while_the_api_is_down_nothing_is_acknowledged_and_then_all_arrives(
    bridge: Bridge, broker: Broker, api: Api
) -> None:
    api.statuses = [503]
    broker.publish("genklang/U-1/dose_taken", told(id="d-1"))
    eventually(lambda: len(api.calls) == 1)
    assert broker.left("genklang") == 1
    eventually(lambda: not broker.left("genklang"))
    assert [events[0]["id"] for _key, events in api.calls] == ["d-1", "d-1"]


def test_what_is_refused_or_no_event_does_not_stop_what_comes_after(bridge: Bridge, broker: Broker, api: Api) -> None:
    api.statuses = [422]
    broker.publish("genklang/U-1/dose_taken", told(id="d-1"))
    eventually(lambda: len(api.calls) == 1)
    broker.publish("genklang/U-1/dose_taken", b"on")
    broker.publish("genklang/U-1/dose_taken", told(id="d-2"))
    eventually(lambda: not broker.left("genklang"))
    assert api.calls[-1][1][-1]["id"] == "d-2"


def test_where_the_key_is_turned_away_it_stops_and_keeps_what_came(
    bridge: Bridge, broker: Broker, api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    api.statuses = [401]
    broker.publish("genklang/U-1/dose_taken", told(id="d-1"))
    eventually(lambda: "turns this key away" in capsys.readouterr().err)
    assert broker.left("genklang") == 1


@pytest.mark.parametrize(
    ("token", "topic", "broker_at", "says"),
    [
        ("", "a/{event}", "127.0.0.1:1", "GENKLANG_TOKEN is empty"),
        ("gk", "a/{events}", "127.0.0.1:1", "no pattern of topics"),
        ("gk", "a/{event}", "127.0.0.1:1", "does not answer"),
    ],
)
def test_what_keeps_it_from_beginning_is_told(
    token: str,
    topic: str,
    broker_at: str,
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("GENKLANG_TOKEN", token)
    assert main(["mqtt", broker_at, "--to", "http://127.0.0.1:9", "--topic", topic]) == 1
    assert says in capsys.readouterr().err
