"""What to expect, in words: each figure with its interval, what the source published beside it, money, and a chart."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from genklang.bank.published import FigureView, figures_of
from genklang.bank.results import Results
from genklang.bank.wording import in_unit, inside, per_word, percent, said, started, together
from genklang.charts import Chart, Point, chart_bar, chart_line
from genklang.protocol.types import Indicator, Outcome, Protocol
from genklang.rehearsal.forecast import Expectation, Expected, ExpectedIndicator

FEW_PERIODS = 3


@dataclass(frozen=True)
class Row:
    """One figure: what, about whom, the figure, its interval, and what was published about the same."""

    name: str
    whom: str
    value: str
    interval: str
    published: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class MoneyRow:
    """One line of the economy, a month: a saving or a cost."""

    name: str
    saving: bool
    value: str
    interval: str


@dataclass(frozen=True)
class ExpectedView:
    """Everything the page shows of an expectation."""

    sentences: tuple[str, ...]
    rows: tuple[Row, ...]
    money: tuple[MoneyRow, ...]
    net: MoneyRow | None
    charts: tuple[Chart, ...]
    other_figures: tuple[FigureView, ...]
    enrolments: int
    simulated: int
    months: int


def expected_view(protocol: Protocol, results: Results, expectation: Expectation) -> ExpectedView:
    """The expectation in the reader's language."""
    published = figures_of(results, protocol)
    rows = tuple(_rows(protocol, expectation, published))
    used = {name for row in rows for name, _source in row.published}
    return ExpectedView(
        sentences=tuple(_sentences(protocol, expectation, rows)),
        rows=rows,
        money=tuple(_money(protocol, expectation)),
        net=_net(expectation),
        charts=tuple(_charts(protocol, expectation)),
        other_figures=tuple(figure for figure in published if figure_words(figure) not in used),
        enrolments=expectation.enrolments,
        simulated=expectation.simulated,
        months=round(expectation.months),
    )


def figure_words(figure: FigureView) -> str:
    """A published figure in one line."""
    return f"{figure.name}: {figure.text}"


def _rows(protocol: Protocol, expectation: Expectation, published: list[FigureView]) -> Iterator[Row]:
    if expectation.effect is not None and protocol.study and protocol.study.outcomes:
        yield _effect_row(protocol, expectation.effect, published)
    for expected in expectation.indicators:
        indicator = protocol.indicators[expected.name]
        if not indicator.headline:
            continue
        if indicator.by:
            yield from _group_rows(protocol, expected, indicator, published)
        else:
            shown = expected.a_period or expected.overall
            yield _row(
                said(indicator),
                _period_words(indicator, expected),
                shown,
                indicator.unit,
                _same(published, protocol, expected.name, arm="", groups=()),
            )


def _group_rows(
    protocol: Protocol, expected: ExpectedIndicator, indicator: Indicator, published: list[FigureView]
) -> Iterator[Row]:
    for cell in expected.cells:
        if cell.period is not None:
            continue
        arm = next((value or "" for name, value in cell.by if name == "arm"), "")
        groups = tuple((name, value or "") for name, value in cell.by if name != "arm")
        whom = together(_group_name(protocol, name, value) for name, value in cell.by)
        same = _same(published, protocol, expected.name, arm=arm, groups=groups)
        yield _row(said(indicator), whom, cell.expected, indicator.unit, same)


def _effect_row(protocol: Protocol, effect: Expected, published: list[FigureView]) -> Row:
    assert protocol.study is not None and protocol.randomise is not None
    name, outcome = next(iter(protocol.study.outcomes.items()))
    arms = protocol.randomise.arms
    treated = next(arm for arm in arms if arm != protocol.study.control)
    whom = _("%(arm)s less %(control)s") % {
        "arm": said(arms[treated]),
        "control": inside(said(arms[protocol.study.control or treated])),
    }
    same = tuple(
        (figure_words(figure), figure.source)
        for figure in published
        if figure.measure == name and figure.kind == "difference" and not figure.subgroup
    )
    title = _("Difference: %(what)s") % {"what": inside(said(outcome))}
    return _row(title, whom, effect, _outcome_unit(outcome), same)


def _row(name: str, whom: str, expected: Expected, unit: str, published: tuple[tuple[str, str], ...]) -> Row:
    if expected.value is None:
        return Row(name, whom, _("not known"), "", published)
    return Row(name, whom, _figure(expected.value, unit), _interval(expected, unit), published)


def _interval(expected: Expected, unit: str) -> str:
    if expected.low is None or expected.high is None:
        return ""
    low, high = _figure(expected.low, unit), _figure(expected.high, unit)
    return low if low == high else _("%(low)s to %(high)s") % {"low": low, "high": high}


def _figure(value: float, unit: str) -> str:
    """As exact as it helps: shares to a tenth of a per cent, small numbers to a tenth, large ones to some digits."""
    if unit == "share":
        return percent(value, decimals=1)
    size = abs(value)
    if size >= 1000:
        digits = 2 if size >= 10_000 else 1
        return in_unit(round(value, -(len(str(int(size))) - 1 - digits)), unit, decimals=0)
    return in_unit(value, unit, decimals=0 if size >= 100 or value == int(value) else 1)


