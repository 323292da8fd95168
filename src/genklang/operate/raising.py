"""Alarms and tasks as rows, made from the engine's effects. Called by `writing`, inside its transaction."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from genklang.engine.types import CloseAlarm, CloseTask, Effect, EscalateAlarm, OpenTask, RaiseAlarm
from genklang.operate.models import Alarm, Enrolment, Event, Task
from genklang.operate.rows import find, insert_plain, update_plain

TASK_COLUMNS = ["role", "opened_at", "closed_at", "reason"]
ALARM_COLUMNS = [
    *("role", "told", "level", "raised_at", "escalated_at", "acknowledged_at", "acknowledged_by_id", "closed_at"),
    "reason",
]
BY_DUE = {"enrolment_id": "bigint", "due": "text"}
BY_NUMBER = {"id": "bigint"}


@dataclass(frozen=True)
class Acknowledgement:
    """Somebody has taken on the alarm of a due."""

    due: str
    at: int
    user_id: int | None


AboutAlarm = RaiseAlarm | EscalateAlarm | CloseAlarm | Acknowledgement
AboutTask = OpenTask | CloseTask
ALARM_KINDS = frozenset({RaiseAlarm, EscalateAlarm, CloseAlarm, Acknowledgement})
TASK_KINDS = frozenset({OpenTask, CloseTask})
Told = AboutAlarm | AboutTask
Said = Sequence[tuple[Enrolment, Sequence[Effect | Acknowledgement]]]
Place = tuple[int, str]
Row = dict[str, Any]


def acknowledgements(rows: Iterable[Event], *, held: Collection[str]) -> list[Acknowledgement]:
    """Those that the log tells of, but for what is held."""
    taken = [row for row in rows if row.kind == "acknowledged" and row.key not in held]
    return [Acknowledgement(str(row.data["due"]), row.occurred_at, row.actor_id) for row in taken]


def in_time(effects: Iterable[Effect], taken: Iterable[Acknowledgement]) -> list[Told]:
    """What is asked of people and who took it on, in the order in which it came; reminders are left out."""
    told: list[Told] = [effect for effect in effects if isinstance(effect, Told)]
    return sorted([*told, *taken], key=lambda one: one.at)


def write_alarms(said: Said) -> None:
    """Raises, escalates, acknowledges and closes alarms, in the order given."""
    told: list[tuple[Enrolment, Any]] = [
        (enrolment, effect) for enrolment, effects in said for effect in effects if type(effect) in ALARM_KINDS
    ]
    rows = _known(Alarm, ALARM_COLUMNS, told)
    for enrolment, effect in told:
        _tell_alarm(rows, enrolment, effect)
    _write(Alarm, ALARM_COLUMNS, rows)


def write_tasks(said: Said) -> None:
    """Opens and closes tasks, in the order given."""
    told: list[tuple[Enrolment, Any]] = [
        (enrolment, effect) for enrolment, effects in said for effect in effects if type(effect) in TASK_KINDS
    ]
    rows = _known(Task, TASK_COLUMNS, told)
    for enrolment, effect in told:
        _tell_task(rows, enrolment, effect)
    _write(Task, TASK_COLUMNS, rows)


def _known(
    model: type[Alarm] | type[Task], columns: Sequence[str], told: Sequence[tuple[Enrolment, Told]]
) -> dict[Place, Row]:
    """The rows that are there, with their numbers."""
    places = {(enrolment.id, effect.due) for enrolment, effect in told}
    names = ("id", *BY_DUE, *columns)
    found = [dict(zip(names, values, strict=True)) for values in find(model, names, BY_DUE, sorted(places))]
    return {(row["enrolment_id"], row["due"]): row for row in found}


def _write(model: type[Alarm] | type[Task], columns: Sequence[str], rows: dict[Place, Row]) -> None:
    insert_plain(model, [row for row in rows.values() if "id" not in row])
    update_plain(model, [row for row in rows.values() if "id" in row], columns, by=BY_NUMBER)


def _new(enrolment: Enrolment, effect: RaiseAlarm | OpenTask) -> Row:
    return {
        "public_id": uuid.uuid4(),
        "adoption_id": enrolment.adoption_id,
        "enrolment_id": enrolment.id,
        "due": effect.due,
        "expectation": effect.expectation,
    }


def _tell_alarm(rows: dict[Place, Row], enrolment: Enrolment, effect: AboutAlarm) -> None:
    place = (enrolment.id, effect.due)
    if isinstance(effect, RaiseAlarm):
        rows[place] = (rows.get(place) or _new(enrolment, effect)) | _raised(effect)
    elif row := rows.get(place):
        row |= _said_of(row, effect)


def _raised(effect: RaiseAlarm) -> Row:
    """A new alarm; or the same one again, when what closed it turned out not to have happened."""
    return {
        "role": effect.role,
        "told": f"|{effect.role}|",
        "level": 0,
        "raised_at": effect.at,
        "escalated_at": None,
        "acknowledged_at": None,
        "acknowledged_by_id": None,
        "closed_at": None,
        "reason": "",
    }


def _said_of(row: Row, effect: EscalateAlarm | CloseAlarm | Acknowledgement) -> Row:
    match effect:
        case EscalateAlarm():
            told = row["told"] + ("" if f"|{effect.role}|" in row["told"] else f"{effect.role}|")
            return {"role": effect.role, "level": effect.level, "escalated_at": effect.at, "told": told}
        case CloseAlarm():
            return {"closed_at": effect.at, "reason": effect.reason}
        case Acknowledgement():
            return {"acknowledged_at": effect.at, "acknowledged_by_id": effect.user_id}


def _tell_task(rows: dict[Place, Row], enrolment: Enrolment, effect: AboutTask) -> None:
    place = (enrolment.id, effect.due)
    if isinstance(effect, OpenTask):
        opened = {"role": effect.role, "opened_at": effect.at, "closed_at": None, "reason": ""}
        rows[place] = (rows.get(place) or _new(enrolment, effect)) | opened
    elif known := rows.get(place):
        known |= {"closed_at": effect.at, "reason": effect.reason}
