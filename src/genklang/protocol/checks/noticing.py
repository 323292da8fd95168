"""Checks of what the system notices by itself: signals in a person's own series, and random samples."""

from genklang.protocol.checks.notes import Notes
from genklang.protocol.document import Path
from genklang.protocol.expressions import Type
from genklang.protocol.problems import quoted
from genklang.protocol.reckoning import Draw, Signal
from genklang.protocol.scopes import ANCHORS, BUILT_IN_EVENTS, RESERVED, series_scope
from genklang.protocol.types import Protocol


def check(protocol: Protocol, notes: Notes) -> None:
    """Note what is wrong with signals and draws."""
    for name, signal in protocol.signals.items():
        _signal(("signals", name), name, signal, notes)
    for name, draw in protocol.draws.items():
        _draw(("draws", name), name, draw, notes)


def _signal(path: Path, name: str, signal: Signal, notes: Notes) -> None:
    _own_name(path, name, notes, others=(*notes.protocol.events, *notes.protocol.expectations, *BUILT_IN_EVENTS))
    known = [
        notes.known(notes.item((*path, "of"), number), event, notes.protocol.events, kind="event")
        for number, event in enumerate(signal.of)
    ]
    if not known:
        notes.note((*path, "of"), "Nothing makes the series", "Name the event that does.")
    elif all(known):
        instead = "Write a condition, for example last(points) < 0.8 * first(points)."
        notes.expression(
            (*path, "value"), signal.value, series_scope(notes.protocol, signal), Type.BOOLEAN, instead=instead
        )
    if not any(name in (one.after or ()) for one in notes.protocol.expectations.values()):
        what = "Nothing is expected when it sounds"
        notes.note(path, what, f"Write after: {name} for an expectation, or take the signal away.", key=True)


def _draw(path: Path, name: str, draw: Draw, notes: Notes) -> None:
    protocol = notes.protocol
    others = (*protocol.facts, *protocol.signals, *protocol.events, *BUILT_IN_EVENTS, *RESERVED)
    fields = [field for kind in protocol.events.values() for field in kind.fields]
    _own_name(path, name, notes, others=(*others, *fields))
    notes.known((*path, "after"), draw.after, (*protocol.events, *sorted(ANCHORS)), kind="event")


def _own_name(path: Path, name: str, notes: Notes, *, others: tuple[str, ...]) -> None:
    if name in others:
        notes.note(
            path, f"{quoted(name)} is already the name of something else", "Choose another.", written=name, key=True
        )
