"""A matter as one page to read from top to bottom, or print: all that was entered, each under what it belongs to.

What points at one thing stands under it, and what rests on several names them. What `shown` holds back from any guest
or the public is left out here too, and only counted: the page is meant to be passed on.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.formats import date_format

from genklang.operate import clock
from genklang.operate.models import Enrolment, Event
from genklang.operate.pages.films import ShownFile, files_of
from genklang.operate.pages.protocols import numbers_of, words_of
from genklang.operate.pages.telling import Telling
from genklang.operate.pages.words import Words, say
from genklang.operate.shown import Log, references
from genklang.protocol.types import EventField, EventKind


@dataclass(frozen=True)
class Answer:
    """One answer: the question, the words, and where it points, as (address on the page, words)."""

    question: str
    words: str
    points: tuple[tuple[str, str], ...] = ()
    is_text: bool = False


@dataclass(frozen=True)
class Entry:
    """One thing entered: the first text in it, the other answers, and what was said about it later."""

    id: str
    what: str
    day: str
    stamp: str
    said: str
    answers: tuple[Answer, ...]
    files: list[ShownFile]
    later: tuple["Entry", ...]


@dataclass(frozen=True)
class Chapter:
    """Everything of one kind that hangs on nothing else, oldest first; how many are left out."""

    name: str
    entries: tuple[Entry, ...]
    left_out: int


@dataclass(frozen=True)
class Whole:
    """The page."""

    stage: str
    began: str
    chapters: tuple[Chapter, ...]


def whole_of(enrolment: Enrolment) -> Whole:
    """All that was entered in a matter and may be passed on."""
    return _Reader(enrolment).whole()


class _Reader:
    """Puts one log in words."""

    def __init__(self, enrolment: Enrolment) -> None:
        self.enrolment = enrolment
        self.log = Log(enrolment)
        self.words: Words = words_of(enrolment)
        roles = self.words.protocol.roles
        readers = ["", *(role for role, declared in roles.items() if declared.guest or declared.public)]
        self.shown = {
            key: event
            for key, event in self.log.events.items()
            if all(self.log.lets_through(event, role) for role in readers)
        }
        self.telling = Telling(enrolment.adoption, self.words, may_read=lambda event: event.key in self.shown)
        self.telling.ready(self.shown.values())
        self.under = self._under()

    def whole(self) -> Whole:
        chapters = [self._chapter(name, kind) for name, kind in self.words.protocol.events.items() if kind.fields]
        return Whole(
            stage=self.words.stage(self.enrolment.stage),
            began=self._day(self.enrolment.enrolled_at),
            chapters=tuple(chapter for chapter in chapters if chapter.entries or chapter.left_out),
        )

    def _day(self, instant: int) -> str:
        """The day in full: what is printed is read on another."""
        return date_format(clock.moment(instant).astimezone(self.words.zone), "j F Y")

    def _under(self) -> dict[str, list[Event]]:
        """What stands under each event: those that point at it and at nothing else."""
        found: dict[str, list[Event]] = {}
        for event in self.shown.values():
            if (above := self._above(event)) in self.shown:
                found.setdefault(above, []).append(event)
        return found

    def _above(self, event: Event) -> str:
        """The one event that it hangs on; empty where it hangs on none, or rests on several."""
        pointing = [field for field in self.log.kind(event).fields.values() if field.type == "reference"]
        found = references(self.log.kind(event), event.data)
        alone = len(pointing) == 1 and not pointing[0].many and len(found) == 1
        return found[0] if alone else ""

    def _chapter(self, name: str, kind: EventKind) -> Chapter:
        own = [event for event in self.log.events.values() if event.kind == name]
        here = [event for event in own if event.key in self.shown and self._above(event) not in self.shown]
        left_out = sum(event.key not in self.shown for event in own)
        return Chapter(self.words.event(name), tuple(self._entries(here)), left_out)

    def _entries(self, events: Iterable[Event]) -> Iterator[Entry]:
        for event in sorted(events, key=lambda each: (each.occurred_at, each.pk)):
            answers = list(self._answers(event))
            said = next((each for each in answers if each.is_text), None)
            yield Entry(
                id=f"e{event.pk}",
                what=self.words.event(event.kind),
                day=self._day(event.occurred_at),
                stamp=clock.moment(event.occurred_at).isoformat(),
                said=said.words if said else "",
                answers=tuple(each for each in answers if each is not said),
                files=files_of(event),
                later=tuple(self._entries(self.under.get(event.key, ()))),
            )

    def _answers(self, event: Event) -> Iterator[Answer]:
        hidden = numbers_of(self.words.protocol, event.kind)
        for name, question in self.log.kind(event).fields.items():
            value = event.data.get(name)
            if value in (None, "", []) or name in hidden or question.type == "file":
                continue
            if question.type != "reference":
                yield Answer(say(question), self.telling.value(question, value), is_text=question.type == "text")
            elif points := tuple(self._points(question, event)):
                yield Answer(say(question), "", points)

    def _points(self, question: EventField, event: Event) -> Iterator[tuple[str, str]]:
        """Where it points, but for what it stands under and what may not be passed on."""
        if not question.many and self._above(event) in self.shown:
            return
        for key in references(self.log.kind(event), event.data):
            if key in self.shown:
                yield f"e{self.shown[key].pk}", self._title(self.shown[key])

    def _title(self, event: Event) -> str:
        """What an event is called where another names it: the first text in it."""
        texts = (name for name, field in self.log.kind(event).fields.items() if field.type == "text")
        said = next((str(event.data[name]) for name in texts if event.data.get(name)), "")
        return said or self.telling.reference(event.key)
