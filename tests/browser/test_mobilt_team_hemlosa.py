"""The mobile team as its people meet it: Doris says yes and what she needs, Bo is the team, Alva leads."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from genklang.operate import services
from genklang.operate.models import Adoption, Enrolment, Event
from genklang.people.models import Organisation, Person, User
from tests.browser.conftest import OpenAs
from tests.browser.running import adopted, both_widths, pass_time, told
from tests.web.operate_core.conftest import Wall, wall

__all__ = ["wall"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
YES = {"may_share": True, "may_ask_others": False, "nights_outdoors": 12, "safe": 2}


@pytest.fixture
def team(lindmala: Organisation, bo: User, alva: User, wall: Wall) -> Adoption:
    """Lindmåla's team: Bo goes out and receives too, Alva leads."""
    wall.set("2026-03-02 09:00")
    staff = dict.fromkeys(("social_worker", "nurse", "peer", "receiver"), bo)
    return adopted("mobilt-team-hemlosa", lindmala, name="Teamet", staff={**staff, "lead": alva})


@pytest.fixture
def met(team: Adoption, doris: Person) -> Enrolment:
    """Doris, whom the team has met and knows nothing about."""
    return services.enrol(team, person=doris, key="M-1")


def case_of(enrolment: Enrolment) -> str:
    return reverse("operate:case", args=[enrolment.public_id])


def choose(page: Page, question: str, answer: str) -> None:
    page.get_by_role("group", name=question).get_by_label(answer).check()


def save(page: Page) -> None:
    page.get_by_role("button", name="Spara").click()


def write(page: Page, form: str, **answers: str) -> None:
    """Opens a form by its name and fills in what is written; questions go by their first words, _ is a space."""
    page.get_by_role("link", name=form).first.click()
    for question, said in answers.items():
        page.get_by_label(question.replace("_", " ")).fill(said)


def test_doris_says_yes_on_her_telephone_and_what_she_needs_is_answered(
    met: Enrolment, doris: Person, bo: User, wall: Wall, open_as: OpenAs
) -> None:
    staff = open_as(bo, case_of(met))
    write(staff, "Vi sågs", Var_sågs_ni="Under bron")
    choose(staff, "Var sover personen nu?", "Ute, i tält")
    save(staff)

    wall.set("2026-03-03 20:00")
    mine = open_as(doris, "/me/", width=320)
    write(mine, "Säg ja till kontakt", Vad_vill_du_kallas="Dolly", Hur_många_av="12", Hur_trygg="2")
    choose(mine, "Får teamet prata med vården", "Ja")
    choose(mine, "Får teamet fråga andra", "Nej")
    both_widths(mine)
    save(mine)
    wall.set("2026-03-03 20:05")
    write(mine, "Berätta vad du behöver", Vad_behöver_du="En dörr som går att låsa")
    choose(mine, "Vad gäller det?", "Någonstans att bo")
    save(mine)
    expect(mine.locator("main")).to_contain_text("En dörr som går att låsa")
    both_widths(mine)

    pass_time(wall, "2026-03-17 20:06")
    staff.goto(staff.url.split("/cases/")[0] + "/work/")
    expect(staff.locator("main")).to_contain_text("En dörr som går att låsa")
    both_widths(staff)
    staff.goto(staff.url.split("/work/")[0] + case_of(met))
    write(staff, "Svara på ett behov", Vad_gjorde_ni="Vi ringde bostad först tillsammans")
    save(staff)
    expect(staff.locator("main")).to_contain_text("Vi ringde bostad först tillsammans")


def test_without_her_yes_nobody_talks_with_the_dentist(
    met: Enrolment, doris: Person, bo: User, wall: Wall, open_as: OpenAs
) -> None:
    told(wall, met, ("2026-03-03 10:00", "said_yes", {**YES, "may_share": False}))
    wall.set("2026-03-04 10:00")
    staff = open_as(bo, case_of(met))
    expect(staff.get_by_role("link", name="Boka en kontakt")).to_have_count(0)
    expect(staff.get_by_role("link", name="Ta emot")).to_have_count(0)
    mine = open_as(doris, "/me/", width=320)
    write(mine, "Ändra vad teamet får göra")
    mine.locator("summary", has_text="Ändra").first.click()
    choose(mine, "Får teamet prata med vården", "Ja")
    save(mine)
    wall.set("2026-03-05 10:00")
    staff.reload()
    write(staff, "Boka en kontakt", Vilken_dag="2026-03-12")
    choose(staff, "Med vem?", "Tandvård")
    choose(staff, "Följer någon i teamet med?", "Ja")
    save(staff)
    pass_time(wall, "2026-03-12 12:00")
    mine.goto(mine.url.split("/me/")[0] + "/me/")
    write(mine, "Berätta hur det gick")
    choose(mine, "Blev det av?", "Ja")
    save(mine)
    expect(mine.locator("main")).to_contain_text("Berättade hur det gick")


