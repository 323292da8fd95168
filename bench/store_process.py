"""The measuring process of `store`: one adoption of dispensers, four dose times a day, everybody's dose in one batch.

After each batch the rows that it wrote are read back, deleted, and inserted raw, with the enrolments' update, in one
transaction: the least that storing the same could cost.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.figures import RUNS, Figure, at_least, at_most, seconds
from genklang.cli.setting_up import migrate, start_django

start_django()

from django.db import connection, transaction  # noqa: E402

from genklang.bank.models import Practice, ProtocolVersion  # noqa: E402
from genklang.engine import Event as EngineEvent  # noqa: E402
from genklang.engine import parse_instant  # noqa: E402
from genklang.operate import clock, history, services, worker  # noqa: E402
from genklang.operate.incoming import IncomingEvent, Outcome, Source  # noqa: E402
from genklang.operate.loop import Loop  # noqa: E402
from genklang.operate.models import Adoption, Event  # noqa: E402
from genklang.people import services as people  # noqa: E402
from genklang.protocol.reading import canonical_json, digest, read_protocol  # noqa: E402

PRACTICE = Path(__file__).parents[1] / "practices" / "umea-medicingivare" / "protocol.yaml"
TIMES = ("08:00", "12:00", "16:00", "20:00")
WRITTEN = ("operate_event", "operate_outcomefact", "operate_due", "operate_outbox")
SINGLE = 200


@dataclass
class Town:
    """The adoption, and the wall clock that this process goes by."""

    adoption: Adoption
    people: int

    def at(self, time: str, *, day: str = "2026-03-02") -> int:
        """Sets the wall clock; the instant."""
        instant = parse_instant(f"{day}T{time}:00+01:00")
        clock.forget()
        clock._wall = lambda: instant
        return instant


def main() -> None:
    """Prints the figures as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--calls", type=int, default=0, help="only make so many dispensers, and print a token")
    args = parser.parse_args()
    migrate()
    if args.calls:
        town = _town(args.calls, since=clock.now() - clock.MINUTE)
        sys.stdout.write(services.issue_token(town.adoption, label="bench")[1])
        return
    town = _town(200 if args.quick else 1000)
    kind = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    figures = [_batch(town, kind), _single(town, kind), _deadlines(town, kind), _idle(town, kind)]
    sys.stdout.write(json.dumps([figure.as_dict() for figure in figures]))


def _town(number: int, *, since: int | None = None) -> Town:
    text = PRACTICE.read_text(encoding="utf-8")
    protocol = read_protocol(text, file=str(PRACTICE))
    practice = Practice.objects.create(slug=protocol.practice)
    version = ProtocolVersion.objects.create(
        practice=practice, version=protocol.version, digest=digest(protocol), canonical=canonical_json(protocol)
    )
    organisation = people.add_organisation(slug="proveby", name="Proveby")
    town = Town(services.adopt(organisation=organisation, protocol_version=version, actor=None, name="Prov"), number)
    now = since if since is not None else town.at("07:30")
    facts = {"dose_times": list(TIMES), "can_operate": True, "physician_agrees": True}
    histories = []
    for place in range(number):
        key = f"U-{place}"
        log = (
            EngineEvent(f"{key}:a", "enrolled", now, "system", facts),
            EngineEvent(f"{key}:b", "installed", now, "nurse", {}, sequence=1),
        )
        person = people.add_person(organisation=organisation, display_name=key)
        histories.append(history.History(person, key, log))
    history.load_histories(town.adoption, histories, until=now)
    return town


def _tick(now: int) -> int:
    done = 0
    while ticked := worker.tick(now, limit=worker.BATCH).enrolments:
        done += ticked
    return done


def _batch(town: Town, kind: str) -> Figure:
    ours, rival, rows = [], [], 0
    for time in TIMES[:RUNS]:
        _tick(town.at(time))
        now = town.at(f"{time[:2]}:05")
        events = [
            IncomingEvent(f"dose-{time}-{place}", f"U-{place}", "dose_taken", now) for place in range(town.people)
        ]
        before = _last_rows()
        taken = seconds(lambda events=events: _record(town.adoption, events))  # type: ignore[misc]
        ours.append(taken)
        raw, rows = _raw(before)
        rival.append(raw)
    times = (statistics.median(ours), statistics.median(rival))
    note = f"{town.people / times[0]:.0f} events/s, {rows / town.people:.1f} rows written an event"
    return at_least(f"a batch of {town.people} full durable steps, {kind}", times, 0.4, note=note)


def _record(adoption: Adoption, events: Sequence[IncomingEvent]) -> None:
    answers = services.record(adoption, events, source=Source(by="device"))
    assert all(answer.status is Outcome.ACCEPTED for answer in answers), answers[0]


