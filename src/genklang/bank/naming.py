"""What the parts of a protocol are called, also those that every protocol has and nobody declares."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from genklang.bank.wording import either, inside, said
from genklang.protocol.types import Protocol


def role_name(protocol: Protocol, role: str) -> str:
    """A role's name; also of what is no person."""
    built_in = {"device": _("the device"), "system": _("another system")}
    return said(protocol.roles[role]) if role in protocol.roles else built_in.get(role, role)


def event_name(protocol: Protocol, event: str) -> str:
    """An event's or a signal's name; also of those that every protocol has."""
    built_in = {
        "enrolled": _("Joined"),
        "allocated": _("The lot was drawn"),
        "member_joined": _("Somebody new belongs to it"),
    }
    declared = protocol.events.get(event) or protocol.signals.get(event)
    return said(declared) if declared else built_in.get(event, event)


def field_name(protocol: Protocol, event: str, field: str) -> str:
    """The question of a field of an event."""
    kind = protocol.events.get(event)
    return said(kind.fields[field]) if kind and field in kind.fields else field


def stage_names(protocol: Protocol, stages: Iterable[str]) -> str:
    """Several stages, any of them."""
    return either(inside(said(protocol.stages[name])) for name in stages if name in protocol.stages)
