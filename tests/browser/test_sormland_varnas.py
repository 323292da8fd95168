"""Värnäs as its people meet it: Doris applies in the night, Bo works there, Alva leads, the municipality takes over."""

import re

import pytest
from django.core import mail
from django.urls import reverse
from playwright.sync_api import expect
from pytest_django import Settings

from genklang.engine import randomisation
from genklang.operate import applying, services
from genklang.operate.models import Adoption, Enrolment, Event, Status
from genklang.people.models import Organisation, Person, User
from genklang.people.services import add_person
from tests.browser.conftest import OpenAs, check_each_way
from tests.browser.running import adopted, both_widths, pass_time, told
from tests.web.operate_core.conftest import Wall, wall

__all__ = ["wall"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ROLES = ("intake", "nurse", "counsellor", "municipality", "interviewer")
FEW = {"capacity": 3, "shares": {"eskilstuna": 2, "flen": 1, "katrineholm": 0, "strangnas": 0, "vingaker": 0}}


@pytest.fixture
def home(lindmala: Organisation, bo: User, wall: Wall) -> Adoption:
    """A small Värnäs with three beds, all taken by people from Eskilstuna; one of these is Flen's."""
    wall.set("2026-03-02 09:00")
    adoption = adopted("sormland-varnas", lindmala, name="Värnäs", staff=dict.fromkeys(ROLES, bo))
    services.change_adoption(adoption, name="Värnäs", overlay={"places": {"bed": FEW}})
    for number in range(3):
        wall.set("2026-03-02 09:30")
        row = services.enrol(
            adoption, person=add_person(organisation=lindmala, display_name=f"Gäst {number}"), key=f"V-{number}"
        )
        told(wall, row, (f"2026-03-02 1{number}:00", "applied", {"home_municipality": "eskilstuna"}))
        told(wall, row, (f"2026-03-03 1{number}:00", "treatment_started", {}))
    return adoption


@pytest.fixture
def doris_there(home: Adoption, doris: Person, wall: Wall) -> Enrolment:
    """Doris has made contact, and not applied yet."""
    wall.set("2026-03-09 09:00")
    return services.enrol(home, person=doris, key="V-9")


def on_places(home: Adoption) -> str:
    return reverse("operate:places", args=[home.public_id])


def case_of(enrolment: Enrolment) -> str:
    return reverse("operate:case", args=[enrolment.public_id])


def test_doris_applies_in_the_night_sees_her_turn_and_is_given_a_place(
    home: Adoption, doris: Person, bo: User, wall: Wall, open_as: OpenAs
) -> None:
    wall.set("2026-03-10 03:10")
    mine = open_as(doris, "/me/", width=320)
    both_widths(mine)
    mine.get_by_role("button", name="Var med").click()  # nobody at work has to let her in
    mine.get_by_role("link", name="Ansök om en plats").first.click()
    mine.get_by_label("Flen").check()
    both_widths(mine)
    mine.get_by_role("button", name="Spara").click()
    expect(mine.locator(".turn")).to_contain_text("Du står näst på tur")
    expect(mine.locator(".turn")).to_contain_text("senast 20 mars")
    both_widths(mine)

    wall.set("2026-03-12 09:00")
    staff = open_as(bo, on_places(home))
    expect(staff.locator(".key-figures")).to_contain_text("3 av 3")
    expect(staff.locator(".shares li", has_text="Eskilstuna")).to_contain_text("2 av 2, och 1 lånad")
    expect(staff.locator(".shares li", has_text="Flen")).to_contain_text("0 av 1 · 1 väntar")
    expect(staff.locator("tbody")).to_contain_text("Doris")
    expect(staff.locator("tbody")).to_contain_text("sedan 2 dagar")
    expect(staff.locator("tbody")).to_contain_text("20 mars")
    both_widths(staff)

    leaving = Enrolment.objects.get(key="V-0")
    staff.goto(staff.url.replace(on_places(home), case_of(leaving)))
    staff.get_by_role("link", name="Skriv ut").first.click()
    staff.get_by_label("Ville avbryta").check()
    staff.get_by_label("Vad behöver den som tar vid veta?").fill("Vill kunna komma tillbaka")
    staff.get_by_role("button", name="Spara").click()
    expect(staff.locator("main")).to_contain_text("Skrevs ut")
    mine.reload()
    expect(mine.locator("main")).to_contain_text("Har fått en plats")
    expect(mine.locator("main")).to_contain_text("Kom till din plats")
    expect(mine.locator(".turn")).to_have_count(0)


def test_somebody_whom_nobody_knows_applies_at_ten_past_two_and_staff_see_it_in_the_morning(
    home: Adoption, alva: User, bo: User, wall: Wall, open_as: OpenAs, settings: Settings
) -> None:
    settings.EMAIL_HOST = "mail.example.se"
    lead = open_as(alva, reverse("operate:adoption", args=[home.public_id]))
    lead.get_by_role("link", name="En adress där vem som helst kan ansöka").click()
    lead.get_by_role("button", name="Öppna adressen").click()
    expect(lead.get_by_label("Adressen", exact=True)).to_have_value(re.compile(r"/apply/varnas/$"))
    both_widths(lead)

    wall.set("2026-03-10 02:10")
    mine = open_as(None, "/apply/varnas/", width=320, scripts=False)
    expect(mine.locator("main")).to_contain_text("Lindmåla kommun driver det här")
    mine.get_by_label("Ditt namn").fill("Maj Ek")
    mine.get_by_role("button", name="Skicka en kod till mig").click()
    expect(mine.locator(".error-summary")).to_contain_text("Inget är skrivet")
    mine.get_by_label("E-postadress").fill("maj@example.se")
    mine.get_by_role("button", name="Skicka en kod till mig").click()
    expect(mine.locator("main")).to_contain_text("maj@example.se")
    mine.get_by_label("Kod").fill("BCDF-GHJK")
    mine.get_by_role("button", name="Fortsätt").click()
    expect(mine.locator(".error-summary")).to_contain_text("Det är inte koden")
    assert not Person.objects.filter(display_name="Maj Ek").exists()
    mine.get_by_label("Kod").fill(str(mail.outbox[-1].body).split()[2])
    mine.get_by_role("button", name="Fortsätt").click()
    expect(mine.locator("h1")).to_have_text("Ansök om en plats")
    mine.get_by_label("Flen").check()
    mine.get_by_label("Är det något vi ska tänka på när du kommer?").fill("Jag har en hund")
    mine.get_by_role("button", name="Spara").click()
    expect(mine.locator("h1")).to_have_text("Hej Maj")
    expect(mine.locator(".turn")).to_contain_text("Du står näst på tur")

    wall.set("2026-03-10 08:00")
    staff = open_as(bo, on_places(home))
    expect(staff.locator("tbody")).to_contain_text("Maj Ek")
    staff.get_by_role("link", name="Maj Ek").first.click()
    expect(staff.locator("main")).to_contain_text("Jag har en hund")
    expect(staff.locator("main")).to_contain_text("02:10")
    mine.reload()
    expect(mine.locator("main")).to_contain_text("Bo")  # who looked


@pytest.mark.parametrize("language", ["sv", "en"])
def test_where_anybody_can_apply_holds_wide_and_narrow(
    language: str, home: Adoption, alva: User, open_as: OpenAs, settings: Settings
) -> None:
    settings.EMAIL_HOST = "mail.example.se"
    applying.open_address(home, user=alva)
    page = open_as(None, "/apply/varnas/", language=language)
    check_each_way(page, language)
    page.locator("[name=name]").fill("Maj")
    page.locator("[name=email]").fill("maj@example.se")
    page.locator("main button").click()
    expect(page.locator("[name=code]")).to_be_visible()
    check_each_way(page, language)
    page.locator("main button").click()
    expect(page.locator(".error-summary")).to_be_visible()
    check_each_way(page, language)
    for someone, path in ((alva, "/apply/varnas/"), (alva, reverse("operate:apply-address", args=[home.public_id]))):
        check_each_way(open_as(someone, path, language=language), language)
    for status in (Status.PAUSED, Status.ENDED):
        services.set_status(home, status)
        check_each_way(open_as(None, "/apply/varnas/", language=language), language)
    applying.take_away(home, user=alva)
    check_each_way(open_as(None, "/apply/varnas/", language=language), language)


def test_a_broken_promise_is_the_intakes_alarm(
    home: Adoption, doris_there: Enrolment, doris: Person, bo: User, wall: Wall, open_as: OpenAs
) -> None:
    told(wall, doris_there, ("2026-03-10 03:10", "applied", {"home_municipality": "flen"}))
    pass_time(wall, "2026-03-20 03:20")
    page = open_as(bo, "/work/")
    expect(page.locator(".alarm-card", has_text="Doris")).to_contain_text("Löftet är brutet")
    page.goto(page.url.replace("/work/", on_places(home)))
    expect(page.locator("tbody")).to_contain_text("för sent")
    mine = open_as(doris, "/me/", width=320)
    expect(mine.locator(".turn")).to_contain_text("Du skulle ha haft en plats vid det här laget")


def test_alva_opens_another_bed_and_it_is_given_at_once(
    home: Adoption, doris_there: Enrolment, alva: User, wall: Wall, open_as: OpenAs
) -> None:
    told(wall, doris_there, ("2026-03-10 03:10", "applied", {"home_municipality": "flen"}))
    page = open_as(alva, on_places(home))
    page.get_by_role("link", name="Ändra antalet").click()
    page.get_by_label("Platser sammanlagt").fill("1")
    page.get_by_role("button", name="Spara").click()
    expect(page.locator(".error-summary")).to_contain_text("äger tillsammans 3")
    both_widths(page)
    page.get_by_label("Platser sammanlagt").fill("4")
    page.get_by_role("button", name="Spara").click()
    expect(page.locator(".key-figures")).to_contain_text("4 av 4")
    expect(page.locator("main")).to_contain_text("Ingen väntar")
    both_widths(page)


def test_two_steps_a_hand_over_that_is_waited_for_and_a_call_two_years_later(
    home: Adoption, doris_there: Enrolment, bo: User, alva: User, wall: Wall, open_as: OpenAs
) -> None:
    _let_the_lot_fall_on(home, doris_there)
    services.change_adoption(home, name="Värnäs", overlay={"places": {"bed": {**FEW, "capacity": 4}}})
    told(wall, doris_there, ("2026-03-10 03:10", "applied", {"home_municipality": "flen", "known_before": False}))
    page = open_as(bo, case_of(doris_there))
    for when, what, stage in (
        ("2026-03-11 10:00", "Kom och skrevs in", "Avgiftning"),
        ("2026-03-19 10:00", "Behandlingen började", "Behandling"),
    ):
        pass_time(wall, when)
        page.reload()
        page.get_by_role("button", name=what).click()
        expect(page.locator(".path [aria-current=step]")).to_have_text(stage)
    pass_time(wall, "2026-04-16 10:00")
    page.reload()
    page.get_by_role("link", name="Skriv ut").first.click()
    page.get_by_label("Hela behandlingen").check()
    page.get_by_label("Vad behöver den som tar vid veta?").fill("Vill ha en grupp nära hemmet")
    page.get_by_role("button", name="Spara").click()
    drawn = Event.objects.get(enrolment=doris_there, kind="drawn")
    assert drawn.data == {"draw": "two_years", "chosen": True}

    pass_time(wall, "2026-04-23 10:05")
    page.goto(page.url.partition("/cases/")[0] + "/work/")
    expect(page.locator(".alarm-card", has_text="Doris")).to_contain_text("Ingen har tagit vid")
    page.get_by_role("link", name="Doris").first.click()
    page.get_by_role("link", name="Vi tar vid").first.click()
    page.get_by_label("Vem är personens kontakt?").fill("Maj i öppenvården")
    page.get_by_label("När ses ni första gången?").fill("2026-04-27T13:00")
    page.get_by_role("button", name="Spara").click()
    expect(page.locator("main")).to_contain_text("Maj i öppenvården")

    pass_time(wall, "2028-04-17 10:00")
    page.goto(page.url.partition("/cases/")[0] + "/work/")
    expect(page.locator("main")).to_contain_text("Telefonintervju efter två år")
    both_widths(page)
    page.get_by_role("link", name="Doris").first.click()
    page.get_by_role("link", name="Svarade inte i telefon").first.click()
    page.get_by_label("På kvällen").check()
    page.get_by_role("button", name="Spara").click()
    expect(page.locator("main")).to_contain_text("Ett nytt försök att ringa")
    page.get_by_role("link", name="Svar på telefonintervjun").first.click()
    page.get_by_label("Ja").check()
    page.get_by_role("button", name="Spara").click()
    expect(page.locator("main")).to_contain_text("Svarade på telefonintervjun")
    both_widths(page)

    lead = open_as(alva, reverse("operate:adoption", args=[home.public_id]))
    for words in ("Dagar från ansökan till inskrivning", "Inskrivna inom tio dagar", "Kommunen tog vid inom en vecka"):
        expect(lead.locator("main")).to_contain_text(words)
    both_widths(lead)


def _let_the_lot_fall_on(home: Adoption, enrolment: Enrolment) -> None:
    """A seed by which this one is drawn."""
    for number in range(200):
        home.seed = f"{number:064x}"
        if randomisation.is_drawn(home.seed, draw="two_years", enrolment=enrolment.key, share=0.2):
            break
    home.save(update_fields=["seed"])
    enrolment.refresh_from_db()
