"""Before and after, beside a study's series: what it costs per person and month, and what people say in each stage."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import fmean

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from genklang.evaluate.findings import Estimate
from genklang.evaluate.problems import EvaluationError
from genklang.measure.around_change import CostAround, cost_around
from genklang.measure.tables import Tables
from genklang.operate.models import Adoption
from genklang.operate.pages.figures import group_in_words, in_unit
from genklang.operate.pages.keeping import kept
from genklang.operate.pages.measuring import measured, prices_of, tables_of
from genklang.operate.pages.money import in_money
from genklang.operate.pages.protocols import protocol_of
from genklang.operate.pages.words import say
from genklang.protocol.types import Indicator, Protocol

ABOUT_THE_SAME = 0.05  # a smaller change of the whole cost is told as none


@dataclass(frozen=True)
class Spoken:
    """A figure that people have given, for each stage: the stage, the figure, and how many people answered."""

    label: str
    stages: list[tuple[str, str, str]]


@dataclass(frozen=True)
class Around:
    """The cost in words and line by line (what, before, after, difference; the whole last), and what people said."""

    sentence: str
    note: str
    lines: list[tuple[str, str, str, str]]
    said: list[Spoken]


def around_of(adoption: Adoption) -> Around | None:
    """Before and after, for a practice that follows a series past a change; else None."""
    protocol = protocol_of(adoption.protocol_version)
    if protocol.study is None or not protocol.study.series:
        return None
    cost = kept(adoption, "around", lambda: _cost(adoption, protocol, tables_of(adoption)))
    said = [_spoken(adoption, protocol, name, each) for name, each in protocol.indicators.items() if "stage" in each.by]
    if cost is None:
        return Around("", "", [], [each for each in said if each.stages])
    estimate = difference(cost)
    return Around(
        sentence=in_words(cost, estimate),
        note=note(cost, estimate),
        lines=_lines(protocol, cost),
        said=[each for each in said if each.stages],
    )


def _cost(adoption: Adoption, protocol: Protocol, tables: Tables) -> CostAround | None:
    return cost_around(protocol, tables, prices=prices_of(adoption))


def difference(cost: CostAround) -> Estimate | None:
    """After less before over the periods, with its interval; None where the periods are too few or all alike."""
    import numpy as np  # not worth a start's time

    from genklang.evaluate.means import difference_in_means

    values = np.array([*cost.before, *cost.after])
    after = np.array([False] * len(cost.before) + [True] * len(cost.after))
    try:
        return difference_in_means(values, after)
    except EvaluationError:
        return None


def in_words(cost: CostAround, estimate: Estimate | None) -> str:
    """What became of the cost, in one sentence; less than a twentieth up or down is about the same."""
    before, after = fmean(cost.before), fmean(cost.after)
    said = {"before": _money(before, cost), "after": _money(after, cost)}
    change = (after - before) / abs(before) if before else 0.0
    said["percent"] = in_unit(abs(change), "share")
    if abs(change) <= ABOUT_THE_SAME:
        return _("About the same cost: %(before)s per person and month before, %(after)s after.") % said
    if estimate is None or _crosses_zero(estimate):
        return _("%(before)s per person and month before, %(after)s after, but chance alone may explain that.") % said
    if change < 0:
        return _("It costs %(percent)s less: %(before)s per person and month before, %(after)s after.") % said
    return _("It costs %(percent)s more: %(before)s per person and month before, %(after)s after.") % said


def _crosses_zero(estimate: Estimate) -> bool:
    return estimate.low is None or estimate.high is None or estimate.low <= 0 <= estimate.high


def note(cost: CostAround, estimate: Estimate | None) -> str:
    """How sure it is, and what the figure cannot tell."""
    said = {"before": len(cost.before), "after": len(cost.after)}
    compared = _("%(before)s whole periods before are compared with %(after)s after.") % said
    if estimate is None or estimate.low is None or estimate.high is None:
        return compared + " " + _("They are too few for an interval, so nobody can say how sure it is.")
    limits = {"low": _signed(estimate.low, cost), "high": _signed(estimate.high, cost)}
    sure = _("The difference lies between %(low)s and %(high)s (95%% interval, the periods taken as independent).")
    return " ".join([compared, sure % limits, _("Something else may have changed at the same time.")])


def _lines(protocol: Protocol, cost: CostAround) -> list[tuple[str, str, str, str]]:
    labels = protocol.economy.lines if protocol.economy else {}
    rows = [_line(say(labels[line.name]), line.before, line.after, cost) for line in cost.lines]
    return [*rows, _line(_("In all"), cost.before, cost.after, cost)] if len(rows) > 1 else rows


def _line(label: str, before: Sequence[float], after: Sequence[float], cost: CostAround) -> tuple[str, str, str, str]:
    first, last = fmean(before), fmean(after)
    return (label, _money(first, cost), _money(last, cost), _signed(last - first, cost))


def _money(amount: float, cost: CostAround) -> str:
    return in_money(Decimal(repr(round(amount, 2))), cost.currency)


def _signed(amount: float, cost: CostAround) -> str:
    return ("+" if round(amount) > 0 else "") + _money(amount, cost)


def _spoken(adoption: Adoption, protocol: Protocol, name: str, indicator: Indicator) -> Spoken:
    """The figure in each stage, in the protocol's order."""
    by_stage = {dict(value.by).get("stage"): value for value in measured(adoption).of(name) if len(value.by) == 1}
    rows = []
    for stage in protocol.stages:
        value = by_stage.get(stage)
        if value is not None and value.value is not None:
            people = ngettext("%(n)s person", "%(n)s people", value.n) % {"n": value.n}
            rows.append((group_in_words(protocol, "stage", stage), in_unit(value.value, indicator.unit), people))
    return Spoken(say(indicator), rows)
