"""Who sends an adoption's documents: what stands on them, and where they are paid to. Kept in the own values."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from genklang.documents.invoice import GLN, ORGANISATION, Address, Party, gln_holds, luhn_holds, read_address


def organisation_number(written: str) -> str:
    """The ten digits; raises ValueError unless the last one checks the others."""
    digits = re.sub(r"[\s-]", "", written)
    if len(digits) != 10 or not luhn_holds(digits):
        raise ValueError("is no organisation number. Write ten digits, for example 212000-0142")
    return digits


def bankgiro_number(written: str) -> str:
    """Seven or eight digits; raises ValueError unless the last one checks the others."""
    digits = re.sub(r"[\s-]", "", written)
    if len(digits) not in (7, 8) or not luhn_holds(digits):
        raise ValueError("is no bankgiro number. Write seven or eight digits, for example 5050-1055")
    return digits


def electronic_address(written: str) -> str:
    """A scheme and an identifier; raises ValueError where it is none, or where its last digit does not check."""
    found = read_address(written)
    if found is None or (found.scheme == GLN and not gln_holds(found.identifier)):
        raise ValueError("is no electronic address. Write a GLN, an organisation number or, for example, 0088:…")
    if found.scheme == ORGANISATION:
        organisation_number(found.identifier)
    return str(found)


def _or_nothing(written: str) -> str:
    return electronic_address(written) if written.strip() else ""


class Sender(BaseModel):
    """Who sends, as it stands on every document that is issued from then on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=120)
    organisation_number: Annotated[str, AfterValidator(organisation_number)]
    address: Annotated[str, AfterValidator(electronic_address)]
    street: str = Field("", max_length=120)
    postcode: str = Field("", max_length=20)
    town: str = Field("", max_length=60)
    bankgiro: Annotated[str, AfterValidator(bankgiro_number)]
    contact: str = Field("", max_length=120)
    phone: str = Field("", max_length=40)
    email: str = Field("", max_length=120)
    series: str = Field("", max_length=20, pattern=r"^[A-Za-z0-9-]*$")
    prints_at: Annotated[str, AfterValidator(_or_nothing)] = ""
    language: Literal["sv", "en"] = "sv"

    @property
    def party(self) -> Party:
        """The sender on an invoice."""
        return Party(
            name=self.name,
            address=read_address(self.address),
            street=self.street,
            postcode=self.postcode,
            town=self.town,
            organisation_number=self.organisation_number,
            contact=self.contact,
            phone=self.phone,
            email=self.email,
        )

    @property
    def printer(self) -> Address | None:
        """Where invoices go whose recipient has no electronic address: whoever prints and posts them."""
        return read_address(self.prints_at)
