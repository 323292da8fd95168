"""Invented figures and texts for the component page, so that each component can be looked at and tested."""

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import QueryDict
from django.utils.translation import gettext as _

from genklang.bank.rings import picture
from genklang.charts import Chart, Mark, Point, chart_bar, chart_intervals, chart_line, chart_survival
from genklang.site.forms import FeedbackForm


def example() -> dict[str, Any]:
    """The values that the components' example templates use."""
    return {
        "trail": [(_("Practices"), "#breadcrumb"), (_("Medicine dispensers at home"), "#breadcrumb")],
        "form": FeedbackForm(QueryDict("answer_to=anna"), prefix="example"),
        "page": Paginator(range(95), 20).page(2),
        "tabs": [(_("Story"), "#tabs", True), (_("Protocol"), "#tabs", False), (_("Results"), "#tabs", False)],
        "facts": [(_("Organisation"), "Lindmåla kommun"), (_("Running since"), "2026-02-01")],
        "flow": _flow(),
        "drops": picture("example", areas=[], taken_up=3).drops,
        "charts": [_line(), _bars(), _curve(), _forest()],
    }


def _flow() -> list[dict[str, Any]]:
    arms = [
        {"text": _("Trained"), "n": 60, "lost": [_("2 moved away")]},
        {"text": _("Usual care"), "n": 61, "lost": [_("1 moved away")]},
    ]
    return [
        {"text": _("Asked"), "n": 140, "lost": [_("19 said no")]},
        {"text": _("Drawn by lot"), "n": 121},
        {"arms": arms},
    ]


def _line() -> Chart:
    points = [
        Point(date(2026, month, 1), 0.99 + month / 2000, 0.985 + month / 2000, 0.993 + month / 2000)
        for month in range(1, 13)
    ]
    return chart_line(
        title=_("Doses taken in time"),
        description=_("The share grows slowly over the year, from 99.1 to 99.6 per cent."),
        x=_("Month"),
        y=_("Share of doses"),
        points=points,
        marks=[Mark(date(2026, 6, 1), _("Adopted"))],
        percent=True,
    )


def _bars() -> Chart:
    trained, usual = _("Trained"), _("Usual care")
    return chart_bar(
        title=_("Home-care hours a month"),
        description=_("Those trained need fewer hours at 65–75, and as many at 76–85."),
        x=_("Age"),
        y=_("Hours a month"),
        bars=[
            Point("65–75", 10, 8, 12, trained),
            Point("65–75", 26, 22, 30, usual),
            Point("76–85", 20, 18, 22, trained),
            Point("76–85", 20, 17, 23, usual),
        ],
    )


def _curve() -> Chart:
    arms = ((_("Support"), 0.010), (_("No support"), 0.013))
    points = [Point(week, 1 - week * rate, series=name) for name, rate in arms for week in range(0, 53, 4)]
    return chart_survival(
        title=_("Still free"),
        description=_("After a year about half in both groups are free, somewhat more among those with support."),
        x=_("Weeks since release"),
        y=_("Share"),
        points=points,
    )


def _forest() -> Chart:
    return chart_intervals(
        title=_("Difference by age"),
        description=_("Training saves hours in the youngest and the oldest group, and none between."),
        x=_("Difference, hours a month"),
        y=_("Age"),
        rows=[Point("65–75", -16, -20, -12), Point("76–85", 0, -3, 3), Point("86–95", -15, -20, -10)],
        zero=0,
    )
