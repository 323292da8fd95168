"""My page: own words first, what comes, what I can do; booking and its number; taking back; who looked."""

import pytest
from django.test import Client
from django.urls import reverse

from genklang.operate.models import Enrolment, Event
from genklang.people.models import Person, User
from tests.conftest import SignIn
from tests.web.operate_core.conftest import Ward


@pytest.fixture
def me(doris: Person, sign_in: SignIn, company: Enrolment) -> Client:
    """Doris, signed in."""
    return sign_in(doris)


def form(company: Enrolment, kind: str) -> str:
    return reverse("operate:my-form", args=[company.public_id, kind])


def seen(client: Client) -> str:
    return client.get("/me/").content.decode()


def test_several_practices_stand_on_one_page(me: Client, ward: Ward) -> None:
    page = seen(me)
    assert "Companions without an hour limit" in page
    assert "Medicine dispensers at home" in page
    assert "Hello, Doris" in page


def test_what_comes_next_is_told_across_practices_and_without_what_is_for_staff(me: Client, ward: Ward) -> None:
    page = seen(me)
    assert page.count("What comes next") == 1
    assert page.index("The dose is taken") < page.index("Satisfaction before") < page.index("Book a companion")
    assert "Administration is noted" not in page
    assert "The dispenser is heard from" not in page


def test_hours_are_logged_without_asking_anybody(me: Client, company: Enrolment) -> None:
    assert me.post(form(company, "hours_logged"), {"_key": "one", "hours": "2,5"}).status_code == 302
    event = Event.objects.get(kind="hours_logged")
    assert event.data == {"hours": 2.5}
    assert event.by == "person"
    assert "2.5 hours" in seen(me)


def test_a_wrong_answer_leads_to_its_field(me: Client, company: Enrolment) -> None:
    answer = me.post(form(company, "hours_logged"), {"_key": "one", "hours": "25"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#id_hours"' in page
    assert 'value="25"' in page


def test_a_booking_is_answered_by_its_words(me: Client, company: Enrolment, bo: User, sign_in: SignIn) -> None:
    me.post(form(company, "booked"), {"_key": "one", "start": "2026-03-04T10:00", "purpose": "the pool"})
    booking = Event.objects.get(kind="booked").key
    assert booking not in me.get("/me/").content.decode()
    report = reverse("operate:report", args=[company.public_id, "accepted"])
    asked = sign_in(bo).get(report).content.decode()
    assert "the pool" in asked
    assert sign_in(bo).post(report, {"_key": "two", "booking": booking}).status_code == 302
    assert Event.objects.get(kind="accepted").data == {"booking": booking}


def test_i_take_back_what_i_wrote_wrong(me: Client, company: Enrolment) -> None:
    me.post(form(company, "hours_logged"), {"_key": "one", "hours": "20"})
    event = Event.objects.get(kind="hours_logged")
    path = reverse("operate:my-take-back", args=[company.public_id, event.pk])
    assert "I wrote it wrong" in seen(me)
    me.post(path)
    assert "Taken back" in seen(me)
    assert Event.objects.filter(kind="voided").count() == 1


def test_what_staff_report_is_not_mine_to_report(me: Client, company: Enrolment) -> None:
    assert me.get(form(company, "administration_reported")).status_code == 403


def test_leaving_is_there_but_not_in_the_way(me: Client, company: Enrolment) -> None:
    assert "I do not want to take part" in seen(me)
    me.post(form(company, "ended"), {"_key": "one"})
    company.refresh_from_db()
    assert company.stage == "ended"


def test_who_looked_stands_there(me: Client, company: Enrolment, bo: User, sign_in: SignIn) -> None:
    sign_in(bo).get(reverse("operate:case", args=[company.public_id]))
    assert "Bo</strong> looked at the page" in seen(me)


def test_somebody_without_anything_is_told_so(sign_in: SignIn, elin: User) -> None:
    assert "Nothing here is about you" in seen(sign_in(elin))


def test_what_i_have_done_is_told_as_done(me: Client, company: Enrolment) -> None:
    me.post(form(company, "booked"), {"_key": "one", "start": "2026-03-04T10:00", "purpose": "the pool"})
    assert "<strong>Companion booked</strong>" in seen(me)
