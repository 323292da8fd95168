"""The parts of a protocol, as types. What is written in protocol.yaml is validated into these and nothing else.

Every field's description ends up in the JSON Schema for editors and in the language reference.
"""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from genklang.protocol.measured import (
    Economy,
    EconomyLine,
    Indicator,
    LabelledSeries,
    Measure,
    Outcome,
    Price,
    Series,
    Study,
    TimeToEvent,
)
from genklang.protocol.paperwork import Document, FileIn
from genklang.protocol.parts import Labelled, Part, Text
from genklang.protocol.reckoning import Draw, Proposal, Signal, Table
from genklang.protocol.rehearsed import Behaviour, Parameter, Rehearsal
from genklang.protocol.showing import Board, JourneyMap, NetworkMap
from genklang.protocol.together import Invitation, Ledger, Passing, Place, Shows
from genklang.protocol.units import DurationField
from genklang.protocol.written import DailyAt, Expr, Move, Moves, Name, Names, Slug, Version

__all__ = [
    "Behaviour",
    "Economy",
    "EconomyLine",
    "Expr",
    "Indicator",
    "Labelled",
    "LabelledSeries",
    "Measure",
    "Move",
    "Name",
    "Outcome",
    "Parameter",
    "Part",
    "Price",
    "Rehearsal",
    "Series",
    "Slug",
    "Study",
    "Text",
    "TimeToEvent",
]


class Role(Labelled):
    """Somebody who takes part: a participant, one of their household, a kind of staff, a guest, or anybody at all."""

    participant: bool = Field(
        False,
        description="True for a role that an enrolment is about. With several, each enrolment is one of them, and "
        "expressions may ask which: `participant = 'helper'`. With none, the enrolment is a matter (see `matter`).",
    )
    joins: bool = Field(
        False,
        description="For a participant: true where people may begin by themselves, at any hour: from their own page, "
        "and by an address where anybody can apply, once the lead has opened it.",
    )
    member: bool = Field(False, description="True for people who belong to the enrolment too, as a family does.")
    guest: bool = Field(False, description="True for people without an account, who come by a private link.")
    public: bool = Field(False, description="True for anybody: they meet the adoption's open page.")
    group: bool = Field(
        False,
        description="True for a participant that is no single person but a group at work, such as a team of staff. "
        "What is counted about groups alone is shown on a board however few they are.",
    )
    called: Name | None = Field(
        None,
        description="For a participant: the text fact that others who take part may know them by. They never see "
        "another name; left out, they see what the role is called.",
    )
    sees: list[Name] = Field(
        default_factory=list,
        description="For a member, guest or the public: the kinds of event they may read. A guest reads what belongs "
        "to the event that invited them; the public only what `shown` lets through.",
    )


FieldKind = Literal[
    "boolean",
    "integer",
    "number",
    "numbers",
    "text",
    "date",
    "time",
    "times",
    "choice",
    "instant",
    "reference",
    "member",
    "participant",
    "file",
]


class DataField(Labelled):
    """A question of a form, a value that an event carries or a person is known by. `sv` and `en` are the question.

    `reference` is an earlier event, by its id; `member` one of the people of the enrolment; `participant` another
    enrolment of the adoption, by its number; `file` a film, picture, sound or document; `numbers` a list of numbers.
    """

    type: FieldKind = Field(description="What kind of answer it takes.")
    options: dict[Name, Text] = Field(default_factory=dict, description="For `choice`: the answers to choose between.")
    min: float | None = Field(None, description="Least number that is accepted.")
    max: float | None = Field(None, description="Greatest number that is accepted.")
    unit: Text | None = Field(None, description="What the number counts, for example hours.")
    required: bool = Field(True, description="False where it may be left empty.")
    help: Text | None = Field(None, description="A line that helps to answer.")
    of: Names | None = Field(None, description="For `reference`: the kinds of event it may point at.")
    whose: Literal["own", "others"] = Field(
        "own", description="For `reference`: an event of the same enrolment, or of any other in the adoption."
    )
    many: bool = Field(False, description="For `reference`: true where it may point at several.")
    once: bool = Field(
        False,
        description="For `reference`: true where an event may be pointed at by one event of this kind only, as a "
        "request that one person takes.",
    )
    accept: list[Literal["film", "picture", "sound", "document", "subtitles"]] = Field(
        default_factory=list,
        description="For `file`: what it may be. Left out: a film, picture, sound or document. `subtitles` stands "
        "alone: they are of the one event that is referred to, in the language that the event's one choice says.",
    )


