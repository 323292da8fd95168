"""The wall screen: at most nine figures about everybody together, and nothing that points anybody out.

The rule of small counts: one to four people are shown as "1–4", never exactly, and a figure with fewer than five
people behind it is not shown. None at all is shown as 0. Matters, and groups at work, are not people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from genklang.bank.wording import duration
from genklang.engine.shared.places import limits_of
from genklang.engine.time import Zone
from genklang.measure.values import SMALLEST_CELL, IndicatorValue
from genklang.operate import clock
from genklang.operate.machines import shown_state
from genklang.operate.models import Adoption, Due, Enrolment, Event
from genklang.operate.pages.adoptions import in_stage
from genklang.operate.pages.figures import figure_of, in_unit, period_in_words, whole_ones
from genklang.operate.pages.keeping import kept
from genklang.operate.pages.measuring import measured
from genklang.operate.pages.protocols import protocol_of, words_of
from genklang.operate.pages.words import Words, language, say
from genklang.operate.sharing import own_places
from genklang.protocol.showing import Tile
from genklang.protocol.together import Place
from genklang.protocol.types import Indicator

RENEWED_EVERY = 20 * clock.SECOND
QUARTER = 15 * clock.MINUTE
COLUMNS = {1: 1, 2: 2, 3: 3, 4: 2}


@dataclass(frozen=True)
class Figure:
    """One tile: the figure in big, what it is, and a line that explains it. `hidden` where too few are behind it."""

    label: str
    value: str
    note: str = ""
    hidden: bool = False
    reached: bool = False


@dataclass(frozen=True)
class Board:
    """The whole screen."""

    adoption: Adoption
    practice: str
    tiles: list[Figure]
    at: str

    @property
    def columns(self) -> int:
        """How many stand beside each other on a wide screen."""
        return COLUMNS.get(len(self.tiles), 3)

    @property
    def hides(self) -> bool:
        """Whether something is too small to be shown exactly, so that the rule is told."""
        return any(tile.hidden for tile in self.tiles)


def has_board(adoption: Adoption) -> bool:
    """Whether the practice has a wall screen."""
    return words_of(adoption).protocol.board is not None


def board_of(adoption: Adoption) -> Board:
    """The board as it stands now, at most 20 seconds behind the log however many screens show it."""
    words = words_of(adoption)
    place = f"board-{language()}-{words.now // QUARTER}"  # what is late, and how long somebody waits, follow the clock
    tiles = kept(adoption, place, lambda: _tiles(adoption, words), kept_for=RENEWED_EVERY)
    return Board(adoption, say(words.protocol.title), tiles, words.clock_time(words.now))


def _tiles(adoption: Adoption, words: Words) -> list[Figure]:
    board = words.protocol.board
    return [_figure(tile, adoption, words) for tile in (board.tiles.values() if board else ())]


def _figure(tile: Tile, adoption: Adoption, words: Words) -> Figure:
    """A tile by the one source that it has."""
    if tile.indicator is not None:
        return _indicator(tile, words.protocol.indicators[tile.indicator], adoption)
    if tile.open is not None:
        return _open(tile, tile.open, adoption, words)
    if tile.place is not None:
        return _place(tile, _own(adoption, tile.place, words.protocol.places[tile.place]), adoption, words)
    if tile.queue is not None:
        return _queue(tile, words.protocol.places[tile.queue], adoption, words)
    return _count(tile, adoption, tile.stages, note=_("now"))


def _count(tile: Tile, adoption: Adoption, stages: Sequence[str], *, note: str = "") -> Figure:
    """How many are in some stages."""
    number = in_stage(adoption, stages)
    hidden = 0 < number < SMALLEST_CELL and _about_people(adoption, stages=stages)
    return Figure(say(tile), few() if hidden else in_unit(number, "number"), note, hidden=hidden)


def _about_people(adoption: Adoption, *, of: str = "", stages: Sequence[str] = ()) -> bool:
    """Whether anybody's own life stands behind a figure, rather than matters and groups at work alone."""
    protocol = protocol_of(adoption.protocol_version)
    groups = [name for name, role in protocol.roles.items() if role.group]
    people = Enrolment.objects.filter(adoption=adoption, person__isnull=False).exclude(role__in=groups)
    if stages:
        people = people.filter(stage__in=stages)
    if of in protocol.events:
        people = people.filter(events__kind=of)
    return people.exists()


def few() -> str:
    """What stands in place of a count of people that would point somebody out."""
    return f"1\u2013{SMALLEST_CELL - 1}"


