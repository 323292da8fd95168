"""A practice's stories, run on the engine: each line is judged at the door as in production, and the end held against
what is told.
"""

from collections.abc import Callable, Mapping
from typing import Any

from genklang.engine.folding import arrange
from genklang.engine.problems import Problem as Refusal
from genklang.engine.types import Event
from genklang.measure.study import pairs
from genklang.measure.tables import Record, Tables
from genklang.protocol.checks.pairs import before_column
from genklang.protocol.expressions import compile_expression
from genklang.protocol.problems import Problem, quoted
from genklang.protocol.scopes import table_scope
from genklang.rehearsal.cases import sums
from genklang.rehearsal.cases.reading import PlacedCase
from genklang.rehearsal.cases.stories import Mismatch, PureDriver, label

_ABOUT_DUES = ("acknowledged", "resolved", "waived")
_WAITING = frozenset({"stage_forbids", "condition_not_met", "required_first", "not_enrolled"})
_NO_TEXT = "nothing"


def failures(told: PlacedCase) -> list[Problem]:
    """Run one story. Return everything that did not go as it tells; empty where all did."""
    driver = PureDriver(lot=told.lot)
    driver.start(told.case.protocol, zone=told.case.zone)
    problems: list[Problem] = []
    for number, line in enumerate(told.case.lines):
        _live(driver, to=line.at if line.event is None else line.at - 1)
        if line.event is not None:
            problems += _arrival(told, driver, number, line.event)
    mismatches = [*told.case.mismatches(driver.outcome()), *_measured(told, driver), *sums.mismatches(told, driver)]
    return problems + [_mismatch(told, one) for one in mismatches]


def _live(driver: PureDriver, *, to: int) -> None:
    """Let time pass as it does where a worker runs: stopping whenever something happens, so that reminders are sent."""
    while (at := driver.machine.next_deadline(driver.state)) is not None and at <= to:
        driver.tick(at)
    driver.tick(to)


def _arrival(told: PlacedCase, driver: PureDriver, number: int, event: Event) -> list[Problem]:
    """Let an event in, unless it is or should be refused; say where that differs."""
    event = _named_due(driver, event)
    refusals = _refusals(driver, event)
    wanted, waits = told.entrances[number], all(one.code in _WAITING for one in refusals)
    path = ("when", number, 1)
    if wanted == "refused" and refusals:
        return []
    if wanted == "accepted" and refusals:
        return [_refused(told, path, event, one) for one in refusals]
    if wanted == "held" and refusals and not waits:
        return [_refused(told, path, event, one) for one in refusals]
    coerced = sums.with_proposed(driver, event.kind, driver.machine.coerce(event.kind, event.data).data)
    driver.arrive(Event(event.id, event.kind, event.occurred_at, event.by, coerced, event.sequence, event.received_at))
    if wanted == "accepted":
        return []
    if wanted == "held" and event.id in driver.held:
        return []
    what = f"The event {quoted(event.kind)} was let in, though the test tells that it is {wanted}"
    instead = f"Leave out {wanted}: true, or correct the protocol."
    return [told.problem(path, what, written=event.kind, instead=instead)]


def _refusals(driver: PureDriver, event: Event) -> list[Refusal]:
    state = driver.state
    if event.kind in _ABOUT_DUES:
        state = driver.machine.advance(state, event.occurred_at - 1).state
    return driver.machine.check(state, event, history=lambda: list(driver.log))


def _named_due(driver: PureDriver, event: Event) -> Event:
    """The event with the id of the due that it calls by its expectation and target."""
    if event.kind not in _ABOUT_DUES:
        return event
    state = driver.machine.advance(driver.state, event.occurred_at - 1).state
    ids = {label(due): due.id for due in state.dues}
    due = str(event.data.get("due", ""))
    data = {**event.data, "due": ids.get(due, due)}
    return Event(event.id, event.kind, event.occurred_at, event.by, data, event.sequence, event.received_at)


def _refused(told: PlacedCase, path: tuple[str | int, ...], event: Event, refusal: Refusal) -> Problem:
    wrong, instead = refusal.parts("en")
    field = f", field {quoted(refusal.field)}" if refusal.field else ""
    what = f"The event {quoted(event.kind)}{field} is refused: {wrong}"
    advice = f"{instead} Where that is what the test shows, add refused: true."
    return told.problem(path, what, written=event.kind, instead=advice)


def _measured(told: PlacedCase, driver: PureDriver) -> list[Mismatch]:
    """Indicators and outcomes that are told, and came otherwise."""
    protocol, then = told.case.protocol, told.case.then
    end = max(line.at for line in told.case.lines)
    events = [event for event in arrange(driver.log).events if event.id not in driver.held]
    record = Record("enrolment", events, tuple(driver.facts.values()), driver.state)
    tables = Tables(protocol, [record], zone=told.case.zone, horizon=end)
    readers: Mapping[str, Callable[[Tables, str], Any]] = {"indicators": _indicator, "outcomes": _outcome}
    found: list[Mismatch] = []
    for part, read in readers.items():
        for name, value in then.get(part, {}).items():
            came = read(tables, name)
            if not _same(value, came):
                found.append(Mismatch((part, name), _text(value), _text(came)))
    return found


def _indicator(tables: Tables, name: str) -> Any:
    indicator = tables.practice.indicators[name]
    return _value(tables, of=indicator.of, value=indicator.value)


def _outcome(tables: Tables, column: str) -> Any:
    """An outcome of the study, or, by the name of its column, what it was before."""
    protocol = tables.practice
    for name, outcome in (protocol.study.outcomes if protocol.study else {}).items():
        if outcome.before is not None and column in (name, before_column(name)):
            first, second = pairs(protocol, tables, outcome, ["enrolment"])
            return (second if column == name else first)[0]
        if column == name:
            return _value(tables, of=outcome.of, value=outcome.value)
    raise KeyError(column)


def _value(tables: Tables, *, of: str, value: str) -> Any:
    expression = compile_expression(value, table_scope(tables.practice, of))
    return expression.aggregate(list(tables[of].rows()))


def _same(told: Any, came: Any) -> bool:
    """Numbers are the same when they agree to as many decimals as are told; true is 1."""
    if told is None or came is None or isinstance(told, str) or isinstance(came, str):
        return bool(told == came)
    decimals = len(repr(float(told)).partition(".")[2])
    return round(float(came), decimals) == float(told)


def _text(value: Any) -> str:
    if value is None:
        return _NO_TEXT
    return value if isinstance(value, str) else f"{float(value):g}"


def _mismatch(told: PlacedCase, one: Mismatch) -> Problem:
    path, name = ("then", *one.path), one.path[-1]
    if one.told is None:
        what = f"Nothing is told of {quoted(name)}, which came as {quoted(one.came)}"
        line = f"{name}: {one.came}"
        instead = f'Add "{line}" to {one.path[0]}, or say with "about" which expectations the test tells.'
        return told.problem(("then", one.path[0]), what, written=name, instead=instead)
    if one.came is None:
        what = f"{quoted(name)} is told as {quoted(one.told)}, and never came"
    else:
        what = f"{quoted(name)} is told as {quoted(one.told)}, and came as {quoted(one.came)}"
    instead = f"Write {one.came}, or correct the protocol." if one.came else "Leave it out, or correct the protocol."
    return told.problem(path, what, written=one.told, instead=instead)
