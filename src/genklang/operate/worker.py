"""What happens by itself: time passes for enrolments where something is due, and the outbox is emptied.

Several workers may run at once on PostgreSQL: each claims what no other holds. State is what the log folds to by the
horizon, so that time passing needs no rows of its own in the log.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.db.models import QuerySet

from genklang.operate import clock, deadlines, inside, outgoing
from genklang.operate.ledger import draw_arm, set_aside
from genklang.operate.lookups import SKIPPING, fetch
from genklang.operate.machines import with_shared
from genklang.operate.managers import EnrolmentQuerySet
from genklang.operate.models import Enrolment, Outbox, Status
from genklang.operate.recording import Recorder
from genklang.operate.sharing import CHANNELS
from genklang.operate.writing import Change, write

log = logging.getLogger(__name__)
BATCH = 250
LEASE = clock.MINUTE
SENDING_ENDS = LEASE - 10 * clock.SECOND
CLAIMED = "JOIN operate_deadline due ON due.enrolment_id = kept.id WHERE NOT paused AND at <= %s ORDER BY at LIMIT %s"
MOST_TRIES = 12
LONGEST_WAIT = 60 * clock.MINUTE


@dataclass(frozen=True)
class Upcoming:
    """The next deadline, the next message to send and the next place to give, None where nothing is planned."""

    due: int | None
    send: int | None
    free: int | None = None

    @property
    def first(self) -> int | None:
        """The earliest of them."""
        return min((instant for instant in (self.due, self.send, self.free) if instant is not None), default=None)


@dataclass(frozen=True)
class Ticked:
    """What one round did: enrolments for which time passed, those set aside, and how late the earliest was, in µs."""

    enrolments: int = 0
    broken: int = 0
    lag: int = 0


@dataclass(frozen=True)
class Drained:
    """What one round of the outbox did."""

    delivered: int = 0
    failed: int = 0
    expired: int = 0


def tick(now: int, *, limit: int = BATCH) -> Ticked:
    """Lets time pass up to `now` for at most `limit` enrolments, the most overdue first; a broken one is set aside."""
    try:
        return _tick_together(now, limit)
    except DatabaseError:
        log.exception("a round failed as a whole; trying one enrolment at a time")
        return _tick_singly(now, limit)


def upcoming(free: int | None) -> Upcoming:
    """When something next falls due and is next to be sent: two looks at the beginning of an index.

    `free` is when time next makes a place free, which `inside.next_free` tells and nothing but time changes unseen.
    """
    # In order and the first, not the least: only so do the databases go to the index's beginning and stop there.
    due = deadlines.watched().order_by("at").values_list("at", flat=True).first()
    send = _unsent().order_by("available_at").values_list("available_at", flat=True).first()
    return Upcoming(due, send, free)


def next_wake() -> int | None:
    """When something next falls due, or is next to be sent; None when nothing is planned."""
    return upcoming(inside.next_free()).first


def waiting(now: int) -> EnrolmentQuerySet:
    """Enrolments for which something is due, the most overdue first."""
    due = Enrolment.objects.filter(deadline__paused=False, deadline__at__lte=now, adoption__status=Status.RUNNING)
    return due.order_by("deadline__at")


@transaction.atomic
def _tick_together(now: int, limit: int) -> Ticked:
    claimed = with_shared(fetch(Enrolment, CLAIMED, (now, limit), locked=SKIPPING))
    still = {row.pk: row.adoption_id for row in claimed if not row.adoption.is_watched}
    if still:
        deadlines.pause(still, of=set(still.values()))
    changes, broken = [], 0
    for enrolment in claimed:
        if enrolment.pk not in still:
            try:
                changes.append(_let_pass(enrolment, now))
            except Exception as error:
                broken += 1
                set_aside(enrolment, error)
    write(changes, now=now)
    lag = now - min((change.before.wake for change in changes if change.before), default=now)
    return Ticked(len(claimed), broken, lag)


def _tick_singly(now: int, limit: int) -> Ticked:
    keys = list(waiting(now).values_list("pk", flat=True)[:limit])
    broken = 0
    for key in keys:
        try:
            _tick_one(key, now)
        except (OperationalError, InterfaceError):
            raise  # the database is full, locked or away: nothing is wrong with the enrolment
        except Exception as error:
            broken += 1
            set_aside(Enrolment.objects.select_related("adoption").get(pk=key), error)
    return Ticked(len(keys), broken)


@transaction.atomic
def _tick_one(key: int, now: int) -> None:
    rows = waiting(now).with_protocol().select_for_update(skip_locked=True, no_key=True, of=("self",))
    if enrolment := rows.filter(pk=key).first():
        write([_let_pass(enrolment, now)], now=now)


def _let_pass(enrolment: Enrolment, now: int) -> Change:
    recorder = Recorder(enrolment, now=now, draw=draw_arm)
    recorder.change.woken = True
    recorder.pass_time(now)
    return recorder.finish()


def drain(now: int, *, limit: int = BATCH) -> Drained:
    """Hands over what waits in the outbox. A row is leased first and marked afterwards: at least once, never lost."""
    if not _outward().filter(available_at__lte=now).exists():
        return Drained()
    expired = _outward().filter(expires_at__lte=now).update(given_up_at=now, error="expired")
    delivered = failed = 0
    for row in _lease(now, limit):
        if clock.now() - now > SENDING_ENDS:
            break  # a gateway that answers slowly: another worker may soon take what is left
        try:
            outgoing.deliver(row, now=now)
        except outgoing.NotDelivered as error:
            failed += 1
            _try_again(row, now, str(error))
        except Exception as error:
            failed += 1
            _try_again(row, now, type(error).__name__)
        else:
            delivered += 1
            Outbox.objects.filter(pk=row.pk).update(delivered_at=now, error="")
    return Drained(delivered, failed, expired)


def _outward() -> QuerySet[Outbox]:
    """What leaves the house; what stays inside is `inside`'s."""
    return _unsent().exclude(channel__in=CHANNELS)


def _unsent() -> QuerySet[Outbox]:
    return Outbox.objects.filter(delivered_at__isnull=True, given_up_at__isnull=True)


@transaction.atomic
def _lease(now: int, limit: int) -> Sequence[Outbox]:
    """Takes rows for a minute: whoever dies meanwhile leaves them to the next, and that counts as no try."""
    ready = _outward().filter(available_at__lte=now).order_by("available_at")
    rows = ready.select_related("adoption", "enrolment__person__user").select_for_update(skip_locked=True, of=("self",))
    leased = list(rows[:limit])
    keys = [row.pk for row in leased]
    Outbox.objects.filter(pk__in=keys).update(available_at=now + LEASE)
    return leased


def _try_again(row: Outbox, now: int, error: str) -> None:
    """Waits twice as long each time, an hour at most; after twelve tries it is given up, and stays to be seen."""
    tries = row.attempts + 1
    wait = min(LONGEST_WAIT, clock.SECOND * 2**tries)
    given_up_at = now if tries >= MOST_TRIES else None
    values = {"attempts": tries, "available_at": now + wait, "given_up_at": given_up_at, "error": error[:200]}
    Outbox.objects.filter(pk=row.pk).update(**values)
    log.warning("outbox row %d not delivered at try %d: %s", row.pk, tries, error)
