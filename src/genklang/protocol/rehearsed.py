"""How simulated people behave, so that an organisation can see what to expect before it starts."""

from pydantic import Field

from genklang.protocol.parts import Labelled, Part, Text
from genklang.protocol.units import DurationField
from genklang.protocol.written import Expr, Name


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
    every: DurationField | None = Field(
        None,
        description="For an event: again and again, at this interval; the first time at once, and `delay` is added "
        "each time.",
    )
    event: Name | None = Field(None, description="For an expectation that several events meet: which one is sent.")
    fields: dict[Name, Expr] = Field(
        default_factory=dict, description="What the event carries. A date may be drawn as an instant: its local day."
    )


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
        default_factory=dict,
        description="How each fact is drawn, in order; a later one may name an earlier. "
        "With several participants also `participant`: which of them it is.",
    )
    members: dict[Name, Expr] = Field(
        default_factory=dict, description="How many belong to an enrolment in each role for members, drawn."
    )
    behaviour: dict[Name, Behaviour] = Field(
        default_factory=dict, description="By the name of an expectation or an event."
    )
