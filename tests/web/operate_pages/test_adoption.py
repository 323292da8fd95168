"""The lead's pages: adopting, enrolling, keys, importing, the log, settings, files; and where a practice runs."""

import re
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from genklang.bank.models import Practice
from genklang.operate import services
from genklang.operate.models import Adoption, Assignment, Enrolment, Event, ImportBatch, Status, Token
from genklang.operate.pages.running import places_of
from genklang.people.models import Organisation, Person, Role, User
from genklang.people.services import add_member, add_person
from tests.conftest import SignIn
from tests.web.operate_core.conftest import Ward, at

VALUES = {"name": "Dispensers", "zone": "Europe/Stockholm", "price-visit": "100,50", "price-rent": "2800"}
FILE = "enrolment,event,occurred_at,hours\nL-7,enrolled,2026-02-01 08:00,\nL-7,hours_logged,2026-02-02 18:00,3\n"


@pytest.fixture
def lead(alva: User, sign_in: SignIn) -> Client:
    """Alva, signed in."""
    return sign_in(alva)


@pytest.fixture
def dispenser_practice(ward: Ward) -> Practice:
    """The practice in the bank, with its version current."""
    practice = ward.adoption.protocol_version.practice
    practice.current = ward.adoption.protocol_version
    practice.title_en = practice.title_sv = "Dispensers"
    practice.save()
    return practice


def to(page: str, adoption: Adoption, *rest: object) -> str:
    return reverse(f"operate:{page}", args=[adoption.public_id, *rest])


