"""Checks of who takes part and what is asked: roles, facts, and the fields of events."""

from genklang.protocol.checks.notes import Notes
from genklang.protocol.document import Path
from genklang.protocol.expressions import Type
from genklang.protocol.problems import listed, quoted
from genklang.protocol.scopes import RESERVED, eligibility_scope
from genklang.protocol.types import DataField, EventField, Fact, Protocol

_NUMERIC = ("integer", "number", "numbers")
_NOT_ROLES = ("device", "system")


def check(protocol: Protocol, notes: Notes) -> None:
    """Note what is wrong with roles, facts, `eligible` and fields."""
    _roles(protocol, notes)
    for name, fact in protocol.facts.items():
        _data_field(("facts", name), name, fact, notes)
    notes.expression(("eligible",), protocol.eligible, eligibility_scope(protocol), Type.BOOLEAN)
    for event, kind in protocol.events.items():
        for name, field in kind.fields.items():
            path = ("events", event, "fields", name)
            _data_field(path, name, field, notes)
            _stated(path, name, field, notes)


def _roles(protocol: Protocol, notes: Notes) -> None:
    if not protocol.participant_roles and protocol.matter is None:
        instead = 'Write participant: true for one of them, or "matter" where an enrolment is not about a person.'
        notes.note(("roles",), "No role is the participant", instead, key=True)
    if protocol.participant_roles and protocol.matter is not None:
        what = f"An enrolment is a matter, and about {quoted(protocol.participant_role)}"
        notes.note(("matter",), what, "Take participant: true away, or the matter.", key=True)
    for name, role in protocol.roles.items():
        if role.participant and role.member:
            what = f"{quoted(name)} is whom an enrolment is about, and belongs to it too"
            notes.note(("roles", name), what, "Keep one, and write another role.", written=name, key=True)
        if role.group and not role.participant:
            what = f"{quoted(name)} is a group, and no enrolment is about it"
            notes.note(("roles", name), what, "Write participant: true, or take group away.", written=name, key=True)
    for name in _NOT_ROLES:
        if name in protocol.roles:
            what = f"{quoted(name)} is nobody: it stands for what reports by itself"
            notes.note(("roles", name), what, "Give the role another name.", written=name, key=True)


def _data_field(path: Path, name: str, field: DataField, notes: Notes) -> None:
    if name in RESERVED:
        what = f"{quoted(name)} is a column that every table has"
        notes.note(path, what, f'Give it another name, for example "own_{name}".', written=name, key=True)
    if field.type == "choice" and len(field.options) < 2:
        what = f"A choice has {len(field.options) or 'no'} option{'s' if not field.options else ''}"
        notes.note(path, what, "Write at least two under options: name, sv and en.", key=True)
    if field.type != "choice" and field.options:
        what = f"Options stand beside type {field.type}"
        notes.note((*path, "options"), what, "Write type: choice, or take the options away.", key=True)
    _bounds(path, field, notes)


def _bounds(path: Path, field: DataField, notes: Notes) -> None:
    for bound in ("min", "max"):
        if getattr(field, bound) is not None and field.type not in _NUMERIC:
            what = f"{bound} stands beside type {field.type}"
            notes.note((*path, bound), what, "Only numbers have bounds: take it away.", key=True)
    if field.min is not None and field.max is not None and field.min > field.max:
        what = f"min ({field.min:g}) is above max ({field.max:g})"
        notes.note((*path, "min"), what, "Write the lower number as min.", written=f"{field.min:g}")


def _stated(path: Path, name: str, field: EventField, notes: Notes) -> None:
    facts = notes.protocol.facts
    if field.states is None:
        if name in facts:
            what = f"{quoted(name)} is also a fact, but the field does not state it"
            notes.note(path, what, f"Write states: {name}, or give the field another name.", written=name, key=True)
        return
    stated = (*path, "states")
    if notes.known(stated, field.states, facts, kind="fact"):
        _same_question(stated, field, facts[field.states], notes)
        if name in facts and name != field.states:
            what = f"The field has the name of one fact ({name}) and states another ({field.states})"
            notes.note(path, what, "Give the field the name of the fact that it states.", written=name, key=True)


def _same_question(path: Path, field: EventField, fact: Fact, notes: Notes) -> None:
    if field.type != fact.type:
        what = f"The field is {field.type}, and the fact that it states is {fact.type}"
        notes.note(path, what, f"Write type: {fact.type}.", written=field.type)
    elif not set(field.options) <= set(fact.options):
        strange = next(name for name in field.options if name not in fact.options)
        what = f"The option {quoted(strange)} is none of the fact's"
        notes.note(path, what, f"Write {listed(list(fact.options))}.", written=strange)
