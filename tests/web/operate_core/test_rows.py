"""Rows written many at once are the rows that Django would have written, whatever the texts hold."""

import uuid

import pytest
from django.db import DataError, connection, transaction

from genklang.operate import rows
from genklang.operate.models import Alarm, Due, Event
from tests.web.operate_core.conftest import Ward

pytestmark = pytest.mark.django_db
TEXTS = ["plain", "", "NULL", 'a "quote"', "back\\slash", "{a,b}", "comma, and; semicolon", "new\nline", "Åäö ’ 100 %s"]


def test_any_text_and_data_comes_back_as_it_was(ward: Ward) -> None:
    events = [
        Event(
            adoption=ward.adoption,
            enrolment=ward.enrolment,
            key=f"row-{place}",
            kind="note",
            occurred_at=-place,
            received_at=2**52,
            by=text,
            data={"text": text, "list": [text, None, 1.5, True]},
            held=None if place % 2 else text,
        )
        for place, text in enumerate(TEXTS)
    ]
    rows.insert(events)
    kept = Event.objects.filter(kind="note").order_by("-occurred_at")
    assert [(row.by, row.data["list"][0], row.data["list"][1:]) for row in kept] == [
        (text, text, [None, 1.5, True]) for text in TEXTS
    ]
    assert [row.held for row in kept] == [None if place % 2 else text for place, text in enumerate(TEXTS)]


def test_updates_reach_their_rows_and_no_other(ward: Ward) -> None:
    for place in range(len(TEXTS)):
        Alarm.objects.create(
            adoption=ward.adoption, enrolment=ward.enrolment, due=f"d{place}", expectation="x", raised_at=place
        )
    changed = list(Alarm.objects.order_by("raised_at"))[::2]
    for row in changed:
        row.reason, row.closed_at = TEXTS[row.raised_at], row.raised_at + 100
        row.public_id = uuid.uuid4()  # not named below, and so not written
    rows.update(changed, ["reason", "closed_at"])
    for row in Alarm.objects.all():
        expected = (TEXTS[row.raised_at], row.raised_at + 100) if row.raised_at % 2 == 0 else ("", None)
        assert (row.reason, row.closed_at) == expected
    assert not Alarm.objects.filter(public_id__in=[row.public_id for row in changed]).exists()


def test_deletes_only_where_all_columns_agree(ward: Ward) -> None:
    for due in ("a", 'b"'):
        Due.objects.create(
            adoption=ward.adoption,
            enrolment=ward.enrolment,
            due=due,
            expectation="x",
            opens_at=0,
            target_at=0,
            deadline_at=0,
        )
    kinds = {"enrolment_id": "bigint", "due": "text"}
    rows.delete(Due, kinds, [(ward.enrolment.pk, 'b"'), (ward.enrolment.pk + 1, "a")])
    assert set(Due.objects.filter(expectation="x").values_list("due", flat=True)) == {"a"}
    rows.delete(Due, kinds, [])
    rows.insert([])
    rows.update([], ["due"])


def test_mappings_update_the_rows_where_all_columns_agree(ward: Ward) -> None:
    given = {"adoption_id": ward.adoption.pk, "enrolment_id": ward.enrolment.pk, "expectation": "x", "missed": False}
    one = {"opens_at": 0, "target_at": 0, "deadline_at": 0, "raised": False}
    rows.insert_plain(Due, [given | one | {"due": text} for text in TEXTS])
    kinds = {"enrolment_id": "bigint", "due": "text"}
    changed = [given | one | {"due": text, "missed": True, "target_at": place} for place, text in enumerate(TEXTS)]
    elsewhere = changed[3] | {"enrolment_id": ward.enrolment.pk + 1}
    rows.update_plain(Due, [*changed[:3], elsewhere, *changed[4:]], ["missed", "target_at"], by=kinds)
    found = {due.due: (due.missed, due.target_at) for due in Due.objects.filter(expectation="x")}
    assert found == {text: (place != 3, 0 if place == 3 else place) for place, text in enumerate(TEXTS)}
    rows.update_plain(Due, [], ["missed"], by=kinds)


@pytest.mark.postgres
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite knows no length")
def test_what_is_too_long_is_refused_and_never_cut(ward: Ward) -> None:
    event = Event(
        adoption=ward.adoption,
        enrolment=ward.enrolment,
        key="k" * 201,
        kind="note",
        occurred_at=0,
        received_at=0,
        by="device",
    )
    with pytest.raises(DataError), transaction.atomic(using=connection.alias):
        rows.insert([event])
    assert not Event.objects.filter(kind="note").exists()
