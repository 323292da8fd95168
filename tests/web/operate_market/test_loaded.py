"""A rehearsal loaded as history: the database's accounts are those that were reckoned, and sum to zero."""

from decimal import Decimal
from pathlib import Path

from genklang.engine.ledgers import balances
from genklang.operate import books, proving, services
from genklang.operate.history import History, load_histories
from genklang.operate.models import Enrolment, Transfer
from genklang.people.models import Organisation
from genklang.people.services import add_person
from genklang.protocol.reading import read_protocol
from genklang.rehearsal.ledgers import transfers_in
from genklang.rehearsal.running import rehearse
from tests.web.operate_core.conftest import Wall, publish

FILE = Path(__file__).parents[3] / "practices" / "vastra-goteborg-bytet" / "protocol.yaml"


def test_a_rehearsal_gives_the_same_balances_in_the_database(lindmala: Organisation, wall: Wall) -> None:
    text = FILE.read_text(encoding="utf-8")
    zone = "Europe/Stockholm"
    rehearsal = rehearse(read_protocol(text, file=FILE.name), enrolments=8, years=0.4, seed=3, zone=zone)
    adoption = services.adopt(
        organisation=lindmala, protocol_version=publish(text), actor=None, name="Övning", historical=True
    )
    lives = rehearsal.participants
    people = [add_person(organisation=lindmala, display_name=life.enrolment, simulated=True) for life in lives]
    rows = load_histories(
        adoption,
        [History(person, life.enrolment, life.events) for person, life in zip(people, lives, strict=True)],
        until=rehearsal.end - 1,
    )
    expected = {account.enrolment: held for (_, account), held in balances(transfers_in(rehearsal)).items()}
    assert {row.key: books.balance(row, "time") for row in rows} == {
        row.key: expected.get(row.key, Decimal(0)) for row in rows
    }
    assert Transfer.objects.count() > 5
    assert sum(expected.values()) == 0
    assert not list(proving.differences(Enrolment.objects.with_protocol()))
