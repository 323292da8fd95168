"""Recording events: answered one by one, never twice, and with all that follows from them."""

import random

import pytest

from genklang.operate import clock, services
from genklang.operate.incoming import IncomingEvent, Source
from genklang.operate.models import Alarm, Due, Event, OutcomeFact
from genklang.operate.problems import Refused
from genklang.people.models import User
from tests.web.operate_core.conftest import DEVICE, Ward, at

pytestmark = pytest.mark.django_db


def standing(ward: Ward, expectation: str = "dose") -> list[tuple[str, str]]:
    """The outcomes that stand, with their slots."""
    rows = OutcomeFact.objects.filter(enrolment=ward.enrolment, expectation=expectation, current=True)
    return list(rows.order_by("target_at").values_list("occurrence", "status"))


def test_a_dose_in_time_is_met(ward: Ward) -> None:
    ward.tick("2026-03-02 08:00:01")
    assert Due.objects.filter(expectation="dose").get().missed is False
    assert ward.report("dose_taken", "2026-03-02 08:00:01").status == "accepted"
    assert standing(ward) == [("2026-03-02T08:00", "met")]
    assert not Due.objects.filter(expectation="dose").exists()


def test_a_missed_dose_raises_an_alarm_that_escalates_and_closes_when_met_late(ward: Ward) -> None:
    ward.tick("2026-03-02 09:00:01")
    alarm = Alarm.objects.get()
    assert (alarm.role, alarm.level, alarm.closed_at) == ("nurse", 0, None)
    ward.tick("2026-03-02 09:15:01")
    alarm.refresh_from_db()
    assert (alarm.role, alarm.level, alarm.told) == ("nurse_on_call", 1, "|nurse|nurse_on_call|")
    assert ward.report("dose_taken", "2026-03-02 08:30").status == "accepted"
    alarm.refresh_from_db()
    assert (alarm.reason, alarm.closed_at is None) == ("met", False)
    assert standing(ward) == [("2026-03-02T08:00", "met")]
    revisions = OutcomeFact.objects.filter(expectation="dose").order_by("revision").values_list("status", "current")
    assert list(revisions) == [("missed", False), ("met", True)]


def test_the_same_event_twice_is_a_duplicate(ward: Ward) -> None:
    ward.tick("2026-03-02 08:10")
    first = ward.report("dose_taken", "2026-03-02 08:05", id="giver-1")
    again = ward.report("dose_taken", "2026-03-02 08:05", id="giver-1")
    other = ward.report("dose_taken", "2026-03-02 08:06", id="giver-1")
    assert (first.status, again.status, other.status) == ("accepted", "duplicate", "refused")
    assert Event.objects.filter(kind="dose_taken").count() == 1


@pytest.mark.parametrize(
    ("kind", "when", "by", "status"),
    [
        ("dose_taken", "2026-03-02 07:06", "device", "refused"),  # more than five minutes ahead
        ("dose_taken", "2026-03-02 07:04", "device", "accepted"),
        ("dose_taken", "2026-03-02 06:59", "device", "refused"),  # before the enrolment
        ("dose_eaten", "2026-03-02 07:00", "device", "refused"),
        ("refilled", "2026-03-02 07:00", "device", "refused"),  # not a device's to say
        ("resumed", "2026-03-02 07:00", "nurse", "refused"),  # the stage forbids it
        ("voided", "2026-03-02 07:00", "device", "refused"),  # the house's own kind
        ("enrolled", "2026-03-02 07:00", "system", "refused"),
    ],
)
def test_what_is_let_in(ward: Ward, kind: str, when: str, by: str, status: str) -> None:
    answer = ward.report(kind, when, by=by)
    assert answer.status == status
    assert bool(answer.problems) is (status == "refused")
    assert Event.objects.filter(kind=kind, key=f"{kind}@{when}").exists() is (status != "refused")


def test_an_alarm_is_acknowledged_and_resolved_by_a_person(ward: Ward, bo: User) -> None:
    ward.tick("2026-03-02 09:00:01")
    alarm = Alarm.objects.get()
    services.acknowledge(alarm, user=bo, role="nurse")
    ward.tick("2026-03-02 09:30")
    alarm.refresh_from_db()
    assert (alarm.level, alarm.acknowledged_by, alarm.closed_at) == (0, bo, None)
    services.resolve(alarm, user=bo, role="nurse", how="Ringde")
    alarm.refresh_from_db()
    assert (alarm.reason, alarm.closed_at) == ("resolved", clock.now())
    with pytest.raises(Refused):
        services.resolve(alarm, user=bo, role="nurse", how="igen")
    assert standing(ward) == [("2026-03-02T08:00", "missed")]


def test_an_event_that_did_not_happen_is_void_and_stays_in_the_log(ward: Ward, bo: User) -> None:
    ward.tick("2026-03-02 08:05")
    ward.report("dose_taken", "2026-03-02 08:05", by="nurse")
    ward.tick("2026-03-02 09:30")
    services.void(Event.objects.get(kind="dose_taken"), user=bo, role="nurse")
    assert standing(ward) == [("2026-03-02T08:00", "missed")]
    assert Alarm.objects.get(closed_at=None).told == "|nurse|nurse_on_call|"
    assert Event.objects.filter(kind__in=["dose_taken", "voided"]).count() == 2


def test_a_batch_of_late_events_comes_out_right(ward: Ward) -> None:
    ward.tick("2026-03-05 12:00")
    late = [
        IncomingEvent(f"late-{day}-{hour}", "U-1", "dose_taken", at(f"2026-03-0{day} {hour}:10"))
        for day in (4, 2, 3)
        for hour in ("20", "08")
    ]
    answers = services.record(ward.adoption, late, source=DEVICE)
    assert {answer.status for answer in answers} == {"accepted"}
    assert [status for _, status in standing(ward)] == ["met"] * 6 + ["missed"]
    assert Alarm.objects.filter(closed_at=None).count() == 1


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("size", [1, 5, 100])
def test_any_order_and_any_batches_end_the_same(ward: Ward, seed: int, size: int) -> None:
    ward.tick("2026-03-06 12:00")
    chance = random.Random(seed)
    events = [
        IncomingEvent(f"{kind}-{day}-{hour}", "U-1", kind, at(f"2026-03-0{day} {hour}"), sequence=sequence)
        for day in range(2, 6)
        for sequence, (kind, hour) in enumerate(
            [
                ("dose_taken", "08:10"),
                ("paused", "12:00"),
                ("dose_taken", "13:00"),  # held: nothing is expected during a pause
                ("resumed", "15:00"),
                ("dose_taken", "21:30"),
            ]
        )
    ]
    chance.shuffle(events)
    for start in range(0, len(events), size):
        patient = Source(by="device")
        batch = [event for event in events[start : start + size] if event.kind == "dose_taken"]
        services.record(ward.adoption, batch, source=patient)
        moves = [event for event in events[start : start + size] if event.kind != "dose_taken"]
        services.record(ward.adoption, moves, source=Waiting(by="nurse"))
    expected = [(f"2026-03-0{day}T{hour}", status) for day in range(2, 6) for hour, status in DAY]
    assert standing(ward) == [*expected, ("2026-03-06T08:00", "missed")]
    assert Event.objects.filter(held=None).count() == 2 + 4 * 4
    assert Alarm.objects.filter(closed_at=None).count() == 1


DAY = [("08:00", "met"), ("20:00", "met_late")]


class Waiting(Source):
    """A nurse whose notes come in any order."""

    may_wait = True
