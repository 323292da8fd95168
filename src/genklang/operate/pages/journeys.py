"""A matter's or person's way through: steps told and steps in the log side by side, as a drawing and as a table."""

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from genklang.documents.banner import asked_again, source, waited
from genklang.documents.banner import words as map_words
from genklang.documents.journey import Journey, Step, journey
from genklang.engine.time import parse_instant
from genklang.operate.machines import shown_state
from genklang.operate.models import Enrolment, Event
from genklang.operate.pages.words import Words, language, say
from genklang.protocol.showing import JourneyMap

LEFT, WIDE, HIGH, TOP, MOOD = 180, 180, 118, 40, 120
LINE, LETTERS, MOST_LINES = 18, 19, 3
PER_FEELING = 22


@dataclass(frozen=True)
class Box:
    """A step in the drawing: where, and its words broken into lines."""

    x: int
    y: int
    lines: list[tuple[int, str]]
    when: str
    wait: str
    kind: str
    feeling: tuple[int, int, bool] | None


@dataclass(frozen=True)
class Row:
    """A step in the table."""

    when: str
    text: str
    lane: str
    wait: str
    felt: str
    repeated: str
    source: str


@dataclass(frozen=True)
class Map:
    """The whole map. `figures` tell it in numbers; `curve` are the lines between feelings."""

    journey: Journey
    width: int
    height: int
    lanes: list[tuple[int, str]]
    boxes: list[Box]
    curve: list[tuple[int, int, int, int]]
    mood: int
    rows: list[Row]
    figures: list[tuple[str, str]]
    compared: list[str]
    asks_feeling: bool
    asks_repeated: bool

    @property
    def summary(self) -> str:
        """The figures in one line."""
        return " · ".join(f"{label}: {value}" for label, value in self.figures)


def journey_of(enrolment: Enrolment, words: Words) -> Journey | None:
    """The way through, as told and as logged; None where the practice draws none."""
    declared = words.protocol.journey
    if declared is None:
        return None
    void = shown_state(enrolment).voids
    kinds = [declared.told, *declared.logged]
    found = Event.objects.filter(enrolment=enrolment, kind__in=kinds, held=None).order_by("occurred_at", "sequence")
    rows = [row for row in found if row.key not in void]
    told = [_told(row, declared, words) for row in rows if row.kind == declared.told]
    logged = [_logged(row, words) for row in rows if row.kind in declared.logged and row.kind != declared.told]
    return journey(told, logged, _labels(declared, words))


def map_of(enrolment: Enrolment, words: Words) -> Map | None:
    """The drawing and its table; None where the practice draws none."""
    declared, found = words.protocol.journey, journey_of(enrolment, words)
    if declared is None or found is None:
        return None
    rows = {lane: TOP + place * HIGH for place, lane in enumerate(found.lanes)}
    mood = TOP + len(rows) * HIGH + MOOD // 2 + 10
    boxes = [_box(step, LEFT + place * WIDE, rows[step.lane], mood) for place, step in enumerate(found.steps)]
    felt = [box.feeling for box in boxes if box.feeling]
    return Map(
        journey=found,
        width=LEFT + max(1, len(boxes)) * WIDE,
        height=mood + MOOD // 2 if declared.feeling else mood - MOOD // 2,
        lanes=[(y, found.lanes[lane]) for lane, y in rows.items()],
        boxes=boxes,
        curve=[(one[0], one[1], two[0], two[1]) for one, two in pairwise(felt)],
        mood=mood,
        rows=[_row(step, found, words) for step in found.steps],
        figures=_figures(found, declared),
        compared=list(_compared(found)) if declared.logged else [],
        asks_feeling=declared.feeling is not None,
        asks_repeated=declared.repeated is not None,
    )


def _told(row: Event, declared: JourneyMap, words: Words) -> Step:
    data = row.data
    return Step(
        text=str(data.get(declared.step, "")),
        lane=str(data.get(declared.lane, "")),
        when=_day(str(data.get(declared.when, "")), words, row.occurred_at),
        feeling=data.get(declared.feeling) if declared.feeling else None,
        repeated=int(data.get(declared.repeated) or 0) if declared.repeated else 0,
    )


def _logged(row: Event, words: Words) -> Step:
    return Step(words.event(row.kind), row.by, words.local(row.occurred_at).date())


def _day(written: str, words: Words, otherwise: int) -> date:
    if not written:
        return words.local(otherwise).date()
    return words.local(parse_instant(written)).date() if "T" in written else date.fromisoformat(written)


def _labels(declared: JourneyMap, words: Words) -> dict[str, str]:
    """Lanes by name: the answers of the question whom one met, and the roles that report."""
    options = words.protocol.events[declared.told].fields[declared.lane].options
    roles = {name: words.role(name) for name in (*words.protocol.roles, "device", "system")}
    return roles | {name: say(option) for name, option in options.items()}


def _box(step: Step, x: int, y: int, mood: int) -> Box:
    broken = textwrap.wrap(step.text, LETTERS, max_lines=MOST_LINES, placeholder=" …") or [""]
    feeling = None
    if step.feeling is not None:
        feeling = (x + WIDE // 2 - 10, mood - step.feeling * PER_FEELING, step.feeling < 0)
    return Box(
        x=x,
        y=y + 8,
        lines=[(22 + place * LINE, line) for place, line in enumerate(broken)],
        when=step.when.isoformat(),
        wait=waited(step.wait, language()),
        kind="in-both" if step.told and step.logged else "only-told" if step.told else "only-logged",
        feeling=feeling,
    )


def _row(step: Step, found: Journey, words: Words) -> Row:
    felt = map_words(language()).get(str(step.feeling), "") if step.feeling is not None else ""
    return Row(
        when=step.when.isoformat(),
        text=step.text,
        lane=found.lanes[step.lane],
        wait=waited(step.wait, language()),
        felt=felt,
        repeated=asked_again(step.repeated, language()),
        source=source(step, language()),
    )


def _figures(found: Journey, declared: JourneyMap) -> list[tuple[str, str]]:
    figures = [
        (_("Steps"), len(found.steps)),
        (_("Met by"), len(found.lanes)),
        (_("Days from first to last"), found.days),
        (_("Longest wait, days"), found.longest_wait),
    ]
    if declared.repeated:
        figures.append((_("Questions asked again"), found.repeated))
    return [(label, str(number)) for label, number in figures]


def _compared(found: Journey) -> Iterable[str]:
    """How what was told and what was logged fit together, in sentences."""
    both, told, logged = (
        len(found.where(told=one, logged=two)) for one, two in ((True, True), (True, False), (False, True))
    )
    yield ngettext("%(n)s step is both told and logged.", "%(n)s steps are both told and logged.", both) % {"n": both}
    yield ngettext(
        "%(n)s step was told and is not in our log.", "%(n)s steps were told and are not in our log.", told
    ) % {"n": told}
    yield ngettext(
        "%(n)s step is in our log and was not told.", "%(n)s steps are in our log and were not told.", logged
    ) % {"n": logged}
