"""What an event carries, in words: also events, people and enrolments that it points at, which the log knows by key."""

from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from genklang.operate.forms.answers import answer_in_words
from genklang.operate.instants import read_instant
from genklang.operate.models import Adoption, Enrolment, EnrolmentMember, Event
from genklang.operate.pages.words import Words, day_of
from genklang.protocol.types import DataField, EventField

MOST_SAID = 4
LONGEST = 80
POINTS = ("reference", "member", "participant")
SPEAKS_FOR_ITSELF = ("text", "choice", "date", "instant", "time", "times", *POINTS)


def anybody(_event: Event) -> bool:
    """Whoever reads may read every event."""
    return True


class Telling:
    """Puts the answers of events in one adoption in words. `may_read` says which events' content may be told, `called`
    what another enrolment is called to whoever reads.

    `ready` looks up at once all that a page's events point at; whatever else is met is looked up when it is.
    """

    def __init__(
        self,
        adoption: Adoption,
        words: Words,
        *,
        may_read: Callable[[Event], bool] = anybody,
        called: Callable[[Enrolment], str] = attrgetter("called"),
    ) -> None:
        self.adoption, self.words = adoption, words
        self._may_read, self._called = may_read, called
        self._events: dict[str, Event | None] = {}
        self._names: dict[tuple[str, str], str] = {}

    def ready(self, events: Iterable[Event]) -> "Telling":
        """Looks up what these events point at, in one query for each kind of thing."""
        wanted: dict[str, set[str]] = {point: set() for point in POINTS}
        for question, value in (answer for event in events for answer in self._answers(event)):
            if question.type in POINTS:
                wanted[question.type] |= set(keys_in(value))
        if keys := wanted["reference"] - self._events.keys():
            self._look_up(keys)
        self._name_members(wanted["member"])
        self._name_participants(wanted["participant"])
        return self

    def fetch(self, *, events: set[str], members: set[str]) -> "Telling":
        """Looks up at once these events, what they point at in turn, and these members, by their keys."""
        if new := events - self._events.keys():
            self._look_up(new)
        self._name_members({key for key in members if ("member", key) not in self._names})
        return self.ready(row for key in events if (row := self._events[key]) is not None)

    def value(self, question: DataField, value: Any, *, within: int = 0) -> str:
        """One answer in words; shorter `within` the line of something that points at it."""
        match question.type:
            case "reference":
                return "; ".join(self.reference(key, within=within) for key in keys_in(value))
            case "member" | "participant":
                return ", ".join(self._name(question.type, key) for key in keys_in(value))
            case "instant":
                return self._moment(value)
            case "date":
                return day_of(str(value), self.words)
        return answer_in_words(question, value)

    def reference(self, key: str, *, within: int = 0) -> str:
        """The event of that key in one line."""
        if key not in self._events:
            self._look_up({key})
        event = self._events[key]
        return _("something that is not here") if event is None else self.line(event, within=within)

    def kind(self, key: str) -> str:
        """What kind of event the key is of; empty where there is none."""
        if key not in self._events:
            self._look_up({key})
        event = self._events[key]
        return event.kind if event else ""

    def line(self, event: Event, *, but: str = "", within: int = 0) -> str:
        """What an event carries, in one line, without the field `but`; its name and day where it carries little."""
        said = list(dict.fromkeys(self._said(event, but, within))) if self._may_read(event) else []
        if said:
            return ", ".join(said[: 1 if within else MOST_SAID])
        return _("%(what)s, %(when)s") % {
            "what": self.words.event(event.kind),
            "when": self.words.when(event.occurred_at),
        }

    def called(self, enrolment: Enrolment) -> str:
        """What another enrolment is called to whoever reads."""
        return self._called(enrolment)

    def member(self, key: str) -> str:
        """The name of the member whom the log calls by that key."""
        return self._name("member", key)

    def _said(self, event: Event, but: str, within: int) -> Iterator[str]:
        for question, value in self._answers(event, but=but):
            speaks = question.type in SPEAKS_FOR_ITSELF or question.unit is not None
            if speaks and not (question.type == "reference" and within > 1):
                said = self.value(question, value, within=within + 1)
                yield said if len(said) <= LONGEST else f"{said[: LONGEST - 1].rstrip()}…"

    def _answers(self, event: Event, *, but: str = "") -> Iterator[tuple[EventField, Any]]:
        kind = self.words.protocol.events.get(event.kind)
        for name, question in (kind.fields if kind else {}).items():
            value = event.data.get(name)
            if name != but and question.type != "file" and value not in (None, "", []):
                yield question, value

    def _moment(self, value: Any) -> str:
        try:
            return self.words.when(value if isinstance(value, int) else read_instant(value))
        except ValueError:
            return str(value)

    def _look_up(self, keys: set[str]) -> None:
        rows = Event.objects.filter(adoption=self.adoption, key__in=keys)
        self._events |= dict.fromkeys(keys) | {row.key: row for row in rows}

    def _name(self, point: str, key: str) -> str:
        if (point, key) not in self._names:
            (self._name_members if point == "member" else self._name_participants)({key})
        return self._names[point, key]

    def _name_members(self, keys: set[str]) -> None:
        rows = EnrolmentMember.objects.filter(enrolment__adoption=self.adoption, key__in=keys) if keys else ()
        found = {row.key: row.person.display_name for row in _with_person(rows)}
        self._names |= {("member", key): found.get(key, _("somebody")) for key in keys}

    def _name_participants(self, keys: set[str]) -> None:
        rows = Enrolment.objects.filter(adoption=self.adoption, key__in=keys) if keys else ()
        found = {row.key: self._called(row) for row in _with_person(rows)}
        self._names |= {("participant", key): found.get(key, key) for key in keys}


def keys_in(value: Any) -> list[str]:
    """The keys that an answer points at, one or several."""
    return [str(each) for each in value] if isinstance(value, list | tuple) else [str(value)]


def _with_person(rows: Any) -> Iterable[Any]:
    return rows.select_related("person") if isinstance(rows, QuerySet) else rows
