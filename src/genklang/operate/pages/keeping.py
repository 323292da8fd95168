"""What takes long to make is kept for a while; of very many people also over a start, and nobody waits for it."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, NamedTuple, TypeVar, cast

import msgspec
from django.db import connection
from django.utils import timezone
from django.utils.translation import get_language, override

from genklang.operate import clock
from genklang.operate.kept_figures import KeptFigures
from genklang.operate.models import Adoption, Enrolment, Event, OutcomeFact
from genklang.operate.pages.paging import MANY, counted

KEPT_FOR = 60 * clock.SECOND
MOST_KEPT = 64
TIMES_KEPT = 20
T = TypeVar("T")
Stamp = tuple[Any, ...]
Place = tuple[str, str]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Lasting(Generic[T]):
    """How a thing made of very many people is kept in the database: as JSON of `kind`, for this protocol version.

    `meanwhile` stands for it until it has been made for the first time.
    """

    kind: type[T]
    meanwhile: Callable[[int], T]


class _Kept(NamedTuple):
    """Something made: when (µs), by which stamp, and how many seconds it took."""

    at: int
    stamp: Stamp
    value: Any
    took: float

    @property
    def of_many(self) -> bool:
        """Whether so many take part that nobody should wait for it."""
        return int(self.stamp[2]) >= MANY

    def holds(self, stamp: Stamp, now: int, kept_for: int) -> bool:
        """Whether it may still be shown as it is."""
        if self.of_many:
            kept_for = max(kept_for, int(TIMES_KEPT * self.took * clock.SECOND))
        same = self.stamp[2:] == stamp[2:]
        return same and (self.stamp == stamp or now - self.at < kept_for)


_kept: dict[Place, _Kept] = {}
_being_made: set[Place] = set()
_lock = threading.Lock()


def kept(
    adoption: Adoption,
    what: str,
    make: Callable[[], T],
    *,
    kept_for: int = KEPT_FOR,
    lasting: Lasting[T] | None = None,
) -> T:
    """What `make` makes, kept until the log has grown and `kept_for` µs have passed; until somebody
    new takes part, or the prices have changed.

    Of many people it is kept at least twenty times as long as it took to make, and nobody waits for it to be made anew:
    it is shown as it was while that goes on beside. What is `lasting` is so also after a start, as it was last made.
    """
    place, stamp, now = (str(adoption.public_id), what), _stamp(adoption), clock.now()
    with _lock:
        found = _kept.get(place)
    if lasting and not found and int(stamp[2]) >= MANY:
        found = _restored(adoption, what, lasting, number=int(stamp[2]))
    if found and found.holds(stamp, now, kept_for):
        return cast(T, found.value)
    make_it = partial(_make, place, stamp, make, adoption if lasting else None)
    if found and found.of_many:
        _beside(place, make_it)
        return cast(T, found.value)
    return make_it()


def _restored(adoption: Adoption, what: str, lasting: Lasting[Any], *, number: int) -> _Kept:
    """What was last made, to be made anew; or what stands for it meanwhile."""
    row = KeptFigures.objects.filter(adoption=adoption, what=what, digest=adoption.protocol_version.digest).first()
    value = msgspec.json.decode(row.figures, type=lasting.kind) if row else lasting.meanwhile(number)
    return _Kept(row.at if row else 0, (None, None, number, None), value, row.took if row else 0.0)


def _make(place: Place, stamp: Stamp, make: Callable[[], T], lasts_for: Adoption | None) -> T:
    began = time.monotonic()
    made = make()
    found = _Kept(clock.now(), stamp, made, time.monotonic() - began)
    with _lock:
        _kept.pop(place, None)
        if len(_kept) >= MOST_KEPT:
            _kept.pop(next(iter(_kept)))
        _kept[place] = found
    if lasts_for and found.of_many:
        values = {"digest": lasts_for.protocol_version.digest, "at": found.at, "took": found.took}
        values["figures"] = msgspec.json.encode(made).decode()
        KeptFigures.objects.update_or_create(adoption=lasts_for, what=place[1], defaults=values)
    return made


def _beside(place: Place, make: Callable[[], object]) -> None:
    """Makes it anew in a thread of its own, one at a time."""
    language, zone = get_language(), timezone.get_current_timezone()

    def renew() -> None:
        try:
            with override(language), timezone.override(zone):
                make()
        except Exception:
            log.exception("figures were not renewed; the earlier ones stand")
        finally:
            connection.close()
            with _lock:
                _being_made.discard(place)

    with _lock:
        if place in _being_made:
            return
        _being_made.add(place)
    threading.Thread(target=renew, name="figures", daemon=True).start()


def _stamp(adoption: Adoption) -> Stamp:
    """What figures hang on, each told by the end of an index: the log's last row, time that has passed somewhere, who
    takes part, the prices.
    """
    latest = Event.objects.filter(adoption=adoption).order_by("-received_at", "-pk").values_list("pk", flat=True)
    facts = OutcomeFact.objects.order_by("-pk").values_list("pk", flat=True)
    people = Enrolment.objects.filter(adoption=adoption)
    number = counted((adoption.pk, "enrolments"), people.count, size=int)
    return (latest.first(), facts.first(), number, repr(adoption.overlay.get("prices")))
