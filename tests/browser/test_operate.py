"""The pages of operate in a real Chromium: axe and 320 px on each; alarms come by themselves; all without scripts."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import FilePayload, expect
from pytest_django import Settings

from genklang.operate import clock, services
from genklang.operate.models import Adoption, Alarm, Enrolment, Event
from genklang.people.models import Organisation, Person, User
from tests.browser.conftest import OpenAs, check_each_way, check_page
from tests.filling import fill_bank
from tests.web.operate_core.conftest import Ward, dispensers, wall, ward
from tests.web.operate_pages import test_alike as alike
from tests.web.operate_pages.conftest import companions, company
from tests.web.operate_pages.test_result import few_of_the_trial

__all__ = ["companions", "company", "dispensers", "wall", "ward"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Address = Callable[..., str]
FILE = "enrolment,event,occurred_at,hours\nL-7,enrolled,2026-02-01 08:00,\nL-7,hours_logged,2026-02-02 18:00,many\n"


@pytest.fixture
def trial(lindmala: Organisation, alva: User, wall: object) -> Adoption:
    """A part of the trial, as history."""
    return few_of_the_trial(lindmala, alva)


@pytest.fixture
def scene(ward: Ward, company: Enrolment, trial: Adoption, bo: User, doris: Person) -> list[tuple[str, str]]:
    """A morning with a missed dose; who opens which page."""
    fill_bank()
    services.assign(ward.adoption, user=bo, role="nurse_on_call")
    ward.tick("2026-03-02 09:03")
    services.issue_token(ward.adoption, label="Medicingivare")
    case, own = ward.enrolment.public_id, company.public_id
    event = Event.objects.filter(enrolment=company).first()
    assert event is not None

    def to(name: str, *rest: object) -> str:
        return reverse(f"operate:{name}", args=list(rest))

    running, past = ward.adoption.public_id, trial.public_id
    sides = ("adoption", "result", "people", "enrol", "import", "connections", "log", "settings")
    return [
        ("bo", "/work/"),
        ("bo", "/work/?name=zzz"),
        ("bo", to("case", case)),
        ("bo", to("report", case, "assessed_together")),
        ("bo", to("report", case, "ended")),
        ("bo", to("resolve", Alarm.objects.get().public_id)),
        ("alva", to("adoptions")),
        ("alva", to("adopt", "umea-medicingivare")),
        *(("alva", to(side, running)) for side in sides),
        ("alva", to("adoption", past)),
        ("alva", to("result", past)),
        ("alva", to("give-back", running)),
        ("alva", to("permits", past)),
        ("alva", to("studies")),
        ("alva", to("give-back", past)),
        ("alva", "/work/"),
        ("doris", "/me/"),
        ("doris", to("my-form", own, "booked")),
        ("doris", to("my-form", own, "rated")),
    ]


@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_page_of_operate(
    scene: list[tuple[str, str]], language: str, open_as: OpenAs, request: pytest.FixtureRequest
) -> None:
    for who, path in scene:
        page = open_as(request.getfixturevalue(who), path, language=language)
        check_each_way(page, language)
        page.context.close()


def test_an_alarm_comes_by_itself_and_is_taken_on_by_keyboard(ward: Ward, bo: User, open_as: OpenAs) -> None:
    ward.tick("2026-03-02 08:59")
    page = open_as(bo, "/work/", language="en")
    expect(page.locator("#alarms .alarm-card")).to_have_count(0)
    ward.tick("2026-03-02 09:01")
    expect(page.locator("#alarms .alarm-card")).to_have_count(1, timeout=3000)
    page.locator("#alarms button").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#alarms")).to_contain_text("Taken on by Bo")


def test_the_focus_stays_while_the_alarms_are_renewed(ward: Ward, bo: User, open_as: OpenAs) -> None:
    ward.tick("2026-03-02 09:01")
    page = open_as(bo, "/work/", language="en")
    button = page.locator("#alarms button")
    button.focus()
    ward.wall.set("2026-03-02 09:02")
    expect(page.locator("#alarms")).to_contain_text("for 2 minutes", timeout=4000)
    expect(button).to_be_focused()


@pytest.mark.parametrize("language", ["sv", "en"])
def test_thirty_alike_are_one_that_opens_and_stays_open(language: str, ward: Ward, bo: User, open_as: OpenAs) -> None:
    rows = alike.people(ward, 30)
    alike.doses_missed(ward)
    alike.tasks(ward, rows[:12])
    page = open_as(bo, "/work/", language=language)
    check_each_way(page, language)
    group = page.locator("#alarms details")
    expect(page.locator("#alarms .alarm-card")).to_have_count(1)
    expect(page.get_by_role("link", name="Person 29").first).to_be_hidden()
    group.locator("summary").click()
    page.locator("main details").last.locator("summary").click()
    check_each_way(page, language)
    oldest = group.locator("button").first
    oldest.focus()
    ward.wall.time += 65 * clock.MINUTE  # the words change, so the list is exchanged
    expect(page.locator("#alarms .alarm-card")).to_contain_text(
        {"sv": "3 timmar", "en": "3 hours"}[language], timeout=4000
    )
    expect(group).to_have_attribute("open", "")
    expect(oldest).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#alarms .alarm-card")).to_have_count(2)
    assert Alarm.objects.get(enrolment=rows[0]).acknowledged_by == bo


def test_an_alarm_is_dealt_with_without_scripts(ward: Ward, bo: User, open_as: OpenAs) -> None:
    ward.tick("2026-03-02 09:01")
    page = open_as(bo, "/work/", language="en", scripts=False)
    page.get_by_role("link", name="It is dealt with").click()
    page.get_by_role("button", name="Close the alarm").click()
    expect(page.locator(".error-summary a")).to_have_count(1)
    page.get_by_label("How did it end?").fill("Phoned, taken at 9.")
    page.get_by_role("button", name="Close the alarm").click()
    expect(page.locator("#alarms .alarm-card")).to_have_count(0)


def test_doris_logs_hours_on_her_telephone(company: Enrolment, doris: Person, open_as: OpenAs) -> None:
    page = open_as(doris, "/me/", width=320, scripts=False)
    page.get_by_role("link", name="Skriv upp timmar").click()
    page.get_by_label("Hur länge?").fill("2,5")
    page.get_by_role("button", name="Spara").click()
    expect(page.locator("main")).to_contain_text("2,5 timmar")


def test_a_bad_file_is_shown_row_by_row(
    companions: Adoption, alva: User, open_as: OpenAs, settings: Settings, tmp_path: Path
) -> None:
    settings.VAR = tmp_path
    page = open_as(alva, reverse("operate:import", args=[companions.public_id]), language="en")
    page.set_input_files("input[type=file]", FilePayload(name="hours.csv", mimeType="text/csv", buffer=FILE.encode()))
    page.get_by_role("button", name="Look it through").click()
    expect(page.locator("main")).to_contain_text("Nothing has been imported")
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        check_page(page)
