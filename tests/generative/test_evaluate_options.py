"""What must not matter to an answer does not: the order of rows, names, the outcome's zero and unit. Never a NaN.

For the options beyond two arms and an outcome: what was received, several arms, answers weighed by what is known of
all, several raters of one person, rows without an arm.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genklang.evaluate import EvaluationError, Finding, evaluate_arms, evaluate_table
from tests.generative.test_evaluate_findings import check

Table = dict[str, list[Any]]
SLOWLY = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SEEDS = st.integers(0, 2**32)
scores = st.one_of(st.integers(-5, 5), st.floats(-100, 100).map(lambda value: round(value, 3)))


def crossings(n: int) -> st.SearchStrategy[tuple[list[bool], list[int | None]]]:
    """Who of so many got another thing than the lot gave, few of them; and what, where it is known."""
    got: st.SearchStrategy[int | None] = st.sampled_from([0, 1, 0, 1, 0, 1, None])
    few = st.integers(0, 3).map(lambda number: [place < number for place in range(n)])
    return st.tuples(few, st.lists(got, min_size=n, max_size=n))


@st.composite
def trials(draw: st.DrawFn) -> Table:
    """People with an arm, what they got, and an outcome; few or many, alike or not."""
    n = draw(st.integers(8, 40))
    lot = draw(st.lists(st.sampled_from([0, 1]), min_size=n, max_size=n))
    got = [other if crossed else arm for arm, crossed, other in zip(lot, *draw(crossings(n)), strict=True)]
    return {
        "y": draw(st.lists(scores, min_size=n, max_size=n)),
        "t": lot,
        "got": got,
        "s": draw(st.lists(st.sampled_from("pq"), min_size=n, max_size=n)),
    }


@st.composite
def samples(draw: st.DrawFn) -> Table:
    """Everybody drawn: what is known of all, and the answers of some."""
    n = draw(st.integers(6, 40))
    return {
        "y": draw(st.lists(st.one_of(scores, st.none()), min_size=n, max_size=n)),
        "age": draw(st.lists(st.integers(20, 90), min_size=n, max_size=n)),
        "s": draw(st.lists(st.sampled_from("pq"), min_size=n, max_size=n)),
    }


@st.composite
def ratings(draw: st.DrawFn) -> Table:
    """Several raters of each person, before and after; some did not rate."""
    n = draw(st.integers(4, 40))
    rated = st.lists(st.one_of(scores, scores, st.none()), min_size=n, max_size=n)
    return {
        "before": draw(rated),
        "after": draw(rated),
        "who": draw(st.lists(st.sampled_from("abcdefgh"), min_size=n, max_size=n)),
    }


CASES: dict[str, tuple[st.SearchStrategy[Table], dict[str, Any]]] = {
    "crossovers": (trials(), {"design": "randomised", "outcome": "y", "treatment": "t", "received": "got"}),
    "crossovers in strata": (
        trials(),
        {"design": "randomised", "outcome": "y", "treatment": "t", "received": "got", "strata": "s"},
    ),
    "calibrated": (samples(), {"design": "survey", "outcome": "y", "covariates": "age", "kind": "mean"}),
    "calibrated in strata": (
        samples(),
        {"design": "survey", "outcome": "y", "covariates": "age", "strata": "s", "kind": "mean"},
    ),
    "raters": (ratings(), {"design": "before_after", "outcome": "after", "before": "before", "cluster": "who"}),
}
MEASURED = ("y", "before", "after")


def found(table: Table, **options: Any) -> Finding | None:
    """The finding, without a NaN; None for a refusal in both languages."""
    chosen: dict[str, Any] = {"draws": 99, "kind": "mean"} | options
    try:
        finding = evaluate_table(table, **chosen)
    except EvaluationError as refused:
        assert all(refused.messages("sv")) and all(refused.messages("en"))
        return None
    check(finding)
    return finding


def same(one: Finding | None, other: Finding | None, *, shift: float = 0.0, scale: float = 1.0) -> None:
    """The estimates agree, but for the zero and the unit of the outcome; draws of the lots may fall otherwise."""
    assert (one is None) == (other is None)
    if one is None or other is None:
        return
    assert [each.name for each in one.estimates] == [each.name for each in other.estimates]
    size = abs(scale) * max([1e-6, *(abs(each.value or 0) for each in one.arms)]) + abs(shift)
    for first, second in zip(one.estimates, other.estimates, strict=True):
        assert second.value == pytest.approx(scale * first.value + shift, rel=1e-6, abs=1e-6 * size)
        if first.low is not None and first.high is not None and second.low is not None and second.high is not None:
            ends = sorted(scale * end + shift for end in (first.low, first.high))
            wide = 1e-6 * (size + ends[1] - ends[0])
            if first.method.id != "randomisation":
                assert [second.low, second.high] == pytest.approx(ends, rel=1e-6, abs=wide)


def shuffled(table: Table, seed: int) -> Table:
    order = np.random.default_rng(seed).permutation(len(next(iter(table.values()))))
    return {name: [cells[place] for place in order] for name, cells in table.items()}


def measured_anew(table: Table, change: Callable[[float], float]) -> Table:
    """The same people, the outcome told from another zero or in another unit."""
    return {
        name: [None if cell is None else change(cell) for cell in cells] if name in MEASURED else cells
        for name, cells in table.items()
    }


@SLOWLY
@pytest.mark.parametrize("case", CASES)
@given(data=st.data(), seed=SEEDS)
def test_the_order_of_rows_does_not_matter(case: str, data: st.DataObject, seed: int) -> None:
    tables, options = CASES[case]
    table = data.draw(tables)
    same(found(table, **options), found(shuffled(table, seed), **options))


@SLOWLY
@pytest.mark.parametrize("case", CASES)
@given(data=st.data(), scale=st.sampled_from([0.01, 3.0, 1000.0]))
def test_the_unit_goes_with_the_answer(case: str, data: st.DataObject, scale: float) -> None:
    tables, options = CASES[case]
    table = data.draw(tables)
    same(found(table, **options), found(measured_anew(table, lambda value: value * scale), **options), scale=scale)


@SLOWLY
@pytest.mark.parametrize("case", CASES)
@given(data=st.data())
def test_the_zero_matters_to_a_level_alone(case: str, data: st.DataObject) -> None:
    tables, options = CASES[case]
    table = data.draw(tables)
    shift = 64.0 if options["design"] == "survey" else 0.0
    same(found(table, **options), found(measured_anew(table, lambda value: value + 64.0), **options), shift=shift)


@SLOWLY
@given(trials())
def test_names_of_arms_do_not_matter(table: Table) -> None:
    called = {0: "usual", 1: "walk", None: None}
    named = table | {name: [called[cell] for cell in table[name]] for name in ("t", "got")}
    options: dict[str, Any] = {"design": "randomised", "outcome": "y", "treatment": "t", "received": "got"}
    same(found(table, **options), found(named, control="usual", treated="walk", **options))


@SLOWLY
@given(trials())
def test_whoever_did_as_the_lot_said_is_compared_as_the_lot_said(table: Table) -> None:
    """Where nobody crossed over, the effect on those who do as the lot says is the effect of the lot."""
    finding = found(table | {"got": table["t"]}, design="randomised", outcome="y", treatment="t", received="got")
    if finding is not None and any(each.name == "compliers" for each in finding.estimates):
        own = finding.estimated("compliers")
        assert own.value == pytest.approx(finding.estimate.value, rel=1e-9, abs=1e-9)


@SLOWLY
@given(ratings())
def test_two_raters_who_say_the_same_are_as_one(table: Table) -> None:
    """Ratings pasted onto themselves tell nothing new: people are counted."""
    options = CASES["raters"][1]
    twice = {name: [*cells, *cells] for name, cells in table.items()}
    one, two = found(table, **options), found(twice, **options)
    assert (one is None) == (two is None)
    if one is not None and two is not None:
        assert two.estimate.value == pytest.approx(one.estimate.value, rel=1e-9, abs=1e-9)
        assert two.estimate.standard_error == pytest.approx(one.estimate.standard_error, rel=1e-6, abs=1e-9)


@SLOWLY
@given(samples(), st.floats(0.5, 20))
def test_what_is_known_of_all_may_be_told_in_any_unit(table: Table, scale: float) -> None:
    """Calibration is the same in years and in days since another birthday."""
    options = CASES["calibrated"][1]
    told = table | {"age": [scale * age - 7 for age in table["age"]]}
    same(found(table, **options), found(told, **options))


@st.composite
def several(draw: st.DrawFn) -> Table:
    """Three arms or four, one of them plainly the control."""
    arms = ["usual", "talk", "walk", "sing"][: draw(st.integers(3, 4))]
    n = draw(st.integers(8, 40))
    return {
        "y": draw(st.lists(scores, min_size=n, max_size=n)),
        "t": draw(st.lists(st.sampled_from(arms), min_size=n, max_size=n)),
    }


def of_arms(table: Table, **options: Any) -> dict[str, tuple[Finding, float | None]] | None:
    """Each arm's finding with its adjusted p-value, by the arm; None for a refusal."""
    try:
        made = evaluate_arms(table, design="randomised", outcome="y", treatment="t", kind="mean", draws=99, **options)
    except EvaluationError as refused:
        assert all(refused.messages("sv")) and all(refused.messages("en"))
        return None
    adjusted = iter(made.together)
    for finding in made.findings:
        check(finding)
    return {each.arms[0].name: (each, None if each.p is None else next(adjusted).adjusted) for each in made.findings}


