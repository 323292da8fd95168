"""Our invoices keep the published rules of Peppol BIS Billing 3, and each rule notices when it is broken."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

from genklang.documents.invoice import (
    Invoice,
    Line,
    Party,
    cents,
    from_json,
    gln_holds,
    luhn_holds,
    read_address,
    to_json,
)
from genklang.documents.rules import RULES, broken
from genklang.documents.ubl import CAC, CBC, tree_of, xml_of

SELLER = Party(
    name="Lindmåla kommun",
    address=read_address("212000-0142"),
    street="Storgatan 1",
    postcode="123 45",
    town="Lindmåla",
    organisation_number="2120000142",
    contact="Alva",
)
BUYER = Party("Doris Alm", read_address("7300010000001"), "Ågatan 2", "123 46", "Lindmåla")
EXEMPT = Invoice(
    number="VAC-1",
    issued=date(2026, 3, 2),
    due=date(2026, 4, 1),
    seller=SELLER,
    buyer=BUYER,
    reference="12-345",
    lines=(Line("Vaccination", Decimal(1), Decimal("275.50")), Line("Avgift", Decimal(2), Decimal("10.005"))),
    reason="Sjukvård är undantagen från moms.",
    bankgiro="5050-1055",
)
OUTSIDE = replace(EXEMPT, tax="outside")


def codes(tree: ET.Element) -> set[str]:
    return {rule.code for rule in broken(tree)}


@pytest.mark.parametrize("invoice", [EXEMPT, OUTSIDE], ids=["exempt", "outside"])
def test_an_invoice_keeps_every_rule(invoice: Invoice) -> None:
    assert codes(tree_of(invoice)) == set()


def test_amounts_are_exact_and_half_an_oere_goes_up() -> None:
    assert EXEMPT.lines[1].amount == Decimal("20.01")
    assert EXEMPT.total == Decimal("295.51")
    assert cents(0.1 + 0.2) == Decimal("0.30") and cents(2.675) == Decimal("2.68")


def nodes(tree: ET.Element, path: str) -> list[ET.Element]:
    return tree.findall(path, {"cac": CAC, "cbc": CBC})


def without(path: str) -> Callable[[ET.Element], None]:
    """Takes the elements away."""

    def change(tree: ET.Element) -> None:
        parents = {child: parent for parent in tree.iter() for child in parent}
        found = nodes(tree, path)
        assert found, path
        for node in found:
            parents[node].remove(node)

    return change


def saying(path: str, text: str, **attributes: str) -> Callable[[ET.Element], None]:
    """Lets the first element say something else."""

    def change(tree: ET.Element) -> None:
        node = nodes(tree, path)[0]
        node.text = text
        node.attrib |= attributes

    return change


def with_child(path: str, name: str, text: str) -> Callable[[ET.Element], None]:
    """Adds an element."""
    return lambda tree: setattr(ET.SubElement(nodes(tree, path)[0], f"{{{CBC}}}{name}"), "text", text)


SELLERS, BUYERS = "cac:AccountingSupplierParty/cac:Party", "cac:AccountingCustomerParty/cac:Party"
SUMS, ITEM = "cac:LegalMonetaryTotal", "cac:InvoiceLine/cac:Item"
CATEGORY = "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory"
BREAKING: list[tuple[str, Invoice, Callable[[ET.Element], None]]] = [
    ("BR-01", EXEMPT, without("cbc:CustomizationID")),
    ("BR-02", EXEMPT, without("cbc:ID")),
    ("BR-03", EXEMPT, without("cbc:IssueDate")),
    ("BR-04", EXEMPT, without("cbc:InvoiceTypeCode")),
    ("BR-05", EXEMPT, without("cbc:DocumentCurrencyCode")),
    ("BR-06", EXEMPT, without(f"{SELLERS}/cac:PartyLegalEntity/cbc:RegistrationName")),
    ("BR-07", EXEMPT, without(f"{BUYERS}/cac:PartyLegalEntity/cbc:RegistrationName")),
    ("BR-09", EXEMPT, without(f"{SELLERS}/cac:PostalAddress/cac:Country")),
    ("BR-11", EXEMPT, without(f"{BUYERS}/cac:PostalAddress/cac:Country")),
    ("BR-12", EXEMPT, without(f"{SUMS}/cbc:LineExtensionAmount")),
    ("BR-15", EXEMPT, without(f"{SUMS}/cbc:PayableAmount")),
    ("BR-16", EXEMPT, without("cac:InvoiceLine")),
    ("BR-21", EXEMPT, without("cac:InvoiceLine/cbc:ID")),
    ("BR-22", EXEMPT, without("cac:InvoiceLine/cbc:InvoicedQuantity")),
    ("BR-24", EXEMPT, without("cac:InvoiceLine/cbc:LineExtensionAmount")),
    ("BR-25", EXEMPT, without(f"{ITEM}/cbc:Name")),
    ("BR-27", EXEMPT, saying("cac:InvoiceLine/cac:Price/cbc:PriceAmount", "-1")),
    ("BR-49", EXEMPT, without("cac:PaymentMeans/cbc:PaymentMeansCode")),
    ("BR-50", EXEMPT, without("cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID")),
    ("BR-CO-10", EXEMPT, saying("cac:InvoiceLine/cbc:LineExtensionAmount", "275.49")),
    ("BR-CO-13", EXEMPT, saying(f"{SUMS}/cbc:TaxExclusiveAmount", "300.00")),
    ("BR-CO-15", EXEMPT, saying(f"{SUMS}/cbc:TaxInclusiveAmount", "300.00")),
    ("BR-CO-16", EXEMPT, saying(f"{SUMS}/cbc:PayableAmount", "300.00")),
    ("BR-CO-18", EXEMPT, without("cac:TaxTotal/cac:TaxSubtotal")),
    ("BR-CO-25", EXEMPT, without("cbc:DueDate")),
    ("BR-DEC", EXEMPT, saying(f"{SUMS}/cbc:PayableAmount", "295.510")),
    ("BR-E-08", EXEMPT, saying(f"{ITEM}/cac:ClassifiedTaxCategory/cbc:ID", "S")),
    ("BR-E-02", EXEMPT, without(f"{SELLERS}/cac:PartyTaxScheme")),
    ("BR-E-05", EXEMPT, saying(f"{ITEM}/cac:ClassifiedTaxCategory/cbc:Percent", "25")),
    ("BR-E-10", EXEMPT, without(f"{CATEGORY}/cbc:TaxExemptionReason")),
    ("BR-O-08", OUTSIDE, saying(f"{ITEM}/cac:ClassifiedTaxCategory/cbc:ID", "E")),
    ("BR-O-02", OUTSIDE, lambda tree: tree.append(_scheme(tree))),
    ("BR-O-05", OUTSIDE, with_child(f"{ITEM}/cac:ClassifiedTaxCategory", "Percent", "0")),
    ("BR-O-10", OUTSIDE, without(f"{CATEGORY}/cbc:TaxExemptionReason")),
    ("PEPPOL-EN16931-R001", EXEMPT, without("cbc:ProfileID")),
    ("PEPPOL-EN16931-R003", EXEMPT, without("cbc:BuyerReference")),
    ("PEPPOL-EN16931-R004", EXEMPT, saying("cbc:CustomizationID", "urn:cen.eu:en16931:2017")),
    ("PEPPOL-EN16931-R008", EXEMPT, saying("cbc:BuyerReference", " ")),
    ("PEPPOL-EN16931-R010", EXEMPT, without(f"{BUYERS}/cbc:EndpointID")),
    ("PEPPOL-EN16931-R020", EXEMPT, without(f"{SELLERS}/cbc:EndpointID")),
    ("PEPPOL-EN16931-R051", EXEMPT, saying(f"{SUMS}/cbc:PayableAmount", "295.51", currencyID="EUR")),
    ("PEPPOL-EN16931-R120", EXEMPT, saying("cac:InvoiceLine/cbc:InvoicedQuantity", "3")),
    ("PEPPOL-EN16931-P0100", EXEMPT, saying("cbc:InvoiceTypeCode", "381")),
    ("BR-CL-04", EXEMPT, saying("cbc:DocumentCurrencyCode", "KR")),
    ("PEPPOL-EN16931-CL008", EXEMPT, saying(f"{BUYERS}/cbc:EndpointID", "1", schemeID="1234")),
    ("PEPPOL-EN16931-F001", EXEMPT, saying("cbc:IssueDate", "2 mars 2026")),
    ("PEPPOL-COMMON-R040", EXEMPT, saying(f"{BUYERS}/cbc:EndpointID", "7300010000002")),
    ("PEPPOL-COMMON-R049", EXEMPT, saying(f"{SELLERS}/cbc:EndpointID", "2120000143")),
    ("SE-R-001", EXEMPT, saying(f"{SELLERS}/cac:PartyTaxScheme/cbc:CompanyID", "SE2120000142")),
    ("SE-R-004", EXEMPT, saying(f"{SELLERS}/cac:PartyLegalEntity/cbc:CompanyID", "212000-0142")),
    ("SE-R-009", EXEMPT, saying("cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID", "5050-1055")),
    ("SE-R-012", EXEMPT, saying("cac:PaymentMeans/cbc:PaymentMeansCode", "31")),
    ("SE-R-013", EXEMPT, saying(f"{SELLERS}/cac:PartyLegalEntity/cbc:CompanyID", "2120000143")),
]


def _scheme(tree: ET.Element) -> ET.Element:
    """A VAT number put where it must not be."""
    scheme = ET.SubElement(nodes(tree, SELLERS)[0], f"{{{CAC}}}PartyTaxScheme")
    ET.SubElement(scheme, f"{{{CBC}}}CompanyID").text = "SE212000014201"
    return ET.Element(f"{{{CBC}}}Note")


@pytest.mark.parametrize(("code", "invoice", "change"), BREAKING, ids=[row[0] for row in BREAKING])
def test_each_rule_notices_when_it_is_broken(code: str, invoice: Invoice, change: Callable[[ET.Element], None]) -> None:
    tree = tree_of(invoice)
    change(tree)
    assert code in codes(tree)


def test_every_rule_is_tried_and_told_in_both_languages() -> None:
    assert [row[0] for row in BREAKING] == [rule.code for rule in RULES]
    assert all(rule.say("sv") != rule.say("en") and rule.say("sv").endswith(".") for rule in RULES)


def test_whoever_has_no_electronic_address_gets_no_electronic_invoice() -> None:
    assert codes(tree_of(replace(EXEMPT, buyer=replace(BUYER, address=None)))) == {"PEPPOL-EN16931-R010"}


def test_elements_stand_in_the_order_of_the_schema() -> None:
    order = [child.tag.partition("}")[2] for child in ET.fromstring(xml_of(EXEMPT))]
    assert order == [
        "CustomizationID",
        "ProfileID",
        "ID",
        "IssueDate",
        "DueDate",
        "InvoiceTypeCode",
        "DocumentCurrencyCode",
        "BuyerReference",
        "AccountingSupplierParty",
        "AccountingCustomerParty",
        "PaymentMeans",
        "TaxTotal",
        "LegalMonetaryTotal",
        "InvoiceLine",
        "InvoiceLine",
    ]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("7300010000001", "0088:7300010000001"),
        ("212000-0142", "0007:2120000142"),
        ("0088:7300010000001", "0088:7300010000001"),
        ("9906:IT12345", "9906:IT12345"),
        ("", "None"),
        ("doris@example.se", "None"),
    ],
)
def test_an_electronic_address_is_read_as_people_write_it(written: str, read: str) -> None:
    assert str(read_address(written)) == read


def test_check_digits() -> None:
    assert luhn_holds("2120000142") and not luhn_holds("2120000143") and not luhn_holds("21200001a2")
    assert gln_holds("7300010000001") and not gln_holds("7300010000002") and not gln_holds("730001000000")


def test_an_invoice_that_was_kept_is_the_same() -> None:
    assert from_json(to_json(EXEMPT)) == EXEMPT
