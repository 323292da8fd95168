"""Issued documents as files. What is simulated or cancelled says so on its face, and a cancelled one is not sent."""

from django.utils.translation import gettext as _
from django.utils.translation import override

from genklang.documents import ubl
from genklang.documents.printing import invoice_pdf
from genklang.documents.rules import broken
from genklang.operate import issuing
from genklang.operate.filed import Issued


def pdf_of(issued: Issued, *, void: bool | None = None) -> bytes:
    """The document as tagged PDF."""
    invoice = issuing.invoice_of(issued)
    return invoice_pdf(invoice, mark=_mark(issued, language=invoice.language, void=_is_void(issued, void)))


def xml_of(issued: Issued, *, void: bool | None = None) -> bytes | None:
    """The document as electronic invoice; None where it breaks a published rule, or is cancelled."""
    invoice = issuing.invoice_of(issued)
    if _is_void(issued, void) or broken(ubl.tree_of(invoice)):
        return None
    return ubl.xml_of(invoice, mark=_mark(issued, language=invoice.language, void=False))


def _is_void(issued: Issued, known: bool | None) -> bool:
    return issued.event in issuing.voided(issued.adoption) if known is None else known


def _mark(issued: Issued, *, language: str, void: bool) -> str:
    with override(language):
        marks = [_("Cancelled")] if void else []
        marks += [_("Simulated: nothing is to be paid")] if issued.adoption.simulated else []
        return " · ".join(marks)
