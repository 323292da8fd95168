"""A chart made into SVG, in two widths, by vl-convert; drawn once for the same content."""

import hashlib
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any

from genklang.charts import look
from genklang.charts.kinds import Chart

WIDE, NARROW = 660, 270  # points of the plotting area; both are scaled to the page by the style sheet
_ROLES = re.compile(r'\s(?:role|aria-[a-z]+)="[^"]*"')
_HEAD = re.compile(r'^<svg[^>]*?viewBox="([^"]+)"[^>]*>')


@dataclass(frozen=True)
class Drawing:
    """The same chart for a wide and for a narrow page: SVG to stand in HTML, with no style attribute and no script."""

    wide: str
    narrow: str


def draw(chart: Chart, *, language: str = "sv") -> Drawing:
    """The chart as SVG with the numbers and months of the language (sv or en; others as en)."""
    known = language if language in look.FORMATS else "en"
    spec = json.dumps(chart.spec, sort_keys=True, ensure_ascii=False)
    label = f"{chart.title}. {chart.description}"
    return Drawing(
        _labelled(_svg(spec, WIDE, known), label),
        _labelled(_svg(spec, NARROW, known), label),
    )


@lru_cache(maxsize=512)
def _svg(spec: str, width: int, language: str) -> str:
    import vl_convert

    full: dict[str, Any] = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": width,
        "padding": 4,
        "config": look.config(),
        **json.loads(spec),
    }
    svg = vl_convert.vegalite_to_svg(
        full, format_locale=look.FORMATS[language], time_format_locale=look.time_format(language)
    )
    return _with_own_ids(_ROLES.sub("", svg), spec, width)


def _with_own_ids(svg: str, spec: str, width: int) -> str:
    # Two charts on a page would otherwise share the ids of their clip paths.
    stamp = hashlib.sha256(f"{spec}{width}".encode()).hexdigest()[:8]
    svg = re.sub(r'id="([^"]+)"', rf'id="c{stamp}-\1"', svg)
    return re.sub(r"url\(#([^)]+)\)", rf"url(#c{stamp}-\1)", svg)


def _labelled(svg: str, label: str) -> str:
    found = _HEAD.match(svg)
    if not found:
        raise ValueError("charts: vl-convert answered with something else than SVG.")
    head = f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(label)}" viewBox="{found[1]}">'
    return head + svg[found.end() :]
