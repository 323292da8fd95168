"""The kinds of chart, as Vega-Lite: line with band, bar with interval, survival steps, dots with intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from json import dumps
from textwrap import wrap
from typing import Any

from genklang.charts import look

Spec = dict[str, Any]
MOST_POINTS_SHOWN = 60
DAYS_SHOWN_AS_DAYS = 60
NAME_WIDTH = 24  # characters of a row's name on one line; longer ones are broken, none is cut off


@dataclass(frozen=True)
class Point:
    """One figure: where it stands (a number, a date or a name), its value, its interval, and the series it is of."""

    x: float | date | str
    y: float | None
    low: float | None = None
    high: float | None = None
    series: str = ""


@dataclass(frozen=True)
class Mark:
    """A place on the x axis worth a line and a word, for example the day a protocol was adopted."""

    x: float | date
    label: str


@dataclass(frozen=True)
class Chart:
    """A chart not yet drawn: words, the points behind it (also its table), and the Vega-Lite layers.

    `x` and `y` are the axis titles with their units; `percent` says that the values are shares.
    """

    title: str
    description: str
    x: str
    y: str
    points: tuple[Point, ...]
    spec: Spec
    percent: bool = False

    @property
    def has_series(self) -> bool:
        """Whether the table needs a column for the series."""
        return any(point.series for point in self.points)

    @property
    def has_intervals(self) -> bool:
        """Whether the table needs columns for the interval."""
        return any(point.low is not None for point in self.points)


def chart_line(
    *,
    title: str,
    description: str,
    x: str,
    y: str,
    points: Sequence[Point],
    marks: Sequence[Mark] = (),
    dots: Sequence[str] = (),
    percent: bool = False,
    from_zero: bool = False,
) -> Chart:
    """Values along an axis, with a band where intervals are given; the series named in `dots` are drawn as dots.

    A gap in the values (y None) is a gap in the line. `from_zero` makes the value axis start at zero.
    """
    shared = {"x": _position(points, x), "color": _colour(points, symbol="stroke")}
    value = _value("y", y, percent=percent, from_zero=from_zero)
    drawn_as_line = {"not": {"field": "series", "oneOf": list(dots)}} if dots else None
    line: Spec = {"type": "line", "strokeWidth": 2.5}
    if not dots and len(points) <= MOST_POINTS_SHOWN:
        line["point"] = {"size": 36, "filled": True}
    layers = [
        _band(shared, value),
        _layer(line, {**shared, "y": value, "strokeDash": _dash(points)}, where=drawn_as_line),
    ]
    if dots:
        layers.append(
            _layer(
                {"type": "point", "filled": True, "size": 40, "opacity": 0.75},
                {**shared, "y": value},
                where={"field": "series", "oneOf": list(dots)},
            )
        )
    return _chart(title, description, x, y, points, [*layers, *_marks(marks)], percent=percent)


def chart_survival(
    *, title: str, description: str, x: str, y: str, points: Sequence[Point], percent: bool = True
) -> Chart:
    """A Kaplan–Meier curve: the share still without the event, in steps; one step line for each series."""
    shared = {"x": _position(points, x), "color": _colour(points, symbol="stroke")}
    value = _value("y", y, percent=percent, from_zero=True, domain=(0, 1))
    line = {"type": "line", "interpolate": "step-after", "strokeWidth": 2.5}
    layers = [
        _band(shared, value, interpolate="step-after"),
        _layer(line, {**shared, "y": value, "strokeDash": _dash(points)}),
    ]
    return _chart(title, description, x, y, points, layers, percent=percent)


def chart_bar(*, title: str, description: str, x: str, y: str, bars: Sequence[Point], percent: bool = False) -> Chart:
    """Bars from zero, side by side within a name when there are series, each with its interval."""
    across: Spec = {"field": "x", "type": "nominal", "title": x, "sort": None, "axis": {"labelAngle": 0}}
    shared: Spec = {"x": across, "color": _colour(bars)}
    if any(bar.series for bar in bars):
        shared["xOffset"] = {"field": "series", "sort": None}
    value = _value("y", y, percent=percent, from_zero=True)
    whisker = {k: v for k, v in shared.items() if k != "color"} | {"y": _of(value, "low"), "y2": {"field": "high"}}
    layers = [
        _layer({"type": "bar"}, {**shared, "y": value}),
        _layer({"type": "rule", "strokeWidth": 2, "color": look.INK}, whisker, where=_HAS_INTERVAL),
    ]
    return _chart(title, description, x, y, bars, layers, percent=percent)


def chart_intervals(
    *,
    title: str,
    description: str,
    x: str,
    rows: Sequence[Point],
    y: str = "",
    zero: float | None = None,
    percent: bool = False,
) -> Chart:
    """One line for each name: a dot and its interval (a forest); `zero` draws the line of no difference.

    `x` names the value axis and `y` the names; in each row the point's x is the name and its y the value.
    """
    lines = {row.x: wrap(str(row.x), NAME_WIDTH) or [""] for row in rows}
    split = " : ".join(
        [*(f"datum.label == {dumps(str(x))} ? {dumps(said)}" for x, said in lines.items()), "datum.label"]
    )
    axis = {"labelLimit": 0, "labelExpr": split}
    # whoever has no value keeps a line of their own: a silence is seen
    kept = {"domain": [str(x) for x in lines]}
    names: Spec = {"field": "x", "type": "nominal", "title": y or None, "sort": None, "axis": axis, "scale": kept}
    shared: Spec = {"y": names, "color": _colour(rows)}
    if any(row.series for row in rows):
        shared["yOffset"] = {"field": "series", "sort": None}
    value = _value("y", x, percent=percent, from_zero=False)
    value["scale"]["padding"] = 12
    layers = [
        _layer(
            {"type": "rule", "strokeWidth": 2.5},
            {**shared, "x": _of(value, "low"), "x2": {"field": "high"}},
            where=_HAS_INTERVAL,
        ),
        _layer({"type": "point", "filled": True, "size": 90, "opacity": 1}, {**shared, "x": value}),
    ]
    if zero is not None:
        line = {"type": "rule", "strokeDash": [4, 4], "color": look.INK}
        layers.append(
            {
                "data": {"values": [{"zero": zero}]},
                "mark": line,
                "encoding": {"x": {"field": "zero", "type": "quantitative"}},
            }
        )
    tall = sum(18 + 16 * max(1, len(said)) for said in lines.values())
    height = 40 + tall * max(1, len({row.series for row in rows}) * 0.7)
    return _chart(title, description, y, x, rows, layers, percent=percent, height=round(height))


_HAS_INTERVAL = "isValid(datum.low) && isValid(datum.high)"


def _chart(
    title: str,
    description: str,
    x: str,
    y: str,
    points: Sequence[Point],
    layers: Sequence[Spec],
    *,
    percent: bool,
    height: int = 280,
) -> Chart:
    values = [_datum(point) for point in points]
    spec = {"data": {"values": values}, "layer": list(layers), "height": height}
    return Chart(title, description, x, y, tuple(points), spec, percent)


def _datum(point: Point) -> dict[str, float | str | None]:
    place = point.x.isoformat() if isinstance(point.x, date) else point.x
    return {"x": place, "y": point.y, "low": point.low, "high": point.high, "series": point.series}


def _layer(mark: Mapping[str, Any], encoding: Mapping[str, Any], *, where: object = None) -> Spec:
    kept = {name: channel for name, channel in encoding.items() if channel is not None}
    layer: Spec = {"mark": dict(mark), "encoding": kept}
    if where is not None:
        layer["transform"] = [{"filter": where}]
    return layer


def _band(shared: Mapping[str, Any], value: Spec, *, interpolate: str = "linear") -> Spec:
    mark = {"type": "area", "opacity": 0.18, "interpolate": interpolate}
    return _layer(mark, {**shared, "y": _of(value, "low"), "y2": {"field": "high"}}, where=_HAS_INTERVAL)


def _position(points: Sequence[Point], title: str) -> Spec:
    first = points[0].x if points else 0
    if isinstance(first, date):
        return {"field": "x", "type": "temporal", "title": title, "scale": {"type": "utc"}, "axis": _calendar(points)}
    if isinstance(first, str):
        return {
            "field": "x",
            "type": "ordinal",
            "title": title,
            "sort": None,
            "axis": {"labelOverlap": True, "labelAngle": 0},
        }
    return {
        "field": "x",
        "type": "quantitative",
        "title": title,
        "scale": {"zero": False, "nice": False},
        "axis": {"tickCount": 8},
    }


def _calendar(points: Sequence[Point]) -> Spec:
    days = sorted(point.x for point in points if isinstance(point.x, date))
    span = (days[-1] - days[0]).days
    if span <= DAYS_SHOWN_AS_DAYS:
        return {"format": "%-d %b", "tickCount": 7, "labelOverlap": True}
    step = max(1, round(span / 30 / 8))
    return {"format": "%b %Y", "tickCount": {"interval": "month", "step": step}, "labelOverlap": True}


def _value(
    field: str, title: str, *, percent: bool, from_zero: bool, domain: tuple[float, float] | None = None
) -> Spec:
    scale: Spec = {"zero": from_zero} | ({"domain": list(domain)} if domain else {})
    axis: Spec = {"format": ".2~%" if percent else ",~r", "tickCount": 6}
    return {"field": field, "type": "quantitative", "title": title, "scale": scale, "axis": axis}


def _of(value: Spec, field: str) -> Spec:
    return {**value, "field": field}


def _series(points: Sequence[Point]) -> list[str]:
    return list(dict.fromkeys(point.series for point in points))


def _colour(points: Sequence[Point], *, symbol: str = "square") -> Spec:
    names = _series(points)
    scale = {"domain": names, "range": [look.SERIES[i % len(look.SERIES)] for i in range(len(names))]}
    return {"field": "series", "type": "nominal", "scale": scale, "legend": _legend(names, symbol=symbol)}


def _dash(points: Sequence[Point]) -> Spec | None:
    names = _series(points)
    if len(names) < 2:
        return None
    scale = {"domain": names, "range": [look.DASHES[i % len(look.DASHES)] for i in range(len(names))]}
    return {"field": "series", "type": "nominal", "scale": scale, "legend": _legend(names, symbol="stroke")}


def _legend(names: Sequence[str], *, symbol: str) -> Spec | None:
    if not any(names):
        return None
    columns = 1 if len(names) > 2 else 2
    return {"orient": "top", "title": None, "columns": columns, "symbolType": symbol, "symbolOpacity": 1}


def _marks(marks: Sequence[Mark]) -> list[Spec]:
    if not marks:
        return []
    kind = "temporal" if isinstance(marks[0].x, date) else "quantitative"
    place = {"field": "x", "type": kind}
    values = [{"x": m.x.isoformat() if isinstance(m.x, date) else m.x, "label": m.label} for m in marks]
    text = {"type": "text", "align": "left", "dx": 5, "dy": 6, "baseline": "top", "color": look.INK, "fontSize": 13}
    rule = {"type": "rule", "strokeDash": [4, 4], "color": look.INK}
    return [
        {"data": {"values": values}, "mark": rule, "encoding": {"x": place}},
        {
            "data": {"values": values},
            "mark": text,
            "encoding": {"x": place, "y": {"value": 0}, "text": {"field": "label"}},
        },
    ]
