"""What a practice costs before and after a change, period by period: the economy's lines beside the study's series.

For a study that follows a series past a change. A period's amount is divided by how long people took part in it, so
that more or fewer people do not look like a change of cost. Periods as in `study.series_table`: whole ones, and the
one in which the change came is left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import fsum

from genklang.measure.calendar import Period, months_between, next_start, start_of
from genklang.measure.economy import quantity_of
from genklang.measure.over_time import series_table
from genklang.measure.tables import Tables
from genklang.protocol.expressions import compile_expression
from genklang.protocol.scopes import ENROLMENTS, economy_scope, table_scope
from genklang.protocol.types import EconomyLine, Indicator, Protocol
from genklang.protocol.units import Money


@dataclass(frozen=True, slots=True)
class LineAround:
    """One line of the economy per person and month, before and after; a cost is positive, a saving negative."""

    name: str
    before: tuple[float, ...]
    after: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class CostAround:
    """Every line over the same periods, in which all of them are known."""

    lines: tuple[LineAround, ...]
    currency: str

    @property
    def before(self) -> tuple[float, ...]:
        """What it all cost per person and month, a figure for each period before the change."""
        return _summed([line.before for line in self.lines])

    @property
    def after(self) -> tuple[float, ...]:
        """The same for each period after it."""
        return _summed([line.after for line in self.lines])


def cost_around(protocol: Protocol, tables: Tables, *, prices: Mapping[str, Money] | None = None) -> CostAround | None:
    """The economy before and after the change of the study's first series.

    None where there is no economy, no series, or no period in which every line is known. `prices` replace the
    protocol's own where named.
    """
    study, economy = protocol.study, protocol.economy
    if economy is None or study is None or not study.series:
        return None
    series = series_table(protocol, tables, next(iter(study.series)))
    known = {start: _known(protocol, tables, start, per=series.per) for start in series.period}
    charged = {name: (prices or {}).get(name, price.amount) for name, price in economy.prices.items()}
    amounts = {
        start: [_per_person(protocol, line, values, charged[line.price]) for line in economy.lines.values()]
        for start, values in known.items()
    }
    sides: dict[bool, list[Sequence[float]]] = {False: [], True: []}
    for start, after in zip(series.period, series.after, strict=True):
        row = [amount for amount in amounts[start] if amount is not None]
        if len(row) == len(economy.lines):
            sides[after].append(row)
    if not all(sides.values()):
        return None
    lines = tuple(
        LineAround(name, tuple(row[at] for row in sides[False]), tuple(row[at] for row in sides[True]))
        for at, name in enumerate(economy.lines)
    )
    return CostAround(lines, next(iter(charged.values())).currency)


def _known(protocol: Protocol, tables: Tables, start: date, *, per: Period) -> dict[str, float | None]:
    """What the economy may name, in one period."""
    wanted = _named(protocol)
    values = {name: _value(protocol, tables, protocol.indicators[name], start, per) for name in wanted}
    people, months = _presence(tables, start, per)
    return {**values, "enrolments": people, "enrolment_months": months}


def _named(protocol: Protocol) -> list[str]:
    """The indicators that the economy's lines are made of."""
    scope = economy_scope(protocol)
    lines = protocol.economy.lines.values() if protocol.economy else ()
    names = {name for line in lines for name in compile_expression(line.quantity, scope).names}
    return [name for name in protocol.indicators if name in names]


def _value(protocol: Protocol, tables: Tables, indicator: Indicator, start: date, per: Period) -> float | None:
    expression = compile_expression(indicator.value, table_scope(protocol, indicator.of))
    table = tables[indicator.of]
    inside = [
        place
        for place, day in enumerate(table.data["local_date"])
        if day and start_of(per, date.fromisoformat(day)) == start
    ]
    rows = [{name: table.data[name][place] for name in ("enrolment", *expression.names)} for place in inside]
    value = expression.aggregate(rows) if rows else None
    return None if value is None else float(value)


def _presence(tables: Tables, start: date, per: Period) -> tuple[float, float]:
    """How many took part in the period, and for how many months together."""
    end = next_start(per, start)
    rows = tables[ENROLMENTS].data
    people, months = 0, 0.0
    for began, ended in zip(rows["enrolled_at"], rows["ended_at"], strict=True):
        first = max(tables.day(began), start)
        last = min(tables.day(tables.horizon if ended is None else ended), end)
        if last > first:
            people += 1
            months += (last - first).days / (end - start).days * _length(start, end)
    return float(people), months


def _length(start: date, end: date) -> float:
    """The period in months: a calendar month is one, a week what it is of an average month."""
    day = 86_400_000_000
    return 1.0 if start.day == 1 and end.day == 1 else months_between(0, (end - start).days * day)


def _per_person(protocol: Protocol, line: EconomyLine, known: Mapping[str, float | None], price: Money) -> float | None:
    quantity, months = quantity_of(protocol, line, known), known["enrolment_months"]
    if quantity is None or not months:
        return None
    return (1 if line.counts_as == "cost" else -1) * quantity * float(price.amount) / months


def _summed(lines: Sequence[Sequence[float]]) -> tuple[float, ...]:
    return tuple(fsum(row) for row in zip(*lines, strict=True))
