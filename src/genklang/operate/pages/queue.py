"""Places and their queue, for those who work there: how full it is, who waits and how long; and one's own turn."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from genklang.bank.wording import duration
from genklang.engine.shared import Occupancy, Queue, Waiting, in_turn, occupancy
from genklang.engine.time import Zone
from genklang.operate import clock
from genklang.operate.models import Adoption, Due, Enrolment, Event
from genklang.operate.pages.protocols import words_of
from genklang.operate.pages.words import Words, say
from genklang.operate.sharing import places_for, shared_of
from genklang.protocol.together import Place
from genklang.protocol.types import Protocol

LOOKED_BACK = 30 * 24 * 60 * clock.MINUTE


@dataclass(frozen=True)
class Row:
    """Somebody who waits. `late` when the promise is already broken."""

    number: int
    enrolment: Enrolment
    waited: str
    share: str
    promised: str
    late: bool


@dataclass(frozen=True)
class ShareLine:
    """One share: its own places, each taken or free, and what it has borrowed. `marks` draw them."""

    label: str
    own: int
    held: int
    borrowed: int
    waiting: int

    @property
    def marks(self) -> list[str]:
        """One for each place: taken, borrowed or free."""
        taken = min(self.held, self.own)
        return ["taken"] * taken + ["free"] * (self.own - taken) + ["borrowed"] * self.borrowed

    @property
    def in_words(self) -> str:
        """For those who do not see the marks, and for those who do."""
        if not self.own:
            return ngettext("%(n)s place, borrowed", "%(n)s places, borrowed", self.held) % {"n": self.held}
        return _("%(held)s of %(own)s") % {"held": min(self.held, self.own), "own": self.own}


@dataclass(frozen=True)
class PlacePage:
    """One kind of place as it stands now."""

    name: str
    label: str
    now: Occupancy
    share_label: str
    shares: list[ShareLine]
    waiting: list[Row]
    longest: str
    used: str
    period: str = ""
    next_start: str = ""
    marks: list[str] = field(default_factory=list)

    @property
    def promises(self) -> bool:
        """Whether anybody is promised a place by some day."""
        return any(row.promised for row in self.waiting)

    @property
    def borrowed(self) -> int:
        """How many places are lent between shares."""
        return sum(share.borrowed for share in self.shares)


@dataclass(frozen=True)
class Turn:
    """A person's own place in a queue."""

    label: str
    number: int
    of: int
    promised: str
    late: bool


def place_pages(adoption: Adoption) -> list[PlacePage]:
    """Every kind of place of the adoption."""
    shared, limits, words = shared_of(adoption), places_for(adoption).limits, words_of(adoption)
    return [
        _page(adoption, name, place, words, shared[name], occupancy(shared[name], limits[name]))
        for name, place in words.protocol.places.items()
    ]


def own_turns(enrolment: Enrolment) -> list[Turn]:
    """Where somebody stands in the queues of the adoption; nothing for whoever does not wait."""
    adoption = enrolment.adoption
    declared = places_for(adoption).declared
    waited_for = [name for name, place in declared.items() if enrolment.stage in place.waiting]
    if not waited_for:
        return []
    shared, words = shared_of(adoption), words_of(enrolment)
    found = []
    for name in waited_for:
        turn = in_turn(shared[name])
        mine = next((one for one in turn if one.enrolment == enrolment.key), None)
        if mine is not None:
            promised, late = _promise(_deadlines([enrolment], promises(words.protocol, declared[name])), mine, words)
            found.append(Turn(say(declared[name]), mine.number, len(turn), promised, late))
    return found


def people_of(pages: Iterable[PlacePage]) -> list[Enrolment]:
    """Those whose names the pages tell."""
    return [row.enrolment for page in pages for row in page.waiting]


def promises(protocol: Protocol, place: Place) -> list[str]:
    """The expectations that say when somebody who waits is to have a place: met by being given it, or by what comes
    with it.
    """
    return [
        name
        for name, one in protocol.expectations.items()
        if not one.internal
        and (one.during is None or set(one.during) & set(place.waiting))
        and all(kind == place.gives or _is_inside(protocol, place, kind) for kind in one.expect)
    ]


def _is_inside(protocol: Protocol, place: Place, kind: str) -> bool:
    """Whether an event is of those who hold the place: it moves from there."""
    declared = protocol.events.get(kind)
    return bool(declared and declared.moves and all(before in place.holding for before, _after in declared.moves))