def _open(tile: Tile, expectation: str, adoption: Adoption, words: Words) -> Figure:
    late = Q(missed=True) | Q(deadline_at__lt=words.now)
    rows = Due.objects.filter(adoption=adoption, expectation=expectation, opens_at__lte=words.now)
    counted = rows.aggregate(
        all=Count("pk"), people=Count("enrolment", distinct=True), late=Count("pk", filter=late),
        late_people=Count("enrolment", distinct=True, filter=late),
    )  # fmt: skip
    people = _about_people(adoption)
    hidden = people and 0 < counted["people"] < SMALLEST_CELL
    hidden_late = people and 0 < counted["late_people"] < SMALLEST_CELL
    shown = few() if hidden_late else in_unit(counted["late"], "number")
    note = _("of which late: %(late)s") % {"late": shown} if counted["late"] else _("none of them late")
    value = few() if hidden else in_unit(counted["all"], "number")
    return Figure(say(tile), value, note if counted["all"] else "", hidden=hidden or hidden_late)


def _own(adoption: Adoption, name: str, place: Place) -> Place:
    """The place with the organisation's own numbers."""
    own = limits_of(place, own_places(adoption.overlay.get("places", {}).get(name, {})))
    return place.model_copy(update={"capacity": own.capacity, "starts": own.starts})


def _place(tile: Tile, place: Place, adoption: Adoption, words: Words) -> Figure:
    """How many places are taken. Places are no people: the figure is exact where there are five or more of them."""
    if place.capacity is None:
        return _given(tile, place, adoption, words)
    held = in_stage(adoption, place.holding)
    hidden = place.capacity < SMALLEST_CELL and held > 0
    free = place.capacity - held
    note = _("all are taken") if free <= 0 else _("%(n)s free") % {"n": free}
    said = {"held": few() if hidden else held, "places": place.capacity}
    return Figure(say(tile), _("%(held)s of %(places)s") % said, "" if hidden else note, hidden=hidden)


def _given(tile: Tile, place: Place, adoption: Adoption, words: Words) -> Figure:
    """For a place that so many may be given within a period: how many have been."""
    if place.per is None or place.starts is None:
        return _count(tile, adoption, place.holding, note=_("now"))
    since = Zone(adoption.zone).add(words.now, place.per, -1)
    given = Event.objects.filter(adoption=adoption, kind=place.gives, occurred_at__gt=since, held__isnull=True).count()
    hidden = 0 < given < SMALLEST_CELL
    said = {"held": few() if hidden else given, "places": place.starts}
    return Figure(
        say(tile),
        _("%(held)s of %(places)s") % said,
        _("in the last %(per)s") % {"per": duration(place.per)},
        hidden=hidden,
    )


def _queue(tile: Tile, place: Place, adoption: Adoption, words: Words) -> Figure:
    """How many wait. How long the longest has waited is one person's own: told only among five or more."""
    rows = list(Enrolment.objects.filter(adoption=adoption, stage__in=place.waiting))
    if len(rows) < SMALLEST_CELL:
        return _count(tile, adoption, place.waiting)
    longest = min(shown_state(row).stage_since for row in rows)
    days = (words.now - longest) // (24 * 60 * clock.MINUTE)
    return _count(tile, adoption, place.waiting, note=_("the longest for %(n)s days") % {"n": days})


def _indicator(tile: Tile, indicator: Indicator, adoption: Adoption) -> Figure:
    figures = measured(adoption)
    if figures.being_made:
        return Figure(say(tile), "–", _("is being counted"))
    name = str(tile.indicator)
    latest = figure_of(name, indicator, figures)
    if latest is None or latest.value is None:
        return Figure(say(tile), "–", _("nothing to count yet"))
    least = SMALLEST_CELL if _about_people(adoption, of=indicator.of) else 0
    if 0 < latest.n < least:
        return Figure(say(tile), "–", _("too few to be shown"), hidden=True)
    shown = [value for value in whole_ones(indicator, figures.of(name), figures) if value.period and value.n >= least]
    notes = [_when(latest, indicator), _before(shown, latest, indicator), _target(indicator)]
    return Figure(
        say(tile),
        in_unit(latest.value, indicator.unit),
        " · ".join(filter(None, notes)),
        reached=_reached(indicator, latest.value),
    )


def _when(value: IndicatorValue, indicator: Indicator) -> str:
    return _period(value.period, indicator) if value.period else _("the whole time")


def _period(start: date, indicator: Indicator) -> str:
    return period_in_words(start, indicator.per).rstrip(".")


def _before(periods: Sequence[IndicatorValue], latest: IndicatorValue, indicator: Indicator) -> str:
    """The period before, so that one sees which way it goes."""
    earlier = [value for value in periods if value.period and latest.period and value.period < latest.period]
    if not earlier or earlier[-1].value is None:
        return ""
    return _("before: %(value)s") % {"value": in_unit(earlier[-1].value, indicator.unit)}


def _target(indicator: Indicator) -> str:
    return _("target: %(value)s") % {"value": in_unit(indicator.target, indicator.unit)} if indicator.target else ""


def _reached(indicator: Indicator, value: float) -> bool:
    if indicator.target is None:
        return False
    return value <= indicator.target if indicator.better == "lower" else value >= indicator.target
