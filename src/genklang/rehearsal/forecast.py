"""What to expect of a practice with one's own numbers: indicators, months and money, with intervals.

Participants are simulated once, and then drawn again with replacement many times over (a bootstrap over
participants), in two rounds: first as many as were simulated, since other ones might have been, then from these as
many as will take part. The interval holds 95 % of the results: where the figures of that many participants will lie
by chance, if the parameters are right. It says nothing about whether they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genklang.engine.machine import Machine
from genklang.measure.calendar import whole_periods
from genklang.measure.engines import measure
from genklang.measure.partials import Partials, take_apart
from genklang.measure.sql import Query
from genklang.measure.study import study_table
from genklang.measure.tables import Tables
from genklang.protocol.expressions import compile_expression
from genklang.protocol.scopes import ENROLMENTS, economy_scope
from genklang.protocol.types import Protocol
from genklang.protocol.units import Money
from genklang.rehearsal.expected import Expectation, Expected, ExpectedAmount, ExpectedCell, ExpectedIndicator
from genklang.rehearsal.participant import seeded
from genklang.rehearsal.problems import RehearsalError, check_size
from genklang.rehearsal.running import Rehearsal, rehearse
from genklang.rehearsal.together import shares_something

Floats = NDArray[np.float64]

REPLICATIONS = 200
LEAST_SIMULATED = 40
MOST_SIMULATED = 4000
MOST_STEPS = 50_000
_TRIED = 4
_DIGITS = 12
_LIMITS = (0.025, 0.975)


def expect(
    protocol: Protocol,
    *,
    enrolments: int,
    years: float,
    seed: int,
    zone: str = "Europe/Stockholm",
    parameters: Mapping[str, float] | None = None,
    prices: Mapping[str, Money] | None = None,
    published: Mapping[str, Any] | None = None,
    replications: int = REPLICATIONS,
    simulated: int | None = None,
    machine: Machine | None = None,
) -> Expectation:
    """What to expect of so many participants for so long, with one's own parameters and prices.

    `simulated` participants are run through the engine and stand for `enrolments`; left out, as many as some seconds
    allow, for the more there are, the closer the figures come to what the parameters imply. `published` figures by
    indicator are put beside. Raises RehearsalError with all that is wrong.
    """
    problems = check_size(enrolments, years)
    if problems:
        raise RehearsalError(problems)
    machine = machine or Machine(protocol, zone=zone)

    def rehearsed(size: int) -> Rehearsal:
        return rehearse(
            protocol, enrolments=size, years=years, seed=seed, zone=zone, parameters=parameters, machine=machine
        )

    # In a queue everybody matters to everybody: another number of people would wait for another time.
    exactly = enrolments if shares_something(protocol) else None
    rehearsal = rehearsed(exactly or simulated or _affordable(rehearsed(_TRIED)))
    return forecast(rehearsal, enrolments=enrolments, prices=prices, published=published, replications=replications)


def forecast(
    rehearsal: Rehearsal,
    *,
    enrolments: int | None = None,
    prices: Mapping[str, Money] | None = None,
    published: Mapping[str, Any] | None = None,
    replications: int = REPLICATIONS,
) -> Expectation:
    """What a rehearsal makes one expect of so many participants (left out: as many as were simulated)."""
    protocol = rehearsal.protocol
    size = len(rehearsal.participants)
    taking_part = enrolments or size
    drawn = _weights(rehearsal.seed, size, taking_part, replications)
    tables = Tables(protocol, rehearsal.participants, zone=rehearsal.zone, horizon=rehearsal.end)
    totals = _totals(protocol, tables, drawn)
    indicators = _indicators(protocol, tables, drawn, totals, published or {}, rehearsal.start)
    effect = _effect(protocol, tables, drawn)
    lines, net = _economy(protocol, tables, drawn, totals, effect, prices or {}, rehearsal.months)
    return Expectation(
        practice=protocol.practice,
        enrolments=taking_part,
        simulated=size,
        years=rehearsal.years,
        months=rehearsal.months,
        seed=rehearsal.seed,
        replications=replications,
        parameters=rehearsal.parameters,
        indicators=indicators,
        effect=None if effect is None else _interval(effect),
        economy=lines,
        net=None if net is None else _interval(net),
        net_per_month=None if net is None else _interval(net / rehearsal.months),
        currency=_currency(protocol),
    )


def _affordable(tried: Rehearsal) -> int:
    """How many participants can be simulated in some seconds, by how many steps the first few took."""
    each = max(tried.steps / len(tried.participants), 1)
    return min(max(int(MOST_STEPS / each), LEAST_SIMULATED), MOST_SIMULATED)


def _weights(seed: int, size: int, enrolments: int, replications: int) -> Floats:
    """How often each simulated participant counts, shape (1 + replications, size). The first row counts all alike.

    Without the first of the two rounds an interval from 100 simulated for 100 held 83 % of new rehearsals, not 95 %.
    """
    rng = seeded(seed, "replications")
    rows = [np.full(size, enrolments / size)]
    for _ in range(replications):
        drawn = rng.choices(rng.choices(range(size), k=size), k=enrolments)
        rows.append(np.bincount(drawn, minlength=size).astype(np.float64))
    return np.array(rows)


def _interval(values: Floats) -> Expected:
    """The first of some values, with the interval of the others."""
    value = None if np.isnan(values[0]) else _rounded(values[0])
    known = values[1:][~np.isnan(values[1:])]
    if value is None or not known.size:
        return Expected(value, None, None)
    low, high = np.quantile(known, _LIMITS)
    return Expected(value, _rounded(low), _rounded(high))


def _rounded(value: float) -> float:
    """Without the last digits, in which machines may differ when they add in another order."""
    return float(f"{value:.{_DIGITS}g}")


def _totals(protocol: Protocol, tables: Tables, drawn: Floats) -> dict[str, Floats]:
    """Every indicator over the whole time and everybody, in each replication. Without interval where it has none."""
    queries = {name: Query.of_indicator(one, grouped=False) for name, one in protocol.indicators.items()}
    alone = np.full(len(drawn), np.nan)
    totals: dict[str, Floats] = {}
    for name, partials in take_apart(protocol, tables, queries).items():
        if partials is None:
            [value] = measure(protocol, tables, indicators=[name], grouped=False)
            totals[name] = alone.copy()
            totals[name][0] = np.nan if value.value is None else value.value
        else:
            totals[name] = partials.values(drawn)[:, 0]
    return totals


def _indicators(
    protocol: Protocol,
    tables: Tables,
    drawn: Floats,
    totals: Mapping[str, Floats],
    published: Mapping[str, Any],
    start: int,
) -> tuple[ExpectedIndicator, ...]:
    queries = {name: Query.of_indicator(one) for name, one in protocol.indicators.items()}
    taken = take_apart(protocol, tables, {name: query for name, query in queries.items() if query.per or query.by})
    expected = []
    for name, query in queries.items():
        partials = taken.get(name)
        values = None if partials is None else partials.values(drawn)
        cells = () if partials is None or values is None else _cells(query, partials, values, tables)
        ordinary = None if partials is None or values is None else _ordinary(query, partials, values, tables, start)
        expected.append(ExpectedIndicator(name, _interval(totals[name]), ordinary, cells, published.get(name)))
    return tuple(expected)


def _cells(query: Query, partials: Partials, values: Floats, tables: Tables) -> tuple[ExpectedCell, ...]:
    """Cell by cell, without periods that begin after the end: dues met early belong to them."""
    end = tables.day(tables.horizon - 1)
    return tuple(
        ExpectedCell(period, tuple(zip(query.by, groups, strict=True)), _interval(values[:, place]))
        for place, (period, groups) in enumerate(partials.cells)
        if period is None or period <= end
    )


def _ordinary(query: Query, partials: Partials, values: Floats, tables: Tables, start: int) -> Expected | None:
    """The mean of the periods that lie wholly within the rehearsal; where there are groups, each has its own."""
    if query.per is None or query.by:
        return None
    whole = set(whole_periods(query.per, tables.day(start), tables.day(tables.horizon)))
    places = [place for place, (period, _) in enumerate(partials.cells) if period in whole]
    return _interval(values[:, places].mean(axis=1)) if places else None


def _effect(protocol: Protocol, tables: Tables, drawn: Floats) -> Floats | None:
    """The primary outcome's mean in the (first) other arm less that in the control arm; None without arms."""
    study, randomise = protocol.study, protocol.randomise
    if study is None or randomise is None or study.control is None or not study.outcomes:
        return None
    table = study_table(protocol, tables)
    primary = next(iter(study.outcomes))
    treated = next(arm for arm in randomise.arms if arm != study.control)
    known = dict(zip(table["enrolment"], zip(table["arm"], table[primary], strict=True), strict=True))
    rows = [known.get(log.enrolment, (None, None)) for log in tables.logs]
    return _mean(rows, treated, drawn) - _mean(rows, study.control, drawn)


