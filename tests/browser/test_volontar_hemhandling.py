"""Shopping by volunteers: a request, somebody takes it, receipt and money; home within a day, or somebody is told."""

import base64
from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import FilePayload, Page, expect

from genklang.operate import books, clock, worker
from genklang.people.models import Person, User
from tests.browser.conftest import OpenAs, check_page
from tests.web.operate_market.conftest import Swap, gun, hans, shopping, wall

__all__ = ["gun", "hans", "shopping", "wall"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def both_widths(page: Page) -> None:
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        check_page(page)


def test_from_request_to_the_last_krona(
    shopping: Swap, doris: Person, gun: Person, hans: Person, bo: User, open_as: OpenAs
) -> None:
    helped = open_as(doris, "/me/", width=320)
    helped.get_by_role("link", name="Be om att någon handlar").click()
    helped.get_by_label("Vad ska handlas?").fill("Mjölk, bröd och sex ägg")
    helped.get_by_label("I vilket område bor du?").fill("Norr")
    helped.get_by_role("button", name="Spara").click()

    shopping.wall.time += clock.MINUTE
    volunteer = open_as(gun, "/me/")
    volunteer.get_by_role("link", name="Se vad andra erbjuder och ber om (1)").click()
    expect(volunteer.locator("main")).to_contain_text("Mjölk, bröd och sex ägg")
    both_widths(volunteer)
    volunteer.get_by_role("link", name="Jag handlar").click()
    volunteer.get_by_label("När kommer du?").fill("Kassen står vid dörren klockan fem")
    volunteer.get_by_role("button", name="Spara").click()
    shopping.wall.time += clock.MINUTE
    late = open_as(hans, reverse("operate:others", args=[shopping.enrolment("V-2").public_id]))
    expect(late.locator("main")).to_contain_text("Ingenting just nu")

    helped.goto(helped.url)
    expect(helped.locator("main")).to_contain_text("Kassen står vid dörren klockan fem")
    expect(helped.locator("main")).not_to_contain_text("Gunhild")
    volunteer.get_by_role("link", name="Varorna är lämnade").first.click()
    volunteer.get_by_label("Vad kostade det?").fill("187,50")
    volunteer.get_by_label("Butik och kvittonummer").fill("Torgbutiken 1742")
    receipt = FilePayload(name="kvitto.png", mimeType="image/png", buffer=base64.b64decode(DOT))
    volunteer.get_by_label("En bild av kvittot").set_input_files(receipt)
    volunteer.get_by_role("button", name="Spara").click()
    shopping.wall.time += clock.MINUTE
    expect(volunteer.locator(".account")).to_contain_text("187,50 kr")
    expect(volunteer.locator(".account")).to_contain_text("Så mycket ska du få")
    helped.goto(helped.url)
    expect(helped.locator(".account")).to_contain_text("−187,50 kr")
    expect(helped.locator("main")).to_contain_text("Torgbutiken 1742")
    expect(helped.locator("main")).not_to_contain_text("Varorna är hemma inom ett dygn")
    both_widths(helped)

    desk = open_as(bo, reverse("operate:case", args=[shopping.enrolment("V-1").public_id]))
    expect(desk.locator("main")).to_contain_text("Torgbutiken 1742")
    expect(desk.get_by_role("img", name="En bild av kvittot")).to_be_visible()
    desk.get_by_role("link", name="Volontären har fått pengarna").first.click()
    desk.get_by_role("button", name="Spara").click()
    shopping.wall.time += clock.MINUTE
    desk.goto(f"{desk.url.partition('/cases')[0]}{reverse('operate:case', args=[shopping.enrolment('P-1').public_id])}")
    desk.get_by_role("link", name="Personen har betalat").first.click()
    desk.get_by_role("button", name="Spara").click()
    ledger = reverse("operate:ledger", args=[shopping.adoption.public_id, "money"])
    desk.goto(f"{desk.url.partition('/cases')[0]}{ledger}")
    expect(desk.locator("tfoot")).to_contain_text("0 kr")
    both_widths(desk)
    assert books.account_balance(shopping.adoption, "money", "purse") == Decimal(0)


def test_what_nobody_brings_within_a_day_is_the_coordinators_to_do(
    shopping: Swap, bo: User, alva: User, open_as: OpenAs
) -> None:
    shopping.does("P-1", "requested", list="Mjölk", area="Norr")
    shopping.wall.time += 25 * 60 * clock.MINUTE
    while worker.tick(clock.now()).enrolments:
        pass
    page = open_as(bo, "/work/")
    expect(page.locator("main")).to_contain_text("arorna är hemma inom ett dygn")
    expect(page.locator("main")).to_contain_text("Ett dygn har gått utan varor")
    lead = open_as(alva, reverse("operate:adoption", args=[shopping.adoption.public_id]), width=320)
    expect(lead.locator("main")).to_contain_text("Varor hemma inom ett dygn")
    check_page(lead)
