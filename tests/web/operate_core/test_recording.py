"""Recording events: answered one by one, never twice, and with all that follows from them."""

import pytest

from genklang.operate.models import Alarm, Due, Event, OutcomeFact
from tests.web.operate_core.conftest import Ward

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
