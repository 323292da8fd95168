"""Checks of the rehearsal: parameters, how facts are drawn, and how simulated people behave."""

from genklang.protocol.checks.notes import Notes
from genklang.protocol.checks.pointing import POINTING
from genklang.protocol.document import Path
from genklang.protocol.expressions import Type
from genklang.protocol.problems import closest, listed, quoted
from genklang.protocol.scopes import ANCHORS, KINDS, PARTICIPANT, RESERVED, fields_of, rehearsal_scope
from genklang.protocol.types import Behaviour, DataField, Parameter, Protocol, Rehearsal

_DURATIONS = ("delay", "late_delay")
_CHANCES = ("probability", "late_probability")


def check(protocol: Protocol, notes: Notes) -> None:
    """Note what is wrong with the rehearsal."""
    rehearsal = protocol.rehearsal
    if rehearsal is None:
        return
    for name, parameter in rehearsal.parameters.items():
        _parameter(("rehearsal", "parameters", name), name, parameter, notes)
    _facts(rehearsal, notes)
    for role, text in rehearsal.members.items():
        if notes.known(("rehearsal", "members", role), role, protocol.member_roles, kind="role with member: true"):
            notes.expression(("rehearsal", "members", role), text, rehearsal_scope(protocol), Type.INTEGER)
    for name, behaviour in rehearsal.behaviour.items():
        path = ("rehearsal", "behaviour", name)
        if notes.known(path, name, (*protocol.expectations, *protocol.events), kind="expectation or event"):
            _behaviour(path, name, behaviour, notes)


def _parameter(path: Path, name: str, parameter: Parameter, notes: Notes) -> None:
    if name in notes.protocol.facts or name in RESERVED:
        what = f"{quoted(name)} is already {'a fact' if name in notes.protocol.facts else 'a name of the language'}"
        notes.note(path, what, "Give the parameter another name.", written=name, key=True)
    if not parameter.min <= parameter.value <= parameter.max:
        what = f"{parameter.value:g} is outside min and max ({parameter.min:g} to {parameter.max:g})"
        notes.note((*path, "value"), what, "Write a value between them.", written=f"{parameter.value:g}")
    if parameter.step <= 0:
        notes.note(
            (*path, "step"), "The step is not above zero", "Write for example 0.1.", written=f"{parameter.step:g}"
        )


def _facts(rehearsal: Rehearsal, notes: Notes) -> None:
    scope = rehearsal_scope(notes.protocol)
    if len(notes.protocol.participant_roles) > 1 and PARTICIPANT not in rehearsal.facts:
        example = ", ".join(f"'{role}', 1" for role in notes.protocol.participant_roles)
        what = "Nothing says which participant a simulated person is"
        notes.note(("rehearsal",), what, f'Add it under facts: participant: "choose({example})".', key=True)
    for name, text in rehearsal.facts.items():
        path = ("rehearsal", "facts", name)
        if name == PARTICIPANT and len(notes.protocol.participant_roles) > 1:
            notes.expression(path, text, scope, Type.TEXT)
        elif notes.known(path, name, notes.protocol.facts, kind="fact"):
            notes.expression(path, text, scope, KINDS[notes.protocol.facts[name].type])


def _behaviour(path: Path, name: str, behaviour: Behaviour, notes: Notes) -> None:
    scope = rehearsal_scope(notes.protocol)
    notes.expression((*path, "when"), behaviour.when, scope, Type.BOOLEAN)
    for chance in _CHANCES:
        notes.expression((*path, chance), getattr(behaviour, chance), scope, Type.NUMBER)
    for delay in _DURATIONS:
        notes.expression((*path, delay), getattr(behaviour, delay), scope, Type.DURATION)
    if name in notes.protocol.expectations:
        _answers(path, name, behaviour, notes)
    else:
        _happens(path, behaviour, notes)
        _fields(path, name, behaviour, notes)


def _answers(path: Path, name: str, behaviour: Behaviour, notes: Notes) -> None:
    expected = notes.protocol.expectations[name].expect
    for field in ("after", "every"):
        if getattr(behaviour, field) is not None:
            what = f"{quoted(field)} means nothing here: the expectation itself says when"
            notes.note((*path, field), what, "Take it away.", written=field, key=True)
    if behaviour.event is not None and behaviour.event not in expected:
        what = f"{quoted(behaviour.event)} does not meet the expectation"
        notes.note((*path, "event"), what, f"Write {listed(expected)}.", written=behaviour.event)
        return
    if expected:
        _fields(path, behaviour.event or expected[0], behaviour, notes)


def _happens(path: Path, behaviour: Behaviour, notes: Notes) -> None:
    if behaviour.after is not None:
        notes.known((*path, "after"), behaviour.after, (*notes.protocol.events, *sorted(ANCHORS)), kind="event")
    if behaviour.every is not None and not behaviour.every:
        notes.note((*path, "every"), "It would happen all the time", 'Write for example "7 days".', written="0")
    for field in ("event", "late_probability"):
        if getattr(behaviour, field) is not None:
            what = f"{quoted(field)} means nothing here: an event happens of itself"
            notes.note((*path, field), what, "Take it away.", written=field, key=True)


def _fields(path: Path, event: str, behaviour: Behaviour, notes: Notes) -> None:
    if event not in notes.protocol.events:
        return
    declared = fields_of(notes.protocol, event)
    misspelt = {closest(name, declared) for name in behaviour.fields if name not in declared}
    scope = rehearsal_scope(notes.protocol)
    for name, text in behaviour.fields.items():
        place = (*path, "fields", name)
        if notes.known(place, name, declared, kind=f"field of {event}"):
            kind = KINDS[declared[name].type]
            also = [Type.INSTANT] if kind is Type.DATE else []  # its local day
            notes.expression(place, text, scope, kind, *also)
    for name, field in declared.items():
        if name not in misspelt and _is_missing(name, field, behaviour, notes):
            what = f"Nothing says what simulated people answer in {quoted(name)} of {event}"
            notes.note(path, what, f"Add it under fields, for example {name}: {_example(field)}.", key=True)


def _is_missing(name: str, field: DataField, behaviour: Behaviour, notes: Notes) -> bool:
    """Return whether a required field is neither drawn nor the fact that it states, which is drawn with the person."""
    stated = getattr(field, "states", None)
    rehearsal = notes.protocol.rehearsal
    drawn = rehearsal is not None and stated in rehearsal.facts
    matched = any(name in (one.matching or ()) for one in notes.protocol.expectations.values())
    found = field.type in POINTING  # the latest event, one of the members: see genklang.rehearsal
    return (
        field.required and name not in behaviour.fields and not (drawn or matched or found or _proposed(field, notes))
    )


def _proposed(field: DataField, notes: Notes) -> bool:
    """Return whether a proposal is put into the field: simulated people then decide as proposed."""
    proposals = notes.protocol.proposals.values()
    return any(fields_of(notes.protocol, one.decided_by).get(one.into) is field for one in proposals)


def _example(field: DataField) -> str:
    examples = {
        "boolean": "bernoulli(0.5)",
        "integer": "poisson(3)",
        "number": "normal(10, 2)",
        "text": "id()",
        "date": "date '2026-03-29'",
        "time": "'08:00'",
        "times": "times('08:00', '20:00')",
        "choice": f"choose({', '.join(repr(name) + ', 1' for name in field.options)})",
        "instant": "now()",
        "numbers": "numbers(4, 9)",
    }
    return f'"{examples[field.type]}"'
