"""What is counted, what it costs, and how it is evaluated."""

from typing import Literal

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
    """For a before-after series: one figure a period over the adoption, and the event that marks the change."""

    of: Name = Field(description="An expectation, an event, or `enrolments`.")
    value: Expr = Field(description="An aggregate expression over its columns.")
    per: Literal["week", "month"] = Field("month", description="The local calendar period of each figure.")
    change: Name = Field(description="The event whose first occurrence in the adoption is the change.")
    better: Literal["higher", "lower"] | None = Field(None, description="Which way is better, if either is.")


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
    target: float | None = Field(None, description="With design one_group: what it is compared with.")


class Study(Part):
    """How the practice is evaluated. Planned here, locked by the digest."""

    design: Literal["randomised", "one_group", "before_after", "interrupted_time_series"] = Field(
        description="Arms compared; one group against a target; the same people before and after; or one series "
        "before and after a change."
    )
    question: Text = Field(description="What the study is to answer, as a question.")
    outcomes: dict[Name, Outcome] = Field(default_factory=dict, description="The first is the primary one.")
    control: Name | None = Field(None, description="The arm that the others are compared with.")
    subgroups: list[Name] = Field(
        default_factory=list, description="With design randomised: facts for which the effect is also shown separately."
    )
    time_to_event: TimeToEvent | None = Field(None, description="For a survival curve beside the outcomes.")
    series: dict[Name, "LabelledSeries"] = Field(
        default_factory=dict, description="For interrupted_time_series. The first is the primary one."
    )


class LabelledSeries(Labelled, Series):
    """A series with a name."""
