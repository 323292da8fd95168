"""Who may see the queue, and that seeing names in it is logged; one's own turn on My page; the lead's own numbers."""

import pytest
from django.test import Client
from django.urls import reverse

from genklang.operate import services
from genklang.people import services as people
from genklang.people.models import AccessLog, Action, Person, Role, User
from tests.conftest import SignIn
from tests.web.operate_sharing.conftest import Place

pytestmark = pytest.mark.django_db
CAST = ("alva", "bo", "fia", "cia", "doris", "elin", "nobody")
#                            alva bo  fia cia doris elin nobody
TABLE = {
    "places": "200 200 404 404 404 404 302",
    "place-numbers": "200 403 404 404 404 404 302",
}


@pytest.fixture
def queue(beds: Place, bo: User, doris: Person) -> Place:
    """Both beds are taken, and Doris waits behind somebody in the queue."""
    services.assign(beds.adoption, user=bo, role="nurse")
    for key in ("a", "b", "c"):
        beds.enrol(key, town="east")
    beds.wall.time += 1_000_000
    beds.rows["d"] = services.enrol(beds.adoption, person=doris, key="d", facts={"town": "east"})
    beds.settle()
    return beds


@pytest.fixture
def everyone(
    queue: Place, alva: User, bo: User, cia: User, doris: Person, elin: User, sign_in: SignIn
) -> dict[str, Client]:
    """Each of the cast, signed in. Fia is staff, and assigned to nothing."""
    fia = people.add_member(
        email="fia@example.se", organisation=queue.adoption.organisation, role=Role.STAFF, name="Fia"
    ).user
    cast: dict[str, User | Person] = {"alva": alva, "bo": bo, "fia": fia, "cia": cia, "doris": doris, "elin": elin}
    return {"nobody": Client(), **{name: sign_in(who) for name, who in cast.items()}}


def address(queue: Place, page: str) -> str:
    more = ["bed"] if page == "place-numbers" else []
    return reverse(f"operate:{page}", args=[queue.adoption.public_id, *more])


@pytest.mark.parametrize("page", TABLE)
def test_who_may_open(page: str, queue: Place, everyone: dict[str, Client]) -> None:
    seen = {who: str(client.get(address(queue, page)).status_code) for who, client in everyone.items()}
    assert seen == dict(zip(CAST, TABLE[page].split(), strict=True))


def test_who_may_change_the_numbers(queue: Place, everyone: dict[str, Client]) -> None:
    sent = {"capacity": "5", "share-east": "1", "share-west": "1"}
    path = address(queue, "place-numbers")
    seen = {who: str(everyone[who].post(path, sent).status_code) for who in (*CAST[1:], "alva")}
    assert seen == dict(zip((*CAST[1:], "alva"), ["403", "404", "404", "404", "404", "302", "302"], strict=True))
    queue.adoption.refresh_from_db()
    assert queue.adoption.overlay["places"]["bed"] == {"capacity": 5, "shares": {"east": 1, "west": 1}}


def test_seeing_who_waits_is_logged_and_the_beds_tell_no_names(
    queue: Place, everyone: dict[str, Client], doris: Person, bo: User
) -> None:
    page = everyone["bo"].get(address(queue, "places")).content.decode()
    assert "Doris" in page and "Person c" in page and "Person a" not in page
    logged = AccessLog.objects.filter(actor=bo, action=Action.LIST)
    assert {row.person.display_name for row in logged if row.person} == {"Doris", "Person c"}


def test_the_one_who_waits_sees_the_own_turn_and_nobody_else(queue: Place, everyone: dict[str, Client]) -> None:
    page = everyone["doris"].get("/me/", headers={"accept-language": "en"}).content.decode()
    assert "Number 2 in the queue" in page and "You are promised a place by" in page
    assert "Person" not in page


def test_wrong_numbers_are_told_and_change_nothing(queue: Place, everyone: dict[str, Client]) -> None:
    path = address(queue, "place-numbers")
    for sent in ({"capacity": "1", "share-east": "1", "share-west": "1"}, {"capacity": "many"}, {}):
        answer = everyone["alva"].post(path, sent)
        assert answer.status_code == 422
    queue.adoption.refresh_from_db()
    assert queue.adoption.overlay == {}


def test_a_practice_without_places_has_no_such_page(neighbours: Place, alva: User, sign_in: SignIn) -> None:
    client = sign_in(alva)
    assert client.get(address(neighbours, "places")).status_code == 404
    assert client.get(address(neighbours, "place-numbers")).status_code == 404
    assert (
        "/places/" not in client.get(reverse("operate:people", args=[neighbours.adoption.public_id])).content.decode()
    )
