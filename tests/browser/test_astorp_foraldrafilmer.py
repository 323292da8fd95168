"""Åstorp's films as their people meet them: Bo who teaches 1B, and two families, of whom one reads Arabic."""

from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from genklang.operate import clock, services
from genklang.operate.models import Enrolment, Event
from genklang.people.models import Organisation, User
from tests.browser.conftest import OpenAs, check_page
from tests.browser.running import adopted
from tests.browser.visiting import address, going, here, media_folder
from tests.web.operate_core.conftest import Wall, wall

__all__ = ["going", "media_folder", "wall"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FILM = Path(__file__).parent / "film.webm"
WORDS = "WEBVTT\n\n00:00.000 --> 00:02.000\nهذا هو صفنا\n"


@pytest.fixture
def form_1b(lindmala: Organisation, bo: User, going: Wall) -> Enrolment:
    """Class 1B; Bo teaches."""
    adoption = adopted("astorp-foraldrafilmer", lindmala, name="Filmer hem", staff={"teacher": bo})
    return services.enrol(adoption, title="1B", key="K-1")


def both_widths(page: Page) -> None:
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        check_page(page)


def add_film(page: Page, what: str) -> None:
    """Bo adds a film in which all have said yes."""
    page.get_by_role("link", name="Lägg till en film").first.click()
    page.get_by_label("Vad visar den?").fill(what)
    page.get_by_label("Så ser det ut här").check()
    page.set_input_files("input[type=file]", FILM)
    page.get_by_label("Nej").check()
    page.get_by_role("button", name="Spara").click()
    page.get_by_role("link", name="Alla som är med har sagt ja").first.click()
    page.get_by_role("button", name="Spara").click()


def send(page: Page, case: str, whom: str, language: str) -> str:
    """Bo gives a family its link; the address."""
    page.goto(case)
    page.get_by_role("link", name="Ge en familj länken").first.click()
    page.get_by_label("Till vem?").fill(whom)
    page.get_by_label(language).check()
    page.get_by_role("button", name="Spara").click()
    return here(address(page))


def test_a_film_of_the_classroom_reaches_two_families(
    form_1b: Enrolment, bo: User, open_as: OpenAs, tmp_path: Path
) -> None:
    page = open_as(bo, reverse("operate:case", args=[form_1b.public_id]))
    case = page.url
    add_film(page, "Vårt klassrum")
    words = tmp_path / "words.vtt"
    words.write_text(WORDS, encoding="utf-8")
    page.get_by_role("link", name="Lägg till text").first.click()
    page.get_by_label("Arabiska").check()
    page.set_input_files("input[type=file]", words)
    both_widths(page)
    page.get_by_role("button", name="Spara").click()

    home = open_as(None, send(page, case, "Familjen Ali", "Arabiska"), language="ar", width=320)
    home.get_by_role("button", name="فتح").click()
    expect(home.locator("html")).to_have_attribute("dir", "rtl")
    video = home.locator("video")
    video.evaluate("video => { video.muted = true; video.play(); }")
    expect(video).to_have_js_property("ended", True, timeout=9000)
    assert video.evaluate("video => video.textTracks[0].cues[0].text") == "هذا هو صفنا"
    home.get_by_label("ماذا تريد أن تعرف أكثر؟").fill("ما هو المنهج؟")
    home.locator("section", has_text="اسأل أو اطلب فيلماً").get_by_role("button").click()
    home.get_by_label("نعم").check()
    home.locator("section", has_text="هل ساعد الفيلم؟").get_by_role("button").click()
    expect(home.locator("main")).to_contain_text("شكراً")
    both_widths(home)

    other = open_as(None, send(page, case, "Familjen Berg", "Svenska"), scripts=False)
    other.get_by_role("button", name="Öppna").click()
    expect(other.locator("video")).to_have_count(1)
    expect(other.locator("main")).not_to_contain_text("المنهج")
    assert Event.objects.filter(kind="seen").count() == 2

    page.goto(case)
    page.get_by_role("link", name="Svara").first.click()
    page.get_by_label("Svaret").fill("Vi gör en film om den.")
    page.get_by_role("button", name="Spara").click()
    expect(page.locator("main")).to_contain_text("Öppnad")
    home.reload()
    expect(home.locator("main")).to_contain_text("Vi gör en film om den.")

    page.get_by_role("link", name="Ta bort en film").first.click()
    page.get_by_role("button", name="Spara").click()
    home.reload()
    expect(home.locator("video")).to_have_count(0)
    expect(home.locator("main")).to_contain_text("حُذف نهائياً")
    page.goto(case)
    expect(page.locator("main")).to_contain_text("borttagen för alltid")
    both_widths(page)
    lead = open_as(bo, reverse("operate:adoption", args=[form_1b.adoption.public_id]))
    expect(lead.locator("main")).to_contain_text("Länkar till familjer som läser ett annat språk")


def test_a_link_that_is_older_than_a_month_shows_nothing_any_more(
    form_1b: Enrolment, bo: User, open_as: OpenAs, going: Wall
) -> None:
    page = open_as(bo, reverse("operate:case", args=[form_1b.public_id]))
    case = page.url
    add_film(page, "Vår skolgård")
    link = send(page, case, "Familjen Ali", "Svenska")
    home = open_as(None, link, width=320)
    home.get_by_role("button", name="Öppna").click()
    expect(home.locator("video")).to_have_count(1)
    going.time += 31 * 24 * 60 * clock.MINUTE
    home.reload()
    expect(home.locator("h1")).to_have_text("Länken fungerar inte")
    expect(home.locator("video")).to_have_count(0)
    check_page(home)
