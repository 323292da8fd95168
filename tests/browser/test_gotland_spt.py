"""Gotland's team as its people meet it: Doris and her mother answer, Bo leads the team and takes over, Alva counts."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from genklang.operate import joining, services
from genklang.operate.models import Adoption, Enrolment
from genklang.people.models import Organisation, Person, User
from genklang.people.services import add_person
from tests.browser.conftest import OpenAs
from tests.browser.running import adopted, both_widths, pass_time, told
from tests.web.operate_core.conftest import Wall, wall

__all__ = ["wall"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ROLES = ("case_worker", "bup", "coordinator", "therapist", "family_unit")
REFERRAL = {
    "placement_near": True,
    "needs_both": True,
    "tried_other": True,
    "worsening": False,
    "situation": "Stora konflikter",
}
ALL_THERE = {"family_there": True, "social_services_there": True, "bup_there": True}


@pytest.fixture
def team(lindmala: Organisation, bo: User, wall: Wall) -> Adoption:
    """Lindmåla's team; Bo is everybody who works there."""
    wall.set("2026-03-02 08:00")
    return adopted("gotland-spt", lindmala, name="Teamet", staff=dict.fromkeys(ROLES, bo))


@pytest.fixture
def family(team: Adoption) -> Enrolment:
    """A family that is considered."""
    return services.enrol(team, title="Familjen Berg", key="F-1")


@pytest.fixture
def gun(family: Enrolment, lindmala: Organisation, doris: Person, bo: User) -> Person:
    """Doris is the young one, Gun her mother; both have pages of their own."""
    person = add_person(
        organisation=lindmala, display_name="Gun", user=User.objects.create_user("gun@example.se", name="Gun")
    )
    joining.join(family, person=doris, role="young", user=bo, by="case_worker")
    joining.join(family, person=person, role="parent", user=bo, by="case_worker")
    return person


def case_of(enrolment: Enrolment) -> str:
    return reverse("operate:case", args=[enrolment.public_id])


def answer(page: Page, *questions: tuple[str, str]) -> None:
    for question, said in questions:
        page.get_by_role("group", name=question).get_by_label(said).check()


def save(page: Page) -> None:
    page.get_by_role("button", name="Spara").click()


def all_three(page: Page, bup: str = "Ja") -> None:
    answer(page, ("Var familjen med?", "Ja"), ("Var socialtjänsten med?", "Ja"), ("Var BUP med?", bup))


def test_a_referral_a_joint_meeting_and_what_each_says_before_the_work_begins(
    family: Enrolment, gun: Person, doris: Person, bo: User, wall: Wall, open_as: OpenAs
) -> None:
    page = open_as(bo, case_of(family))
    page.get_by_role("link", name="Fråga om teamet").click()
    answer(
        page,
        ("Är en placering utanför hemmet nära?", "Ja"),
        ("Behöver familjen stöd från både", "Ja"),
        ("Har annan öppenvård prövats", "Nej"),
        ("Blir det snabbt värre?", "Nej"),
    )
    page.get_by_label("Vad händer hemma, kort?").fill("Stora konflikter")
    save(page)
    expect(page.locator(".error-summary")).to_be_visible()
    answer(page, ("Har annan öppenvård prövats", "Ja"))
    save(page)
    expect(page.locator(".path [aria-current=step]")).to_have_text("Ska börja")
    both_widths(page)

    pass_time(wall, "2026-03-10 09:00")
    page.reload()
    page.get_by_role("link", name="Skriv upp det gemensamma mötet").first.click()
    all_three(page, bup="Nej")
    page.get_by_label("Vad vill familjen själv ha hjälp med?").fill("Kunna prata utan att skrika")
    save(page)
    expect(page.locator(".error-summary")).to_be_visible()
    all_three(page)
    save(page)
    expect(page.locator("main")).to_contain_text("Kunna prata utan att skrika")

    for minute, (who, own, home) in enumerate(((doris, 3, 2), (gun, 5, 4))):
        wall.set(f"2026-03-10 10:0{minute}")
        mine = open_as(who, "/me/", width=320)
        mine.get_by_role("link", name="Säg hur ni har det nu").first.click()
        mine.get_by_label("Hur mår du").fill(str(own))
        mine.get_by_label("Hur har ni det hemma").fill(str(home))
        both_widths(mine)
        save(mine)
        expect(mine.locator("main")).to_contain_text("Hur det var i början")
        if who is doris:
            page.get_by_role("button", name="Arbetet börjar").click()
            expect(page.locator(".error-summary")).to_contain_text("Hur ni har det nu")
            page.goto(page.url.split("/cases/")[0] + case_of(family))
        mine.context.close()
    wall.set("2026-03-10 11:00")
    page.get_by_role("button", name="Arbetet börjar").click()
    expect(page.locator(".path [aria-current=step]")).to_have_text("Behandling")


