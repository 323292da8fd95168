"""`genklang mqtt`: carries events from an MQTT broker to the API, each until it has been answered.

A message is acknowledged to the broker when the API has answered it, never before: what is under way when either side
fails is told again, and is one event all the same, by its id. It holds a token and nothing else: no database.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import signal
import sys
import threading
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from genklang.cli.messages import Topics, Unreadable, event_of

if TYPE_CHECKING:
    from paho.mqtt.client import Client, MQTTMessage

MOST_TOGETHER = 100
SECONDS_TO_ANSWER = 10
LONGEST_WAIT = 30.0
ANSWERED = frozenset({200, 207, 422})
TURNED_AWAY = frozenset({400, 401, 403, 404, 413, 415})


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command to the program's parser."""
    parser = subparsers.add_parser(
        "mqtt",
        help="carry events from an MQTT broker to the API",
        description="Carries events from an MQTT broker to the API until stopped (Ctrl-C). The connection's key is "
        "read from GENKLANG_TOKEN, the broker's user and password from GENKLANG_MQTT_USER and GENKLANG_MQTT_PASSWORD.",
    )
    parser.add_argument("broker", metavar="HOST[:PORT]", help="the broker (port 1883, with --tls 8883)")
    parser.add_argument(
        "--to", required=True, metavar="URL", help="where Genklang is, for example http://127.0.0.1:8000"
    )
    parser.add_argument(
        "--topic", default="genklang/{enrolment}/{event}", help="where events come (genklang/{enrolment}/{event})"
    )
    parser.add_argument("--name", default="genklang", help="what the broker knows this bridge by (genklang)")
    parser.add_argument("--tls", action="store_true", help="speak to the broker over TLS")
    parser.add_argument("--ca", metavar="FILE", help="with --tls: the authority that the broker's certificate is of")
    parser.add_argument("--json", action="store_true", help="each answer as JSON, one a line")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when stopped; 1 where it cannot begin, or the API turns its key away (why: on stderr)."""
    token = os.environ.get("GENKLANG_TOKEN", "")
    try:
        topics = Topics(args.topic)
        client = _client(args)
    except (ValueError, OSError) as error:
        return _wrong(str(error))
    except ModuleNotFoundError:
        return _wrong("the part for MQTT is not installed. Run: pip install 'genklang[mqtt]'")
    if not token:
        return _wrong("GENKLANG_TOKEN is empty. Make a key under Connections, and put it there.")
    bridge = Bridge(client, topics, to=f"{args.to.rstrip('/')}/api/v1/events", token=token, as_json=args.json)
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: bridge.stop.set())
    host, _, port = args.broker.partition(":")
    try:
        client.connect(host, int(port or (8883 if args.tls else 1883)))
    except (ValueError, OSError) as error:
        return _wrong(f"the broker {args.broker} does not answer ({error}). Is it running, and the port right?")
    print(f"Carrying {topics.subscription} to {args.to} (process {os.getpid()}). Ctrl-C stops.", file=sys.stderr)
    return bridge.carry()


@dataclass
class Bridge:
    """Takes messages from a connected client, and posts them as events."""

    client: Client
    topics: Topics
    to: str
    token: str
    as_json: bool = False
    stop: threading.Event = field(default_factory=threading.Event)
    _waiting: queue.Queue[MQTTMessage] = field(default_factory=queue.Queue)

    def carry(self) -> int:
        """Until stopped: 0. 1 where the API turns everything away: then nothing is acknowledged."""
        self.client.on_connect = lambda client, *_: client.subscribe(self.topics.subscription, qos=1)
        self.client.on_message = lambda _client, _data, message: self._waiting.put(message)
        self.client.on_disconnect = lambda *_: self._forget()
        self.client.loop_start()
        try:
            while not self.stop.is_set():
                some = self._some()
                if some and not self._deliver(some):
                    return _wrong("the API turns this key away. Look at it under Connections.")
            return 0
        finally:
            self.client.disconnect()
            self.client.loop_stop()

    def _some(self) -> list[MQTTMessage]:
        """What has come, after at most a moment."""
        some: list[MQTTMessage] = []
        with suppress(queue.Empty):
            some.append(self._waiting.get(timeout=0.2))
            while len(some) < MOST_TOGETHER:
                some.append(self._waiting.get_nowait())
        return some

    def _deliver(self, messages: list[MQTTMessage]) -> bool:
        """Posts them, as often as needed; False where the API will not have any."""
        events: list[dict[str, Any]] = []
        for message in messages:
            try:
                events.append(event_of(self.topics, message.topic, bytes(message.payload)))
            except Unreadable as problem:
                self._tell({"topic": message.topic, "status": "unreadable", "problems": [str(problem)]})
        answer = self._posted(events) if events else {"rows": []}
        if answer is None:
            return self.stop.is_set()
        for row in answer["rows"]:
            problems = [f"{one['where']}: {one['what']}" for one in row["problems"]]
            self._tell({"id": row["id"], "status": row["status"], "problems": problems})
        for message in messages:
            self.client.ack(message.mid, message.qos)
        return True

    def _posted(self, events: list[dict[str, Any]]) -> dict[str, Any] | None:
        """The API's answer to each; None where it turns the whole call away, or work was stopped meanwhile."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        body, wait = json.dumps(events).encode(), 0.5
        while True:
            request = urllib.request.Request(self.to, data=body, headers=headers, method="POST")  # noqa: S310
            try:
                with urllib.request.urlopen(request, timeout=SECONDS_TO_ANSWER) as answer:  # noqa: S310
                    found: dict[str, Any] = json.load(answer)
                    return found
            except urllib.error.HTTPError as error:
                if error.code in ANSWERED:
                    refused: dict[str, Any] = json.load(error)
                    return refused
                if error.code in TURNED_AWAY:
                    return None
            except OSError:
                pass
            if self.stop.wait(wait):
                return None
            wait = min(LONGEST_WAIT, wait * 2)

    def _forget(self) -> None:
        """The connection is gone: what was not acknowledged comes again when it is back."""
        while not self._waiting.empty():
            self._waiting.get_nowait()

    def _tell(self, answer: dict[str, Any]) -> None:
        if self.as_json:
            print(json.dumps(answer, ensure_ascii=False), flush=True)
        elif answer["problems"]:
            print(f"{answer.get('id') or answer['topic']}: {'; '.join(answer['problems'])}", file=sys.stderr)


def client_named(name: str) -> Client:
    """A client with a session that the broker keeps while it is away; it acknowledges only what it is told to."""
    from paho.mqtt.client import Client
    from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

    return Client(
        CallbackAPIVersion.VERSION2,
        client_id=name,
        clean_session=False,
        protocol=MQTTProtocolVersion.MQTTv311,
        manual_ack=True,
    )


def _client(args: argparse.Namespace) -> Client:
    client = client_named(args.name)
    if user := os.environ.get("GENKLANG_MQTT_USER"):
        client.username_pw_set(user, os.environ.get("GENKLANG_MQTT_PASSWORD"))
    if args.tls:
        client.tls_set(ca_certs=args.ca)
    return client


def _wrong(why: str) -> int:
    print(f"genklang mqtt: {why}", file=sys.stderr)
    return 1
