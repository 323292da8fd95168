"""What people share or pass between them: links to guests, events that reach another enrolment, places, ledgers."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from genklang.protocol.parts import Labelled, Part, Text
from genklang.protocol.units import DurationField
from genklang.protocol.written import Expr, Name, Names


class Invitation(Part):
    """A private link to somebody without an account.

    It opens a page with this event and what belongs to it, and with the forms of the guest's role, where references
    to this event are filled in. It stops at its time, when the enrolment has ended, or when it is called back.
    """

    role: Name = Field(description="The guest role of whoever gets the link.")
    named: Name | None = Field(None, description="A text field of the event that says whom the link is for.")
    expires: DurationField = Field(description="How long the link works.")
    opened: Name | None = Field(
        None, description="The event, by the guest role, that is recorded the first time the page is opened."
    )
    until: Names = Field(
        default_factory=list, description="Events that refer to this one and close the link, such as a taken-back yes."
    )


class Shown(Part):
    """When guests, the public and others who take part may read an event.

    The latest of the events named here that refers to it decides.
    """

    to: Names = Field(
        default_factory=list,
        description="The guest or public roles that this is about. Left out: all of them, and others who take part.",
    )
    once: Names = Field(default_factory=list, description="Events that let it be read. Left out: it may be, at first.")
    unless: Names = Field(default_factory=list, description="Events that end it.")


def _as_shows(value: object) -> object:
    return [value] if isinstance(value, dict) else value


Shows = Annotated[list[Shown], BeforeValidator(_as_shows, json_schema_input_type=Shown | list[Shown])]


class Passing(Part):
    """An event that is also told in another enrolment of the adoption, under another name.

    Fields of the same name are copied, of it and of the own events that it refers to. A field of type `participant`
    there becomes the enrolment it came from, one of type `reference` with the same name keeps its value, and `reply`
    is the id of the event that was passed.
    """

    to: Name = Field(
        description="A field: a `participant`; a reference to another's event (it reaches whose it is); or to an own "
        "event that was passed here (it goes back to where that came from), or was passed on (it follows it)."
    )
    as_: Name = Field(alias="as", description="The kind of event that it becomes there; its `by` holds `system`.")


class Share(Labelled):
    """One party's part of the places."""

    places: int = Field(ge=0, description="How many of them are its own.")


class Place(Labelled):
    """Something there is a limited number of, such as beds, or families that a team can meet in a year.

    A place is held from entering a stage of `holding` until it is left. Those in a stage of `waiting` are given places
    in turn: the system records `gives` for the first in the queue as soon as there is room.
    """

    capacity: int | None = Field(None, ge=1, description="How many may hold one at the same time.")
    starts: int | None = Field(None, ge=1, description="How many may be given one within `per`.")
    per: DurationField | None = Field(None, description="With `starts`: the running period, for example 1 year.")
    waiting: Names = Field(description="The stages of the queue.")
    holding: Names = Field(description="The stages in which a place is held.")
    gives: Name = Field(description="The event, by `system`, that gives the place; it moves from waiting to holding.")
    first: Expr | None = Field(
        None, description="Over facts: who goes before others in the queue, the greatest first. Then the longest wait."
    )
    shared_by: Name | None = Field(None, description="A fact of type `choice` that says whose share one belongs to.")
    shares: dict[Name, Share] = Field(default_factory=dict, description="Each answer's own number of places.")
    borrowing: bool = Field(
        False, description="True where a place that nobody of its own share waits for may be given to another."
    )


class Account(Labelled):
    """An account that is nobody's own, such as a purse that purchases are paid from."""


class Posting(Part):
    """What an event moves from one account to another."""

    on: Name = Field(description="The event.")
    amount: Expr = Field(
        description="How much is moved: over its fields, and those of the own events that it refers to."
    )
    from_: Name = Field(
        alias="from",
        description="An account, `self` (whose event it is), or a field that leads to another participant, as in "
        "`passes`.",
    )
    to: Name = Field(description="Likewise.")


class Ledger(Labelled):
    """Accounts whose sum is always zero: one for each participant, and those named here."""

    unit: Text | None = Field(None, description="What is counted, for example hours. Left out: SEK.")
    above: Text | None = Field(None, description="What a balance above zero means to whoever has it.")
    below: Text | None = Field(None, description="What a balance below zero means to whoever has it.")
    accounts: dict[Name, Account] = Field(default_factory=dict, description="Accounts that are nobody's own.")
    postings: list[Posting] = Field(min_length=1, description="What moves between accounts, and when.")
    least: float | None = Field(
        None,
        description="The least that a participant's account may hold, for example -10: what would bring it lower is "
        "refused when somebody reports it. Left out: no limit.",
    )
