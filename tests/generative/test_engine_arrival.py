"""Whatever order events arrive in, however often, whenever time passes: the same state, facts and open alarms."""

import json
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from genklang.engine import Event, Machine, OutcomeFact, State, current, from_json, to_json
from genklang.engine.time import DAY, HOUR, MINUTE, to_instant
from tests.spec.engine.runner import PureDriver, protocol_from

MEMBER = {"member": True}
FALLING = "last(points) < first(points)"
PROTOCOL = protocol_from(
    {
        "roles": {
            "person": {"participant": True},
            "nurse": {},
            "on_call": {},
            "manager": {},
            "child": {"member": True},
        },
        "facts": {"dose_times": {"type": "times"}, "alone": {"type": "boolean"}},
        "stages": {"applied": {}, "active": {}, "paused": {}, "ended": {"final": True}},
        "events": {
            "consented": {"by": "person", "during": ["applied", "active"]},
            "assessed": {"by": "nurse", "fields": {"alone": {"type": "boolean", "states": "alone"}}},
            "dose_taken": {"by": "device", "during": "active"},
            "refilled": {"by": "nurse", "fields": {"full": {"type": "boolean", "required": False}}},
            "booked": {"by": "person", "fields": {"booking": {"type": "text"}}},
            "accepted": {"by": "nurse", "fields": {"booking": {"type": "text"}}},
            "goal_set": {"by": "nurse", "fields": {"until": {"type": "date", "required": False}}},
            "goals_reached": {
                "by": "nurse",
                "fields": {"goals": {"type": "reference", "of": "goal_set", "many": True}},
                "requires": "answer",
            },
            "child_answered": {"by": "child", "fields": {"who": {"type": "member"}}},
            "marked": {"by": "nurse", "fields": {"points": {"type": "integer"}}},
            "paused": {"by": "nurse", "moves": ["active", "paused"]},
            "resumed": {"by": "nurse", "moves": ["paused", "active"]},
            "ended": {"by": "nurse", "moves": [["applied", "ended"], ["active", "ended"], ["paused", "ended"]]},
        },
        "randomise": {
            "after": "consented",
            "arms": {"trained": {}, "usual": {}},
            "moves": ["applied", "active"],
        },
        "signals": {
            "falling": {"of": "marked", "latest": 3, "over": "2 days", "value": "last(points) < first(points)"}
        },
        "draws": {"sampled": {"after": "marked", "share": 0.5}},
        "expectations": {
            "goal": {
                "after": "goal_set",
                "at": "until",
                "matching": "goals",
                "expect": "goals_reached",
                "within": "1 day",
                "remind": [{"at": "6 h", "by": "page", "to": "nurse"}],
                "otherwise": {"task": "nurse"},
            },
            "voice": {
                "after": ["marked", "member_joined"],
                "each": "child",
                "expect": "child_answered",
                "within": "1 day",
                "otherwise": {"alarm": "nurse", "escalate": [{"after": "15 min", "to": "on_call"}]},
            },
            "talk": {
                "during": "active",
                "after": ["falling", "sampled"],
                "in": "1 h",
                "expect": "accepted",
                "within": "1 day",
                "otherwise": {"task": "nurse"},
            },
            "dose": {
                "during": "active",
                "daily_at": "dose_times",
                "early": "30 min",
                "expect": "dose_taken",
                "within": "60 min",
                "clock_change": {"overlap": "both", "spacing": "45 min"},
                "remind": [{"at": "0 min", "by": "device"}, {"at": "30 min", "by": "sms", "to": "person"}],
                "otherwise": {"alarm": "nurse", "escalate": [{"after": "15 min", "to": "on_call"}]},
            },
            "refill": {
                "during": ["active", "paused"],
                "every": "2 days",
                "counted_from": "last",
                "expect": "refilled",
                "within": "4 h",
                "otherwise": {"task": "nurse"},
            },
            "weigh": {
                "during": "active",
                "when": "arm = 'trained' or alone",
                "every": "1 day",
                "until": "5 days",
                "expect": "refilled",
                "where": "full",
                "within": "2 h",
                "otherwise": {"alarm": "nurse", "task": "manager"},
            },
            "answer": {
                "after": "booked",
                "in": "6 h",
                "matching": "booking",
                "expect": "accepted",
                "within": "6 h",
                "otherwise": {"task": "nurse"},
            },
            "contact": {
                "after": ["enrolled", "allocated"],
                "in": "1 day",
                "expect": ["accepted", "assessed"],
                "within": "1 day",
            },
        },
    }
)
MACHINE = Machine(PROTOCOL, zone="Europe/Stockholm")
START = to_instant(datetime.fromisoformat("2026-03-26T07:00:00+01:00"))
END = START + 7 * DAY
ALLOWED = {"met", "met_late", "missed", "waived", "cancelled"}

