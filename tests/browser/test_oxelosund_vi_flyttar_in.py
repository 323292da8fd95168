"""Oxelösund's portraits as their people meet them: Doris who is to move, Bo who visits her, colleagues, neighbours."""

import base64
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from genklang.operate import services
from genklang.operate.models import Enrolment, Event
from genklang.people.models import Organisation, Person, User
from tests.browser.conftest import OpenAs, check_page
from tests.browser.running import adopted
from tests.browser.visiting import address, going, here, media_folder
from tests.web.operate_core.conftest import Wall, wall

__all__ = ["going", "media_folder", "wall"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@pytest.fixture
def move(lindmala: Organisation, bo: User, doris: Person, going: Wall) -> Enrolment:
    """Doris is to move to the home; Bo visits her, and is her contact there."""
    roles = {"mover": bo, "contact": bo}
    adoption = adopted("oxelosund-vi-flyttar-in", lindmala, name="Vi flyttar in", staff=roles)
    return services.enrol(adoption, person=doris, key="O-1")


def both_widths(page: Page) -> None:
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        check_page(page)


def tell(page: Page, words: str, about: str, picture: Path | None = None) -> None:
    page.get_by_role("link", name="Lägg till i porträttet").first.click()
    page.get_by_label("Berätta").fill(words)
    page.get_by_label(about).check()
    if picture:
        page.set_input_files("input[type=file]", picture)
    page.get_by_role("button", name="Spara").click()


def allow(page: Page, how: str, part: str) -> None:
    page.locator(".audiences .card", has_text=part).get_by_role("link", name=how).click()
    page.get_by_role("button", name="Spara").click()


def invite(page: Page, what: str, whom: str, parts: list[str]) -> str:
    page.get_by_role("link", name=what).first.click()
    page.get_by_label("Vem?").fill(whom)
    for part in parts:
        page.get_by_label(part).check()
    page.get_by_role("button", name="Spara").click()
    return here(address(page))


def test_a_portrait_is_shown_to_each_as_the_person_allows(
    move: Enrolment, doris: Person, bo: User, open_as: OpenAs, tmp_path: Path
) -> None:
    picture = tmp_path / "cycle.png"
    picture.write_bytes(base64.b64decode(DOT))
    case = reverse("operate:case", args=[move.public_id])
    page = open_as(bo, case)
    page.get_by_role("link", name="Bestäm när flytten är").first.click()
    page.get_by_label("När är flytten?").fill("2026-02-20T10:00")
    page.get_by_role("button", name="Spara").click()
    page.get_by_role("link", name="Var hemma hos personen").first.click()
    page.get_by_label("En eftermiddag").check()
    page.get_by_role("button", name="Spara").click()
    tell(page, "Doris cyklade till havet varje morgon.", "Det här tycker jag om", picture)

    own = open_as(doris, "/me/", width=320)
    own.get_by_role("link", name="Lägg till i porträttet").first.click()
    both_widths(own)
    own.goto(own.url.partition("/me/")[0] + "/me/")
    tell(own, "Min syster och jag talas inte vid.", "Min familj och mina vänner")
    allow(own, "Visa för personalen", "Doris cyklade")
    allow(own, "Visa för grannarna", "Doris cyklade")
    allow(own, "Visa för personalen", "Min syster")
    expect(own.locator(".audiences .card", has_text="Min syster")).to_contain_text("Granne: får inte se det")
    both_widths(own)

    both = ["Doris cyklade", "Min syster"]
    staff = open_as(None, invite(page, "Visa porträttet för en kollega", "Nattpersonalen", both))
    staff.get_by_role("button", name="Öppna").click()
    expect(staff.locator("main")).to_contain_text("Min syster")
    expect(staff.locator("main img")).to_have_js_property("naturalWidth", 1)
    both_widths(staff)

    page.goto(page.url.partition("/links/")[0] + case)
    neighbour = open_as(None, invite(page, "Visa porträttet för en granne", "Elsa, rum 4", both), width=320)
    neighbour.get_by_role("button", name="Öppna").click()
    expect(neighbour.locator("main")).to_contain_text("havet")
    expect(neighbour.locator("main")).not_to_contain_text("Min syster")
    neighbour.get_by_label("Din hälsning").fill("Jag har två cyklar!")
    neighbour.get_by_role("button", name="Skicka").click()
    expect(neighbour.locator("main")).to_contain_text("Tack. Det är sparat.")
    both_widths(neighbour)
    assert {event.kind for event in Event.objects.filter(link__isnull=False)} == {"known", "met_portrait", "welcomed"}

    own.goto(own.url.partition("/me/")[0] + "/me/")
    allow(own, "Ta bort ur porträttet", "Doris cyklade")
    neighbour.reload()
    expect(neighbour.locator("main")).not_to_contain_text("havet")
    expect(neighbour.locator("main img")).to_have_count(0)

    page.goto(page.url.partition("/links/")[0] + case)
    expect(page.locator("main")).to_contain_text("Jag har två cyklar!")
    page.get_by_role("button", name="Flyttade in").click()
    page.get_by_role("link", name="Var med på något").first.click()
    page.get_by_label("Vad?").fill("Cykelverkstaden")
    for choice in page.get_by_label("Ja").all():
        choice.check()
    page.get_by_role("button", name="Spara").click()
    lead = open_as(bo, reverse("operate:adoption", args=[move.adoption.public_id]))
    expect(lead.locator("main")).to_contain_text("Kända före första dagen")
