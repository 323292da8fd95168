"""Borlänge as its people meet it: groups talk and vote, the way is told and logged, and the map hangs on the wall."""

import io

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from genklang.operate import services
from genklang.operate.models import Adoption
from genklang.people.models import Organisation, Role, User
from genklang.people.services import add_member
from tests.browser.conftest import OpenAs
from tests.browser.running import adopted, both_widths
from tests.web.operate_core.conftest import Wall, wall

__all__ = ["wall"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def gun(lindmala: Organisation) -> User:
    """Speaks for group 1, and works with income support."""
    return add_member(email="gun@example.se", organisation=lindmala, role=Role.STAFF, name="Gun").user


@pytest.fixture
def together(lindmala: Organisation, alva: User, bo: User, gun: User, wall: Wall) -> Adoption:
    """Lindmåla runs it; Bo coordinates."""
    wall.set("2026-01-12 08:00")
    adoption = adopted("borlange-tillsammans", lindmala, name="Tillsammans", staff={"coordinator": bo, "group": gun})
    services.assign(adoption, user=gun, role="income")
    return adoption


def report(page: Page, what: str, *answers: tuple[str, str]) -> None:
    """Opens the form of an event, answers it and saves."""
    page.get_by_role("link", name=what).first.click()
    for label, answer in answers:
        field = page.get_by_label(label)
        if field.count() and field.first.evaluate("node => node.tagName") != "FIELDSET":
            field.first.fill(answer)
        else:
            page.get_by_role("group", name=label).get_by_label(answer, exact=True).check()
    page.get_by_role("button", name="Spara").click()


def test_groups_talk_and_vote_and_the_way_is_drawn(
    together: Adoption, alva: User, bo: User, gun: User, wall: Wall, open_as: OpenAs
) -> None:
    # Bo tells the case.
    page = open_as(bo, reverse("operate:enrol", args=[together.public_id]))
    page.get_by_label("Vad heter det?").fill("Var hamnar jag?")
    page.get_by_role("button", name="Lägg till").click()
    case = page.url
    report(
        page,
        "Berätta fallet",
        ("Vad händer i människans liv?", "Dricker, kan inte betala hyran"),
        ("Vad ska grupperna svara på?", "Var hamnar jag hos er?"),
        ("Hur många grupper om fyra?", "75"),
    )

    # Gun's group of four talks, proposes and votes.
    wall.set("2026-02-13 10:00")
    group = open_as(gun, "/cases/" + case.partition("/cases/")[2])
    report(
        group,
        "Skriv vad gruppen kom fram till",
        ("Gruppens nummer", "1"),
        ("Hur många var ni?", "4"),
        ("Var skulle människan hamna hos oss i dag?", "Överallt"),
        ("Vad behöver människan av oss?", "Någon som håller ihop det"),
    )
    wall.set("2026-02-13 11:00")
    report(group, "Föreslå något att rösta om", ("Vad föreslår ni?", "En utredning i stället för tre"))
    wall.set("2026-02-13 12:00")
    group.get_by_role("link", name="Rösta …", exact=True).click()
    both_widths(group)
    group.set_default_timeout(4000)
    group.get_by_label("En utredning i stället för tre").check()
    for label, answer in (("Gruppens nummer", "1"), ("Ja", "3"), ("Nej", "0"), ("Vet inte", "1")):
        group.get_by_label(label, exact=True).fill(answer)
    group.get_by_role("button", name="Spara").click()
    expect(group.locator("main")).to_contain_text("En grupp har röstat")

    # Bo answers the proposal, and goes from phase to phase.
    wall.set("2026-03-20 09:00")
    page.goto(case)
    report(
        page,
        "Säg vad det blev",
        ("Vilket förslag?", "En utredning i stället för tre"),
        ("Gör vi det?", "Ja"),
        ("Varför?", "Grupperna ser samma sak"),
    )
    for day, what in (("04-01", "Behoven är beskrivna"), ("05-01", "Kunnandet är beskrivet")):
        wall.set(f"2026-{day} 09:00")
        page.goto(case)
        page.get_by_role("button", name=what).click()
    wall.set("2026-05-02 09:00")
    page.goto(case)
    report(page, "Vi är överens", ("Hur arbetar vi från och med nu?", "Tillsammans med den det gäller"))
    expect(page.locator("main .lead").first).to_contain_text("Invånarens väg")

    # Gun's unit writes in a contact; Bo writes what the resident told.
    wall.set("2026-05-04 14:00")
    group.reload()
    report(group, "Kontakt som står hos oss", ("Hur många frågor ställdes?", "6"))
    for day, step, whom, feeling, again in (
        ("2026-05-04", "Ringde om hyran", "Försörjningsstöd", "-1", "6"),
        ("2026-05-20", "Berättade allt igen", "Vuxenenheten", "-2", "9"),
    ):
        wall.time = wall.time + 40 * 86_400_000_000
        page.goto(case)
        report(
            page,
            "Berätta ett steg på vägen",
            ("Vad hände?", step),
            ("Vem mötte personen?", whom),
            ("När?", day),
            ("Hur kändes det", feeling),
            ("Hur många frågor hade personen redan svarat på?", again),
        )

    # The map: drawn, told in numbers, compared, as a table, and as a banner.
    page.get_by_role("link", name="Se vägen, berättad och loggad").click()
    expect(page.locator(".journey svg .step")).to_have_count(2)
    expect(page.locator("main")).to_contain_text("1 steg är både berättat och loggat.")
    expect(page.locator("main")).to_contain_text("1 steg berättades och finns inte i loggen.")
    expect(page.locator("tr", has_text="Berättade allt igen")).to_contain_text("16 dagars väntan")
    expect(page.locator("tr", has_text="Berättade allt igen")).to_contain_text("9 frågor igen")
    both_widths(page)
    with page.expect_download() as taken:
        page.get_by_role("button", name="Hämta banderollen (PDF)").click()
    (sheet,) = PdfReader(io.BytesIO(taken.value.path().read_bytes())).pages
    assert float(sheet.mediabox.height) == pytest.approx(60 * 72 / 2.54, abs=1)
    assert "Berättade allt igen" in sheet.extract_text()

    # Alva sees the votes and the questions that came again.
    lead = open_as(alva, reverse("operate:adoption", args=[together.public_id]))
    expect(lead.locator("main")).to_contain_text("Ja-röster av alla röster")
    expect(lead.locator("main")).to_contain_text("75 %")
    expect(lead.locator(".key-figures")).to_contain_text("15")
