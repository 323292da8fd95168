"""Upgrading, three-way: what a new version changes, what an organisation has put in its place, and what is to become of
both. Decides; changes nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from genklang.protocol.changes import Change, changes_between
from genklang.protocol.types import Protocol
from genklang.protocol.units import Money

Fate = Literal["kept", "moved", "followed", "conflict"]


@dataclass(frozen=True, slots=True)
class OwnValue:
    """What becomes of one of the organisation's own values. `old` and `new` are the practice's, None where it has none.

    kept       it stands; where `old` and `new` differ, the practice has changed its own as well
    moved      the practice calls it `name` now, and so does the organisation
    followed   it was written just as the practice had it, and is what the practice has now (None: nothing)
    conflict   the new version has nothing that it could stand for: somebody must decide
    """

    section: str
    name: str
    written: Any
    fate: Fate
    old: Any
    new: Any
    was: str = ""


@dataclass(frozen=True, slots=True)
class Merged:
    """The overlay to have with the new version, and how each own value came through."""

    overlay: dict[str, Any]
    values: tuple[OwnValue, ...]

    @property
    def conflicts(self) -> tuple[OwnValue, ...]:
        """Own values that somebody must decide about before anything can be upgraded."""
        return tuple(value for value in self.values if value.fate == "conflict")


def keeping_back(changes: Iterable[Change]) -> list[Change]:
    """Return the changes that keep those who already take part on the version that they are on: the semantic ones."""
    return [change for change in changes if change.impact == "semantic"]


def merge_overlay(overlay: Mapping[str, Any], *, old: Protocol, new: Protocol) -> Merged:
    """Return the overlay that keeps every own value which the new version has a place for."""
    renamed = {change.path: change.renamed for change in changes_between(old, new) if change.renamed is not None}
    values: list[OwnValue] = []
    for section, bases in (
        ("prices", (_prices(old), _prices(new))),
        ("parameters", (_parameters(old), _parameters(new))),
        ("places", (_places(old), _places(new))),
    ):
        names = {str(path[-1]): name for path, name in renamed.items() if section in path}
        values += _own(overlay.get(section, {}), section, *bases, renamed=names)
    merged = dict(overlay)
    for section in {value.section for value in values}:
        kept = [value for value in values if value.section == section and value.written is not None]
        merged[section] = {value.name: value.written for value in kept}
    return Merged(merged, tuple(values))


def _own(
    written: Mapping[str, Any],
    section: str,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    *,
    renamed: Mapping[str, str],
) -> list[OwnValue]:
    found = []
    for name, value in written.items():
        now = renamed.get(name, name)
        fate: Fate = "kept" if now == name else "moved"
        if _same(value, old.get(name)):
            value, fate = new.get(now), "followed"
        elif now not in new:
            fate = "conflict"
        found.append(OwnValue(section, now, value, fate, old.get(name), new.get(now), was=name))
    return found


def _same(written: Any, base: Any) -> bool:
    """Whether an own value is the practice's own, written out."""
    if isinstance(written, str) and isinstance(base, str):
        return Money.parse(written) == Money.parse(base)
    return bool(written == base)


def _prices(protocol: Protocol) -> dict[str, str]:
    prices = protocol.economy.prices if protocol.economy else {}
    return {name: str(price.amount) for name, price in prices.items()}


def _parameters(protocol: Protocol) -> dict[str, float]:
    parameters = protocol.rehearsal.parameters if protocol.rehearsal else {}
    return {name: parameter.value for name, parameter in parameters.items()}


def _places(protocol: Protocol) -> dict[str, Any]:
    """Each kind of place with its numbers, as an overlay has them."""
    found: dict[str, Any] = {}
    for name, place in protocol.places.items():
        limits = {"capacity": place.capacity, "starts": place.starts}
        shares = {"shares": {share: one.places for share, one in place.shares.items()}} if place.shares else {}
        found[name] = {key: number for key, number in limits.items() if number is not None} | shares
    return found
