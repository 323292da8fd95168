"""Events that pass: to whom, under which id, with what; and that taking them back passes too."""

from typing import Any

from genklang.engine import Event
from genklang.engine.shared import Delivery, Told, passed, passed_id
from tests.spec.engine.runner import protocol_from

PROTOCOL = protocol_from(
    {
        "stages": {"in": {}, "out": {"final": True}},
        "events": {
            "ended": {"by": "person", "moves": ["in", "out"]},
            "offered": {"by": "person", "fields": {"what": {"type": "text"}}},
            "asked": {
                "by": "person",
                "fields": {
                    "offer": {"type": "reference", "of": "offered", "whose": "others"},
                    "words": {"type": "text", "required": False},
                },
                "passes": {"to": "offer", "as": "asked_of"},
            },
            "asked_of": {
                "by": "system",
                "fields": {
                    "offer": {"type": "reference", "of": "offered"},
                    "whom": {"type": "participant"},
                    "words": {"type": "text", "required": False},
                    "reply": {"type": "reference", "of": "asked", "whose": "others"},
                },
            },
            "agreed": {
                "by": "person",
                "fields": {"request": {"type": "reference", "of": "asked_of"}},
                "passes": {"to": "request", "as": "agreed_to"},
            },
            "agreed_to": {
                "by": "system",
                "fields": {"reply": {"type": "reference", "of": "agreed", "whose": "others"}},
            },
        },
    }
)


class Log:
    """A directory of what has been told so far."""

    def __init__(self, *told: Told) -> None:
        self._events = {one.event.id: one for one in told}
        self._enrolments = {one.enrolment for one in told}

    def told(self, event: str) -> Told | None:
        return self._events.get(event)

    def has(self, enrolment: str) -> bool:
        return enrolment in self._enrolments


def event(id: str, kind: str, **data: Any) -> Event:
    return Event(id, kind, 1000, "person", data)


OFFER = Told("anna", event("o1", "offered", what="a cake"))
ASKED = Told("bo", event("r1", "asked", offer="o1", words="please"))


def only(deliveries: tuple[Delivery, ...]) -> Delivery:
    [delivery] = deliveries
    return delivery


def test_a_reference_to_anothers_event_reaches_whose_it_is() -> None:
    there = only(passed(PROTOCOL, "bo", ASKED.event, Log(OFFER)))
    assert (there.enrolment, there.event.id, there.event.by) == ("anna", "r1>", "system")
    assert there.event.data == {"offer": "o1", "whom": "bo", "words": "please", "reply": "r1"}


def test_an_answer_goes_back_to_where_the_question_came_from() -> None:
    there = only(passed(PROTOCOL, "bo", ASKED.event, Log(OFFER)))
    log = Log(OFFER, ASKED, Told("anna", there.event))
    answer = only(passed(PROTOCOL, "anna", event("a1", "agreed", request="r1>"), log))
    assert (answer.enrolment, answer.event.kind, answer.event.data) == ("bo", "agreed_to", {"reply": "a1"})


def test_taking_it_back_passes_and_so_does_taking_that_back() -> None:
    log = Log(OFFER, ASKED)
    taken = event("v1", "voided", event="r1")
    back = only(passed(PROTOCOL, "bo", taken, log))
    assert (back.enrolment, back.event.kind, back.event.data) == ("anna", "voided", {"event": "r1>"})
    again = only(passed(PROTOCOL, "bo", event("v2", "voided", event="v1"), Log(OFFER, ASKED, Told("bo", taken))))
    assert again.event.data == {"event": back.event.id}


def test_what_leads_nowhere_passes_nothing() -> None:
    assert passed(PROTOCOL, "bo", event("r2", "asked", offer="no-such"), Log(OFFER)) == ()
    assert passed(PROTOCOL, "anna", event("r3", "asked", offer="o1"), Log(OFFER)) == ()
    assert passed(PROTOCOL, "anna", OFFER.event, Log()) == ()


def test_ids_stay_short_enough_to_keep() -> None:
    name = "e" * 199
    for _ in range(5):
        name = passed_id(name)
        assert len(name) <= 200
    assert passed_id("x" * 300) != passed_id("x" * 301)


def test_what_an_own_event_that_it_refers_to_carries_goes_along() -> None:
    protocol = protocol_from(
        {
            "stages": {"in": {}},
            "events": {
                "asked": {"by": "person"},
                "took": {
                    "by": "person",
                    "fields": {
                        "request": {"type": "reference", "of": "asked", "whose": "others"},
                        "words": {"type": "text"},
                    },
                    "passes": {"to": "request", "as": "told"},
                },
                "did": {
                    "by": "person",
                    "fields": {"errand": {"type": "reference", "of": "took"}, "words": {"type": "text"}},
                    "passes": {"to": "errand", "as": "told"},
                },
                "told": {
                    "by": "system",
                    "fields": {"request": {"type": "reference", "of": "asked"}, "words": {"type": "text"}},
                },
            },
        }
    )
    asked, took = event("a", "asked"), event("t", "took", request="a", words="I'll come")
    did = event("d", "did", errand="t", words="Here it is")
    [delivery] = passed(protocol, "B", did, Log(Told("A", asked), Told("B", took), Told("B", did)))
    assert (delivery.enrolment, delivery.event.data) == ("A", {"request": "a", "words": "Here it is"})
