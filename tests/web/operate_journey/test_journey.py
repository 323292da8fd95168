"""The journey on screen: told and logged compared, who may see it, every look logged, and the banner taken."""

import pytest
from django.test import Client
from django.urls import reverse

from genklang.operate import services
from genklang.operate.incoming import IncomingEvent, Source
from genklang.operate.models import Adoption, Enrolment, Event
from genklang.people.models import AccessLog, Organisation, Person, User
from genklang.people.services import add_person
from tests.conftest import SignIn
from tests.spec.paperwork.test_mistakes import BILLING
from tests.web.operate_core.conftest import PRACTICES, Wall, publish, wall
from tests.web.operate_pages.conftest import fia

__all__ = ["fia", "wall"]
pytestmark = pytest.mark.django_db
CAST = ("alva", "bo", "fia", "cia", "doris", "elin", "nobody")
#                     alva bo  fia cia doris elin nobody
TABLE = {"journey": "200 200 404 404 404 404 302", "journey-pdf": "200 200 404 404 404 404 302"}
STEPS = [
    ("Ringde om hyran", "income", "2026-05-04", -1, 6),
    ("Berättade allt igen", "adult", "2026-05-20", -2, 9),
]


@pytest.fixture
def way(lindmala: Organisation, bo: User, wall: Wall) -> Enrolment:
    """A case whose way is being drawn: two steps told, one of them in the log, and one more there."""
    version = publish((PRACTICES / "borlange-tillsammans" / "protocol.yaml").read_text(encoding="utf-8"))
    adoption = services.adopt(organisation=lindmala, protocol_version=version, actor=None, name="Tillsammans")
    for role in ("coordinator", "group", "income", "adult"):
        services.assign(adoption, user=bo, role=role)
    enrolment = services.enrol(adoption, title="Var hamnar jag?", key="F-1")
    phases: tuple[tuple[str, dict[str, object]], ...] = (
        ("needs_known", {}),
        ("skills_known", {}),
        ("agreed", {"approach": "Tillsammans"}),
    )
    for kind, said in phases:
        wall.time += 60_000_000
        _tell(adoption, kind, wall, said, by="coordinator")
    wall.set("2026-05-04 14:00")
    _tell(adoption, "contact", wall, {"questions": 6}, by="income")
    wall.set("2026-05-06 14:00")
    _tell(adoption, "contact", wall, {"questions": 2}, by="adult")
    wall.set("2026-06-01 09:00")
    for number, (step, whom, day, feeling, repeated) in enumerate(STEPS):
        data: dict[str, object] = {"step": step, "whom": whom, "day": day, "feeling": feeling, "repeated": repeated}
        _tell(adoption, "step_told", wall, data, by="coordinator", name=str(number))
    return enrolment


def _tell(adoption: Adoption, kind: str, wall: Wall, data: dict[str, object], *, by: str, name: str = "") -> None:
    event = IncomingEvent(f"{kind}-{wall.time}-{name}", "F-1", kind, wall.time, data)
    (answer,) = services.record(adoption, [event], source=Source(by=by))
    assert answer.status == "accepted", answer


def to(way: Enrolment, name: str) -> str:
    query = "?height=60&step=24" if name == "journey-pdf" else ""
    return reverse(f"operate:{name}", args=[way.public_id]) + query


@pytest.mark.parametrize("page", TABLE)
def test_who_may_open(
    page: str, way: Enrolment, alva: User, bo: User, fia: User, cia: User, doris: Person, elin: User, sign_in: SignIn
) -> None:
    people: dict[str, User | Person] = {"alva": alva, "bo": bo, "fia": fia, "cia": cia, "doris": doris, "elin": elin}
    clients = {name: sign_in(who) for name, who in people.items()} | {"nobody": Client()}
    seen = {who: str(clients[who].get(to(way, page)).status_code) for who in CAST}
    assert seen == dict(zip(CAST, TABLE[page].split(), strict=True))


