"""The measuring process of `pages`: fills a database, opens each page in turns, and prints p95 by page.

Fifty people live a month with a dispenser: two doses and a sign of life a day, a refill a fortnight; one in ten has
an alarm that waits, one in four a task. Their rows are copied (see `filling`). Time passes while pages are opened: each
round is a second later, and somebody's event has come.

To mend a page: `--reuse` measures what the database holds already, `--only NAME` one page, `--explain` prints the
statements of one look that took longest.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from genklang.cli.setting_up import migrate, start_django

start_django()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402

from bench.filling import key_of, multiply  # noqa: E402
from genklang.bank.models import Practice, ProtocolVersion  # noqa: E402
from genklang.engine import Event as EngineEvent  # noqa: E402
from genklang.engine import parse_instant  # noqa: E402
from genklang.operate import clock, history, services, worker  # noqa: E402
from genklang.operate.incoming import IncomingEvent, Outcome, Source  # noqa: E402
from genklang.operate.loop import Loop  # noqa: E402
from genklang.operate.models import Adoption, Enrolment, Event  # noqa: E402
from genklang.people import services as people  # noqa: E402
from genklang.people.models import Person, Role, User  # noqa: E402
from genklang.protocol.reading import canonical_json, digest, read_protocol  # noqa: E402

PRACTICE = Path(__file__).parents[1] / "practices" / "umea-medicingivare" / "protocol.yaml"
BOARD = """
board:
  tiles:
    active: {sv: Har medicingivare, en: Have a dispenser, stages: active}
    refills: {sv: Att fylla på, en: To refill, open: refill}
    adherence: {sv: Doser i tid, en: Doses in time, indicator: adherence}
