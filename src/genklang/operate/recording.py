"""One enrolment's log while it grows: an event is checked and taken, and what came of it gathered. Writes nothing.

The same code runs when a device reports, when a person fills in a form, and when a file is previewed and imported.
"""

import json
from collections.abc import Callable, Sequence, Set
from dataclasses import replace
from operator import itemgetter
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from genklang.engine import types as engine
from genklang.engine.asked import with_proposed
from genklang.engine.machine import in_order
from genklang.engine.problems import Problem as EngineProblem
from genklang.engine.randomisation import is_drawn
from genklang.operate import books, clock, deciding, others
from genklang.operate.directory import engine_event as engine_event
from genklang.operate.incoming import IncomingEvent, Outcome, RowAnswer, Source
from genklang.operate.machines import load_state, machine_for, settle_row
from genklang.operate.models import Enrolment, Event
from genklang.operate.problems import Problem
from genklang.operate.raising import acknowledgements
from genklang.operate.writing import Change

Draw = Callable[[Enrolment, engine.Allocate], str | None]
Checked = tuple[engine.Event, tuple[Problem, ...]]
CHANCE = (engine.Allocate, engine.DrawSample)
UNEXPLAINED = "unexplained"
LARGEST_DATA = 64 * 1024
COLUMNS = itemgetter(*(field.attname for field in Event._meta.concrete_fields))
WAITS = {"stage_forbids", "condition_not_met", "required_first", "unknown_reference"}


