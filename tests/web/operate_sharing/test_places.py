"""Places are given in turn, once, and never more than there are."""

import pytest

from genklang.engine.shared import occupancy
from genklang.operate import inside, services, worker
from genklang.operate.models import Enrolment, Event, Outbox, SharedState, Status
from genklang.operate.problems import Refused
from genklang.operate.proving import differences
from genklang.operate.sharing import places_for, shared_of
from tests.web.operate_sharing.conftest import Place

pytestmark = pytest.mark.django_db


def test_places_are_given_to_those_who_wait_and_the_next_when_one_is_free(beds: Place) -> None:
    for key in ("a", "b", "c", "d"):
        beds.enrol(key, town="east")
    beds.settle()
    assert beds.stages == {"a": "ward", "b": "ward", "c": "queue", "d": "queue"}
    beds.report("a", "discharged", by="nurse")
    beds.settle()
    assert beds.stages == {"a": "home", "b": "ward", "c": "ward", "d": "queue"}
    assert Event.objects.filter(kind="admitted", by="system").count() == 3
    beds.prove()


def test_the_town_that_lent_its_bed_is_next(beds: Place) -> None:
    for key in ("a", "b", "c"):
        beds.enrol(key, town="east")
    beds.settle()
    beds.enrol("w", town="west")
    beds.settle()
    assert beds.stages["w"] == "queue"
    beds.report("a", "discharged", by="nurse")
    beds.settle()
    assert (beds.stages["w"], beds.stages["c"]) == ("ward", "queue")


def test_settling_again_changes_nothing(beds: Place) -> None:
    for key in ("a", "b", "c"):
        beds.enrol(key, town="east")
    assert beds.settle() > 0
    assert beds.settle() == 0
    assert not Outbox.objects.filter(delivered_at=None).exists()


def test_who_withdraws_gives_the_turn_away_even_when_the_place_is_on_its_way(beds: Place) -> None:
    for key in ("a", "b", "c"):
        beds.enrol(key, town="east")
    inside._give_places(beds.adoption.pk)  # promised to a and b, recorded nowhere yet
    beds.report("a", "withdrew", by="person")
    beds.settle()
    assert beds.stages == {"a": "home", "b": "ward", "c": "ward"}
    assert not Event.objects.filter(enrolment__key="a", kind="admitted").exists()
    beds.prove()


def test_a_discharge_that_was_taken_back_holds_the_bed_again(beds: Place) -> None:
    for key in ("a", "b", "c"):
        beds.enrol(key, town="east")
    beds.settle()
    beds.report("b", "discharged", by="nurse", id="discharged-b")
    beds.settle()
    beds.report("b", "voided", by="nurse", event="discharged-b")
    beds.settle()
    assert beds.stages == {"a": "ward", "b": "ward", "c": "ward"}  # one more than there are: nobody is thrown out
    full = occupancy(shared_of(beds.adoption)["bed"], places_for(beds.adoption).limits["bed"])
    assert (full.held, full.free) == (3, 0)
    beds.enrol("d", town="west")
    beds.report("a", "discharged", by="nurse")
    beds.settle()
    assert beds.stages["d"] == "queue"


def test_more_beds_are_used_at_once(beds: Place) -> None:
    for key in ("a", "b", "c"):
        beds.enrol(key, town="east")
    beds.settle()
    services.change_adoption(beds.adoption, name="Här", overlay={"places": {"bed": {"capacity": 3}}})
    beds.settle()
    assert beds.stages["c"] == "ward"


def test_fewer_beds_than_the_towns_own_are_refused(beds: Place) -> None:
    for places, where in (({"bed": {"capacity": 1}}, "1"), ({"sofa": {"capacity": 1}}, "sofa")):
        with pytest.raises(Refused) as refused:
            services.change_adoption(beds.adoption, name="Här", overlay={"places": places})
        assert [(one.where, one.written) for one in refused.value.problems] == [("places", where)]
    beds.adoption.refresh_from_db()
    assert beds.adoption.overlay == {}


def test_nothing_is_given_during_a_pause_and_all_of_it_afterwards(beds: Place) -> None:
    services.set_status(beds.adoption, Status.PAUSED)
    beds.enrol("a", town="east")
    beds.settle()
    assert beds.stages == {"a": "queue"}
    assert worker.upcoming(None).send is None  # nothing keeps the worker awake meanwhile
    services.set_status(beds.adoption, Status.RUNNING)
    beds.settle()
    assert beds.stages == {"a": "ward"}


def test_what_is_remembered_can_be_made_anew(beds: Place) -> None:
    for key in ("a", "b", "c"):
        beds.enrol(key, town="east")
    beds.settle()
    kept = shared_of(beds.adoption)
    SharedState.objects.all().delete()
    services.change_adoption(beds.adoption, name="Här", overlay={})
    beds.settle()
    assert shared_of(beds.adoption) == kept


def test_a_place_is_taken_after_what_came_at_the_same_moment(beds: Place) -> None:
    beds.enrol("z", town="east")  # sorts after the name of the event that gives the place
    beds.report("z", "withdrew", by="person")
    assert beds.stages == {"z": "home"}
    beds.enrol("zz", town="east")
    beds.settle()
    given = Event.objects.get(kind="admitted")
    assert beds.stages == {"z": "home", "zz": "ward"}
    assert given.occurred_at > beds.rows["zz"].enrolled_at
    beds.prove()


def test_verifying_finds_a_queue_that_does_not_tell_the_truth(beds: Place) -> None:
    beds.enrol("a", town="east")
    beds.settle()
    beds.prove()
    row = SharedState.objects.get()
    row.state["places"]["bed"]["holding"] = {}
    row.save()
    found = list(differences(Enrolment.objects.filter(adoption=beds.adoption)))
    assert [one.what for one in found] == ["the queue for places remembers it otherwise than it stands"]
    services.change_adoption(beds.adoption, name="Här", overlay={})
    beds.settle()
    beds.prove()
