"""What is printed is tagged PDF, that a screen reader can read, and the same file each time."""

import io
from dataclasses import replace
from typing import Any

import pytest
from pypdf import PdfReader

from genklang.documents.printing import amount, invoice_pdf
from tests.spec.paperwork.test_published_rules import EXEMPT


def root_of(reader: PdfReader) -> Any:
    """The file's root."""
    return reader.trailer["/Root"].get_object()


def tags(reader: PdfReader) -> set[str]:
    """The kinds of structure element that the file is tagged with."""
    found: set[str] = set()
    waiting = [root_of(reader)["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop().get_object()
        for one in node if isinstance(node, list) else [node]:
            held = one.get_object()
            if hasattr(held, "keys"):
                found |= {str(held["/S"])} if "/S" in held else set()
                waiting += [held["/K"]] if "/K" in held else []
    return found


@pytest.mark.parametrize(("language", "says"), [("sv", "Att betala"), ("en", "To pay")])
def test_an_invoice_is_tagged_and_in_its_language(language: str, says: str) -> None:
    reader = PdfReader(io.BytesIO(invoice_pdf(replace(EXEMPT, language=language))))
    root = root_of(reader)
    assert root["/MarkInfo"]["/Marked"].value and root["/Lang"] == language
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_object().get_data()
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/P"} <= tags(reader)
    text = reader.pages[0].extract_text()
    assert says in text and "VAC-1" in text and "5050-1055" in text
    assert len(reader.pages) == 1


def test_the_same_invoice_is_the_same_file() -> None:
    assert invoice_pdf(EXEMPT) == invoice_pdf(EXEMPT) != invoice_pdf(replace(EXEMPT, number="VAC-2"))


def test_amounts_are_written_as_the_language_does() -> None:
    assert amount(EXEMPT.total * 10, "sv") == "2\u00a0955,10"
    assert amount(EXEMPT.total * 10, "en") == "2,955.10"
    assert amount(EXEMPT.lines[1].price, "sv") == "10,005"
