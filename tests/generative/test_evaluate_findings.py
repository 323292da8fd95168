"""Whatever the table holds: a finding without NaN whose intervals hold their estimates, or a refusal in words."""

import json
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from genklang.evaluate import Costs, EvaluationError, Finding, break_even, evaluate_table
from genklang.evaluate.report import report
from genklang.evaluate.texts import LANGUAGES

SLOWLY = settings(max_examples=40)

numbers = st.one_of(st.integers(-5, 5), st.floats(-1e6, 1e6), st.sampled_from([0.1, 1e-12, 1e12, -3.25, 1e80, 1e-300]))
STRATA = st.sampled_from([(), ("s",)])
junk = st.sampled_from([None, "", "NA", "nej", "ja", "x", "1,5", float("nan"), float("inf"), "1e400", True, "−2"])
outcomes = st.one_of(
    st.lists(st.integers(0, 1), min_size=1, max_size=40),
    st.lists(st.integers(0, 6), min_size=1, max_size=40),
    st.lists(numbers, min_size=1, max_size=40),
    st.lists(st.one_of(st.integers(0, 1), st.none()), min_size=1, max_size=40),
    st.lists(st.one_of(numbers, junk), min_size=1, max_size=12),
)


@st.composite
def tables(draw: st.DrawFn) -> dict[str, list[Any]]:
    """Outcome, arm, two background columns; mostly sound, sometimes not."""
    outcome = draw(outcomes)
    n = len(outcome)
    arms = draw(st.sampled_from([(0, 1), ("kontroll", "insats"), ("a", "b", "c"), (0,), (0, 1, None)]))
    return {
        "y": outcome,
        "t": draw(st.lists(st.sampled_from(arms), min_size=n, max_size=n)),
        "s": draw(st.lists(st.sampled_from("pqr"), min_size=n, max_size=n)),
        "x": draw(st.lists(numbers, min_size=n, max_size=n)),
    }


def evaluated(table: dict[str, list[Any]], **options: Any) -> Finding | None:
    """The finding, checked; None for a refusal, also checked."""
    try:
        finding = evaluate_table(table, draws=199, **options)
    except EvaluationError as refused:
        assert all(refused.messages("sv"))
        assert all(refused.messages("en"))
        return None
    check(finding)
    return finding


def check(finding: Finding) -> None:
    json.dumps(finding.as_dict(), allow_nan=False)
    for estimate in finding.estimates:
        if estimate.low is not None:
            assert estimate.low <= estimate.value
        if estimate.high is not None:
            assert estimate.value <= estimate.high
        if estimate.p is not None:
            assert 0 <= estimate.p <= 1
    for language in LANGUAGES:
        assert not re.search(r"\b(nan|inf)\b", report(finding, language), re.IGNORECASE)


@SLOWLY
@given(tables(), STRATA, st.sampled_from([(), ("x",), ("x", "s")]), STRATA)
def test_randomised(table: dict[str, list[Any]], strata: Any, covariates: Any, subgroups: Any) -> None:
    evaluated(
        table,
        design="randomised",
        outcome="y",
        treatment="t",
        strata=strata,
        covariates=covariates,
        subgroups=subgroups,
    )


@SLOWLY
@given(tables(), STRATA)
def test_swapping_the_arms_flips_the_sign(table: dict[str, list[Any]], strata: Any) -> None:
    options: dict[str, Any] = {"design": "randomised", "outcome": "y", "treatment": "t", "strata": strata}
    table["t"] = [int(arm in (1, "insats", "b")) for arm in table["t"]]
    one, other = (evaluated(table, control=control, **options) for control in (0, 1))
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        scale = max(1e-12, max(abs(float(arm.value or 0)) for arm in one.arms))
        assert one.estimate.value == pytest.approx(-other.estimate.value, abs=1e-9 * scale)
        assert one.estimate.low == pytest.approx(-(other.estimate.high or 0), rel=1e-6, abs=1e-6 * scale)


@SLOWLY
@given(tables(), st.one_of(st.none(), st.floats(-2, 2)))
def test_one_group(table: dict[str, list[Any]], target: float | None) -> None:
    evaluated(table, design="one_group", outcome="y", target=target)


@SLOWLY
@given(tables())
def test_before_after(table: dict[str, list[Any]]) -> None:
    evaluated(table, design="before_after", outcome="y", before="x")


@SLOWLY
@given(st.lists(numbers, min_size=1, max_size=40), st.integers(0, 40), st.sampled_from([None, 2, 4, 12]))
def test_interrupted_time_series(values: list[float], start: int, season: int | None) -> None:
    table: dict[str, list[Any]] = {"y": values, "time": list(range(len(values)))}
    evaluated(table, design="interrupted_time_series", outcome="y", time="time", start=start, season=season)


@SLOWLY
@example([(1, True, False, "q"), (1, True, True, "p")], ("s",))  # no stratum has both arms
@given(
    st.lists(
        st.tuples(
            st.one_of(st.integers(-1, 9), st.floats(0, 1e6)), st.booleans(), st.booleans(), st.sampled_from("pq")
        ),
        min_size=1,
        max_size=40,
    ),
    STRATA,
)
def test_survival(people: list[tuple[float, bool, bool, str]], strata: Any) -> None:
    time, event, arm, stratum = zip(*people, strict=True)
    table = {"w": list(time), "e": list(event), "t": list(arm), "s": list(stratum)}
    evaluated(table, design="survival", time="w", event="e", treatment="t", strata=strata)


@SLOWLY
@given(st.lists(st.floats(0, 1e7), min_size=3, max_size=3), st.lists(st.floats(-1e5, 1e5), min_size=3, max_size=3))
def test_break_even(amounts: list[float], savings: list[float]) -> None:
    low, middle, high = sorted(savings)
    costs = Costs(
        upfront=amounts[0], running=amounts[1], units=amounts[2], saving=middle, saving_low=low, saving_high=high
    )
    check(break_even(costs, months=24))


@SLOWLY
@given(st.integers(1, 10**6), st.data())
def test_the_order_of_people_does_not_matter(seed: int, data: st.DataObject) -> None:
    """All but the draws of the lots is the same for the same people in another order."""
    random = np.random.default_rng(seed)
    table = {"y": random.poisson(2, 30).tolist(), "t": random.integers(0, 2, 30).tolist(), "s": ["p", "q"] * 15}
    order = data.draw(st.permutations(range(30)))
    shuffled = {name: [cells[place] for place in order] for name, cells in table.items()}
    one, other = (
        evaluated(each, design="randomised", outcome="y", treatment="t", strata="s", control=0)
        for each in (table, shuffled)
    )
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert one.estimate.value == pytest.approx(other.estimate.value, abs=1e-12)
        assert one.estimate.standard_error == pytest.approx(other.estimate.standard_error, rel=1e-9)
