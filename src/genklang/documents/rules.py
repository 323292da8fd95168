"""The published rules that our invoices can meet or break, each under its official number.

Sources: EN 16931-1 (BR-…), Peppol BIS Billing 3.0 (PEPPOL-…) and its rules for Swedish senders (SE-R-…). Left out are
rules about what `ubl` never writes: allowances and charges, credit notes, tax that is added, other countries' rules,
attachments, direct debit and cards.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from xml.etree import ElementTree as ET

from genklang.documents.invoice import CURRENCY, gln_holds, luhn_holds
from genklang.documents.ubl import BANKGIRO, CAC, CBC, CREDIT_TRANSFER, CUSTOMIZATION, INVOICE, PROFILE

SCHEMES = frozenset({"0007", "0037", "0060", "0088", "0096", "0184", "0192", "0195", "9906", "9930"})
_SPACES = {"i": INVOICE, "cac": CAC, "cbc": CBC}
_SELLER, _BUYER = "cac:AccountingSupplierParty/cac:Party", "cac:AccountingCustomerParty/cac:Party"
_SUBTOTAL, _SUMS, _LINE = "cac:TaxTotal/cac:TaxSubtotal", "cac:LegalMonetaryTotal", "cac:InvoiceLine"


@dataclass(frozen=True)
class Invoiced:
    """An invoice's elements, asked for by path."""

    root: ET.Element

    def all(self, path: str) -> list[ET.Element]:
        """Every element there."""
        return self.root.findall(path, _SPACES)

    def texts(self, path: str) -> list[str]:
        """The texts of every element there."""
        return [(node.text or "").strip() for node in self.all(path)]

    def text(self, path: str) -> str:
        """The text of the first element there; empty where there is none."""
        return next(iter(self.texts(path)), "")

    def number(self, path: str) -> Decimal | None:
        """The first element's number; None where there is none."""
        return _number(self.text(path))

    def lines(self) -> "list[Invoiced]":
        """The lines, each to be asked by itself."""
        return [Invoiced(node) for node in self.all(_LINE)]


Test = Callable[[Invoiced], bool]


@dataclass(frozen=True)
class Rule:
    """A published rule: its number, what must hold in Swedish and English, and the test."""

    code: str
    sv: str
    en: str
    holds: Test

    def say(self, language: str) -> str:
        """ "BR-07: The buyer has a name." """
        return f"{self.code}: {self.sv if language.startswith('sv') else self.en}"


def broken(tree: ET.Element) -> list[Rule]:
    """The rules that an invoice breaks; empty for one that may be sent."""
    invoiced = Invoiced(tree)
    return [rule for rule in RULES if not rule.holds(invoiced)]


def _number(text: str) -> Decimal | None:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _has(*paths: str) -> Test:
    return lambda invoiced: all(invoiced.text(path) for path in paths)


def _is(path: str, wanted: str) -> Test:
    return lambda invoiced: invoiced.text(path) == wanted


def _each_line(test: Test) -> Test:
    return lambda invoiced: all(test(line) for line in invoiced.lines())


def _dates(invoiced: Invoiced) -> bool:
    try:
        return all(date.fromisoformat(day) and len(day) == 10 for day in invoiced.texts(".//cbc:IssueDate"))
    except ValueError:
        return False


def _line_sum(invoiced: Invoiced) -> bool:
    amounts = [line.number("cbc:LineExtensionAmount") for line in invoiced.lines()]
    return None not in amounts and sum(filter(None, amounts)) == invoiced.number(f"{_SUMS}/cbc:LineExtensionAmount")


def _line_amount(line: Invoiced) -> bool:
    quantity, price = line.number("cbc:InvoicedQuantity"), line.number("cac:Price/cbc:PriceAmount")
    amount = line.number("cbc:LineExtensionAmount")
    if quantity is None or price is None or amount is None:
        return False
    return abs(quantity * price - amount) <= Decimal("0.02")


def _same(first: str, second: str) -> Test:
    return lambda invoiced: invoiced.number(first) is not None and invoiced.number(first) == invoiced.number(second)


def _cents(invoiced: Invoiced) -> bool:
    names = ("LineExtensionAmount", "TaxExclusiveAmount", "TaxInclusiveAmount", "PayableAmount", "TaxableAmount")
    texts = [text for name in (*names, "TaxAmount") for text in invoiced.texts(f".//cbc:{name}")]
    return all(re.fullmatch(r"-?\d+(\.\d{1,2})?", text) for text in texts)


