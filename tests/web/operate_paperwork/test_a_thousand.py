"""A thousand invoices of one season: handed in at once, none lost, none twice, and the hours that they save."""

from decimal import Decimal

import pytest

from genklang.measure.values import IndicatorValue
from genklang.operate import filing, services
from genklang.operate.filed import Issued
from genklang.operate.files import read_table
from genklang.operate.incoming import IncomingEvent, Source
from genklang.operate.models import Adoption, Event
from genklang.operate.pages.measuring import measured
from genklang.operate.pages.reckoning import reckon
from genklang.people.models import Organisation, User
from tests.web.operate_core.conftest import PRACTICES, Wall, at, publish, wall
from tests.web.operate_paperwork.conftest import SENDER

__all__ = ["wall"]
pytestmark = pytest.mark.django_db
VOLUME, BY_HAND, NOW, FEE = 1000, 4, 0.25, "275,00"
HEAD = "Besök;Namn;Gata;Postnummer;Ort;Dag;Avgift\n"


@pytest.fixture
def running(lindmala: Organisation, bo: User, wall: Wall) -> Adoption:
    """The flu vaccinations, mapped and programmed."""
    version = publish((PRACTICES / "uddevalla-automatisering" / "protocol.yaml").read_text(encoding="utf-8"))
    overlay = {"sender": SENDER}
    adoption = services.adopt(
        organisation=lindmala, protocol_version=version, actor=None, name="Fakturor", overlay=overlay
    )
    services.assign(adoption, user=bo, role="administrator")
    services.enrol(adoption, title="Höstens vaccinationer", key="M-1")
    mapped = {"comes_from": "Registret", "goes_to": "Ekonomi", "typed": "En i taget", "minutes_by_hand": BY_HAND}
    for when, kind, data in (
        ("2026-03-02 08:00", "mapped", mapped),
        ("2026-03-02 11:00", "programmed", {"hours": 3, "minutes_now": NOW}),
    ):
        wall.set(when)
        event = IncomingEvent(kind, "M-1", kind, at(when), dict(data))
        assert services.record(adoption, [event], source=Source(by="developer"))[0].status == "accepted"
    wall.set("2026-03-03 08:00")
    return adoption


def value(adoption: Adoption, name: str) -> float:
    found: list[IndicatorValue] = [one for one in measured(adoption).values if one.indicator == name]
    return sum(float(one.value or 0) for one in found)


def test_a_thousand_are_billed_and_save_their_hours(running: Adoption, bo: User) -> None:
    rows = [f"B-{n};Person {n};Ågatan {n};123 45;Lindmåla;2026-03-01;{FEE}\n" for n in range(VOLUME)]
    wrong = [f"B-{VOLUME + n};;Ågatan;123 45;Lindmåla;igår;{FEE}\n" for n in range(3)]
    table = read_table((HEAD + "".join(rows + wrong)).encode(), file="season.csv")
    source = Source(by="administrator", user=bo)
    reader = filing.reader_of(running, "vaccinations", enrolment="M-1")
    handed = filing.hand_in(reader, running, table, file="season.csv", source=source)
    assert handed.counts == {"taken": VOLUME, "known": 0, "waiting": 3, "rejected": 0}
    found = reckon(running, "vaccinations")
    assert found.agrees and found.documents.amount == VOLUME * Decimal(275)
    places = list(Issued.objects.order_by("place").values_list("place", flat=True))
    assert places == list(range(1, VOLUME + 1))
    assert Event.objects.filter(kind="invoiced", held=None).count() == VOLUME
    assert value(running, "invoices") == VOLUME
    assert value(running, "hours_saved") == pytest.approx(VOLUME * (BY_HAND - NOW) / 60)
    assert value(running, "in_time") == 1
