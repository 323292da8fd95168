"""Companions without a limit: Doris books and logs, Fia comes along, Bo coordinates, Alva counts."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from genklang.operate import services
from genklang.operate.models import Adoption, Enrolment
from genklang.people.models import Organisation, Person, User
from tests.browser.conftest import OpenAs
from tests.browser.running import adopted, both_widths, pass_time, told
from tests.web.operate_core.conftest import Wall, wall
from tests.web.operate_pages.conftest import fia

__all__ = ["fia", "wall"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def service(lindmala: Organisation, bo: User, fia: User, wall: Wall) -> Adoption:
    """Lindmåla's companions: Fia is one, Bo coordinates."""
    wall.set("2025-01-02 08:00")
    return adopted("laholm-ledsagarservice", lindmala, name="Ledsagning", staff={"coordinator": bo, "companion": fia})


@pytest.fixture
def company(service: Adoption, doris: Person) -> Enrolment:
    """Doris has companions."""
    return services.enrol(service, person=doris, key="L-1")


def case_of(enrolment: Enrolment) -> str:
    return reverse("operate:case", args=[enrolment.public_id])


def save(page: Page) -> None:
    page.get_by_role("button", name="Spara").click()


def booked(page: Page, start: str, purpose: str) -> None:
    page.get_by_role("link", name="Boka ledsagare").first.click()
    page.get_by_label("När?").fill(start)
    page.get_by_label("Vart vill du?").fill(purpose)
    save(page)


def test_doris_books_fia_comes_along_and_doris_logs_her_hours_with_nobody_to_ask(
    company: Enrolment, doris: Person, fia: User, wall: Wall, open_as: OpenAs
) -> None:
    mine = open_as(doris, "/me/", width=320)
    booked(mine, "2025-01-04T14:00", "badhuset")
    expect(mine.locator("main")).to_contain_text("badhuset")
    wall.set("2025-01-02 09:00")
    hers = open_as(fia, case_of(company))
    hers.get_by_role("link", name="Jag tar uppdraget").first.click()
    expect(hers.get_by_role("group", name="Vilken bokning?")).to_contain_text("badhuset")
    both_widths(hers)
    save(hers)
    wall.set("2025-01-04 18:00")
    mine.goto(mine.url.split("/me/")[0] + "/me/")
    expect(mine.locator("main")).not_to_contain_text("En ledsagare svarar")
    mine.get_by_role("link", name="Skriv upp timmar").click()
    expect(mine.locator("main")).to_contain_text("Ingen godkänner")
    mine.get_by_label("Hur länge?").fill("14")
    save(mine)
    expect(mine.locator("main")).to_contain_text("14 timmar")
    both_widths(mine)


def test_a_booking_that_nobody_takes_is_the_coordinators(
    company: Enrolment, doris: Person, bo: User, wall: Wall, open_as: OpenAs
) -> None:
    booked(open_as(doris, "/me/"), "2025-01-04T14:00", "en konsert")
    pass_time(wall, "2025-01-03 08:01")
    desk = open_as(bo, "/work/")
    expect(desk.locator("main")).to_contain_text("en konsert")
    desk.goto(desk.url.split("/work/")[0] + case_of(company))
    desk.get_by_role("link", name="Jag tar uppdraget").first.click()
    save(desk)
    desk.goto(desk.url.split("/cases/")[0] + "/work/")
    expect(desk.locator("main")).not_to_contain_text("en konsert")


def test_before_and_after_the_limit_hours_minutes_cost_and_how_satisfied(
    company: Enrolment, service: Adoption, doris: Person, bo: User, alva: User, wall: Wall, open_as: OpenAs
) -> None:
    told(wall, company, ("2025-02-03 10:00", "rated", {"satisfaction": 4}))
    for month in range(1, 17):
        year, number = 2025 + (month - 1) // 12, (month - 1) % 12 + 1
        free = month > 8
        if month == 9:
            wall.set("2025-09-01 08:00")
            desk = open_as(bo, case_of(company))
            desk.get_by_role("button", name="Timgränsen togs bort").click()
            expect(desk.locator(".path [aria-current=step]")).to_have_text("Utan timgräns")
        hours, minutes = (15 + month % 2, 50) if free else (12 + month % 2, 180)
        told(
            wall,
            company,
            (f"{year}-{number:02}-10 18:00", "hours_logged", {"hours": hours}),
            (f"{year}-{number:02}-20 12:00", "administration_reported", {"minutes": minutes}),
        )
        if month == 14:
            wall.set("2026-02-25 10:00")
            mine = open_as(doris, "/me/", width=320)
            mine.get_by_role("link", name="Säg vad du tycker").first.click()
            mine.get_by_label("Hur nöjd är du").fill("9")
            save(mine)
    pass_time(wall, "2026-05-02 09:00")
    lead = open_as(alva, reverse("operate:adoption", args=[service.public_id]))
    for said in ("Timmar per person och månad", "Administration per person och månad", "Nöjdhet"):
        expect(lead.locator("main")).to_contain_text(said)
    lead.goto(f"{lead.url}result/")
    expect(lead.locator("main")).to_contain_text("Vad händer med timmar, administration och kostnad")
    expect(lead.locator("main")).to_contain_text("Ledsagning")
    expect(lead.locator("svg").first).to_be_visible()
    both_widths(lead)
