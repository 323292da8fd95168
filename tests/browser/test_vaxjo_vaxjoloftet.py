"""Växjö, end to end in a browser: apply, see the sum, plan, absence, decide otherwise, the wall, the summer job."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from genklang.operate import services
from genklang.operate.history import History, load_histories
from genklang.operate.incoming import Source
from genklang.operate.machines import adoption_machine
from genklang.operate.models import Adoption, Enrolment
from genklang.people.models import Organisation, Person, User
from genklang.people.services import add_person
from genklang.rehearsal.running import rehearse
from tests.browser.conftest import OpenAs, axe, check_page
from tests.web.operate_core.conftest import PRACTICES, Wall, at, publish, wall

__all__ = ["wall"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def promise(lindmala: Organisation, alva: User, bo: User, wall: Wall) -> Adoption:
    """Lindmåla runs the Växjö promise; Bo has every staff role."""
    version = publish((PRACTICES / "vaxjo-vaxjoloftet" / "protocol.yaml").read_text())
    adoption = services.adopt(organisation=lindmala, protocol_version=version, actor=None, name="Lindmålalöftet")
    for role in ("coordinator", "case_worker", "provider"):
        services.assign(adoption, user=bo, role=role)
    return adoption


@pytest.fixture
def household(promise: Adoption, doris: Person) -> Enrolment:
    """Doris's household."""
    return services.enrol(promise, person=doris, role="household", key="V-1")


@pytest.fixture
def youth(promise: Adoption, lindmala: Organisation) -> Enrolment:
    """Ali, sixteen, who wants a summer job."""
    user = User.objects.create_user("ali@example.se", name="Ali")
    ali = add_person(organisation=lindmala, display_name="Ali", birth_year=2010, user=user)
    return services.enrol(promise, person=ali, role="young", key="V-2")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def apply(page: Page, *, month: str, income: str) -> None:
    """Doris applies: one adult, no children."""
    page.get_by_role("link", name="Sök ekonomiskt bistånd").click()
    page.get_by_label("Vilken månad gäller det").fill(month)
    if page.get_by_label("Ensamstående").is_visible():
        page.get_by_label("Ensamstående").check()
        page.get_by_role("group", name="Bor det barn hemma?").get_by_label("Nej").check()
        page.get_by_label("Boendekostnad i månaden").fill("6500")
    page.get_by_label("Inkomster efter skatt").fill(income)
    press(page, "Spara")


def test_assistance_from_application_to_decision(
    household: Enrolment, promise: Adoption, doris: Person, bo: User, open_as: OpenAs, wall: Wall
) -> None:
    mine = open_as(doris, "/me/")
    apply(mine, month="2026-03-01", income="4000")
    sums = mine.locator(".sum").first
    expect(sums).to_contain_text("Föreslaget: 7 720 kr")
    for said in ("Personliga kostnader, vuxna", "3 940 kr", "1 280 kr", "Riksnorm", "5 220 kr", "6 500 kr", "4 000 kr"):
        expect(sums).to_contain_text(said)
    expect(sums).to_contain_text("riksnorm 5 220 + boende 6 500 − inkomster 4 000, men minst")
    expect(sums).to_contain_text("siffror från 1 januari 2026")
    check_page(mine)

    wall.set("2026-03-03 09:00")
    work = open_as(bo, "/work/")
    expect(work.locator("main")).to_contain_text("Föreslaget: 7 720 kr")
    work.get_by_role("link", name=re.compile("^Bekräfta eller ändra")).click()
    expect(work.get_by_label("Belopp som betalas ut")).to_have_value("7720")
    expect(work.locator(".sum")).to_contain_text("riksnorm 5 220 + boende 6 500")
    check_page(work)
    work.get_by_label("Belopp som betalas ut").fill("8300")
    press(work, "Spara")
    expect(work.locator("main")).to_contain_text("beslutet är inte som föreslaget")
    work.get_by_label("Om beloppet inte är som föreslaget").fill("Busskort till praktiken.")
    press(work, "Spara")
    expect(work.locator(".sum").first).to_contain_text("580 kr mer än det som föreslogs (7 720 kr)")

    mine.goto(mine.url)
    expect(mine.locator(".sum").first).to_contain_text("Beslutat: 8 300 kr")
    expect(mine.locator(".sum").first).to_contain_text("Busskort till praktiken.")
    mine.set_viewport_size({"width": 320, "height": 900})
    check_page(mine)


