"""The bank in a real Chromium: filters work with and without JavaScript, by keyboard, and an answer can be sent on."""

import pytest
from playwright.sync_api import expect

from genklang.bank.models import Practice
from tests.browser.conftest import OpenAs
from tests.filling import fill_bank

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _bank(transactional_db: None) -> None:
    fill_bank()


def test_a_filter_narrows_the_list_at_once(open_as: OpenAs) -> None:
    every = Practice.objects.filter(shown=True).count()
    page = open_as(None, "/practices/")
    page.select_option("#id_design", "randomised")
    expect(page.locator("#found-title")).to_have_text("2 arbetssätt")
    assert "design=randomised" in page.url
    page.go_back()
    expect(page.locator("#found-title")).to_have_text(f"{every} arbetssätt")


def test_without_javascript_a_search_by_keyboard_finds_and_leads_to_the_page(open_as: OpenAs) -> None:
    page = open_as(None, "/practices/", scripts=False)
    page.focus("#id_q")
    page.keyboard.type("mamma glömmer sin medicin")
    page.keyboard.press("Enter")
    expect(page.locator("#found-title")).to_have_text("1 arbetssätt")
    page.click("#found h3 a")
    assert page.url.endswith("/practices/umea-medicingivare/")


def test_a_rehearsals_address_gives_the_same_answer_to_somebody_else(open_as: OpenAs) -> None:
    page = open_as(None, "/practices/usa-ekonomiskt-stod-efter-fangelse/rehearse/", scripts=False)
    page.fill("#id_enrolments", "200")
    page.click("main form[method=get] button")
    said = page.locator("main .lead").nth(1).inner_text()
    address = page.url.partition("//")[2].partition("/")[2]
    other = open_as(None, f"/{address}", scripts=False)
    assert "200 personer" in other.locator("main").inner_text()
    assert other.locator("main .lead").nth(1).inner_text() == said
