"""Whatever order events arrive in, however often, whichever are voided: the same transfers, and nothing left over."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from genklang.engine import Event
from genklang.engine.ledgers import VOIDED, Account, Books, balances, below_least, exact
from genklang.engine.shared import Told
from genklang.engine.time import HOUR
from tests.spec.engine.runner import protocol_from

LABEL = {"sv": "Något", "en": "Something"}
PROTOCOL = protocol_from(
    {
        "stages": {"open": {}, "ended": {"final": True}},
        "events": {
            "offered": {"by": "person"},
            "helped": {
                "by": "person",
                "fields": {
                    "offer": {"type": "reference", "of": "offered", "whose": "others"},
                    "hours": {"type": "number"},
                },
                "passes": {"to": "offer", "as": "told"},
            },
            "told": {"by": "system", "fields": {"giver": {"type": "participant"}, "hours": {"type": "number"}}},
            "confirmed": {"by": "person", "fields": {"told": {"type": "reference", "of": "told"}}},
            "gave": {
                "by": "person",
                "fields": {"whom": {"type": "participant"}, "hours": {"type": "number"}, "fee": {"type": "number"}},
            },
        },
        "ledgers": {
            "time": {
                **LABEL,
                "least": -5,
                "accounts": {"common": LABEL},
                "postings": [
                    {"on": "confirmed", "amount": "hours", "from": "self", "to": "told"},
                    {"on": "gave", "amount": "hours", "from": "self", "to": "whom"},
                    {"on": "gave", "amount": "fee / 10", "from": "whom", "to": "common"},
                ],
            }
        },
    }
)
PEOPLE = ("A", "B", "C")
BOOKS = Books(PROTOCOL)
_amounts = st.one_of(st.integers(0, 40), st.floats(0, 40, allow_nan=False))


@st.composite
def logs(draw: st.DrawFn) -> dict[str, list[Event]]:
    """Every person's log: what each has offered, told, confirmed and given, and what was voided."""
    logs: dict[str, list[Event]] = {person: [] for person in PEOPLE}
    for number in range(draw(st.integers(0, 12))):
        me = draw(st.sampled_from(PEOPLE))
        other = draw(st.sampled_from([person for person in PEOPLE if person != me]))
        at = draw(st.integers(1, 30)) * HOUR
        kind = draw(st.sampled_from(["told", "confirmed", "gave", VOIDED]))
        data: dict[str, Any] = {"hours": draw(_amounts), **({"giver": other} if kind == "told" else {})}
        if kind == "confirmed":
            data = {"told": _one(draw, logs[me], "told")}
        elif kind == "gave":
            data |= {"whom": other, "fee": draw(_amounts)}
        elif kind == VOIDED:
            data = {"event": _one(draw, logs[me])}
        logs[me].append(Event(f"{me}{number}", kind, at, "person", data))
    return logs


def _one(draw: st.DrawFn, log: list[Event], kind: str = "") -> str:
    known = [event.id for event in log if kind in ("", event.kind)]
    return draw(st.sampled_from(known)) if known else "none"


class Everybody:
    """A directory of these logs."""

    def __init__(self, logs: Mapping[str, list[Event]]) -> None:
        self._events = {event.id: Told(person, event) for person, log in logs.items() for event in log}

    def told(self, event: str) -> Told | None:
        """The event, and whose it is."""
        return self._events.get(event)

    def has(self, enrolment: str) -> bool:
        """Everybody takes part."""
        return enrolment in PEOPLE


@given(logs=logs())
@settings(max_examples=200)
def test_accounts_always_sum_to_zero(logs: dict[str, list[Event]]) -> None:
    who = Everybody(logs)
    found = [one for person, log in logs.items() for one in BOOKS.transfers(person, log, who=who)]
    assert sum(balances(found).values(), Decimal(0)) == 0
    assert all(one.amount == exact(one.amount) for one in found)


@given(logs=logs(), data=st.data())
@settings(max_examples=200)
def test_neither_order_nor_doubles_matter(logs: dict[str, list[Event]], data: st.DataObject) -> None:
    who = Everybody(logs)
    for person, log in logs.items():
        doubled = log + data.draw(st.lists(st.sampled_from(log), max_size=5)) if log else log
        again = data.draw(st.permutations(doubled))
        assert BOOKS.transfers(person, again, who=who) == BOOKS.transfers(person, log, who=who)


@given(logs=logs())
@settings(max_examples=100)
def test_what_is_voided_moves_nothing(logs: dict[str, list[Event]]) -> None:
    who = Everybody(logs)
    for person, log in logs.items():
        plain = [event for event in log if event.kind != VOIDED]
        for event in plain:
            void = Event(f"void {event.id}", VOIDED, 99 * HOUR, "person", {"event": event.id})
            left = [one for one in plain if one.id != event.id]
            assert BOOKS.transfers(person, [*plain, void], who=who) == BOOKS.transfers(person, left, who=who)
            held = BOOKS.transfers(person, plain, who=who, held=frozenset({event.id}))
            assert held == BOOKS.transfers(person, left, who=who)


def test_hours_told_by_another_are_paid_to_whom_they_came_from() -> None:
    log = [
        Event("t", "told", 1 * HOUR, "system", {"giver": "B", "hours": 1.5}),
        Event("c", "confirmed", 2 * HOUR, "person", {"told": "t"}),
    ]
    (found,) = BOOKS.transfers("A", log, who=Everybody({"A": log}))
    assert (found.source, found.target, found.amount) == (Account("A"), Account("B"), Decimal("1.50"))


def test_an_own_event_leads_to_where_it_went() -> None:
    protocol = protocol_from(
        {
            "stages": {"open": {}},
            "events": {
                "asked": {"by": "person"},
                "took": {
                    "by": "person",
                    "fields": {"request": {"type": "reference", "of": "asked", "whose": "others"}},
                    "passes": {"to": "request", "as": "promised"},
                },
                "promised": {"by": "system"},
                "bought": {
                    "by": "person",
                    "fields": {"taken": {"type": "reference", "of": "took"}, "kronor": {"type": "number"}},
                },
            },
            "ledgers": {
                "purse": {**LABEL, "postings": [{"on": "bought", "amount": "kronor", "from": "taken", "to": "self"}]}
            },
        }
    )
    log = [
        Event("t", "took", 1 * HOUR, "person", {"request": "r"}),
        Event("b", "bought", 2 * HOUR, "person", {"taken": "t", "kronor": 199.995}),
    ]
    who = Everybody({"C": [Event("r", "asked", 0, "person")], "A": log})
    (found,) = Books(protocol).transfers("A", log, who=who)
    assert (found.source, found.target, found.amount) == (Account("C"), Account("A"), Decimal("200.00"))


def test_whoever_would_come_below_the_least_is_told() -> None:
    log = [Event("g", "gave", HOUR, "person", {"whom": "B", "hours": 6, "fee": 0})]
    transfers = BOOKS.transfers("A", log, who=Everybody({"A": log}))
    least = PROTOCOL.ledgers
    assert list(below_least(least, transfers, lambda *_: Decimal(0))) == [("time", "A", Decimal("-6.00"))]
    assert list(below_least(least, transfers, lambda *_: Decimal(1))) == []
