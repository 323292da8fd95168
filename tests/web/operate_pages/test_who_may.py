"""Who may open which page, as a truth table; and reading and exporting are logged.

Columns: Alva (lead), Bo (nurse there), Fia (staff, not assigned), Cia (lead elsewhere), Doris (the person), Elin
(editor), a stranger.
200: opens. 403: told that it is another's. 404: does not exist for them. 302: signs in first.
"""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from genklang.operate import services
from genklang.operate.models import Adoption, Alarm, Enrolment
from genklang.people.models import AccessLog, Action, Person, User
from genklang.people.selectors import who_looked
from genklang.people.services import add_person, record_listing
from tests.conftest import SignIn
from tests.web.operate_core.conftest import Ward

CAST = ("alva", "bo", "fia", "cia", "doris", "elin", "nobody")
#                         alva bo  fia cia doris elin nobody
TABLE = {
    "worklist": ("", "200 200 200 200 200 200 302"),
    "alarms": ("", "200 200 200 200 200 200 302"),
    "adoptions": ("", "200 200 200 200 200 200 302"),
    "my-page": ("", "200 200 200 200 200 200 302"),
    "adopt": ("practice", "200 403 403 200 403 403 302"),
    "case": ("enrolment", "200 200 404 404 404 404 302"),
    "report": ("enrolment ended", "403 200 404 404 404 404 302"),
    "resolve": ("alarm", "403 200 404 404 404 404 302"),
    "my-form": ("own booked", "404 404 404 404 200 404 302"),
    "adoption": ("adoption", "200 200 404 404 404 404 302"),
    "people": ("adoption", "200 200 404 404 404 404 302"),
    "enrol": ("adoption", "200 200 404 404 404 404 302"),
    "indicators-csv": ("adoption", "200 200 404 404 404 404 302"),
    "result": ("adoption", "200 200 404 404 404 404 302"),
    "report-pdf": ("adoption", "200 200 404 404 404 404 302"),
    "give-back": ("adoption", "200 403 404 404 404 404 302"),
    "study-package": ("adoption", "200 403 404 404 404 404 302"),
    "permits": ("adoption", "200 403 404 404 404 404 302"),
    "studies": ("", "200 200 200 200 200 200 302"),
    "import": ("adoption", "200 403 404 404 404 404 302"),
    "connections": ("adoption", "200 403 404 404 404 404 302"),
    "log": ("adoption", "200 403 404 404 404 404 302"),
    "settings": ("adoption", "200 403 404 404 404 404 302"),
    "apply-address": ("adoption", "404 403 404 404 404 404 302"),  # nobody joins this practice; see test_applying.py
    "board-preview": ("adoption", "404 404 404 404 404 404 302"),  # this practice has no board; see test_board.py
    "board-address": ("adoption", "404 403 404 404 404 404 302"),
}
WRITES = {
    "acknowledge": ("alarm", "403 302 404 404 404 404 302"),
    "set-status": ("adoption", "302 403 404 404 404 404 302"),
    "withdraw-result": ("adoption", "422 403 404 404 404 404 302"),  # Alva has not said why
    "report": ("enrolment refilled", "403 302 404 404 404 404 302"),
    "apply-take-away": ("adoption", "404 403 404 404 404 404 302"),
    "board-take-away": ("adoption", "404 403 404 404 404 404 302"),
}


@pytest.fixture
def everyone(
    alva: User, bo: User, fia: User, cia: User, doris: Person, elin: User, sign_in: SignIn
) -> dict[str, Client]:
    """Each of the cast, signed in."""
    people: dict[str, User | Person] = {"alva": alva, "bo": bo, "fia": fia, "cia": cia, "doris": doris, "elin": elin}
    return {"nobody": Client(), **{name: sign_in(who) for name, who in people.items()}}


@pytest.fixture
def alarm(ward: Ward) -> Alarm:
    """The morning's dose was not taken."""
    ward.tick("2026-03-02 09:01")
    return Alarm.objects.get()


def address(page: str, what: str, *, ward: Ward, alarm: Alarm, company: Enrolment) -> str:
    about, _space, kind = what.partition(" ")
    objects: dict[str, list[object]] = {
        "": [],
        "practice": [ward.adoption.protocol_version.practice.slug],
        "enrolment": [ward.enrolment.public_id],
        "own": [company.public_id],
        "alarm": [alarm.public_id],
        "adoption": [ward.adoption.public_id],
    }
    return reverse(f"operate:{page}", args=[*objects[about], *([kind] if kind else [])])


