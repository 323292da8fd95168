"""What an event must be like to be let in: its kind, who reports it, its fields, and that it can happen now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from genklang.engine.draft import Draft
from genklang.engine.happening import accepts, unsettled
from genklang.engine.plan import Compiled, Kind
from genklang.engine.problems import Language, Problem, in_both
from genklang.engine.reading import example, example_of, read
from genklang.engine.time import MINUTE, format_instant
from genklang.engine.types import Event, State
from genklang.protocol.scopes import PARTICIPANT, fields_of
from genklang.protocol.types import DataField, Text

AHEAD = 5 * MINUTE  # clocks differ a little
LANGUAGES: tuple[Language, Language] = ("sv", "en")
_ABOUT_DUES = ("acknowledged", "resolved", "waived")
_NEEDED_TEXTS = dict.fromkeys(_ABOUT_DUES, ("due",)) | {
    "allocated": ("arm",),
    "voided": ("event",),
    "member_joined": ("member", "role"),
    "member_left": ("member",),
    "drawn": ("draw",),
}


class Coerced(NamedTuple):
    """The fields as JSON values of their types, and what could not be read. A field left empty is left out."""

    data: dict[str, Any]
    problems: list[Problem]


def coerce(compiled: Compiled, kind: str, data: Mapping[str, Any]) -> Coerced:
    """Read the fields of an event. Instants become ISO 8601 in UTC, dates and times ISO 8601, lists of times lists."""
    fields, strict = _fields(compiled, kind)
    if fields is None:
        return Coerced(dict(data), _missing_texts(kind, data))
    problems = [
        Problem(code="unknown_field", kind=kind, field=name, written=name, words=in_both(names=_joined(fields)))
        for name in data
        if name not in fields
    ]
    answers: dict[str, Any] = {}
    for name, declared in fields.items():
        given = data.get(name)
        if given is None or given == "" or (declared.many and not given):
            if strict and declared.required:
                problems.append(Problem(code="missing_field", kind=kind, field=name, words=example(declared)))
            elif name in data and not strict:
                answers[name] = None
            continue
        value, problem = read(kind, name, declared, given)
        if problem:
            problems.append(problem)
        else:
            answers[name] = value
    return Coerced(answers, problems)


def _missing_texts(kind: str, data: Mapping[str, Any]) -> list[Problem]:
    """The fields that a built-in event cannot do without; what else it carries is its reporter's own."""
    return [
        Problem(code="missing_field", kind=kind, field=name, words=example_of("text"))
        for name in _NEEDED_TEXTS.get(kind, ())
        if not (isinstance(data.get(name), str) and data[name])
    ]


def check(compiled: Compiled, state: State | None, event: Event, *, now: int | None) -> list[Problem]:
    """All that is wrong with an event, given how things stood when it happened (None: not known, and not judged)."""
    kind = compiled.kinds.get(event.kind)
    if kind is None:
        names = in_both(names=_joined(compiled.protocol.events))
        return [Problem(code="unknown_event", kind=event.kind, written=event.kind, words=names)]
    problems = [] if event.id else [Problem(code="no_id", kind=event.kind)]
    problems += _role(compiled, kind, event, state)
    read = coerce(compiled, event.kind, event.data)
    problems += read.problems
    if event.kind == "enrolled" and len(compiled.participants) > 1 and not event.data.get(PARTICIPANT):
        words = example(_participant(compiled))
        problems.append(Problem(code="missing_field", kind=event.kind, field=PARTICIPANT, words=words))
    if now is not None and event.occurred_at > now + AHEAD:
        problems.append(Problem(code="from_future", kind=event.kind, written=format_instant(event.occurred_at)))
    if state is not None:
        as_read = replace(event, data=read.data)  # conditions compare numbers, not what was written
        problems += _forbidden(compiled, state, kind) if problems else _possible(compiled, state, kind, as_read)
    return problems


def _role(compiled: Compiled, kind: Kind, event: Event, state: State | None) -> list[Problem]:
    """Only whom the event is for may report it; of several participants, the one whom the enrolment is about."""
    if not event.by or kind.declared is None:
        return []
    allowed = kind.declared.by
    own = state.facts.get(PARTICIPANT) if state else None
    if own is not None:
        allowed = [role for role in allowed if role == own or role not in compiled.participants]
    if event.by in allowed:
        return []
    return [Problem(code="wrong_role", kind=kind.name, written=event.by, words=in_both(names=_joined(allowed)))]


def _possible(compiled: Compiled, state: State, kind: Kind, event: Event) -> list[Problem]:
    """Whether it can happen as things stand."""
    if state.stage is None and event.kind not in ("enrolled", "voided", "time_passed"):
        return [Problem(code="not_enrolled", kind=event.kind)]
    if event.kind in _ABOUT_DUES:
        return _about_due(state, event)
    if event.kind in ("member_joined", "member_left"):
        return _about_member(compiled, state, event)
    if event.kind == "drawn":
        return _about_draw(compiled, state, event)
    if event.kind == "allocated" and event.data["arm"] not in compiled.arms:
        written = str(event.data["arm"])
        return [
            Problem(code="unknown_arm", kind=kind.name, written=written, words=in_both(names=_joined(compiled.arms)))
        ]
    if event.kind in ("voided", "time_passed") or accepts(Draft(state), kind, event, compiled.rules):
        return _members(compiled, state, event)
    return [_refusal(compiled, state, kind, event)]


