"""The Swap in Lindmåla: Doris, Gun and Hans swap, Bo is their host; and words for what they do."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from genklang.operate import clock, services
from genklang.operate.incoming import IncomingEvent, RowAnswer, Source
from genklang.operate.models import Adoption, Enrolment, Event
from genklang.people.models import Organisation, Person, User
from genklang.people.services import add_person
from tests.web.operate_core.conftest import Wall, at, publish, wall

__all__ = ["wall"]
PRACTICES = Path(__file__).parents[3] / "practices"


@dataclass
class Swap:
    """The adoption, with what its people do."""

    adoption: Adoption
    wall: Wall

    def does(self, who: str, kind: str, *, id: str = "", when: str = "", role: str = "", **data: object) -> RowAnswer:
        """Somebody reports something on their own page; a minute passes."""
        self.wall.time = at(when) if when else self.wall.time + clock.MINUTE
        number = Event.objects.filter(adoption=self.adoption).count()
        event = IncomingEvent(id or f"{kind}-{number}", who, kind, self.wall.time, data)
        return services.record(
            self.adoption, [event], source=Source(by=role or self.enrolment(who).role or "neighbour")
        )[0]

    def enrolment(self, who: str) -> Enrolment:
        """The enrolment as it is now."""
        return Enrolment.objects.with_protocol().get(adoption=self.adoption, key=who)

    def latest(self, who: str, kind: str) -> str:
        """The id of the latest event of a kind that somebody has."""
        rows = Event.objects.filter(enrolment__key=who, adoption=self.adoption, kind=kind)
        return rows.order_by("-occurred_at", "-pk")[0].key

    def void(self, who: str, event: str) -> None:
        """Somebody takes an event back."""
        source = Source(by=self.enrolment(who).role or "neighbour", house=True)
        self.wall.time += clock.MINUTE
        services.record(
            self.adoption,
            [IncomingEvent(f"void-{event}", who, "voided", self.wall.time, {"event": event})],
            source=source,
        )

    def swaps(self, giver: str, taker: str, hours: float) -> str:
        """The giver's offer is answered, agreed on, and done; returns what the taker has to confirm."""
        self.does(giver, "offered", what="Jag lagar cyklar", id=f"offer-{giver}-{taker}-{hours}")
        self.does(taker, "answered", about=f"offer-{giver}-{taker}-{hours}", message="Gärna!")
        self.does(giver, "agreed", answer=self.latest(giver, "answer_came"), message="På lördag")
        agreed = self.latest(giver, "agreed")
        assert self.does(giver, "helped", agreement=agreed, hours=hours).status == "accepted"
        return self.latest(taker, "hours_came")


Swapper = Callable[..., Swap]


@pytest.fixture
def gun(lindmala: Organisation) -> Person:
    """Swaps; her whole name is nobody's business."""
    user = User.objects.create_user("gun@example.se", name="Gunhild Hemlig")
    return add_person(organisation=lindmala, display_name="Gunhild Hemlig", birth_year=1950, user=user)


@pytest.fixture
def hans(lindmala: Organisation) -> Person:
    """Swaps."""
    user = User.objects.create_user("hans@example.se", name="Hans Doldsson")
    return add_person(organisation=lindmala, display_name="Hans Doldsson", birth_year=1948, user=user)


@pytest.fixture
def swap(
    lindmala: Organisation,
    doris: Person,
    gun: Person,
    hans: Person,
    bo: User,
    wall: Wall,
    transactional_db: None,
) -> Swap:
    """All three are in the Swap. What passes from one to another is delivered when a transaction ends."""
    version = publish((PRACTICES / "vastra-goteborg-bytet" / "protocol.yaml").read_text())
    adoption = services.adopt(organisation=lindmala, protocol_version=version, actor=None, name="Bytet")
    services.assign(adoption, user=bo, role="host")
    swap = Swap(adoption, wall)
    for key, person, name in (("B-1", doris, "Doris"), ("B-2", gun, "Gun"), ("B-3", hans, "Hasse")):
        services.enrol(adoption, person=person, key=key)
        assert swap.does(key, "felt_at_start", called=name, safe=4, evenings_out=1).status == "accepted"
    return swap


@pytest.fixture
def shopping(
    lindmala: Organisation, doris: Person, gun: Person, hans: Person, bo: User, wall: Wall, transactional_db: None
) -> Swap:
    """Doris is helped, Gun and Hans are volunteers, Bo coordinates."""
    version = publish((PRACTICES / "volontar-hemhandling" / "protocol.yaml").read_text())
    adoption = services.adopt(organisation=lindmala, protocol_version=version, actor=None, name="Hemhandling")
    services.assign(adoption, user=bo, role="coordinator")
    shopping = Swap(adoption, wall)
    cast = (("P-1", doris, "person", "Doris"), ("V-1", gun, "volunteer", "Gun"), ("V-2", hans, "volunteer", "Hasse"))
    for key, person, role, name in cast:
        services.enrol(adoption, person=person, key=key, role=role)
        assert shopping.does(key, "welcomed", role="coordinator", called=name).status == "accepted"
    return shopping


@pytest.fixture
def families(
    lindmala: Organisation, doris: Person, gun: Person, hans: Person, bo: User, wall: Wall, transactional_db: None
) -> Swap:
    """Doris's family seek change, Gun's and Hans's share; Bo is their coach."""
    version = publish((PRACTICES / "family-by-family" / "protocol.yaml").read_text())
    adoption = services.adopt(organisation=lindmala, protocol_version=version, actor=None, name="Familj till familj")
    services.assign(adoption, user=bo, role="coach")
    families = Swap(adoption, wall)
    cast = (
        ("F-1", doris, "seeking", "Familjen Berg"),
        ("F-2", gun, "sharing", "Familjen Dahl"),
        ("F-3", hans, "sharing", "Familjen Ek"),
    )
    for key, person, role, name in cast:
        services.enrol(adoption, person=person, key=key, role=role)
        everyday = 4 if role == "seeking" else 8
        assert families.does(key, "rated_at_start", called=name, everyday=everyday, support=5).status == "accepted"
    return families
