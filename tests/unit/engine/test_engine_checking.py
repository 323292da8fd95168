"""The door: what is refused, in which words, and how fields are read from JSON and from what people write."""

from typing import Any

import pytest

from genklang.engine import Event, Machine, State, parse_instant
from genklang.engine.problems import _WORDS
from tests.spec.engine.runner import protocol_from

YES = {"sv": "ja", "en": "yes"}
FIELDS = {
    "agrees": {"type": "boolean"},
    "visits": {"type": "integer", "min": 1, "max": 9, "required": False},
    "hours": {"type": "number", "required": False},
    "day": {"type": "date", "required": False},
    "clock": {"type": "time", "required": False},
    "clocks": {"type": "times", "required": False},
    "start": {"type": "instant", "required": False},
    "why": {"type": "choice", "required": False, "options": {"own_wish": {"sv": "Egen vilja", "en": "Own wish"}}},
    "words": {"type": "text", "required": False},
}
PROTOCOL = protocol_from(
    {
        "facts": {"dose_times": {"type": "times"}},
        "stages": {"active": {"sv": "Aktiv"}, "ended": {"final": True}},
        "events": {
            "asked": {"by": "nurse", "fields": FIELDS},
            "trained": {"by": "nurse", "when": "arm = 'a'"},
            "billed": {"by": "nurse", "when": "kronor < 500", "fields": {"kronor": {"type": "number"}}},
            "ended": {"by": "nurse", "moves": ["active", "ended"]},
        },
        "expectations": {
            "asking": {"daily_at": ["08:00"], "expect": "asked", "within": "1 h", "otherwise": {"task": "nurse"}}
        },
    }
)
MACHINE = Machine(PROTOCOL, zone="Europe/Stockholm")
NOON = parse_instant("2026-03-02T12:00:00+01:00")
START = Event("start", "enrolled", NOON - 10)
ACTIVE: State = MACHINE.step(MACHINE.begin("one"), START).state


def codes(kind: str, *, by: str = "", state: State = ACTIVE, at: int = NOON, **data: Any) -> list[str]:
    event = Event("x", kind, at, by, data)
    return [problem.code for problem in MACHINE.check(state, event, history=lambda: [START], now=NOON)]


@pytest.mark.parametrize(
    ("field", "given", "read"),
    [
        ("agrees", True, True),
        ("agrees", "Ja", True),
        ("agrees", "no", False),
        ("visits", "3", 3),
        ("visits", 3.0, 3),
        ("hours", "2,5", 2.5),
        ("hours", 3, 3),
        ("day", "2026-03-29", "2026-03-29"),
        ("clock", "8:00", "08:00"),
        ("clocks", "20:00, 08:00", ["08:00", "20:00"]),
        ("clocks", ["08:00"], ["08:00"]),
        ("start", "2026-03-29T08:05:00+02:00", "2026-03-29T06:05:00Z"),
        ("why", "own_wish", "own_wish"),
        ("why", "Egen vilja", "own_wish"),
        ("words", " ord ", "ord"),
    ],
)
def test_fields_are_read_as_their_types(field: str, given: Any, read: Any) -> None:
    coerced = MACHINE.coerce("asked", {"agrees": True, field: given})
    assert coerced.problems == []
    assert coerced.data[field] == read
    assert type(coerced.data[field]) is type(read)


@pytest.mark.parametrize(
    ("field", "given", "code"),
    [
        ("agrees", "kanske", "wrong_value"),
        ("agrees", "", "missing_field"),
        ("visits", "2.5", "wrong_value"),
        ("visits", True, "wrong_value"),
        ("visits", 0, "too_low"),
        ("visits", 10, "too_high"),
        ("hours", "många", "wrong_value"),
        ("hours", "nan", "wrong_value"),
        ("day", "29/3", "wrong_value"),
        ("clock", "25:00", "wrong_value"),
        ("clocks", "08:00, sen", "wrong_value"),
        ("clocks", 8, "wrong_value"),
        ("start", "2026-03-29T08:05:00", "wrong_value"),
        ("why", "because", "wrong_value"),
        ("words", {"a": 1}, "wrong_value"),
        ("unheard", 1, "unknown_field"),
    ],
)
def test_what_cannot_be_read_is_a_problem(field: str, given: Any, code: str) -> None:
    coerced = MACHINE.coerce("asked", {"agrees": True, field: given})
    assert [problem.code for problem in coerced.problems] == [code]
    assert coerced.problems[0].field == field


