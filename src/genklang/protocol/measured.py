"""What is counted, what it costs, and how it is evaluated."""

from typing import Literal, get_args

from pydantic import Field

from genklang.protocol.parts import Labelled, Part, Text
from genklang.protocol.units import DurationField, MoneyField
from genklang.protocol.written import Expr, Name


class Measure(Part):
    """An aggregate over the outcome facts of an expectation, the events of a kind, or the enrolments."""

    of: Name = Field(description="An expectation, an event, or `enrolments`.")
    value: Expr = Field(description="An aggregate expression over its columns.")


class Indicator(Labelled):
    """A figure that matters to people. At most five of a practice are headline ones."""

    of: Name = Field(description="An expectation, an event, or `enrolments`.")
    value: Expr = Field(description="An aggregate expression, for example avg(met).")
    per: Literal["week", "month", "quarter", "year"] | None = Field(
        None, description="The local calendar period it is grouped by."
    )
    by: list[Name] = Field(default_factory=list, description="Facts, or `arm`, that it is shown for separately.")
    better: Literal["higher", "lower"] | None = Field(
        None, description="Which way is better; left out where neither is."
    )
    target: float | None = Field(None, description="What the practice aims at.")
    unit: Literal["share", "number", "minutes", "hours", "days", "SEK"] = Field(
        "number", description="How the figure is written."
    )
    headline: bool = Field(True, description="Shown first. At most five.")


class Price(Labelled):
    """What one of something costs. An adopting organisation puts its own in its overlay."""

    amount: MoneyField = Field(description="An amount and a currency.")
    source: Text | None = Field(None, description="Where the figure comes from.")


class EconomyLine(Labelled):
    """Quantity times price, as a saving or as a cost, a month."""

    quantity: Expr = Field(description="Over indicators, and `enrolments`, `enrolment_months`.")
    price: Name = Field(description="Which of the prices one of them has.")
    counts_as: Literal["saving", "cost"] = Field(description="What it is for the organisation.")


class Economy(Part):
    """What it costs and what it saves."""

    prices: dict[Name, Price] = Field(min_length=1, description="What one of each costs, all in one currency.")
    lines: dict[Name, EconomyLine] = Field(min_length=1, description="What is saved and what it costs, added up.")


class TimeToEvent(Part):
    """For a survival curve: from one event to another, watched for so long."""

    start: Name = Field(description="The event from which time counts; may be `enrolled` or `allocated`.")
    end: Name = Field(description="The event that is waited for; its first occurrence counts.")
    horizon: DurationField = Field(description="How long each participant is watched.")


class Series(Part):
    """One figure a period, over the adoption or in each group, and the event that marks the change."""

    of: Name = Field(description="An expectation, an event, or `enrolments`.")
    value: Expr = Field(description="An aggregate expression over its columns.")
    per: Literal["week", "month"] = Field("month", description="The local calendar period of each figure.")
    change: Name = Field(description="The event whose first occurrence, in the adoption or the group, is the change.")
    better: Literal["higher", "lower"] | None = Field(None, description="Which way is better, if either is.")
    relevant: float | None = Field(
        None, gt=0, description="The smallest difference that matters, in its unit; decided before any is seen."
    )


class Outcome(Labelled, Measure):
    """One value a participant: the aggregate is taken over the participant's own rows.

    With no rows a count is 0 and an average is missing. With design before_after, `value` is the measurement after
    and `before` the one before: only those who have both are compared.
    """

    before: Measure | None = Field(None, description="With design before_after: the same measurement at the beginning.")
    each: Name | None = Field(
        None,
        description="With `before`: a field of both events that tells the answers apart, such as who answered. Each "
        "one's own change is taken, and the enrolment's is the mean of them.",
    )

    unit: Text | None = Field(None, description="What the figure counts, for example hours.")
    better: Literal["higher", "lower"] | None = Field(None, description="Which way is better, if either is.")
    target: float | None = Field(None, description="With design one_group or survey: what it is compared with.")
    relevant: float | None = Field(
        None,
        gt=0,
        description="The smallest difference that matters, in its unit (a share from 0 to 1); decided before anybody "
        "has seen any.",
    )


class Spending(Measure):
    """What a participant has used: an aggregate over the participant's own rows, each at a price of the economy's."""

    price: Name = Field(description="Which of the economy's prices one of them has.")


class CostEffectiveness(Part):
    """Cost beside outcome, participant by participant, with the organisation's own prices."""

    outcome: Name = Field(description="Which of the study's outcomes the money is for.")
    costs: dict[Name, Spending] = Field(min_length=1, description="What each participant has used, added up.")
    worth: Name = Field(description="Which of the economy's prices one more of the outcome is worth.")


Design = Literal[
    "randomised",
    "cluster_randomised",
    "stepped_wedge",
    "survival",
    "one_group",
    "survey",
    "before_after",
    "interrupted_time_series",
    "difference_in_differences",
    "synthetic_control",
]
DESIGNS: tuple[Design, ...] = get_args(Design)
BY_LOT: tuple[Design, ...] = ("randomised", "cluster_randomised", "survival")  # arms drawn by lot, and compared
OVER_TIME: tuple[Design, ...] = (
    *("stepped_wedge", "interrupted_time_series"),
    *("difference_in_differences", "synthetic_control"),
)
OF_GROUPS: tuple[Design, ...] = ("stepped_wedge", "difference_in_differences", "synthetic_control")


class Study(Part):
    """How the practice is evaluated. Planned here, locked by the digest when the first participant is enrolled."""

    design: Design = Field(description="What is compared with what; see [the designs](#how-it-is-evaluated).")
    question: Text = Field(description="What the study is to answer, as a question.")
    outcomes: dict[Name, Outcome] = Field(default_factory=dict, description="The first is the primary one.")
    control: Name | None = Field(None, description="The arm that the others are compared with.")
    subgroups: list[Name] = Field(
        default_factory=list, description="With design randomised: facts for which the effect is also shown separately."
    )
    time_to_event: TimeToEvent | None = Field(
        None, description="What design survival compares; with design randomised, a survival curve beside the outcomes."
    )
    draw: Name | None = Field(
        None, description="With design survey: which of the draws the sample is. Those who did not answer are counted."
    )
    series: dict[Name, "LabelledSeries"] = Field(
        default_factory=dict, description="For designs that follow something over time. The first is the primary one."
    )
    groups: Name | None = Field(
        None,
        description="With design difference_in_differences or synthetic_control: a fact whose values are the groups "
        "that the series are taken for. Left out, every enrolment is one.",
    )
    cost_effectiveness: CostEffectiveness | None = Field(
        None, description="With design randomised: what the outcome costs."
    )
    received: Name | None = Field(
        None,
        description="The event that shows that somebody got the practice: the flow tells how many did in each arm, "
        "those who were drawn to the other one too.",
    )
    size: int | None = Field(None, ge=1, description="How many participants are planned.")
    horizon: DurationField | None = Field(
        None, description="How long after the first participant the answer is read; before that it is preliminary."
    )


class LabelledSeries(Labelled, Series):
    """A series with a name."""
