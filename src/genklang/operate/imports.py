"""Importing a file in long form: one event a row, with columns enrolment, event and occurred_at, and one a field.

`preview_import` says what would happen and every row that is wrong; `apply_import` does all of it, or nothing. Both go
through the same checks and the same engine as any other event.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from genklang.engine import randomisation
from genklang.engine.types import Allocate
from genklang.operate import clock, ledger
from genklang.operate.files import read_table
from genklang.operate.import_rows import HOUSE_KINDS, ReadRow, RowProblem, check_columns, form_problems, read_rows
from genklang.operate.incoming import Outcome, Source
from genklang.operate.machines import adoption_machine, machine_for
from genklang.operate.models import Adoption, Enrolment, ImportBatch
from genklang.operate.problems import Problem, Refused, unknown_enrolment
from genklang.operate.recording import Draw, Recorder
from genklang.operate.services import new_enrolment
from genklang.operate.writing import write
from genklang.people import services as people
from genklang.people.models import Action, User


@dataclass(frozen=True)
class Preview:
    """What importing a file would do. It can be applied when `problems` is empty."""

    file: str
    rows: int
    new_enrolments: int
    known_enrolments: int
    duplicates: int
    kinds: Mapping[str, int]
    problems: tuple[RowProblem, ...]

    @property
    def can_be_applied(self) -> bool:
        """Whether every row is right and something is new."""
        return not self.problems and self.rows > self.duplicates


@dataclass(frozen=True)
class _Way:
    """How enrolments are found and arms drawn: under lock and for good, or only to look."""

    find: Callable[[Adoption, str], Enrolment | None]
    draw: Draw
    batch: ImportBatch | None = None


@dataclass
class _Plan:
    """The import worked out, nothing written."""

    recorders: list[Recorder] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    duplicates: int = 0
    kinds: Counter[str] = field(default_factory=Counter)

    def new(self) -> list[Recorder]:
        return [recorder for recorder in self.recorders if recorder.change.before is None]


def preview_import(adoption: Adoption, content: bytes, *, file: str) -> Preview:
    """What importing would do. Raises Refused when the file as a whole cannot be read."""
    plan = _plan(adoption, content, _Way(ledger.find, _draw_in_memory(adoption)), file=file)
    return Preview(
        file=file,
        rows=sum(plan.kinds.values()),
        new_enrolments=len(plan.new()),
        known_enrolments=len(plan.recorders) - len(plan.new()),
        duplicates=plan.duplicates,
        kinds=dict(plan.kinds),
        problems=tuple(sorted(plan.problems, key=lambda one: one.line)),
    )


@transaction.atomic
def apply_import(adoption: Adoption, content: bytes, *, file: str, user: User | None) -> ImportBatch:
    """Imports every row, or raises Refused with every problem and changes nothing. Doing it twice adds nothing."""
    now = clock.now()
    batch = ImportBatch(
        adoption=adoption, user=user, file_name=file[:200], sha256=hashlib.sha256(content).hexdigest(), rows=0
    )
    plan = _plan(adoption, content, _Way(ledger.lock, ledger.draw_arm, batch), file=file)
    if plan.problems:
        raise Refused([one.problem for one in plan.problems])
    batch.rows, batch.duplicates = sum(plan.kinds.values()), plan.duplicates
    batch.enrolments, batch.at = len(plan.recorders), clock.moment(now)
    batch.save()
    _save(adoption, plan, now=now)
    people.record_access(organisation=adoption.organisation, actor=user, action=Action.IMPORT, purpose=file[:200])
    return batch


def _save(adoption: Adoption, plan: _Plan, *, now: int) -> None:
    for recorder in plan.new():
        row = recorder.enrolment
        if recorder.machine.protocol.matter is not None:
            row.title = row.key
            continue
        row.person = people.add_person(
            organisation=adoption.organisation, display_name=row.key, simulated=adoption.simulated
        )
    changes = [recorder.finish() for recorder in plan.recorders if recorder.change.events]
    Enrolment.objects.bulk_create([change.enrolment for change in changes if change.before is None], batch_size=200)
    write(changes, now=now)


def _plan(adoption: Adoption, content: bytes, way: _Way, *, file: str) -> _Plan:
    machine = adoption_machine(adoption)
    table = read_table(content, file=file)
    check_columns(table, machine, file=file)
    reading = read_rows(table, machine, zone=adoption.zone)
    plan = _Plan(problems=list(reading.problems), kinds=Counter(row.event.kind for row in reading.rows))
    groups: dict[str, list[ReadRow]] = {}
    for row in reading.rows:
        groups.setdefault(row.event.enrolment, []).append(row)
    for rows in groups.values():
        _plan_enrolment(plan, adoption, rows, way)
    if adoption.historical and reading.rows:
        _account_for(plan, until=max(row.event.occurred_at for row in reading.rows))
    return plan


def _account_for(plan: _Plan, *, until: int) -> None:
    """An imported past is known up to the file's last instant: what was missed by then is a fact."""
    for recorder in plan.recorders:
        recorder.pass_time(until)


