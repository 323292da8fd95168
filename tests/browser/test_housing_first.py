"""Housing first as its people meet it: Doris waits and chooses, Bo signs and answers, the landlord writes by a link."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from genklang.operate import services
from genklang.operate.models import Adoption, Enrolment
from genklang.people.models import Organisation, Person, User
from tests.browser.conftest import OpenAs
from tests.browser.running import adopted, both_widths, pass_time, told
from tests.web.operate_core.conftest import Wall, wall

__all__ = ["wall"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NO_HOME = {"homeless": True, "wants_home": True}
LEASE = {"landlord": "Lindmåla Hem", "own_name": True}


@pytest.fixture
def homes(lindmala: Organisation, bo: User, alva: User, wall: Wall) -> Adoption:
    """Lindmåla has a flat; Bo supports, Alva coordinates."""
    wall.set("2026-03-02 09:00")
    return adopted("housing-first", lindmala, name="Bostad först", staff={"support_worker": bo, "coordinator": alva})


@pytest.fixture
def waiting(homes: Adoption, doris: Person) -> Enrolment:
    """Doris, whom a flat is there for."""
    return services.enrol(homes, person=doris, key="H-1", facts=NO_HOME)


def case_of(enrolment: Enrolment) -> str:
    return reverse("operate:case", args=[enrolment.public_id])


def choose(page: Page, question: str, answer: str) -> None:
    page.get_by_role("group", name=question).get_by_label(answer, exact=True).check()


def save(page: Page) -> None:
    page.get_by_role("button", name="Spara").click()


def sign(page: Page) -> None:
    """Signs the lease; the page that follows has the landlord's address."""
    page.get_by_role("link", name="Skriv kontrakt").first.click()
    page.get_by_label("Vem är hyresvärd?").fill("Lindmåla Hem")
    choose(page, "Står kontraktet i personens eget namn?", "Ja")
    save(page)


def test_doris_says_how_she_is_has_a_lease_and_chooses_her_support(
    waiting: Enrolment, doris: Person, alva: User, wall: Wall, open_as: OpenAs
) -> None:
    mine = open_as(doris, "/me/", width=320)
    expect(mine.locator("main")).to_contain_text("Har blivit erbjuden ett hem")
    mine.get_by_role("link", name="Säg hur du har det nu").first.click()
    mine.get_by_label("Hur mår du").fill("3")
    mine.get_by_label("Hur trygg är du").fill("2")
    save(mine)
    wall.set("2026-03-10 09:00")
    sign(open_as(alva, case_of(waiting)))
    wall.set("2026-03-11 18:00")
    mine.goto(mine.url.split("/me/")[0] + "/me/")
    mine.get_by_role("link", name="Välj ditt stöd").first.click()
    choose(mine, "Vad vill du ha hjälp med?", "Sällskap")
    choose(mine, "Hur ofta ska vi ses?", "Varje vecka")
    both_widths(mine)
    save(mine)
    expect(mine.locator("main")).to_contain_text("Har eget hem")
    expect(mine.locator("main")).to_contain_text("Sällskap")


def test_a_landlord_who_worries_is_answered_and_what_nobody_answers_is_an_alarm(
    waiting: Enrolment, bo: User, alva: User, wall: Wall, open_as: OpenAs
) -> None:
    wall.set("2026-03-10 09:00")
    lead = open_as(alva, case_of(waiting))
    sign(lead)
    lead.get_by_role("button", name="Visa adressen").click()
    address = lead.get_by_label("Adressen").input_value()
    guest = open_as(None, address[address.index("/g/") :], width=320)
    wall.set("2026-03-12 20:00")
    guest.get_by_role("button", name="Öppna").or_(guest.get_by_label("Vad har hänt?")).first.wait_for()
    if guest.get_by_role("button", name="Öppna").count():
        guest.get_by_role("button", name="Öppna").click()
    guest.get_by_label("Vad har hänt?").fill("Hög musik på natten")
    guest.get_by_role("button", name=re.compile("Skicka|Spara|Säg")).first.click()
    both_widths(guest)

    pass_time(wall, "2026-03-13 20:01")
    staff = open_as(bo, "/work/")
    expect(staff.locator(".alarm-card", has_text="Doris")).to_contain_text("yresvärden får svar")
    staff.goto(staff.url.split("/work/")[0] + case_of(waiting))
    staff.get_by_role("link", name="Svara hyresvärden").first.click()
    staff.get_by_label("Vad gör vi?").fill("Vi kommer förbi i kväll")
    save(staff)
    expect(staff.locator(".alarm-card")).to_have_count(0)
    guest.reload()
    expect(guest.locator("main")).to_contain_text("Vi kommer förbi i kväll")


def test_a_lost_home_does_not_end_the_support_and_a_year_later_she_is_asked(
    waiting: Enrolment, homes: Adoption, doris: Person, bo: User, alva: User, wall: Wall, open_as: OpenAs
) -> None:
    told(
        wall,
        waiting,
        ("2026-03-03 09:00", "rated_start", {"wellbeing": 3, "safe": 2}),
        ("2026-03-10 09:00", "lease_signed", LEASE),
    )
    wall.set("2026-05-20 09:00")
    staff = open_as(bo, case_of(waiting))
    staff.get_by_role("link", name="Hemmet gick förlorat").click()
    save(staff)
    expect(staff.locator(".path [aria-current=step]")).to_have_text("Har blivit erbjuden ett hem")  # a flat is free
    pass_time(wall, "2026-08-19 10:00")
    lead = open_as(alva, "/work/")
    expect(lead.locator("main")).to_contain_text("tt eget hem")
    told(wall, waiting, ("2026-08-20 09:00", "lease_signed", LEASE))
    pass_time(wall, "2027-03-03 10:00")
    mine = open_as(doris, "/me/", width=320)
    mine.get_by_role("link", name="Säg hur du har det efter ett år").first.click()
    mine.get_by_label("Hur mår du").fill("6")
    mine.get_by_label("Hur trygg är du").fill("8")
    save(mine)
    staff.goto(staff.url.split("/cases/")[0] + case_of(waiting))
    staff.get_by_role("link", name="Bor personen i ett eget hem efter ett år?").first.click()
    choose(staff, "Har personen eget hem?", "Ja")
    save(staff)
    lead.goto(lead.url.split("/work/")[0] + reverse("operate:adoption", args=[homes.public_id]))
    expect(lead.locator("main")).to_contain_text("Eget hem efter ett år")
    both_widths(lead)
