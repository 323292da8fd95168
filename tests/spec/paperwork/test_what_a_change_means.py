"""What a change of files, documents or a journey means for those who already take part."""

import pytest

from genklang.protocol.changes import changes_between
from genklang.protocol.reading import read_protocol
from tests.spec.paperwork.test_mistakes import BILLING

CHANGES = [
    ("key: number", "key: [number, day]", "semantic"),
    ("columns: {Belopp: amount}", "columns: {Summa: amount}", "future_only"),
    (", total: amount}", "}", "future_only"),
    ("price: amount", "price: amount * 2", "future_only"),
    ("due: 30 days", "due: 14 days", "future_only"),
    ("reference: number", "reference: name", "future_only"),
    ("logged: [row]", "logged: [row, invoiced]", "additive"),
    ("en: Invoice\n    on: row", "en: Bill\n    on: row", "additive"),
]


@pytest.mark.parametrize(("stood", "written", "impact"), CHANGES)
def test_a_change_means_what_it_should(stood: str, written: str, impact: str) -> None:
    assert BILLING.count(stood) == 1
    old = read_protocol(BILLING, file="old.yaml")
    new = read_protocol(BILLING.replace(stood, written), file="new.yaml")
    assert {change.impact for change in changes_between(old, new)} == {impact}