def test_no_old_figures_are_used_and_what_is_known_is_not_asked_again(
    household: Enrolment, doris: Person, bo: User, open_as: OpenAs, wall: Wall
) -> None:
    mine = open_as(doris, "/me/")
    apply(mine, month="2027-01-01", income="0")
    wall.set("2026-03-02 08:00")
    sums = mine.locator(".sum").first
    expect(sums).to_contain_text("Ingen summa kan räknas ut")
    expect(sums).to_contain_text("1 januari 2027")
    expect(sums).not_to_contain_text("Föreslaget")
    case = open_as(bo, reverse("operate:case", args=[household.public_id]))
    case.get_by_role("link", name=re.compile("^Besluta utan förslag")).click()
    expect(case.get_by_label("Belopp som betalas ut")).to_have_value("")
    case.get_by_label("Belopp som betalas ut").fill("11800")
    press(case, "Spara")
    expect(case.locator("main")).to_contain_text("inget förslag kunde räknas ut")
    case.get_by_label("Om beloppet inte är som föreslaget").fill("Räknat för hand med den nya normen.")
    press(case, "Spara")
    expect(case.locator(".sum").first).to_contain_text("Beslutat: 11 800 kr")
    mine.goto(mine.url)
    mine.get_by_role("link", name="Sök ekonomiskt bistånd").click()
    expect(mine.locator("main")).to_contain_text("Boendekostnad i månaden 6500 kr")


def test_the_coordinator_plans_and_follows_up_absence(
    household: Enrolment, doris: Person, bo: User, open_as: OpenAs, wall: Wall
) -> None:
    apply(open_as(doris, "/me/"), month="2026-03-01", income="0")
    wall.set("2026-03-03 09:00")
    case = open_as(bo, reverse("operate:case", args=[household.public_id]))
    case.get_by_role("link", name=re.compile("^Gör en plan")).click()
    for label, hours in (("Utbildning", "25"), ("Arbetsträning eller praktik", "5"), ("Söka jobb", "5")):
        case.get_by_label(label).fill(hours)
    case.get_by_label("Timmar i veckan tillsammans").fill("35")
    press(case, "Spara")
    expect(case.locator(".error-summary")).to_be_visible()
    case.get_by_label("Söka jobb").fill("10")
    case.get_by_label("Timmar i veckan tillsammans").fill("40")
    press(case, "Spara")
    expect(case.locator("main")).to_contain_text("Sparat: Plan för veckan")
    wall.set("2026-03-03 10:00")
    case.get_by_role("link", name=re.compile("^Bekräfta eller ändra")).click()
    press(case, "Spara")
    expect(case.locator(".sum").first).to_contain_text("Som föreslaget")

    wall.set("2026-03-09 08:00")
    mine = open_as(doris, "/me/")
    mine.get_by_role("link", name="Anmäl frånvaro").click()
    mine.get_by_label("Vilken dag?").fill("2026-03-09")
    press(mine, "Spara")
    wall.set("2026-03-09 09:00")
    work = open_as(bo, "/work/")
    expect(work.locator("main")).to_contain_text("Frånvaron följs upp")
    work.get_by_role("link", name="Doris").first.click()
    work.get_by_role("link", name=re.compile("^Följ upp frånvaron")).first.click()
    work.get_by_label("Sjuk eller vård av barn").check()
    press(work, "Spara")
    expect(work.locator("main")).to_contain_text("Sparat: Frånvaron följdes upp")


def test_the_wall_shows_the_case_balance_and_nobody(
    household: Enrolment, promise: Adoption, alva: User, doris: Person, open_as: OpenAs, wall: Wall
) -> None:
    apply(open_as(doris, "/me/"), month="2026-03-01", income="0")
    lead = open_as(alva, reverse("operate:adoption", args=[promise.public_id]))
    lead.get_by_role("link", name="En adress för väggen").click()
    check_page(lead)
    press(lead, "Gör en adress")
    address = lead.locator(".token").inner_text()
    path = address.partition("//")[2].partition("/")[2]
    screen = open_as(None, f"/{path}")
    screen.set_viewport_size({"width": 1920, "height": 1080})
    expect(screen.locator(".tile")).to_have_count(8)
    expect(screen.locator(".tile").first).to_contain_text("1–4")
    expect(screen.locator("body")).not_to_contain_text("Doris")
    assert_readable(screen)
    axe(screen)
    screen.clock.install()
    screen.reload()
    expect(screen.locator(".as-of")).to_have_text("Läget 07:00")
    wall.set("2026-03-02 07:05")
    screen.clock.run_for(31_000)
    expect(screen.locator(".as-of")).to_have_text("Läget 07:05")
    lead.goto(lead.url)
    press(lead, "Ta bort adressen")
    screen.clock.run_for(31_000)
    expect(screen.locator("h1")).to_have_text("Den här adressen visar ingenting")
    assert screen.reload().status == 404  # type: ignore[union-attr]