@pytest.mark.parametrize("page", TABLE)
def test_who_may_open(page: str, everyone: dict[str, Client], ward: Ward, alarm: Alarm, company: Enrolment) -> None:
    practice = ward.adoption.protocol_version.practice
    practice.current = ward.adoption.protocol_version
    practice.save()
    what, answers = TABLE[page]
    path = address(page, what, ward=ward, alarm=alarm, company=company)
    seen = {who: str(client.get(path).status_code) for who, client in everyone.items()}
    assert seen == dict(zip(CAST, answers.split(), strict=True))


@pytest.mark.parametrize("page", WRITES)
def test_who_may_write(page: str, everyone: dict[str, Client], ward: Ward, alarm: Alarm, company: Enrolment) -> None:
    what, answers = WRITES[page]
    path = address(page, what, ward=ward, alarm=alarm, company=company)
    order = [who for who in CAST if who != "bo"] + ["bo"]
    data = {"_key": "one", "status": "paused"}
    seen = {who: str(everyone[who].post(path, data).status_code) for who in order}
    assert seen == dict(zip(CAST, answers.split(), strict=True))


def test_a_person_cannot_reach_somebody_elses_form(
    everyone: dict[str, Client], ward: Ward, companions: Adoption
) -> None:

    other = services.enrol(
        companions, person=add_person(organisation=companions.organisation, display_name="Gun"), key="L-2"
    )
    assert everyone["doris"].get(reverse("operate:my-form", args=[other.public_id, "booked"])).status_code == 404


def test_reading_a_case_is_logged(everyone: dict[str, Client], ward: Ward, doris: Person, bo: User) -> None:
    everyone["bo"].get(reverse("operate:case", args=[ward.enrolment.public_id]))
    assert AccessLog.objects.filter(person=doris, actor=bo, action=Action.VIEW).count() == 1


def test_a_refused_look_is_not_a_look(everyone: dict[str, Client], ward: Ward, doris: Person) -> None:
    everyone["fia"].get(reverse("operate:case", args=[ward.enrolment.public_id]))
    assert not AccessLog.objects.filter(person=doris).exists()


def test_taking_the_study_table_is_logged(everyone: dict[str, Client], ward: Ward, alva: User) -> None:
    everyone["alva"].get(reverse("operate:study-package", args=[ward.adoption.public_id]))
    assert AccessLog.objects.filter(actor=alva, action=Action.EXPORT).count() == 1


def test_a_nurse_who_left_sees_nothing(everyone: dict[str, Client], ward: Ward, bo: User) -> None:
    bo.memberships.all().delete()
    assert everyone["bo"].get(reverse("operate:case", args=[ward.enrolment.public_id])).status_code == 404


def listed(person: Person, actor: User) -> int:
    return AccessLog.objects.filter(person=person, actor=actor, action=Action.LIST).count()


@pytest.mark.parametrize("page", ["work/", "people/", "log/"])
def test_whoever_sees_a_name_in_a_list_is_logged_once_an_hour(
    page: str, ward: Ward, doris: Person, alva: User, bo: User, sign_in: SignIn
) -> None:
    actor = bo if page == "work/" else alva
    path = "/work/" if page == "work/" else f"/adoptions/{ward.adoption.public_id}/{page}"
    ward.report("installed", "2026-03-02 07:05", by="nurse")
    client = sign_in(actor)
    for _time in range(3):
        shown = client.get(path).content.decode()
        assert (ward.enrolment.key if page == "log/" else "Doris") in shown
    assert listed(doris, actor) == 1


def test_an_alarm_that_appears_by_itself_is_a_look_too(ward: Ward, doris: Person, bo: User, sign_in: SignIn) -> None:
    ward.tick("2026-03-02 09:03")
    sign_in(bo).get("/work/alarms/")
    assert listed(doris, bo) == 1


def test_a_list_costs_two_queries_of_logging_and_one_when_it_renews_itself(
    ward: Ward, doris: Person, bo: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    at = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
    for queries in (2, 1):
        with django_assert_num_queries(queries):
            record_listing(actor=bo, persons=[doris, doris], purpose="worklist", at=at)
        assert listed(doris, bo) == 1


def test_a_look_in_another_hour_is_another_row(ward: Ward, doris: Person, bo: User) -> None:
    for hour in (8, 8, 9):
        record_listing(actor=bo, persons=[doris], purpose="worklist", at=datetime(2026, 3, 2, hour, 30, tzinfo=UTC))
    assert listed(doris, bo) == 2
    look = who_looked(doris)[0]
    assert (look.times, look.at.hour) == (2, 9)