def _one_currency(invoiced: Invoiced) -> bool:
    given = [node.get("currencyID") for node in invoiced.root.iter() if "currencyID" in node.attrib]
    return set(given) == {invoiced.text("cbc:DocumentCurrencyCode")}


def _nothing_empty(invoiced: Invoiced) -> bool:
    return all(len(node) or (node.text or "").strip() for node in invoiced.root.iter())


def _endpoints(invoiced: Invoiced) -> list[tuple[str, str]]:
    nodes = invoiced.all(".//cbc:EndpointID")
    return [(node.get("schemeID", ""), (node.text or "").strip()) for node in nodes]


def _identifiers(invoiced: Invoiced, scheme: str) -> Iterator[str]:
    for name in ("EndpointID", "CompanyID"):
        for node in invoiced.all(f".//cbc:{name}"):
            if node.get("schemeID") == scheme:
                yield (node.text or "").strip()


def _category(invoiced: Invoiced) -> str:
    return invoiced.text(f"{_SUBTOTAL}/cac:TaxCategory/cbc:ID")


def _where(category: str, test: Test) -> Test:
    return lambda invoiced: _category(invoiced) != category or test(invoiced)


def _lines_are(category: str) -> Test:
    return _each_line(_is("cac:Item/cac:ClassifiedTaxCategory/cbc:ID", category))


def _rate(invoiced: Invoiced, path: str) -> Decimal | None:
    return invoiced.number(f"{path}/cbc:Percent")


def _no_rate(invoiced: Invoiced) -> bool:
    paths = (f"{_SUBTOTAL}/cac:TaxCategory", f"{_LINE}/cac:Item/cac:ClassifiedTaxCategory")
    return not any(invoiced.texts(f"{path}/cbc:Percent") for path in paths)


def _rate_of_nought(invoiced: Invoiced) -> bool:
    lines = [_rate(line, "cac:Item/cac:ClassifiedTaxCategory") for line in invoiced.lines()]
    return set(lines) | {_rate(invoiced, f"{_SUBTOTAL}/cac:TaxCategory")} == {Decimal(0)}


_VAT = f"{_SELLER}/cac:PartyTaxScheme/cbc:CompanyID"
_LEGAL = f"{_SELLER}/cac:PartyLegalEntity/cbc:CompanyID"
_ACCOUNT = "cac:PaymentMeans/cac:PayeeFinancialAccount"
_SCHEME = "cac:PaymentMeans/cac:PayeeFinancialAccount/cac:FinancialInstitutionBranch/cbc:ID"


def _swedish_vat(invoiced: Invoiced) -> bool:
    return all(re.fullmatch(r"SE\d{12}", number) for number in invoiced.texts(_VAT))


def _bankgiro(invoiced: Invoiced) -> bool:
    number = invoiced.text(f"{_ACCOUNT}/cbc:ID")
    return invoiced.text(_SCHEME) != BANKGIRO or (number.isdigit() and len(number) in (7, 8))


