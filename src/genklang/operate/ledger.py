"""Recording under lock: one transaction for one enrolment's events, and setting an enrolment aside when it breaks."""

import logging
import traceback
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, transaction
from django.utils.translation import gettext as _

from genklang.bank.models import ProtocolVersion
from genklang.engine import randomisation
from genklang.engine import types as engine
from genklang.operate import clock
from genklang.operate.incoming import IncomingEvent, Outcome, RowAnswer, Source
from genklang.operate.lookups import HELD, fetch, places, tuples
from genklang.operate.machines import machine_for, with_shared
from genklang.operate.models import Adoption, Deadline, Enrolment, Notice
from genklang.operate.problems import Problem, unknown_enrolment
from genklang.operate.recording import Recorder, log_row
from genklang.operate.writing import Change, write

log = logging.getLogger(__name__)
SET_ASIDE = "set aside"
TOGETHER = 250  # enrolments that one transaction holds at most
FEW_LATE = 2  # more than these are refolded together, once


class Earlier(NamedTuple):
    """What an id already stands for."""

    enrolment: str
    kind: str
    occurred_at: int


Known = dict[str, Earlier]
Groups = Mapping[str, Sequence[IncomingEvent]]


def record_group(adoption: Adoption, key: str, events: Sequence[IncomingEvent], source: Source) -> list[RowAnswer]:
    """Records one enrolment's events in one transaction; an answer each, in the same order.

    When the engine itself fails, the enrolment is set aside and the events are kept for when it has been mended.
    """
    try:
        return _in_transaction(adoption, key, events, source)
    except IntegrityError:  # the same id at the same moment under another enrolment: by now it can be seen
        return _in_transaction(adoption, key, events, source)
    except DatabaseError:
        raise
    except Exception as error:
        enrolment = Enrolment.objects.get(adoption=adoption, key=key)
        set_aside(enrolment, error)
        return _in_transaction(adoption, key, events, source)


def record_groups(adoption: Adoption, groups: Groups, source: Source) -> dict[str, list[RowAnswer]]:
    """Records several enrolments' events in one transaction; where something breaks there, each by itself."""
    if len(groups) > 1:
        try:
            return _together(adoption, groups, source)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            log.warning("%d enrolments' events are recorded one by one: %s", len(groups), type(error).__name__)
    return {key: record_group(adoption, key, events, source) for key, events in groups.items()}


def set_aside(enrolment: Enrolment, error: Exception) -> None:
    """Lets the others go on: no time passes for this enrolment, what comes is kept, and an operator is told."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    reason = f"{type(error).__name__} in {place.name}, line {place.lineno}"
    log.error("enrolment %s set aside: %s", enrolment.public_id, reason)
    values = {"kind": "broken", "adoption": enrolment.adoption, "enrolment": enrolment, "at": clock.now()}
    with transaction.atomic():
        Enrolment.objects.filter(pk=enrolment.pk).update(broken_reason=reason[:200])
        Deadline.objects.filter(enrolment=enrolment).delete()
        Notice.objects.get_or_create(key=f"broken/{enrolment.public_id}", defaults=values)


def lock(adoption: Adoption, key: str) -> Enrolment | None:
    """The enrolment, held for this transaction; None where the adoption has none of that key.

    Its number stays, which is all that rows pointing at it ask for: writing one need not wait for this.
    """
    found = fetch(Enrolment, "WHERE adoption_id = %s AND key = %s", (adoption.pk, key), locked=HELD)
    if not found:
        return None
    row = found[0]
    [row.adoption] = fetch(Adoption, "WHERE id = %s", (adoption.pk,))
    # A version never changes, so the one at hand will do where it is the same.
    known = adoption.protocol_version
    row.adoption.protocol_version = _version(row.adoption.protocol_version_id, known)
    row.protocol_version = _version(row.protocol_version_id, row.adoption.protocol_version)
    return row


def _version(number: int, known: ProtocolVersion) -> ProtocolVersion:
    return known if known.pk == number else ProtocolVersion.objects.defer("source", "canonical").get(pk=number)


def find(adoption: Adoption, key: str) -> Enrolment | None:
    """The enrolment, only to be looked at."""
    return Enrolment.objects.with_protocol().filter(adoption=adoption, key=key).first()


def draw_arm(enrolment: Enrolment, effect: engine.Allocate) -> str | None:
    """The next arm of the adoption's concealed list, under the adoption's lock; nothing in an imported past."""
    adoption = Adoption.objects.select_for_update(no_key=True).get(pk=enrolment.adoption_id)
    declared = machine_for(enrolment).protocol.randomise
    if adoption.historical or declared is None:
        return None
    arm, drawn = randomisation.draw(
        adoption.allocation_state, seed=adoption.seed, declared=declared, stratum=effect.stratum
    )
    adoption.allocation_state = dict(drawn)
    adoption.save(update_fields=["allocation_state"])
    return arm


@transaction.atomic
def _in_transaction(adoption: Adoption, key: str, events: Sequence[IncomingEvent], source: Source) -> list[RowAnswer]:
    enrolment = lock(adoption, key)
    known = known_events(adoption, [event.id for event in events])
    recorded = _Recorded(source, known)
    answers = recorded.take(enrolment, key, events)
    recorded.write()
    return answers


@transaction.atomic
def _together(adoption: Adoption, groups: Groups, source: Source) -> dict[str, list[RowAnswer]]:
    """Locks are taken in the order of the rows' numbers, so that two such batches never wait for each other."""
    rows = Enrolment.objects.select_for_update(no_key=True).filter(adoption=adoption, key__in=groups).order_by("pk")
    found = {row.key: row for row in with_shared(list(rows))}
    known = known_events(adoption, [event.id for events in groups.values() for event in events])
    recorded = _Recorded(source, known)
    answers = {key: recorded.take(found.get(key), key, events) for key, events in groups.items()}
    recorded.write()
    return answers


