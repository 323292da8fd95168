"""School support as its people meet it: marks fall, Bo is told, Doris is talked with, makes a plan and takes steps."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from genklang.operate import services
from genklang.operate.models import Adoption, Enrolment
from genklang.people.models import Organisation, Person, Role, User
from genklang.people.services import add_member
from tests.browser.conftest import OpenAs
from tests.browser.running import adopted, both_widths, pass_time, ticking, told
from tests.web.operate_core.conftest import Wall, wall

__all__ = ["ticking", "wall"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("ticking")]
GOOD, BAD = {"points": 14.5, "failing": 0}, {"points": 11.0, "failing": 2}
TALKED = {"words": "Jag orkar inte upp på mornarna", "wants_plan": True}


@pytest.fixture
def school(lindmala: Organisation, bo: User, wall: Wall) -> Adoption:
    """Lindmåla's school; Bo is host and study support."""
    wall.set("2026-02-02 08:00")
    found = adopted("sundsvall-skolsupport", lindmala, name="Skolsupporten", staff={"host": bo})
    services.assign(found, user=bo, role="study_support")
    return found


@pytest.fixture
def enrolment(school: Adoption, doris: Person, wall: Wall) -> Enrolment:
    """Doris is in her second year, and has had good marks."""
    row = services.enrol(school, person=doris, key="S-1", facts={"year": "second"})
    told(wall, row, ("2026-02-06 16:00", "marks", GOOD))
    return row


@pytest.fixture
def head(school: Adoption, lindmala: Organisation) -> User:
    """Hanna is the head teacher."""
    user = add_member(email="hanna@example.se", organisation=lindmala, role=Role.STAFF, name="Hanna").user
    services.assign(school, user=user, role="principal")
    return user


def case_of(enrolment: Enrolment) -> str:
    return reverse("operate:case", args=[enrolment.public_id])


def save(page: Page) -> None:
    page.get_by_role("button", name="Spara").click()


def test_falling_marks_are_noticed_at_once_and_doris_sees_why(
    enrolment: Enrolment, bo: User, doris: Person, wall: Wall, open_as: OpenAs
) -> None:
    wall.set("2026-03-20 15:00")
    page = open_as(bo, case_of(enrolment))
    expect(page.locator(".noticed")).to_have_count(0)
    page.get_by_role("link", name="För in ett omdöme").click()
    page.get_by_label("Betygspoäng i snitt").fill("11")
    page.get_by_label("I hur många kurser").fill("2")
    save(page)
    rows = page.locator(".noticed tbody tr")
    expect(page.locator(".noticed caption")).to_have_text("Betygen faller")
    expect(rows).to_have_text([re.compile("I dag.*11.*2"), re.compile("6 februari.*14,5.*0")])
    expect(page.locator(".todo").first).to_contain_text("Ett samtal om hur det är: Betygen faller")
    both_widths(page)

    mine = open_as(doris, "/me/", width=320)
    expect(mine.locator(".noticed")).to_contain_text("Betygen faller")
    expect(mine.locator(".noticed")).to_contain_text("någon kommer att prata med dig")
    both_widths(mine)
    both_widths(open_as(bo, case_of(enrolment), language="en"))


def test_when_nobody_talks_with_doris_the_head_teacher_is_told(
    enrolment: Enrolment, bo: User, head: User, wall: Wall, open_as: OpenAs
) -> None:
    told(wall, enrolment, ("2026-03-20 15:00", "marks", BAD))
    pass_time(wall, "2026-03-23 16:00")
    page = open_as(bo, "/work/")
    expect(page.locator("main")).to_contain_text("Har inte hänt: ett samtal om hur det är")
    expect(open_as(head, "/work/").locator("main")).not_to_contain_text("Doris")
    pass_time(wall, "2026-03-25 16:00")
    above = open_as(head, "/work/")
    expect(above.locator("main")).to_contain_text("Har inte hänt: ett samtal om hur det är")
    both_widths(above)

    page.goto(page.url.replace("/work/", case_of(enrolment)))
    expect(page.locator(".alarm-card")).to_contain_text("Betygen faller")
    expect(page.locator(".alarm-card")).to_contain_text("Det är inget förhör.")
    page.get_by_role("link", name="Skriv att ni har pratats vid").click()
    page.get_by_label("Hur är det, med elevens egna ord?").fill("Matten är kört")
    page.get_by_role("group", name="Vill eleven göra en studieplan?").get_by_label("Nej").check()
    save(page)
    expect(page.locator(".alarm-card")).to_have_count(0)
    above.reload()
    expect(above.locator("main")).not_to_contain_text("Doris")


