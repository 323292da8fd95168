"""Films at Lindmåla's school: Doris is the pupil, Bo teaches; and what a small film and a picture are made of."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from genklang.operate import inviting, services
from genklang.operate.answering import handed_in
from genklang.operate.incoming import Source
from genklang.operate.models import Adoption, Enrolment, Link
from genklang.operate.views import visiting
from genklang.people.models import Organisation, Person, Role, User
from genklang.people.services import add_member
from tests.web.operate_core.conftest import Wall, publish, wall

__all__ = ["wall"]
PRACTICES = Path(__file__).parents[3] / "practices"
FILM = b"\x1a\x45\xdf\xa3" + b"\x00" * 8 + b"webm" + bytes(range(256)) * 8
WORDS = "0:00 Tolv\n0:02 delat med tre"


@dataclass
class School:
    """One pupil's films, and verbs that tell a test's story in a line each."""

    enrolment: Enrolment
    wall: Wall

    def say(self, kind: str, /, *, by: str = "teacher", id: str = "", user: User | None = None, **data: object) -> str:
        """Records an event, files and all; its id."""
        self.wall.time += 1_000_000
        key = id or f"{kind}-{len(data)}-{self.enrolment.events.count()}"
        with handed_in(self.enrolment, kind, data, user=user) as said:
            services.record_one(self.enrolment, kind, said, source=Source(by=by, user=user), id=key)
        return key

    def film(self, content: bytes = FILM) -> str:
        """Hands in a film."""
        upload = SimpleUploadedFile("film.webm", content, content_type="text/html")
        return self.say("filmed", about="Division", recording=upload, kind="explains")

    def permitted(self, film: str) -> None:
        """Everybody in it says yes."""
        asked = self.say("asked_consent", film=film, who="Kim", used_for="familjen")
        self.say("consented", film=film, asked=asked)

    def sent(self) -> tuple[str, str]:
        """A film goes home; its id, and the event that sent it."""
        film = self.film()
        self.permitted(film)
        self.say("subtitled", film=film, language="ar", text=WORDS)
        return film, self.say("sent", film=film, whom="Mamma")


@pytest.fixture(autouse=True)
def _apart(settings: Settings, tmp_path: Path) -> None:
    """Files of one test only, and no brakes from another."""
    settings.VAR = tmp_path
    for brake in (visiting.guest_brake, visiting.public_brake, visiting.matter_brake):
        brake.forget()


@pytest.fixture
def films(lindmala: Organisation, bo: User, wall: Wall) -> Adoption:
    """Lindmåla's school; Bo teaches."""
    version = publish((PRACTICES / "gavle-elevfilmer" / "protocol.yaml").read_text(encoding="utf-8"))
    adoption = services.adopt(organisation=lindmala, protocol_version=version, actor=None, name="Filmer")
    services.assign(adoption, user=bo, role="teacher")
    return adoption


@pytest.fixture
def school(films: Adoption, doris: Person, wall: Wall) -> School:
    """Doris in year nine; her family reads Arabic."""
    facts = {"family_language": "ar", "protected": False}
    return School(services.enrol(films, person=doris, key="E-1", facts=facts), wall)


@pytest.fixture
def visitor() -> Client:
    """Somebody without an account."""
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def fia(lindmala: Organisation) -> User:
    """Works in Lindmåla, and is assigned to nothing."""
    return add_member(email="fia@example.se", organisation=lindmala, role=Role.STAFF, name="Fia").user


def address_of(event: str) -> str:
    """A new address of the link that an event gave."""
    return inviting.new_address(Link.objects.get(event=event))


def opened(visitor: Client, address: str) -> str:
    """Presses the button of the first time; the page."""
    visitor.post(f"{address}open/")
    return visitor.get(address).content.decode()


def say_address(address: str, kind: str) -> str:
    """Where a guest's form goes."""
    return reverse("operate:guest-say", args=[address.strip("/").split("/")[1], kind])
