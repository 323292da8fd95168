"""What a step hands to its shell: effects, keys, the stage at the target, draws; and what it refuses."""

import pytest

from genklang.engine import (
    Allocate,
    CloseAlarm,
    Effect,
    EscalateAlarm,
    Event,
    Machine,
    Notify,
    OutOfOrder,
    RaiseAlarm,
    State,
    from_json,
    parse_instant,
    to_json,
)
from genklang.engine.types import Step
from tests.spec.engine.runner import protocol_from

PROTOCOL = protocol_from(
    {
        "facts": {"old": {"type": "boolean"}, "area": {"type": "text"}},
        "eligible": "old",
        "stages": {"applied": {}, "active": {}, "ended": {"final": True}},
        "events": {
            "consented": {"by": "person"},
            "dose_taken": {"by": "device"},
            "ended": {"by": "nurse", "moves": [["applied", "ended"], ["active", "ended"]]},
        },
        "randomise": {
            "after": "consented",
            "arms": {"a": {}, "b": {}},
            "strata": ["old", "area"],
            "moves": ["applied", "active"],
        },
        "expectations": {
            "dose": {
                "daily_at": ["08:00"],
                "expect": "dose_taken",
                "within": "60 min",
                "remind": [{"at": "0 min", "by": "device"}, {"at": "30 min", "by": "sms", "to": "person"}],
                "otherwise": {"alarm": "nurse", "escalate": [{"after": "15 min", "to": "on_call"}]},
            }
        },
    }
)
MACHINE = Machine(PROTOCOL, zone="Europe/Stockholm")
DUE = "dose/2026-03-02T08:00"


def at(clock: str, day: str = "2026-03-02") -> int:
    return parse_instant(f"{day}T{clock}:00+01:00")


def enrolled(**facts: object) -> State:
    return MACHINE.step(MACHINE.begin("one"), Event("start", "enrolled", at("07:00"), data=facts)).state


def test_time_brings_reminders_then_the_alarm_then_its_escalation() -> None:
    state = enrolled()
    seen: list[Effect] = []
    while (deadline := MACHINE.next_deadline(state)) and deadline <= at("12:00"):
        step = MACHINE.advance(state, deadline)
        state = step.state
        seen += step.effects
    assert seen == [
        Notify(DUE, "device", None, at("08:00"), at("09:00")),
        Notify(DUE, "sms", "person", at("08:30"), at("09:00")),
        RaiseAlarm(DUE, "dose", "nurse", at("09:00")),
        EscalateAlarm(DUE, "on_call", 1, at("09:15")),
    ]


def test_a_reminder_of_long_ago_is_dropped() -> None:
    step = MACHINE.advance(enrolled(), at("08:35"))
    assert [effect.key for effect in step.effects] == [f"notify/{DUE}/sms/person/{at('08:30')}"]


def test_a_dose_taken_stops_the_reminders() -> None:
    state = MACHINE.step(enrolled(), Event("d", "dose_taken", at("08:10"))).state
    assert MACHINE.advance(state, at("12:00")).effects == ()


def test_a_late_event_closes_the_alarm_and_says_why() -> None:
    start = Event("start", "enrolled", at("07:00"))
    state = MACHINE.advance(enrolled(), at("09:20")).state
    step = MACHINE.apply(state, Event("d", "dose_taken", at("08:40")), history=lambda: [start])
    assert step.refolded
    assert step.effects == (CloseAlarm(DUE, "met", at("09:20")),)
    assert [(fact.status, fact.minutes_late) for fact in step.facts] == [("met", 40.0)]


def test_voiding_the_dose_raises_the_alarm_again_as_far_as_it_would_have_come() -> None:
    log = [Event("start", "enrolled", at("07:00")), Event("d", "dose_taken", at("08:40"))]
    state = MACHINE.fold("one", log, until=at("09:20")).state
    step = MACHINE.apply(state, Event("v", "voided", at("09:30"), data={"event": "d"}), history=lambda: log)
    assert [effect.key for effect in step.effects] == [f"alarm/{DUE}", f"alarm/{DUE}/1"]
    assert step.facts[0].status == "missed"


