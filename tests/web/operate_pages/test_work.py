"""The worklist: alarms first, taken on, dealt with; tasks and dues after; unchanged alarms are not sent again."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from genklang.operate.models import Alarm, Event, Heartbeat
from genklang.people.models import User
from tests.conftest import SignIn
from tests.web.operate_core.conftest import Ward

WORK = "/work/"


@pytest.fixture
def nurse(bo: User, sign_in: SignIn, ward: Ward) -> Client:
    """Bo, at work."""
    return sign_in(bo)


def alive(ward: Ward) -> None:
    """The worker has just been heard from."""
    Heartbeat.objects.update_or_create(name="worker", defaults={"wall": ward.wall.time, "steady": 0, "boot": "test"})


def text(client: Client, path: str = WORK) -> str:
    return client.get(path).content.decode()


def test_all_is_well_says_so_and_when_it_was_checked(nurse: Client, ward: Ward) -> None:
    ward.tick("2026-03-02 07:30")
    alive(ward)
    page = text(nurse)
    assert "All is well: no alarms" in page
    assert "Checked at 07:30:00" in page


def test_a_missed_dose_stands_there_with_what_to_do(nurse: Client, ward: Ward) -> None:
    ward.tick("2026-03-02 09:03")
    page = text(nurse)
    assert "Doris" in page
    assert "for 3 minutes" in page
    assert "Phone the patient. If nobody answers – go there." in page


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Has not happened: the dose is taken · for 3 minutes"),
        ("sv", "Har inte hänt: dosen tas · sedan 3 minuter"),
    ],
)
def test_an_alarm_cannot_be_read_as_something_done_or_to_come(
    nurse: Client, ward: Ward, language: str, said: str
) -> None:
    ward.tick("2026-03-02 09:03")
    assert said in nurse.get(WORK, headers={"accept-language": language}).content.decode()
    path = reverse("operate:case", args=[ward.enrolment.public_id])
    assert said in nurse.get(path, headers={"accept-language": language}).content.decode()


def test_taking_it_on_shows_who_and_stops_escalation(nurse: Client, ward: Ward) -> None:
    ward.tick("2026-03-02 09:01")
    nurse.post(reverse("operate:acknowledge", args=[Alarm.objects.get().public_id]))
    assert "Taken on by Bo" in text(nurse)
    ward.tick("2026-03-02 09:30")
    assert Alarm.objects.get().level == 0


def test_an_unanswered_alarm_is_passed_on(nurse: Client, ward: Ward) -> None:
    ward.tick("2026-03-02 09:16")
    assert "Passed on to Nurse on call" in text(nurse)


def test_dealing_with_it_needs_a_few_words(nurse: Client, ward: Ward) -> None:
    ward.tick("2026-03-02 09:01")
    path = reverse("operate:resolve", args=[Alarm.objects.get().public_id])
    empty = nurse.post(path, {"why": " "})
    assert empty.status_code == 422
    assert "Nothing is written" in empty.content.decode()
    assert nurse.post(path, {"why": "Phoned, taken at 9."}).status_code == 302
    assert Alarm.objects.get().closed_at is not None
    assert Event.objects.get(kind="resolved").data["how"] == "Phoned, taken at 9."
    alive(ward)
    assert "All is well" in text(nurse)


def test_an_alarm_that_is_over_is_no_error(nurse: Client, ward: Ward) -> None:
    ward.tick("2026-03-02 09:01")
    alarm = Alarm.objects.get()
    ward.report("dose_taken", "2026-03-02 09:05")
    ward.tick("2026-03-02 09:06")
    answer = nurse.post(reverse("operate:acknowledge", args=[alarm.public_id]), follow=True)
    assert "over already" in answer.content.decode()


def test_unchanged_alarms_are_not_sent_again(nurse: Client, ward: Ward) -> None:
    ward.tick("2026-03-02 09:01")
    seen = re.search(r"alarms/\?seen=(\w+)", text(nurse))
    assert seen is not None
    again = nurse.get(f"/work/alarms/?seen={seen[1]}")
    assert again["HX-Reswap"] == "none"
    assert "Doris" not in again.content.decode()
    nurse.post(reverse("operate:acknowledge", args=[Alarm.objects.get().public_id]))
    changed = nurse.get(f"/work/alarms/?seen={seen[1]}")
    assert "HX-Reswap" not in changed
    assert "Taken on by Bo" in changed.content.decode()


def test_a_lead_without_a_role_is_not_told_to_ask_the_lead(ward: Ward, alva: User, fia: User, sign_in: SignIn) -> None:
    ward.tick("2026-03-02 09:01")
    lead = sign_in(alva)
    assert "can take one yourself" in text(lead)
    refused = lead.post(reverse("operate:acknowledge", args=[Alarm.objects.get().public_id]))
    assert refused.status_code == 403
    assert "Take one in the settings" in refused.content.decode()
    assert "the lead" not in refused.content.decode().partition("<main")[2].partition("</main")[0]
    assert "The lead of your organisation can give you one" in text(sign_in(fia))


def test_a_silent_worker_is_told(nurse: Client, ward: Ward) -> None:
    ward.tick("2026-03-02 07:30")
    alive(ward)
    ward.wall.set("2026-03-02 07:31")
    page = text(nurse)
    assert "Alarms may be late" in page
    assert "All is well" not in page
    Heartbeat.objects.all().delete()
    assert "Alarms may be late" in text(nurse)


def test_a_missed_refill_is_a_task_and_the_next_one_planned(nurse: Client, ward: Ward) -> None:
    ward.tick("2026-03-10 07:30")
    assert "The dispenser is refilled" in text(nurse)
    ward.tick("2026-03-18 12:00")
    assert "Time has passed" in text(nurse)


def test_the_list_is_narrowed_by_name(nurse: Client, ward: Ward) -> None:
    ward.tick("2026-03-02 09:01")
    assert "Doris" in text(nurse, f"{WORK}?name=dor")
    nobody = text(nurse, f"{WORK}?name=zzz")
    assert "Doris" not in nobody
    assert "Show everything" in nobody


@pytest.mark.parametrize("query", ["page=0", "page=x", "adoption=no-uuid", "show=odd", "name=%00", "page=99999"])
def test_odd_addresses_do_no_harm(nurse: Client, query: str) -> None:
    assert nurse.get(f"{WORK}?{query}").status_code == 200


def test_the_page_works_without_scripts(nurse: Client, ward: Ward) -> None:
    page = text(nurse)
    assert '<noscript><meta http-equiv="refresh" content="30"></noscript>' in page
    assert "http-equiv" not in text(nurse, f"{WORK}?still=1")


def test_an_alarm_that_nobody_named_has_taken_on_is_taken_on_all_the_same(nurse: Client, ward: Ward) -> None:
    ward.tick("2026-03-02 09:03")
    Alarm.objects.update(acknowledged_at=ward.wall.time)
    for path in (WORK, reverse("operate:case", args=[ward.enrolment.public_id])):
        page = text(nurse, path)
        assert "Taken on by somebody" in page and "I'll take it" not in page, path
