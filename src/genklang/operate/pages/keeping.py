"""What takes long to make is kept for a while; of very many people also over a start, and nobody waits for it."""

import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, NamedTuple, TypeVar, cast

import msgspec
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language, override

from genklang.operate import clock
from genklang.operate.kept_figures import KeptFigures
from genklang.operate.models import Adoption, Enrolment, Event, OutcomeFact
from genklang.operate.pages.paging import MANY, counted
from genklang.statements import prepared

KEPT_FOR = 60 * clock.SECOND
MOST_KEPT = 64
TIMES_KEPT = 20
PATIENCE = 60 * clock.MINUTE  # until what was asked for, and did not come, is asked for again
PROGRAM = "import sys; from genklang.cli import main; sys.exit(main(['figures', *sys.argv[1:]]))"
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
    it is shown as it was while that goes on beside. What is `lasting` is then made by a program of its own
    (`genklang figures`), and shown by every process as it was last made.
    """
    place, stamp, now = (str(adoption.public_id), what), _stamp(adoption), clock.now()
    if lasting and int(stamp[2]) >= MANY:
        return _lasting(adoption, place, lasting, number=int(stamp[2]), kept_for=kept_for)
    with _lock:
        found = _kept.get(place)
    if found and found.holds(stamp, now, kept_for):
        return cast(T, found.value)
    make_it = partial(_make, place, stamp, make)
    if found and found.of_many:
        _beside(place, make_it)
        return cast(T, found.value)
    return make_it()


def make_lasting(adoption: Adoption, what: str, make: Callable[[], object]) -> float:
    """Makes it, and keeps it in the database for every process. Returns how many seconds it took to make."""
    began = time.monotonic()
    figures = msgspec.json.encode(make()).decode()
    took = time.monotonic() - began
    values = {"digest": adoption.protocol_version.digest, "at": clock.now(), "took": took, "figures": figures}
    KeptFigures.objects.update_or_create(adoption=adoption, what=what, defaults=values | {"asked_at": 0})
    return took


def _lasting(adoption: Adoption, place: Place, lasting: Lasting[T], *, number: int, kept_for: int) -> T:
    """What was last made, whoever made it, or what stands for it meanwhile; asked for anew when it has become old."""
    now, what = clock.now(), place[1]
    row = KeptFigures.objects.filter(adoption=adoption, what=what).defer("figures").first()
    made = row if row and row.at and row.digest == adoption.protocol_version.digest else None
    if made is None or now - made.at >= max(kept_for, int(TIMES_KEPT * made.took * clock.SECOND)):
        _ask_for(adoption, what, now)
    if made is None:
        return lasting.meanwhile(number)
    with _lock:
        found = _kept.get(place)
    if found is None or found.at != made.at:
        found = _Kept(made.at, (None, None, number, None), msgspec.json.decode(made.figures, type=lasting.kind), 0.0)
        _keep(place, found)
    return cast(T, found.value)


def _ask_for(adoption: Adoption, what: str, now: int) -> None:
    """Has it made by a program of its own: beside pages, in this one, it would slow them all. One at a time."""
    KeptFigures.objects.get_or_create(adoption=adoption, what=what)
    free = KeptFigures.objects.filter(adoption=adoption, what=what, asked_at__lt=now - PATIENCE)
    if free.update(asked_at=now):
        _start(str(adoption.public_id), what)


def _start(adoption: str, what: str) -> None:
    words, nothing = [sys.executable, "-c", PROGRAM, adoption, what], subprocess.DEVNULL
    subprocess.Popen(words, stdin=nothing, stdout=nothing)  # noqa: S603  (nothing that anybody wrote; faults go to the log)


def _make(place: Place, stamp: Stamp, make: Callable[[], T]) -> T:
    began = time.monotonic()
    made = make()
    _keep(place, _Kept(clock.now(), stamp, made, time.monotonic() - began))
    return made


def _keep(place: Place, made: _Kept) -> None:
    with _lock:
        _kept.pop(place, None)
        if len(_kept) >= MOST_KEPT:
            _kept.pop(next(iter(_kept)))
        _kept[place] = made


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
    number = counted((adoption.pk, "enrolments"), lambda: _people.count(adoption.pk), size=int)
    return (_latest.first(adoption.pk), _facts.first(), number, repr(adoption.overlay.get("prices")))


@prepared
def _latest(adoption: int) -> QuerySet[Event, int]:
    rows = Event.objects.filter(adoption=adoption).order_by("-received_at", "-pk")
    return rows.values_list("pk", flat=True)[:1]


@prepared
def _facts() -> QuerySet[OutcomeFact, int]:
    return OutcomeFact.objects.order_by("-pk").values_list("pk", flat=True)[:1]


@prepared
def _people(adoption: int) -> QuerySet[Enrolment, int]:
    return Enrolment.objects.filter(adoption=adoption).order_by().values_list("pk", flat=True)
