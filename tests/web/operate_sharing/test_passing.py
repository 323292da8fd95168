"""What one does reaches the other, once; and so does taking it back."""

import pytest

from genklang.operate.models import Event, Outbox
from tests.web.operate_sharing.conftest import Place

pytestmark = pytest.mark.django_db


def told(key: str) -> list[str]:
    """What somebody's log holds, the beginning aside."""
    rows = Event.objects.filter(enrolment__key=key).exclude(kind="enrolled")
    return list(rows.order_by("occurred_at", "pk").values_list("kind", flat=True))


@pytest.fixture
def asked(neighbours: Place) -> Place:
    """Anna offers, Bo asks her."""
    neighbours.enrol("anna")
    neighbours.enrol("bo")
    assert neighbours.report("anna", "offered", by="neighbour", id="o1", what="en kaka").status == "accepted"
    assert neighbours.report("bo", "asked", by="neighbour", id="r1", offer="o1").status == "accepted"
    neighbours.settle()
    return neighbours


def test_asking_reaches_the_one_who_offered_and_the_answer_comes_back(asked: Place) -> None:
    there = Event.objects.get(enrolment__key="anna", kind="asked_of")
    assert (there.key, there.by, there.held) == ("r1>", "system", None)
    assert there.data == {"offer": "o1", "who": "bo", "reply": "r1"}
    assert asked.report("anna", "agreed", by="neighbour", id="a1", request="r1>").status == "accepted"
    asked.settle()
    assert told("bo") == ["asked", "agreed_to"]
    asked.prove()


def test_settling_again_records_nothing_more(asked: Place) -> None:
    Outbox.objects.filter(channel="inside").update(delivered_at=None)
    assert asked.settle() == 1
    assert told("anna") == ["offered", "asked_of"]


def test_taking_it_back_takes_it_back_there_too(asked: Place) -> None:
    asked.report("bo", "voided", by="neighbour", event="r1", id="v1")
    asked.settle()
    assert told("anna") == ["offered", "asked_of", "voided"]
    assert Event.objects.get(enrolment__key="anna", kind="voided").data == {"event": "r1>"}
    asked.prove()


def test_what_was_on_its_way_when_somebody_left_happened_before_that(asked: Place) -> None:
    asked.report("bo", "asked", by="neighbour", id="r2", offer="o1")
    asked.report("anna", "ended", by="neighbour")
    asked.settle()
    assert told("anna") == ["offered", "asked_of", "asked_of", "ended"]
    assert not Event.objects.filter(held__isnull=False).exists()
    asked.prove()
