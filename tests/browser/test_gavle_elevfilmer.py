"""Gävle's films as their people meet them: Bo who teaches, Doris the pupil, a classmate's father, a family."""

from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from genklang.operate import services
from genklang.operate.models import Adoption, Enrolment, Event
from genklang.people.models import Organisation, Person, User
from tests.browser.conftest import OpenAs, check_page
from tests.browser.running import adopted
from tests.browser.visiting import address, going, here, media_folder
from tests.web.operate_core.conftest import Wall, wall

__all__ = ["going", "media_folder", "wall"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FILM = Path(__file__).parent / "film.webm"
WORDS = "0:00 اثنا عشر كعكة\n0:01 مقسومة على ثلاثة"


@pytest.fixture
def films(lindmala: Organisation, bo: User, going: Wall) -> Adoption:
    """Lindmåla's school makes films; Bo teaches."""
    return adopted("gavle-elevfilmer", lindmala, name="Filmer hem", staff={"teacher": bo})


@pytest.fixture
def pupil(films: Adoption, doris: Person) -> Enrolment:
    """Doris is in year nine, and her family reads Arabic."""
    return services.enrol(films, person=doris, key="E-1", facts={"family_language": "ar", "protected": False})


def both_widths(page: Page) -> None:
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        check_page(page)


def hand_in(page: Page) -> None:
    page.get_by_label("Vad handlar den om?").fill("Tolv delat med tre")
    page.set_input_files("input[type=file]", FILM)
    page.get_by_label("Så här gör vi nu").check()
    page.get_by_role("button", name="Spara").click()


def ask(page: Page, case: str, who: str) -> str:
    """Bo asks somebody in the film for permission; the private address."""
    page.goto(case)
    page.get_by_role("link", name="Be om lov av någon som är med").first.click()
    page.get_by_label("Vem är med?").fill(who)
    page.get_by_label("Vem ska få se den?").fill("Bara familjen, i trettio dagar")
    page.get_by_role("button", name="Spara").click()
    return address(page)


def test_a_film_goes_home_once_all_have_said_yes_and_it_has_the_familys_words(
    pupil: Enrolment, doris: Person, bo: User, open_as: OpenAs
) -> None:
    own = open_as(doris, "/me/", width=320)
    own.get_by_role("link", name="Lämna en film").click()
    both_widths(own)
    hand_in(own)
    expect(own.locator("video")).to_have_js_property("error", None)
    expect(own.locator("video")).not_to_have_js_property("readyState", 0)

    page = open_as(bo, reverse("operate:case", args=[pupil.public_id]))
    case = page.url
    page.get_by_role("link", name="Skicka till familjen").first.click()
    page.get_by_label("Till vem?").fill("Mamma")
    page.get_by_role("button", name="Spara").click()
    expect(page.locator(".error-summary")).to_be_visible()

    consent = ask(page, case, "Kims pappa")
    both_widths(page)
    father = open_as(None, here(consent), width=320, scripts=False)
    father.get_by_role("button", name="Öppna").click()
    expect(father.locator("main")).to_contain_text("Bara familjen, i trettio dagar")
    both_widths(open_as(None, here(consent)))
    father.get_by_role("button", name="Ja, den får visas").click()
    expect(father.locator("main")).to_contain_text("Tack")
    expect(father.get_by_role("button", name="Ja, den får visas")).to_have_count(0)

    page.goto(case)
    page.get_by_role("link", name="Lägg till text").first.click()
    page.get_by_label("Arabiska").check()
    page.get_by_label("Vad som sägs", exact=True).fill(WORDS)
    page.get_by_role("button", name="Spara").click()
    expect(page.locator("main")).to_contain_text("Text tillagd")

    page.get_by_role("link", name="Skicka till familjen").first.click()
    page.get_by_label("Till vem?").fill("Mamma")
    page.get_by_label("Något du vill säga?").fill("Så här delar vi just nu.")
    page.get_by_role("button", name="Spara").click()
    link = address(page)
    expect(page.locator("svg.qr")).to_be_visible()
    both_widths(page)

    looked_ahead = open_as(None, here(link), language="ar")
    assert not Event.objects.filter(kind="seen").exists()
    both_widths(looked_ahead)
    home = open_as(None, here(link), language="ar", width=320)
    expect(home.locator("html")).to_have_attribute("dir", "rtl")
    home.locator("main form button").click()
    assert Event.objects.filter(kind="seen").count() == 1
    video = home.locator("video")
    video.evaluate("video => { video.muted = true; video.play(); }")
    expect(video).to_have_js_property("ended", True, timeout=6000)
    assert "ثلاثة" in video.evaluate("video => [...video.textTracks[0].cues].map(cue => cue.text).join(' ')")
    assert video.evaluate("video => video.textTracks[0].mode") == "showing"
    both_widths(home)
    home.get_by_label("سؤالك").fill("كيف أساعد؟")
    home.locator("section", has_text="اسأل المدرسة").get_by_role("button").click()
    expect(home.locator("main")).to_contain_text("كيف أساعد؟")
    home.get_by_label("نعم").check()
    home.locator("section", has_text="هل ساعد الفيلم؟").get_by_role("button").click()

    page.goto(page.url.partition("/links")[0] + "/work/")
    expect(page.locator("main")).to_contain_text("Svar från skolan")
    page.goto(case)
    expect(page.locator("main")).to_contain_text("Mamma")
    page.get_by_role("link", name="Svara familjen").first.click()
    page.get_by_label("Svaret").fill("Titta på filmen tillsammans.")
    page.get_by_role("button", name="Spara").click()
    home.reload()
    expect(home.locator("main")).to_contain_text("Titta på filmen tillsammans.")
    home.get_by_role("link", name="Svenska").first.click()
    expect(home.locator("html")).to_have_attribute("lang", "sv")
    expect(home.locator("main")).to_contain_text("Fråga skolan")

    lead = open_as(bo, reverse("operate:adoption", args=[pupil.adoption.public_id]))
    expect(lead.locator("main")).to_contain_text("Familjer som sett en film")