def _mean(rows: Sequence[tuple[Any, Any]], arm: str, drawn: Floats) -> Floats:
    counted = np.array([float(one == arm and value is not None) for one, value in rows])
    values = np.array([0.0 if value is None else float(value) for _, value in rows])
    people = drawn @ counted
    means: Floats = (drawn @ (counted * values)) / np.where(people > 0, people, np.nan)
    return means


def _economy(
    protocol: Protocol,
    tables: Tables,
    drawn: Floats,
    totals: Mapping[str, Floats],
    effect: Floats | None,
    prices: Mapping[str, Money],
    months: float,
) -> tuple[tuple[ExpectedAmount, ...], Floats | None]:
    """Lines with quantities over the whole time and money a month, and the net over the whole time."""
    if protocol.economy is None:
        return (), None
    known = dict(totals)
    known["enrolments"] = drawn.sum(axis=1)
    known["enrolment_months"] = drawn @ _months(tables)
    known["effect"] = np.full(len(drawn), np.nan) if effect is None else effect
    lines = []
    net = np.zeros(len(drawn))
    for name, line in protocol.economy.lines.items():
        price = prices.get(line.price, protocol.economy.prices[line.price].amount)
        quantity = _evaluated(compile_expression(line.quantity, economy_scope(protocol)).python, known)
        amount = quantity * float(price.amount) * (1 if line.counts_as == "saving" else -1)
        net = net + amount
        lines.append(ExpectedAmount(name, line.counts_as, _interval(quantity), price, _interval(amount / months)))
    return tuple(lines), net


def _months(tables: Tables) -> Floats:
    """Average months of each participant, in the order of the tables."""
    enrolments = tables[ENROLMENTS].data
    known = dict(zip(enrolments["enrolment"], enrolments["months"], strict=True))
    return np.array([known.get(log.enrolment, 0.0) for log in tables.logs])


def _evaluated(function: Callable[[Mapping[str, Any]], Any], known: Mapping[str, Floats]) -> Floats:
    """A quantity in each replication, NaN where it is unknown."""
    length = len(next(iter(known.values())))
    results = []
    for place in range(length):
        row = {name: None if np.isnan(values[place]) else float(values[place]) for name, values in known.items()}
        value = function(row)
        results.append(np.nan if value is None else float(value))
    return np.array(results)


def _currency(protocol: Protocol) -> str | None:
    return (
        next((price.amount.currency for price in protocol.economy.prices.values()), None) if protocol.economy else None
    )


__all__ = [
    "Expectation",
    "Expected",
    "ExpectedAmount",
    "ExpectedCell",
    "ExpectedIndicator",
    "expect",
    "forecast",
]