def test_every_sixth_week_all_three_meet_or_the_coordinator_is_told(
    family: Enrolment, bo: User, wall: Wall, open_as: OpenAs
) -> None:
    _begun(wall, family)
    told(wall, family, ("2026-04-27 10:00", "followed_up", {**ALL_THERE, "bup_there": False, "words": "BUP kom inte"}))
    pass_time(wall, "2026-05-05 09:00")
    page = open_as(bo, "/work/")
    expect(page.locator("main")).to_contain_text("Familjen, socialtjänsten och BUP ska träffas")
    page.get_by_role("link", name="Familjen Berg").first.click()
    page.get_by_role("link", name="Skriv upp uppföljningen").first.click()
    all_three(page)
    page.get_by_label("Vad kom ni fram till?").fill("Nu går det att prata vid middagen")
    save(page)
    expect(page.locator(".alarm-card")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("Nu går det att prata vid middagen")


def test_when_the_years_families_have_begun_the_next_waits_her_turn(
    team: Adoption, family: Enrolment, bo: User, alva: User, wall: Wall, open_as: OpenAs
) -> None:
    services.change_adoption(team, name="Teamet", overlay={"places": {"family": {"starts": 1}}})
    told(wall, family, ("2026-03-02 09:00", "referred", REFERRAL))
    for number, (name, worse) in enumerate((("Familjen Lund", False), ("Familjen Ek", True)), start=2):
        wall.set(f"2026-03-0{number} 08:30")
        row = services.enrol(team, title=name, key=f"F-{number}")
        told(wall, row, (f"2026-03-0{number} 09:00", "referred", {**REFERRAL, "worsening": worse}))
    pass_time(wall, "2026-03-12 09:00")
    page = open_as(bo, reverse("operate:places", args=[team.public_id]))
    expect(page.locator(".key-figures")).to_contain_text("1 av 1")
    expect(page.locator("tbody tr").first).to_contain_text("Familjen Ek")
    both_widths(page)
    lead = open_as(alva, reverse("operate:place-numbers", args=[team.public_id, "family"]))
    lead.get_by_label("Hur många får börja").fill("2")
    save(lead)
    expect(lead.locator("tbody tr")).to_have_count(1)
    expect(lead.locator("tbody tr").first).to_contain_text("Familjen Lund")


def test_no_gap_at_the_hand_over_and_what_it_came_to(
    family: Enrolment, gun: Person, doris: Person, bo: User, alva: User, wall: Wall, open_as: OpenAs
) -> None:
    _begun(wall, family)
    pass_time(wall, "2026-07-16 10:00")
    page = open_as(bo, case_of(family))
    page.get_by_role("link", name="Skriv slutanteckningen och lämna över").first.click()
    page.get_by_label("Vad har blivit annorlunda?").fill("Färre bråk, och hon är i skolan")
    page.get_by_label("Vad ska den som tar vid göra").fill("En samtalskontakt en dag i veckan")
    save(page)
    pass_time(wall, "2026-07-23 10:05")
    page.goto(page.url.split("/cases/")[0] + "/work/")
    expect(page.locator(".alarm-card")).to_contain_text("Nu får inget glapp uppstå")
    both_widths(page)
    page.get_by_role("link", name="Familjen Berg").first.click()
    page.get_by_role("link", name="Vi tar vid").first.click()
    page.get_by_label("Vem är familjens kontakt?").fill("Maj på familjeenheten")
    page.get_by_label("När ses ni första gången?").fill("2026-07-27")
    save(page)
    mine = open_as(doris, "/me/", width=320)
    expect(mine.locator("main")).to_contain_text("Maj på familjeenheten")
    both_widths(mine)

    pass_time(wall, "2027-01-16 12:00")
    page.goto(page.url.split("/cases/")[0] + case_of(family))
    page.get_by_role("link", name="Svara om placering").first.click()
    answer(page, ("Behövdes en placering efter teamets arbete?", "Nej"))
    save(page)
    lead = open_as(alva, reverse("operate:adoption", args=[family.adoption.public_id]))
    expect(lead.locator("main")).to_contain_text("det går jämnt upp vid 0,1, och hittills är det 1")
    both_widths(lead)


def _begun(wall: Wall, family: Enrolment) -> None:
    """The team has met the family, and works with it."""
    told(
        wall,
        family,
        ("2026-03-02 09:00", "referred", REFERRAL),
        ("2026-03-10 10:00", "joint_meeting", {**ALL_THERE, "wish": "Kunna prata"}),
    )
    for row in family.members.all():
        data = {"who": row.key, "self": 4, "family": 3}
        told(wall, family, (f"2026-03-1{row.pk % 5 + 1} 18:00", "rated_start", data))
    told(wall, family, ("2026-03-16 09:00", "work_begun", {}))
