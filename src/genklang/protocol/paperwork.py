"""Work on files: rows in, documents out, and totals that agree."""

from typing import Literal

from pydantic import Field

from genklang.protocol.parts import Labelled, Part, Text
from genklang.protocol.units import Duration, DurationField
from genklang.protocol.written import Expr, Name, Names


class FileIn(Labelled):
    """A CSV or XLSX file, or rows by the API: each row becomes an event once, or waits for a person to mend it.

    It happens when it is handed in. The event's `by` are those who may hand it in, and who mend or reject the rows
    that wait.
    """

    rows: Name = Field(
        description="The event that a row becomes; its fields are the columns. A column `enrolment` says whose it is; "
        "without one, whoever hands in the file does."
    )
    columns: dict[str, Name] = Field(
        default_factory=dict, description="Headings of the file that are called something else than the field."
    )
    key: Names = Field(min_length=1, description="The fields that tell rows apart: rows alike in these are one row.")
    total: Name | None = Field(None, description="A number field whose sum must come out the same in documents.")


class Recipient(Part):
    """Text fields of the event that say to whom."""

    name: Name = Field(description="What the recipient is called.")
    address: Name | None = Field(
        None,
        description="The electronic address: a GLN, an organisation number, or a scheme and an identifier, "
        '"0088:7300010000001".',
    )
    street: Name | None = Field(None, description="Street and number.")
    postcode: Name | None = Field(None, description="Postcode.")
    town: Name | None = Field(None, description="Town.")
    reference: Name | None = Field(None, description="What the recipient wants to see on it. Left out: the name.")


class DocumentLine(Labelled):
    """A line of an invoice."""

    quantity: Expr = Field("1", description="How many. Over the event's fields and the facts.")
    price: Expr = Field(description="What one costs, in SEK without tax.")
    when: Expr | None = Field(None, description="Left out where this does not hold.")


class Document(Labelled):
    """An invoice for each event of a kind, numbered once: as tagged PDF and as Peppol BIS Billing 3."""

    on: Name = Field(description="The event that it is made of.")
    made: Name = Field(
        description="The event, by `system`, of its making. Of its fields, `number` (text), `total` (number) and a "
        "reference to what it is made of are filled in."
    )
    recipient: Recipient = Field(description="To whom.")
    lines: dict[Name, DocumentLine] = Field(min_length=1, description="What it says.")
    tax: Literal["exempt", "outside"] = Field(
        "exempt", description="Exempt from value added tax, as care is, or outside its scope."
    )
    reason: Text = Field(description="Why no tax is added.")
    due: DurationField = Field(Duration(days=30), description="How long after its date it is to be paid.")