"""
ORIGINALS, DAYS, ROUNDS, WARM = 50, 32, 100, 3
FIRST, LAST = date(2026, 2, 2), "21:30"
TIMES = ("08:00", "20:00")
NAMES = ("Alva", "Bo", "Cia", "David", "Elin", "Folke", "Gun", "Hans", "Inga", "Jan")


@dataclass
class Look:
    """A page: who opens it, and where it is this time."""

    client: Client
    address: Callable[[], str]


def main() -> None:
    """Prints p95 of each page in seconds, and what the database holds, as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("people", type=int)
    parser.add_argument("--reuse", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--explain", action="store_true")
    args = parser.parse_args()
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    if not args.reuse:
        migrate()
        _fill(args.people)
    adoption = Adoption.objects.get()
    _at(FIRST + timedelta(days=DAYS - 1), LAST)
    looks = {name: look for name, look in _looks(adoption).items() if args.only in ("", name)}
    if args.explain:
        _explain(looks)
        return
    took, cpu = _opened(adoption, looks)
    amounts = {"enrolments": Enrolment.objects.count(), "events": Event.objects.count()}
    pages = {name: statistics.quantiles(times, n=20)[-1] for name, times in took.items()}
    medians = {name: statistics.median(times) for name, times in took.items()}
    told = {"pages": pages, "medians": medians, "cpu": cpu, "amounts": amounts}
    sys.stdout.write(json.dumps(told))


def _at(day: date, slot: str, *, seconds: int = 0) -> int:
    instant = parse_instant(f"{day.isoformat()}T{slot}:00+01:00") + seconds * clock.SECOND
    clock.forget()
    clock._wall = lambda: instant
    return instant


def _fill(number: int) -> None:
    adoption = _adopt()
    for day in range(DAYS):
        _live(adoption, FIRST + timedelta(days=day), day)
    now = _at(FIRST + timedelta(days=DAYS - 1), LAST)
    _pass_time(now)
    multiply(ORIGINALS, number // ORIGINALS)


def _adopt() -> Adoption:
    protocol = read_protocol(PRACTICE.read_text(encoding="utf-8") + BOARD, file=str(PRACTICE))
    practice = Practice.objects.create(slug=protocol.practice)
    version = ProtocolVersion.objects.create(
        practice=practice, version=protocol.version, digest=digest(protocol), canonical=canonical_json(protocol)
    )
    organisation = people.add_organisation(slug="proveby", name="Proveby")
    now = _at(FIRST, "06:00")
    adoption = services.adopt(organisation=organisation, protocol_version=version, actor=None, name="Prov")
    for name, role in (("lead", Role.LEAD), ("nurse", Role.STAFF)):
        people.add_member(email=f"{name}@example.org", organisation=organisation, role=role, name=name)
    services.assign(adoption, user=User.objects.get(email="nurse@example.org"), role="nurse")
    facts = {"dose_times": list(TIMES), "can_operate": True, "physician_agrees": True}
    histories = []
    for place in range(ORIGINALS):
        key = key_of(place)
        log = (
            EngineEvent(f"{key}:a", "enrolled", now, "system", facts),
            EngineEvent(f"{key}:b", "installed", now, "nurse", {}, sequence=1),
        )
        person = people.add_person(organisation=organisation, display_name=f"{NAMES[place % len(NAMES)]} {key}")
        histories.append(history.History(person, key, log))
    history.load_histories(adoption, histories, until=now)
    Person.objects.filter(pk=histories[1].person.pk).update(user=User.objects.create_user("person@example.org"))  # type: ignore[union-attr]
    return adoption


def _live(adoption: Adoption, day: date, number: int) -> None:
    """A day: doses and a sign of life; a refill each fortnight but for one in four; the last dose missed by a tenth."""
    last = number == DAYS - 1
    for slot in TIMES:
        _pass_time(_at(day, slot))
        now = _at(day, f"{slot[:2]}:05")
        missing = range(0, ORIGINALS, 10) if last and slot == TIMES[-1] else ()
        _report(adoption, "dose_taken", now, [place for place in range(ORIGINALS) if place not in missing])
        if slot == TIMES[0]:
            _report(adoption, "heartbeat", now, range(ORIGINALS))
            if number % 14 == 13:
                _report(adoption, "refilled", now, [place for place in range(ORIGINALS) if place % 4])
        _pass_time(_at(day, f"{int(slot[:2]) + 1:02}:01"))


def _report(adoption: Adoption, kind: str, now: int, places: object) -> None:
    rows = [IncomingEvent(f"{key_of(place)}:{kind}-{now}", key_of(place), kind, now) for place in places]  # type: ignore[attr-defined]
    by = "nurse" if kind == "refilled" else "device"
    answers = services.record(adoption, rows, source=Source(by=by))
    assert all(answer.status is Outcome.ACCEPTED for answer in answers), answers[0]


def _pass_time(now: int) -> None:
    while worker.tick(now).enrolments:
        pass
    while worker.drain(now).delivered:
        pass
    Loop().once()


def _looks(adoption: Adoption) -> dict[str, Look]:
    chance, keys = random.Random(1), list(Enrolment.objects.order_by("pk").values_list("public_id", flat=True))
    lead, nurse, person = (_client(name) for name in ("lead", "nurse", "person"))
    in_adoption = {
        name: reverse(f"operate:{name}", args=[adoption.public_id])
        for name in ("adoption", "board-preview", "people", "log")
    }
    return {
        "worklist": Look(nurse, lambda: reverse("operate:worklist")),
        "alarms, renewed": Look(nurse, lambda: reverse("operate:alarms")),
        "worklist, sieved": Look(nurse, lambda: f"{reverse('operate:worklist')}?name={key_of(chance.randrange(1000))}"),
        "board": Look(lead, lambda: in_adoption["board-preview"]),
        "adoption": Look(lead, lambda: in_adoption["adoption"]),
        "adoptions": Look(lead, lambda: reverse("operate:adoptions")),
        "people": Look(lead, lambda: in_adoption["people"]),
        "people, by name": Look(lead, lambda: f"{in_adoption['people']}?name={key_of(chance.randrange(1000))}"),
        "log": Look(lead, lambda: in_adoption["log"]),
        "case": Look(nurse, lambda: reverse("operate:case", args=[chance.choice(keys)])),
        "my page": Look(person, lambda: reverse("operate:my-page")),
    }


def _client(name: str) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="sv")
    client.force_login(User.objects.get(email=f"{name}@example.org"), people.BACKEND)
    return client


def _opened(adoption: Adoption, looks: dict[str, Look]) -> tuple[dict[str, list[float]], dict[str, float]]:
    """How long each look took, in seconds; and this program's own processor time a look."""
    took: dict[str, list[float]] = {name: [] for name in looks}
    cpu = dict.fromkeys(looks, 0.0)
    day = FIRST + timedelta(days=DAYS - 1)
    for number in range(-WARM, ROUNDS):
        now = _at(day, LAST, seconds=number + WARM + 1)
        event = IncomingEvent(f"round-{now}", key_of((number * 37) % 1000), "heartbeat", now)
        services.record(adoption, [event], source=Source(by="device"))
        Loop().once()
        for name, look in looks.items():
            address = look.address()
            start, own = time.perf_counter(), time.thread_time()
            answer = look.client.get(address)
            spent, own = time.perf_counter() - start, time.thread_time() - own
            assert answer.status_code == 200, (name, answer.status_code)
            if number >= 0:
                took[name].append(spent)
                cpu[name] += own / ROUNDS
    return took, cpu


def _explain(looks: dict[str, Look]) -> None:
    """The statements of the second look at each page, the slowest first."""
    for name, look in looks.items():
        look.client.get(look.address())
        start = time.perf_counter()
        with CaptureQueriesContext(connection) as asked:
            look.client.get(look.address())
        sys.stdout.write(f"\n== {name}: {time.perf_counter() - start:.3f} s, {len(asked)} statements\n")
        for one in sorted(asked.captured_queries, key=lambda one: -float(one["time"]))[:6]:
            sys.stdout.write(f"{one['time']} {one['sql'][:900]}\n")


if __name__ == "__main__":
    main()
