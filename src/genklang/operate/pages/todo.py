"""One member's work, line by line: an alarm, a task, or what is planned, in plain words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from genklang.bank.models import ProtocolVersion
from genklang.operate.managers import TEXTS
from genklang.operate.models import Adoption, Alarm
from genklang.operate.pages.addresses import addresses
from genklang.operate.pages.listed import COLUMNS, Listed, Place, listed
from genklang.operate.pages.protocols import words_in
from genklang.operate.pages.telling import Telling
from genklang.operate.pages.to_decide import proposals_behind
from genklang.operate.pages.ways import about, tellings
from genklang.statements import prepared

TASK, DUE = 0, 1
OF_ALARM = (
    "pk",
    "public_id",
    "due",
    "role",
    "level",
    "raised_at",
    "acknowledged_at",
    "acknowledged_by__name",
    "acknowledged_by__email",
)


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
    about: Listed
    role: str = ""
    since: str = ""
    answered_by: str = ""
    id: str = ""
    take: str = ""
    resolve: str = ""
    escalated: bool = False
    heading: str = ""
    regards: str = ""
    proposal: str = ""
    decide: str = ""


class Raised(NamedTuple):
    """An open alarm by `OF_ALARM`, and whose it is."""

    pk: int
    public_id: UUID
    due: str
    role: str
    level: int
    raised_at: int
    acknowledged_at: int | None
    name: str | None
    email: str | None
    about: Listed

    @property
    def acknowledged_by(self) -> str:
        """Who has taken it on."""
        return self.name or self.email or ""


class _Named(NamedTuple):
    """What an expectation is called in a line, and what to do about it."""

    what: str
    help: str


class Lines:
    """Makes lines of rows in these adoptions, as of `now` (µs). What rows share is looked up and put in words once."""

    def __init__(self, adoptions: Iterable[Adoption], now: int) -> None:
        self._adoptions, self._now = {adoption.pk: adoption for adoption in adoptions}, now
        self._case, self._take, self._resolve = map(addresses, ("case", "acknowledge", "resolve"))
        self._names: dict[tuple[Place, str, bool], _Named] = {}

    def of_alarms(self, rows: Sequence[Raised]) -> list[Line]:
        """Alarms, as they come."""
        said = tellings(((row.about.place, row.due) for row in rows), self._telling)
        return [self._alarm(row, said[row.about.place]) for row in rows]

    def of_rest(self, rows: Sequence[Mapping[str, Any]]) -> list[Line]:
        """Tasks and what is planned: group, at, row, who, what and end of each, as they come."""
        whose = listed({row["who"] for row in rows})
        said = tellings(((whose[row["who"]].place, row["what"]) for row in rows), self._telling)
        proposed = proposals_behind(rows, lambda who: said[whose[who].place].words)
        lines = []
        for row in rows:
            one = whose[row["who"]]
            proposal, decide = proposed.get((row["group"], row["row"]), ("", ""))
            telling, is_task = said[one.place], row["group"] == TASK
            common = self._common(one, row["what"], telling, missed=is_task)
            own = self._of_task(row, telling) if is_task else self._of_due(row, telling)
            lines.append(Line(**common, **own, proposal=proposal, decide=decide))
        return lines

    def _telling(self, place: Place) -> Telling:
        adoption, version = self._adoptions[place[0]], place[1]
        own = adoption.protocol_version
        other = None if own.pk == version else ProtocolVersion.objects.defer(*TEXTS).get(pk=version)
        return Telling(adoption, words_in(adoption, other or own))

    def _alarm(self, alarm: Raised, telling: Telling) -> Line:
        words = telling.words
        taken = (
            [alarm.acknowledged_by or _("somebody"), words.when(alarm.acknowledged_at)] if alarm.acknowledged_at else []
        )
        return Line(
            **self._common(alarm.about, alarm.due, telling, missed=True),
            kind="alarm",
            id=str(alarm.public_id),
            take=self._take(alarm.public_id),
            resolve=self._resolve(alarm.public_id),
            when=words.when(alarm.raised_at),
            since=words.since(alarm.raised_at),
            role=words.role(alarm.role),
            answered_by=", ".join(taken),
            escalated=alarm.level > 0,
        )

    def _of_task(self, row: Mapping[str, Any], telling: Telling) -> dict[str, Any]:
        words, at = telling.words, row["at"]
        return {"kind": "task", "when": words.when(at), "since": words.since(at), "heading": _("Time has passed")}

    def _of_due(self, row: Mapping[str, Any], telling: Telling) -> dict[str, Any]:
        words, at, what = telling.words, row["at"], row["what"].partition("/")[0]
        late, today = at < self._now, words.local(at).date() <= words.today
        return {
            "kind": "late" if late else "due",
            "when": words.when_due(what, at),
            "since": words.until_due(what, row["end"]),
            "heading": _("Do today") if today else _("Coming"),
        }

    def _common(self, whose: Listed, due: str, telling: Telling, *, missed: bool) -> dict[str, Any]:
        named = self._named(whose.place, due.partition("/")[0], telling, missed=missed)
        return {
            "person": whose.called,
            "case": self._case(whose.public_id),
            "what": named.what,
            "help": named.help,
            "adoption": telling.adoption.name,
            "about": whose,
            "regards": about(due, telling),
        }

    def _named(self, place: Place, expectation: str, telling: Telling, *, missed: bool) -> _Named:
        key = (place, expectation, missed)
        if key not in self._names:
            words = telling.words
            what = words.not_happened(expectation) if missed else words.expectation(expectation)
            self._names[key] = _Named(what, words.help_for(expectation))
        return self._names[key]


def raised(keys: list[int]) -> dict[int, Raised]:
    """These alarms by their numbers."""
    own = len(OF_ALARM)
    return {row[0]: Raised._make([*row[:own], Listed._make(row[own:])]) for row in _raised(keys)}


@prepared
def _raised(keys: list[int]) -> QuerySet[Alarm, Any]:
    whose = (f"enrolment__{column}" for column in COLUMNS)
    return Alarm.objects.filter(pk__in=keys).order_by().values_list(*OF_ALARM, *whose)
