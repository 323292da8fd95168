"""Documents as tagged PDF (PDF/UA-1), set by typst with its own fonts. The same input gives the same file."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

from genklang.documents.invoice import Invoice, Line, Party

STANDARD: Literal["ua-1"] = "ua-1"
NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)  # a file that is made again tomorrow is the same file
_WORDS: dict[str, dict[str, str]] = {
    "sv": {
        "invoice": "Faktura",
        "number": "Fakturanummer",
        "issued": "Fakturadatum",
        "due": "Förfaller",
        "reference": "Er referens",
        "from": "Från",
        "to": "Till",
        "what": "Vad",
        "quantity": "Antal",
        "price": "Pris",
        "amount": "Belopp",
        "total": "Att betala",
        "pay": "Så betalar du",
        "bankgiro": "Bankgiro",
        "message": "Ange",
        "organisation_number": "Organisationsnummer",
        "vat": "Momsregistreringsnummer",
        "contact": "Frågor",
    },
    "en": {
        "invoice": "Invoice",
        "number": "Invoice number",
        "issued": "Date",
        "due": "Due",
        "reference": "Your reference",
        "from": "From",
        "to": "To",
        "what": "What",
        "quantity": "Quantity",
        "price": "Price",
        "amount": "Amount",
        "total": "To pay",
        "pay": "How to pay",
        "bankgiro": "Bankgiro",
        "message": "State",
        "organisation_number": "Organisation number",
        "vat": "VAT number",
        "contact": "Questions",
    },
}


class Printer:
    """Sets many documents of one template; what they share is worked out once."""

    def __init__(self, template: str) -> None:
        import typst  # loads a compiler: late, for those who print

        self._source = (resources.files("genklang.documents") / "templates" / f"{template}.typ").read_bytes()
        self._compiler = typst.Compiler(font_paths=typst.Fonts(include_system_fonts=False))

    def pdf(self, said: dict[str, Any]) -> bytes:
        """What is said, as a PDF."""
        inputs = {"said": json.dumps(said, ensure_ascii=False)}
        made = self._compiler.compile(
            self._source, format="pdf", sys_inputs=inputs, pdf_standards=[STANDARD], timestamp=NO_TIME
        )
        assert isinstance(made, bytes)  # one file, as nothing says where to write several
        return made


@lru_cache(maxsize=4)
def printer(template: str) -> Printer:
    """The printer of a template, made once a process."""
    return Printer(template)


def invoice_pdf(invoice: Invoice, *, mark: str = "") -> bytes:
    """The invoice on paper; `mark` stands above it all, for example that it is cancelled."""
    return printer("invoice").pdf(invoice_said(invoice, mark=mark))


def invoice_said(invoice: Invoice, *, mark: str = "") -> dict[str, Any]:
    """What stands on the paper, in the invoice's language."""
    words = _WORDS["sv" if invoice.language.startswith("sv") else "en"]
    facts = {
        "number": invoice.number,
        "issued": invoice.issued.isoformat(),
        "due": invoice.due.isoformat(),
        "reference": invoice.reference,
    }
    payment = {"bankgiro": _giro(invoice.bankgiro), "message": invoice.number, "due": invoice.due.isoformat()}
    total = f"{amount(invoice.total, invoice.language)} kr" if words is _WORDS["sv"] else f"SEK {invoice.total:,.2f}"
    return {
        "title": f"{words['invoice']} {invoice.number}",
        "heading": words["invoice"],
        "mark": mark,
        "language": invoice.language[:2],
        "words": words,
        "seller": _printed(invoice.seller),
        "seller-lines": _about(invoice, words),
        "buyer": _printed(invoice.buyer),
        "facts": [[words[name], value] for name, value in facts.items() if value],
        "columns": [words[name] for name in ("what", "quantity", "price", "amount")],
        "lines": [_row(line, invoice.language) for line in invoice.lines],
        "total": total,
        "reason": invoice.reason,
        "payment": [[words[name], value] for name, value in payment.items() if value],
        "footer": " · ".join(filter(None, [invoice.seller.name, invoice.title, invoice.number])),
    }


def amount(number: Decimal, language: str) -> str:
    """An amount as the language writes it, with two decimals or those it has: 1 234,50 or 1,234.50."""
    exponent = number.normalize().as_tuple().exponent
    decimals = max(2, -exponent) if isinstance(exponent, int) else 2
    text = f"{number:,.{decimals}f}"
    return text.translate(str.maketrans(",.", "\u00a0,")) if language.startswith("sv") else text


def _row(line: Line, language: str) -> list[str]:
    quantity = f"{line.quantity.normalize():f}"
    shown = quantity.replace(".", ",") if language.startswith("sv") else quantity
    return [line.name, shown, amount(line.price, language), amount(line.amount, language)]


def _printed(party: Party) -> dict[str, str]:
    return {name: getattr(party, name) for name in ("name", "street", "postcode", "town")}


def _about(invoice: Invoice, words: dict[str, str]) -> list[str]:
    seller = invoice.seller
    asked = " · ".join(filter(None, [seller.contact, seller.phone, seller.email]))
    number = seller.organisation_number
    given = {
        "organisation_number": f"{number[:6]}-{number[6:]}" if number else "",
        "vat": seller.vat_number if invoice.tax == "exempt" else "",
        "contact": asked,
    }
    return [f"{words[name]}: {value}" for name, value in given.items() if value]


def _giro(number: str) -> str:
    digits = number.replace("-", "")
    return f"{digits[:-4]}-{digits[-4:]}" if digits else ""
