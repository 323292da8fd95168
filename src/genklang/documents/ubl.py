"""An invoice as UBL 2.1 in the order of its schema, as Peppol BIS Billing 3 wants it.

Source: Peppol BIS Billing 3.0 (docs.peppol.eu/poacc/billing/3.0), on EN 16931-1 and OASIS UBL 2.1.
"""

from decimal import Decimal
from xml.etree import ElementTree as ET

from genklang.documents.invoice import CURRENCY, Invoice, Line, Party

CUSTOMIZATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
INVOICE = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
COMMERCIAL_INVOICE, CREDIT_TRANSFER, BANKGIRO, EACH = "380", "30", "SE:BANKGIRO", "EA"
CATEGORY = {"exempt": "E", "outside": "O"}


def xml_of(invoice: Invoice, *, mark: str = "") -> bytes:
    """The invoice as an XML file; `mark` is written on its face, for example that it is simulated."""
    for prefix, namespace in (("", INVOICE), ("cac", CAC), ("cbc", CBC)):
        ET.register_namespace(prefix, namespace)
    tree = tree_of(invoice, mark=mark)
    ET.indent(tree)
    written: bytes = ET.tostring(tree, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + written + b"\n"


def tree_of(invoice: Invoice, *, mark: str = "") -> ET.Element:
    """The invoice as an element tree."""
    root = ET.Element(f"{{{INVOICE}}}Invoice")
    _basic(root, "CustomizationID", CUSTOMIZATION)
    _basic(root, "ProfileID", PROFILE)
    _basic(root, "ID", invoice.number)
    _basic(root, "IssueDate", invoice.issued.isoformat())
    _basic(root, "DueDate", invoice.due.isoformat())
    _basic(root, "InvoiceTypeCode", COMMERCIAL_INVOICE)
    _basic(root, "Note", mark)
    _basic(root, "DocumentCurrencyCode", CURRENCY)
    _basic(root, "BuyerReference", invoice.reference)
    _party(_aggregate(root, "AccountingSupplierParty"), invoice.seller, taxed=invoice.tax == "exempt")
    _party(_aggregate(root, "AccountingCustomerParty"), invoice.buyer, taxed=False)
    _payment(root, invoice)
    _tax(root, invoice)
    _totals(root, invoice.total)
    for place, line in enumerate(invoice.lines, start=1):
        _line(root, place, line, category=CATEGORY[invoice.tax])
    return root


def _party(parent: ET.Element, party: Party, *, taxed: bool) -> None:
    node = _aggregate(parent, "Party")
    if party.address:
        _basic(node, "EndpointID", party.address.identifier, schemeID=party.address.scheme)
    _basic(_aggregate(node, "PartyName"), "Name", party.name)
    _place(node, party)
    if taxed and party.vat_number:
        scheme = _aggregate(node, "PartyTaxScheme")
        _basic(scheme, "CompanyID", party.vat_number)
        _vat(scheme)
    legal = _aggregate(node, "PartyLegalEntity")
    _basic(legal, "RegistrationName", party.name)
    if party.organisation_number:
        _basic(legal, "CompanyID", party.organisation_number, schemeID="0007")
    if party.contact or party.phone or party.email:
        contact = _aggregate(node, "Contact")
        _basic(contact, "Name", party.contact)
        _basic(contact, "Telephone", party.phone)
        _basic(contact, "ElectronicMail", party.email)


def _place(node: ET.Element, party: Party) -> None:
    place = _aggregate(node, "PostalAddress")
    _basic(place, "StreetName", party.street)
    _basic(place, "CityName", party.town)
    _basic(place, "PostalZone", party.postcode)
    _basic(_aggregate(place, "Country"), "IdentificationCode", party.country)


def _payment(root: ET.Element, invoice: Invoice) -> None:
    means = _aggregate(root, "PaymentMeans")
    _basic(means, "PaymentMeansCode", CREDIT_TRANSFER)
    _basic(means, "PaymentID", invoice.number)
    account = _aggregate(means, "PayeeFinancialAccount")
    _basic(account, "ID", invoice.bankgiro.replace("-", ""))
    _basic(_aggregate(account, "FinancialInstitutionBranch"), "ID", BANKGIRO)


def _tax(root: ET.Element, invoice: Invoice) -> None:
    total = _aggregate(root, "TaxTotal")
    _amount(total, "TaxAmount", Decimal("0.00"))
    part = _aggregate(total, "TaxSubtotal")
    _amount(part, "TaxableAmount", invoice.total)
    _amount(part, "TaxAmount", Decimal("0.00"))
    category = _category(part, "TaxCategory", CATEGORY[invoice.tax])
    _basic(category, "TaxExemptionReason", invoice.reason)
    _vat(category)


def _totals(root: ET.Element, total: Decimal) -> None:
    sums = _aggregate(root, "LegalMonetaryTotal")
    for name in ("LineExtensionAmount", "TaxExclusiveAmount", "TaxInclusiveAmount", "PayableAmount"):
        _amount(sums, name, total)


def _line(root: ET.Element, place: int, line: Line, *, category: str) -> None:
    node = _aggregate(root, "InvoiceLine")
    _basic(node, "ID", str(place))
    _basic(node, "InvoicedQuantity", _plain(line.quantity), unitCode=EACH)
    _amount(node, "LineExtensionAmount", line.amount)
    item = _aggregate(node, "Item")
    _basic(item, "Name", line.name)
    _vat(_category(item, "ClassifiedTaxCategory", category))
    _basic(_aggregate(node, "Price"), "PriceAmount", _plain(line.price), currencyID=CURRENCY)


def _category(parent: ET.Element, name: str, category: str) -> ET.Element:
    """Exempt has a rate of nought; outside the scope has none."""
    node = _aggregate(parent, name)
    _basic(node, "ID", category)
    _basic(node, "Percent", "0" if category == "E" else "")
    return node


def _vat(node: ET.Element) -> None:
    _basic(_aggregate(node, "TaxScheme"), "ID", "VAT")


def _amount(parent: ET.Element, name: str, amount: Decimal) -> None:
    _basic(parent, name, f"{amount:.2f}", currencyID=CURRENCY)


def _plain(number: Decimal) -> str:
    """A number without exponent, and without noughts that say nothing."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _basic(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    """Adds a value; one that is empty is left out, as Peppol demands."""
    if text.strip():
        ET.SubElement(parent, f"{{{CBC}}}{name}", attributes).text = text.strip()


def _aggregate(parent: ET.Element, name: str) -> ET.Element:
    return ET.SubElement(parent, f"{{{CAC}}}{name}")
