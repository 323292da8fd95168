"""Work on files: rows in, documents out, and totals that agree."""

from typing import Literal

from pydantic import Field

from genklang.protocol.parts import Labelled, Text
from genklang.protocol.written import Expr, Name


class FileIn(Labelled):
    """A CSV or XLSX file, or rows by the API: each row becomes an event once, or waits for a person to mend it."""

    rows: Name = Field(description="The event that a row becomes; its fields are the columns.")
    columns: dict[str, Name] = Field(
        default_factory=dict, description="Headings of the file that are called something else than the field."
    )
    key: list[Name] = Field(min_length=1, description="The fields that tell rows apart: the same is one row.")
    check: Expr | None = Field(None, description="What must hold of a row.")
    total: Name | None = Field(None, description="The field whose sum must come out the same in documents.")


class DocumentLine(Labelled):
    """A line of an invoice."""

    quantity: Expr = Field("1", description="How many.")
    price: Expr = Field(description="What one costs, in SEK without tax.")
    when: Expr | None = Field(None, description="Left out where this is false.")


class Document(Labelled):
    """A document for each event of a kind: numbered once, as tagged PDF and as Peppol BIS Billing 3."""

    on: Name = Field(description="The event that it is made of.")
    made: Name = Field(description="The event, by `system`, of its making, with `number` and `total`.")
    kind: Literal["invoice"] = Field("invoice", description="What it is.")
    recipient: Name = Field(description="A text field: to whom.")
    recipient_id: Name | None = Field(None, description="A text field: the recipient's electronic address.")
    lines: dict[Name, DocumentLine] = Field(min_length=1, description="What it says.")
    tax: Literal["exempt", "outside"] = Field("exempt", description="Care is exempt from value added tax.")
    reason: Text = Field(description="Why no tax is added, or what the document is about.")
    due: Expr = Field("days(30)", description="When it is to be paid, after its date.")
