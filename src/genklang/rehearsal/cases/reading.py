"""tests.yaml's text becomes stories that can be run, or everything that is wrong with it, with its place."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from zoneinfo import ZoneInfoNotFoundError

from pydantic import ValidationError

from genklang.engine.time import Zone
from genklang.engine.types import BUILT_IN, Event
from genklang.protocol.checks.pairs import outcome_columns
from genklang.protocol.document import Document, Path, read_yaml
from genklang.protocol.problems import Problem, ProtocolErrors, quoted, suggestion
from genklang.protocol.types import Protocol
from genklang.protocol.wording import problems_of
from genklang.rehearsal.cases.stories import Case, Line, instant
from genklang.rehearsal.cases.written import CaseFile, Story

Entrance = Literal["accepted", "refused", "held"]
TICK = "tick"
STATUSES = ("met", "met_late", "missed", "waived", "cancelled")
_FORM = "Write a time and an event, for example [2026-03-02 08:05, dose_taken], or [2026-03-02 12:00, tick]."
_TIME = 'Write a local date and time, for example "2026-03-02 08:05".'


@dataclass(frozen=True, slots=True)
class PlacedCase:
    """A practice's story, where it is written, and what is to become of each of its lines at the door."""

    case: Case
    lot: str | None
    entrances: tuple[Entrance, ...]
    document: Document
    place: Path

    def problem(self, path: Path, what: str, *, written: str = "", instead: str, key: bool = False) -> Problem:
        """Something about the story, at the place where it is written."""
        at = self.document.position((*self.place, *path), key=key)
        where = ", ".join([f'test "{self.case.name}"', *(str(step) for step in path[:1])])
        return Problem(self.document.file, at.line, at.column, where, what, written, instead)


def read_cases(text: str, *, file: str, protocol: Protocol) -> list[PlacedCase]:
    """Read tests.yaml, whose stories are about `protocol`. Raises ProtocolErrors with everything that is wrong."""
    document = read_yaml(text, file=file)
    if not isinstance(document.data, dict):
        raise ProtocolErrors([Problem(file, 1, 1, "", "The file holds no tests", "", 'Begin with "stories:".')])
    try:
        written = CaseFile.model_validate(document.data)
    except ValidationError as error:
        raise ProtocolErrors(problems_of(error.errors(include_url=False), document, root=CaseFile)) from None
    reader = _Reader(protocol, document)
    cases = [reader.case(story, number, zone=written.zone) for number, story in enumerate(written.stories)]
    reader.told_twice(story.story for story in written.stories)
    if reader.problems:
        raise ProtocolErrors(reader.problems)
    return cases


