"""What changed between two versions of a protocol: every difference, with its path, and what it means for those who
already take part (`rules`).

Complete: two protocols with different digests differ in at least one change.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from genklang.protocol.document import Path
from genklang.protocol.places import SINGULAR, in_words
from genklang.protocol.rules import Action, Impact, impact_of
from genklang.protocol.types import Protocol

__all__ = ["Action", "Change", "Impact", "advised_version", "changes_between", "differing", "in_one_line", "worst"]

NAMED = frozenset(SINGULAR)
_ORDER: tuple[Impact, ...] = ("additive", "future_only", "semantic")
_LONGEST = 70


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `old` and `new` are plain data, None where there is nothing; `why` says what decides its impact.

    `renamed` is the new name of a part that otherwise stayed as it was.
    """

    path: Path
    action: Action
    old: Any
    new: Any
    impact: Impact
    why: str
    renamed: str | None = None

    @property
    def where(self) -> str:
        """Where it is, in words."""
        return in_words(self.path)

    def __str__(self) -> str:
        if self.renamed is not None:
            return f'{self.where}: is now called "{self.renamed}"'
        if self.action == "added":
            return f"{self.where}: added{_in_brackets(self.new)}"
        if self.action == "removed":
            return f"{self.where}: removed{_in_brackets(self.old)}"
        if self.action == "moved":
            return f"{self.where}: the order was {in_one_line(list(self.old))}, and is {in_one_line(list(self.new))}"
        went, came = differing(self.old, self.new)
        if came and not went and isinstance(self.new, list):
            return f"{self.where}: added {in_one_line(came[0] if len(came) == 1 else came)}"
        return f"{self.where}: was {in_one_line(went)}, and is {in_one_line(came)}"

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data, for `--json`."""
        return {
            "path": list(self.path),
            "where": self.where,
            "action": "renamed" if self.renamed is not None else self.action,
            "old": self.old,
            "new": self.renamed if self.renamed is not None else self.new,
            "impact": self.impact,
            "why": self.why,
        }


def changes_between(old: Protocol, new: Protocol) -> list[Change]:
    """Return every difference, in the order of the language; none for protocols with the same digest."""
    return list(_mappings((), _plain(old), _plain(new)))


def worst(changes: Iterable[Change]) -> Impact | None:
    """Return the impact of the change that reaches deepest; None where nothing changed."""
    return max((change.impact for change in changes), key=_ORDER.index, default=None)


def advised_version(version: str, impact: Impact | None) -> str:
    """Return the next version: a semantic change raises the first number, a future-only one the second."""
    first, second, third = (int(part) for part in version.split("."))
    if impact == "semantic":
        return f"{first + 1}.0.0"
    if impact == "future_only":
        return f"{first}.{second + 1}.0"
    return f"{first}.{second}.{third + 1}" if impact else version


def _plain(protocol: Protocol) -> dict[str, Any]:
    """All of the protocol, what was left out too, so that writing a default changes nothing."""
    return protocol.model_dump(mode="json", by_alias=True)


def _mappings(path: Path, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    renamed = _renamed(old, new) if path and path[-1] in NAMED else {}
    for name in old:
        if name in new:
            yield from _values((*path, name), old[name], new[name])
        elif name in renamed:
            yield _change((*path, name), "removed", old[name], None, renamed=renamed[name])
        else:
            yield _change((*path, name), "removed", old[name], None)
    for name in new:
        if name not in old and name not in renamed.values():
            yield _change((*path, name), "added", None, new[name])
    if _moved(path, list(old), list(new)):
        yield _change(path, "moved", tuple(old), tuple(new))


def _moved(path: Path, old: list[str], new: list[str]) -> bool:
    """Whether what both have stands in another order, or an enrolment would begin in another stage."""
    if path == ("stages",) and old[0] != new[0]:
        return True
    return [name for name in old if name in new] != [name for name in new if name in old]


def _values(path: Path, old: Any, new: Any) -> Iterator[Change]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _mappings(path, old, new)
    elif old != new:
        action: Action = "added" if old is None else "removed" if new is None else "changed"
        yield _change(path, action, old, new)


def _renamed(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, str]:
    """Parts that are gone, and those that came exactly like them under another name."""
    came = [name for name in new if name not in old]
    found: dict[str, str] = {}
    for name in old:
        if name not in new:
            alike = next((one for one in came if new[one] == old[name]), None)
            if alike is not None:
                came.remove(alike)
                found[name] = alike
    return found


def _change(path: Path, action: Action, old: Any, new: Any, *, renamed: str | None = None) -> Change:
    impact, why = impact_of(path, action, old, new)
    return Change(path, action, old, new, impact, why, renamed)


def differing(old: Any, new: Any) -> tuple[Any, Any]:
    """What is not the same of two values: of lists of parts only those parts that the other has not."""
    parts = [*old, *new] if isinstance(old, list) and isinstance(new, list) else []
    if not parts or not all(isinstance(one, Mapping) for one in parts):
        return old, new
    went, came = [one for one in old if one not in new], [one for one in new if one not in old]
    return (went, came) if went or came else (old, new)


def _in_brackets(value: Any) -> str:
    words = value.get("en", "") if isinstance(value, Mapping) else value
    return f" ({in_one_line(words)})" if words not in ("", None) else ""


def in_one_line(value: Any) -> str:
    """A value in one line, as one would write it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list | tuple):
        text = "[" + ", ".join(in_one_line(one) for one in value) + "]"
    elif isinstance(value, Mapping):
        text = "{" + ", ".join(f"{name}: {in_one_line(one)}" for name, one in value.items() if one is not None) + "}"
    else:
        text = str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
