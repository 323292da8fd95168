"""Kungälv's conversation as its people meet it: somebody who asks, Bo who leads it, Alva who answers, whoever reads."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from genklang.operate import services
from genklang.operate.models import Enrolment, Event
from genklang.people.models import Organisation, User
from tests.browser.conftest import OpenAs, check_page
from tests.browser.running import adopted
from tests.browser.visiting import going, here, media_folder
from tests.web.operate_core.conftest import Wall, wall

__all__ = ["going", "media_folder", "wall"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def session(lindmala: Organisation, alva: User, bo: User, going: Wall) -> Enrolment:
    """A conversation about school food; Bo leads it, Alva answers."""
    adoption = adopted("kungalv-live", lindmala, name="Lindmåla live", staff={"moderator": bo, "official": alva})
    return services.enrol(adoption, title="Skolmaten", key="S-1")


def both_widths(page: Page) -> None:
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        check_page(page)


def ask(page: Page, words: str) -> str:
    """Somebody asks, and gets a page of their own; its address."""
    page.get_by_label("Din fråga").fill(words)
    page.get_by_role("button", name="Skicka").click()
    return page.get_by_label("Adressen", exact=True).input_value()


def test_a_question_is_let_through_answered_by_name_and_read_by_everybody(
    session: Enrolment, alva: User, bo: User, open_as: OpenAs
) -> None:
    case = reverse("operate:case", args=[session.public_id])
    public = reverse("operate:open-matter", args=[session.public_id])
    leads = open_as(bo, case)
    leads.get_by_role("link", name="Berätta när och om vad").first.click()
    leads.get_by_label("Vad handlar samtalet om?").fill("Ska maten lagas i skolan?")
    leads.get_by_label("Vilka svarar?").fill("Alva, nämndens ordförande")
    leads.get_by_label("När börjar det?").fill("2026-02-02T18:00")
    leads.get_by_role("button", name="Spara").click()
    leads.get_by_role("button", name="Börja samtalet").click()

    listed = open_as(None, reverse("operate:open-pages", args=[session.adoption.public_id]))
    both_widths(listed)
    listed.get_by_role("link", name="Skolmaten").click()
    expect(listed.locator("main")).to_contain_text("Ska maten lagas i skolan?")

    asker = open_as(None, public, scripts=False)
    asker.get_by_role("button", name="Skicka").click()
    expect(asker.locator(".error-summary")).to_be_visible()
    own = here(ask(asker, "Vem bestämmer om fredagsfisken?"))
    asker.goto(f"{asker.url.partition('/open/')[0]}{public}")
    second = here(ask(asker, "Du är dum, Bo!"))
    expect(listed.locator("main")).not_to_contain_text("fredagsfisken")

    leads.goto(leads.url.partition("/cases/")[0] + case)
    both_widths(leads)
    leads.locator(".audiences .card", has_text="Vem bestämmer").get_by_role("link", name="Släpp fram").click()
    expect(leads.get_by_label("Vem bestämmer om fredagsfisken?")).to_be_checked()
    leads.get_by_role("button", name="Spara").click()
    leads.locator(".audiences .card", has_text="Du är dum").get_by_role("link", name="Visa inte").click()
    leads.get_by_label("Den kränker någon").check()
    leads.get_by_role("button", name="Spara").click()

    expect(listed.locator("#conversation")).to_contain_text("fredagsfisken", timeout=9000)
    expect(listed.locator("#conversation")).to_contain_text("Väntar på: Svar")
    expect(listed.locator("#conversation")).not_to_contain_text("Du är dum")

    answers = open_as(alva, "/work/")
    expect(answers.locator("main")).to_contain_text("Skolmaten")
    answers.goto(answers.url.partition("/work/")[0] + case)
    answers.get_by_role("link", name="Svara").first.click()
    answers.get_by_label("Ditt svar").fill("Nämnden. Nästa möte är den 10 mars, och det är öppet.")
    answers.get_by_role("button", name="Spara").click()
    expect(listed.locator("#conversation")).to_contain_text("Alva, politiker eller ansvarig", timeout=9000)
    expect(listed.locator("#conversation")).to_contain_text("den 10 mars")
    both_widths(listed)

    mine = open_as(None, own, width=320)
    mine.get_by_role("button", name="Öppna").click()
    expect(mine.locator("main")).to_contain_text("den 10 mars")
    mine.get_by_label("Ja", exact=True).first.check()
    mine.locator("section", has_text="Fick du svar").get_by_role("button").click()
    mine.get_by_label("Under 25 år").check()
    mine.get_by_label("Nej", exact=True).last.check()
    mine.locator("section", has_text="Hjälp oss att se").get_by_role("button").click()
    expect(mine.locator("main")).to_contain_text("Tack. Det är sparat.")
    assert Event.objects.filter(kind__in=["rated", "about_me"]).count() == 2
    both_widths(mine)
    other = open_as(None, second)
    other.get_by_role("button", name="Öppna").click()
    expect(other.locator("main")).to_contain_text("Den kränker någon")

    leads.goto(leads.url.partition("/cases/")[0] + case)
    leads.get_by_role("button", name="Sluta ta emot frågor").click()
    log = open_as(None, public, language="en")
    expect(log.locator("main")).to_contain_text("fredagsfisken")
    expect(log.get_by_label("Your question")).to_have_count(0)
    lead = open_as(alva, reverse("operate:adoption", args=[session.adoption.public_id]))
    expect(lead.locator("main")).to_contain_text("Minuter till svar")
