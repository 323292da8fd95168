"""A chart on a page: the drawing in the visitor's language, and the rows of the table beside it as text."""

import re
from datetime import date
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from genklang.charts import Chart, Point, look
from genklang.charts.drawing import draw

COLOURS = {
    look.INK: "--ink",
    look.SOFT: "--soft",
    look.LINE: "--line",
    **dict(zip(look.SERIES, ("--accent", "--glow", "--plum", "--blue"), strict=True)),
}
_DRAWN = re.compile(f'="({"|".join(COLOURS)})"')


def shown(chart: Chart) -> dict[str, Any]:
    """What `components/chart` shows: title, description, the two drawings, column titles and rows of text."""
    values: dict[str, Any] = {"title": chart.title, "description": chart.description, "empty": not chart.points}
    if chart.points:
        drawing = draw(chart, language=(get_language() or "sv")[:2])
        # vl-convert escapes what it draws; our own head of the SVG is escaped in `draw`.
        values |= {"wide": mark_safe(_coloured(drawing.wide)), "narrow": mark_safe(_coloured(drawing.narrow))}  # noqa: S308
        values |= {"columns": _columns(chart), "rows": [_row(chart, point) for point in chart.points]}
    return values


def figure_text(value: float | None, *, percent: bool = False) -> str:
    """A number as the visitor's language writes it, at three significant digits or so; a dash when unknown."""
    if value is None:
        return "–"
    shown_value = value * 100 if percent else value
    text = number_format(round(shown_value, _decimals(shown_value)), use_l10n=True, force_grouping=True)
    if percent:
        return f"{text}\xa0%" if get_language() == "sv" else f"{text}%"
    return text.replace("-", "−")


def _coloured(svg: str) -> str:
    """The drawing in the page's colours, so that it turns with them on dark screens."""
    return _DRAWN.sub(lambda found: f'="var({COLOURS[found[1]]})"', svg)


def _decimals(value: float) -> int:
    size = abs(value)
    if value == int(value) or size >= 1000:
        return 0
    return 1 if size >= 10 else 2


def _columns(chart: Chart) -> list[str]:
    series = [_("Series")] if chart.has_series else []
    interval = [_("from"), _("to")] if chart.has_intervals else []
    return [chart.x or _("Group"), *series, chart.y or _("Value"), *interval]


def _row(chart: Chart, point: Point) -> list[str]:
    series = [point.series] if chart.has_series else []
    interval = [point.low, point.high] if chart.has_intervals else []
    figures = [figure_text(value, percent=chart.percent) for value in (point.y, *interval)]
    return [_place(point.x), *series, *figures]


def _place(x: float | date | str) -> str:
    if isinstance(x, date):
        return date_format(x, "DATE_FORMAT")
    return x if isinstance(x, str) else figure_text(x)
