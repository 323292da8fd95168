"""A study before its start: what is asked of its power."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from genklang.evaluate.power_designs import MOST_PLACES
from genklang.evaluate.texts import Text

PowerDesign = Literal[
    "randomised",
    "cluster_randomised",
    "survival",
    "before_after",
    "one_group",
    "interrupted_time_series",
    "difference_in_differences",
    "stepped_wedge",
    "synthetic_control",
]
OVER_TIME = frozenset({"difference_in_differences", "stepped_wedge", "synthetic_control"})
DESIGNS: tuple[PowerDesign, ...] = get_args(PowerDesign)
BY_SHARE = frozenset({"randomised", "cluster_randomised", "survival", "one_group"})
_MOST_PEOPLE = 1e9
_MOST_PERIODS = 2_000.0
LOWEST, HIGHEST = 1e-6, 1 - 1e-6


@dataclass(frozen=True, kw_only=True)
class Study:
    """A study before its start. Two of `n`, `effect` and `power` are given, or one and the usual power of 0.8.

    `n`: people, in all arms together (pairs, for before and after; periods, for a series; groups, for
    difference-in-differences, stepped wedge and synthetic control, over `periods`). `sd`: standard deviation of the
    outcome (of the change, before and after; of one group in one period), or `share`: how many have the outcome without
    the practice, from 0 to 1.
    `effect`: in the outcome's unit, or in shares; its sign is kept. `treated`: share assigned to the practice.
    `attrition`: share expected lost. `explained`: share of the variance that covariates explain (R²). `outcomes`: how
    many are tested; the level is divided by them. `autocorrelation`: of neighbouring periods of a series, whose
    `treated` is the share of periods from the start on. `cluster_size` and `icc`: for clusters. `relevant`: what
    matters. `unit`: of the effect, for sentences.
    """

    design: PowerDesign = "randomised"
    n: float | None = None
    effect: float | None = None
    power: float | None = None
    sd: float | None = None
    share: float | None = None
    treated: float = 0.5
    attrition: float = 0.0
    explained: float = 0.0
    outcomes: int = 1
    cluster_size: float | None = None
    icc: float | None = None
    periods: float | None = None
    autocorrelation: float = 0.0
    relevant: float | None = None
    confidence: float = 0.95
    unit: Text | None = None

    @property
    def alpha(self) -> float:
        return (1 - self.confidence) / self.outcomes

    @property
    def design_effect(self) -> float:
        """How many times more people clusters need. Donner & Klar (2000), Cluster Randomization Trials."""
        if self.cluster_size is None or self.icc is None:
            return 1.0
        return 1 + (self.cluster_size * (1 - self.attrition) - 1) * self.icc

    @property
    def is_clusters(self) -> bool:
        return self.design == "cluster_randomised"

    @property
    def most(self) -> float:
        """The most that is looked for: people by the billion, periods and groups by the thousand, or by the dozen where
        every study is played through."""
        if self.design == "synthetic_control":
            return MOST_PLACES
        return _MOST_PERIODS if self.design in OVER_TIME | {"interrupted_time_series"} else _MOST_PEOPLE

    @property
    def clusters(self) -> int | None:
        return None if self.cluster_size is None or self.n is None else int(self.n // self.cluster_size)