@dataclass(slots=True)
class _Reader:
    protocol: Protocol
    document: Document
    problems: list[Problem] = field(default_factory=list)

    def case(self, story: Story, number: int, *, zone: str) -> PlacedCase:
        place: Path = ("stories", number)
        reckoned = self._zone((*place, "zone") if story.zone else ("zone",), story.zone or zone)
        told = [self._line((*place, "when", n), n + 1, line, reckoned) for n, line in enumerate(story.when)]
        self._names(place, story)
        then = story.then.model_dump(exclude_unset=True)
        about = tuple(story.about) if story.about is not None else None
        case = Case(story.story, self.protocol, reckoned.name, tuple(line for line, _ in told), then, about)
        return PlacedCase(case, story.lot, tuple(entrance for _, entrance in told), self.document, place)

    def told_twice(self, names: Iterable[str]) -> None:
        seen: set[str] = set()
        for number, name in enumerate(names):
            if name in seen:
                self._note(("stories", number, "story"), f"{quoted(name)} is told twice", name, "Call one otherwise.")
            seen.add(name)

    def _zone(self, path: Path, name: str) -> Zone:
        try:
            return Zone(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self._note(path, f"{quoted(name)} is no time zone", name, 'Write for example "Europe/Stockholm".')
            return Zone("UTC")

    def _line(self, path: Path, number: int, line: list[Any], zone: Zone) -> tuple[Line, Entrance]:
        at, kind, data, *more = [*line, {}] if len(line) == 2 else [*line, None, None, None]
        if not isinstance(at, str) or not isinstance(kind, str) or not isinstance(data, Mapping) or any(more):
            self._note(path, "The line is not a time, an event and its fields", "", _FORM)
            return Line(0, None), "accepted"
        moment = self._instant((*path, 0), at, zone)
        if kind == TICK:
            return Line(moment, None), "accepted"
        known = (*self.protocol.events, *BUILT_IN)
        if kind not in known:
            self._unknown((*path, 1), kind, [*known, TICK], "the events")
        return self._event(kind, dict(data), moment, number)

    def _event(self, kind: str, data: dict[str, Any], moment: int, number: int) -> tuple[Line, Entrance]:
        refused, held = data.pop("refused", False) is True, data.pop("held", False) is True
        id, sequence = str(data.pop("id", f"e{number}")), data.pop("sequence", 0)
        declared = self.protocol.events.get(kind)
        by = str(data.pop("by", declared.by[0] if declared else "system"))
        event = Event(id, kind, moment, by, data, sequence=int(sequence), received_at=number)
        return Line(moment, event), "refused" if refused else "held" if held else "accepted"

    def _instant(self, path: Path, written: str, zone: Zone) -> int:
        try:
            return instant(zone, written)
        except ValueError as error:
            reason = str(error) if str(error).startswith(("is ", "does ")) else "is no date and time"
            self._note(path, f"{quoted(written)} {reason}", written, _TIME)
            return 0

    def _names(self, place: Path, story: Story) -> None:
        """Note every name of the story that the protocol has not."""
        protocol, then = self.protocol, (*place, "then")
        arms = protocol.randomise.arms if protocol.randomise else {}
        outcomes = outcome_columns(protocol.study) if protocol.study else []
        self._known((*place, "about"), story.about or [], protocol.expectations, "the expectations")
        self._known((*place, "lot"), [story.lot] if story.lot else [], arms, "the arms")
        self._known((*then, "stage"), [story.then.stage] if story.then.stage else [], protocol.stages, "the stages")
        self._known((*then, "arm"), [story.then.arm] if story.then.arm else [], arms, "the arms")
        self._known((*then, "indicators"), story.then.indicators, protocol.indicators, "the indicators")
        self._known((*then, "outcomes"), story.then.outcomes, outcomes, "the study's outcomes")
        self._dues(then, story)

    def _dues(self, then: Path, story: Story) -> None:
        for part in ("facts", "alarms", "tasks", "reminders"):
            for due in getattr(story.then, part):
                name = due.partition(" ")[0]
                if name not in self.protocol.expectations:
                    self._unknown((*then, part, due), name, list(self.protocol.expectations), "the expectations")
                elif story.about is not None and name not in story.about:
                    what = f"The test is not about {quoted(name)}"
                    self._note((*then, part, due), what, name, 'Add it to "about", or leave this line out.')
        for due, written in story.then.facts.items():
            self._status((*then, "facts", due), written)

    def _status(self, path: Path, written: str) -> None:
        status, _, minutes = written.partition(" ")
        if status not in STATUSES:
            self._unknown(path, status, list(STATUSES), "the statuses")
        elif minutes and not _is_number(minutes):
            what = f"{quoted(minutes)} is no number of minutes"
            self._note(path, what, written, 'Write the minutes after the target, for example "met 5".')

    def _known(self, path: Path, names: Iterable[str], known: Iterable[str], among: str) -> None:
        for name in names:
            if name not in known:
                self._unknown(next(self._places(path, name)), name, list(known), among)

    def _places(self, path: Path, name: str) -> Iterator[Path]:
        """Where in a list, a mapping or alone a name stands."""
        values = self.document.values
        yield from ((*path, step) for step in (name, *range(20)) if (*path, step) in values)
        yield path

    def _unknown(self, path: Path, name: str, known: list[str], among: str) -> None:
        instead = suggestion(name, known, nothing="Leave it out.")
        self._note(path, f"{quoted(name)} is not among {among}", name, instead)

    def _note(self, path: Path, what: str, written: str, instead: str) -> None:
        at = self.document.position(path, key=isinstance(path[-1], str) and path in self.document.keys)
        where = f"story number {int(path[1]) + 1}" if path[0] == "stories" else str(path[0])
        self.problems.append(Problem(self.document.file, at.line, at.column, where, what, written, instead))


def _is_number(written: str) -> bool:
    try:
        float(written)
    except ValueError:
        return False
    return True
