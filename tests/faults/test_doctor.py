"""The doctor: says what is wrong, with what to do, and ends with 1; all well ends with 0."""

import argparse
import json
from collections.abc import Callable

import pytest
from django.db import OperationalError, connection
from pytest_django import Settings

from genklang.cli import doctor
from genklang.operate import checkup, clock, worker
from genklang.operate.guard import ClockGuard
from genklang.operate.models import Deadline, Enrolment, Heartbeat, Outbox
from tests.web.operate_core.conftest import Ward

pytestmark = pytest.mark.django_db
Break = Callable[[Ward], object]


@pytest.fixture
def well(ward: Ward, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Ward:
    """A worker has just been heard from, and nothing is wrong."""
    settings.EMAIL_HOST = ""
    monkeypatch.setattr(clock, "read", lambda: clock.Reading(clock.now(), 0, "boot"))
    monkeypatch.setattr(checkup, "free_bytes", lambda: (50 * 10**9, 100 * 10**9))
    monkeypatch.setattr(checkup, "CLOCKS_APART", 10**18)  # the ward's clock is not the server's
    ClockGuard().beat()
    return ward


def asked(capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, str]]:
    """The exit code, and what to do about each point that is not well."""
    code = doctor.run(argparse.Namespace(json=True))
    told = json.loads(capsys.readouterr().out)
    assert told["well"] == (code == 0)
    return code, {point["name"]: point["instead"] for point in told["points"] if not point["well"]}


def test_all_is_well(well: Ward, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(capsys) == (0, {})
    assert doctor.run(argparse.Namespace(json=False)) == 0
    assert capsys.readouterr().out.count("ok ") == 9


def silent(well: Ward) -> None:
    well.wall.time += clock.MINUTE


def overdue(well: Ward) -> None:
    Deadline.objects.update(at=clock.now() - 2 * clock.MINUTE)


def unsent(well: Ward) -> None:
    well.tick("2026-03-02 08:30")
    Outbox.objects.update(available_at=clock.now() - clock.MINUTE * 20)
    Heartbeat.objects.update(wall=clock.now())


def given_up(well: Ward) -> None:
    well.tick("2026-03-02 08:30")
    Outbox.objects.update(given_up_at=clock.now(), error="HTTP 500")
    Heartbeat.objects.update(wall=clock.now())


def aside(well: Ward) -> None:
    Enrolment.objects.update(broken_reason="ValueError")


def held(well: Ward) -> None:
    Heartbeat.objects.update(held_since=clock.now())


BREAKS: list[tuple[Break, set[str]]] = [
    (silent, {"worker"}),
    (overdue, {"deadlines"}),
    (unsent, {"outbox"}),
    (given_up, {"outbox"}),
    (aside, {"enrolments"}),
    (held, {"clock", "worker"}),
]


@pytest.mark.parametrize(("harm", "points"), BREAKS, ids=[harm.__name__ for harm, _ in BREAKS])
def test_what_is_wrong_is_said_with_what_to_do(
    well: Ward, harm: Break, points: set[str], capsys: pytest.CaptureFixture[str]
) -> None:
    harm(well)
    code, wrong = asked(capsys)
    assert code == 1 and set(wrong) == points
    assert all(wrong.values())
    doctor.run(argparse.Namespace(json=False))
    text = capsys.readouterr().out
    assert "WRONG" in text and "Doris" not in text and "U-1" not in text


def test_a_full_disk_and_a_mute_mail_server(
    well: Ward, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    monkeypatch.setattr(checkup, "free_bytes", lambda: (10**8, 100 * 10**9))
    assert set(asked(capsys)[1]) == {"disk", "mail"}


def test_a_database_that_is_away(well: Ward, capsys: pytest.CaptureFixture[str]) -> None:
    def away(*_: object) -> None:
        raise OperationalError("gone")

    with connection.execute_wrapper(away):
        assert set(asked(capsys)[1]) == {"database"}
    assert worker.next_wake() is not None
