"""An enrolment that goes over to another version in the middle: the same in any order, and its past stands."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from genklang.engine import Event, Machine, current, from_json, to_json
from genklang.engine.time import DAY, HOUR
from genklang.engine.turning import TURNED
from genklang.protocol.types import Protocol
from tests.generative.test_engine_arrival import END, MACHINE, PROTOCOL, START, logs
from tests.spec.engine.runner import PureDriver


def with_changes(*, without: str, **changes: dict[str, Any]) -> Protocol:
    """The protocol with other keys in its expectations, and one of them gone."""
    data = PROTOCOL.model_dump(by_alias=True, mode="json", exclude_none=True)
    for name, keys in changes.items():
        kept = {key: one for key, one in data["expectations"].get(name, {}).items() if key not in keys}
        data["expectations"][name] = kept | {key: one for key, one in keys.items() if one is not None}
    del data["expectations"][without]
    return Protocol.model_validate(data, by_alias=True, by_name=False)


NEW = with_changes(
    without="contact",
    dose={"daily_at": ["09:00", "21:00"], "remind": [{"at": "10 min", "by": "device"}]},
    refill={"every": "1 day", "otherwise": {"alarm": "nurse", "escalate": [{"after": "1 h", "to": "manager"}]}},
    weigh={"every": "12 h", "when": None, "otherwise": None},
    answer={"in": "2 h", "otherwise": {"task": "manager"}},
    goal={"when": "alone"},
    again={
        "sv": "Igen", "en": "Again", "during": "active", "every": "10 h", "expect": "refilled", "within": "1 h",
        "otherwise": {"task": "nurse"},
    },
)  # fmt: skip
NEWER = Machine(NEW, zone="Europe/Stockholm")
turns = st.integers(1, 6 * 24).map(lambda hours: START + hours * HOUR)


def turned_at(at: int) -> Machine:
    return NEWER.after([(MACHINE, at)])


@given(logs(), turns, st.data())
@settings(max_examples=120)
def test_whatever_comes_late_after_the_turn_it_ends_as_if_it_had_come_in_order(
    log: list[Event], at: int, data: st.DataObject
) -> None:
    past = [event for event in log if event.occurred_at < at]
    late = data.draw(st.lists(st.sampled_from(past), unique_by=lambda event: event.id) if past else st.just([]))
    driver = PureDriver()
    driver.start(PROTOCOL, zone="Europe/Stockholm")
    for event in data.draw(st.permutations([event for event in past if event not in late])):
        driver.arrive(event)
    driver.tick(data.draw(st.integers(START, at - 1)))
    driver.machine = turned_at(at)
    driver._keep(driver.machine.turned(driver.state))
    for event in data.draw(st.permutations([event for event in log if event not in past or event in late])):
        driver.arrive(event)
    driver.tick(END)
    folded = driver.machine.fold("enrolment", log, until=END)
    assert to_json(driver.state) == to_json(folded.state)
    assert driver.facts == current(folded.facts)
    assert driver.alarms.keys() | driver.tasks.keys() == {due.id for due in folded.state.unanswered}
    assert from_json(to_json(folded.state)) == folded.state


@given(logs(), turns)
@settings(max_examples=80)
def test_what_was_settled_before_the_turn_stands(log: list[Event], at: int) -> None:
    past = [event for event in log if event.occurred_at < at]
    before = MACHINE.fold("enrolment", past, until=at - 1)
    step = turned_at(at).turned(before.state)
    already = {fact.due for fact in before.facts}
    assert {fact.due for fact in step.facts if fact.status != "cancelled"} <= already
    kept = {due.id: due for due in before.state.dues if due.target_at < at}
    for due in step.state.dues:
        assert due.id not in kept or due.target_at == kept[due.id].target_at
        assert due.id in kept or due.target_at >= at
    assert "contact" not in {track.name for track in step.state.tracks}


@given(logs(), turns)
@settings(max_examples=40)
def test_a_version_that_changes_nothing_changes_nothing(log: list[Event], at: int) -> None:
    same = Machine(PROTOCOL, zone="Europe/Stockholm").after([(MACHINE, at)])
    turned, whole = same.fold("enrolment", log, until=END), MACHINE.fold("enrolment", log, until=END)
    assert to_json(turned.state) == to_json(whole.state)
    assert current(turned.facts) == current(whole.facts)
    assert not any(TURNED in fact.due for fact in turned.facts)


def test_a_rhythm_keeps_its_beat_and_nothing_is_asked_for_the_past() -> None:
    """Every other day becomes every day: the next is counted from the last, and never before the turn."""
    log = [
        Event("enrolled", "enrolled", START, data={"dose_times": []}),
        Event("allocated", "allocated", START + HOUR, data={"arm": "usual"}),
        Event("r1", "refilled", START + 2 * DAY + HOUR),
    ]
    early, late = START + 2 * DAY + 10 * HOUR, START + 3 * DAY + 20 * HOUR
    for at, target in ((early, START + 3 * DAY), (late, late)):  # the clock is put forward that night
        state = turned_at(at).fold("enrolment", log, until=at).state
        [due] = [due for due in state.dues if due.expectation == "refill"]
        assert due.target_at == target
