"""YAML with positions: text becomes plain data, and every value and key keeps its line and column.

Scalars follow YAML 1.2's core schema (08:00, yes and no are words). Keys written twice, merge keys and tags are errors.
Events are read one at a time rather than composed by libyaml, whose recursion a hostile file could exhaust.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from genklang.protocol.problems import Problem, ProtocolErrors, quoted

Path = tuple[str | int, ...]

MOST_CHARACTERS = 1_000_000
MOST_VALUES = 100_000
DEEPEST = 40

_WORDS = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_TRUTHS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")


@dataclass(frozen=True, slots=True)
class Position:
    """Where something is written, and whether a text's characters stand there one for one (`plain`)."""

    line: int
    column: int
    plain: bool = False


@dataclass(slots=True)
class Document:
    """Plain data and where each part of it is written: `values` and `keys` by path from the root."""

    file: str
    data: Any = None
    values: dict[Path, Position] = field(default_factory=dict)
    keys: dict[Path, Position] = field(default_factory=dict)

    def position(self, path: Path, *, key: bool = False) -> Position:
        """Return where a path is written; where it is not, where the nearest part around it is."""
        if key and path in self.keys:
            return self.keys[path]
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, Position(1, 1))


@dataclass(slots=True)
class _Node:
    position: Position
    data: Any = None
    items: "list[tuple[str | int, Position | None, _Node]]" = field(default_factory=list)
    size: int = 1


def read_yaml(text: str, *, file: str) -> Document:
    """Read YAML text. Raises ProtocolErrors when it is no YAML, too large, or uses what the language leaves out."""
    if len(text) > MOST_CHARACTERS:
        raise ProtocolErrors([_too_large(file)])
    reader = _Reader(file)
    try:
        root = reader.read(yaml.parse(text, Loader=yaml.CSafeLoader))
    except yaml.YAMLError as error:
        raise ProtocolErrors([*reader.problems, _no_yaml(error, file=file)]) from None
    except UnicodeEncodeError:
        raise ProtocolErrors(
            [Problem(file, 1, 1, "", "The text is not valid Unicode", "", "Save it as UTF-8.")]
        ) from None
    if reader.problems:
        raise ProtocolErrors(reader.problems)
    document = Document(file)
    document.data = _place(root, (), document) if root else None
    return document


def _place(node: _Node, path: Path, document: Document) -> Any:
    """Spread a node, and what an alias repeats, over the paths it stands at; return its data."""
    document.values[path] = node.position
    if isinstance(node.data, dict):
        for key, position, item in node.items:
            document.keys[*path, key] = position or item.position
            node.data[key] = _place(item, (*path, key), document)
        return dict(node.data)
    if isinstance(node.data, list):
        return [_place(item, (*path, number), document) for number, (_, _, item) in enumerate(node.items)]
    return node.data


class _Reader:
    """Turns libyaml's events into nodes, and notes what the language leaves out."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.anchors: dict[str, _Node] = {}
        self.open: list[_Node] = []
        self.events: Iterator[Any] = iter(())

    def read(self, events: Iterator[Any]) -> _Node | None:
        self.events = events
        root: _Node | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent) and root is not None:
                self._note(event, "A second document begins here (---)", "---", "Write one protocol in each file.")
            elif isinstance(event, yaml.NodeEvent):
                node = self._node(event)
                root = root or node
        return root

    def _node(self, event: Any) -> _Node:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        node = _Node(_position(event))
        if event.tag is not None and event.tag != "!":
            self._note(
                event, f"{quoted(event.tag)} is a tag, which the language has none of", event.tag, "Leave it out."
            )
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        if isinstance(event, yaml.ScalarEvent):
            node.data = _scalar(event.value) if event.style in (None, "") else event.value
        else:
            self._collection(event, node)
        return node

    def _collection(self, event: Any, node: _Node) -> None:
        self.open.append(node)
        if len(self.open) > DEEPEST:
            raise ProtocolErrors([_too_large(self.file, _position(event))])
        if isinstance(event, yaml.MappingStartEvent):
            self._mapping(node)
        else:
            self._sequence(node)
        self.open.pop()
        if node.size > MOST_VALUES:
            raise ProtocolErrors([_too_large(self.file, node.position)])

    def _sequence(self, node: _Node) -> None:
        node.data = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                return
            self._add(node, (len(node.items), None, self._node(event)))

    def _mapping(self, node: _Node) -> None:
        node.data = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                return
            key, position = self._key(event, node), _position(event)
            value = next(self.events)
            if isinstance(value, yaml.ScalarEvent) and not value.value and _end(value) == _end(event):
                instead = 'Put the text before it in quotes, comma and all, for example en: "How close, 1–5?".'
                self._note(event, f"{quoted(key)} stands alone after a comma", key, instead)
            self._add(node, (key, position, self._node(value)))

    @staticmethod
    def _add(node: _Node, item: "tuple[str | int, Position | None, _Node]") -> None:
        node.items.append(item)
        node.size += item[2].size

    def _key(self, event: Any, mapping: _Node) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            self._node(event)
            self._note(
                event, "A list or a mapping stands where a name is wanted", "", "Write a name followed by a colon."
            )
            return ""
        key = str(event.value)
        if key == "<<":
            self._note(event, '"<<" is a merge key, which the language has none of', key, "Write the lines out.")
        elif any(key == written for written, _, _ in mapping.items):
            self._note(event, f"{quoted(key)} is written twice", key, "Keep one of them.")
        return key

    def _alias(self, event: Any) -> _Node:
        node = self.anchors.get(event.anchor)
        if node is None or node in self.open:
            what = f"{quoted('*' + event.anchor)} points to nothing that is written before it"
            self._note(event, what, event.anchor, f"Write &{event.anchor} at the first place.")
            return _Node(_position(event))
        return node

    def _note(self, event: Any, what: str, written: str, instead: str) -> None:
        place = _position(event)
        self.problems.append(Problem(self.file, place.line, place.column, "", what, written, instead))


def _position(event: Any) -> Position:
    mark, end = event.start_mark, event.end_mark
    one_line = isinstance(event, yaml.ScalarEvent) and mark.line == end.line
    quote = 1 if one_line and event.style in ("'", '"') else 0
    plain = one_line and end.column - mark.column == len(event.value) + 2 * quote
    return Position(mark.line + 1, mark.column + 1 + (quote if plain else 0), plain)


def _end(event: Any) -> tuple[int, int]:
    return event.end_mark.line, event.end_mark.column


def _scalar(text: str) -> Any:
    if text in _WORDS:
        return None
    if text in _TRUTHS:
        return _TRUTHS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _no_yaml(error: yaml.YAMLError, *, file: str) -> Problem:
    mark = getattr(error, "problem_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    reason = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read").strip()
    what = f"The file is no YAML from here on: {reason}"
    instead = (
        "Look for a missing space after a colon, a bracket or quote left open, "
        'or a text with a colon or comma that needs quotes, for example en: "How close, 1–5?".'
    )
    return Problem(file, line, column, "", what, "", instead)


def _too_large(file: str, position: Position | None = None) -> Problem:
    place = position or Position(1, 1)
    what = "The file is larger or nested deeper than a protocol can be"
    return Problem(file, place.line, place.column, "", what, "", "Write one practice, at most a million characters.")