def test_told_and_logged_are_compared(way: Enrolment, bo: User, sign_in: SignIn) -> None:
    page = sign_in(bo).get(to(way, "journey")).content.decode()
    for sentence in (
        "1 step is both told and logged",
        "1 step was told and is not",
        "1 step is in our log and was not",
    ):
        assert sentence in page
    assert "16 days" not in page and "14 days&#x27; wait" in page  # counted from the step in the log
    assert "9 questions again" in page and "Very bad" in page
    assert page.index("Ringde om hyran") < page.index("Berättade allt igen")


def test_a_step_taken_back_is_not_drawn(way: Enrolment, bo: User, sign_in: SignIn) -> None:
    services.void(Event.objects.get(data__step="Ringde om hyran"), user=bo, role="coordinator")
    assert "Ringde om hyran" not in sign_in(bo).get(to(way, "journey")).content.decode()


def test_every_look_is_logged(way: Enrolment, bo: User, sign_in: SignIn) -> None:
    client = sign_in(bo)
    client.get(to(way, "journey"))
    client.get(to(way, "journey-pdf"))
    assert sorted(AccessLog.objects.filter(actor=bo).values_list("action", flat=True)) == ["export", "view"]


def test_the_banner_is_a_pdf_of_the_size_that_was_asked_for(way: Enrolment, bo: User, sign_in: SignIn) -> None:
    client = sign_in(bo)
    answer = client.get(to(way, "journey-pdf"))
    assert answer.content.startswith(b"%PDF-1.7") and "var-hamnar-jag.pdf" in answer["Content-Disposition"]
    wrong = client.get(to(way, "journey-pdf").replace("height=60", "height=3000"))
    assert wrong.status_code == 422 and "outside what is possible" in wrong.content.decode()


def test_a_practice_without_a_journey_has_no_such_page(lindmala: Organisation, alva: User, sign_in: SignIn) -> None:
    version = publish((PRACTICES / "laholm-ledsagarservice" / "protocol.yaml").read_text(encoding="utf-8"))
    adoption = services.adopt(organisation=lindmala, protocol_version=version, actor=None, name="Ledsagning")
    row = services.enrol(adoption, person=add_person(organisation=lindmala, display_name="Gun"), key="L-1")
    assert sign_in(alva).get(to(row, "journey")).status_code == 404


@pytest.fixture
def own_way(lindmala: Organisation, doris: Person, wall: Wall) -> Enrolment:
    """Doris takes part herself, and has told a step."""
    text = BILLING.replace("roles:\n", "roles:\n  person: {participant: true, sv: Person, en: Person}\n", 1)
    text = text.replace("matter: {sv: Arbetsmoment, en: Piece of work}\n", "")
    text = text.replace("en: A step\n    by: clerk", "en: A step\n    by: person")
    adoption = services.adopt(organisation=lindmala, protocol_version=publish(text), actor=None, name="Egen")
    enrolment = services.enrol(adoption, person=doris, key="F-1")
    wall.set("2026-03-10 08:00")
    data: dict[str, object] = {"what": "Ringde", "whom": "clerk", "on": "2026-03-09", "felt": 1, "again": 0}
    _tell(adoption, "told", wall, data, by="person")
    return enrolment


@pytest.mark.parametrize("page", ["my-journey", "my-journey-pdf"])
def test_ones_own_journey_is_ones_own_alone(
    page: str, own_way: Enrolment, alva: User, cia: User, doris: Person, sign_in: SignIn
) -> None:
    path = reverse(f"operate:{page}", args=[own_way.public_id]) + "?height=60&step=24"
    seen = [sign_in(who).get(path).status_code for who in (doris, alva, cia)]
    assert [*seen, Client().get(path).status_code] == [200, 404, 404, 302]


def test_my_page_leads_to_my_journey(own_way: Enrolment, doris: Person, sign_in: SignIn) -> None:
    client, path = sign_in(doris), reverse("operate:my-journey", args=[own_way.public_id])
    assert path in client.get("/me/").content.decode()
    assert "Ringde" in client.get(path).content.decode()
