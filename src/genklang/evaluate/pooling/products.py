"""Regression over many adopters from sums of squares and products: one round, no people, the same answer.

Each adopter hands over the number of people, the means and the sums of products about the means; X'X, X'y and y'y
follow from these, and these from them, but about the means no figures are lost to rounding (Chan, Golub & LeVeque
1983, American Statistician 37:242-247).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from genklang.evaluate.arrays import Bools, Floats, t_p, t_quantile
from genklang.evaluate.columns import LARGEST
from genklang.evaluate.findings import Estimate
from genklang.evaluate.methods_pooling import POOLED_REGRESSION
from genklang.evaluate.problems import Problems, refuse
from genklang.evaluate.texts import Text

_COLLINEAR = 1e-9


@dataclass(frozen=True, kw_only=True)
class Products:
    """One adopter's sums. `names` (k,) are the explaining columns; the outcome comes last in `mean` and `scatter`.

    `mean` (k + 1,), `scatter` (k + 1, k + 1): sum of (z - mean)(z - mean)', z a person's columns and outcome.
    """

    cluster: str
    names: tuple[str, ...]
    n: int
    mean: Floats
    scatter: Floats

    @property
    def raw(self) -> tuple[Floats, Floats, float]:
        """X'X (k + 1, k + 1), X'y (k + 1,) and y'y, with the constant first."""
        whole = self.scatter + self.n * np.outer(self.mean, self.mean)
        sums = self.n * self.mean
        xx = np.block([[np.array([[float(self.n)]]), sums[None, :-1]], [sums[:-1, None], whole[:-1, :-1]]])
        return xx, np.concatenate([[sums[-1]], whole[:-1, -1]]), float(whole[-1, -1])

    @classmethod
    def of_raw(cls, *, cluster: str, names: Sequence[str], xx: Floats, xy: Floats, yy: float) -> Products:
        """From X'X, X'y and y'y with the constant first, as other programs write them."""
        n = float(xx[0, 0])
        mean = np.concatenate([xx[0, 1:], xy[:1]]) / n
        whole = np.block([[xx[1:, 1:], xy[1:, None]], [xy[None, 1:], np.array([[yy]])]])
        scatter = whole - n * np.outer(mean, mean)
        return cls(cluster=cluster, names=tuple(names), n=round(n), mean=mean, scatter=scatter)


@dataclass(frozen=True, kw_only=True)
class Regression:
    """Coefficients by name with intervals whose errors allow for people of one adopter being alike.

    `classical` are the errors as if all people were independent; beside, for comparison only.
    """

    coefficients: tuple[Estimate, ...]
    classical: tuple[float, ...]
    n: int
    clusters: int
    residual_variance: float

    def coefficient(self, name: str) -> Estimate:
        """The coefficient of a column, or "constant". Raises KeyError."""
        return {each.name: each for each in self.coefficients}[name]


def products(*, cluster: str, names: Sequence[str], columns: Floats, outcome: Floats) -> Products:
    """An adopter's sums over its own people: `columns` (n, k), `outcome` (n,); nothing missing.

    Raises EvaluationError for missing or boundless values. What may be handed over is settled by `release`.
    """
    z = np.column_stack([np.asarray(columns, dtype=np.float64), np.asarray(outcome, dtype=np.float64)])
    if z.shape[1] != len(names) + 1 or z.shape[0] == 0 or not np.all(np.abs(z) <= LARGEST):
        raise refuse(
            Text(sv="något värde saknas, eller namnen stämmer inte.", en="a value is missing, or names do not fit."),
            Text(sv="Ta bort rader med luckor och ge ett namn per kolumn.", en="Leave out rows with gaps; name each."),
            column=cluster,
        )
    mean = z.mean(axis=0)
    centred = z - mean
    return Products(cluster=cluster, names=tuple(names), n=len(z), mean=mean, scatter=centred.T @ centred)


def pooled_regression(parts: Sequence[Products], *, within: bool = False, confidence: float = 0.95) -> Regression:
    """Least squares over all adopters' people, with errors clustered by adopter (CR1, t with clusters - 1).

    `within` gives each adopter a constant of its own. Liang & Zeger (1986), Biometrika 73:13-22; Cameron & Miller
    (2015), J Human Resources 50:317-372. The same as from the people themselves, within rounding.
    Raises EvaluationError when columns differ between adopters, fewer than two take part, or columns say the same.
    """
    parts = _merged(parts)
    _check(parts)
    n, names = sum(part.n for part in parts), parts[0].names
    centre = sum((part.n * part.mean for part in parts), np.zeros(len(names) + 1)) / n
    total = sum((_about(part, centre, within=within) for part in parts), np.zeros((len(names) + 1,) * 2))
    _check_rank(total[:-1, :-1], names)
    scale = np.sqrt(np.diag(total)[:-1])
    inverse = np.linalg.inv(total[:-1, :-1] / np.outer(scale, scale)) / np.outer(scale, scale)
    slopes = inverse @ total[:-1, -1]
    rest = float(total[-1, -1] - slopes @ total[:-1, -1])
    free = n - len(names) - (len(parts) if within else 1)
    scores = np.array([_score(part, centre, slopes, within=within) for part in parts])
    bread = np.zeros((len(names) + 1,) * 2)
    bread[0, 0], bread[1:, 1:] = 1 / n, inverse
    g, k = len(parts), len(names) + 1
    factor = g / (g - 1) * (n - 1) / (n - k)
    robust = factor * bread @ scores.T @ scores @ bread
    classical = bread * max(0.0, rest) / free
    return _regression(centre, slopes, robust, classical, names, n, g, rest / free, within, confidence)


