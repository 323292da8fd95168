"""Events on their way in: reading what a device or system wrote, before anything is looked up or decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from genklang.operate.instants import EXAMPLE, read_instant
from genklang.operate.models import Event, ImportBatch, Link, Token
from genklang.operate.problems import Problem, not_a, shorten
from genklang.people.models import User

COLUMNS = ("id", "enrolment", "event", "occurred_at", "data", "sequence")
LONGEST_ID = Event._meta.get_field("key").max_length or 0
TEXTS = {"id": (LONGEST_ID, '"dispenser-17-345"'), "enrolment": (80, '"U-0017"'), "event": (60, '"dose_taken"')}
FIRST = -1  # the sequence of what comes before anything else at the same instant
LARGEST_SEQUENCE = 2**53


@dataclass(frozen=True)
class IncomingEvent:
    """One event to record. `id` is its idempotency key, unique in the adoption; `occurred_at` is µs since the epoch."""

    id: str
    enrolment: str
    kind: str
    occurred_at: int
    data: Mapping[str, Any] = field(default_factory=dict)
    sequence: int = 0


@dataclass(frozen=True)
class Source:
    """Who reports: `by` is a protocol role, `device` or `system`; then the user, token, import or link behind it.

    `house` is True for Genklang's own verbs, which alone may use the engine's built-in kinds. Without `waits`, what
    the stage forbids is refused, whoever reports it.
    """

    by: str
    user: User | None = None
    token: Token | None = None
    batch: ImportBatch | None = None
    link: Link | None = None
    house: bool = False
    waits: bool = True

    @property
    def may_wait(self) -> bool:
        """Whether an event that the stage forbids is held for what may explain it later; a person is told at once."""
        return self.waits and self.by in {"device", "system"}


class Outcome(StrEnum):
    """What became of a row."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    HELD = "held"
    REFUSED = "refused"


@dataclass(frozen=True)
class RowAnswer:
    """What became of one row; `problems` say why it was held or refused."""

    id: str
    status: Outcome
    problems: tuple[Problem, ...] = ()


def read_event(row: Any, *, enrolment: str | None = None) -> IncomingEvent | RowAnswer:
    """The event in one JSON value; a refusal when it cannot be understood. `enrolment` is used where it names none."""
    if not isinstance(row, dict):
        problem = not_a("row", _("is no JSON object"), example='{"id": "…", "event": "…"}', written=row)
        return RowAnswer("", Outcome.REFUSED, (problem,))
    values: dict[str, Any] = {"enrolment": enrolment, **row} if enrolment else row
    problems = [*_unknown(values), *_texts(values), *_others(values)]
    if problems:
        return RowAnswer(str(values.get("id", "")), Outcome.REFUSED, tuple(problems))
    return IncomingEvent(
        id=values["id"],
        enrolment=values["enrolment"],
        kind=values["event"],
        occurred_at=read_instant(values["occurred_at"]),
        data=values.get("data") or {},
        sequence=values.get("sequence", 0),
    )


def _unknown(values: Mapping[str, object]) -> list[Problem]:
    instead = _("Write only %(columns)s; what the event carries goes into data.") % {"columns": ", ".join(COLUMNS)}
    return [Problem(shorten(name), _("is not known"), instead) for name in values if name not in COLUMNS]


def _texts(values: Mapping[str, object]) -> list[Problem]:
    problems = []
    for name, (longest, example) in TEXTS.items():
        value = values.get(name)
        if value is None or value == "":
            problems.append(not_a(name, _("is missing"), example=example, written=""))
        elif not isinstance(value, str) or not value.isprintable():
            problems.append(not_a(name, _("is no text"), example=example, written=value))
        elif len(value) > longest:
            problems.append(not_a(name, _("is too long"), example=example, written=value))
    return problems


def _others(values: Mapping[str, object]) -> list[Problem]:
    problems = []
    try:
        read_instant(values.get("occurred_at"))
    except ValueError as error:
        problems.append(not_a("occurred_at", str(error), example=f'"{EXAMPLE}"', written=values.get("occurred_at", "")))
    if not isinstance(values.get("data") or {}, dict):
        problems.append(not_a("data", _("is no JSON object"), example='{"hours": 2.5}', written=values["data"]))
    sequence = values.get("sequence", 0)
    if not isinstance(sequence, int) or isinstance(sequence, bool) or not 0 <= sequence <= LARGEST_SEQUENCE:
        problems.append(not_a("sequence", _("is no whole number"), example="345", written=sequence))
    return problems
