"""A meeting with a user director: Bo leads it, Doris speaks for users, Alva sees what it changes."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from genklang.operate import joining, services
from genklang.operate.models import Adoption, Enrolment
from genklang.people.models import Organisation, Person, User
from tests.browser.conftest import OpenAs
from tests.browser.running import adopted, both_widths, pass_time, ticking, told
from tests.web.operate_core.conftest import Wall, wall

__all__ = ["ticking", "wall"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("ticking")]
DOOR = "Ska dörren vara låst?"
PAPERS = "Ska samma intyg lämnas varje månad?"


@pytest.fixture
def adoption(lindmala: Organisation, bo: User, wall: Wall) -> Adoption:
    """Lindmåla tries meetings with a user director; Bo leads them."""
    return adopted("eskilstuna-brukardirektor", lindmala, name="Brukardirektör", staff={"chair": bo})


@pytest.fixture
def meeting(adoption: Adoption, doris: Person, bo: User) -> Enrolment:
    """A meeting that Doris is called to."""
    found = services.enrol(adoption, title="Mötet den 9 mars", key="M-1")
    joining.join(found, person=doris, role="user_director", user=bo, by="chair")
    return found


def save(page: Page) -> None:
    page.get_by_role("button", name="Spara").click()
    expect(page.get_by_role("button", name="Spara")).to_have_count(0)


def choose(page: Page, question: str, answer: str) -> None:
    page.get_by_role("group", name=question).get_by_label(answer).check()


def case_of(enrolment: Enrolment) -> str:
    return reverse("operate:case", args=[enrolment.public_id])


def test_bo_calls_a_meeting_puts_questions_on_its_agenda_and_calls_doris(
    adoption: Adoption, doris: Person, bo: User, open_as: OpenAs
) -> None:
    page = open_as(bo, reverse("operate:enrol", args=[adoption.public_id]))
    page.get_by_label("Vad heter det?").fill("Mötet den 9 mars")
    both_widths(page)
    page.get_by_role("button", name="Lägg till").click()
    page.get_by_role("link", name="Ta upp en fråga").click()
    page.get_by_label("Vad ska avgöras?").fill(DOOR)
    save(page)
    expect(page.locator("main")).to_contain_text(DOOR)
    page.get_by_role("link", name=re.compile("hör till|Lägg till")).first.click()
    page.get_by_label("Någon vi redan känner").select_option("Doris")
    page.get_by_role("button", name="Lägg till").click()
    expect(page.locator("main")).to_contain_text("Brukardirektör")
    both_widths(page)


def test_a_decision_waits_for_doris_and_says_whether_she_changed_it(
    meeting: Enrolment, doris: Person, bo: User, wall: Wall, open_as: OpenAs
) -> None:
    told(wall, meeting, ("2026-03-02 10:00", "item", {"question": DOOR}))
    told(wall, meeting, ("2026-03-02 10:05", "item", {"question": PAPERS}))
    page = open_as(bo, case_of(meeting))
    page.get_by_role("button", name="Öppna mötet").click()
    page.get_by_role("link", name="Skriv ett beslut").first.click()
    choose(page, "Vilken fråga?", DOOR)
    page.get_by_label("Vad bestämdes?").fill("Dörren öppnas på dagarna")
    page.get_by_label("Varför?").fill("Ingen ska känna sig som en brottsling")
    choose(page, "Ändrade uttalandet", "Ja")
    page.get_by_role("button", name="Spara").click()
    expect(page.locator(".error-summary")).to_contain_text("Brukardirektören säger vad frågan betyder")

    hers = open_as(doris, "/me/", width=320)
    expect(hers.locator("main")).to_contain_text(DOOR)
    hers.get_by_role("link", name="Säg vad beslutet skulle betyda").first.click()
    expect(hers.get_by_role("group", name="Vilken fråga?")).to_contain_text(DOOR)
    choose(hers, "Vilken fråga?", DOOR)
    hers.get_by_label("Vad skulle det betyda").fill("Man känner sig inlåst, eller utelåst")
    both_widths(hers)
    save(hers)

    wall.set("2026-03-02 11:00")
    page.get_by_role("button", name="Spara").click()
    expect(page.locator("main")).to_contain_text("Dörren öppnas på dagarna")
    page.get_by_role("button", name="Avsluta mötet").click()
    expect(page.locator(".error-summary")).to_contain_text("Frågan avgörs")

    hers.goto(hers.url)
    hers.get_by_text("Det som andra har berättat").click()
    expect(hers.locator("main")).to_contain_text("Ingen ska känna sig som en brottsling")
    both_widths(hers)


def test_what_it_led_to_is_asked_for_three_months_later(
    meeting: Enrolment, doris: Person, bo: User, alva: User, wall: Wall, open_as: OpenAs
) -> None:
    told(wall, meeting, ("2026-03-02 10:00", "item", {"question": DOOR}))
    door = meeting.events.get(kind="item").key
    told(
        wall,
        meeting,
        ("2026-03-03 10:00", "statement", {"item": door, "consequence": "Man känner sig inlåst"}),
        ("2026-03-04 13:00", "opened", {}),
        ("2026-03-04 13:10", "decided", {"item": door, "what": "Öppen", "reason": "Den skrämmer", "changed": True}),
        ("2026-03-04 15:00", "adjourned", {}),
    )
    pass_time(wall, "2026-03-04 16:00")
    hers = open_as(doris, "/me/", width=320)
    hers.get_by_role("link", name="Säg hur mötet var").first.click()
    hers.get_by_label("Hur väl lyssnade de andra").fill("4")
    save(hers)

    pass_time(wall, "2026-07-06 09:00")
    page = open_as(bo, "/work/")
    expect(page.locator("main")).to_contain_text("Fråga någon som berörs av beslutet.")
    page.get_by_role("link", name="Mötet den 9 mars").first.click()
    page.get_by_role("link", name="Så blev det").first.click()
    choose(page, "Blev det som tänkt", "Ja")
    page.get_by_label("Vad hände?").fill("Fler kommer i tid")
    save(page)
    page.get_by_role("link", name="Allt på en sida").click()
    expect(page.locator(".chapter .entry .entry .entry")).to_contain_text("Fler kommer i tid")
    expect(page.locator(".chapter > .entry > .said")).to_have_text(DOOR)
    both_widths(page)

    lead = open_as(alva, reverse("operate:adoption", args=[meeting.adoption.public_id]))
    expect(lead.locator("main")).to_contain_text("Beslut som uttalandet ändrade")
    expect(lead.locator("main")).to_contain_text("100")


def test_a_stranger_sees_nothing_of_it(meeting: Enrolment, cia: User, doris: Person, open_as: OpenAs) -> None:
    whole = reverse("operate:whole", args=[meeting.public_id])
    for someone in (cia, doris):
        for path in (case_of(meeting), whole):
            expect(open_as(someone, path).locator("main")).not_to_contain_text("Mötet den 9 mars")
    expect(open_as(None, whole).locator("main")).not_to_contain_text("Mötet den 9 mars")
