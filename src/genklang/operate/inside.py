"""What enrolments of an adoption do to each other: events that pass, and places that become free.

Never is a second enrolment locked in one transaction. What an event brings to others is written to the outbox with it,
and recorded there afterwards in a transaction of its own: at once when the first has been kept, by the worker when
somebody was killed in between. Under an id that follows from its cause it is recorded once, however often it is tried.
"""

import logging
import threading
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import F, Q, QuerySet

from genklang.engine.shared import Settled, Shared
from genklang.engine.shared.places import shared_as_dict, shared_from_dict
from genklang.operate import clock, ledger
from genklang.operate.incoming import IncomingEvent, Outcome, Source
from genklang.operate.machines import load_state
from genklang.operate.models import Adoption, Enrolment, Event, Outbox, Status
from genklang.operate.rows import insert
from genklang.operate.shared_states import SharedState
from genklang.operate.sharing import CHANNELS, DELIVERY, LOOK, delivery_rows, look, places_for

log = logging.getLogger(__name__)
AT_ONCE = 100
MOST_ROUNDS = 100
MOST_TRIES = 12
LONGEST_WAIT = 60 * clock.MINUTE
_here = threading.local()


def settle(adoption_id: int) -> int:
    """Does everything that waits inside an adoption, and what follows from it; answers how many rows that was."""
    if getattr(_here, "busy", False):
        return 0  # whoever began it goes on until nothing is left
    _here.busy = True
    done = 0
    try:
        for _round in range(MOST_ROUNDS):
            some = _give_places(adoption_id) + _deliver_some(adoption_id)
            done += some
            if not some:
                break
    finally:
        _here.busy = False
    return done


def settle_all(now: int) -> int:
    """What a killed process left, and places that time has made free: for the worker. Answers how many rows."""
    waiting = _waiting().filter(available_at__lte=now, adoption__historical=False)
    adoptions = set(waiting.values_list("adoption_id", flat=True).distinct()[:AT_ONCE])
    adoptions |= set(_free_by(now).values_list("adoption_id", flat=True)[:AT_ONCE])
    return sum(settle(adoption) for adoption in sorted(adoptions))


def next_free() -> int | None:
    """When time next makes a place free somewhere."""
    rows = _free_by(None).order_by("next_free")
    return rows.values_list("next_free", flat=True).first()


def _free_by(now: int | None) -> QuerySet[SharedState]:
    due = Q(next_free__isnull=False) if now is None else Q(next_free__lte=now)
    return SharedState.objects.filter(due, adoption__status=Status.RUNNING, adoption__historical=False)


def _waiting(**chosen: Any) -> QuerySet[Outbox]:
    rows = Outbox.objects.filter(delivered_at__isnull=True, given_up_at__isnull=True, **chosen)
    return rows if "channel" in chosen else rows.filter(channel__in=CHANNELS)


def _give_places(adoption_id: int) -> int:
    """Looks at those who have changed, and promises what is free; answers how many notes were dealt with.

    Only the shared row is locked. Enrolments are read as they stand: one that changes meanwhile leaves a note of it.
    """
    now = clock.now()
    looks = _waiting(adoption_id=adoption_id, channel=LOOK)
    row = SharedState.objects.filter(adoption_id=adoption_id).first()
    if not looks.exists() and not (row and (row.stale or (row.next_free or now + 1) <= now)):
        return 0
    SharedState.objects.get_or_create(adoption_id=adoption_id)
    with transaction.atomic():
        locked = SharedState.objects.select_for_update().get(adoption_id=adoption_id)
        adoption = Adoption.objects.select_related("protocol_version").get(pk=adoption_id)
        noted = list(looks.order_by("pk"))
        return _settled(locked, adoption, noted, now)


