"""Payback and break-even, by numbers that can be followed by hand."""

import pytest

from genklang.evaluate import Costs, EvaluationError, Verdict, break_even
from genklang.evaluate.money import payback


def test_the_month_it_is_paid_back() -> None:
    """100,000 to start, 290 a visit saved, 100 visits and 9,000 in rent a month: 20,000 a month, paid in month 5."""
    finding = break_even(Costs(upfront=100_000, running=9_000, saving=290, units=100), months=12)
    assert finding.estimate.name == "net_per_month"
    assert finding.estimate.value == pytest.approx((12 * 20_000 - 100_000) / 12)
    assert finding.estimated("payback_months").value == 5
    assert finding.estimated("break_even_units").value == pytest.approx((9_000 + 100_000 / 12) / 290)
    assert finding.verdict is Verdict.BETTER
    assert [flag.id for flag in finding.flags] == ["no_interval"]


def test_units_that_grow_and_then_stay() -> None:
    balance = Costs(upfront=30, running=10, saving=1, units=[0, 10, 30]).balance(5)
    assert balance.tolist() == [-40, -40, -20, 0, 20]
    assert payback(balance) == 4


def test_a_saving_with_an_interval_gives_the_payback_one() -> None:
    costs = Costs(upfront=100, running=0, saving=10, units=1, saving_low=5, saving_high=20)
    estimate = break_even(costs, months=30).estimated("payback_months")
    assert (estimate.low, estimate.value, estimate.high) == (5, 10, 20)


def test_perhaps_never_paid_back_is_uninformative_and_open_above() -> None:
    costs = Costs(upfront=100, running=0, saving=10, units=1, saving_low=1, saving_high=20)
    finding = break_even(costs, months=30)
    assert finding.estimated("payback_months").high is None
    assert finding.verdict is Verdict.UNINFORMATIVE
    assert "perhaps not at all" in finding.plain("en")[1]


def test_never_paid_back_is_said() -> None:
    finding = break_even(Costs(upfront=100, running=20, saving=10, units=1), months=24)
    assert finding.verdict is Verdict.WORSE
    assert "not_paid_back" in {flag.id for flag in finding.flags}
    assert "inte tillbaka" in finding.plain("sv")[1]
    with pytest.raises(KeyError):
        finding.estimated("payback_months")


def test_everything_wrong_is_said_at_once() -> None:
    costs = Costs(upfront=-1, running=float("nan"), saving=10, units=[1, -2], saving_low=12, saving_high=20)
    with pytest.raises(EvaluationError) as refused:
        break_even(costs, months=0)
    assert len(refused.value.problems) == 5
