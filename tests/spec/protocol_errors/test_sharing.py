"""What is said of places, and of events that pass, where something is wrong with them."""

import pytest

from genklang.protocol.reading import ProtocolErrors, read_protocol
from tests.web.operate_sharing.conftest import BEDS, NEIGHBOURS

WHO = NEIGHBOURS[NEIGHBOURS.index("      who:") : NEIGHBOURS.index("  agreed:")]
MISTAKES = [
    (BEDS, "waiting: queue", "waiting: quue", '"quue" is no stage. Did you mean "queue"?'),
    (BEDS, "holding: ward", "holding: [ward, queue]", '"queue" both waits for the place and holds it. Name it in one'),
    (BEDS, "holding: ward", "holding: [ward, home]", 'Nobody leaves "home", so its places would never be free again.'),
    (BEDS, "gives: admitted", "gives: discharged", '"discharged" is what the system records, and it may not.'),
    (BEDS, "gives: admitted", "gives: withdrew", '"withdrew" does not move from "queue" to a stage that holds the'),
    (BEDS, "by: system, moves", "when: town = 'east', by: system, moves", '"admitted" has a condition.'),
    (BEDS, "    capacity: 2\n", "", "There is no limit. Write capacity: 26, or starts: 20 with per: 1 year."),
    (
        BEDS,
        "    capacity: 2\n",
        "    starts: 2\n",
        "starts and per belong together. Write both, for example starts: 20",
    ),
    (BEDS, "    capacity: 2\n", "    capacity: 1\n", "The shares own 2 places together, and there are 1."),
    (BEDS, "shared_by: town", "shared_by: twon", '"twon" is no fact of type choice. Did you mean "town"?'),
    (BEDS, "    shared_by: town\n", "", "Nothing says whose share one belongs to. Write shared_by: and a fact."),
    (BEDS, "shares: {east:", "shares: {eats:", '"eats" is no answer of town. Did you mean "east"?'),
    (BEDS, "    borrowing: true", "    first: town", '"town" is text, where number is wanted.'),
    (
        NEIGHBOURS,
        "{to: offer, as: asked_of}",
        "{to: ofer, as: asked_of}",
        '"ofer" is no field of type participant or ref',
    ),
    (NEIGHBOURS, "{to: offer, as: asked_of}", "{to: offer, as: askd_of}", '"askd_of" is no event. Did you mean'),
    (NEIGHBOURS, "{to: offer, as: asked_of}", "{to: offer, as: offered}", '"offered" is what the system records'),
    (NEIGHBOURS, "{to: offer, as: asked_of}", "{to: offer, as: offered}", '"offered" asks for "what", which does not'),
    (NEIGHBOURS, WHO, "", '"request" refers to "asked_of", which leads to nobody else.'),
]


@pytest.mark.parametrize("text", [BEDS, NEIGHBOURS], ids=["beds", "neighbours"])
def test_without_a_mistake_nothing_is_said(text: str) -> None:
    protocol = read_protocol(text, file="p.yaml")
    assert protocol.places or any(kind.passes for kind in protocol.events.values())


@pytest.mark.parametrize(("text", "right", "wrong", "says"), MISTAKES, ids=[case[2].strip()[:40] for case in MISTAKES])
def test_the_mistake_is_told(text: str, right: str, wrong: str, says: str) -> None:
    assert right in text
    with pytest.raises(ProtocolErrors) as raised:
        read_protocol(text.replace(right, wrong, 1), file="p.yaml")
    assert any(says in str(problem) for problem in raised.value.problems), [*map(str, raised.value.problems)]