moments = st.one_of(
    st.integers(0, 6 * 24 * 12).map(lambda step: START + step * 5 * MINUTE),  # coarse, so that ties are common
    st.integers(0, 6 * DAY).map(lambda passed: START + passed),
)
days = st.integers(0, 5).map(lambda day: (datetime(2026, 3, 26) + timedelta(days=day)).date().isoformat())
clocks = st.sampled_from(["02:30", "08:00", "08:30", "20:00"])
dues = st.one_of(
    st.builds(lambda day, clock: f"dose/{day}T{clock}", days, clocks),
    st.sampled_from(["refill/e1/1", "answer/e2/1", "weigh/e1/1", "contact/enrolled/1"]),
)
dose_times = st.lists(clocks, max_size=3, unique=True).map(sorted)
names = st.integers(0, 12).map(lambda number: f"e{number}")
bookings = st.fixed_dictionaries({"booking": st.sampled_from(["A", "B"])})
children = st.sampled_from(["ada", "bob"]).map(lambda child: {"who": child, "member": child})
contents: st.SearchStrategy[tuple[str, dict[str, Any]]] = st.one_of(
    st.tuples(st.just("dose_taken"), st.just({})),
    st.tuples(st.just("dose_taken"), st.just({})),
    st.tuples(st.just("refilled"), st.fixed_dictionaries({}, optional={"full": st.booleans()})),
    st.tuples(st.sampled_from(["booked", "accepted"]), bookings),
    st.tuples(st.sampled_from(["paused", "resumed", "ended", "consented", "consented"]), st.just({})),
    st.tuples(st.just("assessed"), st.fixed_dictionaries({"alone": st.booleans()})),
    st.tuples(st.just("stated"), st.fixed_dictionaries({"dose_times": dose_times})),
    st.tuples(st.just("allocated"), st.fixed_dictionaries({"arm": st.sampled_from(["trained", "usual"])})),
    st.tuples(st.sampled_from(["acknowledged", "resolved", "waived"]), st.fixed_dictionaries({"due": dues})),
    st.tuples(st.just("voided"), st.fixed_dictionaries({"event": names})),
    st.tuples(st.just("unheard_of"), st.just({})),
    st.tuples(st.just("goal_set"), st.fixed_dictionaries({}, optional={"until": days})),
    st.tuples(st.just("goals_reached"), st.fixed_dictionaries({"goals": st.lists(names, max_size=3, unique=True)})),
    st.tuples(st.sampled_from(["child_answered", "member_left"]), children),
    st.tuples(st.just("member_joined"), children.map(lambda child: child | {"role": "child"})),
    st.tuples(st.just("marked"), st.fixed_dictionaries({"points": st.integers(1, 3)})),
    st.tuples(st.just("drawn"), st.fixed_dictionaries({"draw": st.just("sampled"), "chosen": st.booleans()})),
)


@st.composite
def logs(draw: st.DrawFn) -> list[Event]:
    """A log that begins with an enrolment, and mostly gets somewhere."""
    times = draw(dose_times)
    begun = [
        Event("enrolled", "enrolled", START, data={"dose_times": times}),
        Event("allocated", "allocated", START + HOUR, data={"arm": draw(st.sampled_from(["trained", "usual"]))}),
    ]
    drawn = draw(st.lists(st.tuples(moments, contents, st.integers(0, 1)), max_size=12))
    rest = [
        Event(f"e{number}", kind, at, data=data, sequence=sequence)
        for number, (at, (kind, data), sequence) in enumerate(drawn)
    ]
    return [*(begun if draw(st.integers(0, 9)) else begun[:1]), *rest]


@st.composite
def arrivals(draw: st.DrawFn) -> tuple[list[Event], list[Event | int]]:
    """A log, and how it arrives: shuffled, some of it twice, with time passing in between."""
    log = draw(logs())
    twice = draw(st.lists(st.sampled_from(log), max_size=3))
    ticks = draw(st.lists(moments, max_size=6))
    arriving: list[Event | int] = [*log, *twice, *ticks]
    return log, draw(st.permutations(arriving))


