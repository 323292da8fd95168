"""Making an enrolment's rows anew from its log, which is the only truth: for one that was set aside."""

from genklang.engine import types as engine
from genklang.engine.types import OutcomeFact
from genklang.operate.machines import machine_for, settle_row
from genklang.operate.models import Due, Enrolment, Event
from genklang.operate.raising import Told, acknowledgements, in_time
from genklang.operate.recording import UNEXPLAINED, engine_event
from genklang.operate.writing import SAME, Change

OUTCOME = (*SAME, "status", "resolved_at", "stage")


def refolded(enrolment: Enrolment) -> Change:
    """The difference between the rows and what the log folds to by the horizon. The caller holds the lock."""
    machine = machine_for(enrolment)
    rows = list(Event.objects.filter(enrolment=enrolment))
    horizon = max([enrolment.horizon, *(row.occurred_at for row in rows)])
    step = machine.fold(enrolment.key, [engine_event(row) for row in rows], until=horizon)
    Due.objects.filter(enrolment=enrolment).delete()
    change = Change(enrolment, machine, before=machine.begin(enrolment.key), after=step.state)
    change.held = {row.key: _held(row, step) for row in rows if row.held != _held(row, step)}
    change.facts, change.withdrawn = _facts(enrolment, step)
    if not enrolment.adoption.historical:
        change.effects = [*_effects(enrolment, step, rows)]
    enrolment.broken_reason = ""
    settle_row(enrolment, machine, step.state)
    return change


def _held(row: Event, step: engine.Step) -> str | None:
    return UNEXPLAINED if row.key in step.held else None


def _facts(enrolment: Enrolment, step: engine.Step) -> tuple[list[OutcomeFact], list[str]]:
    """Facts that the rows do not say, and dues whose facts no longer stand."""
    known = {row.due: row for row in enrolment.outcome_facts.filter(current=True)}
    standing = {fact.due for fact in step.facts}
    new = [
        fact
        for fact in step.facts
        if fact.due not in known or any(getattr(fact, name) != getattr(known[fact.due], name) for name in OUTCOME)
    ]
    return new, [due for due in known if due not in standing]


def _effects(enrolment: Enrolment, step: engine.Step, rows: list[Event]) -> list[Told]:
    """Everything that the log asked of people, told again to the same rows; and the end of what it no longer asks."""
    told = in_time(step.effects, acknowledgements(rows, held=step.held))
    said = {effect.due for effect in told}
    at = step.state.horizon
    alarms = enrolment.alarms.filter(closed_at=None).exclude(due__in=said).values_list("due", flat=True)
    tasks = enrolment.tasks.filter(closed_at=None).exclude(due__in=said).values_list("due", flat=True)
    told += [engine.CloseAlarm(due, "withdrawn", at) for due in alarms]
    return told + [engine.CloseTask(due, "withdrawn", at) for due in tasks]
