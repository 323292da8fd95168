"""How the house behaves in a real browser: without script, by keyboard, in the dark, with an error."""

import pytest
from playwright.sync_api import expect
from pytest_django import Settings

from tests.browser.conftest import OpenAs, axe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_without_script_one_steps_in_switches_language_and_steps_out(open_as: OpenAs, settings: Settings) -> None:
    settings.GENKLANG_DEMO = True
    page = open_as(None, "/", width=320, scripts=False)
    page.get_by_text("Meny", exact=True).click()
    page.get_by_role("link", name="Om", exact=True).click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("About Genklang and your data")
    page.get_by_text("Menu", exact=True).click()
    page.get_by_role("link", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Step in as Alva").click()
    page.get_by_text("Menu", exact=True).click()
    expect(page.get_by_role("link", name="Alva Lindmo")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_text("Menu", exact=True).click()
    expect(page.get_by_role("link", name="Sign in", exact=True)).to_be_visible()


def test_the_keyboard_skips_to_the_content_first(open_as: OpenAs) -> None:
    page = open_as(None, "/about/", language="en")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_escape_closes_the_menu_and_gives_the_focus_back(open_as: OpenAs) -> None:
    page = open_as(None, "/", width=320, language="en")
    page.get_by_text("Menu", exact=True).click()
    page.keyboard.press("Escape")
    assert page.locator("details.menu[open]").count() == 0
    assert page.evaluate("document.activeElement.textContent") == "Menu"


def test_an_error_takes_the_focus_and_leads_to_its_field(open_as: OpenAs) -> None:
    page = open_as(None, "/accessibility/", language="en")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".error-summary")).to_be_focused()
    axe(page)
    page.get_by_role("link", name="Write what does not work").click()
    assert page.evaluate("document.activeElement.id") == "id_text"


def test_every_component_can_be_read_in_the_dark(open_as: OpenAs) -> None:
    page = open_as(None, "/components/")
    page.emulate_media(color_scheme="dark")
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    axe(page)


def test_every_control_can_be_hit_with_a_thumb(open_as: OpenAs) -> None:
    page = open_as(None, "/components/", width=320)
    small = page.evaluate(
        """[...document.querySelectorAll('button, a.button, summary, input, select, nav a, .foot a')]
        .filter((node) => node.offsetParent && node.type !== 'hidden' && node.getBoundingClientRect().height < 44)
        .map((node) => node.outerHTML)"""
    )
    assert small == []


def test_a_chart_is_drawn_for_the_width_of_the_page(open_as: OpenAs) -> None:
    page = open_as(None, "/components/")
    assert page.locator(".wide-chart svg:visible").count() == 4
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.locator(".narrow-chart svg:visible").count() == 4
    assert page.locator(".wide-chart svg:visible").count() == 0