def _plan_enrolment(plan: _Plan, adoption: Adoption, rows: Sequence[ReadRow], way: _Way) -> None:
    recorder = _recorder(adoption, rows, way)
    if recorder is None:
        problem = unknown_enrolment(rows[0].event.enrolment)
        plan.problems.append(RowProblem(rows[0].line, "enrolment", problem))
        for row in rows:
            plan.problems += form_problems(row, adoption_machine(adoption))
        return
    known = ledger.known_events(adoption, [row.event.id for row in rows])
    for row in sorted(rows, key=_in_order):
        if earlier := known.get(row.event.id):
            answer = ledger.answer_known(row.event, earlier)
        elif row.event.kind == "allocated" and not adoption.historical:
            plan.problems.append(RowProblem(row.line, "event", _not_drawn_here()))
            continue
        else:
            source = Source(by=row.by, batch=way.batch, house=row.event.kind in HOUSE_KINDS)
            answer = recorder.take(row.event, source)
        plan.duplicates += answer.status is Outcome.DUPLICATE
        plan.problems += [RowProblem(row.line, problem.where, problem) for problem in answer.problems]
    plan.recorders.append(recorder)


def _recorder(adoption: Adoption, rows: Sequence[ReadRow], way: _Way) -> Recorder | None:
    """For a known enrolment, or for a new one whose rows say when it began; else None."""
    now, key = clock.now(), rows[0].event.enrolment
    if enrolment := way.find(adoption, key):
        return Recorder(enrolment, now=now, draw=way.draw)
    begun = [row.event.occurred_at for row in rows if row.event.kind == "enrolled"]
    if not begun:
        return None
    row = new_enrolment(adoption, key=key, at=begun[0])
    return Recorder(row, now=now, draw=way.draw, fresh=True)


def _in_order(row: ReadRow) -> tuple[int, bool, int]:
    return (row.event.occurred_at, row.event.kind != "enrolled", row.event.sequence)


def _not_drawn_here() -> Problem:
    instead = _("Take the row away: the arm is drawn here. Only an imported past brings its own.")
    return Problem("event", _("says how the lot fell, in an adoption that draws its own"), instead, "allocated")


def _draw_in_memory(adoption: Adoption) -> Draw:
    """Draws as importing would, and forgets it."""
    drawn: dict[str, Any] = dict(adoption.allocation_state)

    def draw(enrolment: Enrolment, effect: Allocate) -> str | None:
        nonlocal drawn
        declared = machine_for(enrolment).protocol.randomise
        if adoption.historical or declared is None:
            return None
        arm, state = randomisation.draw(drawn, seed=adoption.seed, declared=declared, stratum=effect.stratum)
        drawn = dict(state)
        return arm

    return draw
