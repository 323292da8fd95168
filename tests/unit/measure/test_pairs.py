"""Measurements in pairs: the same people before and after, and several who answer in one enrolment."""

from typing import Any

import pytest

from genklang import evaluate
from genklang.engine import Event, Machine, parse_instant
from genklang.measure.study import study_table
from genklang.measure.tables import Record, Tables
from genklang.protocol.types import Protocol
from tests.spec.engine.runner import protocol_from

HORIZON = parse_instant("2026-06-01T00:00:00Z")
RATING = {"by": "person", "fields": {"who": {"type": "text"}, "score": {"type": "integer"}}}


def protocol(**outcome: Any) -> Protocol:
    """One outcome, rated at the start and at the end."""
    return protocol_from(
        {
            "stages": {"active": {}},
            "events": {"began": RATING, "ended": RATING},
            "study": {
                "design": "before_after",
                "question": {"sv": "Hjälper det?", "en": "Does it help?"},
                "outcomes": {
                    "score": {
                        "sv": "Betyg",
                        "en": "Score",
                        "of": "ended",
                        "value": "avg(score)",
                        "better": "higher",
                        "before": {"of": "began", "value": "avg(score)"},
                        **outcome,
                    }
                },
            },
        }
    )


def table(declared: Protocol, *lives: dict[str, dict[str, int]]) -> dict[str, list[Any]]:
    """The study's table; a life is what each answered: {"began": {"mother": 3}, "ended": {"mother": 5}}."""
    records = []
    for number, life in enumerate(lives):
        start = parse_instant("2026-01-01T12:00:00Z")
        events = [Event("0", "enrolled", start)]
        for kind, answers in life.items():
            for who, score in answers.items():
                start += 3_600_000_000
                events.append(Event(f"{kind}-{who}", kind, start, data={"who": who, "score": score}, by="person"))
        step = Machine(declared, zone="Europe/Stockholm").fold(str(number), events, until=HORIZON)
        assert not step.held
        records.append(Record(str(number), events, step.facts, step.state))
    return study_table(declared, Tables(declared, records, zone="Europe/Stockholm", horizon=HORIZON))


def test_each_has_a_measurement_before_and_one_after() -> None:
    made = table(
        protocol(),
        {"began": {"me": 3}, "ended": {"me": 6}},
        {"began": {"me": 4}},
        {"ended": {"me": 5}},
        {},
    )
    assert made["score_before"] == [3, 4, None, None]
    assert made["score"] == [6, None, 5, None]


@pytest.mark.parametrize(
    ("life", "before", "after"),
    [
        ({"began": {"mother": 2, "child": 4}, "ended": {"mother": 5, "child": 7}}, 3, 6),
        ({"began": {"mother": 2, "child": 9}, "ended": {"mother": 5}}, 2, 5),
        ({"began": {"mother": 2}, "ended": {"child": 9}}, 2, None),
        ({"began": {"mother": 2, "child": 4}}, 3, None),
        ({}, None, None),
    ],
)
def test_those_who_answered_both_times_are_compared_with_themselves(
    life: dict[str, dict[str, int]], before: float | None, after: float | None
) -> None:
    made = table(protocol(each="who"), life)
    assert (made["score_before"], made["score"]) == ([before], [after])


def test_without_each_all_answers_weigh_alike() -> None:
    made = table(protocol(), {"began": {"mother": 2, "child": 9}, "ended": {"mother": 5}})
    assert (made["score_before"], made["score"]) == ([5.5], [5])


def test_the_finding_compares_those_with_both_and_says_what_the_others_lack() -> None:
    lives = [{"began": {"me": 3}, "ended": {"me": 3 + gain}} for gain in (1, 2, 3, 2)]
    made = table(protocol(), *lives, {"began": {"me": 1}}, {"ended": {"me": 9}}, {})
    finding = evaluate.evaluate_table(made, design="before_after", outcome="score", before="score_before")
    assert finding.estimate.value == 2
    assert finding.flow
    [everybody] = finding.flow.arms
    assert (everybody.allocated, everybody.analysed) == (7, 4)
    assert [(loss.reason.en, loss.n) for loss in everybody.lost] == [
        ("no measurement after", 1),
        ("no measurement before", 1),
        ("never measured", 1),
    ]
