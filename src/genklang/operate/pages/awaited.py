"""What awaits somebody in a case, in words: what is expected, alarms and tasks, each with the forms that meet it."""

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _

from genklang.engine.types import Due as EngineDue
from genklang.operate.models import Enrolment
from genklang.operate.pages import asked
from genklang.operate.pages.telling import Telling
from genklang.operate.pages.ways import Way, Ways, about


@dataclass(frozen=True)
class Expected:
    """Something that is expected: what, when, until when; `late` when its time has passed; `due` is its identity."""

    due: str
    what: str
    when: str
    until: str
    help: str
    late: bool
    open: bool = True
    raised: str = ""
    id: UUID | None = None
    answered_by: str = ""
    ways: tuple[Way, ...] = ()
    about: str = ""


class Shown(NamedTuple):
    """What a page tells dues with."""

    telling: Telling
    ways: Ways


def expected(due: EngineDue, shown: Shown) -> Expected:
    """A due in words."""
    words = shown.telling.words
    return Expected(
        due=due.id,
        what=words.expectation(due.expectation),
        when=words.when_due(due.expectation, due.target_at),
        until=words.until_due(due.expectation, due.deadline_at),
        help="",
        late=due.target_at < words.now,
        open=due.opens_at <= words.now,
        ways=shown.ways.of(due.id) if due.opens_at <= words.now else (),
        about=about(due.id, shown.telling),
    )


def alarms(enrolment: Enrolment, shown: Shown) -> list[Expected]:
    words = shown.telling.words
    return [
        Expected(
            due=row.due,
            what=words.not_happened(row.expectation),
            when=words.when(row.raised_at),
            until=words.since(row.raised_at),
            help=words.help_for(row.expectation),
            late=True,
            raised="alarm",
            id=row.public_id,
            answered_by=str(row.acknowledged_by or _("somebody")) if row.acknowledged_at else "",
            ways=shown.ways.of(row.due),
            about=about(row.due, shown.telling),
        )
        for row in asked.alarms(enrolment.pk)
    ]


def tasks(enrolment: Enrolment, shown: Shown) -> list[Expected]:
    words = shown.telling.words
    return [
        Expected(
            due=row.due,
            what=words.not_happened(row.expectation),
            when=words.when(row.opened_at),
            until=words.since(row.opened_at),
            help=words.help_for(row.expectation),
            late=True,
            raised="task",
            id=row.public_id,
            ways=shown.ways.of(row.due),
            about=about(row.due, shown.telling),
        )
        for row in asked.tasks(enrolment.pk)
    ]
