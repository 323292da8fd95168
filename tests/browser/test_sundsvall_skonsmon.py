"""Skönsmon, end to end in a browser: the interview, visits, how it feels, calls for help, the month, the board."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from genklang.operate import services
from genklang.operate.models import Adoption, Enrolment
from genklang.people.models import Organisation, Person, User
from genklang.people.services import add_person
from tests.browser.conftest import OpenAs, axe, check_page
from tests.browser.running import adopted, both_widths, pass_time, told
from tests.browser.test_vaxjo_vaxjoloftet import assert_readable
from tests.web.operate_core.conftest import Wall, wall

__all__ = ["wall"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def team(lindmala: Organisation, bo: User, alva: User, wall: Wall) -> Adoption:
    """Lindmåla's northern team: Bo is assistant nurse, Alva the manager."""
    wall.set("2026-01-31 08:00")
    return adopted("sundsvall-skonsmon", lindmala, name="Norra laget", staff={"carer": bo, "leader": alva})


@pytest.fixture
def at_home(team: Adoption, doris: Person, wall: Wall) -> Enrolment:
    """Doris has home care."""
    enrolment = services.enrol(team, person=doris, role="person", key="S-1")
    told(wall, enrolment, ("2026-01-31 09:00", "began", {}))
    return enrolment


def a_month_of_visits(team: Adoption, wall: Wall) -> None:
    """Five more people at home, each visited twice in February by two of three people, and one call for help."""
    for each in range(5):
        wall.set("2026-01-31 08:00")
        person = add_person(organisation=team.organisation, display_name=f"Granne {each}")
        enrolment = services.enrol(team, person=person, role="person", key=f"S-{each + 10}")
        day = f"2026-02-{each + 3:02d}"
        later = f"2026-02-{each + 10:02d}"
        told(
            wall,
            enrolment,
            ("2026-01-31 09:00", "began", {}),
            (
                f"{day} 09:00",
                "visited",
                {"who": "A", "came_at": f"{day}T08:00:00+01:00", "left_at": f"{day}T08:45:00+01:00"},
            ),
            (
                f"{later} 09:00",
                "visited",
                {"who": "B", "came_at": f"{later}T08:00:00+01:00", "left_at": f"{later}T09:00:00+01:00"},
            ),
            (f"{later} 12:00", "health_rated", {"health": 3 + each % 2}),
            (f"{later} 20:00", "alarm_raised", {}),
            (f"{later} 20:05", "alarm_answered", {}),
        )


def test_what_matters_most_stands_first_on_my_page(
    at_home: Enrolment, doris: Person, bo: User, open_as: OpenAs, wall: Wall
) -> None:
    wall.set("2026-02-04 09:00")
    case = open_as(bo, reverse("operate:case", args=[at_home.public_id]))
    case.get_by_role("link", name=re.compile("^Djupintervju")).click()
    case.get_by_label("Vad är viktigast för dig").fill("att det är samma människor som kommer")
    case.get_by_role("button", name="Spara").click()
    mine = open_as(doris, "/me/", width=320)
    expect(mine.locator("q")).to_have_text("Att det är samma människor som kommer")
    check_page(mine)


def test_bo_logs_a_visit_and_doris_says_how_she_is(
    at_home: Enrolment, doris: Person, bo: User, open_as: OpenAs, wall: Wall
) -> None:
    wall.set("2026-02-04 09:00")
    case = open_as(bo, reverse("operate:case", args=[at_home.public_id]), width=320)
    case.get_by_role("link", name=re.compile("^Skriv upp ett besök")).click()
    case.get_by_label("Vem var här?").fill("B7")
    case.get_by_label("När kom du?").fill("2026-02-04T08:40")
    case.get_by_label("När gick du?").fill("2026-02-04T08:00")
    check_page(case)
    case.get_by_role("button", name="Spara").click()
    expect(case.locator(".error-summary")).to_be_visible()
    case.get_by_label("När kom du?").fill("2026-02-04T07:20")
    case.get_by_role("button", name="Spara").click()
    expect(case.locator("main")).to_contain_text("B7")

    mine = open_as(doris, "/me/", width=320)
    mine.get_by_role("link", name="Säg hur du mår").click()
    mine.get_by_label("Hur mår du just nu").fill("4")
    mine.get_by_role("button", name="Spara").click()
    expect(mine.locator("main")).to_contain_text("Sagt hur det känns")


def test_a_call_for_help_is_an_alarm_after_ten_minutes_and_is_answered(
    at_home: Enrolment, doris: Person, bo: User, alva: User, open_as: OpenAs, wall: Wall
) -> None:
    wall.set("2026-02-04 22:00")
    mine = open_as(doris, "/me/", width=320)
    mine.get_by_role("button", name="Jag behöver hjälp nu").click()
    expect(mine.locator("main")).to_contain_text("Larm")
    pass_time(wall, "2026-02-04 22:11")
    work = open_as(bo, "/work/")
    expect(work.locator("#alarms .alarm-card")).to_contain_text("Doris")
    pass_time(wall, "2026-02-04 22:31")
    lead = open_as(alva, "/work/")
    expect(lead.locator("#alarms .alarm-card")).to_contain_text("Doris")
    work.goto(f"{work.url.partition('/work/')[0]}{reverse('operate:case', args=[at_home.public_id])}")
    wall.set("2026-02-04 22:35")
    work.get_by_role("button", name="Larmet är besvarat").click()
    work.get_by_role("link", name="Att göra").first.click()
    expect(work.locator("#alarms .alarm-card")).to_have_count(0)


def test_the_manager_reports_the_month_and_the_wall_shows_five_figures(
    team: Adoption, alva: User, bo: User, open_as: OpenAs, wall: Wall
) -> None:
    group = add_person(organisation=team.organisation, display_name="Norra arbetslaget")
    wall.set("2026-01-31 08:00")
    working = services.enrol(team, person=group, role="team", key="L-1")
    told(wall, working, ("2026-01-31 09:00", "team_formed", {}))
    a_month_of_visits(team, wall)
    wall.set("2026-02-27 15:00")
    case = open_as(alva, reverse("operate:case", args=[working.public_id]))
    case.get_by_role("link", name=re.compile("^Rapportera månaden")).click()
    case.get_by_label("Sjukskrivningsdagar").fill("11")
    case.get_by_label("Timmar för att lära upp nya").fill("40")
    case.get_by_role("button", name="Spara").click()
    expect(case.locator("main")).to_contain_text("11 dagar")

    pass_time(wall, "2026-03-03 08:00")
    lead = open_as(alva, reverse("operate:adoption", args=[team.public_id]))
    expect(lead.locator(".key-figures > *")).to_have_count(5)
    both_widths(lead)
    lead.set_viewport_size({"width": 1920, "height": 1080})
    lead.get_by_role("link", name="Se skärmen").click()
    tiles = lead.locator(".tile")
    expect(tiles).to_have_count(5)
    for number, figure in enumerate(("1,8 h", "2", "3,4", "5", "11 dagar")):
        expect(tiles.nth(number).locator(".figure")).to_have_text(figure)
        expect(tiles.nth(number)).to_contain_text("Februari 2026")
    expect(lead.locator("body")).not_to_contain_text("Granne")
    assert_readable(lead)
    axe(lead)
