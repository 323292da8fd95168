"""Running enrolments that go over to another version of their protocol: what happens to each, and doing it.

What has happened is read by the version that ruled then, for ever; from one instant on the other rules. The only writer
of enrolments' pins.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from genklang.bank.models import ProtocolVersion
from genklang.engine import types as engine
from genklang.operate import books, clock
from genklang.operate.machines import load_state, machine_for, machine_of, settle_row
from genklang.operate.models import Enrolment, Event
from genklang.operate.recording import CHANCE, engine_event
from genklang.operate.writing import Change, write

Fate = Literal["moves", "stays", "waits"]
Log = Sequence[engine.Event]
AT_A_TIME = 200
NO_WORD = frozenset({"unknown_event", "unknown_field", "wrong_value"})


@dataclass(frozen=True)
class Move:
    """What happens to one running enrolment: it `moves`, at the instant `at`, and `step` is what comes of it.

    It `stays` where a word that it has used would mean something else, and `waits` where it has to be mended first.
    """

    enrolment: Enrolment
    fate: Fate
    before: engine.State | None = None
    step: engine.Step | None = None
    at: int = 0


def forward(rows: Iterable[Enrolment], new: ProtocolVersion, *, keep_back: bool) -> tuple[Move, ...]:
    """What happens to each when the practice goes over to `new`; with `keep_back` nobody moves."""
    now = clock.now()
    return tuple(_move(row, new, now=now, stays=keep_back or row.protocol_version_id == new.pk) for row in rows)


def back(rows: Iterable[Enrolment], old: ProtocolVersion) -> tuple[Move, ...]:
    """What happens to each when the practice goes back to `old`: whoever has done what it has no words for stays."""
    now, rows = clock.now(), list(rows)
    found: list[Move] = []
    for start in range(0, len(rows), AT_A_TIME):
        some = rows[start : start + AT_A_TIME]
        logs = _logs(some)
        found += [_move(row, old, now=now, stays=not _has_words(row, logs[row.pk], old)) for row in some]
    return tuple(found)


def go_over(moves: Iterable[Move], version: ProtocolVersion) -> None:
    """Does it. The caller holds the transaction and the enrolments' locks."""
    changes = []
    for move in moves:
        if move.before is None or move.step is None:
            raise ValueError(f"{move.enrolment.key} does not move")
        row = move.enrolment
        row.course, row.protocol_version = _course(row, until=move.at), version
        machine = machine_for(row)
        settle_row(row, machine, move.step.state)
        change = Change(row, machine, before=move.before, after=move.step.state, facts=list(move.step.facts))
        if not row.adoption.historical:
            change.effects = [effect for effect in move.step.effects if not isinstance(effect, CHANCE)]
        changes.append(change)
    for start in range(0, len(changes), AT_A_TIME):
        some = changes[start : start + AT_A_TIME]
        rows = [change.enrolment for change in some]
        Enrolment.objects.bulk_update(rows, ["protocol_version", "course"])
        write(some, now=clock.now())
        for row in rows:
            books.settle(row)


def _move(row: Enrolment, version: ProtocolVersion, *, now: int, stays: bool) -> Move:
    if row.broken_reason:
        return Move(row, "waits")
    if stays:
        return Move(row, "stays")
    state = load_state(row)
    at = max([now, state.horizon + 1, *(until + 1 for _digest, until in row.course)])
    earlier = [*machine_for(row).earlier, (machine_for(row), at)]
    step = machine_of(version, zone=row.adoption.zone).after(earlier).turned(state)
    return Move(row, "moves", state, step, at)


def _course(row: Enrolment, *, until: int) -> list[list[object]]:
    return [*row.course, [row.protocol_version.digest, until]]


def _has_words(row: Enrolment, log: Log, version: ProtocolVersion) -> bool:
    """Whether a version can tell all that has happened, and where things stand."""
    machine = machine_of(version, zone=row.adoption.zone)
    told = (problem.code for event in log for problem in machine.check_form(event))
    return row.stage in machine.protocol.stages and NO_WORD.isdisjoint(told)


def _logs(rows: Sequence[Enrolment]) -> dict[int, list[engine.Event]]:
    logs: dict[int, list[engine.Event]] = {row.pk: [] for row in rows}
    for event in Event.objects.filter(enrolment__in=rows).iterator():
        logs[event.enrolment_id].append(engine_event(event))
    return logs
