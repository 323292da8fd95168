"""A network investigation as its people meet it: Doris draws her network, Bo leads, an aunt answers by a link."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from genklang.operate import joining, services
from genklang.operate.models import Adoption, Enrolment, Event
from genklang.people.models import Organisation, Person, User
from genklang.people.services import add_person
from tests.browser.conftest import OpenAs
from tests.browser.running import adopted, both_widths, pass_time, told
from tests.web.operate_core.conftest import Wall, wall

__all__ = ["wall"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NETWORK = (("Kerstin", "moster", 1, "middag på tisdagar"), ("Ali", "tränare", 2, "skjuts hem"))


@pytest.fixture
def adoption(lindmala: Organisation, bo: User, wall: Wall) -> Adoption:
    """Lindmåla investigates with the network; Bo leads the meetings and is the social worker too."""
    staff = {"network_leader": bo}
    found = adopted("laholm-natverksutredning", lindmala, name="Nätverksutredningar", staff=staff)
    services.assign(found, user=bo, role="caseworker")
    return found


@pytest.fixture
def enrolment(adoption: Adoption, doris: Person) -> Enrolment:
    """Doris is whom it is about."""
    return services.enrol(adoption, person=doris, key="N-1")


@pytest.fixture
def gun(enrolment: Enrolment, lindmala: Organisation, bo: User) -> Person:
    """Doris's mother belongs to it, and can sign in."""
    user = User.objects.create_user("gun@example.se", name="Gun")
    person = add_person(organisation=lindmala, display_name="Gun", user=user)
    joining.join(enrolment, person=person, role="parent", user=bo, by="caseworker")
    return person


@pytest.fixture
def network(enrolment: Enrolment, wall: Wall) -> list[str]:
    """Two people are on the map; the keys that the log knows them by."""
    for place, (name, relation, closeness, help_with) in enumerate(NETWORK):
        data = {"name": name, "relation": relation, "closeness": closeness, "can_help_with": help_with}
        told(wall, enrolment, (f"2026-03-02 07:0{place}", "person_added", data))
    rows = Event.objects.filter(enrolment=enrolment, kind="person_added").order_by("occurred_at")
    return list(rows.values_list("key", flat=True))


def case_of(enrolment: Enrolment) -> str:
    return reverse("operate:case", args=[enrolment.public_id])


def choose(page: Page, question: str, answer: str) -> None:
    """Answers a question that is a choice."""
    page.get_by_role("group", name=question).get_by_label(answer).check()


def save(page: Page) -> None:
    page.get_by_role("button", name="Spara").click()


def test_doris_draws_her_network_on_her_telephone(enrolment: Enrolment, doris: Person, open_as: OpenAs) -> None:
    page = open_as(doris, "/me/", width=320)
    for name, relation, closeness, help_with in NETWORK:
        page.get_by_role("link", name="Lägg till någon i nätverket").click()
        page.get_by_label("Vad heter personen?").fill(name)
        page.get_by_label("Vem är det").fill(relation)
        page.get_by_label("Hur nära?").fill(str(closeness))
        page.get_by_label("Vad kan personen hjälpa till med?").fill(help_with)
        save(page)
    rows = page.locator(".network tbody tr")
    expect(rows).to_have_text([re.compile("Kerstin.*moster.*middag"), re.compile("Ali.*tränare.*skjuts")])
    expect(page.locator(".network svg g")).to_have_count(2)
    page.get_by_role("link", name="Ta bort någon").click()
    choose(page, "Vem?", "Ali")
    save(page)
    expect(page.locator(".network tbody tr")).to_have_count(1)
    both_widths(page)


def test_an_aunt_is_invited_and_answers_by_her_link(
    enrolment: Enrolment, network: list[str], bo: User, wall: Wall, open_as: OpenAs
) -> None:
    page = open_as(bo, case_of(enrolment))
    expect(page.locator(".network")).to_contain_text("Kerstin")
    page.get_by_role("link", name="Planera ett nätverksmöte").click()
    page.get_by_label("När?").fill("2026-03-20T16:00")
    page.get_by_label("Var?").fill("Folkets hus")
    save(page)
    page.get_by_role("link", name="Bjud in någon").click()
    expect(page.get_by_role("group", name="Vilket möte?").get_by_role("radio")).to_be_checked()
    choose(page, "Vem bjuds in?", "Kerstin")
    page.get_by_label("Hur tilltalas personen?").fill("Kerstin")
    both_widths(page)
    save(page)
    page.get_by_role("button", name="Visa adressen").click()
    address = page.get_by_label("Adressen").input_value()
    wall.set("2026-03-03 12:00")
    guest = open_as(None, address[address.index("/g/") :], width=320)
    expect(guest.locator("main")).not_to_contain_text("moster")
    guest.get_by_role("button", name="Öppna").click()
    expect(guest.locator("main")).to_contain_text("Folkets hus")
    choose(guest, "Kommer du?", "Ja")
    guest.get_by_label("Vad kan du hjälpa till med?").fill("Jag kan köra på torsdagar.")
    guest.get_by_role("button", name=re.compile("Skicka|Spara|Svara")).click()
    both_widths(guest)

    page.goto(page.url.split("/links/")[0] + case_of(enrolment))
    expect(page.locator("main")).to_contain_text("Jag kan köra på torsdagar.")
    expect(page.locator(".todo").first).not_to_contain_text("Svar på inbjudan")


