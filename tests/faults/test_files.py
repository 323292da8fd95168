"""The plug pulled at every write of handing in a file: nothing half done, and afterwards none lost and none twice."""

import pytest
from django.db import OperationalError, connection

from genklang.operate import filing, issuing
from genklang.operate.filed import FileRow, Issued
from genklang.operate.models import Event, ImportBatch
from genklang.operate.pages.reckoning import reckon
from tests.faults.test_every_statement import Plug
from tests.web.operate_core.conftest import wall
from tests.web.operate_paperwork.conftest import GOOD, WRONG, Office, office

__all__ = ["office", "wall"]
pytestmark = pytest.mark.django_db(transaction=True)
MOST = 80


def counts() -> tuple[int, int, int, int]:
    kinds = ["row", "invoiced"]
    events = Event.objects.filter(kind__in=kinds).count()
    return ImportBatch.objects.count(), FileRow.objects.count(), events, Issued.objects.count()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_plug_pulled_while_a_file_is_handed_in_leaves_all_of_it_or_nothing(office: Office, after: bool) -> None:
    office.with_sender()
    for place in range(1, MOST):
        plug = Plug(place, after=after)
        try:
            with connection.execute_wrapper(plug):
                office.hand_in(GOOD + WRONG)
        except OperationalError:
            assert counts() == (0, 0, 0, 0)
            continue
        break
    assert 10 < place < MOST - 1, "the plug was pulled at every write"
    assert counts() == (1, 4, 4, 2)
    office.hand_in(GOOD + WRONG)
    assert counts() == (2, 8, 4, 2) and reckon(office.adoption, "rows").agrees


def test_a_plug_pulled_while_documents_are_made_loses_no_number(office: Office) -> None:
    office.hand_in(GOOD)
    office.with_sender()
    for place in range(1, MOST):
        try:
            with connection.execute_wrapper(Plug(place, after=True)):
                issuing.settle(office.adoption.pk)
        except OperationalError:
            assert not Issued.objects.exists() and not Event.objects.filter(kind="invoiced").exists()
            continue
        break
    assert list(Issued.objects.order_by("place").values_list("place", flat=True)) == [1, 2]
    assert Event.objects.filter(kind="invoiced", held=None).count() == 2


def test_a_plug_pulled_while_a_row_is_put_right_leaves_it_waiting(office: Office) -> None:
    office.with_sender().hand_in(WRONG)
    row = FileRow.objects.filter(status="waiting")[0]
    cells = {"number": "R3", "name": "Tage", "day": "2026-02-12", "amount": "275"}
    for place in range(1, MOST):
        try:
            with connection.execute_wrapper(Plug(place, after=True)):
                filing.mend(row, cells, source=office.source)
        except OperationalError:
            row.refresh_from_db()
            assert row.status == "waiting" and not Event.objects.filter(kind="row").exists()
            continue
        break
    row.refresh_from_db()
    issuing.settle_all()
    assert row.status == "taken" and (Event.objects.filter(kind="row").count(), Issued.objects.count()) == (1, 1)
