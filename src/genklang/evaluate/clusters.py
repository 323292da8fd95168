"""Groups assigned whole: the difference in means, with inference by group and never by person.

Two neighbours in one group are alike. However many people there are, there are no more lots than groups.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np

from genklang.evaluate.arrays import Bools, Floats, Ints, t_p, t_quantile
from genklang.evaluate.findings import Estimate, Test
from genklang.evaluate.means import DIFFERENCE, check_known, design_matrix
from genklang.evaluate.methods import CLUSTER_INTERACTION, CLUSTER_JACKKNIFE, CLUSTER_RANDOMISATION
from genklang.evaluate.problems import refuse
from genklang.evaluate.texts import Text

MOST_WAYS = 20_000
_TIE = 1e-9


@dataclass(frozen=True, kw_only=True)
class Clustered:
    """The comparison: `estimate` (jackknife over groups), `lots` (groups assigned anew), and how alike people are.

    `ways` is the number of ways the lots could have fallen, None where there are too many to count.
    """

    estimate: Estimate
    lots: Estimate
    clusters: tuple[int, int]  # treated, control
    icc: float
    design_effect: float
    ways: int | None


def difference_between_clusters(
    outcome: Floats,
    treated: Bools,
    *,
    clusters: Ints,
    strata: Ints | None = None,
    covariates: Floats | None = None,
    seed: int | np.random.Generator = 1,
    draws: int = 10_000,
    confidence: float = 0.95,
) -> Clustered:
    """Mean of the treated minus mean of the controls, per person, when groups were assigned.

    `outcome` (n,), `treated` (n,) the same for all of a group, `clusters` (n,) any numbers, `strata` (n,) that groups
    were assigned within, `covariates` (n, k). Errors are the cluster jackknife's (CV3; Bell & McCaffrey 2002;
    MacKinnon, Nielsen & Webb 2023, J Applied Econometrics 38:671-694), which holds with few groups.
    Raises EvaluationError when a group is in both arms, or an arm has fewer than two groups.
    """
    outcome = np.asarray(outcome, dtype=np.float64)
    check_known(outcome)
    codes = np.unique(clusters, return_inverse=True)[1].astype(np.int64).ravel()
    levels = np.zeros(len(outcome), dtype=np.int64) if strata is None else np.unique(strata, return_inverse=True)[1]
    arms, blocks = _per_cluster(codes, treated, levels)
    background = np.empty((len(outcome), 0)) if covariates is None else covariates
    design = design_matrix(treated, levels, background)
    estimate = _jackknife(outcome, design, codes, len(np.unique(levels)), confidence)
    left = outcome - _fitted(outcome, np.delete(design, 1, axis=1))
    icc = intraclass(left - np.where(treated, left[treated].mean(), left[~treated].mean()), codes)
    sizes = np.bincount(codes)
    lots, ways = _lots(left, codes, arms, blocks, seed=seed, draws=draws, value=estimate.value)
    return Clustered(
        estimate=estimate,
        lots=lots,
        clusters=(int(arms.sum()), int((~arms).sum())),
        icc=icc,
        design_effect=1 + (float(sizes @ sizes / sizes.sum()) - 1) * icc,
        ways=ways,
    )


def levels_differ(outcome: Floats, treated: Bools, levels: Ints, *, clusters: Ints, strata: int = 1) -> Test | None:
    """Whether the arms' difference is the same in all `levels` (n,) of people, when clusters (n,) were assigned.

    Each level's difference in means, left out by cluster in turn: the differences' covariance is the jackknife's (CV3,
    as the estimate's), so that levels which meet in one cluster are allowed for. Wald's test against F. None where
    fewer than two levels have both arms however a cluster is left out.
    """
    codes = np.unique(clusters, return_inverse=True)[1].astype(np.int64).ravel()
    count, size = int(codes.max()) + 1, int(levels.max()) + 1
    place = (codes * size + levels) * 2 + treated
    length = count * size * 2
    sums = np.bincount(place, weights=outcome, minlength=length).reshape(count, size, 2)
    people = np.bincount(place, minlength=length).reshape(count, size, 2).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = sums.sum(axis=0) / people.sum(axis=0)
        left = (sums.sum(axis=0) - sums) / (people.sum(axis=0) - people)
    whole, without = means[:, 1] - means[:, 0], left[:, :, 1] - left[:, :, 0]
    kept = np.isfinite(whole) & np.isfinite(without).all(axis=0)
    free = count - 1 - strata
    if int(kept.sum()) < 2 or free < 1:
        return None
    apart = (without - whole)[:, kept]
    contrast = np.eye(int(kept.sum()))[1:] - np.eye(int(kept.sum()))[0]
    covariance = (count - 1) / count * contrast @ (apart.T @ apart) @ contrast.T
    gap = contrast @ whole[kept]
    rank = int(np.linalg.matrix_rank(covariance, hermitian=True))
    if rank == 0 or free - rank < 0:
        return None
    statistic = float(gap @ np.linalg.pinv(covariance, hermitian=True) @ gap) / rank
    from scipy.special import fdtrc

    return Test(
        name="interaction",
        label=CLUSTER_INTERACTION.name,
        statistic=statistic,
        degrees_of_freedom=rank,
        p=float(fdtrc(rank, free, statistic)),
        method=CLUSTER_INTERACTION,
    )


def _per_cluster(codes: Ints, treated: Bools, levels: Ints) -> tuple[Bools, Ints]:
    """Each group's arm and stratum. Refuses groups in both arms or several strata, and arms of one group."""
    sizes = np.bincount(codes)
    shares = np.bincount(codes, weights=treated) / sizes
    if np.any((shares > 0) & (shares < 1)):
        raise refuse(
            Text(sv="{n} grupper finns i båda armarna.", en="{n} clusters are in both arms.").fill(
                n=int(((shares > 0) & (shares < 1)).sum())
            ),
            Text(
                sv='Lottades personer inom grupper: använd design "randomised" med grupperna som strata.',
                en='If people were assigned within clusters, use design "randomised" with the clusters as strata.',
            ),
        )
    first = np.unique(codes, return_index=True)[1]
    if np.any(levels != levels[first][codes]):
        raise refuse(
            Text(sv="en grupp finns i flera strata.", en="a cluster is in several strata."),
            Text(
                sv="Grupper lottades inom strata: ange deras.", en="Clusters were assigned within strata: give theirs."
            ),
        )
    arms = shares > 0.5
    for n, arm in ((int(arms.sum()), "1"), (int((~arms).sum()), "0")):
        if n < 2:
            raise refuse(
                Text(
                    sv="arm {arm} har {n} grupp: arbetssättet kan inte skiljas från platsen.",
                    en="arm {arm} has {n} cluster: the practice cannot be told from the place.",
                ).fill(arm=arm, n=n),
                Text(
                    sv="Minst två grupper per arm behövs, helst tio; att räkna personer i stället vore fel.",
                    en="At least two clusters an arm are needed, better ten; counting people instead would be wrong.",
                ),
            )
    return arms, levels[first].astype(np.int64)


