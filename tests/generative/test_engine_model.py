"""The engine beside a model so plain that it can be seen to be right, while events come as they may.

The model keeps no state: after every step it reads the whole log again, dose by dose, straight from the definitions.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from genklang.engine import Event
from genklang.engine.time import DAY, HOUR, MINUTE, to_instant
from genklang.engine.types import Position
from tests.spec.engine.runner import PureDriver, protocol_from

ZONE = "Europe/Stockholm"
FIRST, DAYS = date(2026, 3, 27), 4  # the night in which the clock is put forward among them
SLOTS = ("08:00", "20:00")
START = to_instant(datetime(2026, 3, 27, 7, tzinfo=ZoneInfo(ZONE)))
PROTOCOL = protocol_from(
    {
        "stages": {"active": {}, "paused": {}, "ended": {"final": True}},
        "events": {
            "dose_taken": {"by": "device", "during": "active"},
            "paused": {"by": "nurse", "moves": ["active", "paused"]},
            "resumed": {"by": "nurse", "moves": ["paused", "active"]},
            "ended": {"by": "nurse", "moves": [["active", "ended"], ["paused", "ended"]]},
        },
        "expectations": {
            "dose": {
                "during": "active",
                "daily_at": list(SLOTS),
                "expect": "dose_taken",
                "within": "60 min",
                "otherwise": {"alarm": "nurse"},
            }
        },
    }
)
REFUSED = object()
KINDS = ["dose_taken", "dose_taken", "paused", "resumed", "ended"]
MOVES = {("active", "paused"): "paused", ("paused", "resumed"): "active"}
MOVES |= {("active", "ended"): "ended", ("paused", "ended"): "ended"}
# Never at the very instant of a slot or deadline: the model says nothing of such ties.
moments = st.integers(0, (DAYS - 1) * 24 * 12).map(lambda step: START + step * 5 * MINUTE + 7 * MINUTE // 3)


@dataclass(frozen=True)
class Dose:
    """One slot: its name, when it is meant, and when the next one is."""

    name: str
    target: int
    next: int


def doses() -> Iterator[Dose]:
    """Every slot of the calendar, whoever takes part."""
    times = [(day, slot) for number in range(DAYS + 1) for day in [FIRST + timedelta(days=number)] for slot in SLOTS]
    targets = [
        to_instant(datetime.fromisoformat(f"{day}T{slot}").replace(tzinfo=ZoneInfo(ZONE))) for day, slot in times
    ]
    for (day, slot), target, following in zip(times, targets, targets[1:], strict=False):
        yield Dose(f"dose/{day}T{slot}", target, following)


def told(log: list[Event], now: int) -> tuple[dict[str, str], set[str]]:
    """How each dose has ended by `now`, and which alarms stand: by reading the whole log once for each dose."""
    void = {event.data["event"] for event in log if event.kind == "voided"}
    stages: list[tuple[Position, str]] = [((START, 0, ""), "active")]
    counted = []
    for event in sorted((one for one in log if one.id not in void), key=lambda one: one.position):
        stage = stages[-1][1]
        if (stage, event.kind) in MOVES:
            stages.append((event.position, MOVES[stage, event.kind]))
        elif stage == "active" or event.kind == "waived":
            counted.append(event)
    ends, alarms = dict[str, str](), set[str]()
    for dose in doses():
        before = [stage for (at, *_), stage in stages if at <= dose.target]
        if dose.target > now or dose.target < START or before[-1] != "active":
            continue
        left = next((place for place, _stage in stages if place[0] > dose.target), (now + 1, 0, ""))
        status = _ended(dose, counted, left=left, now=now)
        if status:
            ends[dose.name] = status
        if status == "missed" and left[0] > now:
            alarms.add(dose.name)
    return ends, alarms


def _ended(dose: Dose, log: list[Event], *, left: Position, now: int) -> str:
    """How one dose has ended; empty while it is open. `left` is where in the log the person stopped taking part."""
    deadline = dose.target + HOUR
    for event in (one for one in log if one.occurred_at >= dose.target and one.position < left):
        if event.kind == "dose_taken" and event.occurred_at < dose.next:
            return "met" if event.occurred_at <= deadline else "met_late"
        if event.kind == "waived" and event.data["due"] == dose.name:
            return "waived"  # for as long as the alarm stands, also when the next one has had its turn
    if left[0] <= min(deadline, now):
        return "cancelled"
    return "missed" if deadline <= now else ""


class EngineAndModel(RuleBasedStateMachine):
    """Events in any order, late and twice; time that passes; events taken back. After each step both say the same."""

    events: Bundle[Event] = Bundle("events")

    @initialize()
    def enrol(self) -> None:
        self.log: list[Event] = []
        self.driver = self.new_driver()
        self.driver.start(PROTOCOL, zone=ZONE)
        self.driver.arrive(Event("enrolled", "enrolled", START))
        self.now = START

    def new_driver(self) -> Any:
        """What is compared with the model."""
        return PureDriver()

    def seen(self) -> tuple[dict[str, str], set[str]]:
        """How each dose has ended, and which alarms stand, as the engine says."""
        return {due: fact.status for due, fact in self.driver.facts.items()}, set(self.driver.alarms)

    @rule(target=events, at=moments, kind=st.sampled_from(KINDS))
    def happen(self, at: int, kind: str) -> Event:
        return self._arrive(self._event(kind, at))

    @rule(at=moments, number=st.integers(0, 2 * (DAYS - 1)))
    def waive(self, at: int, number: int) -> None:
        due = list(doses())[number].name
        self._arrive(self._event("waived", at, due=due, reason="in hospital"))

    @rule(target=events, event=consumes(events))
    def tell_again(self, event: Event) -> Event:
        self.driver.arrive(event)
        return event

    @rule(event=consumes(events), later=st.integers(0, DAY))
    def take_back(self, event: Event, later: int) -> None:
        self._arrive(self._event("voided", event.occurred_at + later, event=event.id))

    @rule(to=moments)
    def pass_time(self, to: int) -> None:
        self.driver.tick(to)
        self.now = max(self.now, to)

    @invariant()
    def both_say_the_same(self) -> None:
        assert self.seen() == told(self.log, self.now)

    def _event(self, kind: str, at: int, **data: str) -> Event:
        self.named = getattr(self, "named", 0) + 1
        return Event(f"e{self.named:03}", kind, at, data=data)

    def _arrive(self, event: Event) -> Event:
        if self.driver.arrive(event) is not REFUSED:
            self.log.append(event)
        self.now = max(self.now, event.occurred_at)
        return event


TestEngineAndModel = EngineAndModel.TestCase
TestEngineAndModel.settings = settings(max_examples=60, stateful_step_count=25)