def test_all_problems_come_at_once() -> None:
    assert codes("asked", by="device", visits=99, unheard=1) == [
        "wrong_role",
        "unknown_field",
        "missing_field",
        "too_high",
    ]


def test_what_is_right_is_let_in() -> None:
    assert codes("asked", by="nurse", agrees=True) == []
    assert codes("stated", dose_times=["08:00"]) == []
    assert codes("ended") == []


@pytest.mark.parametrize(
    ("kind", "data", "code"),
    [
        ("unheard_of", {}, "unknown_event"),
        ("trained", {}, "condition_not_met"),
        ("enrolled", {}, "already_enrolled"),
        ("acknowledged", {"due": "asking/2026-03-02T08:00"}, "unknown_due"),
        ("allocated", {"arm": "c"}, "unknown_arm"),
        ("stated", {"shoe_size": 41}, "unknown_field"),
        ("stated", {"dose_times": "now and then"}, "wrong_value"),
    ],
)
def test_what_cannot_happen_is_refused(kind: str, data: dict[str, Any], code: str) -> None:
    assert codes(kind, **data) == [code]


def test_what_the_stage_forbids_is_refused_and_says_where_it_may_happen() -> None:
    ended = MACHINE.step(ACTIVE, Event("end", "ended", NOON)).state
    (problem,) = MACHINE.check(ended, Event("x", "asked", NOON + 1, data={"agrees": True}))
    assert problem.say("en") == 'event "asked": it cannot happen in the stage "ended". It can happen in: active.'
    assert problem.say("sv") == 'händelsen "asked": det kan inte hända i läget "ended". Det kan hända i: Aktiv.'


def test_wrong_fields_do_not_hide_that_the_stage_forbids_it() -> None:
    ended = MACHINE.step(ACTIVE, Event("end", "ended", NOON)).state
    problems = MACHINE.check(ended, Event("x", "asked", NOON + 1, data={"agrees": "perhaps"}))
    assert [problem.code for problem in problems] == ["wrong_value", "stage_forbids"]


def test_a_condition_is_asked_of_what_was_read_not_of_what_was_written() -> None:
    assert codes("billed", kronor="275,50") == []
    assert codes("billed", kronor="1000") == ["condition_not_met"]


def test_before_the_enrolment_is_refused() -> None:
    assert codes("asked", state=MACHINE.begin("one"), agrees=True) == ["not_enrolled"]
    assert codes("asked", at=NOON - 60_000_000, agrees=True) == ["not_enrolled"]


def test_a_late_event_is_judged_by_how_things_stood_then() -> None:
    log = [START, Event("end", "ended", NOON)]
    ended = MACHINE.fold("one", log).state
    late = Event("x", "asked", NOON - 5, data={"agrees": True})
    assert MACHINE.check(ended, late, history=lambda: log) == []


def test_the_future_is_refused_beyond_a_bound() -> None:
    assert codes("asked", at=NOON + 4 * 60_000_000, agrees=True) == []
    assert codes("asked", at=NOON + 6 * 60_000_000, agrees=True) == ["from_future"]


def test_an_event_needs_an_id() -> None:
    assert [problem.code for problem in MACHINE.check(ACTIVE, Event("", "ended", NOON))] == ["no_id"]


@pytest.mark.parametrize("code", sorted(_WORDS))
def test_every_problem_is_worded_in_both_languages(code: str) -> None:
    assert {"sv", "en"} == _WORDS[code].keys()
    assert all(wrong and instead.endswith(".") for wrong, instead in _WORDS[code].values())