class _Recorded:
    """What one transaction has taken in, and writes at its end."""

    def __init__(self, source: Source, known: Known) -> None:
        self._source, self._known = source, known
        self._now = clock.now()
        self._changes: list[Change] = []

    def take(self, enrolment: Enrolment | None, key: str, events: Sequence[IncomingEvent]) -> list[RowAnswer]:
        """An answer for each event, in the same order."""
        if enrolment is None:
            return [RowAnswer(event.id, Outcome.REFUSED, (unknown_enrolment(key),)) for event in events]
        if enrolment.broken_reason:
            return [_keep(enrolment, event, self._source, self._known) for event in events]
        recorder = Recorder(enrolment, now=self._now, draw=draw_arm)
        answers = dict(_take(recorder, events, self._source, self._known))
        if recorder.change.events:
            self._changes.append(recorder.finish())
        return [answers[place] for place in range(len(events))]

    def write(self) -> None:
        """Writes everything."""
        if self._changes:
            write(self._changes, now=self._now)


def known_events(adoption: Adoption, ids: Sequence[str]) -> Known:
    """Events that the adoption already has of these ids."""
    asked = (
        "SELECT log.key, whose.key, log.kind, log.occurred_at FROM operate_event log"  # noqa: S608
        " JOIN operate_enrolment whose ON whose.id = log.enrolment_id"
        f" WHERE log.adoption_id = %s AND log.key IN {places(ids)}"
    )
    rows = tuples(asked, (adoption.pk, *ids)) if ids else ()
    return {key: Earlier(enrolment, kind, occurred_at) for key, enrolment, kind, occurred_at in rows}


def _take(
    recorder: Recorder, events: Sequence[IncomingEvent], source: Source, known: Known
) -> Iterator[tuple[int, RowAnswer]]:
    """Each answer with its place in the batch. In the order in which they happened, which the engine takes fastest."""
    new: dict[str, int] = {}
    for place, event in enumerate(events):
        if earlier := known.get(event.id):
            yield place, answer_known(event, earlier)
        else:
            new[event.id] = place
            known[event.id] = _stands_for(event)
    fresh = sorted([events[place] for place in new.values()], key=lambda one: (one.occurred_at, one.sequence, one.id))
    late = sum(event.occurred_at <= recorder.state.horizon for event in fresh)
    together = late > FEW_LATE
    answers = recorder.take_together(fresh, source) if together else [recorder.take(event, source) for event in fresh]
    yield from ((new[answer.id], answer) for answer in answers)


def _stands_for(event: IncomingEvent) -> Earlier:
    return Earlier(event.enrolment, event.kind, event.occurred_at)


def answer_known(event: IncomingEvent, earlier: Earlier) -> RowAnswer:
    """A duplicate; or a refusal, when the id stands for something else."""
    if earlier == _stands_for(event):
        return RowAnswer(event.id, Outcome.DUPLICATE)
    instead = _("Give each event an id of its own, and the same id only when the same event is sent again.")
    problem = Problem("id", _("already stands for another event"), instead, event.id)
    return RowAnswer(event.id, Outcome.REFUSED, (problem,))


def _keep(enrolment: Enrolment, event: IncomingEvent, source: Source, known: Known) -> RowAnswer:
    """Only adds the event to the log: the enrolment is set aside, and nothing may be lost meanwhile."""
    if earlier := known.get(event.id):
        return answer_known(event, earlier)
    row = log_row(enrolment, unchecked(event, source), source)
    row.held = SET_ASIDE
    row.save(force_insert=True)
    known[event.id] = _stands_for(event)
    what = _("is kept, but not yet counted: this enrolment waits to be mended")
    return RowAnswer(event.id, Outcome.HELD, (Problem("enrolment", what, _("You need do nothing."), enrolment.key),))


def unchecked(event: IncomingEvent, source: Source) -> engine.Event:
    """The event as it was written."""
    return engine.Event(event.id, event.kind, event.occurred_at, source.by, event.data, event.sequence, clock.now())
