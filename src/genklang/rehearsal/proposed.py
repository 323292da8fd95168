"""Proposals in a rehearsal: the sums are the real ones, and simulated staff decide as proposed."""

from collections.abc import Mapping
from typing import Any

from genklang.engine.asked import proposal_decided_by, work_out
from genklang.engine.machine import Machine
from genklang.engine.proposals import Worked
from genklang.engine.types import Event


class Proposed:
    """What has been proposed to one participant so far, by proposal and the event that asked."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self._amounts: dict[tuple[str, str], float] = {}

    def hear(self, event: Event, facts: Mapping[str, Any]) -> None:
        """Work out what an event asks for, with facts as they stand when it has happened."""
        for name, proposal in self.machine.protocol.proposals.items():
            if proposal.on == event.kind:
                found = work_out(self.machine, name, event, facts=facts)
                if isinstance(found, Worked):
                    self._amounts[name, event.id] = found.result

    def decided(self, kind: str, data: dict[str, Any]) -> dict[str, Any]:
        """The data of an event: where it decides a proposal, with what was proposed, and that as the decision."""
        found = proposal_decided_by(self.machine.protocol, kind)
        if found is None:
            return data
        name, proposal = found
        amount = self._amounts.get((name, str(data.get(proposal.refers, ""))))
        return data if amount is None else {proposal.into: amount, **data, proposal.proposed: amount}
