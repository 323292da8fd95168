"""Ronneby's programme as its people meet it: Doris on her telephone, Bo who leads it, Alva who answers for it."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from genklang.operate import services
from genklang.operate.models import Adoption, Enrolment
from genklang.people.models import Organisation, Person, User
from genklang.people.services import add_person
from tests.browser.conftest import OpenAs
from tests.browser.running import adopted, both_widths, pass_time, ticking, told
from tests.web.operate_core.conftest import Wall, wall

__all__ = ["ticking", "wall"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("ticking")]
FACTS = {"age": 19, "out_of_work": True}
CHANGES = ((4, 6), (3, 6), (5, 6), (4, 7), (2, 4), (6, 7))


@pytest.fixture
def programme(lindmala: Organisation, bo: User, wall: Wall) -> Adoption:
    """Lindmåla runs the programme; Bo leads it."""
    wall.set("2026-01-12 09:00")
    return adopted("ronneby-ungdomsprogram", lindmala, name="Ungdomsprogrammet", staff={"leader": bo})


@pytest.fixture
def enrolment(programme: Adoption, doris: Person) -> Enrolment:
    """Doris is about to begin."""
    return services.enrol(programme, person=doris, key="R-1", facts=FACTS)


def young(programme: Adoption, number: int) -> Person:
    return add_person(organisation=programme.organisation, display_name=f"Ung {number}")


def rate(page: Page, *, confidence: int, influence: int) -> None:
    page.get_by_label("Hur säker är du").fill(str(confidence))
    page.get_by_label("Hur mycket kan du påverka").fill(str(influence))


def test_doris_says_how_it_feels_before_and_bo_sees_that_she_can_begin(
    enrolment: Enrolment, doris: Person, bo: User, wall: Wall, open_as: OpenAs
) -> None:
    case = reverse("operate:case", args=[enrolment.public_id])
    staff = open_as(bo, case)
    staff.get_by_role("button", name="Började i programmet").click()
    expect(staff.locator(".error-summary")).to_contain_text('Gör det här först: "Säg hur det känns innan du börjar"')

    page = open_as(doris, "/me/", width=320)
    page.get_by_role("link", name="Så känns det innan du börjar").first.click()
    rate(page, confidence=4, influence=3)
    both_widths(page)
    page.get_by_role("button", name="Spara").click()
    expect(page.locator("main")).to_contain_text("Sagt hur det känns före")

    wall.set("2026-01-12 12:00")
    staff.get_by_role("link", name="Inte nu").click()
    expect(staff.locator(".path [aria-current=step]")).to_have_text("Ska börja")
    staff.get_by_role("button", name="Började i programmet").click()
    expect(staff.locator(".path [aria-current=step]")).to_have_text("I programmet")


def test_a_missed_session_becomes_bos_task_and_a_call_settles_it(
    enrolment: Enrolment, bo: User, wall: Wall, open_as: OpenAs
) -> None:
    told(
        wall,
        enrolment,
        ("2026-01-12 10:00", "rated_start", {"confidence": 4, "influence": 3}),
        ("2026-01-13 09:00", "started", {}),
    )
    pass_time(wall, "2026-01-20 09:10")
    page = open_as(bo, reverse("operate:case", args=[enrolment.public_id]))
    page.get_by_role("link", name="Veckans träff").click()
    page.get_by_label("Nej").check()
    page.get_by_label("Om inte, varför?").fill("Orkade inte gå upp")
    page.get_by_role("button", name="Spara").click()
    expect(page.locator("main")).to_contain_text("Någon hör av sig efter frånvaron")
    pass_time(wall, "2026-01-22 10:00")
    page.goto(page.url.partition("/case")[0].partition("/work")[0] + "/work/")
    expect(page.locator("main")).to_contain_text("Ring i dag.")
    both_widths(page)
    page.get_by_role("link", name="Doris").first.click()
    page.get_by_role("link", name="Vi hördes av").click()
    page.get_by_label("Vad kom ni överens om?").fill("Hon kommer på måndag")
    page.get_by_role("button", name="Spara").click()
    expect(page.locator(".alarm-card")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("Hon kommer på måndag")


def test_doris_notes_an_employer_and_says_how_things_are_after_three_and_twelve_months(
    enrolment: Enrolment, doris: Person, wall: Wall, open_as: OpenAs
) -> None:
    told(
        wall,
        enrolment,
        ("2026-01-12 10:00", "rated_start", {"confidence": 4, "influence": 3}),
        ("2026-01-13 09:00", "started", {}),
    )
    pass_time(wall, "2026-01-14 09:00")
    page = open_as(doris, "/me/", width=320, scripts=False)
    page.get_by_role("link", name="Träffade en företagare").first.click()
    page.get_by_label("Vem?").fill("Cykelverkstaden")
    page.get_by_label("Prövade arbetet").check()
    page.get_by_role("button", name="Spara").click()
    expect(page.locator("main")).to_contain_text("Cykelverkstaden")

    told(wall, enrolment, ("2026-04-06 12:00", "completed", {}))
    pass_time(wall, "2026-07-06 13:00")
    page.goto(page.url)
    expect(page.locator("main")).to_contain_text("Läget efter tre månader")
    page.get_by_role("link", name="Vad du gör efter tre månader").first.click()
    page.get_by_label("Studerar").check()
    page.get_by_role("button", name="Spara").click()
    expect(page.locator("main")).to_contain_text("Studerar")

    pass_time(wall, "2027-04-06 13:00")
    page.goto(page.url)
    page.get_by_role("link", name="Vad du gör efter tolv månader").first.click()
    page.get_by_label("Arbetar").check()
    page.get_by_role("button", name="Spara").click()
    expect(page.locator("main")).to_contain_text("Läget efter tolv månader")
    expect(page.locator("main")).to_contain_text("Arbetar")


def test_alva_sees_how_the_same_people_answered_before_and_after(
    programme: Adoption, alva: User, wall: Wall, open_as: OpenAs
) -> None:
    for number, (before, after) in enumerate(CHANGES):
        wall.set("2026-01-12 09:00")
        told(
            wall,
            services.enrol(programme, person=young(programme, number), key=f"R-{number}", facts=FACTS),
            ("2026-01-12 10:00", "rated_start", {"confidence": before, "influence": before}),
            ("2026-01-13 09:00", "started", {}),
            ("2026-01-20 09:00", "session", {"came": number != 0}),
            ("2026-04-06 12:00", "completed", {}),
            ("2026-04-07 12:00", "rated_end", {"confidence": after, "influence": after, "again": True}),
        )
    services.enrol(programme, person=young(programme, 99), key="R-99", facts=FACTS)
    pass_time(wall, "2026-05-02 09:00")
    page = open_as(alva, reverse("operate:result", args=[programme.public_id]))
    expect(page.locator(".sentences").first).to_contain_text("6 personer mättes både före och efter")
    expect(page.locator(".sentences").first).to_contain_text("gick från 4,00 till 6,00")
    expect(page.locator("main")).to_contain_text("Före och efter · Bättre")
    expect(page.locator("main")).to_contain_text("inte mätt alls: 1")
    both_widths(page)
    page.goto(page.url.replace("/result/", "/"))
    expect(page.locator("main")).to_contain_text("Närvaro")
    both_widths(page)
