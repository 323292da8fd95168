"""Figures as people read them: an indicator with its unit, its target and its picture."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from genklang.charts import Chart, Point, chart_bar, chart_line
from genklang.measure.calendar import whole_periods
from genklang.measure.values import SMALLEST_CELL, IndicatorValue
from genklang.operate.pages.measuring import Measured
from genklang.operate.pages.words import Words, say
from genklang.protocol.types import Indicator, Protocol

HEADLINES = 5
PERCENT = 100


@dataclass(frozen=True)
class Headline:
    """An indicator on the page: the figure, what it means, whether the target is reached, and its picture."""

    name: str
    label: str
    value: str
    note: str
    chart: Chart | None


def headlines(words: Words, figures: Measured) -> list[Headline]:
    """The practice's headline indicators, at most five."""
    chosen = [(name, each) for name, each in words.protocol.indicators.items() if each.headline][:HEADLINES]
    return [_headline(name, indicator, words, figures) for name, indicator in chosen]


def in_unit(value: float | None, unit: str) -> str:
    """A figure as its unit is written: a share as per cent."""
    if value is None:
        return "–"
    if unit == "share":
        percent = round(value * PERCENT, 1)
        return _("%(n)s%%") % {"n": _number(percent, 0 if percent == int(percent) else 1)}
    said = _number(value, 0 if value == int(value) or abs(value) >= PERCENT else 1)
    return {
        "minutes": _("%(n)s min"),
        "hours": _("%(n)s h"),
        "days": _("%(n)s days"),
        "SEK": _("%(n)s SEK"),
    }.get(unit, "%(n)s") % {"n": said}


def group_in_words(protocol: Protocol, by: str, value: str | None) -> str:
    """What a group is called: an arm, a stage, an answer."""
    if value is None:
        return _("not known")
    groups = protocol.groups(by)
    if value in groups:
        return say(groups[value])
    fact = protocol.facts.get(by)
    answers_yes = by in protocol.draws or (fact is not None and fact.type == "boolean")
    return {"true": _("Yes"), "false": _("No")}.get(value, value) if answers_yes else value


def _headline(name: str, indicator: Indicator, words: Words, figures: Measured) -> Headline:
    total, values = figures.total(name), whole_ones(indicator, figures.of(name), figures)
    latest = figure_of(name, indicator, figures)
    return Headline(
        name=name,
        label=say(indicator),
        value=in_unit(latest.value if latest else None, indicator.unit),
        note=_note(indicator, latest, words, is_latest=latest is not total),
        chart=indicator_chart(indicator, values, words),
    )


def figure_of(name: str, indicator: Indicator, figures: Measured) -> IndicatorValue | None:
    """The figure that tells an indicator: of the latest whole period where it has periods, else of the whole time.

    An average over years would hide what has changed.
    """
    latest = _latest(whole_ones(indicator, figures.of(name), figures)) if indicator.per else None
    return latest or figures.total(name)


def whole_ones(indicator: Indicator, values: Sequence[IndicatorValue], figures: Measured) -> list[IndicatorValue]:
    """The values of whole periods: one that has only begun, or began halfway, looks like a fall. All of them where
    none is whole yet, or where there are no periods.
    """
    if indicator.per is None:
        return list(values)
    whole = set(whole_periods(indicator.per, figures.began, figures.until))
    return [value for value in values if value.period in whole] or list(values)


def _latest(values: Sequence[IndicatorValue]) -> IndicatorValue | None:
    """The latest period, of those that are given."""
    over = [value for value in values if value.period is not None]
    return over[-1] if over else None


def _note(indicator: Indicator, value: IndicatorValue | None, words: Words, *, is_latest: bool) -> str:
    target = _target(indicator, value)
    if value is None or value.value is None:
        return " ".join(filter(None, [_("Nothing to count yet."), target]))
    few = _("So few that chance decides much.") if value.n < SMALLEST_CELL else ""
    when = period_in_words(value.period, indicator.per) if is_latest and value.period else _("The whole time.")
    return " ".join(filter(None, [when, _how_many(value.n, words), target, few]))


def _how_many(n: int, words: Words) -> str:
    """How many it is about; matters are not people."""
    if words.protocol.matter is not None:
        return ngettext("%(n)s matter.", "%(n)s matters.", n) % {"n": n}
    return ngettext("%(n)s person.", "%(n)s people.", n) % {"n": n}


