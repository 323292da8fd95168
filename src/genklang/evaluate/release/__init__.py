"""Disclosure control: what may leave a municipality, and what an outsider could work out from it and the rest.

    entry = entry_of_histograms(parts, adoption="Umeå", outcome="home", at="2026-11-01")
    ledger = ledger.after(entry)      # raises EvaluationError when it would tell of too few

Only what is released is judged here; who may ask, and where the ledger is kept, is the shell's matter.
"""

from __future__ import annotations

from genklang.evaluate.release.ledger import Entry, Ledger, entry_of_histograms, entry_of_products
from genklang.evaluate.release.results import Released, release_finding
from genklang.evaluate.release.rules import Rules, check_histograms, release_products
from genklang.evaluate.release.standing import differing, marks_of, may_take_its_place
from genklang.evaluate.release.tables import Suppressed, suppress

__all__ = [
    "Entry",
    "Ledger",
    "Released",
    "Rules",
    "Suppressed",
    "check_histograms",
    "differing",
    "entry_of_histograms",
    "entry_of_products",
    "marks_of",
    "may_take_its_place",
    "release_finding",
    "release_products",
    "suppress",
]