def _same(
    published: list[FigureView],
    protocol: Protocol,
    indicator: str,
    *,
    arm: str,
    groups: tuple[tuple[str, str], ...],
) -> tuple[tuple[str, str], ...]:
    """The published levels of the same thing for the same people."""
    names = {indicator, *_outcomes_of(protocol, protocol.indicators[indicator])}
    return tuple(
        (figure_words(figure), figure.source)
        for figure in published
        if figure.measure in names and figure.kind == "level" and (figure.arm, figure.subgroup) == (arm, groups)
    )


def _outcomes_of(protocol: Protocol, indicator: Indicator) -> list[str]:
    """The outcomes that are the indicator at one point of time: the same aggregate, narrowed by a filter."""
    outcomes = protocol.study.outcomes if protocol.study else {}
    return [
        name
        for name, outcome in outcomes.items()
        if outcome.of == indicator.of and outcome.value.startswith(f"{indicator.value} filter")
    ]


def _outcome_unit(outcome: Outcome) -> str:
    """Yes-and-no outcomes compare or take the greatest of yes and no; their difference is one of shares."""
    compares = any(sign in outcome.value.split("filter")[0] for sign in "<>=")
    return "share" if compares and outcome.unit is None else "number"


def _group_name(protocol: Protocol, name: str, value: str | None) -> str:
    if name == "arm" and protocol.randomise and value in protocol.randomise.arms:
        return said(protocol.randomise.arms[value])
    if name == "stage" and value in protocol.stages:
        return said(protocol.stages[value])
    fact = protocol.facts.get(name)
    return said(fact.options[value]) if fact and value in fact.options else str(value or _("unknown"))


def _period_words(indicator: Indicator, expected: ExpectedIndicator) -> str:
    if expected.a_period is None:
        return _("over the whole time")
    return _("an ordinary period, %(period)s") % {"period": per_word(indicator.per)}


def _sentences(protocol: Protocol, expectation: Expectation, rows: tuple[Row, ...]) -> Iterator[str]:
    first = next((row for row in rows if row.interval), None)
    if first:
        yield _("%(name)s: expect about %(value)s. In 19 cases of 20 it lies within %(interval)s.") % {
            "name": started(f"{first.name}, {inside(first.whom)}" if first.whom else first.name),
            "value": first.value,
            "interval": first.interval,
        }
    net = expectation.net_per_month
    if net is not None and net.value is not None and net.low is not None and net.high is not None:
        yield _verdict(net.low, net.high)


def _verdict(low: float, high: float) -> str:
    if low > 0:
        return _("With these numbers it saves more than it costs.")
    if high < 0:
        return _("With these numbers it costs more than it saves.")
    return _("With these numbers it may save more than it costs, or less: the interval holds both.")


def _money(protocol: Protocol, expectation: Expectation) -> Iterator[MoneyRow]:
    assert protocol.economy is not None or not expectation.economy
    for line in expectation.economy:
        name = said(protocol.economy.lines[line.name]) if protocol.economy else line.name
        yield _money_row(name, line.per_month, line.price.currency, saving=line.counts_as == "saving")


def _net(expectation: Expectation) -> MoneyRow | None:
    net = expectation.net_per_month
    if net is None or net.value is None or expectation.currency is None:
        return None
    return _money_row(_("Net"), net, expectation.currency, saving=net.value >= 0)


def _money_row(name: str, amount: Expected, currency: str, *, saving: bool) -> MoneyRow:
    if amount.value is None:
        return MoneyRow(name, saving, _("not known"), "")
    return MoneyRow(name, saving, _figure(amount.value, currency), _interval(amount, currency))


def _charts(protocol: Protocol, expectation: Expectation) -> Iterator[Chart]:
    """One chart at most for each way of grouping: groups side by side first, else the first series over time."""
    grouped = [item for item in expectation.indicators if _grouped_points(protocol, item)]
    if grouped:
        yield _group_chart(protocol, grouped[0])
        return
    for item in expectation.indicators:
        periods = [cell for cell in item.cells if cell.period is not None]
        if protocol.indicators[item.name].headline and len(periods) >= FEW_PERIODS:
            yield _time_chart(protocol, item)
            return


def _grouped_points(protocol: Protocol, item: ExpectedIndicator) -> list[Point]:
    if not protocol.indicators[item.name].headline:
        return []
    points = []
    for cell in item.cells:
        if cell.period is None and cell.by:
            *inner, outer = [_group_name(protocol, name, value) for name, value in cell.by]
            expected = cell.expected
            points.append(Point(outer, expected.value, expected.low, expected.high, ", ".join(inner)))
    return points


def _group_chart(protocol: Protocol, item: ExpectedIndicator) -> Chart:
    indicator = protocol.indicators[item.name]
    return chart_bar(
        title=said(indicator),
        description=_("What to expect in each group, with the interval."),
        x="",
        y=said(indicator),
        bars=_grouped_points(protocol, item),
        percent=indicator.unit == "share",
    )


def _time_chart(protocol: Protocol, item: ExpectedIndicator) -> Chart:
    indicator = protocol.indicators[item.name]
    points = [
        Point(cell.period, cell.expected.value, cell.expected.low, cell.expected.high)
        for cell in item.cells
        if cell.period is not None
    ]
    days = [cell.period for cell in item.cells if cell.period is not None]
    return chart_line(
        title=said(indicator),
        description=_("What to expect from %(first)s to %(last)s, with the interval as a band.")
        % {"first": _month(days[0]), "last": _month(days[-1])},
        x=_("Period"),
        y=said(indicator),
        points=points,
        percent=indicator.unit == "share",
    )


def _month(day: date) -> str:
    return format_date(day, "F Y")
