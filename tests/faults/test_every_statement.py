"""A fault before and after every single write of a transaction, and at its end: all of it stands, or nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client

from genklang.cli import verify
from genklang.operate import clock, proving, services, worker
from genklang.operate.incoming import IncomingEvent, Source
from genklang.operate.models import Deadline, Enrolment
from tests.web.operate_core.conftest import PRACTICES, Ward, at, publish
from tests.web.operate_core.test_transactions import rows

pytestmark = pytest.mark.django_db(transaction=True)
WRITES = ("INSERT", "UPDATE", "DELETE")
MOST = 200
Work = Callable[[], object]


class Plug:
    """Counts the writes, and from the `place`-th on lets nothing through: like a cable that is pulled and stays out."""

    def __init__(self, place: int, *, after: bool) -> None:
        self.place, self.after, self.writes = place, after, 0

    @property
    def pulled(self) -> bool:
        return self.writes >= self.place

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if self.pulled:
            raise OperationalError("pulled the plug")
        if not sql.lstrip().upper().startswith(WRITES):
            return execute(sql, params, many, context)
        self.writes += 1
        if self.pulled and not self.after:
            raise OperationalError("pulled the plug")
        done = execute(sql, params, many, context)
        if self.pulled:
            raise OperationalError("pulled the plug")
        return done


def dose_in_time(ward: Ward) -> Work:
    ward.tick("2026-03-02 08:10")
    ward.wall.set("2026-03-02 08:20")
    return lambda: ward.report("dose_taken", "2026-03-02 08:20")


def dose_told_of_late(ward: Ward) -> Work:
    ward.tick("2026-03-02 09:20")
    return lambda: ward.report("dose_taken", "2026-03-02 08:20")


def week_told_of_at_once(ward: Ward) -> Work:
    ward.tick("2026-03-09 07:00")
    doses = [f"2026-03-0{day} {hour}:05" for day in range(2, 9) for hour in ("08", "20")]
    events = [IncomingEvent(f"late-{when}", "U-1", "dose_taken", at(when)) for when in doses]
    return lambda: services.record(ward.adoption, events, source=Source(by="device"))


def alarm_waived(ward: Ward) -> Work:
    ward.tick("2026-03-02 09:20")
    alarm = ward.enrolment.alarms.get()
    source = Source(by="nurse", house=True)
    return lambda: services.record_one(alarm.enrolment, "waived", {"due": alarm.due, "reason": "x"}, source=source)


def deadline_passes(ward: Ward) -> Work:
    ward.tick("2026-03-02 08:59")
    ward.wall.set("2026-03-02 09:16")
    return lambda: worker.tick(clock.now())


def somebody_enrols(ward: Ward) -> Work:
    person, facts = ward.enrolment.person, {"dose_times": ["08:00"]}
    return lambda: services.enrol(ward.adoption, person=person, key="U-2", facts=facts)


def lot_is_drawn(ward: Ward) -> Work:
    version = publish((PRACTICES / "eskilstuna-hemrehab" / "protocol.yaml").read_text())
    adoption = services.adopt(
        organisation=ward.adoption.organisation, protocol_version=version, actor=None, name="Hemrehab"
    )
    facts = {"age_group": "age_65_75", "first_time": True, "cognitive_disorder": False}
    facts |= {"life_threatening_illness": False, "serious_psychiatric_diagnosis": False}
    enrolment = services.enrol(adoption, person=ward.enrolment.person, key="H-1", facts=facts)
    ward.wall.time += clock.SECOND
    source = Source(by="assessor")
    return lambda: services.record_one(enrolment, "consented", {"own_goal": "cykla"}, source=source)


def broken_is_mended(ward: Ward) -> Work:
    ward.tick("2026-03-02 09:20")
    Enrolment.objects.filter(pk=ward.enrolment.pk).update(broken_reason="ValueError")
    Deadline.objects.all().delete()
    return lambda: services.mend(ward.enrolment)


SCENES = [
    dose_in_time,
    dose_told_of_late,
    week_told_of_at_once,
    alarm_waived,
    deadline_passes,
    somebody_enrols,
    lot_is_drawn,
    broken_is_mended,
]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("scene", SCENES)
def test_a_plug_pulled_at_any_write_leaves_everything_as_it_was(
    ward: Ward, scene: Callable[[Ward], Work], after: bool
) -> None:
    work = scene(ward)
    before = rows()
    place = 1
    while place < MOST:
        plug = Plug(place, after=after)
        try:
            with connection.execute_wrapper(plug):
                work()
        except OperationalError:
            assert rows() == before, f"write {place} of {scene.__name__} left something behind"
            place += 1
        else:
            break
    assert place >= 3, "the scene writes nothing, so nothing was tested"
    assert rows() != before
    assert list(proving.differences(Enrolment.objects.with_protocol())) == []


@pytest.mark.parametrize("scene", SCENES)
def test_a_commit_that_fails_leaves_everything_as_it_was(
    ward: Ward, scene: Callable[[Ward], Work], monkeypatch: pytest.MonkeyPatch
) -> None:
    work = scene(ward)
    before = rows()

    def fail() -> None:
        raise OperationalError("pulled the plug")

    with monkeypatch.context() as patched, pytest.raises(OperationalError):
        patched.setattr(connection, "_commit", fail)
        work()
    assert not transaction.get_connection().in_atomic_block
    assert rows() == before


def test_verify_finds_what_was_tampered_with(ward: Ward, capsys: pytest.CaptureFixture[str]) -> None:
    ward.tick("2026-03-02 09:20")
    assert list(proving.differences(Enrolment.objects.with_protocol())) == []
    changes: list[Work] = [
        lambda: Enrolment.objects.update(state=Enrolment.objects.get().state + " "),
        lambda: Enrolment.objects.update(state="{}"),
        lambda: Enrolment.objects.update(stage="paused"),
        lambda: ward.enrolment.outcome_facts.update(status="met"),
        lambda: ward.enrolment.dues.all().delete(),
        lambda: ward.enrolment.alarms.update(closed_at=1),
        lambda: ward.enrolment.events.filter(kind="installed").update(held="unexplained"),
    ]
    for change in changes:
        with pytest.raises(InterruptedError), transaction.atomic():
            change()
            assert list(proving.differences(Enrolment.objects.with_protocol())), change
            raise InterruptedError
    assert verify._found() == (1, [])


def test_a_database_that_is_away_sets_nobody_aside(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    ward.wall.set("2026-03-02 09:16")

    def away(*_: object) -> None:
        raise OperationalError("database is locked")

    with monkeypatch.context() as patched:
        patched.setattr(worker, "_tick_together", away)
        patched.setattr(worker, "_tick_one", away)
        with pytest.raises(OperationalError):
            worker.tick(clock.now())
    assert not Enrolment.objects.exclude(broken_reason="").exists()
    ward.tick("2026-03-02 09:16")
    assert ward.enrolment.alarms.count() == 1


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="a full disk can be had on SQLite by asking for it")
def test_a_full_disk_loses_nothing_that_was_answered(ward: Ward) -> None:
    def pages(text: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute(text)
            return int(cursor.fetchone()[0])

    with connection.cursor() as cursor:
        cursor.execute("VACUUM")  # what earlier tests left free would be room
    pages(f"PRAGMA max_page_count = {pages('PRAGMA page_count')}")
    taken = []
    with pytest.raises(OperationalError, match="full"):
        for number in range(400):
            ward.wall.time += clock.SECOND
            event = IncomingEvent(f"e-{number}", "U-1", "heartbeat", clock.now(), {})
            taken += services.record(ward.adoption, [event], source=Source(by="device"))
    with pytest.raises(OperationalError, match="full"):
        for number in range(400):
            ward.tick(f"2026-03-{3 + number // 24:02d} {number % 24:02d}:00")
    assert not Enrolment.objects.exclude(broken_reason="").exists()
    pages("PRAGMA max_page_count = 1073741823")
    ward.tick("2026-03-20 10:00")
    kept = set(ward.enrolment.events.filter(kind="heartbeat").values_list("key", flat=True))
    assert kept == {answer.id for answer in taken}
    assert list(proving.differences(Enrolment.objects.with_protocol())) == []


def test_a_device_is_told_to_send_again_when_the_database_is_away(ward: Ward, client: Client) -> None:
    _token, secret = services.issue_token(ward.adoption, label="Dosett")
    ward.tick("2026-03-02 08:20")
    event = {"id": "d-1", "enrolment": "U-1", "event": "dose_taken", "occurred_at": "2026-03-02T08:20:00+01:00"}

    def send() -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {secret}", "accept-language": "en"}
        answer = client.post("/api/v1/events", event, content_type="application/json", headers=headers)
        return answer.status_code, answer.json()

    with connection.execute_wrapper(Plug(1, after=True)):
        status, told = send()
    assert status == 503 and "again" in told["problems"][0]["instead"]
    assert send()[1]["accepted"] == 1
    assert send()[1]["duplicate"] == 1
