"""What each expression of a protocol may name: the one list that checks, engine, rehearsal and measuring share.

Also the tables that are measured: an expectation's outcome facts, the events of a kind, and `enrolments`.
"""

from collections.abc import Iterable, Mapping

from genklang.protocol.expressions import Scope, TableShape, Type
from genklang.protocol.reckoning import Signal
from genklang.protocol.types import DataField, Expectation, FieldKind, Protocol

ENROLMENTS = "enrolments"
BUILT_IN_EVENTS = frozenset(
    {"enrolled", "stated", "allocated", "acknowledged", "resolved", "waived", "voided", "time_passed"}
) | {"member_joined", "member_left", "drawn"}
ANCHORS = frozenset({"enrolled", "allocated", "member_joined"})
PARTICIPANT = "participant"

KINDS: Mapping[FieldKind, Type] = {
    "boolean": Type.BOOLEAN,
    "integer": Type.INTEGER,
    "number": Type.NUMBER,
    "text": Type.TEXT,
    "choice": Type.TEXT,
    "time": Type.TEXT,
    "date": Type.DATE,
    "instant": Type.INSTANT,
    "times": Type.TIMES,
    "numbers": Type.NUMBERS,
    "reference": Type.TEXT,
    "member": Type.TEXT,
    "participant": Type.TEXT,
    "file": Type.TEXT,
}
OUTCOME_COLUMNS: Mapping[str, Type] = {
    "enrolment": Type.TEXT,
    "expectation": Type.TEXT,
    "occurrence": Type.TEXT,
    "slot_date": Type.DATE,
    "target_at": Type.INSTANT,
    "deadline_at": Type.INSTANT,
    "resolved_at": Type.INSTANT,
    "status": Type.TEXT,
    "met": Type.BOOLEAN,
    "met_late": Type.BOOLEAN,
    "missed": Type.BOOLEAN,
    "minutes_late": Type.NUMBER,
    "arm": Type.TEXT,
    "stage": Type.TEXT,
}
EVENT_COLUMNS: Mapping[str, Type] = {
    "enrolment": Type.TEXT,
    "event": Type.TEXT,
    "occurred_at": Type.INSTANT,
    "arm": Type.TEXT,
    "stage": Type.TEXT,
}
ENROLMENT_COLUMNS: Mapping[str, Type] = {
    "enrolment": Type.TEXT,
    "enrolled_at": Type.INSTANT,
    "ended_at": Type.INSTANT,
    "stage": Type.TEXT,
    "arm": Type.TEXT,
    "months": Type.NUMBER,
}
BEHAVIOUR_NAMES: Mapping[str, Type] = {"months_in_stage": Type.NUMBER, "months_enrolled": Type.NUMBER}
ECONOMY_NAMES = ("enrolments", "enrolment_months")
STATUSES = frozenset({"met", "met_late", "missed", "waived", "cancelled"})
RESERVED = frozenset({*OUTCOME_COLUMNS, *EVENT_COLUMNS, *ENROLMENT_COLUMNS, *BEHAVIOUR_NAMES, *ECONOMY_NAMES}) | {
    "period",
    "effect",
    "due",
    "now",
    "local_date",
    PARTICIPANT,
}

Options = dict[str, frozenset[str]]


def fields_of(protocol: Protocol, event: str) -> Mapping[str, DataField]:
    """Return what an event carries; nothing for a built-in one."""
    kind = protocol.events.get(event)
    return kind.fields if kind else {}


def single(fields: Mapping[str, DataField]) -> dict[str, DataField]:
    """Return the fields that expressions may name: all but references to several."""
    return {name: field for name, field in fields.items() if not field.many}


def series_scope(protocol: Protocol, signal: Signal) -> Scope:
    """Return what a signal may aggregate: the fields of its events, and `occurred_at`, in order of time."""
    names: dict[str, Type] = {"occurred_at": Type.INSTANT}
    for event in signal.of:
        names |= {name: KINDS[field.type] for name, field in single(fields_of(protocol, event)).items()}
    options = _options(protocol, [fields_of(protocol, event) for event in signal.of])
    known = {name: some for name, some in options.items() if name in names}
    return Scope(names, aggregates=True, in_order=True, options=known)


def eligibility_scope(protocol: Protocol) -> Scope:
    """Return what `eligible` may name: the facts."""
    return _scope(protocol, {}, protocol.facts)


def condition_scope(protocol: Protocol) -> Scope:
    """Return what the `when` of an expectation may name: facts, `arm` and `stage`."""
    return _scope(protocol, {"stage": Type.TEXT, "arm": Type.TEXT}, protocol.facts)


def event_scope(protocol: Protocol, event: str) -> Scope:
    """Return what the `when` of an event may name: its fields, facts, `arm` and `stage`."""
    return _scope(protocol, {"stage": Type.TEXT, "arm": Type.TEXT}, protocol.facts, fields_of(protocol, event))


