"""Family by family: two kinds of participant, match by both sides' choice, goals, check-ins, self-rating, an end."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from genklang.operate import clock, services, worker
from genklang.people.models import Organisation, Person, User
from tests.browser.conftest import OpenAs, check_page
from tests.browser.running import adopted
from tests.web.operate_core.conftest import Wall
from tests.web.operate_market.conftest import Swap, families, gun, hans, wall

__all__ = ["families", "gun", "hans", "wall"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DAY = 24 * 60 * clock.MINUTE


def both_widths(page: Page) -> None:
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        check_page(page)


def save(page: Page, families: Swap) -> None:
    page.get_by_role("button", name="Spara").click()
    families.wall.time += clock.MINUTE


def test_a_family_says_how_everyday_life_is_before_it_looks_for_another(
    lindmala: Organisation, doris: Person, bo: User, wall: Wall, open_as: OpenAs
) -> None:
    adoption = adopted("family-by-family", lindmala, name="Familj till familj", staff={"coach": bo})
    enrolment = services.enrol(adoption, person=doris, key="F-1", role="seeking")
    seeking = open_as(doris, "/me/", width=320)
    seeking.get_by_role("link", name="Säg hur vardagen är").first.click()
    seeking.get_by_label("Vad vill ni kallas av den andra familjen?").fill("Familjen Berg")
    seeking.get_by_label("Hur väl fungerar vardagen hemma").fill("4")
    seeking.get_by_label("Hur mycket stöd har ni av andra").fill("3")
    check_page(seeking)
    seeking.get_by_role("button", name="Spara").click()
    expect(seeking.locator("main")).to_contain_text("Letar efter en familj")
    coach = open_as(bo, reverse("operate:case", args=[enrolment.public_id]))
    expect(coach.locator(".happened").first).to_contain_text("Vardagen vid starten")


def test_two_families_choose_each_other(families: Swap, doris: Person, gun: Person, bo: User, open_as: OpenAs) -> None:
    sharing = open_as(gun, "/me/")
    sharing.get_by_role("link", name="Berätta vad ni har gått igenom").click()
    expect(sharing.locator("main")).to_contain_text("För de andra heter du Familjen Dahl")
    sharing.get_by_label("Vilka är ni?").fill("Två vuxna och en tonåring")
    sharing.get_by_label("Vad har ni tagit er igenom?").fill("Skulder och en flytt")
    save(sharing, families)

    seeking = open_as(doris, "/me/", width=320)
    seeking.get_by_role("link", name="Se vad andra erbjuder och ber om (1)").click()
    expect(seeking.locator("main")).to_contain_text("Skulder och en flytt")
    expect(seeking.locator("main")).to_contain_text("Familjen Dahl")
    expect(seeking.locator("main")).not_to_contain_text("Gunhild")
    both_widths(seeking)
    seeking.get_by_role("link", name="Vi vill lära känna er").click()
    seeking.get_by_label("Vad vill ni säga till dem?").fill("Vi har det likadant")
    save(seeking, families)
    expect(seeking.locator("main")).to_contain_text("Letar efter en familj")

    sharing.goto(sharing.url)
    card = sharing.locator("article.told").filter(has_text="Vi har det likadant")
    expect(card).to_contain_text("Familjen Berg")
    both_widths(sharing)
    card.get_by_role("link", name="Ja, vi väljer er också").click()
    sharing.get_by_label("När och var ses ni först?").fill("Söndag vid sjön")
    save(sharing, families)
    expect(sharing.locator("main")).to_contain_text("Följs åt")

    seeking.goto(seeking.url)
    expect(seeking.locator("main")).to_contain_text("Söndag vid sjön")
    seeking.get_by_role("link", name="Skriv ett mål").click()
    seeking.get_by_label("Vad vill ni ha nått").fill("Lugna morgnar")
    save(seeking, families)

    coach = open_as(bo, reverse("operate:case", args=[families.enrolment("F-1").public_id]))
    expect(coach.locator("main")).to_contain_text("Lugna morgnar")
    expect(coach.locator("main")).to_contain_text("Avstämning var trettionde dag")
    coach.get_by_role("link", name="Avstämning").first.click()
    coach.get_by_label("Hur går det mot målet").fill("6")
    coach.get_by_label("Vad händer härnäst?").fill("Badhuset på lördag")
    save(coach, families)
    expect(coach.locator("main")).to_contain_text("Badhuset på lördag")


def test_a_check_in_that_is_missed_and_an_end_with_a_rating(
    families: Swap, doris: Person, bo: User, alva: User, open_as: OpenAs
) -> None:
    families.does("F-2", "shared", about="Vi är tre", been_through="Skulder", id="story")
    families.does("F-1", "chose", family="story", message="Hej")
    families.does("F-2", "chose_back", choice=families.latest("F-2", "choice_came"), message="På söndag")
    families.wall.time += 36 * DAY
    while worker.tick(clock.now()).enrolments:
        pass
    coach = open_as(bo, "/work/")
    expect(coach.locator("main")).to_contain_text("avstämning var trettionde dag")
    families.wall.time += 84 * DAY
    seeking = open_as(doris, "/me/", width=320)
    seeking.get_by_role("link", name="Säg hur vardagen är nu").first.click()
    seeking.get_by_label("Hur väl fungerar vardagen hemma").fill("7")
    seeking.get_by_label("Hur mycket stöd").fill("6")
    seeking.get_by_role("button", name="Spara").click()
    expect(seeking.locator("main")).to_contain_text("Klara")
    lead = open_as(alva, reverse("operate:adoption", args=[families.adoption.public_id]))
    expect(lead.locator("main")).to_contain_text("Vardagen i slutet, 1–10")
    check_page(lead)