def test_somebody_who_vanishes_is_looked_for_until_the_lead_decides(
    met: Enrolment, bo: User, alva: User, wall: Wall, open_as: OpenAs
) -> None:
    told(wall, met, ("2026-03-03 10:00", "said_yes", YES))
    pass_time(wall, "2026-03-13 10:01")
    staff = open_as(bo, "/work/")
    expect(staff.locator("main")).to_contain_text("i ses varje vecka")
    staff.goto(staff.url.split("/work/")[0] + case_of(met))
    write(staff, "Vi hittar inte personen", När_sågs_ni_senast="2026-03-03")
    save(staff)
    wall.set("2026-03-14 10:00")
    write(staff, "Vi letade", Var_letade_ni="Stationen", Vem_frågade_ni="Nattbussföraren")
    save(staff)
    expect(staff.locator(".error-summary")).to_be_visible()
    both_widths(staff)
    staff.get_by_label("Vem frågade ni").fill("")
    save(staff)
    pass_time(wall, "2026-04-14 10:00")
    lead = open_as(alva, "/work/")
    expect(lead.locator("main")).to_contain_text("ittad igen")
    lead.goto(lead.url.split("/work/")[0] + case_of(met))
    write(lead, "Sluta leta", Varför="Har flyttat till sin syster")
    save(lead)
    expect(lead.locator("main")).to_contain_text("Har flyttat till sin syster")


def test_a_hand_over_is_answered_and_the_team_asks_how_she_is(
    met: Enrolment, team: Adoption, doris: Person, bo: User, alva: User, wall: Wall, open_as: OpenAs
) -> None:
    told(wall, met, ("2026-03-03 10:00", "said_yes", YES))
    wall.set("2026-04-01 10:00")
    staff = open_as(bo, case_of(met))
    write(staff, "Lämna över", Vad_vill_personen="En egen dörr", Vad_vet_ni_redan="Sover i trapphus")
    choose(staff, "Till vem?", "Bostad först")
    save(staff)
    pass_time(wall, "2026-04-08 10:01")
    lead = open_as(alva, "/work/")
    expect(lead.locator("main")).to_contain_text("tt svar från den som ska ta emot")
    wall.set("2026-04-09 10:00")
    staff.reload()
    write(staff, "Ta emot", När_ses_ni="2026-04-12")
    save(staff)
    expect(staff.locator(".path [aria-current=step]")).to_have_text("Mottagen av någon annan")

    pass_time(wall, "2026-07-10 12:00")
    mine = open_as(doris, "/me/", width=320)
    write(mine, "Berätta hur du har det", Hur_många_av="1", Hur_trygg="8")
    choose(mine, "Var sover du nu?", "I ett eget hem")
    save(mine)
    assert Event.objects.get(kind="follow_up").data["nights_outdoors"] == 1
    lead.goto(lead.url.split("/work/")[0] + reverse("operate:adoption", args=[team.public_id]))
    expect(lead.locator("main")).to_contain_text("Nätter ute av 14")
    both_widths(lead)
    lead.get_by_role("link", name="Resultat").first.click()
    expect(lead.locator("main")).to_contain_text("Sover de som teamet lämnat över färre nätter ute")


def test_when_it_is_urgent_the_nurse_is_alarmed(
    met: Enrolment, doris: Person, bo: User, wall: Wall, open_as: OpenAs
) -> None:
    mine = open_as(doris, "/me/", width=320)
    write(mine, "Någon behöver vård nu", Vad_har_hänt="Feber", Var="Trapphuset på Storgatan")
    save(mine)
    pass_time(wall, "2026-03-02 13:01")
    staff = open_as(bo, "/work/")
    expect(staff.locator(".alarm-card", has_text="Doris")).to_contain_text("n sjuksköterska kommer")
    staff.get_by_role("button", name="Jag tar det").click()
    wall.set("2026-03-02 13:30")
    staff.goto(staff.url.split("/work/")[0] + case_of(met))
    write(staff, "Sjuksköterskan har sett personen", Vad_gjordes="Till akuten tillsammans")
    save(staff)
    expect(staff.locator(".alarm-card")).to_have_count(0)
