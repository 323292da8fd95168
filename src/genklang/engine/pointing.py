"""What an event points at in its own log: an earlier event of one of the kinds that the field names.

Asked at the door only. In the fold nothing depends on it, so that the order of arrival decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

from genklang.engine.folding import voided_ids
from genklang.engine.problems import Language, Problem
from genklang.engine.types import Event
from genklang.protocol.scopes import fields_of
from genklang.protocol.types import DataField, Protocol

LANGUAGES: tuple[Language, Language] = ("sv", "en")


def unknown_references(protocol: Protocol, event: Event, log: Sequence[Event]) -> list[Problem]:
    """A problem for each reference to an event that the log does not have, or has of another kind, or that is void."""
    pointing = [
        (name, field, one)
        for name, field in fields_of(protocol, event.kind).items()
        if field.type == "reference" and field.whose == "own"
        for one in _ids(event.data.get(name))
    ]
    kinds = _kinds(log, {one for _name, _field, one in pointing}) if pointing else {}
    return [
        _unknown(protocol, event, name, field, one)
        for name, field, one in pointing
        if kinds.get(one) not in (field.of or ())
    ]


def _kinds(log: Sequence[Event], wanted: Set[str]) -> dict[str, str]:
    """The kinds of these events, by id, as the log has them; a log may be long, so that it is not put in order."""
    void = voided_ids(one for one in log if one.kind == "voided")
    found: dict[str, str] = {}
    for one in log:
        if one.id in wanted and one.id not in void:
            found.setdefault(one.id, one.kind)
    return found


def _ids(given: object) -> list[str]:
    return [str(one) for one in given] if isinstance(given, list | tuple) else [str(given)] if given else []


def _unknown(protocol: Protocol, event: Event, name: str, field: DataField, written: str) -> Problem:
    kinds = [protocol.events[kind] for kind in field.of or () if kind in protocol.events]
    words = {one: {"names": ", ".join(kind.in_language(one) for kind in kinds)} for one in LANGUAGES}
    return Problem(code="unknown_reference", kind=event.kind, field=name, written=written, words=words)
