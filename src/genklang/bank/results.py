"""results.yaml: what is published about a practice, where it comes from, and how far it has spread. Types and checks.

Figures are written in the unit of the indicator or outcome that they are compared with: a share is 0.992, never 99.2.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from genklang.protocol.measured import Design
from genklang.protocol.types import Labelled, Name, Part, Slug, Text

Unit = Literal["share", "number", "minutes", "hours", "days", "SEK"]
SpreadKind = Literal["asked", "visited", "decided", "stopped", "nominated", "inspired", "extended"]
Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
When = Annotated[str, Field(pattern=r"^\d{4}(-\d{2}){0,2}$")]


class Source(Part):
    """Somewhere that what is said can be read."""

    title: str = Field(min_length=1, description="The title as printed.")
    publisher: str = Field(min_length=1, description="Who published it.")
    year: int = Field(ge=1900, le=2100, description="The year of publication.")
    kind: Literal["report", "news", "blog", "book", "data"] = Field(description="What sort of source it is.")
    note: Text | None = Field(None, description="What a reader should know about the source.")


class PlaceFigure(Labelled):
    """One fact about a place."""

    value: float = Field(description="The figure.")
    unit: Unit = Field("number", description="What it counts.")


class Place(Part):
    """Where the practice has run, and what is known about the place."""

    name: Text = Field(description="The municipality, or another place.")
    year: int | None = Field(None, description="The year of the figures.")
    source: Name | None = Field(None, description="The source of the figures.")
    figures: list[PlaceFigure] = Field(default_factory=list, description="What is known about the place.")


class Figure(Labelled):
    """A published result: one value, a range, or only a direction where the source gives no number."""

    value: float | None = Field(None, description="The figure.")
    low: float | None = Field(None, description="The least, where a range is published.")
    high: float | None = Field(None, description="The greatest, where a range is published.")
    direction: Literal["up", "down", "same"] | None = Field(
        None, description="Where no number is published: whether it rose, fell or stayed the same."
    )
    words: Text | None = Field(None, description="With a direction: the result in a word or two, for example fewer.")
    kind: Literal["level", "difference", "ratio"] = Field(
        "level", description="Whether it is a level, a difference between arms, or one arm's share of the other's."
    )
    against: Name | None = Field(None, description="The figure that it is read beside, for example the other arm's.")
    about: bool = Field(False, description="True where the source says about, or just over.")
    unit: Unit = Field("number", description="What it counts: that of what it compares with.")
    per: Literal["week", "month", "year"] | None = Field(
        None, description="The time that it is about, for example month."
    )
    arm: Name | None = Field(None, description="The arm of the protocol that it is about.")
    subgroup: dict[Name, Name] = Field(default_factory=dict, description="Fact and option that it is about.")
    compares_with: Name | None = Field(
        None, description="The indicator or outcome of the protocol that measures the same thing."
    )
    when: When | None = Field(None, description="The year, month or day that it is about.")
    source: Name = Field(description="The source that prints it.")
    own_arithmetic: Text | None = Field(None, description="How we computed it, where the source does not print it.")
    note: Text | None = Field(None, description="What a reader should know.")
    headline: bool = Field(False, description="True for the one figure that stands on the practice's card.")

    @model_validator(mode="after")
    def _one_kind_of_value(self) -> "Figure":
        kinds = [self.value is not None, self.low is not None or self.high is not None, self.direction is not None]
        if sum(kinds) != 1 or (self.low is None) != (self.high is None):
            raise ValueError(
                "must say one thing. Write value, or both low and high, or direction, for example value: 0.22"
            )
        return self


class SpreadEvent(Part):
    """One step of the idea's way to others."""

    kind: SpreadKind = Field(description="What they did.")
    who: Text = Field(description="A municipality, an organisation, or somebody else.")
    when: When | None = Field(None, description="The year, month or day.")
    note: Text | None = Field(None, description="How it went; for a stop, why.")
    source: Name = Field(description="The source that says so.")


class Effort(Part):
    """What it takes to begin."""

    team: Text = Field(description="Who is needed.")
    lead_time: Text = Field(description="How long it takes from idea to everyday life.")


class LawNote(Labelled):
    """Something in the law to think of; `sv` and `en` say what."""

    statute: str = Field(min_length=1, description='The statute and section, for example "SoLPuL 2001:454, 9 §".')


class Results(Part):
    """What is published about one practice."""

    practice: Slug = Field(description="The practice's id, the same as its folder.")
    areas: list[Name] = Field(min_length=1, description="Words from the bank's vocabulary.")
    target_groups: list[Name] = Field(min_length=1, description="Words from the bank's vocabulary.")
    success_factors: list[Name] = Field(default_factory=list, description="Words from the bank's vocabulary.")
    lineage: Slug | None = Field(None, description="The practice that this one grew out of.")
    lineage_digest: Digest | None = Field(None, description="The digest of the other's protocol when it was forked.")
    design: Design | Literal["unmeasured"] = Field(description="How the published results were made.")
    design_note: Text = Field(description="What that means for how far they can be trusted.")
    sources: dict[Name, Source] = Field(default_factory=dict, description="Where it can be read, by name.")
    places: list[Place] = Field(default_factory=list, description="Where it has run.")
    figures: dict[Name, Figure] = Field(default_factory=dict, description="What came of it, by name.")
    spread: list[SpreadEvent] = Field(default_factory=list, description="How the idea has gone on to others.")
    effort: Effort = Field(description="What it takes to begin.")
    law: list[LawNote] = Field(default_factory=list, description="What in the law to think of.")

    @property
    def headline(self) -> Figure | None:
        """The figure for the card: the one marked so, else the first."""
        figures = list(self.figures.values())
        return next((figure for figure in figures if figure.headline), figures[0] if figures else None)
