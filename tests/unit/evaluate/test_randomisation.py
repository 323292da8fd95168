"""Randomisation inference against full enumeration, Fisher and scipy; its size, and its interval."""

import math
from itertools import combinations, product

import numpy as np
import pytest
from scipy import stats

from genklang.evaluate import randomisation, randomisation_inference
from genklang.evaluate.arrays import Bools, Floats


def enumerated(outcome: Floats, treated: Bools, strata: Floats) -> float:
    """The two-sided p-value over every way that the lots could have fallen."""
    rows = [np.flatnonzero(strata == stratum) for stratum in np.unique(strata)]
    sizes = [int(treated[each].sum()) for each in rows]
    weights = np.array([n1 * (len(each) - n1) / len(each) for each, n1 in zip(rows, sizes, strict=True)])

    def difference(chosen: tuple[tuple[int, ...], ...]) -> float:
        parts = []
        for each, lots in zip(rows, chosen, strict=True):
            given = np.isin(each, lots)
            parts.append(outcome[each][given].mean() - outcome[each][~given].mean())
        return float(weights @ parts / weights.sum())

    observed = difference(tuple(tuple(each[treated[each]].tolist()) for each in rows))
    ways = product(*(combinations(each.tolist(), n1) for each, n1 in zip(rows, sizes, strict=True)))
    differences = np.array([difference(way) for way in ways])
    return float(np.mean(np.abs(differences) >= abs(observed) - 1e-12))


@pytest.mark.parametrize(
    "outcome",
    [
        [1, 0, 1, 1, 0, 0, 1, 0, 0, 0],
        [3, 0, 1, 2, 0, 1, 1, 0, 2, 0],
        [3.1, 0.2, 1.7, 2.2, 0.4, 1.9, 1.1, 0.3, 2.6, 0.8],
    ],
    ids=["shares", "counts", "means"],
)
def test_draws_within_strata_as_enumerated(outcome: list[float]) -> None:
    treated = np.array([1, 0, 1, 1, 0, 0, 1, 0, 1, 0], dtype=bool)
    strata = np.array([1, 1, 1, 1, 1, 2, 2, 2, 2, 2.0])
    oracle = enumerated(np.array(outcome, float), treated, strata)
    found = randomisation_inference(np.array(outcome, float), treated, strata=strata, seed=1, draws=40_000)
    assert found.p == pytest.approx(oracle, abs=0.01)


def test_yes_and_no_in_one_stratum_is_exact() -> None:
    outcome = np.array([1, 0, 1, 1, 0, 0, 1, 0, 0, 0.0])
    treated = np.array([1, 0, 1, 1, 0, 0, 0, 0, 0, 0], dtype=bool)
    found = randomisation_inference(outcome, treated, seed=1)
    assert found.method.id == "randomisation_exact"
    assert found.p == pytest.approx(enumerated(outcome, treated, np.ones(10)), abs=1e-12)


def test_equal_arms_are_fishers_exact_test() -> None:
    """The trial of financial aid: 48 of 216 against 66 of 216 arrested."""
    outcome = np.repeat([1.0, 0, 1, 0], [48, 168, 66, 150])
    treated = np.repeat([True, False], 216)
    found = randomisation_inference(outcome, treated, seed=1)
    assert found.p == pytest.approx(stats.fisher_exact(np.array([[48, 168], [66, 150]])).pvalue, rel=1e-9)


def test_as_scipys_permutation_test() -> None:
    random = np.random.default_rng(3)
    outcome = random.exponential(size=40)
    treated = np.arange(40) < 15
    outcome[treated] += 0.4
    oracle = stats.permutation_test(
        (outcome[treated], outcome[~treated]),
        lambda x, y, axis: x.mean(axis=axis) - y.mean(axis=axis),
        vectorized=True,
        n_resamples=20_000,
        rng=np.random.default_rng(4),
    )
    # scipy doubles the smaller tail; with nearly symmetric draws the two agree
    found = randomisation_inference(outcome, treated, seed=5, draws=20_000)
    assert found.p == pytest.approx(oracle.pvalue, abs=0.02)


