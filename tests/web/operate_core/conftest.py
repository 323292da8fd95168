"""A running adoption with one enrolment, and words for instants."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from genklang.bank.models import Practice, ProtocolVersion
from genklang.operate import clock, services, worker
from genklang.operate.incoming import IncomingEvent, RowAnswer, Source
from genklang.operate.models import Adoption, Enrolment
from genklang.people.models import Organisation, Person, User
from genklang.protocol.reading import canonical_json, digest, read_protocol

STOCKHOLM = ZoneInfo("Europe/Stockholm")
PRACTICES = Path(__file__).parents[3] / "practices"
DEVICE = Source(by="device")


def at(text: str) -> int:
    """Local time in Stockholm, for example “2026-03-02 08:00”."""
    return clock.instant(datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM))


def publish(text: str) -> ProtocolVersion:
    """A protocol version in the bank, made of YAML."""
    protocol = read_protocol(text, file="protocol.yaml")
    practice, _created = Practice.objects.get_or_create(slug=protocol.practice)
    name = digest(protocol)
    found = ProtocolVersion.objects.filter(digest=name).first()
    return found or ProtocolVersion.objects.create(
        practice=practice, version=protocol.version, digest=name, source=text, canonical=canonical_json(protocol)
    )


@dataclass
class Wall:
    """The clock of a test: it shows what it is set to."""

    time: int

    def set(self, text: str) -> None:
        """Sets it to a local time."""
        self.time = at(text)


@dataclass
class Ward:
    """One dispenser at Doris's home: dose times 08:00 and 20:00, from 2 March 2026 at 07:00."""

    adoption: Adoption
    enrolment: Enrolment
    wall: Wall

    def report(self, kind: str, when: str, *, id: str = "", by: str = "device", **data: object) -> RowAnswer:
        """Reports one event through the services."""
        event = IncomingEvent(id or f"{kind}@{when}", self.enrolment.key, kind, at(when), data)
        return services.record(self.adoption, [event], source=Source(by=by))[0]

    def tick(self, when: str) -> None:
        """Lets time pass to there, and the worker work."""
        self.wall.set(when)
        while worker.tick(clock.now()).enrolments:
            pass


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    """The clock, at 2 March 2026, 07:00."""
    wall = Wall(at("2026-03-02 07:00"))
    monkeypatch.setattr(clock, "now", lambda: wall.time)
    return wall


@pytest.fixture
def dispensers(lindmala: Organisation, wall: Wall) -> Adoption:
    """Lindmåla runs medicine dispensers."""
    version = publish((PRACTICES / "umea-medicingivare" / "protocol.yaml").read_text())
    return services.adopt(organisation=lindmala, protocol_version=version, actor=None, name="Medicingivare")


@pytest.fixture
def ward(dispensers: Adoption, doris: Person, bo: User, wall: Wall) -> Ward:
    """Doris has a dispenser; Bo is her nurse."""
    services.assign(dispensers, user=bo, role="nurse")
    facts = {"dose_times": ["08:00", "20:00"], "can_operate": True, "physician_agrees": True}
    enrolment = services.enrol(dispensers, person=doris, key="U-1", facts=facts)
    ward = Ward(dispensers, enrolment, wall)
    assert ward.report("installed", "2026-03-02 07:00", by="nurse").status == "accepted"
    return ward


Report = Callable[..., RowAnswer]
