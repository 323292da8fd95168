"""What is wrong with a network map is told at its place, with what to write: a table over one practice's protocol."""

from pathlib import Path

import pytest

from genklang.protocol.reading import ProtocolErrors, read_protocol

PRACTICE = Path(__file__).parents[3] / "practices" / "laholm-natverksutredning" / "protocol.yaml"
MAP = "network: {of: person_added, name: name, relation: relation, closeness: closeness, helps: can_help_with,"
TABLE = [
    (MAP, MAP.replace("person_added", "person_aded"), 'network, of: "person_aded" is no event. Did you mean'),
    (
        MAP,
        MAP.replace("name: name", "name: nam"),
        'network, name: "nam" is no field of the event. Did you mean "name"?',
    ),
    (
        MAP,
        MAP.replace("name: name", "name: closeness"),
        'network, name: "closeness" is integer. Name a field of type text.',
    ),
    (
        MAP,
        MAP.replace("closeness: closeness", "closeness: relation"),
        'network, closeness: "relation" is text. Name a field of type integer.',
    ),
    (
        "closeness: {type: integer, min: 1, max: 3",
        "closeness: {type: integer, min: 1, max: 5",
        'network, closeness: "closeness" does not go from 1 to 3. Write min: 1 and max: 3 for the field.',
    ),
    (
        "removed: person_removed",
        "removed: closed",
        'network, removed: "closed" does not point at anybody on the map. Give it a field, for example who:',
    ),
]


@pytest.mark.parametrize(("old", "new", "says"), TABLE, ids=[row[2][:40] for row in TABLE])
def test_a_mistake_in_a_network_map_is_told(old: str, new: str, says: str) -> None:
    text = PRACTICE.read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(ProtocolErrors) as raised:
        read_protocol(text.replace(old, new), file="protocol.yaml")
    assert says in " ".join(str(problem) for problem in raised.value.problems)
    assert len(raised.value.problems) == 1