@SLOWLY
@given(several(), SEEDS)
def test_each_arm_is_compared_as_though_alone_and_adjusted(table: Table, seed: int) -> None:
    one, other = of_arms(table), of_arms(shuffled(table, seed))
    assert (one is None) == (other is None)
    if one is None or other is None:
        return
    assert one.keys() == other.keys()
    for name, (finding, adjusted) in one.items():
        same(finding, other[name][0])
        alone = found(table, design="randomised", outcome="y", treatment="t", control="usual", treated=name)
        if len(set(table["t"])) > 2:
            same(finding, alone)
        if adjusted is not None and finding.p is not None:
            assert finding.p <= adjusted <= min(1.0, len(one) * finding.p) + 1e-12
            assert adjusted == pytest.approx(other[name][1], abs=1e-6)


@SLOWLY
@given(several())
def test_what_arms_are_called_does_not_matter(table: Table) -> None:
    called = {"usual": "usual", "talk": "z", "walk": "m", "sing": "a"}
    one = of_arms(table, control="usual" if "usual" in table["t"] else None)
    other = of_arms(
        table | {"t": [called[arm] for arm in table["t"]]}, control="usual" if "usual" in table["t"] else None
    )
    if one is None or other is None or len(set(table["t"])) < 3 or "usual" not in table["t"]:
        return
    assert {called[name] for name in one} == set(other)
    for name, (finding, adjusted) in one.items():
        same(finding, other[called[name]][0])
        assert adjusted == pytest.approx(other[called[name]][1], abs=1e-9)


@SLOWLY
@given(trials(), st.lists(scores, min_size=1, max_size=5), SEEDS)
def test_rows_without_an_arm_change_nothing(table: Table, lost: list[float], seed: int) -> None:
    more = {"y": [*table["y"], *lost], "t": [*table["t"], *[None] * len(lost)]}
    options: dict[str, Any] = {"design": "randomised", "outcome": "y", "treatment": "t"}
    with_them = found(shuffled(more, seed), missing_treatment="leave_out", **options)
    same(found({"y": table["y"], "t": table["t"]}, **options), with_them)
    if with_them is not None and with_them.flow is not None:
        assert [loss.n for loss in with_them.flow.left_before] == [len(lost)]
