"""What makes a protocol hang together: names that exist, expressions that fit, stages that can be reached.

Each module checks one part, and notes all it finds: nothing stops at the first mistake.
"""

from genklang.protocol.checks import (
    boards,
    flow,
    forms,
    journey,
    ledgers,
    measuring,
    network,
    noticing,
    paperwork,
    pointing,
    rehearsing,
    sharing,
    studying,
    tables,
    visiting,
)
from genklang.protocol.checks.notes import Notes
from genklang.protocol.document import Document
from genklang.protocol.problems import Problem
from genklang.protocol.types import Protocol


def problems_in(protocol: Protocol, document: Document) -> list[Problem]:
    """Return everything that is wrong with a protocol whose form is right."""
    notes = Notes(protocol, document)
    for part in (
        forms,
        pointing,
        flow,
        noticing,
        sharing,
        tables,
        ledgers,
        measuring,
        studying,
        boards,
        paperwork,
        journey,
        network,
        visiting,
        rehearsing,
    ):
        part.check(protocol, notes)
    return notes.problems
