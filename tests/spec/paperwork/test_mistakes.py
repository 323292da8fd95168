"""Every mistake in files, documents and a journey is told where it stands, with what to write instead."""

from pathlib import Path

import pytest

from genklang.protocol.reading import ProtocolErrors, read_protocol

BILLING = (Path(__file__).parent / "billing.yaml").read_text(encoding="utf-8")
MISTAKES = [
    ("rows: row, key", "rows: rew, key", '"rew" is no event. Did you mean "row"?'),
    ("key: number,", "key: [number, nombre],", '"nombre" is no field of the event. Did you mean "number"?'),
    ("key: number,", "key: address,", '"address" may be left empty, so it does not tell rows apart'),
    ("Belopp: amount", "Belopp: amont", '"amont" is no field of the event'),
    ("total: amount}", "total: day}", '"day" is date. Name a field of type integer or number.'),
    ("by: [clerk, system]", "by: system", "Nobody may hand it in"),
    ("on: row\n", "on: raw\n", '"raw" is no event'),
    ("made: invoiced", "made: told", '"told" is not reported by system'),
    ("total: {type: number,", "total: {type: text,", '"total" of "invoiced" is text. Write type: number'),
    ("total: {type: number,", "sum: {type: number,", 'Nothing fills in "sum" of "invoiced"'),
    ("name: name,", "name: amount,", '"amount" is number. Name a field of type text.'),
    ("price: amount", "price: amunt", 'Did you mean "amount"?'),
    ("price: amount", "price: name", '"name" is text, where number is wanted'),
    ("when: amount > 4000", "when: amount", '"amount" is number, where boolean is wanted'),
    ("due: 30 days", "due: soon", '"soon" is no duration'),
    ("step: what", "step: again", '"again" is integer. Name a field of type text.'),
    ("when: on,", "when: what,", '"what" is text. Name a field of type date or instant.'),
    ("feeling: felt", "feeling: again", '"again" does not go from -2 to 2'),
    ("logged: [row]", "logged: [rew]", '"rew" is no event'),
]


def test_the_example_has_no_mistake() -> None:
    protocol = read_protocol(BILLING, file="billing.yaml")
    assert protocol.files["rows"].key == ["number"]
    assert protocol.documents["invoice"].tax == "exempt"


@pytest.mark.parametrize(("stood", "written", "says"), MISTAKES)
def test_the_mistake_is_told(stood: str, written: str, says: str) -> None:
    assert stood in BILLING
    with pytest.raises(ProtocolErrors) as raised:
        read_protocol(BILLING.replace(stood, written, 1), file="billing.yaml")
    assert any(says in str(problem) for problem in raised.value.problems), str(raised.value)