def test_facts_that_no_longer_stand_are_named() -> None:
    start = Event("start", "enrolled", at("07:00"))
    state = MACHINE.advance(enrolled(), at("10:00", "2026-03-03")).state
    step = MACHINE.apply(state, Event("end", "ended", at("07:30")), history=lambda: [start])
    assert set(step.withdrawn) == {DUE, "dose/2026-03-03T08:00"}
    assert {(type(effect), effect.reason) for effect in step.effects if isinstance(effect, CloseAlarm)} == {
        (CloseAlarm, "withdrawn")
    }


def test_a_step_out_of_order_is_refused() -> None:
    state = MACHINE.advance(enrolled(), at("09:00")).state
    for event in (Event("d", "dose_taken", at("08:40")), Event("v", "voided", at("10:00"), data={"event": "d"})):
        with pytest.raises(OutOfOrder):
            MACHINE.step(state, event)


def test_an_event_that_nothing_explains_is_held() -> None:
    assert MACHINE.step(enrolled(), Event("x", "unheard_of", at("08:00"))).held == ("x",)
    assert MACHINE.step(MACHINE.begin("one"), Event("x", "dose_taken", at("08:00"))).held == ("x",)


def test_time_passed_as_an_event_is_time_passing() -> None:
    tick = Event("t", "time_passed", at("09:00"))
    assert MACHINE.step(enrolled(), tick) == MACHINE.advance(enrolled(), at("09:00"))


def consent(state: State) -> Step:
    return MACHINE.step(state, Event("c", "consented", at("07:30")))


def test_an_eligible_participant_is_drawn_for() -> None:
    step = consent(enrolled(old=True, area="north"))
    assert step.effects == (Allocate(("true", "north"), at("07:30"), "c", 1),)


@pytest.mark.parametrize("facts", [{}, {"old": False}])
def test_nobody_is_drawn_for_who_is_not_known_to_be_eligible(facts: dict[str, object]) -> None:
    assert consent(enrolled(**facts)).effects == ()


def test_what_was_drawn_comes_back_as_an_event() -> None:
    step = consent(enrolled(old=True))
    (effect,) = step.effects
    assert isinstance(effect, Allocate)
    drawn = MACHINE.step(step.state, MACHINE.allocation(effect, arm="a"))
    assert (drawn.state.arm, drawn.state.stage, drawn.held) == ("a", "active", ())
    again = MACHINE.step(drawn.state, Event("c2", "consented", at("07:40")))
    assert again.effects == ()


def test_a_consent_known_late_asks_for_the_draw_once() -> None:
    start = Event("start", "enrolled", at("07:00"), data={"old": True})
    state = MACHINE.advance(enrolled(old=True), at("10:00")).state
    step = MACHINE.apply(state, Event("c", "consented", at("07:30")), history=lambda: [start])
    assert [effect.key for effect in step.effects] == ["allocate/c"]


def test_a_fact_keeps_the_stage_and_arm_of_its_target() -> None:
    state = MACHINE.advance(enrolled(old=True), at("08:10")).state
    state = MACHINE.step(state, Event("c", "consented", at("08:20"))).state
    state = MACHINE.step(state, Event("c:a", "allocated", at("08:20"), data={"arm": "a"}, sequence=1)).state
    state = from_json(to_json(state))
    (missed,) = MACHINE.advance(state, at("09:00")).facts
    assert (missed.stage, missed.arm) == ("applied", None)
    tomorrow = MACHINE.advance(state, at("09:00", "2026-03-03")).facts[-1]
    assert (tomorrow.stage, tomorrow.arm) == ("active", "a")


@pytest.mark.parametrize(("facts", "answer"), [({"old": True}, True), ({"old": False}, False), ({}, None)])
def test_eligible_is_yes_no_or_not_known(facts: dict[str, object], answer: bool | None) -> None:
    assert MACHINE.eligible(facts) is answer


def test_a_state_of_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="format"):
        from_json(to_json(enrolled()).replace("[2,", "[9,", 1))


@pytest.mark.parametrize("text", ["", "{}", "[2,", "[2,[]]", '[2,["one",7]]', "[2,{}]"])
def test_what_is_no_state_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a state"):
        from_json(text)


def test_until_leaves_later_events_aside() -> None:
    log = [Event("start", "enrolled", at("07:00")), Event("end", "ended", at("07:30"))]
    assert MACHINE.fold("one", log, until=at("07:10")).state.stage == "applied"