def arrive(arriving: list[Event | int]) -> PureDriver:
    driver = PureDriver()
    driver.start(PROTOCOL, zone="Europe/Stockholm")
    for one in arriving:
        if isinstance(one, Event):
            driver.arrive(one)
        else:
            driver.tick(one)
    return driver


def told(state: State) -> dict[str, tuple[str, ...]]:
    """The roles that each open alarm has told, from the state alone."""
    chain = {name: _chain(name) for name in PROTOCOL.expectations}
    return {due.id: chain[due.expectation][: 1 + due.level] for due in state.unanswered if chain[due.expectation]}


def _chain(name: str) -> tuple[str, ...]:
    otherwise = PROTOCOL.expectations[name].otherwise
    if otherwise is None or otherwise.alarm is None:
        return ()
    return (otherwise.alarm, *(escalation.to for escalation in otherwise.escalate))


@given(arrivals())
@settings(max_examples=120)
def test_any_order_of_arrival_ends_the_same(arrived: tuple[list[Event], list[Event | int]]) -> None:
    log, arriving = arrived
    driver = arrive([*arriving, END])
    folded = MACHINE.fold("enrolment", log, until=END)
    assert driver.state == folded.state
    assert to_json(driver.state) == to_json(folded.state)
    assert driver.facts == current(folded.facts)
    assert driver.alarms == told(folded.state)
    assert driver.tasks.keys() == {
        due.id
        for due in folded.state.unanswered
        if (otherwise := PROTOCOL.expectations[due.expectation].otherwise) and otherwise.task
    }


@given(logs(), st.integers(0, 20), moments)
@settings(max_examples=50)
def test_a_state_written_and_read_goes_on_the_same(log: list[Event], after: int, tick: int) -> None:
    ordered = sorted(log, key=lambda event: event.position)
    whole = arrive([*ordered, END])
    half = arrive([*ordered[:after], tick])
    half.state = from_json(to_json(half.state))
    for event in ordered[after:]:
        half.arrive(event)
    half.tick(END)
    assert half.state == whole.state
    assert half.facts == whole.facts


@given(arrivals())
@settings(max_examples=50)
def test_every_due_ends_as_one_fact(arrived: tuple[list[Event], list[Event | int]]) -> None:
    driver = arrive([*arrived[1], END])
    for due, fact in driver.facts.items():
        assert fact.due == due
        assert fact.status in ALLOWED
        assert fact.opens_at <= fact.target_at <= fact.deadline_at
        assert fact.status != "met" or _within(fact)
        assert fact.status != "met_late" or (fact.resolved_at or 0) > fact.deadline_at
        assert (fact.resolved_at is None) == (fact.status == "missed")
    open_past_deadline = [due for due in driver.state.dues if due.deadline_at <= END and due.id not in driver.facts]
    assert open_past_deadline == []


@given(logs())
@settings(max_examples=50)
def test_a_step_leaves_the_state_it_was_given(log: list[Event]) -> None:
    state = MACHINE.begin("enrolment")
    for place, event in enumerate(log):
        before, past = to_json(state), log[:place]
        step = MACHINE.apply(state, event, history=past.copy)
        assert to_json(state) == before
        state = step.state


@given(logs(), st.lists(moments, max_size=10))
@settings(max_examples=50)
def test_next_deadline_tells_when_something_happens_by_itself(log: list[Event], ticks: list[int]) -> None:
    state = MACHINE.fold("enrolment", log).state
    for to in sorted(ticks):
        before = MACHINE.next_deadline(state)
        step = MACHINE.advance(state, to)
        if before is None or to < before:
            assert step.state._replace(settled=0) == state._replace(settled=0)
            assert not step.effects and not step.facts
        state = step.state


@given(logs())
@settings(max_examples=50)
def test_the_json_of_a_state_is_stable(log: list[Event]) -> None:
    text = to_json(MACHINE.fold("enrolment", log, until=END).state)
    assert to_json(from_json(text)) == text
    assert json.dumps(json.loads(text), sort_keys=True, ensure_ascii=False, separators=(",", ":")) == text


def _within(fact: OutcomeFact) -> bool:
    return fact.resolved_at is not None and fact.opens_at <= fact.resolved_at <= fact.deadline_at
