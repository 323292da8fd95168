"""Whoever comes at the same time, and however it is loaded: the same rows. What breaks half-way: tests/faults."""

import threading
from typing import Any

import pytest
from django.db import connection, models

from genklang.operate import clock, history, services, worker
from genklang.operate.incoming import Source
from genklang.operate.machines import load_state
from genklang.operate.models import Alarm, Due, Enrolment, Event, Outbox, OutcomeFact, Task
from genklang.operate.recording import engine_event
from genklang.people import services as people
from tests.web.operate_core.conftest import PRACTICES, Ward, at, publish

TABLES: list[type[models.Model]] = [Event, OutcomeFact, Due, Alarm, Outbox]


def rows() -> dict[str, list[Any]]:
    """Everything that recording writes."""
    everything: list[type[models.Model]] = [*TABLES, Task, Enrolment]
    return {table.__name__: list(table._default_manager.order_by("pk").values()) for table in everything}


@pytest.mark.django_db
def test_a_history_loaded_at_once_is_as_if_recorded_one_by_one(ward: Ward) -> None:
    for when in ("2026-03-02 08:20", "2026-03-02 20:05", "2026-03-03 09:30"):
        ward.tick(when)
        ward.report("dose_taken", when)
    ward.tick("2026-03-04 12:00")
    log = [engine_event(row) for row in ward.enrolment.events.all()]
    renamed = [event.__class__(f"again-{event.id}", *_rest(event)) for event in log]
    person = people.add_person(organisation=ward.adoption.organisation, display_name="Tvilling")
    twin = history.load_history(ward.adoption, person, "U-1b", renamed, until=at("2026-03-04 12:00"))
    ward.enrolment.refresh_from_db()
    assert _told(twin) == _told(ward.enrolment)
    assert twin.deadline.at == ward.enrolment.deadline.at
    assert load_state(twin).stage == load_state(ward.enrolment).stage


def _rest(event: Any) -> tuple[Any, ...]:
    return event.kind, event.occurred_at, event.by, event.data, event.sequence, event.received_at


def _told(enrolment: Enrolment) -> dict[str, list[Any]]:
    """What the rows of an enrolment say, without the names of its events."""
    facts = enrolment.outcome_facts.filter(current=True).order_by("target_at", "expectation")
    return {
        "facts": list(facts.values_list("expectation", "slot_date", "slot_time", "status", "resolved_at")),
        "alarms": list(enrolment.alarms.order_by("raised_at").values_list("told", "level", "raised_at", "reason")),
        "tasks": list(enrolment.tasks.order_by("opened_at").values_list("expectation", "role", "opened_at", "reason")),
        "dues": list(enrolment.dues.order_by("target_at").values_list("expectation", "target_at", "missed", "raised")),
    }


@pytest.mark.django_db
def test_the_lot_is_drawn_once_concealed_and_in_the_same_transaction(lindmala: Any, wall: Any) -> None:
    version = publish((PRACTICES / "eskilstuna-hemrehab" / "protocol.yaml").read_text())
    adoption = services.adopt(organisation=lindmala, protocol_version=version, actor=None, name="Hemrehab")
    facts = {"age_group": "age_65_75", "first_time": True, "cognitive_disorder": False}
    facts |= {"life_threatening_illness": False, "serious_psychiatric_diagnosis": False}
    for number in range(12):
        person = people.add_person(organisation=lindmala, display_name=f"P{number}")
        enrolment = services.enrol(adoption, person=person, key=f"H-{number}", facts=facts)
        wall.time += clock.SECOND
        source = Source(by="assessor")
        services.record_one(enrolment, "consented", {"own_goal": "cykla"}, source=source)
    arms = list(Enrolment.objects.values_list("arm", flat=True))
    assert abs(arms.count("training") - arms.count("usual")) <= 3 and set(arms) == {"training", "usual"}
    assert Event.objects.filter(kind="allocated", by="system").count() == 12
    adoption.refresh_from_db()
    assert adoption.seed not in str(adoption.allocation_state)
    assert "training" not in str(adoption.allocation_state)


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="several workers need PostgreSQL")
def test_two_workers_claim_everything_once(ward: Ward) -> None:
    for number in range(2, 40):
        person = people.add_person(organisation=ward.adoption.organisation, display_name=f"P{number}")
        facts = {"dose_times": ["08:00"], "can_operate": True, "physician_agrees": True}
        enrolment = services.enrol(ward.adoption, person=person, key=f"U-{number}", facts=facts)
        services.record_one(enrolment, "installed", {}, source=Source(by="nurse"))
    ward.wall.set("2026-03-02 09:00:00")
    done: list[int] = []

    def work() -> None:
        while ticked := worker.tick(clock.now(), limit=5).enrolments:
            done.append(ticked)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    worker.tick(clock.now())
    assert Alarm.objects.count() == 39
    assert OutcomeFact.objects.filter(expectation="dose", revision=1).count() == 39
    assert sum(done) == 39