class Recorder:
    """Takes events for one enrolment, in any order. The caller holds its lock, and hands `finish()` to `writing.write`.

    `draw` gives the next arm of the adoption's list, or None where nothing is drawn. `fresh` when no row is there yet.
    """

    def __init__(self, enrolment: Enrolment, *, now: int, draw: Draw, fresh: bool = False) -> None:
        self.enrolment = enrolment
        self.now = now
        self.machine = machine_for(enrolment)
        state = self.machine.begin(enrolment.key) if fresh else load_state(enrolment)
        self.change = Change(enrolment, self.machine, before=None if fresh else state, after=state)
        self._draw = draw
        self._log: list[engine.Event] | None = [] if fresh else None
        self._held: set[str] | None = set() if fresh else None
        self._coming: list[engine.Event] = []

    @property
    def state(self) -> engine.State:
        """The state so far."""
        return self.change.after

    def take(self, incoming: IncomingEvent, source: Source) -> RowAnswer:
        """Records the event, unless something is wrong with it: then nothing has changed."""
        event, problems = self._checked(incoming, source)
        if problems:
            return _answer(incoming, problems, held=frozenset())
        return _answer(incoming, (), held=frozenset() if self._apply(event, source) else {event.id})

    def take_together(self, incoming: Sequence[IncomingEvent], source: Source) -> list[RowAnswer]:
        """Many events of which some come late: each is checked at its place in the log, which is refolded once."""
        checked = self._checked_in_place(incoming, source)
        self._coming.clear()
        accepted = [event for event, problems in checked.values() if not problems]
        held = self._apply_all(accepted, source) if accepted else frozenset[str]()
        return [_answer(one, checked[one.id][1], held=held) for one in incoming]

    def _checked_in_place(self, incoming: Sequence[IncomingEvent], source: Source) -> dict[str, Checked]:
        """Each event checked by how things stood when it happened, the others that came with it taken into account."""
        first = min(one.occurred_at for one in incoming)
        known = not_void(self.log())
        before = [event for event in known if event.occurred_at < first]
        state = self.machine.fold(self.enrolment.key, before).state
        places: list[tuple[engine.Position, engine.Event | IncomingEvent]] = [
            *((event.position, event) for event in known if event.occurred_at >= first),
            *(((one.occurred_at, one.sequence, one.id), one) for one in incoming),
        ]
        checked: dict[str, Checked] = {}
        for _position, one in sorted(places, key=itemgetter(0)):
            event = one
            if isinstance(one, IncomingEvent):
                checked[one.id] = event, problems = self._checked(one, source, then=state)
                if problems:
                    continue
                self._coming.append(event)
            if isinstance(event, engine.Event) and in_order(state, event):
                state = self.machine.step(state, event).state
        self._coming = []
        return checked

    def _checked(self, incoming: IncomingEvent, source: Source, *, then: engine.State | None = None) -> Checked:
        """The event with its fields as their types, and what is wrong with it at the time when it happened."""
        incoming = replace(incoming, data=self._with_proposed(incoming))
        coerced = self.machine.coerce(incoming.kind, incoming.data)
        event = engine.Event(
            incoming.id, incoming.kind, incoming.occurred_at, source.by, coerced.data, incoming.sequence, self.now
        )
        if problem := self._house_only(event, source) or _too_much(event):
            return event, (problem,)
        raw = engine.Event(event.id, event.kind, event.occurred_at, event.by, incoming.data, event.sequence, self.now)
        if problem := self._out_of_bounds(event):  # how things stood at such a time says nothing
            return event, (problem, *map(in_words, self.machine.check_form(raw)))
        before = self._just_before(event, then or self.state)
        found = self.machine.check(before, raw, history=self._known_so_far)
        if source.may_wait:
            found = [problem for problem in found if problem.code not in WAITS]
        if found:
            return event, tuple(in_words(problem) for problem in found)
        return event, tuple(self._about_others(event, source))

    def _with_proposed(self, incoming: IncomingEvent) -> dict[str, Any]:
        """What the event carries; where it decides a proposal, with what was proposed."""
        return with_proposed(
            self.machine,
            incoming.kind,
            incoming.data,
            log=self._known_so_far,
            enrolment=self.enrolment.key,
        )

    def _about_others(self, event: engine.Event, source: Source) -> list[Problem]:
        """What lies outside the enrolment: others' events that it points at, and accounts that it draws on."""
        reported = not source.may_wait
        found = others.problems(self.enrolment, event, reported=reported)
        if reported:
            found += deciding.unexplained(self.machine.protocol, event)
        return found or (books.too_low(self.enrolment, event, pending=self.change.events) if reported else [])

    def _known_so_far(self) -> list[engine.Event]:
        """What an event may point at: the log, and what came with it and was right."""
        return [*self.log(), *self._coming]

    def _just_before(self, event: engine.Event, state: engine.State) -> engine.State:
        """How things stand just before an event that answers to a due; the worker may not have come as far yet."""
        if event.kind not in ("acknowledged", "resolved", "waived"):
            return state
        return self.machine.advance(state, event.occurred_at - 1).state

    def _house_only(self, event: engine.Event, source: Source) -> Problem | None:
        """The engine's own kinds of event come from the house's verbs, never from outside."""
        if event.kind not in engine.BUILT_IN or source.house:
            return None
        instead = _("Write one of %(names)s.") % {"names": ", ".join(self.machine.protocol.events)}
        return Problem("event", _("is not for reporting"), instead, event.kind)

    def _out_of_bounds(self, event: engine.Event) -> Problem | None:
        written = clock.moment(event.occurred_at).isoformat()
        if event.occurred_at > self.now + clock.FUTURE_BOUND:
            instead = _("Write when it happened, and check the clock and its time zone.")
            return Problem("occurred_at", _("has not been yet"), instead, written)
        if event.occurred_at < self.enrolment.enrolled_at:
            instead = _("Write a time from %(start)s on, or correct when the enrolment began.")
            start = clock.moment(self.enrolment.enrolled_at).isoformat()
            return Problem("occurred_at", _("is before the enrolment"), instead % {"start": start}, written)
        return None

    def pass_time(self, to: int) -> None:
        """Lets time pass up to and including `to`."""
        self._gather(self.machine.advance(self.state, to))

    def finish(self) -> Change:
        """Everything that is new, with the row brought up to date."""
        settle_row(self.enrolment, self.machine, self.state)
        return self.change

    def log(self) -> list[engine.Event]:
        """All events of the enrolment so far, those just taken among them."""
        if self._log is None:
            self._log = [engine_event(row) for row in Event.objects.filter(enrolment=self.enrolment)]
            self._log += [engine_event(row) for row in self.change.events]
        return self._log

    def _apply(self, event: engine.Event, source: Source) -> bool:
        """Lets the engine take it; True unless it is held."""
        step = self.machine.apply(self.state, event, history=self.log)
        self._append(event, source, held=event.id in step.held)
        self._gather(step)
        return event.id not in step.held

    def _apply_all(self, events: Sequence[engine.Event], source: Source) -> frozenset[str]:
        """Lets the engine take them all; answers which events of the log are held."""
        step = self.machine.apply_all(self.state, events, history=self.log)
        for event in events:
            self._append(event, source, held=event.id in step.held)
        self._gather(step)
        return frozenset(step.held)

    def _append(self, event: engine.Event, source: Source, *, held: bool) -> None:
        row = log_row(self.enrolment, event, source)
        row.held = UNEXPLAINED if held else None
        self.change.events.append(row)
        if self._log is not None:
            self._log.append(event)
        if event.kind == "acknowledged" and not held:
            self.change.effects += acknowledgements([row], held=())

    def _gather(self, step: engine.Step) -> None:
        self.change.after = step.state
        told = {fact.due for fact in step.facts}
        self.change.facts += step.facts
        self.change.withdrawn = [due for due in self.change.withdrawn if due not in told] + list(step.withdrawn)
        if not self.enrolment.adoption.historical:  # nobody is called to what is long past
            self.change.effects += [effect for effect in step.effects if not isinstance(effect, CHANCE)]
        if step.refolded:
            self._note_held(set(step.held))
        for effect in step.effects:
            if isinstance(effect, engine.Allocate):
                self._allocate(effect)
            elif isinstance(effect, engine.DrawSample):
                self._draw_sample(effect)

    def _note_held(self, held: set[str]) -> None:
        """A refold says of the whole log what is held: what is explained now is let go, and the other way round."""
        known = self._known_held()
        for key in held ^ known:
            self.change.held[key] = UNEXPLAINED if key in held else None
        for row in self.change.events:
            row.held = UNEXPLAINED if row.key in held else None
        self._held = held

    def _known_held(self) -> set[str]:
        if self._held is None:
            rows = Event.objects.filter(enrolment=self.enrolment, held__isnull=False)
            self._held = set(rows.values_list("key", flat=True))
        return self._held

    def _allocate(self, effect: engine.Allocate) -> None:
        """Draws an arm, once for an enrolment: a draw stands, whatever is later found to have been void."""
        drawn = [event for event in self.log() if event.kind == "allocated"]
        arm = str(drawn[0].data["arm"]) if drawn else self._draw(self.enrolment, effect)
        if arm is None:
            return
        event = self.machine.allocation(effect, arm=arm)
        if event.id not in {one.id for one in drawn}:
            self._apply(event, Source(by="system"))

    def _draw_sample(self, effect: engine.DrawSample) -> None:
        """Draws whether the enrolment is in a sample, by the adoption's seed; nothing in an imported past."""
        declared = self.machine.protocol.draws[effect.draw]
        adoption = self.enrolment.adoption
        if adoption.historical or effect.draw in self.state.facts:
            return
        chosen = is_drawn(adoption.seed, draw=effect.draw, enrolment=self.enrolment.key, share=declared.share)
        event = self.machine.drawing(effect, chosen=chosen)
        if all(one.id != event.id for one in self.log()):
            self._apply(event, Source(by="system"))