def expected_scope(protocol: Protocol, expectation: Expectation) -> Scope:
    """Return what the `where` of an expectation may name: fields of the events it expects, facts, `arm` and `stage`."""
    fields = [fields_of(protocol, event) for event in expectation.expect]
    return _scope(protocol, {"stage": Type.TEXT, "arm": Type.TEXT}, protocol.facts, *fields)


def columns_of(protocol: Protocol, of: str) -> dict[str, Type]:
    """Return the columns of a table that can be measured, with their types. Raises KeyError for what is none."""
    return dict(table_scope(protocol, of).names)


def table_scope(protocol: Protocol, of: str) -> Scope:
    """Return what an aggregate over a table may name. Raises KeyError for what is no table."""
    if of in protocol.expectations:
        scope = _scope(protocol, OUTCOME_COLUMNS, protocol.facts)
        options = {**scope.options, "status": STATUSES}
        return Scope(scope.names, aggregates=True, options=options)
    if of == ENROLMENTS:
        return _scope(protocol, ENROLMENT_COLUMNS, protocol.facts, aggregates=True)
    fields = protocol.events[of].fields
    return _scope(protocol, EVENT_COLUMNS, protocol.facts, fields, aggregates=True)


def economy_scope(protocol: Protocol) -> Scope:
    """Return what a quantity may name: indicators, `enrolments`, `enrolment_months`; `effect` of a randomised study."""
    compared = protocol.study is not None and protocol.study.design in ("randomised", "cluster_randomised")
    effect = ["effect"] if compared else []
    return Scope(dict.fromkeys((*protocol.indicators, *ECONOMY_NAMES, *effect), Type.NUMBER))


def rehearsal_scope(protocol: Protocol) -> Scope:
    """Return what simulated people may depend on: facts, parameters, `arm`, `stage` and how long it has been."""
    parameters = protocol.rehearsal.parameters if protocol.rehearsal else {}
    names = {**dict.fromkeys(parameters, Type.NUMBER), **BEHAVIOUR_NAMES, "stage": Type.TEXT, "arm": Type.TEXT}
    return _scope(protocol, names, protocol.facts, random=True)


def proposal_scope(protocol: Protocol, name: str, *, before: str | None = None) -> Scope:
    """Return what the lines of a proposal may name: facts, fields of its event, and the lines `before` that one."""
    proposal = protocol.proposals[name]
    lines = list(proposal.lines)
    earlier = lines[: lines.index(before)] if before is not None else lines
    known = _scope(protocol, {}, protocol.facts, fields_of(protocol, proposal.on))
    names = {**known.names, **dict.fromkeys(earlier, Type.NUMBER)}
    return Scope(names, options=known.options, tables=table_shapes(protocol))


def table_shapes(protocol: Protocol) -> dict[str, TableShape]:
    """Return the dated tables as expressions meet them. A key that only some editions have is not one to count on."""
    found: dict[str, TableShape] = {}
    for name, table in protocol.tables.items():
        keys = [{row.get(table.key) for row in edition.rows} for edition in table.editions]
        words = frozenset.intersection(*(frozenset(key for key in some if isinstance(key, str)) for some in keys))
        kind = Type.TEXT if any(isinstance(key, str) for some in keys for key in some) else Type.NUMBER
        found[name] = TableShape(kind, frozenset(table.columns) - {table.key}, words)
    return found


def _scope(
    protocol: Protocol,
    built_in: Mapping[str, Type],
    *declared: Mapping[str, DataField],
    aggregates: bool = False,
    random: bool = False,
) -> Scope:
    """Return a scope of built-in names and declared facts and fields, with the options of those that are a choice."""
    names = {name: KINDS[field.type] for fields in declared for name, field in single(fields).items()}
    names |= dict.fromkeys(protocol.draws, Type.BOOLEAN) | dict(built_in)
    if len(protocol.participant_roles) > 1:
        names[PARTICIPANT] = Type.TEXT
    options = _options(protocol, declared)
    if protocol.randomise is None:
        names.pop("arm", None)
    return Scope(names, aggregates=aggregates, random=random, options={n: o for n, o in options.items() if n in names})


def _options(protocol: Protocol, declared: Iterable[Mapping[str, DataField]]) -> Options:
    found: Options = {"stage": frozenset(protocol.stages)}
    if len(protocol.participant_roles) > 1:
        found[PARTICIPANT] = frozenset(protocol.participant_roles)
    if protocol.randomise:
        found["arm"] = frozenset(protocol.randomise.arms)
    for fields in declared:
        for name, field in fields.items():
            if field.type == "choice":
                found[name] = found.get(name, frozenset()) | frozenset(field.options)
    return found
