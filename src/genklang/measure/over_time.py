"""What the study follows over time: one series before and after a change, or several groups' side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from genklang.engine.randomisation import cluster_of
from genklang.measure.calendar import start_of, whole_periods
from genklang.measure.study import StudyTable, first, needed
from genklang.measure.tables import Log, Tables
from genklang.protocol.expressions import compile_expression
from genklang.protocol.measured import OF_GROUPS
from genklang.protocol.scopes import ENROLMENTS, table_scope
from genklang.protocol.types import Protocol, Series

ALL = ""
NOTHING = (ALL, date.min)


def written(per: Literal["week", "month"], start: date) -> str:
    """A period as text: "2026-03", or the first day of a week."""
    return start.isoformat()[:7] if per == "month" else start.isoformat()


@dataclass(frozen=True, slots=True)
class SeriesTable:
    """One figure a period. `index` counts periods from the first; `transition` is a period in which the change came."""

    name: str
    per: Literal["week", "month"]
    index: tuple[int, ...]
    period: tuple[date, ...]
    value: tuple[float | None, ...]
    after: tuple[bool, ...]
    transition: tuple[date, ...]
    change: date | None

    def columns(self) -> StudyTable:
        """As evaluating takes it: `period` ("2026-03", or a date for a week), `index`, `value`, `after` (0 or 1)."""
        return {
            "period": [written(self.per, start) for start in self.period],
            "index": list(self.index),
            "value": list(self.value),
            "after": [int(after) for after in self.after],
        }


def series_table(protocol: Protocol, tables: Tables, name: str) -> SeriesTable:
    """A series of the study's, by whole local periods from the first enrolment to the horizon.

    The change is the first occurrence of its event in the adoption. A period in which it comes is neither before nor
    after: it is left out, unless the change comes on its first day. Raises ValueError for a series that the study
    does not have.
    """
    declared = protocol.study.series.get(name) if protocol.study else None
    if declared is None:
        raise ValueError(f'"{name}" is no series of the study of {protocol.practice}.')
    change = _change(tables, declared)
    starts = _periods(tables, declared.per)
    transition = {start for start in starts if change and start < change and start == start_of(declared.per, change)}
    kept = [start for start in starts if start not in transition]
    values = _values(protocol, tables, declared, dict.fromkeys((log.enrolment for log in tables.logs), ALL))
    return SeriesTable(
        name=name,
        per=declared.per,
        index=tuple(starts.index(start) for start in kept),
        period=tuple(kept),
        value=tuple(values.get((ALL, start), values[NOTHING]) for start in kept),
        after=tuple(change is not None and start >= change for start in kept),
        transition=tuple(sorted(transition)),
        change=change,
    )


def _change(tables: Tables, declared: Series) -> date | None:
    moments = [first(log.events, declared.change) for log in tables.logs]
    known = [moment for moment in moments if moment is not None]
    return tables.day(min(known)) if known else None


def _periods(tables: Tables, per: Literal["week", "month"]) -> list[date]:
    enrolled = [date.fromisoformat(day) for day in tables[ENROLMENTS].data["local_date"]]
    if not enrolled:
        return []
    return whole_periods(per, min(enrolled), tables.day(tables.horizon))


def _values(
    protocol: Protocol, tables: Tables, declared: Series, groups: Mapping[str, str]
) -> dict[tuple[str, date], float | None]:
    """The aggregate of each group and period in which there is any row, and under NOTHING that of no row at all."""
    expression = compile_expression(declared.value, table_scope(protocol, declared.of))
    rows: dict[tuple[str, date], list[Mapping[str, Any]]] = {NOTHING: []}
    for row in needed(tables[declared.of], {*expression.names, "local_date"}):
        if row["enrolment"] in groups:
            place = (groups[row["enrolment"]], start_of(declared.per, date.fromisoformat(row["local_date"])))
            rows.setdefault(place, []).append(row)
    values = {place: expression.aggregate(own) for place, own in rows.items()}
    return {place: None if value is None else float(value) for place, value in values.items()}


def series_columns(protocol: Protocol, tables: Tables) -> StudyTable:
    """All series of the study side by side: `period`, `after` (0 or 1) and a column each; None for no value."""
    columns: dict[str, dict[str, float | None]] = {}
    after: dict[str, int] = {}
    for name in protocol.study.series if protocol.study else ():
        own = series_table(protocol, tables, name).columns()
        columns[name] = dict(zip(own["period"], own["value"], strict=True))
        after |= dict(zip(own["period"], own["after"], strict=True))
    periods = sorted(after)
    side_by_side = {name: [values.get(period) for period in periods] for name, values in columns.items()}
    return {"period": periods, "after": [after[period] for period in periods], **side_by_side}


@dataclass(frozen=True, slots=True)
class PanelTable:
    """A series of each group: a row for each group and period. `first` is the period's number in which the group began,
    None for a group that never did; `value` is None where there was nothing, and before anybody of the group came."""

    name: str
    per: Literal["week", "month"]
    periods: tuple[date, ...]
    group: tuple[str, ...]
    index: tuple[int, ...]
    value: tuple[float | None, ...]
    first: tuple[int | None, ...]

    def columns(self) -> StudyTable:
        """As evaluating takes it."""
        names = ("group", "index", "value", "first")
        return {name: list(getattr(self, name)) for name in names}


def panel_table(protocol: Protocol, tables: Tables, name: str) -> PanelTable:
    """A series of the study's in each of its groups, by whole local periods from the first enrolment to the horizon.

    A group begins in the period of the first `change` of anybody in it, from which that whole period counts as with the
    practice. Raises ValueError for a series that the study does not have.
    """
    declared = protocol.study.series.get(name) if protocol.study else None
    if declared is None:
        raise ValueError(f'"{name}" is no series of the study of {protocol.practice}.')
    groups = groups_of(protocol, tables.logs)
    starts = _periods(tables, declared.per)
    values = _values(protocol, tables, declared, groups)
    begun = _begun(tables, groups, declared, starts)
    came = _came(tables, groups, declared.per)
    cells = [(group, place, start) for group in sorted(came) for place, start in enumerate(starts)]
    return PanelTable(
        name=name,
        per=declared.per,
        periods=tuple(starts),
        group=tuple(group for group, _place, _start in cells),
        index=tuple(place for _group, place, _start in cells),
        value=tuple(
            None if start < came[group] else values.get((group, start), values[NOTHING])
            for group, _place, start in cells
        ),
        first=tuple(begun.get(group) for group, _place, _start in cells),
    )


def followed_columns(protocol: Protocol, tables: Tables) -> StudyTable:
    """All series of the study: by period, or by group and period where there are groups."""
    study = protocol.study
    return panel_columns(protocol, tables) if study and study.design in OF_GROUPS else series_columns(protocol, tables)


def panel_columns(protocol: Protocol, tables: Tables) -> StudyTable:
    """All series of each group side by side: `group`, `period` and a column each, with `<series>_began`: the group's
    first period with the practice, None for never."""
    table: StudyTable = {}
    for name in protocol.study.series if protocol.study else ():
        made = panel_table(protocol, tables, name)
        if not table:
            table = {"group": list(made.group), "period": [written(made.per, made.periods[at]) for at in made.index]}
        table[name] = list(made.value)
        table[f"{name}_began"] = [None if at is None else written(made.per, made.periods[at]) for at in made.first]
    return table


def groups_of(protocol: Protocol, logs: Sequence[Log]) -> dict[str, str]:
    """Which group each enrolment is of: the clusters that were drawn whole, the fact that the study names, or itself.

    Whoever belongs to no group, or was never drawn, is left out.
    """
    study, randomise = protocol.study, protocol.randomise
    if study is not None and study.design == "stepped_wedge":
        fact = randomise.cluster if randomise else None
        logs = [log for log in logs if log.state.arm is not None]
    else:
        fact = study.groups if study else None
    if fact is None:
        return {log.enrolment: log.enrolment for log in logs}
    named = {log.enrolment: log.state.facts.get(fact) for log in logs}
    return {enrolment: cluster_of(value) for enrolment, value in named.items() if value is not None}


def _begun(tables: Tables, groups: Mapping[str, str], declared: Series, starts: Sequence[date]) -> dict[str, int]:
    """The number of the period in which each group began."""
    begun: dict[str, int] = {}
    for log in tables.logs:
        moment = first(log.events, declared.change)
        if moment is None or log.enrolment not in groups:
            continue
        period = start_of(declared.per, tables.day(moment))
        group, place = groups[log.enrolment], sum(1 for start in starts if start < period)
        begun[group] = min(place, begun.get(group, place))
    return {group: place for group, place in begun.items() if place < len(starts)}


def _came(tables: Tables, groups: Mapping[str, str], per: Literal["week", "month"]) -> dict[str, date]:
    """The period in which the first of each group was enrolled."""
    rows = tables[ENROLMENTS].data
    came: dict[str, date] = {}
    for enrolment, day in zip(rows["enrolment"], rows["local_date"], strict=True):
        if enrolment in groups:
            period = start_of(per, date.fromisoformat(day))
            came[groups[enrolment]] = min(period, came.get(groups[enrolment], period))
    return came
