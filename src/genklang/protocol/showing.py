"""How what is known is shown: a board on a wall, a journey, a network."""

from pydantic import Field

from genklang.protocol.parts import Labelled, Part
from genklang.protocol.written import Name, Names


class Tile(Labelled):
    """One figure on the board, about everybody together. Exactly one source."""

    indicator: Name | None = Field(None, description="An indicator, for its latest whole period, beside its target.")
    stages: Names = Field(default_factory=list, description="How many are in these stages now.")
    place: Name | None = Field(None, description="How many of a place are held, of how many.")
    queue: Name | None = Field(None, description="How many wait for a place, and how long the longest has waited.")
    open: Name | None = Field(None, description="How many dues of an expectation are open now, and how many are late.")


class Board(Part):
    """A wall screen, readable at five metres, that renews itself, that nobody types into and that names nobody.

    A count of people from one to four is shown as "fewer than 5", and an indicator with fewer than five people behind
    it is not shown.
    """

    tiles: dict[Name, Tile] = Field(min_length=1, max_length=9, description="What it shows, in order.")


class JourneyMap(Part):
    """Steps in lanes, with time, feeling, waiting and repeated questions: as told, and as the log has it."""

    told: Name = Field(description="The event that tells a step.")
    step: Name = Field(description="Its text field: what happened.")
    lane: Name = Field(description="Its choice or text field: whom one met.")
    when: Name = Field(description="Its date or instant field.")
    feeling: Name | None = Field(None, description="Its integer field from −2 to 2.")
    repeated: Name | None = Field(None, description="Its integer field: questions that had been answered before.")
    logged: Names = Field(default_factory=list, description="Events of the log that are steps too; their lane is `by`.")


class NetworkMap(Part):
    """The people around somebody: who, how related, how close, and what each can help with."""

    of: Name = Field(description="The event that adds a person.")
    name: Name = Field(description="Its text field: what the person is called.")
    relation: Name = Field(description="Its choice or text field.")
    closeness: Name = Field(description="Its integer field from 1 (near) to 3 (far).")
    helps: Name | None = Field(None, description="Its text field: what the person can help with.")
    removed: Name | None = Field(None, description="An event that refers to one and takes it off the map.")