def _too_much(event: engine.Event) -> Problem | None:
    if not event.data:
        return None
    text = json.dumps(event.data)
    if len(text) > LARGEST_DATA or "\\u0000" in text:
        return Problem("data", _("is too much, or no plain text"), _("Write less than 64 KB of plain text."))
    return None


def in_words(problem: EngineProblem) -> Problem:
    """The engine's problem in the reader's language."""
    what, instead = problem.parts("sv" if (get_language() or "sv").startswith("sv") else "en")
    return Problem(problem.field or "event", what, instead)


def log_row(enrolment: Enrolment, event: engine.Event, source: Source) -> Event:
    """An unsaved row of the log."""
    row = Event(*_values(enrolment, event, source))  # by place: Django takes names apart four times as slowly
    known = {"enrolment": enrolment, "actor": source.user, "token": source.token, "batch": source.batch}
    row._state.fields_cache.update(known, link=source.link)  # what is saved later gives its number then
    return row


def _values(enrolment: Enrolment, event: engine.Event, source: Source) -> Any:
    """What an event's row holds, in the order of its columns."""
    values = {
        "id": None,
        "adoption_id": enrolment.adoption_id,
        "enrolment_id": enrolment.pk,
        "key": event.id,
        "kind": event.kind,
        "occurred_at": event.occurred_at,
        "sequence": event.sequence,
        "received_at": event.received_at,
        "by": source.by,
        "actor_id": source.user.pk if source.user else None,
        "token_id": source.token.pk if source.token else None,
        "batch_id": source.batch.pk if source.batch else None,
        "link_id": source.link.pk if source.link else None,
        "data": dict(event.data),
        "held": None,
    }
    return COLUMNS(values)


def not_void(log: Sequence[engine.Event]) -> list[engine.Event]:
    """The events that nobody has said did not happen."""
    void = {str(event.data.get("event", "")) for event in log if event.kind == "voided"}
    return [event for event in log if event.id not in void]


def _answer(incoming: IncomingEvent, problems: tuple[Problem, ...], *, held: Set[str]) -> RowAnswer:
    if problems:
        return RowAnswer(incoming.id, Outcome.REFUSED, problems)
    if incoming.id in held:
        return RowAnswer(incoming.id, Outcome.HELD, (_held_back(incoming.kind),))
    return RowAnswer(incoming.id, Outcome.ACCEPTED)


def _held_back(kind: str) -> Problem:
    what = _("does not fit what is known so far; it is kept, and counts as soon as something explains it")
    return Problem("event", what, _("Send what came before it, if that is missing."), kind)
