"""Proof that the rows say what the log folds to: state byte for byte, and every row that is derived from it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from genklang.engine import types as engine
from genklang.engine.json import to_json
from genklang.operate import books, sharing
from genklang.operate.machines import load_state, machine_for
from genklang.operate.models import Deadline, Enrolment, Event
from genklang.operate.recording import UNEXPLAINED, engine_event
from genklang.operate.writing import FACT_FIELDS, live_dues

PASSED = "time_passed"


@dataclass(frozen=True)
class Difference:
    """Where the rows of an enrolment do not say what its log does; `what` names no person and quotes no event."""

    enrolment: str
    what: str


def differences(enrolments: Iterable[Enrolment]) -> Iterator[Difference]:
    """Everything that does not agree, lazily. The rows must be read in one transaction, for a database that is used."""
    for enrolment in enrolments:
        for what in _unlike(enrolment):
            yield Difference(str(enrolment.public_id), what)


def folded(enrolment: Enrolment, events: Iterable[Event]) -> engine.Step:
    """The whole log folded anew, with time accounted for up to where the state says."""
    settled = load_state(enrolment).settled
    log = [engine_event(row) for row in events]
    return machine_for(enrolment).fold(enrolment.key, [*log, engine.Event(PASSED, PASSED, settled)])


def _unlike(enrolment: Enrolment) -> Iterator[str]:
    if enrolment.broken_reason:
        yield "set aside; mend it on its page first"
        return
    rows = list(Event.objects.filter(enrolment=enrolment))
    try:
        step = folded(enrolment, rows)
    except Exception as error:
        yield f"its log cannot be folded, or its state not be read ({type(error).__name__})"
        return
    if to_json(step.state) != enrolment.state:
        yield "the state is not what the log folds to"
    yield from _row(enrolment, step.state)
    yield from _held(rows, step)
    yield from _facts(enrolment, step)
    yield from _dues(enrolment, step.state)
    if books.differs(enrolment):
        yield "the transfers between accounts are not those of the log"
    if sharing.differs(enrolment):
        yield "the queue for places remembers it otherwise than it stands"
    if not enrolment.adoption.historical:
        yield from _asked(enrolment, step.state)


def _row(enrolment: Enrolment, state: engine.State) -> Iterator[str]:
    machine = machine_for(enrolment)
    told = (enrolment.stage, enrolment.arm, enrolment.horizon)
    if told != (state.stage or machine.protocol.first_stage, state.arm or "", state.horizon):
        yield "stage, arm or horizon is not the state's"
    deadline = None if enrolment.adoption.historical else machine.next_deadline(state)
    if Deadline.objects.filter(enrolment=enrolment).values_list("at", flat=True).first() != deadline:
        yield "the next deadline is not the state's"


def _held(rows: list[Event], step: engine.Step) -> Iterator[str]:
    if {row.key for row in rows if row.held == UNEXPLAINED} != set(step.held):
        yield "other events are marked as held than the log holds"


def _facts(enrolment: Enrolment, step: engine.Step) -> Iterator[str]:
    names = [name for name in FACT_FIELDS if name != "due"]
    current = list(enrolment.outcome_facts.filter(current=True).values_list("due", *names))
    told = {due: tuple(rest) for due, *rest in current}
    standing = {fact.due: tuple(getattr(fact, name) for name in names) for fact in step.facts}
    if len(told) != len(current):
        yield "a due has two facts that both count"
    if told != standing:
        wrong = sum(told.get(due) != standing.get(due) for due in told.keys() | standing.keys())
        yield f"{wrong} outcome facts are not those of the log"


def _dues(enrolment: Enrolment, state: engine.State) -> Iterator[str]:
    rows = enrolment.dues.values_list("due", "opens_at", "target_at", "deadline_at", "missed", "raised")
    if {due: tuple(rest) for due, *rest in rows} != live_dues(state.dues):
        yield "the live dues are not the state's"


def _asked(enrolment: Enrolment, state: engine.State) -> Iterator[str]:
    """Open alarms and tasks: exactly the unanswered dues."""
    asked = {due.id for due in state.unanswered}
    alarms = set(enrolment.alarms.filter(closed_at=None).values_list("due", flat=True))
    tasks = set(enrolment.tasks.filter(closed_at=None).values_list("due", flat=True))
    if alarms | tasks != asked or alarms & tasks:
        yield "the open alarms and tasks are not those of the log"