def _settled(row: SharedState, adoption: Adoption, noted: Sequence[Outbox], now: int) -> int:
    places = places_for(adoption)
    shared: Shared = {**places.begin(), **shared_from_dict(row.state)}
    if row.stale:  # whoever could not take a place is asked again
        shared = {name: queue._replace(refused={}) for name, queue in shared.items()}
    for note in noted:
        if event := note.payload.get("event"):
            shared = places.answered(shared, event, accepted=note.payload["accepted"])
    for enrolment in _to_look_at(row, adoption, noted, shared):
        shared = places.observe(shared, load_state(enrolment))
    # During a pause nobody is given anything; when it is over everybody is looked at anew.
    given = places.give(shared, now) if adoption.is_watched else Settled(shared)
    insert(delivery_rows(adoption, given.deliveries), ignore_conflicts=True)
    row.state, row.stale, row.next_free = shared_as_dict(given.shared), False, places.next_free(given.shared)
    row.save(update_fields=["state", "stale", "next_free"])
    Outbox.objects.filter(pk__in=[note.pk for note in noted]).update(delivered_at=now)
    return len(noted) + len(given.deliveries)


def _to_look_at(row: SharedState, adoption: Adoption, noted: Sequence[Outbox], shared: Shared) -> Iterable[Enrolment]:
    """Those who have changed; everybody who may wait or hold a place, where all is to be looked at anew."""
    rows = Enrolment.objects.filter(adoption=adoption, broken_reason="").only("key", "state")
    if not row.stale:
        return rows.filter(pk__in={note.enrolment_id for note in noted})
    declared = places_for(adoption).declared.values()
    stages = {stage for place in declared for stage in (*place.waiting, *place.holding)}
    known = {enrolment for queue in shared.values() for enrolment in (*queue.waiting, *queue.holding)}
    return rows.filter(Q(stage__in=stages) | Q(key__in=known))


def _deliver_some(adoption_id: int) -> int:
    ready = _waiting(adoption_id=adoption_id, channel=DELIVERY, available_at__lte=clock.now())
    return sum(_delivered(key) for key in ready.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])


def _delivered(key: int) -> bool:
    """Records one delivery, and marks it, in one transaction. What fails is tried again later."""
    try:
        return _deliver(key)
    except DatabaseError:
        raise
    except Exception as error:
        row = Outbox.objects.get(pk=key)
        wait = min(LONGEST_WAIT, clock.SECOND * 2 ** (row.attempts + 1))
        given_up = clock.now() if row.attempts + 1 >= MOST_TRIES else None
        Outbox.objects.filter(pk=key).update(
            attempts=F("attempts") + 1,
            available_at=clock.now() + wait,
            given_up_at=given_up,
            error=type(error).__name__,
        )
        log.exception("delivery %d inside failed", key)
        return False


@transaction.atomic
def _deliver(key: int) -> bool:
    rows = _waiting(pk=key, channel=DELIVERY).select_related("enrolment", "adoption__protocol_version")
    row = rows.select_for_update(skip_locked=True, of=("self",)).first()
    if row is None:
        return False  # another has it
    outcome = _recorded(row)
    refused = outcome is Outcome.REFUSED and not row.payload["place"]
    if refused:
        log.warning("delivery %d inside was refused", row.pk)
    if row.payload["place"]:
        took = outcome in (Outcome.ACCEPTED, Outcome.DUPLICATE)
        insert([look(row.enrolment, row.payload["id"], {"event": row.payload["id"], "accepted": took})])
    Outbox.objects.filter(pk=row.pk).update(
        delivered_at=None if refused else clock.now(),
        given_up_at=clock.now() if refused else None,
        attempts=F("attempts") + 1,
        error="refused" if refused else "",
    )
    return True


def _recorded(row: Outbox) -> Outcome:
    """Records the event: a place when it is taken, what was passed on when its cause happened."""
    given = row.payload
    if Event.objects.filter(adoption_id=row.adoption_id, key=given["id"]).exists():
        return Outcome.DUPLICATE
    at = _taken_at(row) if given["place"] else max(given["occurred_at"], row.enrolment.enrolled_at)
    event = IncomingEvent(given["id"], row.enrolment.key, given["kind"], at, given["data"], given["sequence"])
    source = Source(by="system", house=True, waits=not given["place"])
    [answer] = ledger.record_group(row.adoption, row.enrolment.key, [event], source)
    return answer.status


def _taken_at(row: Outbox) -> int:
    """Now, and after all that is known of the enrolment, which is held meanwhile: clocks may differ a little."""
    held = ledger.lock(row.adoption, row.enrolment.key)
    return max(clock.now(), held.horizon + 1 if held else 0)
