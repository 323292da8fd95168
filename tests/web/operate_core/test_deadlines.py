"""When something next happens by itself: found in order, left alone while an adoption stands still, never lost."""

import threading

import pytest
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from genklang.engine.json import from_json
from genklang.operate import clock, deadlines, services, worker
from genklang.operate.models import Alarm, Deadline, Enrolment, Status
from genklang.operate.proving import differences
from tests.web.operate_core.conftest import Ward, at

pytestmark = pytest.mark.django_db


def planned(ward: Ward) -> tuple[int, bool]:
    """When something next happens to Doris, and whether that is paused."""
    return Deadline.objects.values_list("at", "paused").get(enrolment=ward.enrolment)


def test_what_falls_due_during_a_pause_is_looked_at_once(ward: Ward) -> None:
    services.set_status(ward.adoption, Status.PAUSED)
    ward.wall.set("2026-03-02 12:00")
    assert worker.tick(clock.now()).enrolments == 1
    assert planned(ward) == (at("2026-03-02 08:00") - 1, True)
    assert worker.upcoming(None).due is None and worker.tick(clock.now()).enrolments == 0
    services.set_status(ward.adoption, Status.RUNNING)
    assert worker.upcoming(None).due == at("2026-03-02 08:00") - 1
    ward.tick("2026-03-02 12:00")
    assert Alarm.objects.get().raised_at == at("2026-03-02 09:00")


def test_an_event_during_a_pause_moves_what_is_paused(ward: Ward) -> None:
    services.set_status(ward.adoption, Status.PAUSED)
    ward.tick("2026-03-02 12:00")
    assert ward.report("dose_taken", "2026-03-02 08:10").status == "accepted"
    moved, paused = planned(ward)
    ward.enrolment.refresh_from_db()
    assert (moved, paused) == (from_json(ward.enrolment.state).wake, True) and moved > at("2026-03-02 08:00")
    services.set_status(ward.adoption, Status.RUNNING)
    assert planned(ward) == (moved, False)


def test_nothing_is_paused_where_the_adoption_runs(ward: Ward) -> None:
    deadlines.pause([ward.enrolment.pk], of=[ward.adoption.pk])
    assert not planned(ward)[1]


def test_nothing_is_planned_for_what_is_set_aside(ward: Ward) -> None:
    Enrolment.objects.update(state="{}")
    ward.tick("2026-03-02 08:10")
    assert not Deadline.objects.exists()
    ward.enrolment.refresh_from_db()
    services.mend(ward.enrolment)
    assert Deadline.objects.exists() and not list(differences(Enrolment.objects.all()))


def test_a_deadline_that_is_not_the_state_s_is_told_of_and_put_right(ward: Ward) -> None:
    true, _paused = planned(ward)
    Deadline.objects.update(at=clock.now())
    assert [one.what for one in differences(Enrolment.objects.all())] == ["the next deadline is not the state's"]
    ward.tick("2026-03-02 07:00")
    assert planned(ward) == (true, False)


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="a worker beside a lead needs PostgreSQL")
def test_whoever_starts_an_adoption_again_while_a_worker_pauses_is_heeded(ward: Ward) -> None:
    services.set_status(ward.adoption, Status.PAUSED)
    ward.wall.set("2026-03-02 12:00")
    written, seen = threading.Event(), threading.Event()

    def start_again() -> None:
        with transaction.atomic():
            services.set_status(ward.adoption, Status.RUNNING)
            written.set()
            seen.wait(1)  # the worker has seen a paused adoption meanwhile, and waits for this to end
        connection.close()

    lead = threading.Thread(target=start_again)
    lead.start()
    assert written.wait(10)
    assert worker.tick(clock.now()).enrolments == 1
    lead.join()
    assert not planned(ward)[1] and not Alarm.objects.exists()
    ward.tick("2026-03-02 12:00")
    assert Alarm.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_house_that_was_there_before_keeps_every_deadline(ward: Ward) -> None:
    before = planned(ward)
    target = [("operate", "0016_kept_figures")]
    MigrationExecutor(connection).migrate(target)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT next_deadline FROM operate_enrolment")
            assert cursor.fetchall() == [(before[0],)]
            cursor.execute("UPDATE operate_adoption SET status = 'paused'")
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes("operate"))
    assert planned(ward) == (before[0], True)
