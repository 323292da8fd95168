"""What an invoice says, whatever it is written as. Amounts are exact decimals in SEK; no tax is added."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

CENT = Decimal("0.01")
CURRENCY = "SEK"
GLN, ORGANISATION = "0088", "0007"
Tax = Literal["exempt", "outside"]


@dataclass(frozen=True)
class Address:
    """An electronic address: the code of its scheme (0088 a GLN, 0007 a Swedish organisation number) and the number."""

    scheme: str
    identifier: str

    def __str__(self) -> str:
        return f"{self.scheme}:{self.identifier}"


@dataclass(frozen=True)
class Party:
    """Who sends or gets an invoice. What is left empty is left out."""

    name: str
    address: Address | None = None
    street: str = ""
    postcode: str = ""
    town: str = ""
    country: str = "SE"
    organisation_number: str = ""
    contact: str = ""
    phone: str = ""
    email: str = ""

    @property
    def vat_number(self) -> str:
        """The Swedish VAT number that follows from the organisation number; empty without one."""
        return f"SE{self.organisation_number}01" if self.organisation_number else ""


@dataclass(frozen=True)
class Line:
    """So many of something, at what one costs."""

    name: str
    quantity: Decimal
    price: Decimal

    @property
    def amount(self) -> Decimal:
        """Quantity times price, half an öre rounded up."""
        return cents(self.quantity * self.price)


@dataclass(frozen=True)
class Invoice:
    """One invoice, as it was when it was numbered."""

    number: str
    issued: date
    due: date
    seller: Party
    buyer: Party
    reference: str
    lines: tuple[Line, ...]
    reason: str
    title: str = ""
    tax: Tax = "exempt"
    bankgiro: str = ""
    language: str = "sv"

    @property
    def total(self) -> Decimal:
        """What is to be paid."""
        return sum((line.amount for line in self.lines), Decimal("0.00"))


def cents(amount: Decimal | float | int) -> Decimal:
    """The amount in whole öre, half an öre rounded up. A float is taken as it is written, not as it is stored."""
    exact = amount if isinstance(amount, Decimal) else Decimal(repr(amount))
    return exact.quantize(CENT, ROUND_HALF_UP)


def read_address(written: str) -> Address | None:
    """An electronic address as people write it: "0088:7300010000001", 13 digits as GLN, 10 as organisation number."""
    text = written.strip()
    scheme, colon, identifier = text.partition(":")
    digits = text.replace("-", "").replace(" ", "")
    if colon:
        return Address(scheme.strip(), identifier.strip().replace(" ", "")) if scheme and identifier else None
    if len(digits) == 13 and digits.isdigit():
        return Address(GLN, digits)
    return Address(ORGANISATION, digits) if len(digits) == 10 and digits.isdigit() else None


def luhn_holds(digits: str) -> bool:
    """Whether the last digit checks the others, as in Swedish organisation numbers and bankgiro numbers."""
    if not digits.isdecimal():
        return False
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0


def gln_holds(digits: str) -> bool:
    """Whether the last of thirteen digits checks the others, as GS1 says."""
    if not digits.isdecimal() or len(digits) != 13:
        return False
    weighed = [int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(weighed) % 10 == 0


def to_json(invoice: Invoice) -> dict[str, Any]:
    """As plain data, to be kept as it was issued."""
    return {
        "number": invoice.number,
        "issued": invoice.issued.isoformat(),
        "due": invoice.due.isoformat(),
        "seller": _party_to_json(invoice.seller),
        "buyer": _party_to_json(invoice.buyer),
        "reference": invoice.reference,
        "lines": [[line.name, str(line.quantity), str(line.price)] for line in invoice.lines],
        "reason": invoice.reason,
        "title": invoice.title,
        "tax": invoice.tax,
        "bankgiro": invoice.bankgiro,
        "language": invoice.language,
    }


def from_json(kept: dict[str, Any]) -> Invoice:
    """The invoice as it was issued."""
    lines = tuple(Line(name, Decimal(quantity), Decimal(price)) for name, quantity, price in kept["lines"])
    dates = {name: date.fromisoformat(kept[name]) for name in ("issued", "due")}
    parties = {name: _party_from_json(kept[name]) for name in ("seller", "buyer")}
    return Invoice(**{**kept, **dates, **parties, "lines": lines})


def _party_to_json(party: Party) -> dict[str, str]:
    values = {name: str(value) for name, value in vars(party).items() if value and name != "address"}
    return values | ({"address": str(party.address)} if party.address else {})


def _party_from_json(kept: dict[str, str]) -> Party:
    plain: dict[str, Any] = {name: value for name, value in kept.items() if name != "address"}
    return replace(Party(**plain), address=read_address(kept.get("address", "")))
