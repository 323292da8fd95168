"""The pictures of findings: one each, with its words and the figures behind it."""

from datetime import date

from django.utils.translation import gettext as _

from genklang.charts import Chart, Mark, Point, chart_intervals, chart_line, chart_survival
from genklang.evaluate.findings import Curve, Estimate, Finding
from genklang.evaluate.plain import PERCENT as IN_PERCENT
from genklang.operate.pages.words import language

QUOTES = "“”"
DAYS_A_WEEK = 7
PERCENT = 100


def picture_of(finding: Finding, label: str, target: float | None) -> Chart:
    """The one picture of a finding: the difference for everyone and each subgroup, or one group beside its target."""
    if finding.design in ("one_group", "survey"):
        return _one_group_picture(finding, label, target)
    if finding.design == "before_after":
        return _change_picture(finding, label)
    rows = [_difference_row(_("Everyone"), finding.estimate)]
    rows += [
        _difference_row(_group_name(group.level, subgroup.label.say(language())), group.estimate)
        for subgroup in finding.subgroups
        for group in subgroup.groups
        if group.estimate is not None
    ]
    return chart_intervals(
        title=_("The difference: %(outcome)s") % {"outcome": label.lower()},
        description=" ".join(
            [
                _("The dot is the difference between the groups, the line how far it may lie off."),
                _("A line that crosses zero shows no difference for certain."),
            ]
        ),
        x=_unit_of_difference(finding),
        rows=rows,
        zero=0,
    )


def _group_name(level: str, question: str) -> str:
    """A level that says enough by itself, or behind its question: "Worked before: yes"."""
    return f"{question.rstrip('?')}: {level.lower()}" if level in {_("Yes"), _("No")} else level


def _one_group_picture(finding: Finding, label: str, target: float | None) -> Chart:
    return chart_intervals(
        title=label,
        description=_("The dot is what was seen, the line how far it may lie off.")
        + (" " + _("The dashed line is the target.") if target is not None else ""),
        x=_unit(finding),
        rows=[_interval_row(_("Everyone"), finding.estimate), *_silent(finding)],
        zero=target,
        percent=finding.estimate.is_share,
    )


def _silent(finding: Finding) -> list[Point]:
    """How far those who did not answer could move it, where some did not."""
    ends = {each.name: each.value for each in finding.estimates if each.name in ("bound_lower", "bound_upper")}
    if len(ends) < len(("lower", "upper")):
        return []
    return [Point(_("Whatever the silent would have said"), None, ends["bound_lower"], ends["bound_upper"])]


def _change_picture(finding: Finding, label: str) -> Chart:
    """The change in the same people, with its interval."""
    return chart_intervals(
        title=_("The change: %(outcome)s") % {"outcome": label[:1].lower() + label[1:]},
        description=" ".join(
            [
                _("The dot is how much the same people changed, the line how far it may lie off."),
                _("A line that crosses zero shows no change for certain."),
            ]
        ),
        x=_unit_of_difference(finding),
        rows=[_difference_row(_("Everyone measured twice"), finding.estimate)],
        zero=0,
    )


def survival_picture(finding: Finding, label: str) -> Chart:
    """How many are still without the event, week by week, in each arm."""
    points = [
        Point(x / DAYS_A_WEEK, y, low, high, series=curve.label.say(language()).strip(QUOTES))
        for curve in finding.curves
        for x, y, low, high in zip(curve.x, curve.y, curve.low, curve.high, strict=True)
    ]
    return chart_survival(
        title=_("Still without: %(event)s") % {"event": label.lower()},
        description=_("Each step down is somebody to whom it happened. The band is how far the line may lie off."),
        x=_("Weeks from the lot"),
        y=_("Share still without"),
        points=points,
    )


def series_picture(finding: Finding, label: str, periods: dict[int, date], change: date | None) -> Chart:
    """What was measured, the course before and after, and what was expected."""
    points = [point for curve in finding.curves for point in _course(curve, periods, change)]
    dots = [curve.label.say(language()) for curve in finding.curves if curve.name == "observed"]
    return chart_line(
        title=label,
        description=_(
            "Dots are what was measured, lines the course before and after, and what was expected without it."
        ),
        x=_("Month"),
        y=label,
        points=points,
        marks=[Mark(change, _("The change"))] if change else [],
        dots=dots,
    )


def _course(curve: Curve, periods: dict[int, date], change: date | None) -> list[Point]:
    """A line of the picture. What was expected begins at the change, and the fitted line is broken there."""
    label = curve.label.say(language())
    found = [Point(periods[int(x)], y, series=label) for x, y in zip(curve.x, curve.y, strict=True)]
    if change is None or curve.name == "observed":
        return found
    before = [point for point in found if isinstance(point.x, date) and point.x < change]
    after = found[len(before) :]
    return after if curve.name == "expected" else [*before, Point(change, None, series=label), *after]


def course_picture(finding: Finding, label: str, periods: dict[int, date]) -> Chart:
    """Groups over time: the one beside its mixture, or the difference since the start; else the difference itself."""
    curves = {curve.name: curve for curve in finding.curves}
    if "synthetic" in curves:
        lines = [curve for curve in (curves.get("seen"), curves["synthetic"]) if curve]
        points = [
            Point(periods[int(x)], y, series=line.label.say(language()))
            for line in lines
            for x, y in zip(line.x, line.y, strict=True)
        ]
        description = _("What was measured, and what it would have been by the groups that never began.")
        return chart_line(title=label, description=description, x=_("Period"), y=label, points=points)
    if finding.curves:
        curve = finding.curves[0]
        limits = zip(curve.x, curve.y, curve.low or curve.y, curve.high or curve.y, strict=True)
        return chart_line(
            title=_("The difference, period by period: %(outcome)s") % {"outcome": label.lower()},
            description=_("Before the start the difference should be near zero. The band is how far it may lie off."),
            x=_("Periods since the start"),
            y=_unit_of_difference(finding),
            points=[Point(x, y, low, high) for x, y, low, high in limits],
            marks=[Mark(0, _("The start"))],
        )
    return picture_of(finding, label, None)


def worth_picture(finding: Finding, currency: str) -> Chart:
    """How likely it is to be worth its cost, by what one more of the outcome is worth paying."""
    return chart_line(
        title=_("How likely it is to be worth the money"),
        description=_("By what one more of the outcome may cost. Half is as likely as not."),
        x=_("What one more may cost, %(currency)s") % {"currency": currency},
        y=_("Chance that it is worth it"),
        points=[Point(x, y) for curve in finding.curves for x, y in zip(curve.x, curve.y, strict=True)],
        percent=True,
    )


def _unit(finding: Finding) -> str:
    return _("Share") if finding.estimate.is_share else finding.outcome.unit.say(language()).capitalize()


def _unit_of_difference(finding: Finding) -> str:
    """Two shares, or two percentages, differ by percentage points."""
    in_points = finding.estimate.is_share or finding.outcome.unit == IN_PERCENT
    return _("percentage points").capitalize() if in_points else _unit(finding)


def _difference_row(name: str, estimate: Estimate) -> Point:
    """A difference of shares is told in percentage points, as it is in words."""
    scale = PERCENT if estimate.is_share else 1
    low, high = (None if end is None else scale * end for end in (estimate.low, estimate.high))
    return Point(name, scale * estimate.value, low, high)


def _interval_row(name: str, estimate: Estimate) -> Point:
    return Point(name, estimate.value, estimate.low, estimate.high)
