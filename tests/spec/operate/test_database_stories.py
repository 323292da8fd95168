"""Every story of the engine, told to the database through the services and the worker: it ends as the engine says.

Run on SQLite here, and on PostgreSQL where GENKLANG_TEST_DATABASE names one.
"""

from dataclasses import dataclass

import pytest

from genklang.bank.models import Practice, ProtocolVersion
from genklang.engine import Event, Machine
from genklang.operate import clock, ledger, services, worker
from genklang.operate.incoming import IncomingEvent, Source
from genklang.operate.machines import load_state, machine_for, settle_row
from genklang.operate.models import Alarm, Enrolment, OutcomeFact, Task
from genklang.operate.recording import Recorder, engine_event
from genklang.people import services as people
from genklang.protocol import types
from genklang.protocol.reading import canonical_json, digest
from tests.spec.engine.runner import Case, Outcome, label, load_cases, run

AT_THE_DOOR = {"daily: What happened before the enrolment waits until the enrolment is known to have begun earlier"}
CASES = [case for case in load_cases() if case.name not in AT_THE_DOOR]  # that the shell refuses: see operate_core
pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Patient(Source):
    """Tells in whatever order it pleases: what the stage forbids is held, whoever says it."""

    @property
    def may_wait(self) -> bool:
        return True


class DatabaseDriver:
    """Runs a story through the shell, with a clock that shows what the story says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0
        monkeypatch.setattr(clock, "now", lambda: self.now)
        monkeypatch.setattr(ledger, "draw_arm", lambda *_: None)  # the stories tell how the lot fell
        monkeypatch.setattr(Recorder, "_draw_sample", lambda *_: None)

    def start(self, protocol: types.Protocol, *, zone: str) -> None:
        organisation = people.add_organisation(slug="lindmala", name="Lindmåla", zone=zone)
        practice = Practice.objects.create(slug=protocol.practice)
        version = ProtocolVersion.objects.create(
            practice=practice, version="1.0.0", digest=digest(protocol), canonical=canonical_json(protocol)
        )
        adoption = services.adopt(organisation=organisation, protocol_version=version, actor=None, name="Story")
        person = people.add_person(organisation=organisation, display_name="Doris")
        self.enrolment = services.new_enrolment(adoption, key="enrolment", at=0, person=person)
        self.machine: Machine = machine_for(self.enrolment)
        settle_row(self.enrolment, self.machine, self.machine.begin("enrolment"))
        self.enrolment.save()

    def arrive(self, event: Event) -> None:
        self.now = max(self.now, event.occurred_at)
        incoming = IncomingEvent(
            event.id, "enrolment", event.kind, event.occurred_at, event.data, sequence=event.sequence
        )
        services.record(self.enrolment.adoption, [incoming], source=Patient(by=event.by, house=True))

    def tick(self, to: int) -> None:
        self.now = max(self.now, to)
        while worker.tick(self.now).enrolments:
            pass

    def outcome(self) -> Outcome:
        self.tick(self.now)  # what a late event has made overdue is the worker's next round
        row = Enrolment.objects.get()
        state = load_state(row)
        rows = list(OutcomeFact.objects.filter(current=True))
        labels = _labels({due.id: label(due) for due in state.dues} | {fact.due: _label(fact) for fact in rows})
        alarms = Alarm.objects.filter(closed_at=None)
        return Outcome(
            state.stage,
            state.arm,
            {labels[fact.due]: (fact.status, _minutes_late(fact)) for fact in rows},
            {labels[alarm.due]: tuple(alarm.told.strip("|").split("|")) for alarm in alarms},
            {labels[task.due]: task.role for task in Task.objects.filter(closed_at=None)},
        )


def _label(fact: OutcomeFact) -> str:
    second = "b" if fact.occurrence == f"{fact.slot_date}T{fact.slot_time}b" else ""
    return f"{fact.expectation} {fact.slot_date} {fact.slot_time}{second}"


def _labels(found: dict[str, str]) -> dict[str, str]:
    """As stories call them: of several with one target the later are "… #2"."""
    times: dict[str, int] = {}
    labels = {}
    for due, text in sorted(found.items()):
        times[text] = times.get(text, 0) + 1
        labels[due] = text if times[text] == 1 else f"{text} #{times[text]}"
    return labels


def _minutes_late(fact: OutcomeFact) -> float | None:
    if fact.resolved_at is None or fact.status not in ("met", "met_late"):
        return None
    return (fact.resolved_at - fact.target_at) / clock.MINUTE


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_it_ends_as_the_story_tells(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    driver = DatabaseDriver(monkeypatch)
    case.check(run(case, driver))
    replayed(driver)


def replayed(driver: DatabaseDriver) -> None:
    """What the rows say is what the log folds to."""
    row = ledger.find(driver.enrolment.adoption, "enrolment")
    assert row is not None
    state = load_state(row)
    log = [engine_event(event) for event in row.events.all()]
    step = driver.machine.fold("enrolment", log, until=max(state.settled, row.horizon))
    assert step.state._replace(settled=state.settled) == state
    standing = {fact.due: fact.status for fact in step.facts}
    assert dict(row.outcome_facts.filter(current=True).values_list("due", "status")) == standing
