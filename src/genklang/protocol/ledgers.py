"""What a posting may name: accounts, fields that lead to another participant, and the numbers that make an amount."""

from collections.abc import Mapping

from genklang.protocol.expressions import Scope
from genklang.protocol.scopes import KINDS, fields_of, single
from genklang.protocol.types import DataField, Protocol

SELF = "self"


def leading_fields(protocol: Protocol, event: str) -> Mapping[str, DataField]:
    """The fields of an event that can lead to another participant: one participant, or one event."""
    fields = fields_of(protocol, event)
    return {name: field for name, field in fields.items() if field.type in ("participant", "reference")}


def referred_kinds(protocol: Protocol, event: str) -> dict[str, list[str]]:
    """The kinds of own event that each field of an event may refer to, by field."""
    return {
        name: list(field.of or ())
        for name, field in fields_of(protocol, event).items()
        if field.type == "reference" and field.whose == "own" and not field.many
    }


def amount_scope(protocol: Protocol, event: str) -> Scope:
    """What an amount may name: the event's own fields, and those of the own events that it refers to."""
    fields: dict[str, DataField] = {}
    for kinds in referred_kinds(protocol, event).values():
        for kind in kinds:
            fields |= fields_of(protocol, kind)
    fields |= fields_of(protocol, event)
    return Scope({name: KINDS[field.type] for name, field in single(fields).items()})