def _members(compiled: Compiled, state: State, event: Event) -> list[Problem]:
    """Whoever a field of an event is about belongs to the enrolment."""
    fields = fields_of(compiled.protocol, event.kind)
    named = {name: event.data.get(name) for name, field in fields.items() if field.type == "member"}
    return [
        Problem(code="unknown_member", kind=event.kind, field=name, written=str(member))
        for name, member in named.items()
        if member and member not in state.members
    ]


def _about_member(compiled: Compiled, state: State, event: Event) -> list[Problem]:
    member, role = str(event.data["member"]), str(event.data.get("role", ""))
    if event.kind == "member_left":
        return [] if member in state.members else [_wrong("unknown_member", event, "member", member)]
    if member in state.members:
        return [_wrong("already_member", event, "member", member)]
    if role not in compiled.member_roles:
        return [_wrong("unknown_role", event, "role", role, names=_joined(sorted(compiled.member_roles)))]
    return []


def _about_draw(compiled: Compiled, state: State, event: Event) -> list[Problem]:
    draw = str(event.data["draw"])
    if draw not in compiled.drawn:
        return [_wrong("unknown_draw", event, "draw", draw, names=_joined(compiled.drawn))]
    if draw in state.facts:
        return [_wrong("already_drawn", event, "draw", draw)]
    if not isinstance(event.data.get("chosen"), bool):
        return [Problem(code="missing_field", kind=event.kind, field="chosen", words=example_of("boolean"))]
    return []


def _wrong(code: str, event: Event, field: str, written: str, **words: str) -> Problem:
    return Problem(code=code, kind=event.kind, field=field, written=written, words=in_both(**words))


def _forbidden(compiled: Compiled, state: State, kind: Kind) -> list[Problem]:
    """Whether the stage alone forbids it, whatever it carries."""
    if kind.during is None or state.stage in kind.during:
        return []
    return (
        [Problem(code="not_enrolled", kind=kind.name)]
        if state.stage is None
        else [_stage_forbids(compiled, state, kind)]
    )


def _about_due(state: State, event: Event) -> list[Problem]:
    written = str(event.data.get("due", ""))
    due = next((due for due in state.dues if due.id == written), None)
    if due is not None and (due.unanswered or event.kind == "waived"):
        return []
    return [Problem(code="unknown_due", kind=event.kind, field="due", written=written)]


def _stage_forbids(compiled: Compiled, state: State, kind: Kind) -> Problem:
    stages = compiled.protocol.stages
    if kind.name == "enrolled":
        return Problem(code="already_enrolled", kind=kind.name)
    allowed = [stage for name, stage in stages.items() if kind.during is None or name in kind.during]
    words = {
        language: {
            "stage": f'"{stages[state.stage or ""].in_language(language)}"',
            "names": ", ".join(stage.in_language(language) for stage in allowed),
        }
        for language in LANGUAGES
    }
    return Problem(code="stage_forbids", kind=kind.name, written=state.stage or "", words=words)


def _refusal(compiled: Compiled, state: State, kind: Kind, event: Event) -> Problem:
    """Why `accepts` said no."""
    if kind.name == "enrolled" or (kind.during is not None and state.stage not in kind.during):
        return _stage_forbids(compiled, state, kind)
    if kind.name == "allocated":
        return Problem(code="already_allocated", kind=kind.name)
    if first := unsettled(Draft(state), kind, event, compiled.rules):
        return Problem(code="required_first", kind=kind.name, words=_named(compiled, first))
    condition = kind.declared.when if kind.declared else None
    return Problem(code="condition_not_met", kind=kind.name, words=in_both(condition=condition or ""))


def _named(compiled: Compiled, expectations: Sequence[str]) -> dict[Language, Mapping[str, str]]:
    """Expectations by what people call them."""
    labels = [compiled.protocol.expectations[name] for name in expectations]
    return {one: {"names": ", ".join(f'"{label.in_language(one)}"' for label in labels)} for one in LANGUAGES}


def _participant(compiled: Compiled) -> DataField:
    """Which of the participants an enrolment is, as a field of `enrolled`."""
    roles = compiled.protocol.roles
    options = {name: Text(sv=roles[name].sv, en=roles[name].en) for name in compiled.participants}
    return DataField(type="choice", sv="Deltar som", en="Takes part as", options=options, required=False)


def _fields(compiled: Compiled, kind: str) -> tuple[Mapping[str, DataField] | None, bool]:
    """The fields of a kind of event, and whether those that are required must be there.

    None where the fields are not typed.
    """
    if kind in compiled.protocol.events:
        return compiled.protocol.events[kind].fields, True
    if kind == "enrolled" and compiled.participants:
        return {**compiled.protocol.facts, PARTICIPANT: _participant(compiled)}, False
    if kind in ("enrolled", "stated"):
        return compiled.protocol.facts, False
    return None, False


def _joined(names: Any) -> str:
    return ", ".join(names) or "–"
