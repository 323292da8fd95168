"""The demonstration's people live on: what they do follows from the seed, and is reported as it would be by anyone.

What the signed-in participant can do is left to them, and a dose that was to be forgotten stays so.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from genklang.engine.types import Due, Event, State
from genklang.operate import clock, services
from genklang.operate.demo.scenes import FORGETFUL, SEED
from genklang.operate.incoming import IncomingEvent, Outcome, Source
from genklang.operate.machines import load_state, machine_for
from genklang.operate.managers import EnrolmentQuerySet
from genklang.operate.models import Adoption, Enrolment, Status
from genklang.operate.models import Event as EventRow
from genklang.protocol.units import HOUR
from genklang.rehearsal import live
from genklang.rehearsal.participant import enrolment_name
from genklang.rehearsal.script import Script

FORGETS = {enrolment_name(SEED, index) for index in FORGETFUL}
HAPPENINGS_EVERY = HOUR
MOST_AT_ONCE = 500


@dataclass
class Living:
    """Lets time pass for invented people. One a process; asked before the worker's tick, so that they answer first."""

    _scripts: dict[int, Script] = field(default_factory=dict)
    _wakes: dict[int, tuple[int, int | None]] = field(default_factory=dict)
    _happened: int | None = None
    _began: int = field(default_factory=clock.now)

    def step(self, now: int) -> int:
        """Reports what invented people have done by now. Returns how many events that was."""
        with_happenings = self._happened is None or now >= self._happened + HAPPENINGS_EVERY
        count = 0
        for pk, horizon in self._alive().values_list("pk", "horizon"):
            known, wake = self._wakes.get(pk, (None, None))
            if with_happenings or known != horizon or (wake is not None and wake <= now):
                count += self._catch_up(pk, now, with_happenings=with_happenings)
        if with_happenings:
            self._happened = now
        return count

    def _alive(self) -> EnrolmentQuerySet:
        adoptions = Adoption.objects.filter(simulated=True, historical=False, status=Status.RUNNING)
        return Enrolment.objects.filter(adoption__in=adoptions, ended_at=None, broken_reason="")

    def _catch_up(self, pk: int, now: int, *, with_happenings: bool) -> int:
        enrolment = Enrolment.objects.with_protocol().select_related("person", "adoption").get(pk=pk)
        count = 0
        if with_happenings:
            count += self._report(enrolment, list(self._happenings(enrolment, now)))
        for _ in range(MOST_AT_ONCE):
            enrolment.refresh_from_db(fields=["state", "horizon", "stage", "arm", "ended_at"])
            ahead = self._answers(enrolment)
            following = next((event for event in ahead if event.occurred_at > enrolment.horizon), None)
            self._wakes[pk] = (enrolment.horizon, following.occurred_at if following else None)
            if following is None or following.occurred_at > now or not self._report(enrolment, [following]):
                break
            count += 1
        return count

    def _answers(self, enrolment: Enrolment) -> list[Event]:
        state = load_state(enrolment)
        script = self._script(enrolment)
        events = [
            live.answer(script, state, due, seed=SEED, enrolled_at=enrolment.enrolled_at)
            for due in _dues(state)
            if not due.closed and not self._left_to_others(enrolment, script, due)
        ]
        return sorted((event for event in events if event), key=lambda event: event.position)

    def _left_to_others(self, enrolment: Enrolment, script: Script, due: Due) -> bool:
        act = script.answers.get(due.expectation)
        if act is None:
            return True
        if enrolment.key in FORGETS and due.expectation == "dose":
            return due.target_at < self._began + 2 * HOUR
        return _signs_in(enrolment) and act.role in script.protocol.participant_roles

    def _happenings(self, enrolment: Enrolment, now: int) -> Iterator[Event]:
        script = self._script(enrolment)
        after = self._happened if self._happened is not None else enrolment.horizon
        anchors = EventRow.objects.filter(enrolment=enrolment, kind__in=list(script.happenings))
        own = script.protocol.participant_roles if _signs_in(enrolment) else ()
        for row in anchors:
            anchor = Event(row.key, row.kind, row.occurred_at, row.by, row.data)
            yield from (
                event
                for event in live.happenings(
                    script,
                    load_state(enrolment),
                    anchor,
                    seed=SEED,
                    enrolled_at=enrolment.enrolled_at,
                    after=after,
                    until=now,
                )
                if event.by not in own
            )

    def _report(self, enrolment: Enrolment, events: list[Event]) -> int:
        """Reports events as their role. Returns how many were new."""
        accepted = 0
        for event in events:
            incoming = IncomingEvent(event.id, enrolment.key, event.kind, event.occurred_at, event.data)
            answer = services.record(enrolment.adoption, [incoming], source=Source(by=event.by))[0]
            accepted += answer.status is Outcome.ACCEPTED
        return accepted

    def _script(self, enrolment: Enrolment) -> Script:
        key = enrolment.protocol_version_id
        if key not in self._scripts:
            self._scripts[key] = Script(machine_for(enrolment).protocol, zone=enrolment.adoption.zone)
        return self._scripts[key]


def _signs_in(enrolment: Enrolment) -> bool:
    return enrolment.person is not None and enrolment.person.user_id is not None


def _dues(state: State) -> Iterator[Due]:
    """What is open, and what opens next."""
    for track in state.tracks:
        yield from track.live
        if track.upcoming:
            yield track.upcoming