RULES: tuple[Rule, ...] = (
    Rule("BR-01", "Den säger vilka regler den följer.", "It says which rules it follows.", _has("cbc:CustomizationID")),
    Rule("BR-02", "Den har ett nummer.", "It has a number.", _has("cbc:ID")),
    Rule("BR-03", "Den har ett datum.", "It has a date.", _has("cbc:IssueDate")),
    Rule("BR-04", "Den säger vad den är.", "It says what it is.", _has("cbc:InvoiceTypeCode")),
    Rule("BR-05", "Den har en valuta.", "It has a currency.", _has("cbc:DocumentCurrencyCode")),
    Rule(
        "BR-06",
        "Avsändaren har ett namn.",
        "The sender has a name.",
        _has(f"{_SELLER}/cac:PartyLegalEntity/cbc:RegistrationName"),
    ),
    Rule(
        "BR-07",
        "Mottagaren har ett namn.",
        "The recipient has a name.",
        _has(f"{_BUYER}/cac:PartyLegalEntity/cbc:RegistrationName"),
    ),
    Rule(
        "BR-09",
        "Avsändarens land är känt.",
        "The sender's country is known.",
        _has(f"{_SELLER}/cac:PostalAddress/cac:Country/cbc:IdentificationCode"),
    ),
    Rule(
        "BR-11",
        "Mottagarens land är känt.",
        "The recipient's country is known.",
        _has(f"{_BUYER}/cac:PostalAddress/cac:Country/cbc:IdentificationCode"),
    ),
    Rule("BR-12", "Radernas summa finns.", "The lines' sum is there.", _has(f"{_SUMS}/cbc:LineExtensionAmount")),
    Rule("BR-15", "Det att betala finns.", "What to pay is there.", _has(f"{_SUMS}/cbc:PayableAmount")),
    Rule("BR-16", "Den har en rad.", "It has a line.", lambda invoiced: bool(invoiced.lines())),
    Rule("BR-21", "Varje rad har ett nummer.", "Each line has a number.", _each_line(_has("cbc:ID"))),
    Rule("BR-22", "Varje rad har ett antal.", "Each line has a quantity.", _each_line(_has("cbc:InvoicedQuantity"))),
    Rule("BR-24", "Varje rad har ett belopp.", "Each line has an amount.", _each_line(_has("cbc:LineExtensionAmount"))),
    Rule("BR-25", "Varje rad säger vad den är.", "Each line says what it is.", _each_line(_has("cac:Item/cbc:Name"))),
    Rule(
        "BR-27",
        "Inget pris är under noll.",
        "No price is below nought.",
        _each_line(lambda line: (line.number("cac:Price/cbc:PriceAmount") or Decimal(0)) >= 0),
    ),
    Rule(
        "BR-49",
        "Den säger hur man betalar.",
        "It says how to pay.",
        _has("cac:PaymentMeans/cbc:PaymentMeansCode"),
    ),
    Rule("BR-50", "Den säger vart man betalar.", "It says where to pay to.", _has(f"{_ACCOUNT}/cbc:ID")),
    Rule(
        "BR-CO-10",
        "Raderna blir tillsammans radernas summa.",
        "The lines make up the lines' sum.",
        _line_sum,
    ),
    Rule(
        "BR-CO-13",
        "Summan utan moms är radernas summa.",
        "The sum without tax is the lines' sum.",
        _same(f"{_SUMS}/cbc:TaxExclusiveAmount", f"{_SUMS}/cbc:LineExtensionAmount"),
    ),
    Rule(
        "BR-CO-15",
        "Summan med moms är den utan, eftersom ingen läggs till.",
        "The sum with tax is the one without, as none is added.",
        _same(f"{_SUMS}/cbc:TaxInclusiveAmount", f"{_SUMS}/cbc:TaxExclusiveAmount"),
    ),
    Rule(
        "BR-CO-16",
        "Det att betala är summan med moms.",
        "What to pay is the sum with tax.",
        _same(f"{_SUMS}/cbc:PayableAmount", f"{_SUMS}/cbc:TaxInclusiveAmount"),
    ),
    Rule(
        "BR-CO-18",
        "Momsen är uppdelad på slag.",
        "Tax is divided by kind.",
        lambda invoiced: bool(invoiced.all(_SUBTOTAL)),
    ),
    Rule("BR-CO-25", "Den har en förfallodag.", "It has a due date.", _has("cbc:DueDate")),
    Rule("BR-DEC", "Belopp har högst två decimaler.", "Amounts have at most two decimals.", _cents),
    Rule("BR-E-08", "Undantaget står på raderna.", "The exemption stands on the lines.", _where("E", _lines_are("E"))),
    Rule(
        "BR-E-02",
        "Avsändaren har ett momsregistreringsnummer.",
        "The sender has a VAT number.",
        _where("E", _has(_VAT)),
    ),
    Rule("BR-E-05", "Satsen är noll.", "The rate is nought.", _where("E", _rate_of_nought)),
    Rule(
        "BR-E-10",
        "Den säger varför ingen moms läggs till.",
        "It says why no tax is added.",
        _where("E", _has(f"{_SUBTOTAL}/cac:TaxCategory/cbc:TaxExemptionReason")),
    ),
    Rule("BR-O-08", "Raderna är utanför momsen.", "The lines are outside tax.", _where("O", _lines_are("O"))),
    Rule(
        "BR-O-02",
        "Avsändarens momsregistreringsnummer står inte där.",
        "The sender's VAT number is not there.",
        _where("O", lambda invoiced: not invoiced.texts(_VAT)),
    ),
    Rule("BR-O-05", "Ingen sats anges.", "No rate is given.", _where("O", _no_rate)),
    Rule(
        "BR-O-10",
        "Den säger varför det är utanför momsen.",
        "It says why it is outside tax.",
        _where("O", _has(f"{_SUBTOTAL}/cac:TaxCategory/cbc:TaxExemptionReason")),
    ),
    Rule(
        "PEPPOL-EN16931-R001",
        "Den säger vilken affärsprocess den hör till.",
        "It says which business process it belongs to.",
        _is("cbc:ProfileID", PROFILE),
    ),
    Rule(
        "PEPPOL-EN16931-R003",
        "Den har mottagarens referens.",
        "It has the recipient's reference.",
        _has("cbc:BuyerReference"),
    ),
    Rule(
        "PEPPOL-EN16931-R004",
        "Den följer Peppol BIS Billing 3.",
        "It follows Peppol BIS Billing 3.",
        _is("cbc:CustomizationID", CUSTOMIZATION),
    ),
    Rule("PEPPOL-EN16931-R008", "Inget i den är tomt.", "Nothing in it is empty.", _nothing_empty),
    Rule(
        "PEPPOL-EN16931-R010",
        "Mottagaren har en elektronisk adress.",
        "The recipient has an electronic address.",
        _has(f"{_BUYER}/cbc:EndpointID"),
    ),
    Rule(
        "PEPPOL-EN16931-R020",
        "Avsändaren har en elektronisk adress.",
        "The sender has an electronic address.",
        _has(f"{_SELLER}/cbc:EndpointID"),
    ),
    Rule("PEPPOL-EN16931-R051", "Allt är i samma valuta.", "All is in one currency.", _one_currency),
    Rule(
        "PEPPOL-EN16931-R120",
        "Varje rad är antal gånger pris.",
        "Each line is quantity times price.",
        _each_line(_line_amount),
    ),
    Rule("PEPPOL-EN16931-P0100", "Den är en faktura.", "It is an invoice.", _is("cbc:InvoiceTypeCode", "380")),
    Rule("BR-CL-04", "Valutan är känd.", "The currency is known.", _is("cbc:DocumentCurrencyCode", CURRENCY)),
    Rule(
        "PEPPOL-EN16931-CL008",
        "De elektroniska adressernas slag är kända.",
        "The kinds of the electronic addresses are known.",
        lambda invoiced: all(scheme in SCHEMES for scheme, _number in _endpoints(invoiced)),
    ),
    Rule("PEPPOL-EN16931-F001", "Datum skrivs som 2026-03-29.", "Dates are written as 2026-03-29.", _dates),
    Rule(
        "PEPPOL-COMMON-R040",
        "GLN har tretton siffror, och den sista stämmer.",
        "A GLN has thirteen digits, and the last one checks.",
        lambda invoiced: all(gln_holds(number) for number in _identifiers(invoiced, "0088")),
    ),
    Rule(
        "PEPPOL-COMMON-R049",
        "Organisationsnummer har tio siffror, och den sista stämmer.",
        "Organisation numbers have ten digits, and the last one checks.",
        lambda invoiced: all(len(one) == 10 and luhn_holds(one) for one in _identifiers(invoiced, "0007")),
    ),
    Rule(
        "SE-R-001",
        "Ett svenskt momsregistreringsnummer är SE och tolv siffror.",
        "A Swedish VAT number is SE and twelve digits.",
        _swedish_vat,
    ),
    Rule(
        "SE-R-004",
        "Avsändarens organisationsnummer har tio siffror.",
        "The sender's organisation number has ten digits.",
        lambda invoiced: all(re.fullmatch(r"\d{10}", number) for number in invoiced.texts(_LEGAL)),
    ),
    Rule("SE-R-009", "Ett bankgiro har sju eller åtta siffror.", "A bankgiro has seven or eight digits.", _bankgiro),
    Rule(
        "SE-R-012",
        "Betalning inom Sverige har koden 30.",
        "Payment within Sweden has the code 30.",
        _is("cac:PaymentMeans/cbc:PaymentMeansCode", CREDIT_TRANSFER),
    ),
    Rule(
        "SE-R-013",
        "Organisationsnumrets sista siffra stämmer.",
        "The organisation number's last digit checks.",
        lambda invoiced: all(luhn_holds(number) for number in invoiced.texts(_LEGAL)),
    ),
)
