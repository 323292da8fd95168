"""One team for a family: entered once, asked once, each of them with a page of their own that tells nobody else's."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from genklang.operate import joining, services
from genklang.operate.models import Adoption, Enrolment
from genklang.people.models import Organisation, Person, Role, User
from genklang.people.services import add_member, add_person
from tests.browser.conftest import OpenAs
from tests.browser.running import adopted, both_widths, pass_time, told
from tests.web.operate_core.conftest import Wall, wall

__all__ = ["wall"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHARED = {"reach": "ring mormor på dagen", "language": "svenska", "safe_home": True}


@pytest.fixture
def siv(lindmala: Organisation) -> User:
    """Works with the children in the same team."""
    return add_member(email="siv@example.se", organisation=lindmala, role=Role.STAFF, name="Siv").user


@pytest.fixture
def team(lindmala: Organisation, bo: User, siv: User, wall: Wall) -> Adoption:
    """Lindmåla has the team: Bo for the adults and the money, Siv for the children."""
    found = adopted("borlange-familjevaldsteam", lindmala, name="Familjevåldsteamet", staff={"child_worker": siv})
    for role in ("adult_worker", "income_worker"):
        services.assign(found, user=bo, role=role)
    return found


@pytest.fixture
def family(team: Adoption) -> Enrolment:
    """The Berg family."""
    return services.enrol(team, title="Familjen Berg", key="F-1")


@pytest.fixture
def everybody(family: Enrolment, lindmala: Organisation, bo: User) -> dict[str, Person]:
    """Mona, her son Nils, and Olle who has hit them; each can sign in."""
    found = {}
    for name, role in (("Mona", "adult"), ("Nils", "child"), ("Olle", "other_parent")):
        user = User.objects.create_user(f"{name.lower()}@example.se", name=name)
        found[name] = add_person(organisation=lindmala, display_name=name, user=user)
        joining.join(family, person=found[name], role=role, user=bo, by="adult_worker")
    return found


def case_of(enrolment: Enrolment) -> str:
    return reverse("operate:case", args=[enrolment.public_id])


def choose(page: Page, question: str, answer: str) -> None:
    """Answers a question that is a choice."""
    page.get_by_role("group", name=question).get_by_label(answer).check()


def save(page: Page, button: str = "Spara") -> None:
    page.get_by_role("button", name=button, exact=True).click()


def test_a_family_is_entered_once_and_everybody_s_safety_is_a_due_of_their_own(
    team: Adoption, bo: User, wall: Wall, open_as: OpenAs
) -> None:
    page = open_as(bo, reverse("operate:enrol", args=[team.public_id]))
    expect(page.locator("h1")).to_have_text("Lägg till familj")
    page.get_by_label("Vad heter det?").fill("Familjen Berg")
    both_widths(page)
    save(page, "Lägg till")
    expect(page.locator("h1")).to_have_text("Familjen Berg")
    for name, role in (("Mona", "Vuxen som utsatts"), ("Nils", "Barn"), ("Olle", "Den som har utövat våld")):
        page.get_by_role("link", name="Lägg till någon").click()
        choose(page, "Vem är det?", role)
        page.get_by_label("Eller någon ny: namn").fill(name)
        if name == "Olle":
            both_widths(page)
        save(page, "Lägg till")
    expect(page.locator(".belongs li")).to_have_count(3)
    expect(page.locator(".todo")).to_contain_text("Säkerheten bedömd: Mona")
    expect(page.locator(".todo")).to_contain_text("Säkerheten bedömd: Nils")
    expect(page.locator(".todo")).not_to_contain_text("Olle")
    both_widths(page)

    page.get_by_role("link", name=re.compile("^Bedöm säkerheten ?: Mona")).click()
    expect(page.get_by_label("Mona (vuxen som utsatts)")).to_be_checked()
    choose(page, "Hur farligt är det just nu?", "Förhöjd fara")
    page.get_by_label("Vad gör ni åt det i dag?").fill("Plats på boendet i natt.")
    save(page)
    expect(page.locator(".todo")).not_to_contain_text("Säkerheten bedömd: Mona")
    pass_time(wall, "2026-03-03 07:30")
    page.goto(page.url.split("/cases/")[0] + "/work/")
    expect(page.locator("#alarms .alarm-card")).to_have_count(1)
    expect(page.locator("#alarms")).to_contain_text("Familjen Berg")
    expect(page.locator("#alarms")).to_contain_text("säkerheten bedömd: Nils")


def test_what_bo_has_asked_siv_does_not_ask_again(
    family: Enrolment, everybody: dict[str, Person], bo: User, siv: User, alva: User, wall: Wall, open_as: OpenAs
) -> None:
    page = open_as(bo, case_of(family))
    expect(page.get_by_role("link", name="Ett beslut för hela familjen …")).to_have_count(1)
    page.get_by_role("link", name="Fråga om de vuxna …").click()
    page.get_by_label("Hur når vi er utan fara?").fill("ring mormor på dagen")
    page.get_by_label("Vilket språk pratar ni helst?").fill("svenska")
    page.get_by_label("Hur många barn finns i familjen?").fill("1")
    choose(page, "Finns det ett tryggt ställe att bo på?", "Ja")
    page.get_by_label("Vad behöver den vuxna mest?").fill("Att sova.")
    save(page)
    expect(page.locator("main")).to_contain_text("ring mormor på dagen")

    hers = open_as(siv, case_of(family))
    hers.get_by_role("link", name="Fråga om barnen …").click()
    expect(hers.locator(".known")).to_contain_text("ring mormor på dagen")
    expect(hers.locator(".known > div")).to_have_count(4)
    both_widths(hers)
    hers.get_by_label("Var går barnen i skola eller förskola?").fill("Hagaskolan")
    hers.get_by_label("Vad säger barnen att de behöver?").fill("Att få gå kvar.")
    hers.locator(".known details").nth(3).locator("summary").click()
    choose(hers, "Finns det ett tryggt ställe att bo på?", "Nej")
    save(hers)

    pass_time(wall, "2026-04-10 09:00")
    page.get_by_role("link", name="Fråga om pengarna …").click()
    expect(page.locator(".known")).not_to_contain_text("ring mormor")
    expect(page.locator(".known > div")).to_have_count(2)
    page.get_by_label("Hur når vi er utan fara?").fill("sms till Mona")
    choose(page, "Finns det ett tryggt ställe att bo på?", "Ja")
    page.get_by_label("Vad har ni att leva på").fill("4 000")
    save(page)

    lead = open_as(alva, reverse("operate:adoption", args=[family.adoption.public_id]))
    expect(lead.locator("main")).to_contain_text("5 frågor behövde inte besvaras igen.")
    expect(lead.locator("main")).to_contain_text("2 av dem på nytt för att svaret blivit gammalt, och 1 var kända")
    both_widths(lead)


def test_nobody_in_the_family_sees_what_another_has_told(
    family: Enrolment, everybody: dict[str, Person], bo: User, wall: Wall, open_as: OpenAs
) -> None:
    monas = open_as(everybody["Mona"], "/me/", width=320)
    expect(monas.locator("main")).to_contain_text("Familjen Berg")
    expect(monas.locator("main")).to_contain_text("Hur det känns i början")
    monas.get_by_role("link", name="Säg hur det känns").first.click()
    expect(monas.get_by_text("Vem svarar?")).to_have_count(0)
    monas.get_by_label("Hur trygg känner du dig").fill("3")
    monas.get_by_label("Hur många frågor hade du svarat på förut?").fill("2")
    monas.get_by_label("Vill du säga något mer?").fill("Jag är rädd för Olle.")
    save(monas)
    expect(monas.locator("main")).to_contain_text("Jag är rädd för Olle.")
    both_widths(monas)

    for name in ("Nils", "Olle"):
        page = open_as(everybody[name], "/me/")
        expect(page.locator("main")).to_contain_text("Familjen Berg")
        expect(page.locator("main")).not_to_contain_text("Mona")
        expect(page.locator("main")).not_to_contain_text("rädd")
        both_widths(page)
        refused = page.goto(page.url.split("/me/")[0] + case_of(family))
        assert refused is not None and refused.status == 404
    assert open_as(everybody["Nils"], "/me/").get_by_text("Hur det känns i början").count() == 1
    assert open_as(everybody["Olle"], "/me/").get_by_text("Hur det känns i början").count() == 0

    staff = open_as(bo, case_of(family))
    expect(staff.locator("main")).to_contain_text("Jag är rädd för Olle.")
    staff.locator(".belongs li", has_text="Olle").get_by_role("link").click()
    save(staff, "Hör inte till längre")
    expect(staff.locator(".belongs li")).to_have_count(2)
    olles = open_as(everybody["Olle"], "/me/")
    expect(olles.locator("main")).not_to_contain_text("Familjen Berg")


def test_one_decision_for_the_family_when_all_three_parts_are_there(
    family: Enrolment, everybody: dict[str, Person], bo: User, alva: User, wall: Wall, open_as: OpenAs
) -> None:
    told(wall, family, ("2026-03-02 08:00", "money", {**SHARED, "children": 1, "income": 4000}))
    page = open_as(bo, case_of(family))
    page.get_by_role("link", name="Ett beslut för hela familjen …").click()
    page.get_by_label("Vad har ni beslutat").fill("Stöd till alla.")
    save(page)
    expect(page.locator(".error-summary")).to_be_visible()
    told(wall, family, ("2026-03-03 08:00", "adults", {**SHARED, "children": 1, "wish": "Lugn"}))
    told(wall, family, ("2026-03-03 08:10", "children", {**SHARED, "number": 1, "school": "Haga", "wish": "Gå kvar"}))
    save(page)
    expect(page.locator(".path [aria-current=step]")).to_have_text("Stöd")
    for what in ("Flera saker på en gång", "Pengarna"):
        page.get_by_role("link", name="Skriv upp en kontakt …").click()
        choose(page, "Vad gällde det?", what)
        save(page)
    pass_time(wall, "2026-04-02 08:00")
    lead = open_as(alva, reverse("operate:adoption", args=[family.adoption.public_id]))
    expect(lead.locator(".key-figures")).to_contain_text("Kontakter per familj2Hela tiden. 1 ärende.")
    people = open_as(alva, reverse("operate:people", args=[family.adoption.public_id]))
    expect(people.locator("main")).to_contain_text("Familjen Berg")
    both_widths(people)


def test_every_page_in_english_too(
    family: Enrolment, everybody: dict[str, Person], bo: User, siv: User, open_as: OpenAs
) -> None:
    member = joining.members_of(family)[0]
    for path in (
        case_of(family),
        reverse("operate:enrol", args=[family.adoption.public_id]),
        reverse("operate:add-member", args=[family.public_id]),
        reverse("operate:remove-member", args=[family.public_id, member.key]),
        reverse("operate:report", args=[family.public_id, "safety"]),
    ):
        page = open_as(bo, path, language="en")
        expect(page.locator("html")).to_have_attribute("lang", "en")
        both_widths(page)
        page.context.close()


def test_a_stranger_sees_no_family(family: Enrolment, cia: User, elin: User, open_as: OpenAs) -> None:
    for someone in (cia, elin):
        for path in (case_of(family), reverse("operate:add-member", args=[family.public_id])):
            page = open_as(someone, path)
            expect(page.locator("main")).not_to_contain_text("Berg")