def _fitted(outcome: Floats, design: Floats) -> Floats:
    return np.asarray(design @ np.linalg.lstsq(design, outcome, rcond=None)[0], dtype=np.float64)


def _jackknife(outcome: Floats, design: Floats, codes: Ints, strata: int, confidence: float) -> Estimate:
    """Least squares, its error from leaving out each group in turn; degrees of freedom count groups, not people."""
    count = int(codes.max()) + 1
    products = np.zeros((count, design.shape[1], design.shape[1]))
    sums = np.zeros((count, design.shape[1]))
    np.add.at(products, codes, design[:, :, None] * design[:, None, :])
    np.add.at(sums, codes, design * outcome[:, None])
    whole, all_sums = products.sum(axis=0), sums.sum(axis=0)
    value = float(np.linalg.solve(whole, all_sums)[1])
    # a stratum or covariate that only one group has cannot be told without it: the least-norm answer leaves it be
    without = np.linalg.pinv(whole - products, hermitian=True) @ (all_sums - sums)[:, :, None]
    error = float(((count - 1) / count * ((without[:, 1, 0] - value) ** 2).sum()) ** 0.5)
    free = count - 1 - strata
    if free < 1 or error <= 1e-12 * float(np.abs(outcome).max()):
        raise refuse(
            Text(sv="grupperna är för få, eller helt lika.", en="the clusters are too few, or all alike."),
            Text(sv="Ta bort strata, eller fler grupper.", en="Remove strata, or include more clusters."),
        )
    half = t_quantile(confidence, free) * error
    return Estimate(
        name="difference",
        label=DIFFERENCE,
        value=value,
        low=value - half,
        high=value + half,
        confidence=confidence,
        p=t_p(value / error, free),
        standard_error=error,
        degrees_of_freedom=float(free),
        method=CLUSTER_JACKKNIFE,
    )


