"""A person's page for staff: reporting, waiving, taking back, asked once, told in plain words."""

import pytest
from django.test import Client
from django.urls import reverse

from genklang.operate.models import Due, Event, OutcomeFact
from genklang.people.models import User
from tests.conftest import SignIn
from tests.web.operate_core.conftest import Ward


@pytest.fixture
def nurse(bo: User, sign_in: SignIn, ward: Ward) -> Client:
    """Bo, at work."""
    return sign_in(bo)


def page(client: Client, ward: Ward, name: str = "case", *rest: object, **query: str) -> str:
    return client.get(reverse(f"operate:{name}", args=[ward.enrolment.public_id, *rest]), query).content.decode()


def test_the_page_tells_stage_facts_and_what_comes(nurse: Client, ward: Ward) -> None:
    seen = page(nurse, ward)
    assert "Has a dispenser" in seen
    assert "08:00 and 20:00" in seen
    assert "Today 08:00" in seen
    assert "Dispenser in place" in seen


def test_what_is_simple_is_one_button(nurse: Client, ward: Ward) -> None:
    path = reverse("operate:report", args=[ward.enrolment.public_id, "refilled"])
    assert f'action="{path}"' in page(nurse, ward)
    nurse.post(path, {"_key": "one"})
    nurse.post(path, {"_key": "one"})
    assert Event.objects.filter(kind="refilled").count() == 1


def test_what_ends_participation_asks_first(nurse: Client, ward: Ward) -> None:
    path = reverse("operate:report", args=[ward.enrolment.public_id, "ended"])
    assert "This ends the participation" in nurse.get(path).content.decode()
    assert nurse.post(path, {"_key": "one", "reason": ""}).status_code == 422
    assert nurse.post(path, {"_key": "one", "reason": "moved"}).status_code == 302
    ward.enrolment.refresh_from_db()
    assert ward.enrolment.stage == "ended"


def test_what_is_known_is_confirmed(nurse: Client, ward: Ward) -> None:
    seen = page(nurse, ward, "report", "assessed_together")
    assert "We know this already" in seen
    assert 'value="08:00, 20:00"' in seen


def test_a_changed_answer_replans(nurse: Client, ward: Ward) -> None:
    path = reverse("operate:report", args=[ward.enrolment.public_id, "assessed_together"])
    answers = {"_key": "one", "can_operate": "true", "physician_agrees": "true", "dose_times": "9"}
    assert nurse.post(path, answers).status_code == 302
    assert "Today 09:00" in page(nurse, ward)


def test_it_happened_earlier(nurse: Client, ward: Ward) -> None:
    ward.tick("2026-03-02 10:00")
    path = reverse("operate:report", args=[ward.enrolment.public_id, "dose_taken"])
    nurse.post(path, {"_key": "one", "_occurred_at": "2026-03-02T08:20"})
    assert OutcomeFact.objects.get(expectation="dose", current=True).status == "met"


def test_an_event_of_another_stage_is_refused_in_words(nurse: Client, ward: Ward) -> None:
    path = reverse("operate:report", args=[ward.enrolment.public_id, "resumed"])
    answer = nurse.post(path, {"_key": "one"})
    assert answer.status_code == 422
    assert not Event.objects.filter(kind="resumed").exists()


def test_an_own_entry_is_taken_back(nurse: Client, ward: Ward) -> None:
    nurse.post(reverse("operate:report", args=[ward.enrolment.public_id, "paused"]), {"_key": "one"})
    event = Event.objects.get(kind="paused")
    assert "Take it back" in page(nurse, ward)
    nurse.post(reverse("operate:take-back", args=[ward.enrolment.public_id, event.pk]))
    ward.enrolment.refresh_from_db()
    assert ward.enrolment.stage == "active"
    assert "Taken back: it does not count." in page(nurse, ward)


def test_anothers_entry_is_not_mine_to_take_back(nurse: Client, ward: Ward) -> None:
    event = Event.objects.get(kind="installed")
    assert nurse.post(reverse("operate:take-back", args=[ward.enrolment.public_id, event.pk])).status_code == 404


def test_a_due_is_waived_with_a_reason(nurse: Client, ward: Ward) -> None:
    ward.tick("2026-03-02 08:05")
    due = Due.objects.get(expectation="dose")
    path = f"{reverse('operate:waive', args=[ward.enrolment.public_id])}?due={due.due}"
    assert nurse.post(path, {"why": ""}).status_code == 422
    assert nurse.post(path, {"why": "In hospital"}).status_code == 302
    ward.tick("2026-03-02 09:10")
    assert OutcomeFact.objects.get(expectation="dose", current=True).status == "waived"
    assert "In hospital" in page(nurse, ward)


def test_missed_and_late_are_told(nurse: Client, ward: Ward) -> None:
    ward.tick("2026-03-02 09:10")
    assert "Has not happened: the dose is taken" in page(nurse, ward)
    ward.report("dose_taken", "2026-03-02 09:12")
    seen = page(nurse, ward)
    assert "missed" not in seen
    assert "done late" in seen


def test_devices_can_be_left_out(nurse: Client, ward: Ward) -> None:
    ward.report("heartbeat", "2026-03-02 07:05")
    ward.tick("2026-03-02 07:10")
    assert "Sign of life" in page(nurse, ward)
    happened = page(nurse, ward, show="people").partition('id="happened"')[2]
    assert "Sign of life" not in happened


def test_an_unknown_event_is_404(nurse: Client, ward: Ward) -> None:
    assert nurse.get(reverse("operate:report", args=[ward.enrolment.public_id, "danced"])).status_code == 404