def file(text: str, name: str = "hours.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


def test_adopting_is_reviewed_and_then_runs(lead: Client, dispenser_practice: Practice, alva: User) -> None:
    path = reverse("operate:adopt", args=[dispenser_practice.slug])
    first = lead.get(path).content.decode()
    assert 'value="97.5"' in first
    answers = {**VALUES, "role-nurse": [str(alva.pk)]}
    review = lead.post(path, answers).content.decode()
    assert "Is this right?" in review
    assert Adoption.objects.count() == 1
    assert lead.post(path, {**answers, "confirmed": "yes"}).status_code == 302
    made = Adoption.objects.latest("pk")
    assert made.overlay["prices"]["visit"] == "100.5 SEK"
    assert Assignment.objects.filter(adoption=made, user=alva, role="nurse").exists()
    assert made.status == Status.RUNNING


def test_a_lead_of_several_organisations_chooses_one(
    lead: Client, dispenser_practice: Practice, alva: User, granvik: Organisation
) -> None:
    add_member(email=alva.email, organisation=granvik, role=Role.LEAD)
    path = reverse("operate:adopt", args=[dispenser_practice.slug])
    asked = lead.get(path).content.decode()
    assert "Which of them is to adopt it?" in asked
    assert 'value="granvik"' in asked
    lead.post(f"{path}?organisation=granvik", {**VALUES, "confirmed": "yes"})
    assert Adoption.objects.latest("pk").organisation == granvik
    assert "Which of them is to adopt it?" in lead.get(f"{path}?organisation=elsewhere").content.decode()


def test_a_wrong_price_keeps_the_rest(lead: Client, dispenser_practice: Practice) -> None:
    path = reverse("operate:adopt", args=[dispenser_practice.slug])
    answer = lead.post(path, {**VALUES, "price-visit": "cheap", "zone": "Stockholm"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "“cheap” is no number" in page
    assert "“Stockholm” is no time zone" in page
    assert 'value="2800"' in page


def test_the_first_who_takes_part_is_seen_at_once(lead: Client, companions: Adoption, doris: Person) -> None:
    assert "Nobody takes part yet" in lead.get(to("adoption", companions)).content.decode()
    services.enrol(companions, person=doris, key="L-1")
    assert "Nobody takes part yet" not in lead.get(to("adoption", companions)).content.decode()


def test_where_only_people_report_no_key_is_offered(lead: Client, companions: Adoption, ward: Ward) -> None:
    assert "it is people who report" in lead.get(to("connections", companions)).content.decode()
    assert "dose_taken" in lead.get(to("connections", ward.adoption)).content.decode()


def test_somebody_new_takes_part(lead: Client, ward: Ward) -> None:
    path = to("enrol", ward.adoption)
    assert lead.post(path, {}).status_code == 422
    assert lead.post(path, {"name": "Gun Berg", "birth_year": "1940", "number": "U-2"}).status_code == 302
    assert Enrolment.objects.get(key="U-2").called == "Gun Berg"
    taken = lead.post(path, {"name": "Siv", "number": "U-2"})
    assert taken.status_code == 422
    assert not Person.objects.filter(display_name="Siv").exists()


def test_somebody_elsewhere_cannot_be_chosen(lead: Client, ward: Ward, granvik: Organisation) -> None:
    stranger = add_person(organisation=granvik, display_name="Far away")
    answer = lead.post(to("enrol", ward.adoption), {"person": str(stranger.pk)})
    assert answer.status_code == 422
    assert "Far away" not in answer.content.decode()


def test_a_key_is_shown_once_and_opens_the_door(lead: Client, ward: Ward) -> None:
    path = to("connections", ward.adoption)
    page = lead.post(path, {"label": "Dispensers", "bearer": "device"})
    secret = re.search(r"gk_[\w-]{20,}", page.content.decode())
    assert secret is not None
    assert page["Cache-Control"] == "no-store"
    assert secret[0] not in lead.get(path).content.decode()
    event = {"id": "one", "enrolment": "U-1", "event": "heartbeat", "occurred_at": "2026-03-02T07:00:00+01:00"}
    sent = lead.post(
        "/api/v1/events", event, content_type="application/json", headers={"Authorization": f"Bearer {secret[0]}"}
    )
    assert sent.json()["accepted"] == 1
    lead.post(to("revoke", ward.adoption, Token.objects.get().pk))
    assert "Revoked" in lead.get(path).content.decode()


def test_a_key_for_an_unknown_number_is_refused(lead: Client, ward: Ward) -> None:
    answer = lead.post(to("connections", ward.adoption), {"label": "x", "bearer": "device", "number": "U-99"})
    assert answer.status_code == 422
    assert not Token.objects.exists()


def test_a_file_is_looked_through_and_then_imported(
    lead: Client, companions: Adoption, settings: Settings, tmp_path: Path
) -> None:
    settings.VAR = tmp_path
    handed_in = lead.post(to("import", companions), {"file": file(FILE)})
    preview = handed_in.url  # type: ignore[attr-defined]
    page = lead.get(preview).content.decode()
    assert "Every row is right." in page
    assert not Event.objects.exists()
    assert lead.post(preview).status_code == 302
    assert Event.objects.get(kind="hours_logged").data == {"hours": 3}
    assert ImportBatch.objects.get().file_name == "hours.csv"
    assert lead.get(preview).status_code == 404
    assert not list((tmp_path / "uploads").iterdir())


def test_bad_rows_are_told_and_nothing_is_imported(
    lead: Client, companions: Adoption, settings: Settings, tmp_path: Path
) -> None:
    settings.VAR = tmp_path
    bad = FILE.replace(",3\n", ",many\n") + "L-7,danced,2026-02-03 18:00,\n"
    preview = lead.post(to("import", companions), {"file": file(bad)}).url  # type: ignore[attr-defined]
    page = lead.get(preview).content.decode()
    assert "2 things are wrong" in page
    assert "many" in page
    assert "danced" in page
    lead.post(preview)
    assert not Event.objects.exists()


def test_no_table_is_refused_on_the_form(
    lead: Client, companions: Adoption, settings: Settings, tmp_path: Path
) -> None:
    settings.VAR = tmp_path
    answer = lead.post(to("import", companions), {"file": file("just words", "letter.csv")})
    assert answer.status_code == 422
    assert lead.post(to("import", companions), {}).status_code == 422


def test_anothers_file_does_not_exist(
    lead: Client, companions: Adoption, settings: Settings, tmp_path: Path, lindmala: Organisation, sign_in: SignIn
) -> None:
    settings.VAR = tmp_path
    preview = lead.post(to("import", companions), {"file": file(FILE)}).url  # type: ignore[attr-defined]
    other = add_member(email="gull@example.se", organisation=lindmala, role=Role.LEAD).user
    assert sign_in(other).get(preview).status_code == 404


def test_the_log_shows_what_waits(lead: Client, ward: Ward) -> None:
    assert "Dispenser in place" in lead.get(to("log", ward.adoption)).content.decode()
    assert "Nothing here" in lead.get(to("log", ward.adoption), {"only": "held"}).content.decode()
    ward.report("dose_taken", "2026-02-27 08:00")
    assert lead.get(to("log", ward.adoption), {"kind": "installed", "number": "u-1"}).status_code == 200


def test_settings_change_prices_and_roles(lead: Client, ward: Ward, alva: User, bo: User) -> None:
    path = to("settings", ward.adoption)
    lead.post(path, {**VALUES, "name": "Renamed", "role-nurse": [str(alva.pk)], "zone": "Asia/Tokyo"})
    ward.adoption.refresh_from_db()
    assert ward.adoption.name == "Renamed"
    assert ward.adoption.zone == "Europe/Stockholm"
    assert set(Assignment.objects.values_list("user", flat=True)) == {alva.pk}


def test_pausing_and_starting_again(lead: Client, ward: Ward) -> None:
    lead.post(to("set-status", ward.adoption), {"status": "paused"})
    ward.adoption.refresh_from_db()
    assert ward.adoption.status == Status.PAUSED
    lead.post(to("set-status", ward.adoption), {"status": "planned"})
    ward.adoption.refresh_from_db()
    assert ward.adoption.status == Status.PAUSED


def test_the_page_tells_figures_and_money(lead: Client, ward: Ward) -> None:
    ward.tick("2026-03-02 08:05")
    ward.report("dose_taken", "2026-03-02 08:05")
    ward.tick("2026-03-02 21:30")
    page = lead.get(to("adoption", ward.adoption)).content.decode()
    assert "Doses taken in time" in page
    assert "50%" in page
    assert "chance decides much" in page
    assert "Home visits not needed" in page


def test_a_released_file_has_no_figure_of_one_person(lead: Client, ward: Ward) -> None:
    ward.tick("2026-03-02 08:05")
    ward.report("dose_taken", "2026-03-02 08:05")
    ward.tick("2026-03-02 21:30")
    rows = lead.get(to("indicators-csv", ward.adoption)).content.decode().splitlines()
    adherence = next(row for row in rows if row.startswith("adherence"))
    assert adherence.endswith(",,,")


@pytest.mark.parametrize("page", ["indicators-csv", "study-package"])
def test_files_with_simulated_people_say_so(lead: Client, ward: Ward, page: str) -> None:
    plain = lead.get(to(page, ward.adoption))
    assert "simulated" not in plain["Content-Disposition"]
    Adoption.objects.update(simulated=True)
    marked = lead.get(to(page, ward.adoption))
    assert 'filename="simulated-' in marked["Content-Disposition"]
    content = marked.content
    if page == "study-package":
        content = ZipFile(BytesIO(content)).read("study.csv")
    rows = content.decode().splitlines()
    assert rows[0].startswith("data,")
    assert all(row.startswith("simulated,") for row in rows[1:])


def test_pages_with_simulated_people_say_so(lead: Client, ward: Ward) -> None:
    assert "simulated-banner" not in lead.get(to("adoption", ward.adoption)).content.decode()
    Adoption.objects.update(simulated=True)
    for path in (to("adoption", ward.adoption), reverse("operate:case", args=[ward.enrolment.public_id])):
        assert "simulated-banner" in lead.get(path).content.decode()


def test_the_banks_page_shows_no_figure_of_four_people(client: Client, ward: Ward) -> None:
    practice = ward.adoption.protocol_version.practice
    for number in range(2, 5):
        person = add_person(organisation=ward.adoption.organisation, display_name=f"P{number}")
        services.enrol(ward.adoption, person=person, key=f"U-{number}", at=at("2026-03-02 06:00"))
    assert places_of(practice)[0].people is None
    assert places_of(practice)[0].figures == []
