"""Thirty of the same are one entry that opens: the oldest first, each with its own action; a few stay as rows."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from genklang.operate import clock, services
from genklang.operate.incoming import Source
from genklang.operate.models import Alarm, Enrolment, Task
from genklang.operate.pages.alike import FEWEST, entries
from genklang.people.models import AccessLog, User
from genklang.people.services import add_person
from tests.conftest import SignIn
from tests.web.operate_core.conftest import Ward


def test_many_of_a_kind_stand_where_the_first_of_them_stood_and_few_stay_where_they_are() -> None:
    words = ["one", "a", "two", "a", "b", "a", "b", "a", "a", "three"]
    found = [list(entry.rows) for entry in entries(words, key=lambda word: word[0] if len(word) == 1 else word)]
    assert found == [["one"], ["a"] * 5, ["two"], ["b"], ["b"], ["three"]]


@pytest.mark.parametrize(("number", "groups"), [(FEWEST - 1, 0), (FEWEST, 1)])
def test_from_five_on_it_is_a_group(number: int, groups: int) -> None:
    assert sum(entry.is_many for entry in entries(range(number), key=lambda _: "same")) == groups


def test_what_is_open_is_known_again() -> None:
    first, second = (entries(range(number), key=lambda _: "same")[0].id for number in (5, 9))
    assert first == second


def people(ward: Ward, number: int) -> list[Enrolment]:
    """So many others with a dispenser, each with a first dose a minute after the one before."""
    found = []
    for each in range(number):
        person = add_person(organisation=ward.adoption.organisation, display_name=f"Person {each:02}")
        facts = {"dose_times": [f"08:{each:02}"], "can_operate": True, "physician_agrees": True}
        row = services.enrol(ward.adoption, person=person, key=f"N-{each:02}", facts=facts)
        services.record_one(row, "installed", {}, source=Source(by="nurse"), id=f"installed-{each}")
        found.append(row)
    return found


def doses_missed(ward: Ward) -> None:
    """Two hours after the first of them; Doris took hers."""
    ward.tick("2026-03-02 08:05")
    assert ward.report("dose_taken", "2026-03-02 08:01").status == "accepted"
    for minute in ("09:10", "09:20", "09:29", "09:30", "11:00"):
        ward.tick(f"2026-03-02 {minute}")


def tasks(ward: Ward, rows: list[Enrolment]) -> None:
    """Each one's dispenser waits to be filled."""
    given = {"adoption": ward.adoption, "expectation": "refill", "role": "nurse"}
    at = clock.now() - 3 * 24 * 60 * clock.MINUTE
    Task.objects.bulk_create(
        [Task(enrolment=row, due=f"refill/N/{n}", opened_at=at + n, **given) for n, row in enumerate(rows)]
    )


@pytest.fixture
def nurse(bo: User, sign_in: SignIn, ward: Ward) -> Client:
    """Bo, at work."""
    return sign_in(bo)


def test_thirty_alarms_are_one_with_the_oldest_first_and_each_its_own_action(nurse: Client, ward: Ward) -> None:
    people(ward, 30)
    doses_missed(ward)
    page = nurse.get("/work/")
    [entry] = page.context["work"].alarm_entries
    assert [line.person for line in entry.rows] == [f"Person {n:02}" for n in range(30)]
    shown = page.content.decode().partition('id="alarms"')[2].partition("</section>")[0]
    assert "Show all 30, the oldest first" in shown
    assert "The oldest for 2 hours" in shown
    assert shown.count("/acknowledge/") == shown.count("/resolve/") == 30
    assert shown.count("<details") == 1


def test_what_somebody_has_taken_on_is_not_among_the_others(nurse: Client, ward: Ward) -> None:
    rows = people(ward, 6)
    doses_missed(ward)
    taken = Alarm.objects.get(enrolment=rows[0])
    assert nurse.post(f"/work/alarms/{taken.public_id}/acknowledge/").status_code == 302
    many, one = nurse.get("/work/").context["work"].alarm_entries
    assert (many.count, one.count, one.first.person) == (5, 1, "Person 00")


def test_tasks_of_many_are_one_and_their_names_are_looks(nurse: Client, ward: Ward, bo: User) -> None:
    rows = people(ward, 8)
    tasks(ward, rows)
    page = nurse.get("/work/")
    (_heading, [entry]), *_planned = page.context["work"].parts
    assert entry.count == 8
    listed = AccessLog.objects.filter(actor=bo, action="list", person__in=[row.person for row in rows])
    assert listed.count() == 8  # also of those that stand folded


def test_a_page_that_is_one_of_several_says_that_there_may_be_more(nurse: Client, ward: Ward) -> None:
    tasks(ward, people(ward, 31))
    page = nurse.get("/work/").content.decode()
    assert "Show all 30, the oldest first" in page
    assert "there may be more like it on other pages" in page


def test_a_group_asks_no_more_of_the_database_than_rows(nurse: Client, ward: Ward) -> None:
    asked = []
    for number in (3, 20):
        tasks(ward, people(ward, number)) if number == 3 else _more(ward)
        nurse.get("/work/")  # names that are new in the list are written once
        with CaptureQueriesContext(connection) as found:
            nurse.get("/work/")
        asked.append(len(found))
    assert asked[0] == asked[1]


def _more(ward: Ward) -> None:
    """Seventeen other tasks of those who have one already."""
    given = {"adoption": ward.adoption, "expectation": "refill", "role": "nurse", "opened_at": clock.now()}
    row = Enrolment.objects.get(key="N-00")
    Task.objects.bulk_create([Task(enrolment=row, due=f"refill/M/{n}", **given) for n in range(17)])
