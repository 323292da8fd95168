"""Rehabilitation at home as its people meet it: Doris and what she longs for, Bo assesses and trains, Alva reads."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from genklang.operate import services
from genklang.operate.models import Adoption, Enrolment, Event
from genklang.people.models import Organisation, Person, User
from genklang.people.services import add_person
from tests.browser.conftest import OpenAs
from tests.browser.running import adopted, both_widths, pass_time, told
from tests.web.operate_core.conftest import Wall, wall

__all__ = ["wall"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WELL = {"cognitive_disorder": False, "life_threatening_illness": False, "serious_psychiatric_diagnosis": False}
OLD = {"age_group": "age_65_75", "first_time": True, **WELL}
SEED = "8"  # with it the first of Doris's age who applies for the first time is drawn to train


@pytest.fixture
def trial(lindmala: Organisation, bo: User, wall: Wall) -> Adoption:
    """Lindmåla's trial; Bo assesses and trains."""
    wall.set("2026-03-02 09:00")
    found = adopted("eskilstuna-hemrehab", lindmala, name="Hemrehab", staff={"assessor": bo, "trainer": bo})
    Adoption.objects.filter(pk=found.pk).update(seed=SEED)
    found.refresh_from_db()
    return found


@pytest.fixture
def applied(trial: Adoption, doris: Person) -> Enrolment:
    """Doris has applied for home care."""
    return services.enrol(trial, person=doris, key="R-1")


def case_of(enrolment: Enrolment) -> str:
    return reverse("operate:case", args=[enrolment.public_id])


def choose(page: Page, question: str, answer: str) -> None:
    page.get_by_role("group", name=question).get_by_label(answer).check()


def save(page: Page) -> None:
    page.get_by_role("button", name="Spara").click()


def assess(page: Page, *, dementia: str) -> None:
    page.get_by_role("link", name="Bedömning").first.click()
    choose(page, "Hur gammal är personen?", "65–75 år")
    choose(page, "Söker personen hemtjänst för första gången?", "Ja")
    choose(page, "Finns en kognitiv sjukdom", dementia)
    choose(page, "Finns en livshotande sjukdom?", "Nej")
    choose(page, "Finns en allvarlig psykiatrisk diagnos?", "Nej")
    save(page)


def test_doris_says_yes_and_chance_decides_where_nobody_could_know(
    applied: Enrolment, trial: Adoption, doris: Person, bo: User, alva: User, wall: Wall, open_as: OpenAs
) -> None:
    staff = open_as(bo, case_of(applied))
    assess(staff, dementia="Nej")
    for someone, path in ((bo, case_of(applied)), (alva, reverse("operate:adoption", args=[trial.public_id]))):
        expect(open_as(someone, path).locator("main")).not_to_contain_text("Träning hemma")  # nothing of the next draw
    wall.set("2026-03-02 10:00")
    mine = open_as(doris, "/me/", width=320)
    mine.get_by_role("link", name="Ja till att delta").first.click()
    expect(mine.locator("main")).to_contain_text("Lotten avgör")
    mine.get_by_label("Vad vill du helst kunna göra igen?").fill("Cykla till badet")
    both_widths(mine)
    save(mine)
    expect(mine.locator("main")).to_contain_text("Cykla till badet")
    expect(mine.locator("main")).to_contain_text("Träning hemma")
    staff.reload()
    expect(staff.locator("main")).to_contain_text("Träning hemma")
    expect(staff.locator(".path [aria-current=step]")).to_have_text("Deltar")
    both_widths(staff)


def test_whoever_has_dementia_is_not_drawn_although_she_says_yes(
    applied: Enrolment, bo: User, wall: Wall, open_as: OpenAs
) -> None:
    staff = open_as(bo, case_of(applied))
    assess(staff, dementia="Ja")
    wall.set("2026-03-02 10:00")
    told(wall, applied, ("2026-03-02 10:00", "consented", {"own_goal": "Cykla"}))
    staff.reload()
    expect(staff.locator(".path [aria-current=step]")).to_have_text("Har sökt")
    assert not Event.objects.filter(kind="allocated").exists()


def test_training_day_by_day_to_its_end_and_a_follow_up_two_years_on(
    applied: Enrolment, doris: Person, bo: User, wall: Wall, open_as: OpenAs
) -> None:
    told(wall, applied, ("2026-03-02 09:30", "assessed", OLD), ("2026-03-02 10:00", "consented", {"own_goal": "Cykla"}))
    wall.set("2026-03-03 09:00")
    staff = open_as(bo, case_of(applied))
    staff.get_by_role("link", name="Träningspass").first.click()
    staff.get_by_label("Hur nära målet").fill("2")
    save(staff)
    pass_time(wall, "2026-03-05 10:01")
    staff.goto(staff.url.split("/cases/")[0] + "/work/")
    expect(staff.locator("main")).to_contain_text("räning varje dag första månaden")
    pass_time(wall, "2026-06-02 12:00")
    staff.goto(staff.url.split("/work/")[0] + case_of(applied))
    staff.get_by_role("button", name="Träningen är klar").first.click()
    expect(staff.locator("main")).to_contain_text("Träningen är klar")
    for month, day in ((3, "2026-06-03 12:00"), (12, "2027-03-02 12:00"), (24, "2028-03-02 12:00")):
        pass_time(wall, day)
        staff.reload()
        staff.get_by_role("link", name="Uppföljning").first.click()
        staff.get_by_label("Hur många månader efter lottningen?").fill(str(month))
        staff.get_by_label("Hemtjänst senaste månaden").fill("9,5")
        choose(staff, "Har personen flyttat till särskilt boende?", "Nej")
        save(staff)
    met = applied.outcome_facts.filter(current=True, expectation__startswith="followup", status="met")
    assert sorted(met.values_list("expectation", flat=True)) == ["followup_12", "followup_24", "followup_3"]
    mine = open_as(doris, "/me/", width=320)
    expect(mine.locator("main")).to_contain_text("Cykla")
    both_widths(mine)


def test_alva_reads_the_difference_by_age_and_what_it_cost(
    trial: Adoption, lindmala: Organisation, alva: User, wall: Wall, open_as: OpenAs
) -> None:
    for number in range(24):
        wall.set("2026-03-02 09:30")
        person = add_person(organisation=lindmala, display_name=f"Gäst {number}")
        age = ("age_65_75", "age_76_85", "age_86_95")[number % 3]
        row = services.enrol(trial, person=person, key=f"R-{100 + number}", facts={**OLD, "age_group": age})
        told(wall, row, ("2026-03-02 10:00", "consented", {"own_goal": "Cykla"}))
        row.refresh_from_db()
        hours = (8 if row.arm == "training" else 26) + number % 4
        data = {"month": 12, "hours": hours, "special_housing": False}
        told(wall, row, (f"2027-03-02 {10 + number % 8}:00", "followed_up", data))
    page = open_as(alva, reverse("operate:result", args=[trial.public_id]))
    expect(page.locator("main")).to_contain_text("65–75 år")
    expect(page.locator("main")).to_contain_text("Hemtjänsttimmar i månaden efter 12 månader")
    expect(page.locator("main")).to_contain_text("Lottade")
    both_widths(page)
    page.goto(page.url.replace("result/", ""))
    expect(page.locator("main")).to_contain_text("Färre hemtjänsttimmar om alla tränat")