def test_an_invitation_without_an_answer_is_bos_to_phone_about(
    enrolment: Enrolment, network: list[str], bo: User, wall: Wall, open_as: OpenAs
) -> None:
    told(
        wall,
        enrolment,
        (
            "2026-03-02 07:10",
            "meeting_planned",
            {"start": "2026-03-20T16:00:00+01:00", "place": "Hos Kerstin"},
        ),
    )
    meeting = Event.objects.get(kind="meeting_planned").key
    told(wall, enrolment, ("2026-03-02 07:20", "invited", {"meeting": meeting, "who": network[1], "called": "Ali"}))
    pass_time(wall, "2026-03-09 09:00")
    page = open_as(bo, "/work/")
    expect(page.locator(".todo").first).to_contain_text("Har inte hänt: svar på inbjudan: 20 mars 16:00, Ali")
    page.get_by_role("link", name="Doris").first.click()
    page.get_by_role("link", name=re.compile("^Svara på inbjudan")).first.click()
    choose(page, "Kommer du?", "Nej")
    save(page)
    expect(page.locator(".alarm-card")).to_have_count(0)


def test_what_was_agreed_is_followed_up_when_its_day_has_come(
    enrolment: Enrolment, network: list[str], gun: Person, bo: User, doris: Person, wall: Wall, open_as: OpenAs
) -> None:
    told(
        wall,
        enrolment,
        (
            "2026-03-02 07:10",
            "meeting_planned",
            {"start": "2026-03-20T16:00:00+01:00", "place": "Hos Kerstin"},
        ),
    )
    pass_time(wall, "2026-03-20 18:00")
    page = open_as(bo, case_of(enrolment))
    page.get_by_role("link", name=re.compile("^Skriv vad mötet kom fram till ?:")).click()
    choose(page, "Vilka ur nätverket kom?", "Kerstin")
    page.get_by_label("Vad kom ni fram till").fill("Vi hjälps åt med skolvägen.")
    save(page)
    for what, who, day in (
        ("Skjuts på torsdagar", "Ali", "2026-04-01"),
        ("Middag på tisdagar", "Kerstin", "2026-04-10"),
    ):
        page.get_by_role("link", name="Skriv en överenskommelse").click()
        page.get_by_label("Vad ska göras?").fill(what)
        choose(page, "Vem i nätverket gör det?", who)
        page.get_by_label("Till när?").fill(day)
        save(page)
    expect(page.locator(".happened").first).to_contain_text("Ali, tränare")

    pass_time(wall, "2026-04-02 09:00")
    hers = open_as(doris, "/me/", width=320)
    expect(hers.locator("main")).to_contain_text("Överenskommelsen följs upp: Skjuts på torsdagar")
    hers.get_by_role("link", name="Följ upp en överenskommelse").first.click()
    expect(hers.get_by_label("Skjuts på torsdagar")).to_be_checked()
    choose(hers, "Blev det som ni kom överens om?", "Delvis")
    save(hers)
    expect(hers.locator("main")).to_contain_text("Delvis")

    mothers = open_as(gun, "/me/")
    expect(mothers.locator("main")).to_contain_text("Överenskommelsen följs upp: Middag på tisdagar")
    expect(mothers.locator("main")).not_to_contain_text("Skjuts på torsdagar, Ali, tränare, middag")
    both_widths(mothers)

    pass_time(wall, "2026-04-18 09:00")
    page.goto(page.url.split("/cases/")[0] + "/work/")
    expect(page.locator(".todo").first).to_contain_text("Middag på tisdagar")


def test_what_is_known_is_not_asked_again(
    enrolment: Enrolment, bo: User, alva: User, wall: Wall, open_as: OpenAs
) -> None:
    page = open_as(bo, case_of(enrolment))
    for needed, important in (("Vad Doris vill", "Att få bo kvar"), ("Hur skolan går", "")):
        page.get_by_role("link", name="Skriv upp ett samtal").click()
        page.get_by_label("Vad behöver ni veta").fill(needed)
        if important:
            page.get_by_label("Vad är viktigt för dig?").fill(important)
            page.get_by_label("Vilket språk").fill("somaliska")
        else:
            expect(page.locator(".known")).to_contain_text("Att få bo kvar")
            page.get_by_label("Hur är det i skolan?").fill("Bra i matte")
            both_widths(page)
        save(page)
    lead = open_as(alva, reverse("operate:adoption", args=[enrolment.adoption.public_id]))
    expect(lead.locator("main")).to_contain_text("2 frågor behövde inte besvaras igen.")
    expect(lead.locator("main")).to_contain_text("Av 5 frågor")
    both_widths(lead)


def test_a_stranger_sees_nothing_of_it(
    enrolment: Enrolment, gun: Person, cia: User, elin: User, open_as: OpenAs
) -> None:
    for someone in (cia, elin, gun):
        page = open_as(someone, case_of(enrolment))
        expect(page.locator("main")).not_to_contain_text("Doris")
