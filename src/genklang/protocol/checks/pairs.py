"""Checks of measurements in pairs, before and after, of the same people."""

from genklang.protocol.checks.notes import Notes
from genklang.protocol.document import Path
from genklang.protocol.expressions import Type
from genklang.protocol.problems import listed, quoted
from genklang.protocol.scopes import ENROLMENTS, fields_of, table_scope
from genklang.protocol.types import Measure, Outcome, Study

EXAMPLE = 'Add for example "before: {of: rated_at_start, value: avg(score)}".'


def check(study: Study, name: str, outcome: Outcome, notes: Notes) -> None:
    """Note what is wrong with an outcome's `before` and `each`."""
    path: Path = ("study", "outcomes", name)
    if study.design == "before_after" and outcome.before is None:
        notes.note(path, "Nothing is measured before", EXAMPLE, key=True)
    elif study.design != "before_after" and outcome.before is not None:
        what = f"before is never compared with design {study.design}"
        notes.note((*path, "before"), what, "Write design: before_after, or take it away.", key=True)
    if outcome.before is not None:
        _before((*path, "before"), outcome.before, notes)
        _name(path, name, notes)
    if outcome.each is not None:
        _each((*path, "each"), outcome, outcome.each, notes)


def _before(path: Path, before: Measure, notes: Notes) -> None:
    tables = (*notes.protocol.expectations, *notes.protocol.events, ENROLMENTS)
    if notes.known((*path, "of"), before.of, tables, kind="expectation or event"):
        notes.expression((*path, "value"), before.value, table_scope(notes.protocol, before.of), *FIGURES)


def _name(path: Path, name: str, notes: Notes) -> None:
    """The column that the first measurements get must be free."""
    study = notes.protocol.study
    column = before_column(name)
    if study and (column in study.outcomes or column in notes.protocol.facts):
        what = f"{quoted(column)} is the column of what {quoted(name)} was before"
        notes.note(path, what, "Give one of them another name.", written=name, key=True)


def _each(path: Path, outcome: Outcome, field: str, notes: Notes) -> None:
    if outcome.before is None:
        notes.note(path, "There is nothing to pair", "Add before, or take each away.", written=field, key=True)
        return
    first, second = (fields_of(notes.protocol, of) for of in (outcome.before.of, outcome.of))
    both = [name for name in first if name in second]
    if field not in both:
        what = f"{quoted(field)} is not a field of both events"
        instead = f"Write {listed(both)}." if both else "Take it away, or let both events carry it."
        notes.note(path, what, instead, written=field)


def outcome_columns(study: Study) -> list[str]:
    """The columns of the study's outcomes in its table."""
    found: list[str] = []
    for name, outcome in study.outcomes.items():
        found += [before_column(name), name] if outcome.before is not None else [name]
    return found


def before_column(outcome: str) -> str:
    """What the column of first measurements is called in the study's table."""
    return f"{outcome}_before"


FIGURES = (Type.NUMBER, Type.BOOLEAN)
