"""Log, facts and alarms as the database holds them beside the plain model, through the services and the worker.

Run on SQLite here, and on PostgreSQL where GENKLANG_TEST_DATABASE names one.
"""

from typing import Any

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from genklang.engine import Event
from genklang.operate import services
from genklang.operate.incoming import IncomingEvent, Outcome
from genklang.operate.models import Alarm, Enrolment, OutcomeFact
from tests.generative.test_engine_model import KINDS, REFUSED, EngineAndModel, moments
from tests.spec.operate.test_database_stories import DatabaseDriver, Patient, replayed


class _Driver(DatabaseDriver):
    """Tells what the services refused: that is in no log."""

    def arrive(self, event: Event) -> Any:
        super().arrive(event)
        return None if self.enrolment.events.filter(key=event.id).exists() else REFUSED

    def arrive_together(self, events: list[Event]) -> set[str]:
        """One batch; the ids of those that were taken."""
        self.now = max(self.now, *(event.occurred_at for event in events))
        incoming = [IncomingEvent(event.id, "enrolment", event.kind, event.occurred_at, event.data) for event in events]
        answers = services.record(self.enrolment.adoption, incoming, source=Patient(by="", house=True))
        return {answer.id for answer in answers if answer.status is not Outcome.REFUSED}


class StoreAndModel(EngineAndModel):
    """The same as for the engine alone; each example in a transaction of its own that is taken back."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()

    def teardown(self) -> None:
        if hasattr(self, "driver") and Enrolment.objects.exists():
            replayed(self.driver)
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)
        self.patch.undo()

    def new_driver(self) -> _Driver:
        return _Driver(self.patch)

    @rule(events=st.lists(st.tuples(moments, st.sampled_from(KINDS)), min_size=2, max_size=8))
    def happen_together(self, events: list[tuple[int, str]]) -> None:
        told = [self._event(kind, at) for at, kind in events]
        taken = self.driver.arrive_together(told)
        self.log += [event for event in told if event.id in taken]
        self.now = max(self.now, *(event.occurred_at for event in told))

    def seen(self) -> tuple[dict[str, str], set[str]]:
        self.driver.tick(self.now)  # what a late event has made overdue is the worker's next round
        facts = OutcomeFact.objects.filter(current=True).values_list("due", "status")
        return dict(facts), set(Alarm.objects.filter(closed_at=None).values_list("due", flat=True))


@pytest.mark.django_db
def test_the_database_says_what_the_model_says() -> None:
    run_state_machine_as_test(
        StoreAndModel, settings=settings(max_examples=25, stateful_step_count=15, deadline=None, print_blob=False)
    )
