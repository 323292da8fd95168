"""Proposals in a log: which event asked, what the sum was then, and which event decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from typing import Any

from genklang.engine.machine import Machine
from genklang.engine.proposals import Reckoner, Sum, Worked
from genklang.engine.types import Event
from genklang.protocol.reckoning import Proposal
from genklang.protocol.types import Protocol


@dataclass(frozen=True)
class Asked:
    """An event that asked for a proposal, and the event that decided, if any. `sum` is worked out when it is read."""

    proposal: str
    event: Event
    decision: Event | None
    work_out: Callable[[], Sum] = field(repr=False)

    @cached_property
    def sum(self) -> Sum:
        """The sum, as things stood when the event happened."""
        return self.work_out()

    @property
    def amount(self) -> float | None:
        """What is proposed; None where the sum stopped."""
        return self.sum.result if isinstance(self.sum, Worked) else None


def proposal_decided_by(protocol: Protocol, kind: str) -> tuple[str, Proposal] | None:
    """The proposal that an event of a kind decides, None for most kinds."""
    return next(((name, one) for name, one in protocol.proposals.items() if one.decided_by == kind), None)


def asked(machine: Machine, log: Sequence[Event], *, enrolment: str) -> list[Asked]:
    """Every proposal of an enrolment's log, in order of time. Events that are voided ask for nothing."""
    void = {str(event.data.get("event", "")) for event in log if event.kind == "voided"}
    events = sorted((event for event in log if event.id not in void), key=lambda event: event.position)
    return [
        Asked(name, event, _decision(proposal, event, events), partial(_sum, machine, name, event, log, enrolment))
        for event in events
        for name, proposal in machine.protocol.proposals.items()
        if proposal.on == event.kind
    ]


def sum_for(machine: Machine, log: Sequence[Event], *, enrolment: str, proposal: str, about: str) -> Sum | None:
    """The sum of the event `about`, as things stood when it happened; None where there is no such event."""
    declared = machine.protocol.proposals[proposal]
    event = next((event for event in log if event.id == about and event.kind == declared.on), None)
    return _sum(machine, proposal, event, log, enrolment) if event else None


def with_proposed(
    machine: Machine, kind: str, data: Mapping[str, Any], *, log: Callable[[], Sequence[Event]], enrolment: str
) -> dict[str, Any]:
    """The data of an event with what was proposed in it, where it decides a proposal whose sum could be worked out.

    Whatever the reporter wrote there is taken away: what a log says was proposed must be so.
    """
    found = proposal_decided_by(machine.protocol, kind)
    if found is None:
        return dict(data)
    name, proposal = found
    kept = {field: value for field, value in data.items() if field != proposal.proposed}
    about = str(data.get(proposal.refers) or "")
    worked = sum_for(machine, log(), enrolment=enrolment, proposal=name, about=about)
    return {**kept, proposal.proposed: worked.result} if isinstance(worked, Worked) else kept


def _decision(proposal: Proposal, asking: Event, events: Sequence[Event]) -> Event | None:
    """The latest event that decided it."""
    found = [
        event
        for event in events
        if event.kind == proposal.decided_by and str(event.data.get(proposal.refers, "")) == asking.id
    ]
    return found[-1] if found else None


def _sum(machine: Machine, name: str, event: Event, log: Sequence[Event], enrolment: str) -> Sum:
    state = machine.fold(enrolment, log, until=event.occurred_at).state
    return work_out(machine, name, event, facts=state.facts)


def work_out(machine: Machine, name: str, event: Event, *, facts: Mapping[str, Any]) -> Sum:
    """The sum that an event asks for, with facts as they stood when it had happened."""
    day = machine.zone.local(event.occurred_at).date().isoformat()
    return reckoner(machine, name).work_out(facts=facts, data=event.data, day=day)


@lru_cache(maxsize=64)
def reckoner(machine: Machine, name: str) -> Reckoner:
    """The proposal made ready, once a machine."""
    return Reckoner(machine.protocol, name)
