"""What is worked out from what is known: signals in a person's own series, samples, dated tables, proposals."""

from typing import Annotated

from pydantic import Field, StringConstraints

from genklang.protocol.parts import Labelled, Part, Text
from genklang.protocol.units import DurationField
from genklang.protocol.written import Expr, Name, Names

LocalDate = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class Signal(Labelled):
    """A change in one's own series. An expectation may come `after` it: it sounds when it turns true, not while true.

    Judged each time one of its events happens, over the latest of them, with first and last in order of time.
    """

    of: Names = Field(description="The kind of event whose fields make the series.")
    latest: int = Field(10, ge=1, le=100, description="How many of the latest are looked at.")
    over: DurationField | None = Field(None, description="How far back they may lie.")
    value: Expr = Field(description="A condition over aggregates, for example last(points) < 0.8 * first(points).")


class Draw(Labelled):
    """A random sample: each one is drawn or not by the adoption's secret seed, so that it can be checked afterwards.

    The name becomes a truth that expressions may ask about: unknown before the draw.
    """

    after: Name = Field(description="The event at which it is drawn.")
    share: float = Field(gt=0, lt=1, description="The chance of being drawn, for example 0.2.")


class Column(Labelled):
    """A column of a table."""


class Edition(Part):
    """The figures that hold from a date, until the next edition's, or until a day after which there are none yet."""

    from_: LocalDate = Field(alias="from", description="The first day.")
    until: LocalDate | None = Field(
        None, description="The last day. Left out: until the next edition begins, or further notice."
    )
    source: Text | None = Field(None, description="Where the figures come from; shown with every sum they are in.")
    rows: list[dict[Name, float | str]] = Field(
        min_length=1,
        description="The rows, by column; numbers as keys in rising order. A row that leaves a column out says that "
        "there is no figure from there on: a sum that needs it stops, and a person decides.",
    )


class Table(Labelled):
    """Dated figures, such as a norm. `lookup('table', 'column', key)` takes the last row whose key is not above."""

    key: Name = Field(description="The column that is looked up: exact for words, the nearest below for numbers.")
    columns: dict[Name, Column] = Field(min_length=2, description="What each row holds: the key, and numbers.")
    editions: list[Edition] = Field(min_length=1, description="In order of date, without overlap.")


class Line(Labelled):
    """One step of the sum, shown to the person whom it is about."""

    value: Expr = Field(
        description="A number over facts, fields of `on` and earlier lines, with `lookup(table, column, key)` and "
        "`lookup_sum(table, column, numbers)`. Where something it needs is not known, the sum stops and says what."
    )
    when: Expr | None = Field(
        None, description="Left out where this is false; it then counts as 0 in later lines. Not for the last line."
    )


class Proposal(Labelled):
    """A sum that is worked out when an event happens, shown with all its steps, and confirmed or changed by somebody.

    It decides nothing. The event `decided_by` does: its form is filled in with the answer. What was proposed then is
    kept with it, and whoever decides something else says why.
    """

    on: Name = Field(description="The event that asks for it.")
    at: Name | None = Field(
        None, description="A date field of that event: the day whose editions hold. Left out: the day it happened."
    )
    lines: dict[Name, Line] = Field(min_length=1, description="The steps, in order. The last one is the answer.")
    unit: Text | None = Field(None, description="What it counts. Left out: SEK.")
    round: int = Field(0, ge=0, le=2, description="Decimals of the answer.")
    decided_by: Name = Field(description="The event that confirms or changes it.")
    refers: Name = Field(description="Its reference field that points at the event that asked.")
    into: Name = Field(description="Its number field that the answer is put in, for a person to confirm or change.")
    proposed: Name = Field(
        description="Its number field, `required: false`, where the system keeps what was proposed. Empty where the "
        "sum stopped."
    )
    reason: Name = Field(
        description="Its text field, `required: false`: must be filled in where the decision is not as proposed."
    )
