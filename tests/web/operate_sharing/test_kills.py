"""Killed at any write, and many at the same time: a place is given once, and what passes is told once."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection

from genklang.operate import clock, inside
from genklang.operate.models import Enrolment, Event, Outbox
from tests.faults.test_every_statement import MOST, Plug
from tests.web.operate_sharing.conftest import Place

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_plug_pulled_at_any_write_is_made_good_by_the_worker(beds: Place, after: bool) -> None:
    for key in ("a", "b", "c"):
        beds.enrol(key, town="east")
    place, whole = 1, 0
    while not whole and place < MOST:
        inside_is, leaving = beds.stages, next(key for key, stage in beds.stages.items() if stage == "ward")
        arriving = f"n{place}"
        plug = Plug(place, after=after)
        answered = False
        with connection.execute_wrapper(plug):
            try:
                answered = beds.report(leaving, "discharged", by="nurse").status == "accepted"
            except OperationalError:
                answered = False
        assert inside.settle_all(clock.now()) > 0 or not answered or not plug.pulled
        expected = 2
        assert sorted(beds.stages.values()).count("ward") == expected, (place, inside_is)
        assert Event.objects.filter(kind="admitted").values("enrolment").distinct().count() == _given()
        beds.enrol(arriving, town="west")
        whole = place if not plug.pulled else 0
        place += 1
    assert whole > 8, "the scene writes too little, so nothing was tested"
    assert not Outbox.objects.filter(delivered_at=None).exists()
    beds.prove()


def _given() -> int:
    return Event.objects.filter(kind="admitted").count()


@pytest.mark.postgres
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="several at once need PostgreSQL")
def test_many_who_come_and_go_at_once_never_overbook_nor_wait_in_vain(beds: Place) -> None:
    keys = [f"p{number:02}" for number in range(24)]
    for key in keys:
        beds.enrol(key, town="east" if int(key[1:]) % 3 else "west")
    assert sorted(beds.stages.values()).count("ward") == 2
    most: list[int] = []

    def leave(mine: list[str]) -> None:
        for _round in range(40):
            for row in Enrolment.objects.filter(key__in=mine, stage="ward"):
                beds.report(row.key, "discharged", by="nurse", id=f"discharged-{row.key}")
            most.append(Enrolment.objects.filter(stage="ward").count())

    def work() -> None:
        for _round in range(60):
            inside.settle_all(clock.now())

    _all_at_once(lambda: leave(keys[::2]), lambda: leave(keys[1::2]), work, work)
    for _round in range(40):
        leave(keys)
    inside.settle_all(clock.now())
    assert max(most) <= 2
    assert set(beds.stages.values()) == {"home"}
    assert Event.objects.filter(kind="admitted").count() == len(keys)
    assert not Outbox.objects.filter(delivered_at=None).exists()
    beds.prove()


@pytest.mark.postgres
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="several at once need PostgreSQL")
def test_two_who_ask_each_other_at_once_do_not_wait_for_each_other(neighbours: Place) -> None:
    for key in ("anna", "bo"):
        neighbours.enrol(key)
        neighbours.report(key, "offered", by="neighbour", id=f"offer-{key}", what="en kaka")

    def ask(me: str, other: str) -> Callable[[], None]:
        def asking() -> None:
            for number in range(15):
                neighbours.report(me, "asked", by="neighbour", id=f"{me}-{number}", offer=f"offer-{other}")

        return asking

    _all_at_once(ask("anna", "bo"), ask("bo", "anna"))
    inside.settle_all(clock.now())
    assert Event.objects.filter(kind="asked_of", held=None).count() == 30
    assert not Outbox.objects.filter(delivered_at=None).exists()
    neighbours.prove()


def _all_at_once(*works: Callable[[], Any]) -> None:
    failed: list[BaseException] = []

    def done(work: Callable[[], Any]) -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=done, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert failed == []
