"""Documents: numbered without gaps, each once whatever fails, kept as issued, and passing the published rules."""

from datetime import date
from decimal import Decimal

import pytest

from genklang.documents.rules import broken
from genklang.documents.ubl import tree_of
from genklang.operate import issuing, services
from genklang.operate.filed import Issued
from genklang.operate.models import Event
from genklang.operate.problems import Refused
from tests.web.operate_paperwork.conftest import GOOD, HEAD, SENDER, Office

pytestmark = pytest.mark.django_db
ADDRESSED = "number;name;address;day;Belopp;pieces\n"


def invoices() -> list[Issued]:
    return list(Issued.objects.order_by("place"))


def test_an_invoice_says_what_the_row_said(office: Office) -> None:
    office.with_sender().hand_in("R1;Doris;212000-0142;2026-02-10;137,75;2\n", head=ADDRESSED)
    (issued,) = invoices()
    invoice = issuing.invoice_of(issued)
    assert (invoice.buyer.name, str(invoice.buyer.address), invoice.reference) == ("Doris", "0007:2120000142", "R1")
    assert (invoice.issued, invoice.due) == (date(2026, 3, 2), date(2026, 4, 1))
    assert [(line.name, line.quantity, line.amount) for line in invoice.lines] == [
        ("Vaccination", Decimal(2), Decimal("275.50"))
    ]
    assert issued.total == Decimal("275.50") and broken(tree_of(invoice)) == []


def test_the_event_of_its_making_holds_number_sum_and_what_it_is_of(office: Office) -> None:
    office.with_sender().hand_in(GOOD)
    row = Event.objects.filter(kind="row").first()
    made = Event.objects.filter(kind="invoiced").first()
    assert row is not None and made is not None and made.by == "system"
    assert made.data == {"number": "VAC-000001", "total": 275.5, "row": row.key}


def test_whoever_has_no_address_is_written_to_by_the_printer(office: Office) -> None:
    office.with_sender().hand_in(GOOD)
    invoice = issuing.invoice_of(invoices()[0])
    assert str(invoice.buyer.address) == "0088:7300010000001" and broken(tree_of(invoice)) == []


def test_a_line_stands_there_only_when_it_is_to(office: Office) -> None:
    office.with_sender().hand_in("R1;Doris;2026-02-10;4500\n")
    assert [line.name for line in issuing.invoice_of(invoices()[0]).lines] == ["Vaccination", "Avgift"]


def test_numbers_have_no_gaps_over_files_people_and_failures(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.with_sender().hand_in(GOOD)

    def fails(*_args: object, **_more: object) -> None:
        raise Refused([])

    with monkeypatch.context() as broken_down:
        broken_down.setattr(issuing, "write", fails)
        assert office.hand_in("R7;Tage;2026-02-12;280\n").counts["taken"] == 1
        assert issuing.settle_all() == 0
    assert (len(invoices()), Event.objects.filter(kind="row").count()) == (2, 3)
    data = {"number": "R8", "name": "Stig", "day": "2026-02-12", "amount": 1}
    services.record_one(office.enrolment, "row", data, source=office.source)
    assert issuing.settle_all() == 2 and issuing.settle_all() == 0
    assert [issued.place for issued in invoices()] == [1, 2, 3, 4]
    assert len({issued.event for issued in invoices()}) == 4


def test_two_pieces_of_work_share_one_row_of_numbers(office: Office) -> None:
    services.enrol(office.adoption, title="Avgifter", key="M-2")
    office.with_sender().hand_in("M-2;R1;Doris;2026-02-10;1\nM-1;R1;Gun;2026-02-10;2\n", head="enrolment;" + HEAD)
    assert sorted(issued.place for issued in invoices()) == [1, 2]
    assert {issued.enrolment.key for issued in invoices()} == {"M-1", "M-2"}


def test_an_issued_invoice_stays_as_it_was(office: Office) -> None:
    office.with_sender().hand_in(GOOD)
    before = issuing.invoice_of(invoices()[0])
    changed = {**SENDER, "name": "Granviks kommun", "series": "G-"}
    services.change_adoption(office.adoption, name="Fakturering", overlay={"sender": changed})
    office.hand_in("R9;Tage;2026-02-12;280\n")
    assert issuing.invoice_of(invoices()[0]) == before
    assert [issued.number for issued in invoices()] == ["VAC-000001", "VAC-000002", "G-000003"]


def test_what_was_taken_back_before_it_was_issued_gets_no_invoice(office: Office) -> None:
    office.hand_in(GOOD)
    row = Event.objects.filter(kind="row").first()
    assert row is not None
    services.void(row, user=office.bo, role="clerk")
    office.with_sender()
    assert issuing.settle(office.adoption.pk) == 1


@pytest.mark.parametrize(
    ("field", "written"),
    [
        ("organisation_number", "212000-0143"),
        ("bankgiro", "5050-1056"),
        ("address", "7300010000002"),
        ("prints_at", "nobody"),
        ("series", "VAC 1"),
        ("name", ""),
    ],
)
def test_a_sender_that_breaks_a_rule_is_refused(office: Office, field: str, written: str) -> None:
    with pytest.raises(Refused):
        services.change_adoption(office.adoption, name="x", overlay={"sender": {**SENDER, field: written}})
