"""A ward with two beds, shared by two towns, and neighbours who ask each other for things."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from genklang.operate import inside, services
from genklang.operate.incoming import IncomingEvent, RowAnswer, Source
from genklang.operate.models import Adoption, Enrolment
from genklang.operate.proving import differences
from genklang.people import services as people
from genklang.people.models import Organisation
from tests.web.operate_core.conftest import Wall, publish, wall

__all__ = ["wall"]

BEDS = """
language: 1
practice: two-beds
version: 1.0.0
title: {sv: Två sängar, en: Two beds}
summary: {sv: Två sängar., en: Two beds.}
roles:
  person: {participant: true, sv: Patient, en: Patient}
  nurse: {sv: Sjuksköterska, en: Nurse}
facts:
  town: {concept: town, type: choice, sv: Var bor du?, en: Where do you live?,
    options: {east: {sv: Öster, en: East}, west: {sv: Väster, en: West}}}
stages:
  queue: {sv: I kö, en: Waiting}
  ward: {sv: På avdelningen, en: On the ward}
  home: {final: true, sv: Hemma, en: At home}
events:
  admitted: {sv: Har fått en plats, en: Has been given a place, by: system, moves: [queue, ward]}
  discharged: {sv: Skrevs ut, en: Was discharged, by: nurse, moves: [ward, home]}
  withdrew: {sv: Ångrade sig, en: Withdrew, by: person, moves: [queue, home]}
expectations:
  place:
    {sv: En plats, en: A place, during: queue, after: enrolled, expect: admitted, within: 10 days,
     otherwise: {alarm: nurse}}
places:
  bed:
    sv: Säng
    en: Bed
    capacity: 2
    waiting: queue
    holding: ward
    gives: admitted
    shared_by: town
    shares: {east: {sv: Öster, en: East, places: 1}, west: {sv: Väster, en: West, places: 1}}
    borrowing: true
"""

NEIGHBOURS = """
language: 1
practice: neighbours
version: 1.0.0
title: {sv: Grannar, en: Neighbours}
summary: {sv: Grannar., en: Neighbours.}
roles:
  neighbour: {participant: true, sv: Granne, en: Neighbour}
  coordinator: {sv: Samordnare, en: Coordinator}
stages:
  active: {sv: Med, en: Active}
  ended: {final: true, sv: Slut, en: Ended}
events:
  offered:
    {sv: Erbjud, en: Offer, by: neighbour, fields: {what: {type: text, sv: Vad?, en: What?}}}
  asked:
    sv: Be om det
    en: Ask for it
    by: neighbour
    fields:
      offer: {type: reference, of: offered, whose: others, sv: Vilket?, en: Which?}
    passes: {to: offer, as: asked_of}
  asked_of:
    sv: Någon ber
    en: Somebody asks
    by: system
    fields:
      offer: {type: reference, of: offered, sv: Vilket?, en: Which?}
      who: {type: participant, sv: Vem?, en: Who?}
      reply: {type: reference, of: asked, whose: others, sv: Fråga, en: Question}
  agreed:
    sv: Säg ja
    en: Say yes
    by: neighbour
    fields: {request: {type: reference, of: asked_of, sv: Vem?, en: Whom?}}
    passes: {to: request, as: agreed_to}
  agreed_to:
    sv: Det blev ja
    en: It was a yes
    by: system
    fields: {reply: {type: reference, of: agreed, whose: others, sv: Svar, en: Answer}}
  ended: {sv: Slutar, en: Leaves, by: neighbour, moves: [active, ended]}
"""


@dataclass
class Place:
    """An adoption with people in it, and words for what they do."""

    adoption: Adoption
    wall: Wall
    rows: dict[str, Enrolment] = field(default_factory=dict)

    def enrol(self, key: str, **facts: object) -> Enrolment:
        """Somebody new."""
        self.wall.time += 1_000_000
        person = people.add_person(organisation=self.adoption.organisation, display_name=f"Person {key}")
        self.rows[key] = services.enrol(self.adoption, person=person, key=key, facts=facts)
        return self.rows[key]

    def report(self, key: str, kind: str, *, by: str, id: str = "", **data: object) -> RowAnswer:
        """Something happens to somebody."""
        self.wall.time += 1_000_000
        event = IncomingEvent(id or f"{kind}-{key}-{self.wall.time}", key, kind, self.wall.time, data)
        return services.record(self.adoption, [event], source=Source(by=by, house=kind == "voided"))[0]

    def settle(self) -> int:
        """What follows inside. (A test in one transaction keeps nothing, and so nothing follows by itself.)"""
        return inside.settle(self.adoption.pk)

    @property
    def stages(self) -> dict[str, str]:
        """Where everybody is."""
        return dict(Enrolment.objects.filter(adoption=self.adoption).values_list("key", "stage"))

    def prove(self) -> None:
        """The rows are what the logs fold to."""
        assert list(differences(Enrolment.objects.filter(adoption=self.adoption))) == []


Founding = Callable[[str], Place]


@pytest.fixture
def found(lindmala: Organisation, wall: Wall) -> Founding:
    """Lindmåla begins with a practice."""

    def founded(text: str) -> Place:
        version = publish(text)
        return Place(services.adopt(organisation=lindmala, protocol_version=version, actor=None, name="Här"), wall)

    return founded


@pytest.fixture
def beds(found: Founding) -> Place:
    """The ward."""
    return found(BEDS)


@pytest.fixture
def neighbours(found: Founding) -> Place:
    """The neighbours."""
    return found(NEIGHBOURS)