def _target(indicator: Indicator, value: IndicatorValue | None) -> str:
    if indicator.target is None:
        return ""
    said = {"target": in_unit(indicator.target, indicator.unit)}
    if _reached(indicator, value):
        return _("The target, %(target)s, is reached.") % said
    return _("The target is %(target)s.") % said


def _reached(indicator: Indicator, value: IndicatorValue | None) -> bool | None:
    if indicator.target is None or value is None or value.value is None:
        return None
    return value.value <= indicator.target if indicator.better == "lower" else value.value >= indicator.target


def period_in_words(start: date, per: str | None) -> str:
    """ "March 2026.", "week 10, 2026.", "quarter 1, 2026." """
    if per == "week":
        return _("Week %(week)s, %(year)s.") % {"week": start.isocalendar().week, "year": start.isocalendar().year}
    if per == "quarter":
        return _("Quarter %(quarter)s, %(year)s.") % {"quarter": (start.month + 2) // 3, "year": start.year}
    if per == "year":
        return f"{start.year}."
    return date_format(start, "F Y").capitalize() + "."


def indicator_chart(indicator: Indicator, values: Sequence[IndicatorValue], words: Words) -> Chart | None:
    """A line over the periods, or bars by group; None where there is too little to draw."""
    known = [value for value in values if value.value is not None]
    if len(known) < 2:
        return None
    if indicator.per:
        return _over_time(indicator, values, words)
    return _by_group(indicator, known, words) if indicator.by else None


def _over_time(indicator: Indicator, values: Sequence[IndicatorValue], words: Words) -> Chart:
    series = {value: ", ".join(_names(value, words.protocol)) for value in values}
    points = [Point(value.period, value.value, series=series[value]) for value in values if value.period]
    known = [point.y for point in points if point.y is not None]
    first, last = points[0], points[-1]
    percent = indicator.unit == "share"
    said = {"low": in_unit(min(known), indicator.unit), "high": in_unit(max(known), indicator.unit), "n": len(points)}
    return chart_line(
        title=say(indicator),
        description=_("%(n)s periods, between %(low)s and %(high)s. Only whole periods are shown.") % said,
        x=_("Period"),
        y=_("Share") if percent else say(indicator),
        points=points if first != last else points[:1],
        percent=percent,
    )


def _by_group(indicator: Indicator, values: Sequence[IndicatorValue], words: Words) -> Chart:
    bars, values = [], sorted(values, key=lambda value: _place(value, words.protocol))
    for value in values:
        names = _names(value, words.protocol)
        bars.append(Point(names[-1], value.value, series=", ".join(names[:-1])))
    said = [f"{', '.join(_names(value, words.protocol))}: {in_unit(value.value, indicator.unit)}" for value in values]
    return chart_bar(
        title=say(indicator),
        description="; ".join(said) + ".",
        x="",
        y=say(indicator),
        bars=bars,
        percent=indicator.unit == "share",
    )


def _place(value: IndicatorValue, protocol: Protocol) -> tuple[int, ...]:
    """Where a group stands in the protocol's own order of stages, arms and answers; what is not known stands last."""
    return tuple(protocol.rank(by, name) for by, name in value.by)


def _names(value: IndicatorValue, protocol: Protocol) -> list[str]:
    return [group_in_words(protocol, by, name) for by, name in value.by]


def _number(value: float, decimals: int) -> str:
    return number_format(round(value, decimals), decimals, use_l10n=True, force_grouping=True).replace("-", "\u2212")


def csv_rows(values: Iterable[IndicatorValue], words: Words) -> list[list[str]]:
    """Indicators as rows of a table: what is too small to leave the organisation is empty."""
    rows = [["indicator", "label", "period", "group", "value", "people", "rows"]]
    for value in values:
        group = ", ".join(f"{name}={shown}" for name, shown in value.by)
        label = say(words.protocol.indicators[value.indicator])
        period = value.period.isoformat() if value.period else ""
        number = "" if value.value is None else repr(value.value)
        rows.append([value.indicator, label, period, group, number, str(value.n or ""), str(value.rows or "")])
    return rows
