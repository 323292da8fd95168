"""Rows: each good one is an event once, each wrong one waits with all that is wrong, and the sums agree."""

from decimal import Decimal

import pytest

from genklang.operate import filing, services
from genklang.operate.filed import FileRow, Issued
from genklang.operate.models import Event
from genklang.operate.pages.reckoning import Reckoning, reckon
from genklang.operate.problems import Refused
from genklang.people.models import AccessLog
from tests.web.operate_paperwork.conftest import GOOD, HEAD, WRONG, Office

pytestmark = pytest.mark.django_db


def shown(office: Office) -> Reckoning:
    found = reckon(office.adoption, "rows")
    assert found.agrees, found
    return found


def waiting() -> list[FileRow]:
    return list(FileRow.objects.filter(status="waiting"))


def test_good_rows_become_events_and_wrong_ones_wait(office: Office) -> None:
    handed = office.hand_in(GOOD + WRONG)
    assert handed.counts == {"taken": 2, "known": 0, "waiting": 2, "rejected": 0}
    assert [event.data["amount"] for event in Event.objects.filter(kind="row")] == [275.5, 300]
    assert {event.actor for event in Event.objects.filter(kind="row")} == {office.bo}
    assert AccessLog.objects.filter(action="import", actor=office.bo).count() == 1
    found = shown(office)
    assert (found.handed_in.rows, found.taken.rows, found.waiting.rows) == (4, 2, 2)
    assert (found.handed_in.amount, found.waiting.amount) == (Decimal("9850.50"), Decimal("9275.00"))


def test_a_waiting_row_tells_all_that_is_wrong(office: Office) -> None:
    office.hand_in(WRONG)
    first, second = waiting()
    assert [problem.where for problem in filing.problems_of(first)] == ["name", "day"]
    assert [problem.where for problem in filing.problems_of(second)] == ["event"]  # what the event's own condition says
    assert first.cells == {"number": "R3", "day": "i våras", "amount": "275"}


def test_the_same_file_again_changes_nothing(office: Office) -> None:
    office.hand_in(GOOD + WRONG)
    again = office.hand_in(WRONG + GOOD)
    assert again.counts == {"taken": 0, "known": 4, "waiting": 0, "rejected": 0}
    assert (Event.objects.filter(kind="row").count(), len(waiting())) == (2, 2)
    assert shown(office).known.rows == 4


def test_a_row_that_comes_twice_in_a_file_is_one(office: Office) -> None:
    assert office.hand_in("R1;Doris;2026-02-10;275,50\nR1;Doris;2026-02-10;275,50\n").counts["known"] == 1
    assert Event.objects.filter(kind="row").count() == 1
    shown(office)


@pytest.mark.parametrize("together", [True, False], ids=["in one file", "in two files"])
def test_a_row_with_the_same_key_that_says_something_else_waits(office: Office, together: bool) -> None:
    first, second = "R1;Doris;2026-02-10;275,50\n", "R1;Doris;2026-02-10;999\n"
    for rows in [first + second] if together else [first, second]:
        office.hand_in(rows)
    (row,) = waiting()
    assert row.line == (3 if together else 2)
    assert "here already" in str(filing.problems_of(row)[0]) or "finns redan" in str(filing.problems_of(row)[0])
    shown(office)


def test_a_row_is_mended_once_and_the_change_is_told(office: Office) -> None:
    office.hand_in(GOOD + WRONG)
    row = waiting()[0]
    cells = {"number": "R3", "name": "Tage", "day": "2026-02-12", "amount": "285"}
    with pytest.raises(Refused) as refused:
        filing.mend(row, {**cells, "name": ""}, source=office.source)
    assert [problem.where for problem in refused.value.problems] == ["name"]
    filing.mend(row, cells, source=office.source)
    with pytest.raises(Refused):
        filing.mend(row, cells, source=office.source)
    row.refresh_from_db()
    assert (row.status, row.amount, row.counted, dict(row.cells), row.user) == (
        "taken",
        Decimal(275),
        Decimal(285),
        {},
        office.bo,
    )
    assert shown(office).mended == 10
    assert office.hand_in(GOOD + WRONG).counts["known"] == 4


