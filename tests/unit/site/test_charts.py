"""Charts: what stands in the picture, and that it may stand in a page under the content security policy."""

from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest

from genklang.charts import Chart, Mark, Point, chart_bar, chart_intervals, chart_line, chart_survival
from genklang.charts.drawing import draw

WORDS: dict[str, Any] = {"title": "Följsamhet <b>", "description": 'Den "växer" & består.', "x": "Månad", "y": "Andel"}


def line() -> Chart:
    points = [Point(date(2026, month, 1), 0.99, 0.98, 1.0) for month in range(1, 7)]
    return chart_line(**WORDS, points=points, marks=[Mark(date(2026, 3, 1), "Infört")], percent=True)


KINDS = {
    "line": line(),
    "dots": chart_line(**WORDS, points=[Point(m, m, series=s) for m in range(9) for s in "ab"], dots=["a"]),
    "bar": chart_bar(**WORDS, bars=[Point("65–75", 10, 8, 12, "a"), Point("65–75", 26, 22, 30, "b")]),
    "survival": chart_survival(**WORDS, points=[Point(week, 1 - week / 99) for week in range(53)]),
    "intervals": chart_intervals(**WORDS, rows=[Point("65–75", -16, -20, -12)], zero=0),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_drawing_is_well_formed_and_has_neither_style_nor_script(kind: str) -> None:
    drawing = draw(KINDS[kind])
    for svg in (drawing.wide, drawing.narrow):
        root = ElementTree.fromstring(svg)
        assert root.get("role") == "img"
        assert root.get("aria-label") == 'Följsamhet <b>. Den "växer" & består.'
        assert not [node for node in root.iter() if node.get("style") or node.tag.endswith(("style", "script"))]
        assert not [node for node in root.iter() if node is not root and node.get("role")]


def test_each_width_has_its_own_drawing() -> None:
    boxes = [ElementTree.fromstring(svg).get("viewBox", "").split()[2] for svg in vars(draw(line())).values()]
    assert float(boxes[0]) > 1.8 * float(boxes[1])


def test_numbers_and_months_are_in_the_language_asked_for() -> None:
    few = [Point(date(2026, month, 1), 0.9905 + month / 1000) for month in (5, 10)]
    chart = chart_line(**WORDS, points=few, percent=True)
    swedish, english = draw(chart, language="sv").wide, draw(chart, language="en").wide
    assert "99," in swedish and "okt" in swedish
    assert "99." in english and "Oct" in english


def test_ids_differ_between_charts_so_that_two_can_share_a_page() -> None:
    ids = [
        {node.get("id") for node in ElementTree.fromstring(draw(KINDS[k]).wide).iter() if node.get("id")} for k in KINDS
    ]
    together = [name for found in ids for name in found]
    assert len(together) == len(set(together))


def test_the_same_chart_is_drawn_the_same() -> None:
    assert draw(line()) == draw(line())


def test_whoever_has_no_value_keeps_a_line_in_a_forest() -> None:
    rows = [Point("Umeå", -1.0, -2.0, 0.0), Point("Borlänge: no result", None)]
    chart = chart_intervals(title="t", description="d", x="hours", rows=rows, zero=0)
    assert "Borlänge: no result" in draw(chart, language="en").wide


def test_a_gap_in_the_figures_does_not_break_the_drawing() -> None:
    chart = chart_line(**WORDS, points=[Point(1, 2), Point(2, None), Point(3, 4)])
    assert "NaN" not in draw(chart).wide
