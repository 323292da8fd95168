"""Medicine dispensers: Bo assesses and fills, the dispenser reports, alarms go on, Alva reads what it came to."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from genklang.cli.messages import Topics
from genklang.cli.mqtt import Bridge, client_named
from genklang.operate import services
from genklang.operate.models import Adoption, Enrolment
from genklang.people.models import Organisation, Person, User
from tests.browser.conftest import OpenAs
from tests.browser.running import adopted, both_widths, pass_time, told
from tests.unit.cli.broker import Broker, eventually
from tests.web.operate_core.conftest import STOCKHOLM, Wall, wall

__all__ = ["wall"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Report = Callable[[str, str], int]


@pytest.fixture
def dispensers(lindmala: Organisation, bo: User, alva: User, wall: Wall) -> Adoption:
    """Lindmåla's dispensers: Bo is the nurse, Alva on call."""
    wall.set("2026-03-02 07:00")
    return adopted("umea-medicingivare", lindmala, name="Medicingivare", staff={"nurse": bo, "nurse_on_call": alva})


@pytest.fixture
def patient(dispensers: Adoption, doris: Person) -> Enrolment:
    """Doris, of whom nothing is known yet."""
    return services.enrol(dispensers, person=doris, key="U-1")


@pytest.fixture
def report(dispensers: Adoption, client: Client) -> Report:
    """The dispenser reports over HTTP, with a key of its own."""
    _row, secret = services.issue_token(dispensers, label="Medicingivare")

    def sent(kind: str, when: str) -> int:
        at = datetime.fromisoformat(when).replace(tzinfo=STOCKHOLM).isoformat()
        event = {"id": f"{kind}@{when}", "enrolment": "U-1", "event": kind, "occurred_at": at}
        headers = {"authorization": f"Bearer {secret}"}
        return client.post("/api/v1/events", event, content_type="application/json", headers=headers).status_code

    return sent


@pytest.fixture
def by_mqtt(dispensers: Adoption, live_server: LiveServer) -> Iterator[Callable[[str, str], None]]:
    """The dispenser reports to a broker, and a bridge carries it on."""
    _row, secret = services.issue_token(dispensers, label="MQTT")
    broker, topics = Broker(), Topics("dispensers/{enrolment}/{event}")
    client = client_named("genklang")
    client.connect("127.0.0.1", broker.port)
    bridge = Bridge(client, topics, to=f"{live_server.url}/api/v1/events", token=secret)
    working = threading.Thread(target=bridge.carry)
    working.start()
    eventually(lambda: bool(broker.sessions.get("genklang") and broker.sessions["genklang"].patterns))

    def sent(kind: str, when: str) -> None:
        at = datetime.fromisoformat(when).replace(tzinfo=STOCKHOLM).isoformat()
        broker.publish(f"dispensers/U-1/{kind}", json.dumps({"occurred_at": at}).encode())
        eventually(lambda: not broker.left("genklang"))

    yield sent
    bridge.stop.set()
    working.join(timeout=5)
    broker.close()


def case_of(enrolment: Enrolment) -> str:
    return reverse("operate:case", args=[enrolment.public_id])


def choose(page: Page, question: str, answer: str) -> None:
    page.get_by_role("group", name=question).get_by_label(answer).check()


def test_an_assessment_with_primary_care_dose_times_and_a_dispenser_in_place(
    patient: Enrolment, by_mqtt: Callable[[str, str], None], doris: Person, bo: User, wall: Wall, open_as: OpenAs
) -> None:
    page = open_as(bo, case_of(patient))
    page.get_by_role("link", name="Bedömning med primärvården").first.click()
    choose(page, "Kan personen sköta en medicingivare själv?", "Ja")
    choose(page, "Är ansvarig läkare med på det?", "Ja")
    page.get_by_label("När på dygnet ska medicinen tas?").first.fill("08:00, 20:00")
    both_widths(page)
    page.get_by_role("button", name="Spara").click()
    page.get_by_role("button", name="Medicingivaren är på plats").click()
    expect(page.locator("main")).to_contain_text("Dosen tas")
    wall.set("2026-03-02 08:06")
    by_mqtt("dose_taken", "2026-03-02 08:05")
    page.reload()
    expect(page.locator("main")).to_contain_text("Dos tagen")
    mine = open_as(doris, "/me/", width=320)
    expect(mine.locator("main")).to_contain_text("20:00")
    both_widths(mine)


def test_a_dose_that_is_not_taken_is_bos_alarm_then_alvas_and_ends_when_it_is_taken(
    patient: Enrolment, report: Report, bo: User, alva: User, wall: Wall, open_as: OpenAs
) -> None:
    ready(wall, patient)
    pass_time(wall, "2026-03-02 09:01")
    nurse = open_as(bo, "/work/")
    expect(nurse.locator(".alarm-card", has_text="Doris")).to_contain_text("Ring patienten")
    on_call = open_as(alva, "/work/")
    expect(on_call.locator(".alarm-card")).to_have_count(0)  # it is not hers yet
    pass_time(wall, "2026-03-02 09:16")
    on_call.reload()
    expect(on_call.locator(".alarm-card", has_text="Doris")).to_be_visible()
    nurse.get_by_role("button", name="Jag tar det").click()
    expect(nurse.locator("#alarms")).to_contain_text("Bo")
    wall.set("2026-03-02 09:30")
    assert report("dose_taken", "2026-03-02 09:25") == 200
    nurse.reload()
    expect(nurse.locator(".alarm-card")).to_have_count(0)


def test_a_silent_dispenser_and_a_refill_are_tasks_and_the_figures_are_alvas(
    patient: Enrolment, dispensers: Adoption, report: Report, bo: User, alva: User, wall: Wall, open_as: OpenAs
) -> None:
    ready(wall, patient)
    for day in range(2, 17):
        pass_time(wall, f"2026-03-{day:02} 20:20")
        for at in ("08:05", "20:05"):
            assert report("dose_taken", f"2026-03-{day:02} {at}") == 200
        if day < 14:
            report("heartbeat", f"2026-03-{day:02} 20:10")
    pass_time(wall, "2026-03-17 08:00")
    page = open_as(bo, "/work/")
    expect(page.locator("main")).to_contain_text("edicingivaren hörs av")
    expect(page.locator("main")).to_contain_text("edicingivaren fylls på")
    page.goto(page.url.split("/work/")[0] + case_of(patient))
    page.get_by_role("button", name="Påfylld").first.click()
    expect(page.locator("main")).to_contain_text("31 mars")  # fourteen days from now
    pass_time(wall, "2026-04-01 12:00")
    lead = open_as(alva, reverse("operate:adoption", args=[dispensers.public_id]))
    for said in ("Doser tagna i tid", "Undvikna hembesök", "Hembesök som inte behövs", "Hyra"):
        expect(lead.locator("main")).to_contain_text(said)
    both_widths(lead)


def ready(wall: Wall, patient: Enrolment) -> None:
    """Doris has been assessed, and her dispenser stands there."""
    facts = {"can_operate": True, "physician_agrees": True, "dose_times": ["08:00", "20:00"]}
    told(wall, patient, ("2026-03-02 07:05", "assessed_together", facts), ("2026-03-02 07:30", "installed", {}))
