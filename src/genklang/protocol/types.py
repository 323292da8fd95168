"""The parts of a protocol, as types. What is written in protocol.yaml is validated into these and nothing else.

Every field's description ends up in the JSON Schema for editors and in the language reference.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from genklang.protocol.units import DurationField, MoneyField
from genklang.protocol.written import DailyAt, Expr, Move, Moves, Name, Names, Slug, Version

__all__ = ["Expr", "Move", "Name", "Slug"]


class Part(BaseModel):
    """Anything in a protocol: unknown keys are errors, and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, allow_inf_nan=False)


class Text(Part):
    """The same words in Swedish and English."""

    sv: str = Field(min_length=1, description="In plain Swedish.")
    en: str = Field(min_length=1, description="In plain English.")

    def in_language(self, language: str) -> str:
        """Return the Swedish words for "sv", else the English ones."""
        return self.sv if language.startswith("sv") else self.en


class Labelled(Part):
    """A part that people read by name."""

    sv: str = Field(min_length=1, description="What it is called in Swedish.")
    en: str = Field(min_length=1, description="What it is called in English.")

    def in_language(self, language: str) -> str:
        """Return the Swedish name for "sv", else the English one."""
        return self.sv if language.startswith("sv") else self.en


class Role(Labelled):
    """Somebody who takes part: the participant, or a kind of staff."""

    participant: bool = Field(False, description="True for the one role that is the person taking part.")


FieldKind = Literal["boolean", "integer", "number", "text", "date", "time", "times", "choice", "instant"]


class DataField(Labelled):
    """A question of a form, a value that an event carries or a person is known by. `sv` and `en` are the question."""

    type: FieldKind = Field(description="What kind of answer it takes.")
    options: dict[Name, Text] = Field(default_factory=dict, description="For `choice`: the answers to choose between.")
    min: float | None = Field(None, description="Least number that is accepted.")
    max: float | None = Field(None, description="Greatest number that is accepted.")
    unit: Text | None = Field(None, description="What the number counts, for example hours.")
    required: bool = Field(True, description="False where it may be left empty.")
    help: Text | None = Field(None, description="A line that helps to answer.")


class Fact(DataField):
    """Something that must be known about the participant. A concept is asked once, in any practice."""

    concept: Name = Field(description="The concept that the fact states: shared between practices, asked once.")


class EventField(DataField):
    """A field of an event; with `states`, the answer also becomes the participant's fact of that name."""

    states: Name | None = Field(None, description="The fact that the answer states.")


class EventKind(Labelled):
    """Something that can happen. With fields it is a form that its `by` roles fill in."""

    by: Names = Field(description="Who may report it: role names, `device` or `system`.")
    fields: dict[Name, EventField] = Field(default_factory=dict, description="What it carries.")
    moves: Moves = Field(
        default_factory=list, description="`[from, to]`, or several such pairs: the stage it moves the participant to."
    )
    during: Names | None = Field(
        None,
        description="Stages in which it may happen. Left out: the stages it moves from, else any that is not final.",
    )
    when: Expr | None = Field(None, description="What must hold of facts and fields for it to be accepted.")
    help: Text | None = Field(None, description="A line that tells the person what to do.")
    happened: Text | None = Field(
        None, description="What it is called once it has happened, where its name asks somebody to do something."
    )


class Stage(Labelled):
    """Where a participant is. The first stage is where an enrolment begins."""

    final: bool = Field(False, description="True where participation has ended.")


class Reminder(Part):
    """A nudge before or at the time, or after it, while the due is open."""

    at: DurationField = Field(description="How long after the target time.")
    by: Literal["device", "sms", "email", "page"] = Field(description="The channel.")
    to: Name | None = Field(None, description="The role reminded; left out for a device.")


class Escalation(Part):
    """Who is told next when nobody has answered an alarm."""

    after: DurationField = Field(description="How long after the alarm was raised.")
    to: Name = Field(description="The role told.")


class Otherwise(Part):
    """What happens when the expectation is missed: an alarm (must be answered now) or a task (when there is time)."""

    alarm: Name | None = Field(None, description="The role that must act now.")
    task: Name | None = Field(None, description="The role that gets it on its worklist.")
    escalate: list[Escalation] = Field(default_factory=list, description="For an alarm that nobody acknowledges.")


