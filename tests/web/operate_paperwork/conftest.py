"""Lindmåla bills by file: Bo is the clerk, Alva leads, one piece of work runs."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from genklang.operate import filing, services
from genklang.operate.files import read_table
from genklang.operate.filing import HandedIn
from genklang.operate.incoming import Source
from genklang.operate.models import Adoption, Enrolment
from genklang.people.models import Organisation, User
from tests.web.operate_core.conftest import Wall, publish, wall
from tests.web.operate_pages.conftest import fia

__all__ = ["fia", "wall"]
BILLING = Path(__file__).parents[2] / "spec" / "paperwork" / "billing.yaml"
SENDER = {
    "name": "Lindmåla kommun",
    "organisation_number": "212000-0142",
    "address": "212000-0142",
    "street": "Storgatan 1",
    "postcode": "123 45",
    "town": "Lindmåla",
    "bankgiro": "5050-1055",
    "series": "VAC-",
    "prints_at": "7300010000001",
}
HEAD = "number;name;day;Belopp\n"
GOOD = "R1;Doris;2026-02-10;275,50\nR2;Gun;2026-02-11;300\n"
WRONG = "R3;;i våras;275\nR4;Stig;2026-02-12;9000\n"


@dataclass
class Office:
    """One piece of work, and whoever hands files in for it."""

    adoption: Adoption
    enrolment: Enrolment
    bo: User
    wall: Wall

    @property
    def source(self) -> Source:
        """Bo, as clerk."""
        return Source(by="clerk", user=self.bo)

    def hand_in(self, rows: str, *, head: str = HEAD) -> HandedIn:
        """Hands in a file with these rows."""
        reader = filing.reader_of(self.adoption, "rows", enrolment=self.enrolment.key)
        table = read_table((head + rows).encode(), file="rows.csv")
        return filing.hand_in(reader, self.adoption, table, file="rows.csv", source=self.source)

    def with_sender(self) -> "Office":
        """Lindmåla has said who sends."""
        services.change_adoption(self.adoption, name=self.adoption.name, overlay={"sender": SENDER})
        return self


@pytest.fixture
def office(lindmala: Organisation, alva: User, bo: User, wall: Wall) -> Office:
    """The office, with nothing handed in and no sender yet."""
    adoption = services.adopt(
        organisation=lindmala,
        protocol_version=publish(BILLING.read_text(encoding="utf-8")),
        actor=None,
        name="Fakturering",
    )
    services.assign(adoption, user=bo, role="clerk")
    enrolment = services.enrol(adoption, title="Vaccinationer", key="M-1")
    wall.set("2026-03-02 08:00")
    return Office(adoption, enrolment, bo, wall)
