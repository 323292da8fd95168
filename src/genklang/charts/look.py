"""How charts look: the site's colours and letters. The site turns these very colours for dark screens."""

from typing import Any

INK = "#2b2521"
SOFT = "#62574e"
LINE = "#dfd3c3"
SERIES = ("#14504f", "#b9741a", "#7a3b5e", "#4a6a94")
DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3])
FONT = "DejaVu Sans, Noto Sans, sans-serif"


def config() -> dict[str, Any]:
    """Vega-Lite's configuration: no background, few lines, letters that can be read on a phone."""
    axis = {
        "labelColor": SOFT,
        "titleColor": INK,
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "gridColor": LINE,
        "domainColor": SOFT,
        "tickColor": SOFT,
        "titlePadding": 10,
    }
    return {
        "font": FONT,
        "background": None,
        "view": {"stroke": None},
        "axis": axis,
        "axisX": {"grid": False},
        "legend": {
            "labelFontSize": 13,
            "labelColor": INK,
            "symbolStrokeWidth": 2.5,
            "symbolSize": 220,
            "labelLimit": 260,
        },
    }


FORMATS: dict[str, dict[str, Any]] = {
    "sv": {"decimal": ",", "thousands": "\xa0", "grouping": [3], "currency": ["", "\xa0kr"], "percent": "\xa0%"},
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["SEK\xa0", ""]},
}
MONTHS = {
    "sv": [
        "januari",
        "februari",
        "mars",
        "april",
        "maj",
        "juni",
        "juli",
        "augusti",
        "september",
        "oktober",
        "november",
        "december",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
DAYS = {
    "sv": ["söndag", "måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag"],
    "en": ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
}


def time_format(language: str) -> dict[str, Any]:
    """D3's time locale for the language."""
    days, months = DAYS[language], MONTHS[language]
    return {
        "dateTime": "%Y-%m-%d %H:%M",
        "date": "%Y-%m-%d",
        "time": "%H:%M",
        "periods": ["", ""],
        "days": days,
        "shortDays": [day[:3] for day in days],
        "months": months,
        "shortMonths": [month[:3] for month in months],
    }
