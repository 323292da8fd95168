"""Decisions about proposals at the door: what was proposed is kept with the decision, and a change is explained.

The system puts in what was proposed, whatever the reporter wrote there: a log that says so must be right.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from genklang.engine.asked import proposal_decided_by, sum_for
from genklang.engine.machine import Machine
from genklang.engine.proposals import Worked
from genklang.engine.types import Event
from genklang.operate.incoming import IncomingEvent
from genklang.operate.problems import Problem
from genklang.protocol.reckoning import Proposal
from genklang.protocol.types import Protocol


def with_proposed(machine: Machine, incoming: IncomingEvent, *, log: Callable[[], Sequence[Event]]) -> IncomingEvent:
    """The event with what was proposed, where it decides a proposal and the sum could be worked out."""
    found = proposal_decided_by(machine.protocol, incoming.kind)
    if found is None:
        return incoming
    name, proposal = found
    about = str(incoming.data.get(proposal.refers) or "")
    found_sum = sum_for(machine, log(), enrolment=incoming.enrolment, proposal=name, about=about)
    data = {field: value for field, value in incoming.data.items() if field != proposal.proposed}
    if isinstance(found_sum, Worked):
        data[proposal.proposed] = found_sum.result
    return replace(incoming, data=data)


def unexplained(protocol: Protocol, event: Event) -> list[Problem]:
    """What is wrong with a decision that is not as proposed and does not say why."""
    found = proposal_decided_by(protocol, event.kind)
    if found is None or as_proposed(found[1], event) or str(event.data.get(found[1].reason) or "").strip():
        return []
    if event.data.get(found[1].proposed) is None:
        what = _("is empty, and no proposal could be worked out")
        return [Problem(found[1].reason, what, _("Write how you worked it out, so that the person can follow it."))]
    what = _("is empty, and the decision is not as proposed")
    return [Problem(found[1].reason, what, _("Write why, so that the person can follow it, or keep what is proposed."))]


def as_proposed(proposal: Proposal, event: Event) -> bool:
    """Whether a decision is what was proposed; not where nothing could be."""
    proposed, decided = event.data.get(proposal.proposed), event.data.get(proposal.into)
    return proposed is not None and decided is not None and float(proposed) == float(decided)