class ClockChange(Part):
    """What a daily time does when the clock is put forward or back."""

    gap: Literal["later", "skip"] = Field(
        "later", description="A time that does not exist: at the first moment that does, or not at all."
    )
    overlap: Literal["first", "second", "both"] = Field("first", description="A time that comes twice.")
    spacing: DurationField | None = Field(
        None, description="Least real time between two dues; one that the clock change brings closer is left out."
    )


class Expectation(Labelled):
    """Expect something within a window, otherwise do something. Each occurrence is a due, and ends as one outcome fact.

    Exactly one of `daily_at`, `every` and `after` says when. A due has a target time; it opens `early` before and its
    deadline is `within` after. What comes later than the deadline, but before the next due opens, is met late.
    """

    during: Names | None = Field(None, description="Stages in which it holds. Left out: every stage that is not final.")
    when: Expr | None = Field(None, description="What must hold of facts, `arm` and `stage`.")
    daily_at: DailyAt | None = Field(None, description="Local times every day, or the name of a fact of type `times`.")
    every: DurationField | None = Field(None, description="How often, counted from entering `during`.")
    after: Names | None = Field(None, description="The event or events that each begin one due.")
    in_: DurationField | None = Field(
        None, alias="in", description="With `after`: the target is this long after the event. Left out: at once."
    )
    counted_from: Literal["start", "last"] = Field(
        "start", description="With `every`: from the start in fixed steps, or from the last time it was met."
    )
    until: DurationField | None = Field(None, description="Stop this long after the first began.")
    expect: Names = Field(description="The event or events that meet it.")
    where: Expr | None = Field(None, description="What must hold of the event's fields for it to count.")
    matching: Name | None = Field(
        None, description="With `after`: a field that must be equal in both events, for example a booking's number."
    )
    early: DurationField | None = Field(
        None,
        description="How long before the target it may be met. "
        "Left out: 0 for `daily_at`, from the beginning for `every` and `after`.",
    )
    within: DurationField = Field(description="How long after the target it counts as met in time.")
    clock_change: ClockChange = Field(
        default_factory=lambda: ClockChange(gap="later", overlap="first", spacing=None),
        description="With `daily_at`: what happens in the nights when the clock is changed.",
    )
    remind: list[Reminder] = Field(default_factory=list, description="Nudges while the due is open.")
    otherwise: Otherwise | None = Field(
        None, description="What happens when it is missed. Left out: it is only counted as missed."
    )
    help: Text | None = Field(None, description="A line that says what to do when it is missed.")
    internal: bool = Field(
        False, description="True where only staff need to know of it: it is not shown on the participant's own page."
    )


class Arm(Labelled):
    """One of the ways that chance chooses between."""

    share: int = Field(1, ge=1, le=20, description="How many of a block, against the other arms' shares.")


