"""A matter on one page: who may open it, what stands under what, and what is left out until somebody has agreed."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from genklang.operate import joining, services
from genklang.operate.models import Enrolment
from genklang.operate.shown import Log
from genklang.people.models import AccessLog, Action, Organisation, Person, User
from tests.browser.running import adopted, told
from tests.conftest import SignIn
from tests.web.operate_core.conftest import Wall, Ward

INTERVIEW = ("2026-03-02 08:00", "interview", {"who": "En kvinna"})


@pytest.fixture
def project(lindmala: Organisation, bo: User, wall: Wall) -> Enrolment:
    """An interview with two quotes, of which one may be passed on, and an insight that rests on both."""
    adoption = adopted("forandra-radikalt", lindmala, name="Radikalt", staff={"team": bo})
    found = services.enrol(adoption, title="Besöken", key="F-1")
    told(wall, found, INTERVIEW)
    interview = found.events.get(kind="interview").key
    for place, words in enumerate(("Säg när", "Hemligt")):
        quote = {"interview": interview, "words": words}
        told(wall, found, (f"2026-03-02 09:0{place}", "quote", quote))
    first, second = found.events.filter(kind="quote").order_by("occurred_at")
    told(wall, found, ("2026-03-02 10:00", "agreed", {"quote": first.key, "may": "report"}))
    told(wall, found, ("2026-03-03 10:00", "on", {}))
    told(wall, found, ("2026-03-04 10:00", "insight", {"insight": "Ovisshet", "quotes": [first.key, second.key]}))
    return found


def page(client: Client, enrolment: Enrolment) -> str:
    return client.get(reverse("operate:whole", args=[enrolment.public_id])).content.decode()


def test_what_nobody_has_agreed_to_is_left_out_and_counted(project: Enrolment, bo: User, sign_in: SignIn) -> None:
    shown = page(sign_in(bo), project)
    assert "Säg när" in shown
    assert "Hemligt" not in shown
    assert "1 is left out" in shown


def test_a_yes_taken_back_takes_the_quote_away(project: Enrolment, bo: User, wall: Wall, sign_in: SignIn) -> None:
    quote = project.events.filter(kind="quote").order_by("occurred_at")[0].key
    told(wall, project, ("2026-03-05 10:00", "withdrawn", {"quote": quote}))
    assert "Säg när" not in page(sign_in(bo), project)
    assert "2 are left out" in page(sign_in(bo), project)


def test_an_entry_stands_under_the_one_that_it_points_at_and_names_the_several(
    project: Enrolment, bo: User, sign_in: SignIn
) -> None:
    shown = page(sign_in(bo), project)
    interview, quote = shown.index("En kvinna"), shown.index("Säg när")
    assert interview < quote < shown.index("</section>", interview)
    insight = shown[shown.index("Ovisshet") :]
    key = project.events.filter(kind="quote").order_by("occurred_at")[0].pk
    assert re.search(rf'<a href="#e{key}">[^<]*Säg när', insight)


def test_whoever_is_asked_to_agree_reads_it_before_others(project: Enrolment) -> None:
    log = Log(project)
    asked = next(event for event in log.events.values() if event.data.get("words") == "Hemligt")
    assert log.lets_through(asked, "storyteller")
    assert not log.lets_through(asked, "reader")


@pytest.mark.parametrize(
    ("who", "status"), [("alva", 200), ("bo", 200), ("fia", 404), ("cia", 404), ("doris", 404), ("elin", 404)]
)
def test_who_may_open(
    who: str, status: int, project: Enrolment, sign_in: SignIn, request: pytest.FixtureRequest
) -> None:
    client = sign_in(request.getfixturevalue(who))
    assert client.get(reverse("operate:whole", args=[project.public_id])).status_code == status


def test_whoever_is_signed_out_signs_in_first(project: Enrolment) -> None:
    assert Client().get(reverse("operate:whole", args=[project.public_id])).status_code == 302


def test_what_is_about_a_person_has_no_such_page(ward: Ward, alva: User, sign_in: SignIn) -> None:
    path = reverse("operate:whole", args=[ward.enrolment.public_id])
    assert sign_in(alva).get(path).status_code == 404


def test_a_look_is_logged_for_each_who_belongs_to_it(
    lindmala: Organisation, doris: Person, bo: User, wall: Wall, sign_in: SignIn
) -> None:
    adoption = adopted("eskilstuna-brukardirektor", lindmala, name="Möten", staff={"chair": bo})
    meeting = services.enrol(adoption, title="Mötet", key="M-1")
    joining.join(meeting, person=doris, role="user_director", user=bo, by="chair")
    page(sign_in(bo), meeting)
    assert AccessLog.objects.filter(person=doris, actor=bo, action=Action.VIEW).count() == 1
