"""Regression from sums of products equals that of the people pooled."""

from typing import Any

import numpy as np
import pandas as pd
import pyfixest
import pytest
import statsmodels.api as sm

from genklang.evaluate import EvaluationError
from genklang.evaluate.arrays import Floats, Ints
from genklang.evaluate.pooling import Products, pooled_regression, products

NAMES = ("treated", "age", "first_time")


def people(seed: int, sizes: tuple[int, ...] = (40, 60, 35, 80, 52, 47)) -> tuple[Floats, Floats, Ints]:
    random = np.random.default_rng(seed)
    place = np.repeat(np.arange(len(sizes)), sizes)
    n = len(place)
    x = np.column_stack([random.random(n) < 0.5, random.normal(75, 8, n), random.random(n) < 0.3]).astype(np.float64)
    y = 20 - 6 * x[:, 0] + 0.3 * x[:, 1] + random.normal(0, 2, len(sizes))[place] + random.normal(0, 5, n)
    return x, y, place


def parts(x: Floats, y: Floats, place: Ints) -> list[Products]:
    return [
        products(cluster=f"kommun {g}", names=NAMES, columns=x[place == g], outcome=y[place == g])
        for g in np.unique(place)
    ]


@pytest.mark.parametrize("seed", range(4))
def test_pooled_is_the_people_pooled_to_twelve_figures(seed: int) -> None:
    x, y, place = people(seed)
    design = sm.add_constant(x)
    theirs = sm.OLS(y, design).fit(cov_type="cluster", cov_kwds={"groups": place}, use_t=True)
    ours = pooled_regression(parts(x, y, place))
    # about the means the two are the same to the last figures; the constant is carried back from there
    for index, name in enumerate(("constant", *NAMES)):
        mine = ours.coefficient(name)
        assert mine.value == pytest.approx(theirs.params[index], rel=1e-12, abs=1e-12)
        assert mine.standard_error == pytest.approx(theirs.bse[index], rel=1e-12)
        assert mine.p == pytest.approx(theirs.pvalues[index], rel=1e-10)
        assert ours.classical[index] == pytest.approx(sm.OLS(y, design).fit().bse[index], rel=1e-12)
    assert ours.residual_variance == pytest.approx(theirs.mse_resid if theirs.mse_resid else 0, rel=1e-12)


def test_pyfixest_agrees() -> None:
    x, y, place = people(7)
    frame = pd.DataFrame(x, columns=list(NAMES)).assign(y=y, place=place)
    theirs: Any = pyfixest.feols("y ~ treated + age + first_time", frame, vcov={"CRV1": "place"})
    ours = pooled_regression(parts(x, y, place)).coefficient("treated")
    assert ours.value == pytest.approx(theirs.coef()["treated"], rel=1e-10)
    assert ours.standard_error == pytest.approx(theirs.se()["treated"], rel=1e-10)


def test_a_constant_for_each_municipality() -> None:
    x, y, place = people(8)
    dummies = (place[:, None] == np.unique(place)).astype(float)
    theirs = sm.OLS(y, np.column_stack([x, dummies])).fit()
    ours = pooled_regression(parts(x, y, place), within=True)
    assert [each.name for each in ours.coefficients] == list(NAMES)
    assert [each.value for each in ours.coefficients] == pytest.approx(theirs.params[:3].tolist(), rel=1e-12)
    assert ours.classical == pytest.approx(theirs.bse[:3].tolist(), rel=1e-12)


def test_large_offsets_lose_no_figures() -> None:
    x, y, place = people(9)
    far = x + np.array([0.0, 1e7, 0.0])
    near, moved = (pooled_regression(parts(each, y, place)).coefficient("age") for each in (x, far))
    assert moved.value == pytest.approx(near.value, rel=1e-8)


def test_sums_as_other_programs_write_them() -> None:
    x, y, place = people(10)
    made = parts(x, y, place)
    raw = [part.raw for part in made]
    design = sm.add_constant(x[place == 0])
    assert raw[0][0] == pytest.approx(design.T @ design)
    assert raw[0][1] == pytest.approx(design.T @ y[place == 0])
    back = [
        Products.of_raw(cluster=part.cluster, names=NAMES, xx=xx, xy=xy, yy=yy)
        for part, (xx, xy, yy) in zip(made, raw, strict=True)
    ]
    assert pooled_regression(back).coefficient("treated").value == pytest.approx(
        pooled_regression(made).coefficient("treated").value, rel=1e-9
    )


def test_several_sums_of_one_municipality_are_one_cluster() -> None:
    x, y, place = people(11)
    half = np.arange(len(y)) % 2 == 0
    split = [
        products(cluster=f"kommun {g}", names=NAMES, columns=x[rows], outcome=y[rows])
        for g in np.unique(place)
        for rows in ((place == g) & half, (place == g) & ~half)
    ]
    whole, halves = pooled_regression(parts(x, y, place)), pooled_regression(split)
    assert halves.clusters == whole.clusters == 6
    assert halves.coefficient("treated").standard_error == pytest.approx(whole.coefficient("treated").standard_error)


def test_columns_that_say_the_same_are_refused() -> None:
    x, y, place = people(12)
    x[:, 2] = 1 - x[:, 0]
    with pytest.raises(EvaluationError, match="first_time"):
        pooled_regression(parts(x, y, place))


def test_one_municipality_is_refused() -> None:
    x, y, place = people(13)
    with pytest.raises(EvaluationError, match="1 municipality"):
        pooled_regression(parts(x, y, place)[:1])
