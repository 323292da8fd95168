"""The wall screen: who may see and give it away, that it names nobody, and what small counts become."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from genklang.operate import boarding, services
from genklang.operate.incoming import Source
from genklang.operate.machines import adoption_machine
from genklang.operate.models import Adoption, BoardAddress, Enrolment
from genklang.operate.pages.board import board_of
from genklang.operate.pages.keeping import _kept
from genklang.people.models import AccessLog, Organisation, User
from genklang.people.services import add_person
from tests.conftest import SignIn
from tests.web.operate_core.conftest import Wall, publish

PRACTICES = Path(__file__).parents[3] / "practices"
APPLIED = {"month": "2026-03-01", "adults": "single", "children_at_home": False, "housing_cost": 6500, "income": 0}


@pytest.fixture
def promise(lindmala: Organisation, bo: User, wall: Wall) -> Adoption:
    """Lindmåla runs a practice that has a board; Bo works there."""
    version = publish((PRACTICES / "vaxjo-vaxjoloftet" / "protocol.yaml").read_text(encoding="utf-8"))
    adoption = services.adopt(organisation=lindmala, protocol_version=version, actor=None, name="Löftet")
    services.assign(adoption, user=bo, role="coordinator")
    return adoption


def households(adoption: Adoption, number: int) -> None:
    """So many households apply."""
    for each in range(number):
        person = add_person(organisation=adoption.organisation, display_name=f"Hushåll {each}")
        enrolment = services.enrol(adoption, person=person, role="household", key=f"H-{each}")
        services.record_one(enrolment, "applied", APPLIED, source=Source(by="household"))


def tile(adoption: Adoption, label: str) -> tuple[str, str]:
    """A tile's figure and note, worked out anew."""
    _kept.clear()
    with override("sv"):
        return next((each.value, each.note) for each in board_of(adoption).tiles if each.label.startswith(label))


def to(name: str, adoption: Adoption) -> str:
    return reverse(f"operate:{name}", args=[adoption.public_id])


@pytest.mark.parametrize(
    ("who", "name", "answer"),
    [
        ("alva", "board-preview", 200),
        ("bo", "board-preview", 200),
        ("fia", "board-preview", 404),
        ("cia", "board-preview", 404),
        ("doris", "board-preview", 404),
        ("nobody", "board-preview", 302),
        ("alva", "board-address", 200),
        ("bo", "board-address", 403),
        ("cia", "board-address", 404),
        ("nobody", "board-address", 302),
    ],
)
def test_who_may_see_the_screen_and_its_address(
    who: str, name: str, answer: int, promise: Adoption, sign_in: SignIn, request: pytest.FixtureRequest
) -> None:
    client = Client() if who == "nobody" else sign_in(request.getfixturevalue(who))
    assert client.get(to(name, promise)).status_code == answer


@pytest.mark.parametrize(("who", "answer"), [("bo", 403), ("cia", 404), ("nobody", 302)])
@pytest.mark.parametrize("name", ["board-address", "board-take-away"])
def test_only_the_lead_makes_or_takes_away_an_address(
    who: str, answer: int, name: str, promise: Adoption, alva: User, sign_in: SignIn, request: pytest.FixtureRequest
) -> None:
    secret = boarding.make_address(promise, user=alva)
    client = Client() if who == "nobody" else sign_in(request.getfixturevalue(who))
    assert client.post(to(name, promise)).status_code == answer
    assert boarding.adoption_behind(secret) == promise


def test_the_address_is_shown_once_and_kept_as_a_hash(promise: Adoption, alva: User, sign_in: SignIn) -> None:
    client = sign_in(alva)
    shown = client.post(to("board-address", promise)).context["address"]
    secret = shown.partition("/board/")[2].partition("/")[0]
    assert boarding.adoption_behind(secret) == promise
    assert secret not in str(list(BoardAddress.objects.values()))
    assert secret not in client.get(to("board-address", promise)).content.decode()


def test_a_new_address_ends_the_one_before_and_a_screen_goes_blank(promise: Adoption, alva: User) -> None:
    old, new = (boarding.make_address(promise, user=alva) for _ in range(2))
    assert Client().get(reverse("operate:board", args=[new])).status_code == 200
    assert Client().get(reverse("operate:board", args=[old])).status_code == 404
    renewed = Client().get(reverse("operate:board", args=[old]), headers={"HX-Request": "true"})
    assert renewed.status_code == 200
    assert "tile" not in renewed.content.decode()