def _last_rows() -> dict[str, int]:
    with connection.cursor() as cursor:
        last = {}
        for table in WRITTEN:
            cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
            last[table] = cursor.fetchone()[0]
        return last


def _raw(before: dict[str, int]) -> tuple[float, int]:
    """Reads back what was written since, deletes it, and measures inserting it by hand; how many rows it was."""
    written = {table: _rows(f"SELECT * FROM {table} WHERE id > %s", last) for table, last in before.items()}
    touched = sorted({row[columns.index("enrolment_id")] for columns, rows in written.values() for row in rows})
    _columns, enrolments = _rows("SELECT state, horizon, stage, id FROM operate_enrolment")
    changed = [row for row in enrolments if row[-1] in set(touched)]
    _columns, planned = _rows("SELECT at, enrolment_id FROM operate_deadline")
    awaited = [row for row in planned if row[-1] in set(touched)]
    with transaction.atomic(), connection.cursor() as cursor:
        for table, last in before.items():
            cursor.execute(f"DELETE FROM {table} WHERE id > %s", [last])
    rows = sum(len(rows) for _, rows in written.values()) + len(changed) + len(awaited)
    return seconds(lambda: _insert(written, changed, awaited)), rows


def _rows(sql: str, *params: object) -> tuple[list[str], list[tuple[Any, ...]]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column[0] for column in cursor.description]
        return names, [tuple(map(_plain, row)) for row in cursor.fetchall()]


def _plain(value: object) -> object:
    return json.dumps(value) if isinstance(value, dict | list) else value


def _insert(
    written: dict[str, tuple[list[str], list[tuple[Any, ...]]]],
    changed: list[tuple[Any, ...]],
    awaited: list[tuple[Any, ...]],
) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for table, (columns, rows) in written.items():
            if rows:
                places = ", ".join(["%s"] * len(columns))
                cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)
        cursor.executemany("UPDATE operate_enrolment SET state=%s, horizon=%s, stage=%s WHERE id=%s", changed)
        cursor.executemany("UPDATE operate_deadline SET at=%s WHERE enrolment_id=%s", awaited)


def _single(town: Town, kind: str) -> Figure:
    """One event at a time, against the insert of one event's row and its commit."""
    now = town.at("16:30")
    ours, rival = [], []
    for number in range(SINGLE):
        event = IncomingEvent(f"beat-{number}", f"U-{number % town.people}", "heartbeat", now + number)
        town.at("16:31")
        before = _last_rows()
        ours.append(seconds(lambda event=event: _record(town.adoption, [event])))  # type: ignore[misc]
        columns, rows = _rows("SELECT * FROM operate_event WHERE id > %s", before["operate_event"])
        copy = [f"raw-{number}" if name == "key" else value for name, value in zip(columns, rows[0], strict=True)][1:]
        rival.append(seconds(lambda columns=columns, copy=copy: _commit_one(columns[1:], copy)))  # type: ignore[misc]
    times = (statistics.median(ours), statistics.median(rival))
    return at_least(f"a single event, {kind}", times, 0.5)


def _commit_one(columns: list[str], row: list[Any]) -> None:
    places = ", ".join(["%s"] * len(columns))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO operate_event ({', '.join(columns)}) VALUES ({places})", row)


def _deadlines(town: Town, kind: str) -> Figure:
    """Everybody misses the same dose: the worker's rounds, against a loop that handles one enrolment at a time."""
    Event.objects.filter(key__startswith="raw-").first()
    _tick(town.at("20:00"))
    now = town.at("21:00")
    together = seconds(lambda: _tick(now))
    _tick(town.at("08:00", day="2026-03-03"))
    now = town.at("09:00", day="2026-03-03")
    keys = list(worker.waiting(now).values_list("pk", flat=True))
    one_by_one = seconds(lambda: [worker._tick_one(key, now) for key in keys])
    note = f"{town.people / together:.0f} alarms/s; asked is 36 times the loop, 100,000 in 10 s. One run each."
    return at_least(f"{town.people} deadlines in the same second, {kind}", (together, one_by_one), 36, note=note)


def _idle(town: Town, kind: str) -> Figure:
    from django.test.utils import CaptureQueriesContext

    now = clock.now()
    _tick(now)
    worker.drain(now)
    while worker.drain(now).delivered:
        pass
    loop = Loop()
    loop.once()
    with CaptureQueriesContext(connection) as asked:
        loop.once()
    asks = float(len(asked))
    return at_most(f"statements of an idle worker's round, {kind}", (asks, 1.0), 2, unit="statements")


if __name__ == "__main__":
    main()