def test_absence_over_weeks_is_a_signal_and_one_bad_week_is_none(
    enrolment: Enrolment, bo: User, wall: Wall, open_as: OpenAs
) -> None:
    told(wall, enrolment, ("2026-02-13 16:00", "week", {"away": 1, "scheduled": 23}))
    told(wall, enrolment, ("2026-02-20 16:00", "week", {"away": 5, "scheduled": 23}))
    page = open_as(bo, case_of(enrolment))
    expect(page.locator(".noticed")).to_have_count(0)
    page.get_by_role("link", name="För in en veckas närvaro").click()
    page.get_by_label("Hur många lektionstimmar missade").fill("8")
    page.get_by_label("Hur många fanns på schemat?").fill("23")
    save(page)
    expect(page.locator(".noticed caption")).to_have_text("Frånvaron växer")
    expect(page.locator(".todo").first).to_contain_text("Frånvaron växer")


def test_no_plan_before_a_talk_then_a_plan_with_steps_that_doris_tells_of(
    enrolment: Enrolment, bo: User, doris: Person, wall: Wall, open_as: OpenAs
) -> None:
    told(wall, enrolment, ("2026-03-20 15:00", "marks", BAD))
    page = open_as(bo, case_of(enrolment))
    make_plan(page)
    expect(page.locator(".error-summary")).to_contain_text("Gör det här först")
    told(wall, enrolment, ("2026-03-21 09:00", "talked", TALKED))
    page.goto(page.url.split("/report")[0] if "/report" in page.url else page.url)
    page = open_as(bo, case_of(enrolment))
    expect(page.locator(".todo").first).to_contain_text("En egen studieplan")
    make_plan(page)
    expect(page.locator(".path [aria-current=step]")).to_have_text("Med studieplan")

    mine = open_as(doris, "/me/", width=320)
    mine.get_by_role("link", name="Kom överens om ett steg").click()
    mine.get_by_label("Vad ska göras?").fill("Lämna in uppsatsen")
    mine.get_by_label("Till när?").fill("2026-03-27")
    save(mine)
    expect(mine.locator("main")).to_contain_text("Lämna in uppsatsen")
    wall.set("2026-03-27 15:00")
    mine.reload()
    mine.get_by_role("link", name="Berätta om ett steg").first.click()
    step = mine.get_by_role("group", name="Vilket steg?").get_by_label("Lämna in uppsatsen")
    expect(step).to_be_checked()
    mine.get_by_role("group", name="Hur gick det?").get_by_label("Det blev gjort").check()
    both_widths(mine)
    save(mine)
    expect(mine.locator("main")).to_contain_text("Så gick steget")


def make_plan(page: Page) -> None:
    page.get_by_role("link", name="Gör en studieplan").click()
    page.get_by_label("Vad vill eleven nå").fill("Bli klar med svenskan")
    page.get_by_label("Vad väntar sig skolan").fill("Att du kommer på tisdagar")
    page.get_by_label("Vad gör vi vuxna?").fill("Ringer på morgonen")
    page.get_by_label("När ses ni nästa gång?").fill("2026-04-03")
    save(page)


def test_the_plan_is_followed_up_on_its_day_and_doris_completes(
    enrolment: Enrolment, bo: User, wall: Wall, open_as: OpenAs
) -> None:
    plan = {"goal": "Bli klar", "expected": "Kom", "help": "Vi ringer", "next_on": "2026-04-03"}
    told(wall, enrolment, ("2026-03-21 09:00", "talked", TALKED), ("2026-03-22 09:00", "plan_made", plan))
    pass_time(wall, "2026-04-10 00:01")
    page = open_as(bo, "/work/")
    expect(page.locator("main")).to_contain_text("Har inte hänt: studieplanen följs upp")
    page.goto(page.url.replace("/work/", case_of(enrolment)))
    page.get_by_role("link", name=re.compile("^Följ upp studieplanen")).first.click()
    expect(page.get_by_role("group", name="Vilken plan?").get_by_role("radio")).to_be_checked()
    page.get_by_label("Hur går det?").fill("Det rör på sig")
    page.get_by_label("När ses ni nästa gång?").fill("2026-05-04")
    save(page)
    expect(page.locator(".todo").first).to_contain_text("Studieplanen följs upp")
    expect(page.locator(".alarm-card")).to_have_count(0)
    page.get_by_role("link", name="Fullföljde gymnasiet").click()
    save(page)
    expect(page.locator(".path [aria-current=step]")).to_have_text("Fullföljde gymnasiet")


def test_alva_sees_how_fast_it_went_and_cia_sees_nothing(
    enrolment: Enrolment, school: Adoption, alva: User, cia: User, wall: Wall, open_as: OpenAs
) -> None:
    told(wall, enrolment, ("2026-03-20 15:00", "marks", BAD), ("2026-03-21 09:00", "talked", TALKED))
    address = reverse("operate:adoption", args=[school.public_id])
    page = open_as(alva, address)
    expect(page.locator("main")).to_contain_text("Samtal inom tre dagar")
    both_widths(page)
    for path in (address, case_of(enrolment)):
        expect(open_as(cia, path).locator("h1")).not_to_contain_text(re.compile("Doris|Skolsupporten"))
