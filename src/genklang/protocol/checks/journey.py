"""Checks of the journey map: the event that tells a step, its fields, and the events of the log that are steps."""

from genklang.protocol.checks.notes import Notes
from genklang.protocol.checks.paperwork import TIMES, field_of
from genklang.protocol.problems import quoted
from genklang.protocol.types import Protocol

WORST, BEST = -2, 2


def check(protocol: Protocol, notes: Notes) -> None:
    """Note what is wrong with the journey map."""
    journey = protocol.journey
    if journey is None:
        return
    for number, name in enumerate(journey.logged):
        notes.known(notes.item(("journey", "logged"), number), name, protocol.events, kind="event")
    if not notes.known(("journey", "told"), journey.told, protocol.events, kind="event"):
        return
    fields = protocol.events[journey.told].fields
    field_of(notes, ("journey", "step"), journey.step, fields, ("text",))
    field_of(notes, ("journey", "lane"), journey.lane, fields, ("choice", "text"))
    field_of(notes, ("journey", "when"), journey.when, fields, TIMES)
    field_of(notes, ("journey", "feeling"), journey.feeling, fields, ("integer",))
    field_of(notes, ("journey", "repeated"), journey.repeated, fields, ("integer",))
    feeling = fields.get(journey.feeling or "")
    if feeling and feeling.type == "integer" and (feeling.min, feeling.max) != (WORST, BEST):
        what = f"{quoted(journey.feeling)} does not go from {WORST} to {BEST}"
        notes.note(("journey", "feeling"), what, f"Write min: {WORST} and max: {BEST} for the field.")