def _lots(
    left: Floats,
    codes: Ints,
    arms: Bools,
    blocks: Ints,
    *,
    seed: int | np.random.Generator,
    draws: int,
    value: float,
) -> tuple[Estimate, int | None]:
    """Groups assigned anew within strata; every way where they are few enough to count."""
    sizes, sums = np.bincount(codes).astype(np.float64), np.bincount(codes, weights=left).astype(np.float64)
    chosen = [int(arms[blocks == block].sum()) for block in range(int(blocks.max()) + 1)]
    counts = np.bincount(blocks)
    ways = 1
    for of, picked in zip(counts, chosen, strict=True):
        ways *= comb(int(of), picked)
    if len(counts) == 1 and ways <= MOST_WAYS:
        drawn = _every_way(len(arms), chosen[0])
    else:
        drawn = _drawn(arms, blocks, np.random.default_rng(seed), draws)
    differences = _differences(drawn, sums, sizes)
    observed = float(_differences(arms[None, :], sums, sizes)[0])
    as_far = int((np.abs(differences) >= abs(observed) - _TIE * float(np.abs(differences).max())).sum())
    exact = len(counts) == 1 and ways <= MOST_WAYS
    p = as_far / len(differences) if exact else (1 + as_far) / (1 + len(differences))
    label = Text(sv="skillnad när grupper lottas om", en="difference when clusters are assigned anew")
    estimate = Estimate(name="randomisation", label=label, value=value, p=p, method=CLUSTER_RANDOMISATION)
    return estimate, ways if ways <= 10**12 else None


def _every_way(count: int, chosen: int) -> Bools:
    ways = np.array(list(combinations(range(count), chosen)), dtype=np.int64)
    drawn = np.zeros((len(ways), count), dtype=np.bool_)
    drawn[np.arange(len(ways))[:, None], ways] = True
    return drawn


def _drawn(arms: Bools, blocks: Ints, random: np.random.Generator, draws: int) -> Bools:
    drawn = np.empty((draws, len(arms)), dtype=np.bool_)
    for block in range(int(blocks.max()) + 1):
        places = np.flatnonzero(blocks == block)
        drawn[:, places] = random.permuted(np.broadcast_to(arms[places], (draws, len(places))), axis=1)
    return drawn


def _differences(drawn: Bools, sums: Floats, sizes: Floats) -> Floats:
    """Per draw: the mean over people of those assigned less that of the others."""
    total, everybody = float(sums.sum()), float(sizes.sum())
    inside, people = drawn @ sums, drawn @ sizes
    return np.asarray(inside / people - (total - inside) / (everybody - people), dtype=np.float64)


def intraclass(values: Floats, codes: Ints) -> float:
    """The share of the variance that lies between groups, by analysis of variance, not below zero.

    Donner & Koval (1980), Biometrics 36:19-25.
    """
    sizes = np.bincount(codes).astype(np.float64)
    count, n = len(sizes), len(values)
    if n <= count or count < 2:
        return 0.0
    means = np.bincount(codes, weights=values) / sizes
    between = float(sizes @ (means - values.mean()) ** 2) / (count - 1)
    within = float(((values - means[codes]) ** 2).sum()) / (n - count)
    usual = (n - float(sizes @ sizes) / n) / (count - 1)
    whole = between + (usual - 1) * within
    return max(0.0, (between - within) / whole) if whole > 0 else 0.0
