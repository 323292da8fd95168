"""One member's work, line by line: an alarm, a task, or what is planned, in plain words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from genklang.operate.machines import with_shared
from genklang.operate.models import Adoption, Alarm, Enrolment
from genklang.operate.pages.addresses import addresses
from genklang.operate.pages.telling import Telling
from genklang.operate.pages.to_decide import proposals_behind
from genklang.operate.pages.ways import about, place_of, tellings
from genklang.statements import prepared

TASK, DUE = 0, 1
Place = tuple[int, int]


@dataclass(frozen=True)
class Line:
    """One thing to do. `kind` is alarm, task, due or late; `case` is the page of the person whom it is about.

    `take` and `resolve` are where an alarm is taken on and dealt with; `decide` is where `proposal` is decided.
    """

    kind: str
    person: str
    case: str
    what: str
    when: str
    help: str
    adoption: str
    about: Enrolment
    role: str = ""
    since: str = ""
    answered_by: str = ""
    id: UUID | None = None
    take: str = ""
    resolve: str = ""
    escalated: bool = False
    heading: str = ""
    regards: str = ""
    proposal: str = ""
    decide: str = ""


class _Named(NamedTuple):
    """What an expectation is called in a line, and what to do about it."""

    what: str
    help: str


class Lines:
    """Makes lines of rows in these adoptions, as of `now` (µs). What rows share is looked up and put in words once."""

    def __init__(self, adoptions: Iterable[Adoption], now: int) -> None:
        self._adoptions, self._now = adoptions, now
        self._case, self._take, self._resolve = map(addresses, ("case", "acknowledge", "resolve"))
        self._names: dict[tuple[Place, str, bool], _Named] = {}

    def of_alarms(self, rows: Sequence[Alarm]) -> list[Line]:
        """Alarms with their enrolments and people at hand, as they come."""
        with_shared([row.enrolment for row in rows], self._adoptions)
        said = tellings((row.enrolment, row.due) for row in rows)
        return [self._alarm(row, said[place_of(row.enrolment)]) for row in rows]

    def of_rest(self, rows: Sequence[Mapping[str, Any]]) -> list[Line]:
        """Tasks and what is planned: group, at, row, who, what and end of each, as they come."""
        whose = self._enrolments({row["who"] for row in rows})
        proposed = proposals_behind(rows, whose)
        said = tellings((whose[row["who"]], row["what"]) for row in rows)
        lines = []
        for row in rows:
            enrolment = whose[row["who"]]
            proposal, decide = proposed.get((row["group"], row["row"]), ("", ""))
            telling, is_task = said[place_of(enrolment)], row["group"] == TASK
            common = self._common(enrolment, row["what"], telling, missed=is_task)
            own = self._of_task(row, telling) if is_task else self._of_due(row, telling)
            lines.append(Line(**common, **own, proposal=proposal, decide=decide))
        return lines

    def _enrolments(self, keys: set[int]) -> dict[object, Enrolment]:
        return {row.pk: row for row in with_shared(_enrolments(sorted(keys)), self._adoptions)}

    def _alarm(self, alarm: Alarm, telling: Telling) -> Line:
        words = telling.words
        by = str(alarm.acknowledged_by) if alarm.acknowledged_by else ""
        at = words.when(alarm.acknowledged_at) if alarm.acknowledged_at else ""
        return Line(
            **self._common(alarm.enrolment, alarm.due, telling, missed=True),
            kind="alarm",
            id=alarm.public_id,
            take=self._take(alarm.public_id),
            resolve=self._resolve(alarm.public_id),
            when=words.when(alarm.raised_at),
            since=words.since(alarm.raised_at),
            role=words.role(alarm.role),
            answered_by=", ".join(filter(None, [by, at])),
            escalated=alarm.level > 0,
        )

    def _of_task(self, row: Mapping[str, Any], telling: Telling) -> dict[str, Any]:
        words, at = telling.words, row["at"]
        return {"kind": "task", "when": words.when(at), "since": words.since(at), "heading": _("Time has passed")}

    def _of_due(self, row: Mapping[str, Any], telling: Telling) -> dict[str, Any]:
        words, at, what = telling.words, row["at"], row["what"].partition("/")[0]
        late, today = at < self._now, words.local(at).date() <= words.local(self._now).date()
        return {
            "kind": "late" if late else "due",
            "when": words.when_due(what, at),
            "since": words.until_due(what, row["end"]),
            "heading": _("Do today") if today else _("Coming"),
        }

    def _common(self, enrolment: Enrolment, due: str, telling: Telling, *, missed: bool) -> dict[str, Any]:
        named = self._named(place_of(enrolment), due.partition("/")[0], telling, missed=missed)
        return {
            "person": enrolment.called,
            "case": self._case(enrolment.public_id),
            "what": named.what,
            "help": named.help,
            "adoption": telling.adoption.name,
            "about": enrolment,
            "regards": about(due, telling),
        }

    def _named(self, place: Place, expectation: str, telling: Telling, *, missed: bool) -> _Named:
        key = (place, expectation, missed)
        if key not in self._names:
            words = telling.words
            what = words.not_happened(expectation) if missed else words.expectation(expectation)
            self._names[key] = _Named(what, words.help_for(expectation))
        return self._names[key]


@prepared
def _enrolments(keys: list[int]) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(pk__in=keys).listed().order_by()