def _merged(parts: Sequence[Products]) -> list[Products]:
    """One part a cluster: an adopter that hands over several (strata, years) still is one."""
    by_cluster: dict[str, Products] = {}
    for part in parts:
        before = by_cluster.get(part.cluster)
        by_cluster[part.cluster] = part if before is None or before.names != part.names else _joined(before, part)
    return list(by_cluster.values())


def _joined(one: Products, other: Products) -> Products:
    n = one.n + other.n
    apart = other.mean - one.mean
    scatter = one.scatter + other.scatter + np.outer(apart, apart) * one.n * other.n / n
    mean = one.mean + apart * other.n / n
    return Products(cluster=one.cluster, names=one.names, n=n, mean=mean, scatter=scatter)


def _about(part: Products, centre: Floats, *, within: bool) -> Floats:
    """The part's products about a common centre, or about its own means."""
    apart = part.mean - centre
    return part.scatter if within else part.scatter + part.n * np.outer(apart, apart)


def _score(part: Products, centre: Floats, slopes: Floats, *, within: bool) -> Floats:
    """The part's sum of residuals times columns, the constant first, columns about the common centre."""
    own = part.scatter[:-1, -1] - part.scatter[:-1, :-1] @ slopes
    if within:
        return np.concatenate([[0.0], own])
    apart = part.mean - centre
    left = float(apart[-1] - apart[:-1] @ slopes)  # the part's mean residual
    return np.concatenate([[part.n * left], own + part.n * apart[:-1] * left])


def _regression(
    centre: Floats,
    slopes: Floats,
    robust: Floats,
    classical: Floats,
    names: Sequence[str],
    n: int,
    clusters: int,
    variance: float,
    within: bool,
    confidence: float,
) -> Regression:
    """Back from about the centre: the constant is that at zero of every column."""
    back = np.eye(len(names) + 1)
    back[0, 1:] = -centre[:-1]
    values = np.concatenate([[centre[-1] - centre[:-1] @ slopes], slopes])
    told = [np.sqrt(np.maximum(0.0, np.diag(back @ each @ back.T))) for each in (robust, classical)]
    first = 1 if within else 0
    labels = ("constant", *names)
    estimates = [_estimate(labels[i], values[i], told[0][i], clusters, confidence) for i in range(first, len(labels))]
    return Regression(
        coefficients=tuple(estimates),
        classical=tuple(float(each) for each in told[1][first:]),
        n=n,
        clusters=clusters,
        residual_variance=variance,
    )


def _estimate(name: str, value: float, error: float, clusters: int, confidence: float) -> Estimate:
    if error <= 0:
        raise refuse(
            Text(sv="utfallet följer kolumnerna exakt.", en="the outcome follows the columns exactly."),
            Text(sv="Kontrollera att det är uppmätta värden.", en="Check that these are measured values."),
            column=name,
        )
    half = t_quantile(confidence, clusters - 1) * error
    return Estimate(
        name=name,
        label=Text.of(name) if name != "constant" else Text(sv="konstant", en="constant"),
        value=float(value),
        low=float(value - half),
        high=float(value + half),
        confidence=confidence,
        p=t_p(float(value) / float(error), clusters - 1),
        standard_error=float(error),
        degrees_of_freedom=float(clusters - 1),
        method=POOLED_REGRESSION,
    )


def _check(parts: Sequence[Products]) -> None:
    problems = Problems()
    for part in parts:
        if part.names != parts[0].names:
            wrong = Text(sv="kolumnerna är {these}, inte {those}.", en="the columns are {these}, not {those}.")
            wrong = wrong.fill(these=", ".join(part.names), those=", ".join(parts[0].names))
            problems.add(wrong, Text(sv="Ge samma kolumner.", en="Give the same columns."), column=part.cluster)
    if len(parts) < 2:
        problems.add(
            Text(sv="{g} kommun räcker inte.", en="{g} municipality is not enough.").fill(g=len(parts)),
            Text(sv="Minst två behövs, helst fler än tjugo.", en="At least two are needed, better over twenty."),
        )
    people, columns = sum(part.n for part in parts), len(parts[0].names) if parts else 0
    if parts and people <= columns + len(parts):
        problems.add(
            Text(sv="{n} personer är för få.", en="{n} people are too few.").fill(n=people),
            Text(sv="Ta bort kolumner.", en="Remove columns."),
        )
    problems.check()


def _check_rank(scatter: Floats, names: Sequence[str]) -> None:
    spread = np.sqrt(np.diag(scatter))
    alike: Bools = spread <= 0
    if not alike.any():
        alike = _repeats(scatter / np.outer(spread, spread))
    if alike.any():
        told = ", ".join(name for name, same in zip(names, alike, strict=True) if same)
        raise refuse(
            Text(sv="säger inget eget: {names}.", en="says nothing of its own: {names}.").fill(names=told),
            Text(sv="Ta bort den eller dem.", en="Remove it or them."),
        )


def _repeats(correlation: Floats) -> Bools:
    """Which columns the earlier ones already tell, by what is left of each after them (Cholesky)."""
    left = correlation.copy()
    found = np.zeros(len(left), dtype=np.bool_)
    for i in range(len(left)):
        found[i] = left[i, i] <= _COLLINEAR
        if not found[i]:
            left[i + 1 :, i + 1 :] -= np.outer(left[i + 1 :, i], left[i, i + 1 :]) / left[i, i]
    return found
