"""The worker: time passes once, a broken enrolment is set aside, the outbox is emptied, and the clock is watched."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.core import mail

from genklang.operate import clock, outgoing, services, worker
from genklang.operate.guard import ClockGuard, trust_clock
from genklang.operate.incoming import IncomingEvent, Source
from genklang.operate.models import Alarm, Deadline, Enrolment, Event, Heartbeat, Notice, Outbox, OutcomeFact, Status
from genklang.people import services as people
from tests.web.operate_core.conftest import Wall, Ward

pytestmark = pytest.mark.django_db
HOUR = 60 * clock.MINUTE


def test_an_alarm_stands_at_the_window_s_end_and_not_before(ward: Ward) -> None:
    ward.tick("2026-03-02 08:59:59")
    assert not Alarm.objects.exists()
    ward.tick("2026-03-02 09:00:00")
    assert Alarm.objects.get().raised_at == clock.now()


def test_the_worker_knows_when_to_wake(ward: Ward) -> None:
    ward.tick("2026-03-02 08:00:01")
    worker.drain(clock.now())
    assert worker.next_wake() == clock.now() - clock.SECOND + 30 * clock.MINUTE  # the reminder by text message


def test_a_paused_adoption_stands_still_and_catches_up(ward: Ward) -> None:
    services.set_status(ward.adoption, Status.PAUSED)
    ward.tick("2026-03-02 12:00")
    assert not OutcomeFact.objects.exists()
    services.set_status(ward.adoption, Status.RUNNING)
    ward.tick("2026-03-02 12:00:01")
    assert OutcomeFact.objects.get(expectation="dose").status == "missed"


def test_a_broken_enrolment_is_set_aside_and_the_others_go_on(ward: Ward) -> None:
    person = people.add_person(organisation=ward.adoption.organisation, display_name="Någon annan")
    other = services.enrol(ward.adoption, person=person, key="U-2", facts={"dose_times": ["08:00"]})
    Enrolment.objects.filter(pk=other.pk).update(state="{}")
    Deadline.objects.create(enrolment=other, at=clock.now())
    ward.tick("2026-03-02 09:30")
    other.refresh_from_db()
    assert other.broken_reason.startswith("ValueError")
    assert Alarm.objects.get().enrolment == ward.enrolment
    assert Notice.objects.get(kind="broken").enrolment == other
    event = IncomingEvent("late", "U-2", "heartbeat", clock.now())
    answer = services.record(ward.adoption, [event], source=Source(by="device"))[0]
    assert answer.status == "held" and Event.objects.get(key="late").held == "set aside"
    assert services.mend(other).broken_reason == ""
    assert Event.objects.get(key="late").held is not None  # no dispenser was installed there


@pytest.fixture
def outside() -> Iterator[tuple[str, list[dict[str, Any]], list[int]]]:
    """Somebody who listens: the address, what has come, and the codes to answer with."""
    came: list[dict[str, Any]] = []
    codes: list[int] = []

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            came.append({"key": self.headers["Idempotency-Key"], **json.loads(body)})
            self.send_response(codes.pop(0) if codes else 204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/in", came, codes
    server.shutdown()
    server.server_close()


def test_reminders_and_alarms_leave_by_the_channels_named(
    ward: Ward, outside: tuple[str, list[dict[str, Any]], list[int]]
) -> None:
    address, came, codes = outside
    services.change_adoption(ward.adoption, name="M", overlay={"channels": {"sms": address, "alarm": address}})
    codes.append(503)
    ward.tick("2026-03-02 08:00:00")
    ward.tick("2026-03-02 08:30:00")
    assert worker.drain(clock.now()) == worker.Drained(delivered=1, failed=1)  # to the page, and not by text message
    ward.wall.time += 10 * clock.SECOND
    assert worker.drain(clock.now()) == worker.Drained(delivered=1)
    ward.tick("2026-03-02 09:00:00")
    worker.drain(clock.now())
    assert [one["what"] for one in came] == ["reminder", "reminder", "alarm"]
    assert came[0]["key"] == came[1]["key"] != came[2]["key"]
    assert "Doris" not in json.dumps(came)
    assert Notice.objects.filter(enrolment=ward.enrolment, role="").count() == 1


def test_what_cannot_be_delivered_is_given_up_at_last(ward: Ward) -> None:
    services.change_adoption(ward.adoption, name="M", overlay={"channels": {"sms": "http://127.0.0.1:9/"}})
    ward.tick("2026-03-02 08:30:00")
    worker.drain(clock.now())
    row = Outbox.objects.get(channel="sms")
    assert (row.attempts, row.delivered_at, row.given_up_at) == (1, None, None) and row.error
    ward.wall.set("2026-03-02 09:00:00")
    assert worker.drain(clock.now()).expired == 1
    assert worker.drain(clock.now() + HOUR) == worker.Drained()


def test_a_message_is_not_given_up_because_workers_died_before_they_sent_it(
    ward: Ward, outside: tuple[str, list[dict[str, Any]], list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, came, codes = outside
    services.change_adoption(ward.adoption, name="M", overlay={"channels": {"alarm": address}})
    ward.tick("2026-03-02 09:00:00")
    with monkeypatch.context() as killed:
        killed.setattr(outgoing, "deliver", lambda *_args, **_more: (_ for _ in ()).throw(SystemExit))
        for _ in range(worker.MOST_TRIES + 3):
            with pytest.raises(SystemExit):
                worker.drain(clock.now())
            ward.wall.time += worker.LEASE
    codes.append(503)
    assert worker.drain(clock.now()).failed == 1
    ward.wall.time += worker.LEASE
    worker.drain(clock.now())
    assert [one["what"] for one in came] == ["alarm", "alarm"]
    row = Outbox.objects.get(channel="alarm")
    assert (row.attempts, row.given_up_at) == (1, None) and row.delivered_at is not None


def test_a_simulated_person_s_reminders_never_leave(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    ward.adoption.simulated = True
    ward.adoption.overlay = {"channels": {"sms": "http://127.0.0.1:9/"}}
    ward.adoption.save()
    ward.tick("2026-03-02 08:30:00")
    assert set(Outbox.objects.values_list("channel", flat=True)) == {"page"}
    assert worker.drain(clock.now()).failed == 0
    assert mail.outbox == []


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Wall:
    """The wall clock beside a steady one that stands still."""
    wall = Wall(0)
    monkeypatch.setattr(clock, "read", lambda: clock.Reading(wall.time, 0, "one boot"))
    return wall


def test_a_clock_put_forward_holds_until_it_is_right(clocks: Wall) -> None:
    guard = ClockGuard()
    assert guard.beat()
    clocks.time = HOUR
    assert not guard.beat() and not guard.beat()
    assert Notice.objects.get().kind == "clock" and Heartbeat.objects.get().held_since == HOUR
    assert not ClockGuard().beat()  # starting again does not make it right
    clocks.time = clock.SECOND
    assert guard.beat() and Heartbeat.objects.get().held_since is None


def test_an_operator_can_say_that_the_clock_is_right(clocks: Wall) -> None:
    guard = ClockGuard()
    guard.beat()
    clocks.time = HOUR
    assert not guard.beat()
    assert trust_clock() and not trust_clock()
    assert guard.beat() and guard.beat()


def test_being_away_is_told_and_does_not_hold(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "read", lambda: clock.Reading(0, 0, "one boot"))
    ClockGuard().beat()
    monkeypatch.setattr(clock, "read", lambda: clock.Reading(5 * HOUR, 0, "another boot"))
    assert ClockGuard().beat()
    assert Notice.objects.get().data == {"seconds": 5 * 3600}


def test_now_never_moves_back(monkeypatch: pytest.MonkeyPatch) -> None:
    clock.forget()
    times = iter([100, 90, 110])
    monkeypatch.setattr(clock, "_wall", lambda: next(times))
    assert [clock.now(), clock.now(), clock.now()] == [100, 100, 110]
    clock.forget()