def test_nothing_keeps_or_tells_on_the_screen_and_no_look_is_logged(promise: Adoption, alva: User) -> None:
    answer = Client().get(reverse("operate:board", args=[boarding.make_address(promise, user=alva)]))
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer["X-Robots-Tag"]
    assert 'http-equiv="refresh"' in answer.content.decode()
    assert not AccessLog.objects.exists()


@pytest.mark.parametrize(("language", "said"), [("sv", "Ansökningar"), ("en", "Applications"), ("xx", "Applications")])
def test_the_address_says_in_which_language(language: str, said: str, promise: Adoption, alva: User) -> None:
    address = reverse("operate:board", args=[boarding.make_address(promise, user=alva)])
    page = Client(headers={"accept-language": "en"}).get(f"{address}?language={language}").content.decode()
    assert said in page


@pytest.mark.parametrize(("number", "shown"), [(0, "0"), (1, "1–4"), (4, "1–4"), (5, "5"), (7, "7")])
def test_a_count_of_few_is_not_exact(number: int, shown: str, promise: Adoption) -> None:
    households(promise, number)
    assert tile(promise, "Hushåll med bistånd")[0] == shown
    assert tile(promise, "Ansökningar")[0] == shown


def test_it_names_nobody(promise: Adoption, alva: User) -> None:
    households(promise, 6)
    page = Client().get(reverse("operate:board", args=[boarding.make_address(promise, user=alva)])).content.decode()
    assert "Hushåll 1" not in page
    assert "H-1" not in page


def test_a_practice_without_a_board_has_none(companions: Adoption, alva: User, sign_in: SignIn) -> None:
    assert sign_in(alva).get(to("board-preview", companions)).status_code == 404
    assert "Wall screen" not in sign_in(alva).get(to("adoption", companions)).content.decode()
    assert "Wall screen" not in sign_in(alva).get(to("board-address", companions)).content.decode()


PLACES = """
board:
  tiles:
    beds: {sv: Platser, en: Beds, place: bed}
    waiting: {sv: Väntar, en: Waiting, queue: bed}
"""


@pytest.fixture
def ward_with_beds(lindmala: Organisation, wall: Wall) -> Adoption:
    """Värnäs with a board: 26 beds and a queue."""
    text = (PRACTICES / "sormland-varnas" / "protocol.yaml").read_text(encoding="utf-8")
    text = text.partition("\nboard:")[0] + PLACES if "\nboard:" in text else text + PLACES
    return services.adopt(organisation=lindmala, protocol_version=publish(text), actor=None, name="Värnäs")


def placed(adoption: Adoption, stage: str, number: int) -> None:
    """So many are in a stage, without more ado."""
    for each in range(number):
        person = add_person(organisation=adoption.organisation, display_name=f"{stage} {each}")
        enrolment = services.enrol(adoption, person=person, key=f"{stage}-{each}")
        Enrolment.objects.filter(pk=enrolment.pk).update(stage=stage)


@pytest.mark.parametrize(("number", "shown"), [(0, "0"), (3, "1–4"), (6, "6")])
def test_a_queue_tells_how_long_only_of_many(number: int, shown: str, ward_with_beds: Adoption, wall: Wall) -> None:
    place = adoption_machine(ward_with_beds).protocol.places["bed"]
    placed(ward_with_beds, place.waiting[0], number)
    wall.set("2026-03-08 07:00")
    value, note = tile(ward_with_beds, "Väntar")
    assert value == shown
    assert bool(note) == (number >= 5)


def test_taken_places_are_no_people(ward_with_beds: Adoption) -> None:
    place = adoption_machine(ward_with_beds).protocol.places["bed"]
    placed(ward_with_beds, place.holding[0], 3)
    value, note = tile(ward_with_beds, "Platser")
    assert (value, note) == (f"3 av {place.capacity}", f"{(place.capacity or 0) - 3} lediga")


def test_the_organisations_own_number_of_places_counts(ward_with_beds: Adoption) -> None:
    ward_with_beds.overlay = {**ward_with_beds.overlay, "places": {"bed": {"capacity": 30}}}
    assert tile(ward_with_beds, "Platser") == ("0 av 30", "30 lediga")


def test_lateness_follows_the_clock(promise: Adoption, wall: Wall) -> None:
    households(promise, 6)
    assert tile(promise, "Ansökningar") == ("6", "ingen för sent")
    wall.set("2026-03-09 08:00")
    assert tile(promise, "Ansökningar") == ("6", "varav för sent: 6")
