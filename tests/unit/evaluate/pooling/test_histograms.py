"""Lots drawn over histograms give what lots drawn over people give."""

import numpy as np
import pytest

from genklang.evaluate import EvaluationError, randomisation_inference
from genklang.evaluate.pooling import Histogram, histograms, pooled_randomisation


@pytest.mark.parametrize("levels", [2, 5])
def test_the_same_seed_gives_the_same_p(levels: int) -> None:
    random = np.random.default_rng(levels)
    n = 600
    strata = np.array(["Umeå/65–75", "Umeå/76–85", "Laholm"])[random.integers(0, 3, n)]
    treated = random.random(n) < 0.5
    drawn = random.integers(0, levels, n) + (treated & (random.random(n) < 0.15))
    outcome = np.minimum(drawn, levels - 1).astype(np.float64)
    people = randomisation_inference(outcome, treated, strata=strata, seed=3, draws=2000)
    pooled = pooled_randomisation(histograms(outcome, treated, strata), seed=3, draws=2000)
    assert pooled.value == pytest.approx(people.value, abs=1e-12)
    assert pooled.p == people.p
    assert (pooled.low, pooled.high) == pytest.approx((people.low, people.high), abs=1e-9)


def test_counts_that_are_none_are_refused() -> None:
    parts = [Histogram(stratum="a", values=(0.0, 1.0), treated=(5, -1), control=(4, 4))] * 2
    with pytest.raises(EvaluationError) as refused:
        pooled_randomisation(parts, seed=1)
    assert "more than once" in str(refused.value)
    assert "the count is -1" in str(refused.value)
