"""Alarms and tasks as rows, made from the engine's effects. Called by `writing`, inside its transaction."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import QuerySet

from genklang.engine.types import CloseAlarm, CloseTask, Effect, EscalateAlarm, OpenTask, RaiseAlarm
from genklang.operate.models import Alarm, Enrolment, Event, Task
from genklang.operate.rows import insert, update

TASK_FIELDS = ["role", "opened_at", "closed_at", "reason"]
ALARM_FIELDS = ["role", "told", "level", "raised_at", "escalated_at", "acknowledged_at", "acknowledged_by", "closed_at"]


@dataclass(frozen=True)
class Acknowledgement:
    """Somebody has taken on the alarm of a due."""

    due: str
    at: int
    user_id: int | None


AboutAlarm = RaiseAlarm | EscalateAlarm | CloseAlarm | Acknowledgement
AboutTask = OpenTask | CloseTask
Row = TypeVar("Row", Alarm, Task)
Told = AboutAlarm | AboutTask
Said = Sequence[tuple[Enrolment, Sequence[Effect | Acknowledgement]]]


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
    told = [(enrolment, effect) for enrolment, effects in said for effect in effects if isinstance(effect, AboutAlarm)]
    if not told:
        return
    rows = _known(Alarm.objects.all(), [(enrolment, effect.due) for enrolment, effect in told])
    known = list(rows.values())
    for enrolment, effect in told:
        _tell_alarm(rows, enrolment, effect)
    insert([row for row in rows.values() if row.pk is None])
    update(known, [*ALARM_FIELDS, "reason"])


def write_tasks(said: Said) -> None:
    """Opens and closes tasks, in the order given."""
    told = [(enrolment, effect) for enrolment, effects in said for effect in effects if isinstance(effect, AboutTask)]
    if not told:
        return
    rows = _known(Task.objects.all(), [(enrolment, effect.due) for enrolment, effect in told])
    known = list(rows.values())
    for enrolment, effect in told:
        _tell_task(rows, enrolment, effect)
    insert([row for row in rows.values() if row.pk is None])
    update(known, TASK_FIELDS)


def _known(rows: QuerySet[Row], wanted: list[tuple[Enrolment, str]]) -> dict[tuple[int, str], Row]:
    places = {(enrolment.pk, due) for enrolment, due in wanted}
    found = rows.filter(enrolment__in={key for key, _ in places}, due__in={due for _, due in places})
    return {place: row for row in found if (place := (row.enrolment_id, row.due)) in places}


def _tell_alarm(rows: dict[tuple[int, str], Alarm], enrolment: Enrolment, effect: AboutAlarm) -> None:
    place = (enrolment.pk, effect.due)
    if isinstance(effect, RaiseAlarm):
        rows[place] = _raised(rows.get(place), enrolment, effect)
    elif row := rows.get(place):
        _tell_raised(row, effect)


def _raised(row: Alarm | None, enrolment: Enrolment, effect: RaiseAlarm) -> Alarm:
    """A new alarm; or the same one again, when what closed it turned out not to have happened."""
    row = row or Alarm(enrolment=enrolment, adoption_id=enrolment.adoption_id, due=effect.due)
    row.expectation, row.role, row.told, row.level = effect.expectation, effect.role, f"|{effect.role}|", 0
    row.raised_at, row.escalated_at, row.closed_at, row.reason = effect.at, None, None, ""
    row.acknowledged_at, row.acknowledged_by_id = None, None
    return row


def _tell_raised(row: Alarm, effect: EscalateAlarm | CloseAlarm | Acknowledgement) -> None:
    match effect:
        case EscalateAlarm():
            row.role, row.level, row.escalated_at = effect.role, effect.level, effect.at
            row.told += "" if f"|{effect.role}|" in row.told else f"{effect.role}|"
        case CloseAlarm():
            row.closed_at, row.reason = effect.at, effect.reason
        case Acknowledgement():
            row.acknowledged_at, row.acknowledged_by_id = effect.at, effect.user_id


def _tell_task(rows: dict[tuple[int, str], Task], enrolment: Enrolment, effect: AboutTask) -> None:
    place = (enrolment.pk, effect.due)
    if isinstance(effect, OpenTask):
        row = rows.setdefault(place, Task(enrolment=enrolment, adoption_id=enrolment.adoption_id, due=effect.due))
        row.expectation, row.role, row.opened_at = effect.expectation, effect.role, effect.at
        row.closed_at, row.reason = None, ""
    elif known := rows.get(place):
        known.closed_at, known.reason = effect.at, effect.reason