def test_counting_the_histogram_and_permuting_people_are_one_distribution(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(8)
    outcome = random.poisson(2, 80).astype(float)
    treated = random.permutation(80) < 40
    outcome[treated] += random.integers(0, 2, 40)
    counted = randomisation_inference(outcome, treated, seed=1, draws=20_000)
    monkeypatch.setattr(randomisation, "MOST_LEVELS", 0)
    permuted = randomisation_inference(outcome, treated, seed=2, draws=20_000)
    assert counted.p != permuted.p
    assert counted.p == pytest.approx(permuted.p, abs=0.01)
    assert counted.low == pytest.approx(permuted.low, abs=0.03)
    assert counted.high == pytest.approx(permuted.high, abs=0.03)


@pytest.mark.parametrize("wanted", [1, 3, 5])
def test_every_set_of_people_is_as_likely(wanted: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fast way of drawing, on six people: each set of so many comes up as often as the others."""
    monkeypatch.setattr(randomisation, "FEW_PEOPLE", 0)
    monkeypatch.setattr(randomisation, "MOST_LEVELS", 0)
    outcome = np.array([1.0, 2, 4, 8, 16, 32])
    treated = np.arange(6) < wanted
    part = randomisation._Stratum(outcome, treated, 1.0)
    sums, _ = randomisation._from_people(part, np.random.default_rng(1), 30_000)
    sets, counts = np.unique(sums, return_counts=True)
    assert len(sets) == math.comb(6, wanted)
    assert all(bin(int(each)).count("1") == wanted for each in sets)
    assert stats.chisquare(counts).pvalue > 0.001


def test_the_fast_way_of_drawing_gives_the_same_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(14)
    treated = random.permutation(450) < 130
    outcome = random.exponential(size=450) + 0.15 * treated
    fast = randomisation_inference(outcome, treated, seed=1)
    monkeypatch.setattr(randomisation, "FEW_PEOPLE", 1000)
    slow = randomisation_inference(outcome, treated, seed=1)
    assert fast != slow
    assert fast.p == pytest.approx(slow.p, abs=0.02)
    assert (fast.low, fast.high) == pytest.approx((slow.low, slow.high), abs=0.02)


def test_the_interval_inverts_the_test() -> None:
    """With the same lots, a shift just within the interval is kept and one just without is not."""
    random = np.random.default_rng(6)
    treated = random.permutation(50) < 20
    outcome = random.normal(size=50) + 1.5 * treated
    strata = np.repeat([1, 2], 25)

    def p_at(shift: float) -> float:
        p = randomisation_inference(outcome - shift * treated, treated, strata=strata, seed=9, draws=2000).p
        assert p is not None
        return p

    found = randomisation_inference(outcome, treated, strata=strata, seed=9, draws=2000)
    assert found.low is not None
    assert found.high is not None
    assert p_at(found.low - 1e-6) <= 0.05 < p_at(found.low + 1e-6)
    assert p_at(found.high + 1e-6) <= 0.05 < p_at(found.high - 1e-6)


def test_the_interval_is_near_students_for_many_normal_people() -> None:
    random = np.random.default_rng(10)
    treated = random.permutation(400) < 200
    outcome = random.normal(size=400) + 0.3 * treated
    low, high = stats.ttest_ind(outcome[treated], outcome[~treated]).confidence_interval()
    found = randomisation_inference(outcome, treated, seed=1)
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.01)


def test_the_same_seed_gives_the_same_answer_and_another_nearly() -> None:
    random = np.random.default_rng(12)
    outcome, treated = random.normal(size=30), np.arange(30) < 15
    first, again, other = (randomisation_inference(outcome, treated, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first.p != other.p
    assert first.p == pytest.approx(other.p, abs=0.03)


def test_too_few_people_have_a_p_value_and_no_interval() -> None:
    found = randomisation_inference(np.array([1.0, 2.5, 3.0, 7.0]), np.array([1, 1, 0, 0], bool), seed=1)
    assert found.p == pytest.approx(1 / 3, abs=0.02)
    assert found.low is None
    assert found.high is None


@pytest.mark.parametrize("kind", ["share", "count", "mean"])
def test_the_test_keeps_its_size(kind: str) -> None:
    """Without any effect, at most about five in a hundred trials fall below 0.05."""
    random = np.random.default_rng(13)
    strata = np.repeat([1, 2, 3], 12)

    def draw() -> Floats:
        match kind:
            case "share":
                return (random.random(36) < 0.1 + 0.2 * strata).astype(np.float64)
            case "count":
                return random.poisson(strata).astype(np.float64)
        return random.exponential(strata)

    rejected = 0
    for _ in range(400):
        treated = np.concatenate([random.permutation(12) < 5 for _ in range(3)])
        p = randomisation_inference(draw(), treated, strata=strata, seed=random, draws=199).p
        rejected += p is not None and p <= 0.05
    assert rejected / 400 <= 0.05 + 3 * (0.05 * 0.95 / 400) ** 0.5
