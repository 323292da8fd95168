"""Who may see what: each audience by its own word, changed beside the thing itself, for its owner and those at work."""

import pytest
from django.test import Client
from django.urls import reverse

from genklang.operate import services
from genklang.operate.models import Adoption, Enrolment
from genklang.people.models import Organisation, Person, User
from tests.conftest import SignIn
from tests.web.operate_core.conftest import Wall, publish
from tests.web.operate_visiting.conftest import PRACTICES, School, address_of, opened


@pytest.fixture
def moves(lindmala: Organisation, bo: User, wall: Wall) -> Adoption:
    """Lindmåla's care home makes portraits; Bo visits."""
    version = publish((PRACTICES / "oxelosund-vi-flyttar-in" / "protocol.yaml").read_text(encoding="utf-8"))
    adoption = services.adopt(organisation=lindmala, protocol_version=version, actor=None, name="Vi flyttar in")
    for role in ("mover", "contact"):
        services.assign(adoption, user=bo, role=role)
    return adoption


@pytest.fixture
def home(moves: Adoption, doris: Person, wall: Wall) -> School:
    """Doris is to move."""
    return School(services.enrol(moves, person=doris, key="O-1"), wall)


@pytest.fixture
def part(home: School) -> str:
    """A piece of her portrait."""
    return home.say("told", by="mover", words="Baking", about="interests")


def guests_page(home: School, part: str, kind: str, visitor: Client) -> str:
    event = home.say(kind, by="contact", whom="Somebody", parts=[part])
    return opened(visitor, address_of(event))


WORDS = {
    (): (False, False),
    ("shown_to_staff",): (True, False),
    ("shown_to_neighbours",): (False, True),
    ("shown_to_staff", "hidden_from_staff"): (False, False),
    ("shown_to_staff", "hidden_from_staff", "shown_to_staff"): (True, False),
    ("shown_to_staff", "shown_to_neighbours", "taken_back"): (False, False),
}


@pytest.mark.parametrize("said", WORDS)
def test_each_audience_has_its_own_word_and_the_latest_counts(
    said: tuple[str, ...], home: School, part: str, visitor: Client
) -> None:
    for kind in said:
        home.say(kind, by="resident", part=part)
    staff = "Baking" in guests_page(home, part, "invited_staff", visitor)
    neighbours = "Baking" in guests_page(home, part, "invited_neighbour", visitor)
    assert (staff, neighbours) == WORDS[said]


def test_the_owner_says_who_beside_the_thing_itself(home: School, part: str, doris: Person, sign_in: SignIn) -> None:
    page = sign_in(doris).get("/me/").content.decode()
    form = reverse("operate:my-form", args=[home.enrolment.public_id, "shown_to_staff"])
    assert f'href="{form}?part={part}"' in page
    assert f'class="button" href="{form}"' not in page
    assert "Neighbour: may not see it" in page
    chosen = sign_in(doris).get(f"{form}?part={part}").content.decode()
    assert f'value="{part}"' in chosen
    assert "checked" in chosen


def test_those_at_work_see_who_sees_but_decide_nothing(home: School, part: str, bo: User, sign_in: SignIn) -> None:
    page = sign_in(bo).get(reverse("operate:case", args=[home.enrolment.public_id])).content.decode()
    assert "Staff at the home: may not see it" in page
    assert "shown_to_staff" not in page
    assert f"taken_back/?part={part}" in page


def test_nothing_is_said_of_what_everybody_there_sees(school: School, bo: User, sign_in: SignIn) -> None:
    school.film()
    enrolment: Enrolment = school.enrolment
    page = sign_in(bo).get(reverse("operate:case", args=[enrolment.public_id])).content.decode()
    assert "Who may see what" not in page
