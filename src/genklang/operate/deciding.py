"""Decisions about proposals at the door: one that is not as proposed is explained to the person."""

from django.utils.translation import gettext as _

from genklang.engine.asked import proposal_decided_by
from genklang.engine.types import Event
from genklang.operate.problems import Problem
from genklang.protocol.reckoning import Proposal
from genklang.protocol.types import Protocol


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
