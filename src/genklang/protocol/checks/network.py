"""Checks of the network map: the event that adds somebody, its fields, and the event that takes somebody off."""

from genklang.protocol.checks.notes import Notes
from genklang.protocol.checks.paperwork import field_of
from genklang.protocol.problems import quoted
from genklang.protocol.showing import NetworkMap
from genklang.protocol.types import Protocol

NEAR, FAR = 1, 3


def check(protocol: Protocol, notes: Notes) -> None:
    """Note what is wrong with the network map."""
    network = protocol.network
    if network is None or not notes.known(("network", "of"), network.of, protocol.events, kind="event"):
        return
    fields = protocol.events[network.of].fields
    field_of(notes, ("network", "name"), network.name, fields, ("text",))
    field_of(notes, ("network", "relation"), network.relation, fields, ("choice", "text"))
    field_of(notes, ("network", "helps"), network.helps, fields, ("text",))
    field_of(notes, ("network", "closeness"), network.closeness, fields, ("integer",))
    closeness = fields.get(network.closeness)
    if closeness and closeness.type == "integer" and (closeness.min, closeness.max) != (NEAR, FAR):
        what = f"{quoted(network.closeness)} does not go from {NEAR} to {FAR}"
        notes.note(("network", "closeness"), what, f"Write min: {NEAR} and max: {FAR} for the field.")
    _removed(network, notes)


def _removed(network: NetworkMap, notes: Notes) -> None:
    """What takes somebody off the map must point at whom."""
    path, events = ("network", "removed"), notes.protocol.events
    if network.removed is None or not notes.known(path, network.removed, events, kind="event"):
        return
    fields = events[network.removed].fields.values()
    if not any(field.type == "reference" and network.of in (field.of or ()) for field in fields):
        what = f"{quoted(network.removed)} does not point at anybody on the map"
        instead = f"Give it a field, for example who: {{type: reference, of: {network.of}, …}}."
        notes.note(path, what, instead, written=network.removed)
