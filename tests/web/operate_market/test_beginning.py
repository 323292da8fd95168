"""People who begin by themselves: what is open to whom, once, and nobody else's door."""

import pytest
from django.test import Client
from django.urls import reverse

from genklang.operate import services
from genklang.operate.beginning import begin, openings_of
from genklang.operate.models import Adoption, Enrolment, Event, Status
from genklang.operate.problems import Refused
from genklang.people.models import Organisation, Person, User
from genklang.protocol.problems import ProtocolErrors
from genklang.protocol.reading import read_protocol
from tests.conftest import SignIn
from tests.web.operate_core.conftest import PRACTICES, Wall, dispensers, publish, wall

__all__ = ["dispensers", "wall"]
pytestmark = pytest.mark.django_db
SHOPPING = (PRACTICES / "volontar-hemhandling" / "protocol.yaml").read_text(encoding="utf-8")


@pytest.fixture
def shopping(lindmala: Organisation, wall: Wall) -> Adoption:
    """Lindmåla's volunteers: people may begin as either of two."""
    return services.adopt(organisation=lindmala, protocol_version=publish(SHOPPING), actor=None, name="Handla")


def press(client: Client, adoption: Adoption, role: str) -> int:
    return client.post(reverse("operate:take-part", args=[adoption.public_id]), {"role": role}).status_code


def test_what_is_open_is_what_says_so_and_one_is_not_in(
    shopping: Adoption, dispensers: Adoption, doris: Person
) -> None:
    assert [(one.adoption, one.role) for one in openings_of(doris)] == [(shopping, "person"), (shopping, "volunteer")]
    services.enrol(shopping, person=doris, role="volunteer", key="V-1")
    assert openings_of(doris) == []


@pytest.mark.parametrize("status", [Status.PAUSED, Status.ENDED])
def test_what_does_not_run_is_open_to_nobody(status: Status, shopping: Adoption, doris: Person) -> None:
    services.set_status(shopping, status)
    assert openings_of(doris) == []


def test_doris_begins_and_the_log_says_that_it_was_she(shopping: Adoption, doris: Person, sign_in: SignIn) -> None:
    client = sign_in(doris)
    assert "What you can begin with yourself" in client.get("/me/").content.decode()
    assert press(client, shopping, "person") == 302
    row = Enrolment.objects.get()
    assert (row.person, row.role, row.adoption) == (doris, "person", shopping)
    assert Event.objects.get(kind="enrolled").actor == doris.user
    assert "What you can begin with yourself" not in client.get("/me/").content.decode()


def test_pressed_twice_it_begins_once(shopping: Adoption, doris: Person, sign_in: SignIn) -> None:
    client = sign_in(doris)
    assert [press(client, shopping, "person"), press(client, shopping, "volunteer")] == [302, 302]
    assert Enrolment.objects.count() == 1


@pytest.mark.parametrize("role", ["coordinator", "", "nobody"])
def test_only_in_a_role_that_is_open(role: str, shopping: Adoption, doris: Person) -> None:
    assert doris.user is not None
    with pytest.raises(Refused):
        begin(doris, adoption=shopping, role=role, user=doris.user)
    assert not Enrolment.objects.exists()


def test_what_does_not_say_so_is_closed(dispensers: Adoption, doris: Person, sign_in: SignIn) -> None:
    assert press(sign_in(doris), dispensers, "patient") == 302
    assert not Enrolment.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("alva", 404), ("bo", 404), ("cia", 404), ("elin", 404)])
def test_whoever_is_no_person_there_finds_no_door(
    who: str, status: int, shopping: Adoption, sign_in: SignIn, request: pytest.FixtureRequest
) -> None:
    someone: User = request.getfixturevalue(who)
    assert press(sign_in(someone), shopping, "person") == status
    assert not Enrolment.objects.exists()


def test_another_organisations_is_not_open(shopping: Adoption, granvik: Organisation, doris: Person) -> None:
    Adoption.objects.filter(pk=shopping.pk).update(organisation=granvik)
    assert openings_of(doris) == []


def test_signed_out_one_is_asked_to_sign_in(shopping: Adoption, client: Client) -> None:
    assert press(client, shopping, "person") == 302
    assert not Enrolment.objects.exists()


def test_only_a_participant_joins() -> None:
    with pytest.raises(ProtocolErrors, match="Only a participant can begin by themselves"):
        read_protocol(SHOPPING.replace("coordinator: {sv:", "coordinator: {joins: true, sv:", 1), file="protocol.yaml")