def assert_readable(screen: Page) -> None:
    """At five metres: figures at least an eighth of the screen's height, labels at least a thirtieth; no scrolling."""
    screen.wait_for_load_state()  # its words may stand there before its style does
    sizes = screen.evaluate(
        """() => Object.fromEntries(['.figure', '.tile h2', '.note'].map(one =>
        [one, Math.min(...[...document.querySelectorAll(one)].map(e => parseFloat(getComputedStyle(e).fontSize)))]))"""
    )
    assert sizes[".figure"] >= 1080 / 8.5
    assert sizes[".tile h2"] >= 1080 / 30
    assert screen.evaluate("document.documentElement.scrollHeight") <= 1080
    wide = "[...document.querySelectorAll('.figure, .tile h2')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
    assert screen.evaluate(wide) == 0


def test_a_summer_job_by_way_of_summer_school(youth: Enrolment, bo: User, open_as: OpenAs, wall: Wall) -> None:
    assert youth.person is not None
    mine = open_as(youth.person, "/me/", width=320)
    expect(mine.get_by_role("link", name="Sök ekonomiskt bistånd")).to_have_count(0)
    mine.get_by_role("link", name="Sök sommarjobb").click()
    for question, answer in (
        ("Har du ett CV att visa?", "Ja"),
        ("Har du ett personligt brev att visa?", "Ja"),
        ("Är du godkänd i svenska?", "Ja"),
        ("Är du godkänd i matte?", "Nej"),
        ("Är du godkänd i engelska?", "Ja"),
    ):
        mine.get_by_role("group", name=question).get_by_label(answer).check()
    mine.get_by_label("Hur många andra jobb har du sökt?").fill("3")
    check_page(mine)
    press(mine, "Spara")
    expect(mine.locator("main")).to_contain_text("Betygen när terminen slutar")

    wall.set("2026-06-08 09:00")
    case = open_as(bo, reverse("operate:case", args=[youth.public_id]))
    services.record_one(
        youth,
        "term_ended",
        {"passes_swedish": True, "passes_maths": False, "passes_english": True},
        source=Source(by="coordinator", user=bo),
    )
    wall.set("2026-06-09 09:00")
    case.reload()
    expect(case.get_by_role("link", name=re.compile("^Lova ett sommarjobb"))).to_have_count(0)
    expect(case.locator("main")).to_contain_text("Plats på sommarskola")
    case.get_by_role("link", name=re.compile("^Sommarskolan började")).click()
    case.get_by_label("Ja").check()
    press(case, "Spara")
    wall.set("2026-06-10 09:00")
    case.reload()
    case.get_by_role("link", name=re.compile("^Lova ett sommarjobb")).click()
    press(case, "Spara")
    expect(case.locator("main")).to_contain_text("Löfte om sommarjobb")


def test_the_lead_reads_the_years_month_by_month(promise: Adoption, alva: User, open_as: OpenAs, wall: Wall) -> None:
    wall.set("2018-01-02 08:00")
    machine = adoption_machine(promise)
    start = at("2010-01-01 00:00")
    lives = rehearse(machine.protocol, enrolments=40, years=8, seed=7, zone=promise.zone, start=start, machine=machine)
    people = [
        History(
            add_person(organisation=promise.organisation, display_name=f"Hushåll {n}"),
            life.enrolment,
            list(life.events),
        )
        for n, life in enumerate(lives.participants)
    ]
    Adoption.objects.filter(pk=promise.pk).update(simulated=True)
    promise.refresh_from_db()
    load_histories(promise, people, until=wall.time)
    page = open_as(alva, reverse("operate:result", args=[promise.public_id]))
    main = page.locator("main")
    expect(main).to_contain_text("Hushåll med ekonomiskt bistånd")
    expect(main).to_contain_text("2010")
    expect(main).to_contain_text("2017")
    expect(main.locator("svg").first).to_be_visible()
    check_page(page)
