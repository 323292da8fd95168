"""The lead's page: what an upgrade would mean, doing it, and taking it back; nobody else's."""

import re

import pytest
from django.test import Client

from genklang.operate import services
from genklang.operate.models import Enrolment, Task, Upgrade
from genklang.operate.proving import differences
from genklang.people.models import Person, User
from tests.conftest import SignIn
from tests.web.operate_core.conftest import Ward
from tests.web.operate_upgrading.conftest import TEXT, NewVersion
from tests.web.operate_upgrading.test_upgrading import DEARER, LONGER, NOTED, SOONER, without_visits


def page(client: Client, ward: Ward) -> str:
    return client.get(address(ward)).content.decode()


def address(ward: Ward) -> str:
    return f"/adoptions/{ward.adoption.public_id}/upgrade/"


def press(client: Client, ward: Ward) -> None:
    [fingerprint] = re.findall(r'name="fingerprint" value="(\w+)"', page(client, ward))
    assert client.post(address(ward), {"fingerprint": fingerprint}).status_code == 302


def test_a_current_adoption_has_nothing_to_upgrade_to(ward: Ward, alva: User, sign_in: SignIn) -> None:
    assert "You run the practice's current version" in page(sign_in(alva), ward).replace("&#x27;", "'")


def test_the_plan_tells_what_changes_and_for_whom(ward: Ward, newer: NewVersion, alva: User, sign_in: SignIn) -> None:
    services.change_adoption(ward.adoption, name="M", overlay={"prices": {"visit": "250 SEK"}})
    newer(NOTED, LONGER, DEARER)
    shown = page(sign_in(alva), ward)
    assert "What is expected “The dose is taken”, within" in shown
    assert "1 h → 90 min" in shown
    assert "Event “Note”" in shown
    assert "One home visit for medicine: your own 250 SEK stands." in shown
    assert "97.50 SEK to 120 SEK" in shown
    assert f"/cases/{ward.enrolment.public_id}/" in shown
    assert Upgrade.objects.count() == 0


def test_the_plan_lists_what_it_means_for_whom(ward: Ward, newer: NewVersion, alva: User, sign_in: SignIn) -> None:
    ward.tick("2026-03-02 22:00")
    alive = TEXT[TEXT.index("  alive:\n") : TEXT.index("indicators:")]
    rehearsed = next(line for line in TEXT.splitlines(keepends=True) if line.startswith("    alive:"))
    newer(SOONER, (alive, "\n"), (rehearsed, ""), ("alarm: nurse, ", "alarm: nurse_on_call, "))
    shown = " ".join(page(sign_in(alva), ward).split())
    assert "What it means for 1 person at once" in shown
    assert "The dispenser is heard from: called off" in shown
    assert "The dose is taken: now for Nurse on call" in shown
    assert "The dispenser is refilled: next 9 March, not 16 March" in shown


def test_the_plan_is_told_in_swedish(ward: Ward, newer: NewVersion, alva: User, sign_in: SignIn) -> None:
    newer(NOTED, LONGER)
    client = sign_in(alva)
    shown = client.get(address(ward), headers={"accept-language": "sv"}).content.decode()
    assert "Det som förväntas ”Dosen tas”, within" in shown
    assert "Händelse ”Notis”" in shown
    assert "Gör alltsammans" in shown


def test_the_lead_does_it_and_takes_it_back(ward: Ward, newer: NewVersion, alva: User, sign_in: SignIn) -> None:
    newer(NOTED)
    client = sign_in(alva)
    press(client, ward)
    shown = page(client, ward)
    assert "Now you run version 1.1.0." in shown
    assert "Back to version 1.0.0" in shown
    upgrade = Upgrade.objects.get()
    assert upgrade.by == alva
    client.post(f"{address(ward)}{upgrade.pk}/revert/")
    assert "You are back on version 1.0.0." in page(client, ward)
    ward.enrolment.refresh_from_db()
    assert ward.enrolment.protocol_version.version == "1.0.0"


