"""Checks of the board: each tile has exactly one source, which exists."""

from collections.abc import Iterable

from genklang.protocol.checks.notes import Notes
from genklang.protocol.document import Path
from genklang.protocol.problems import listed, quoted
from genklang.protocol.showing import Tile
from genklang.protocol.types import Protocol

SOURCES = ("indicator", "stages", "place", "queue", "open")


def check(protocol: Protocol, notes: Notes) -> None:
    """Note what is wrong with the board's tiles."""
    for name, tile in (protocol.board.tiles if protocol.board else {}).items():
        _tile(("board", "tiles", name), tile, notes)


def _tile(path: Path, tile: Tile, notes: Notes) -> None:
    given = [source for source in SOURCES if getattr(tile, source)]
    if len(given) != 1:
        what = f"It shows {listed(given).replace(' or ', ' and ')} at once" if given else "It shows nothing"
        notes.note(path, what, f"Write exactly one of {listed(SOURCES)}.", key=True)
    protocol = notes.protocol
    for number, stage in enumerate(tile.stages):
        notes.known(notes.item((*path, "stages"), number), stage, protocol.stages, kind="stage")
    known: dict[str, Iterable[str]] = {"indicator": protocol.indicators, "open": protocol.expectations}
    for source, names in {**known, "place": protocol.places, "queue": protocol.places}.items():
        name = getattr(tile, source)
        if name is not None:
            notes.known((*path, source), name, names, kind="place" if source == "queue" else _kind(source))
    shown = protocol.indicators.get(tile.indicator or "")
    if shown is not None and shown.by:
        what = f"{quoted(str(tile.indicator))} is shown by {listed(shown.by)}, and a tile has one figure"
        notes.note((*path, "indicator"), what, "Name an indicator without by.", written=str(tile.indicator))


def _kind(source: str) -> str:
    return "expectation" if source == "open" else source