class Fact(DataField):
    """Something that must be known about the participant. A concept is asked once, in any practice."""

    concept: Name = Field(description="The concept that the fact states: shared between practices, asked once.")
    valid: DurationField | None = Field(
        None, description="How long an answer holds; after that it is asked again. Left out: until it changes."
    )


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
    requires: Names = Field(
        default_factory=list,
        description="Expectations that must be settled first: while a due of one is open or missed that shares this "
        "event's value of each field it is matched by (any due, where they share none), the event is refused.",
    )
    invites: Invitation | None = Field(None, description="A private link that it gives to somebody.")
    passes: Passing | None = Field(None, description="Another enrolment that it also reaches.")
    erases: Name | None = Field(
        None,
        description="A reference of it: the files of the event that is pointed at, and the subtitles made for it, are "
        "taken away for good.",
    )
    shown: Shows = Field(
        default_factory=list,
        description="When guests, the public and others who take part may read it, the same for all or for each role. "
        "Left out: at once.",
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
    after: Names | None = Field(None, description="The events, or signals, that each begin one due.")
    in_: DurationField | None = Field(
        None, alias="in", description="With `after`: the target is this long after the event. Left out: at once."
    )
    counted_from: Literal["start", "last"] = Field(
        "start", description="With `every`: from the start in fixed steps, or from the last time it was met."
    )
    until: DurationField | None = Field(None, description="Stop this long after the first began.")
    expect: Names = Field(description="The event or events that meet it.")
    where: Expr | None = Field(None, description="What must hold of the event's fields for it to count.")
    at: Name | None = Field(
        None,
        description="With `after`: a field of the event, a date or an instant, that is the target. A date is the "
        "beginning of that local day. Where the field is empty, nothing is expected.",
    )
    each: Names | None = Field(
        None,
        description="With `after`: one due for each person of the enrolment in these roles, met by an event whose "
        "`member` field is that person.",
    )
    matching: Names | None = Field(
        None,
        description="With `after`: a field that must be equal in both events. A reference to the event that began "
        "the due matches it. With several, all must.",
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
    cluster: Name | None = Field(
        None,
        description="A fact, such as the team or the school: all who share its value get the same arm, drawn when the "
        "first of them comes. Whoever has no value gets none.",
    )
    blocks: list[int] = Field(
        default_factory=lambda: [4, 6],
        description="Block sizes drawn from at random; each a multiple of the shares' sum.",
    )
    moves: Moves = Field(default_factory=list, description="The stage that allocation moves to.")


class Protocol(Part):
    """The runnable part of a practice."""

    language: Literal[1] = Field(description="The version of the language.")
    practice: Slug = Field(description="The practice's id, the same as its folder.")
    version: Version = Field(description="The protocol's version.")
    title: Text = Field(description="What the practice is called.")
    summary: Text = Field(description="One or two sentences.")
    roles: dict[Name, Role] = Field(description="Who takes part.")
    facts: dict[Name, Fact] = Field(default_factory=dict, description="What must be known about the participant.")
    eligible: Expr | None = Field(None, description="Over facts: who can take part. Left out: everybody.")
    matter: Labelled | None = Field(
        None,
        description="Where an enrolment is not about a person: what one is called, for example a meeting or a project.",
    )
    stages: dict[Name, Stage] = Field(min_length=1, description="In order; the first is where an enrolment begins.")
    events: dict[Name, EventKind] = Field(description="What can happen.")
    randomise: Randomise | None = Field(None, description="Where chance decides who gets what.")
    draws: dict[Name, Draw] = Field(default_factory=dict, description="Random samples of those who take part.")
    signals: dict[Name, Signal] = Field(
        default_factory=dict, description="Changes in a person's own series that begin something."
    )
    expectations: dict[Name, Expectation] = Field(default_factory=dict, description="What is expected, and when.")
    places: dict[Name, Place] = Field(default_factory=dict, description="What there is a limited number of.")
    ledgers: dict[Name, Ledger] = Field(default_factory=dict, description="Accounts that always balance.")
    tables: dict[Name, Table] = Field(default_factory=dict, description="Figures that hold from a date.")
    proposals: dict[Name, Proposal] = Field(
        default_factory=dict, description="Sums worked out for a person to confirm."
    )
    files: dict[Name, FileIn] = Field(default_factory=dict, description="Files whose rows become events.")
    documents: dict[Name, Document] = Field(default_factory=dict, description="Documents made of events.")
    board: Board | None = Field(None, description="A wall screen about everybody together, and nobody in particular.")
    journey: JourneyMap | None = Field(None, description="The way through, as told and as logged.")
    network: NetworkMap | None = Field(None, description="The people around the participant.")
    indicators: dict[Name, Indicator] = Field(default_factory=dict, description="The figures that matter to people.")
    economy: Economy | None = Field(None, description="What it costs and what it saves.")
    study: Study | None = Field(None, description="How the practice is evaluated.")
    rehearsal: Rehearsal | None = Field(None, description="How simulated participants behave.")

    @property
    def participant_roles(self) -> tuple[str, ...]:
        """The roles that an enrolment may be about; none where every enrolment is a matter."""
        return tuple(name for name, role in self.roles.items() if role.participant)

    @property
    def participant_role(self) -> str:
        """The first of the roles that an enrolment may be about; empty where every enrolment is a matter."""
        return next(iter(self.participant_roles), "")

    @property
    def member_roles(self) -> tuple[str, ...]:
        """The roles of people who belong to an enrolment too."""
        return tuple(name for name, role in self.roles.items() if role.member)

    @property
    def staff_roles(self) -> tuple[str, ...]:
        """The roles that an organisation gives to those who work in the adoption."""
        return tuple(
            name
            for name, role in self.roles.items()
            if not (role.participant or role.member or role.guest or role.public)
        )

    @property
    def first_stage(self) -> str:
        """The name of the stage where an enrolment begins."""
        return next(iter(self.stages))

    def rank(self, by: str, name: str | None) -> int:
        """Where a group stands in the order that the protocol writes stages, arms or a fact's answers; unknown last."""
        order = list(self.groups(by)) or ["true", "false"]
        return order.index(name) if name in order else len(order)

    def groups(self, by: str) -> Mapping[str, Labelled] | Mapping[str, Text]:
        """The groups that figures are shown for, in order, with their words; none where the answer is yes or no."""
        if by == "stage":
            return self.stages
        if by == "arm":
            return self.randomise.arms if self.randomise else {}
        if by == "participant":
            return {name: self.roles[name] for name in self.participant_roles}
        return self.facts[by].options if by in self.facts else {}