def test_what_must_be_decided_first_is_told_and_there_is_no_button(
    ward: Ward, newer: NewVersion, alva: User, sign_in: SignIn
) -> None:
    services.change_adoption(ward.adoption, name="M", overlay={"prices": {"visit": "250 SEK"}})
    newer(*without_visits())
    client = sign_in(alva)
    shown = page(client, ward)
    assert "“visit”: has no place in that version" in shown
    assert 'name="fingerprint"' not in shown
    answer = client.post(address(ward), {"fingerprint": "x"})
    assert answer.status_code == 422
    assert "Nothing was changed" in answer.content.decode()


def test_a_plan_that_nobody_has_seen_is_not_done(ward: Ward, newer: NewVersion, alva: User, sign_in: SignIn) -> None:
    newer(NOTED)
    assert sign_in(alva).post(address(ward)).status_code == 422
    assert not Upgrade.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("alva", 200), ("bo", 403), ("fia", 404), ("cia", 404), ("doris", 404)])
def test_only_the_lead_upgrades(
    who: str, status: int, ward: Ward, newer: NewVersion, sign_in: SignIn, request: pytest.FixtureRequest
) -> None:
    newer(NOTED)
    someone: User | Person = request.getfixturevalue(who)
    client = sign_in(someone)
    assert client.get(address(ward)).status_code == status
    assert client.post(address(ward), {"fingerprint": "x"}).status_code == (422 if status == 200 else status)
    assert client.post(f"{address(ward)}1/revert/").status_code == (404 if status == 200 else status)
    assert not Upgrade.objects.exists()


def without_heartbeat() -> list[tuple[str, str]]:
    """The practice no longer listens for the dispenser: an event, an expectation and an indicator less."""
    heartbeat = TEXT[TEXT.index("  heartbeat:") : TEXT.index("  refilled:")]
    alive = TEXT[TEXT.index("  alive:\n") : TEXT.index("indicators:")]
    rehearsed = next(line for line in TEXT.splitlines(keepends=True) if line.startswith("    alive:"))
    alarms = next(line for line in TEXT.splitlines(keepends=True) if line.startswith("  alarms:"))
    return [(part, "") for part in (heartbeat, alive, rehearsed, alarms)]


PAGES = ["", "result/", "people/", "log/", "settings/", "connections/", "mending/", "indicators.csv", "study.zip"]


def test_every_page_still_works_for_whoever_stays_on_a_version_that_has_more(
    ward: Ward, newer: NewVersion, alva: User, bo: User, doris: Person, sign_in: SignIn
) -> None:
    ward.report("installed", "2026-03-02 07:05", by="nurse")
    ward.report("heartbeat", "2026-03-02 07:10")
    ward.tick("2026-03-04 22:00")
    assert Task.objects.filter(expectation="alive", closed_at=None).exists()
    newer(*without_heartbeat())
    client = sign_in(alva)
    press(client, ward)
    ward.enrolment.refresh_from_db()
    assert ward.enrolment.protocol_version.version == "1.0.0"
    pages = [f"/adoptions/{ward.adoption.public_id}/{name}" for name in PAGES]
    pages += ["/adoptions/", f"/cases/{ward.enrolment.public_id}/"]
    assert {path: client.get(path).status_code for path in pages} == dict.fromkeys(pages, 200)
    assert "1 person takes part on another version" in client.get(pages[0]).content.decode()
    nurse = sign_in(bo)
    assert "the dispenser is heard from" in nurse.get("/work/").content.decode()
    assert sign_in(doris).get("/me/").status_code == 200
    ward.report("heartbeat", "2026-03-04 21:50")
    ward.tick("2026-03-06 08:00")
    assert list(differences(Enrolment.objects.all())) == []


def test_what_is_planned_for_whoever_stays_is_still_on_the_worklist(
    ward: Ward, newer: NewVersion, alva: User, bo: User, sign_in: SignIn
) -> None:
    ward.report("installed", "2026-03-02 07:05", by="nurse")
    refill = TEXT[TEXT.index("  refill:\n") : TEXT.index("  alive:\n")]
    lines = TEXT.splitlines(keepends=True)
    gone = [line for line in lines if line.startswith(("    refill:", "  refills_in_time:"))]
    newer(LONGER, (refill, ""), *((line, "") for line in gone))
    press(sign_in(alva), ward)
    assert "The dispenser is refilled" in sign_in(bo).get("/work/").content.decode()
