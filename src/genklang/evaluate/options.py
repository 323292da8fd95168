"""What a caller may say about a table, with its meaning. Names of columns, labels, and how to count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from genklang.evaluate.columns import OutcomeKind
from genklang.evaluate.plan import Plan
from genklang.evaluate.request import Controls, Missing
from genklang.evaluate.texts import Text
from genklang.evaluate.verdicts import Better


class Options(TypedDict, total=False):
    """All are optional here; each design says which it needs."""

    outcome: str | None  # column; in a before-after table, the measurement after
    treatment: str | None  # column with the arm, as the lot gave it; in a series 0 before and 1 after the start
    control: str | int | None  # the arm to compare with; guessed and flagged where it is not plain
    treated: str | int | None  # the other arm, where there are more than two
    strata: str | Sequence[str]  # columns that the lots were drawn within
    covariates: str | Sequence[str]  # columns known before the lots were drawn, to adjust for
    subgroups: str | Sequence[str]  # columns to look at level by level
    time: str | None  # column: time from start (survival), or the period (series)
    event: str | None  # column: whether the time ended with the event (survival)
    before: str | Sequence[str] | None  # column: the measurement before (before-after)
    cluster: str | None  # column: the group (unit, school) that was assigned, or sampled, whole
    group: str | None  # column: the municipality or unit followed over time (panels; series with others to compare)
    first: str | None  # column: the group's first period with the practice, empty for never
    controls: Controls | None  # "never" or "not_yet": which groups to compare with (difference-in-differences)
    exposure: str | None  # column: how many were exposed (people, visits, days), for counts (series, one group)
    missing_treatment: Missing | None  # rows without an arm: "refuse" (the default) or "leave_out", counted in the flow
    received: str | None  # column: the arm that each in fact got, where it may differ from the lot (randomised)
    cost: str | None  # column: what each person cost (cost-effectiveness)
    price: float | None  # what one unit of the outcome costs, in SEK: tells the difference in money per 100 people
    practice_cost: float | None  # what the practice costs for one person, in SEK, beside `price`
    willingness: float | None  # what one unit of the outcome is worth, in SEK (cost-effectiveness)
    weight: str | None  # column: how many each answer stands for (survey)
    population: str | None  # column: the size of the row's stratum in the population (survey)
    start: str | int | None  # first period with the practice (series)
    season: int | None  # periods in a year, to allow for the season (series)
    waves: int  # how many waves the season is made of: 1 is one top a year (series)
    horizon: float | None  # when to compare (survival), or periods after the start to average over (series)
    target: float | None  # what one group is compared with; a share from 0 to 1
    kind: OutcomeKind | None  # "share", "mean" or "count", instead of inferring it
    success: str | int | None  # the outcome's value that counts as yes
    better: Better | None  # "higher" or "lower"; without it no finding is called better or worse
    relevant: float | None  # smallest difference that matters, in the outcome's unit (a share from 0 to 1)
    confidence: float
    seed: int
    draws: int  # draws of the lots in randomisation inference
    planned: Plan | Mapping[str, Any] | None
    practice: Text | str | None
    label: Text | str | None  # the outcome's name in sentences
    unit: Text | str | None
    assessed: int | None  # people considered, from outside the table
    eligible: int | None