class Randomise(Part):
    """Concealed allocation by stratified permuted blocks, drawn when an event happens to an eligible participant."""

    after: Name = Field(description="The event that draws the next allocation.")
    arms: dict[Name, Arm] = Field(min_length=2, description="What chance chooses between: at least two.")
    strata: list[Name] = Field(default_factory=list, description="Facts whose combinations are balanced separately.")
    blocks: list[int] = Field(
        default_factory=lambda: [4, 6],
        description="Block sizes drawn from at random; each a multiple of the shares' sum.",
    )
    moves: Moves = Field(default_factory=list, description="The stage that allocation moves to.")


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

    With no rows a count is 0 and an average is missing.
    """

    unit: Text | None = Field(None, description="What the figure counts, for example hours.")
    better: Literal["higher", "lower"] | None = Field(None, description="Which way is better, if either is.")
    target: float | None = Field(None, description="With design one_group: what it is compared with.")


class Study(Part):
    """How the practice is evaluated. Planned here, locked by the digest."""

    design: Literal["randomised", "one_group", "interrupted_time_series"] = Field(
        description="Arms compared; one group against a target; or one series before and after a change."
    )
    question: Text = Field(description="What the study is to answer, as a question.")
    outcomes: dict[Name, Outcome] = Field(default_factory=dict, description="The first is the primary one.")
    control: Name | None = Field(None, description="The arm that the others are compared with.")
    subgroups: list[Name] = Field(
        default_factory=list, description="Facts for which the effect is also shown separately."
    )
    time_to_event: TimeToEvent | None = Field(None, description="For a survival curve beside the outcomes.")
    series: dict[Name, "LabelledSeries"] = Field(
        default_factory=dict, description="For interrupted_time_series. The first is the primary one."
    )


class LabelledSeries(Labelled, Series):
    """A series with a name."""


class Parameter(Labelled):
    """A number that whoever rehearses may put in their own value for."""

    value: float = Field(description="The number where nobody says otherwise.")
    min: float = Field(description="The least that may be put in.")
    max: float = Field(description="The most that may be put in.")
    step: float = Field(1, description="How finely it may be put in.")
    unit: Text | None = Field(None, description="What the figure counts, for example hours.")


class Behaviour(Part):
    """How simulated people answer. Keyed by an expectation (answers its dues) or by an event (happens of itself)."""

    when: Expr | None = Field(None, description="Facts, arm, stage and parameters for which it holds.")
    probability: Expr = Field("1", description="Of answering in the first place.")
    delay: Expr = Field(
        "minutes(0)", description="From the target time (expectation) or from `after` (event), a duration."
    )
    late_probability: Expr | None = Field(None, description="Of answering after the alarm or task, if not in time.")
    late_delay: Expr = Field("minutes(30)", description="From the deadline.")
    after: Name | None = Field(None, description="For an event: the event it follows. Left out: the enrolment.")
    every: DurationField | None = Field(None, description="For an event: again and again, at this interval.")
    event: Name | None = Field(None, description="For an expectation that several events meet: which one is sent.")
    fields: dict[Name, Expr] = Field(default_factory=dict, description="What the event carries.")


class Rehearsal(Part):
    """Simulated participants, so that an organisation can see what to expect before it starts."""

    enrolments: int = Field(100, ge=1, description="How many people are simulated.")
    years: float = Field(1, gt=0, description="For how long.")
    arrivals: DurationField | None = Field(
        None, description="Enrolments come evenly over this time. Left out: all at the start."
    )
    parameters: dict[Name, Parameter] = Field(
        default_factory=dict, description="Numbers that expressions here may name, and that people may change."
    )
    facts: dict[Name, Expr] = Field(
        default_factory=dict, description="How each fact is drawn, in order; a later one may name an earlier."
    )
    behaviour: dict[Name, Behaviour] = Field(
        default_factory=dict, description="By the name of an expectation or an event."
    )


class Protocol(Part):
    """The runnable part of a practice."""

    language: Literal[1] = Field(description="The version of the language.")
    practice: Slug = Field(description="The practice's id, the same as its folder.")
    version: Version = Field(description="The protocol's version.")
    title: Text = Field(description="What the practice is called.")
    summary: Text = Field(description="One or two sentences.")
    roles: dict[Name, Role] = Field(description="Who takes part. Exactly one role is the participant.")
    facts: dict[Name, Fact] = Field(default_factory=dict, description="What must be known about the participant.")
    eligible: Expr | None = Field(None, description="Over facts: who can take part. Left out: everybody.")
    stages: dict[Name, Stage] = Field(min_length=1, description="In order; the first is where an enrolment begins.")
    events: dict[Name, EventKind] = Field(description="What can happen.")
    randomise: Randomise | None = Field(None, description="Where chance decides who gets what.")
    expectations: dict[Name, Expectation] = Field(default_factory=dict, description="What is expected, and when.")
    indicators: dict[Name, Indicator] = Field(default_factory=dict, description="The figures that matter to people.")
    economy: Economy | None = Field(None, description="What it costs and what it saves.")
    study: Study | None = Field(None, description="How the practice is evaluated.")
    rehearsal: Rehearsal | None = Field(None, description="How simulated participants behave.")

    @property
    def participant_role(self) -> str:
        """The name of the role that is the participant."""
        return next(name for name, role in self.roles.items() if role.participant)

    @property
    def first_stage(self) -> str:
        """The name of the stage where an enrolment begins."""
        return next(iter(self.stages))

    def rank(self, by: str, name: str | None) -> int:
        """Where a group stands in the order that the protocol writes stages, arms or a fact's answers; unknown last."""
        fact = self.facts.get(by)
        order: list[str] = {"stage": list(self.stages), "arm": list(self.randomise.arms) if self.randomise else []}.get(
            by, (list(fact.options) or ["true", "false"]) if fact else []
        )
        return order.index(name) if name in order else len(order)