def test_a_mended_row_cannot_become_what_is_here_already(office: Office) -> None:
    office.hand_in(GOOD + WRONG)
    cells = {"number": "R1", "name": "Tage", "day": "2026-02-12", "amount": "285"}
    with pytest.raises(Refused):
        filing.mend(waiting()[0], cells, source=office.source)
    shown(office)


def test_a_row_is_rejected_with_a_reason(office: Office) -> None:
    office.hand_in(WRONG)
    for row in waiting():
        filing.reject(row, reason="Fel mottagning", source=office.source)
    assert list(FileRow.objects.values_list("status", "reason")) == [("rejected", "Fel mottagning")] * 2
    assert shown(office).rejected.rows == 2
    assert office.hand_in(WRONG).counts["known"] == 2
    with pytest.raises(Refused):
        filing.mend(FileRow.objects.first() or row, {}, source=office.source)


def test_nothing_is_issued_before_the_sender_is_known(office: Office) -> None:
    office.hand_in(GOOD)
    assert not Issued.objects.exists()
    assert shown(office).unissued.rows == 2
    office.with_sender()
    office.hand_in("R5;Tage;2026-02-12;280\n")
    assert [issued.number for issued in Issued.objects.order_by("place")] == ["VAC-000001", "VAC-000002", "VAC-000003"]


def test_rows_in_are_documents_and_waiting_and_rejected(office: Office) -> None:
    office.with_sender().hand_in(GOOD + WRONG)
    filing.reject(waiting()[1], reason="För mycket", source=office.source)
    found = shown(office)
    rows = (found.documents.rows, found.waiting.rows, found.rejected.rows)
    assert sum(rows) == found.handed_in.rows == 4 and rows == (2, 1, 1)
    amounts = [part.amount for part in (found.documents, found.waiting, found.rejected)]
    assert sum(amounts) == found.handed_in.amount and amounts == [Decimal("575.50"), 275, 9000]


def test_what_is_taken_back_is_no_document_any_more(office: Office) -> None:
    office.with_sender().hand_in(GOOD)
    services.void(Event.objects.filter(kind="row")[0], user=office.bo, role="clerk")
    found = shown(office)
    assert (found.documents.rows, found.cancelled.rows, found.cancelled.amount) == (1, 1, Decimal("275.50"))


def test_rows_may_say_whose_they_are(office: Office) -> None:
    other = services.enrol(office.adoption, title="Avgifter", key="M-2")
    head = "enrolment;" + HEAD
    office.hand_in("M-2;R1;Doris;2026-02-10;1\nM-1;R1;Gun;2026-02-10;2\nM-9;R1;Stig;2026-02-10;3\n", head=head)
    assert Event.objects.get(kind="row", enrolment=other).data["name"] == "Doris"
    (row,) = waiting()
    assert [problem.where for problem in filing.problems_of(row)] == ["enrolment"]
    shown(office)


@pytest.mark.parametrize(
    ("head", "rows"),
    [
        ("number;name;day\n", "R1;Doris;2026-02-10\n"),
        (HEAD.replace("name", "nmae"), GOOD),
        (HEAD, ""),
        ("number;name;name;day;Belopp\n", GOOD),
    ],
)
def test_a_file_that_is_none_of_it_is_refused_whole(office: Office, head: str, rows: str) -> None:
    with pytest.raises(Refused):
        office.hand_in(rows, head=head)
    assert not FileRow.objects.exists()


def test_an_open_row_is_expected_to_be_billed(office: Office) -> None:
    office.hand_in(GOOD)
    assert office.enrolment.dues.filter(expectation="invoicing").count() == 2
    office.with_sender()
    from genklang.operate import issuing

    issuing.settle(office.adoption.pk)
    assert office.enrolment.outcome_facts.filter(expectation="invoicing", status="met").count() == 2
    assert not office.enrolment.dues.exists()
