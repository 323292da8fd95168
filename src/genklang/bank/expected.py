"""What to expect, in words: each figure with its interval, what the source published beside it, money, and a chart."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from genklang.bank.published import FigureView, figures_of
from genklang.bank.results import Results
from genklang.bank.wording import bare, in_unit, inside, number, ordinary_period, said, started, together, with_unit
from genklang.charts import Chart, Point, chart_bar, chart_line
from genklang.protocol.types import Indicator, Outcome, Protocol
from genklang.rehearsal.expected import Expectation, Expected, ExpectedIndicator

FEW_PERIODS = 3
SMALL, LARGE, DIGITS = 100, 1000, 3


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
    simulated: str
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
        simulated=number(expectation.simulated),
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
                ordinary_period(indicator.per if expected.a_period else None),
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
    return _effect_in_unit(_row(title, whom, effect, _outcome_unit(outcome), same), said(outcome.unit))


def _effect_in_unit(row: Row, unit: str) -> Row:
    return (
        replace(row, value=f"{row.value} {unit}", interval=f"{row.interval} {unit}") if unit and row.interval else row
    )


def _row(name: str, whom: str, expected: Expected, unit: str, published: tuple[tuple[str, str], ...]) -> Row:
    if expected.value is None:
        return Row(name, whom, _("not known"), "", published)
    return Row(name, whom, *_figure_and_interval(expected, unit), published)


def _figure_and_interval(expected: Expected, unit: str) -> tuple[str, str]:
    """The figure, and the interval with its unit said once, all equally exact; the interval is empty without one."""
    value, low, high = expected.value or 0.0, expected.low, expected.high
    decimals = _decimals(value, low, high, unit)
    value_text = in_unit(_rounded(value), unit, decimals=decimals)
    if low is None or high is None:
        return value_text, ""
    ends = [bare(_rounded(end), unit, decimals=decimals) for end in (low, high)]
    text = ends[0] if ends[0] == ends[1] else _("%(low)s to %(high)s") % {"low": ends[0], "high": ends[1]}
    return value_text, with_unit(text, unit, high)


def _decimals(value: float, low: float | None, high: float | None, unit: str) -> int:
    """One for shares and small numbers, none for large ones and where everything is whole."""
    if unit in {"share", "points"}:
        return 1
    known = [end for end in (value, low, high) if end is not None]
    return 0 if abs(value) >= SMALL or all(end == int(end) for end in known) else 1


def _rounded(value: float) -> float:
    """Large numbers to three digits: the rest would promise more than is known."""
    return round(value, DIGITS - len(str(int(abs(value))))) if abs(value) >= LARGE else value


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
    return "points" if compares and outcome.unit is None else "number"


def _group_name(protocol: Protocol, name: str, value: str | None) -> str:
    groups = protocol.groups(name)
    return said(groups[value]) if value is not None and value in groups else str(value or _("unknown"))


def _sentences(protocol: Protocol, expectation: Expectation, rows: tuple[Row, ...]) -> Iterator[str]:
    first = next((row for row in rows if row.interval), None)
    if first:
        yield _("%(name)s: expect about %(value)s. In 19 cases of 20 it is %(interval)s.") % {
            "name": started(f"{first.name}, {inside(first.whom)}" if first.whom else first.name),
            "value": first.value,
            "interval": first.interval,
        }
    net = expectation.net_per_month
    if (
        _saves_and_costs(expectation)
        and net is not None
        and net.value is not None
        and net.low is not None
        and net.high is not None
    ):
        yield _verdict(net.low, net.high)


def _saves_and_costs(expectation: Expectation) -> bool:
    """Whether there is anything to weigh: savings against costs, and not only the one."""
    return len({line.counts_as for line in expectation.economy}) > 1


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
    name = _("Net") if _saves_and_costs(expectation) else _("In all")
    return _money_row(name, net, expectation.currency, saving=net.value >= 0)


def _money_row(name: str, amount: Expected, currency: str, *, saving: bool) -> MoneyRow:
    if amount.value is None:
        return MoneyRow(name, saving, _("not known"), "")
    return MoneyRow(name, saving, *_figure_and_interval(amount, currency))


def _charts(protocol: Protocol, expectation: Expectation) -> Iterator[Chart]:
    """At most two: the first headline indicator that is grouped, and the first that goes over time."""
    headline = [item for item in expectation.indicators if protocol.indicators[item.name].headline]
    grouped = next((item for item in headline if _grouped_points(protocol, item)), None)
    periodic = next((item for item in headline if len(_periods(item)) >= FEW_PERIODS), None)
    if periodic:
        yield _time_chart(protocol, periodic)
    if grouped:
        yield _group_chart(protocol, grouped)


def _periods(item: ExpectedIndicator) -> list[tuple[date, Expected]]:
    return [(cell.period, cell.expected) for cell in item.cells if cell.period is not None]


def _grouped_points(protocol: Protocol, item: ExpectedIndicator) -> list[Point]:
    points = []
    for cell in sorted(item.cells, key=lambda cell: [protocol.rank(by, name) for by, name in cell.by]):
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
    periods = _periods(item)
    points = [Point(day, expected.value, expected.low, expected.high) for day, expected in periods]
    return chart_line(
        title=said(indicator),
        description=_("What to expect from %(first)s to %(last)s, with the interval as a band.")
        % {"first": _month(periods[0][0]), "last": _month(periods[-1][0])},
        x=_("Period"),
        y=said(indicator),
        points=points,
        percent=indicator.unit == "share",
    )


def _month(day: date) -> str:
    return format_date(day, "F Y")