def _page(adoption: Adoption, name: str, place: Place, words: Words, queue: Queue, now: Occupancy) -> PlacePage:
    turn, starts = in_turn(queue), [at for each in queue.starts.values() for at in each]
    found = Enrolment.objects.filter(adoption=adoption, key__in=[one.enrolment for one in turn])
    rows = {row.key: row for row in found.select_related("person", "adoption", "protocol_version")}
    deadlines = _deadlines(rows.values(), promises(words.protocol, place))
    waiting = [_row(one, rows[one.enrolment], place, words, deadlines) for one in turn if one.enrolment in rows]
    fact = words.protocol.facts.get(place.shared_by or "")
    marks = [] if place.shares or now.capacity is None else _marks(now)
    return PlacePage(
        name=name,
        label=say(place),
        now=now,
        share_label=say(fact) if fact else "",
        shares=[_share(place, part.share, part.own, part.held, part.waiting) for part in now.parts],
        waiting=waiting,
        longest=_("longest %(since)s") % {"since": words.since(min(one.since for one in turn))} if turn else "",
        used=_used(adoption, place, now, words.now),
        period=duration(place.per) if place.per else "",
        next_start=_next_start(place, now, starts, words),
        marks=marks,
    )


def _next_start(place: Place, now: Occupancy, starts: Sequence[int], words: Words) -> str:
    """When the next one may start, where the period is full; empty where somebody may now."""
    if place.per is None or now.starts is None or now.started < now.starts or not starts:
        return ""
    return words.day(Zone(words.zone.key).add(min(starts), place.per))


def _marks(now: Occupancy) -> list[str]:
    return ["taken"] * now.held + ["free"] * (now.free or 0)


def _share(place: Place, name: str, own: int, held: int, waiting: int) -> ShareLine:
    label = say(place.shares[name]) if name in place.shares else _("Others")
    return ShareLine(label, own, held, max(0, held - own), waiting)


def _row(one: Waiting, enrolment: Enrolment, place: Place, words: Words, deadlines: Mapping[str, int]) -> Row:
    share = say(place.shares[one.share]) if one.share in place.shares else ""
    promised, late = _promise(deadlines, one, words)
    return Row(one.number, enrolment, words.since(one.since), share, promised, late)


def _deadlines(rows: Iterable[Enrolment], expectations: Sequence[str]) -> dict[str, int]:
    """The earliest promise to each, by number."""
    dues = Due.objects.filter(enrolment__in=list(rows), expectation__in=expectations).order_by("-deadline_at")
    return dict(dues.values_list("enrolment__key", "deadline_at"))


def _promise(deadlines: Mapping[str, int], one: Waiting, words: Words) -> tuple[str, bool]:
    at = deadlines.get(one.enrolment)
    return ("", False) if at is None else (words.day(at), at < words.now)


def _used(adoption: Adoption, place: Place, now: Occupancy, at: int) -> str:
    """How much of the places has been used lately, as a share; empty where nothing limits how many hold one."""
    if now.capacity is None or not now.capacity:
        return ""
    since = max(at - LOOKED_BACK, clock.instant(adoption.started_at))
    if at <= since:
        return ""
    held = sum(_held_within(log, place, since, at) for log in _moves(adoption, place).values())
    return _("%(share)s%%") % {"share": number_format(100 * held / (now.capacity * (at - since)), 0)}


Moved = list[tuple[int, str]]


def _moves(adoption: Adoption, place: Place) -> dict[int, Moved]:
    """When each enrolment went where, of those who may hold a place: by its moving events, in order of time."""
    protocol = words_of(adoption).protocol
    moving = {name: dict(kind.moves) for name, kind in protocol.events.items() if kind.moves}
    rows = Event.objects.filter(adoption=adoption, kind__in=[*moving, "enrolled"], held=None)
    void = set(Event.objects.filter(adoption=adoption, kind="voided").values_list("data__event", flat=True))
    found: dict[int, Moved] = {}
    for enrolment, key, kind, at in rows.order_by("occurred_at", "sequence", "key").values_list(
        "enrolment_id", "key", "kind", "occurred_at"
    ):
        if key in void:
            continue
        log = found.setdefault(enrolment, [])
        stage = log[-1][1] if log else protocol.first_stage
        log.append((at, moving.get(kind, {}).get(stage, stage)))
    return found


def _held_within(log: Moved, place: Place, since: int, until: int) -> int:
    """For how long a place was held between two instants."""
    ends = [at for at, _stage in log[1:]] + [until]
    return sum(
        max(0, min(end, until) - max(at, since))
        for (at, stage), end in zip(log, ends, strict=True)
        if stage in place.holding
    )
