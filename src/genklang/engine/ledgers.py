"""Accounts that always balance: what the events of a log move, and from whom to whom.

A transfer takes from one account exactly what it gives another, so that the sum over all accounts is zero whatever
happens. Which transfers a log makes is a function of the log alone: neither the order of arrival nor doubles matter,
and what is voided, or held, moves nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from genklang.engine.folding import arrange
from genklang.engine.shared import Directory, leads_to
from genklang.engine.time import parse_instant
from genklang.engine.types import Event
from genklang.protocol.expressions import Type, compile_expression
from genklang.protocol.ledgers import SELF, amount_scope, leading_fields, referred_kinds
from genklang.protocol.together import Ledger, Posting
from genklang.protocol.types import Protocol

SMALLEST = Decimal("0.01")  # amounts are exact to a hundredth, as money is
VOIDED = "voided"


class Account(NamedTuple):
    """An enrolment's own account, or, without an enrolment, one of the ledger's that is nobody's own."""

    enrolment: str = ""
    name: str = ""


class Transfer(NamedTuple):
    """What an event moves. `part` tells apart the postings of one ledger that the same event makes."""

    ledger: str
    event: str
    part: int
    occurred_at: int
    source: Account
    target: Account
    amount: Decimal


class Books:
    """The ledgers of a protocol, ready to read logs with. Made once, used for every enrolment."""

    def __init__(self, protocol: Protocol) -> None:
        self._protocol = protocol
        self._postings = [
            (name, part, posting, _formula(protocol, posting))
            for name, ledger in protocol.ledgers.items()
            for part, posting in enumerate(ledger.postings)
        ]
        self.posted = frozenset(posting.on for _, _, posting, _ in self._postings)
        self._referred = {kind: referred_kinds(protocol, kind) for kind in self.posted}
        read = {kind for fields in self._referred.values() for kinds in fields.values() for kind in kinds}
        self.concerns = self.posted | read | {VOIDED} if self.posted else frozenset[str]()

    def transfers(
        self, enrolment: str, log: Iterable[Event], *, who: Directory, held: Set[str] = frozenset()
    ) -> list[Transfer]:
        """What the enrolment's log moves, in the order of the log; of it, only the kinds in `concerns` are needed.

        `held` are ids of events that nothing explains yet.
        """
        standing = {event.id: event for event in arrange(log).events if event.id not in held}
        found = (self._of_event(enrolment, event, standing, who) for event in standing.values())
        return [transfer for transfers in found for transfer in transfers]

    def _of_event(
        self, enrolment: str, event: Event, standing: Mapping[str, Event], who: Directory
    ) -> Iterable[Transfer]:
        for ledger, part, posting, formula in self._postings:
            if posting.on != event.kind:
                continue
            amount = formula(self._values(event, standing))
            source = self._account(posting.from_, enrolment, event, who)
            target = self._account(posting.to, enrolment, event, who)
            if amount and source and target and source != target:
                yield Transfer(ledger, event.id, part, event.occurred_at, source, target, amount)

    def _values(self, event: Event, standing: Mapping[str, Event]) -> dict[str, Any]:
        """The event's fields, and those of the own events that it refers to."""
        values: dict[str, Any] = {}
        for field in self._referred.get(event.kind, {}):
            referred = standing.get(str(event.data.get(field)))
            values |= referred.data if referred else {}
        return values | dict(event.data)

    def _account(self, name: str, enrolment: str, event: Event, who: Directory) -> Account | None:
        if name != SELF and name not in leading_fields(self._protocol, event.kind):
            return Account(name=name)
        leads = leads_to(self._protocol, enrolment, event, name, who)
        return Account(enrolment=leads) if leads else None


def balances(transfers: Iterable[Transfer]) -> dict[tuple[str, Account], Decimal]:
    """What each account of each ledger holds; those that nothing has moved to or from are not there."""
    found: dict[tuple[str, Account], Decimal] = defaultdict(Decimal)
    for transfer in transfers:
        found[transfer.ledger, transfer.source] -= transfer.amount
        found[transfer.ledger, transfer.target] += transfer.amount
    return dict(found)


def below_least(
    ledgers: Mapping[str, Ledger], transfers: Sequence[Transfer], balance: Callable[[str, str], Decimal]
) -> Iterable[tuple[str, str, Decimal]]:
    """The ledgers and enrolments whose accounts these transfers would bring too low, and what each would hold.

    `balance` tells what an enrolment's account of a ledger holds before them.
    """
    for (name, account), change in balances(transfers).items():
        least = ledgers[name].least
        if least is None or not account.enrolment or change >= 0:
            continue
        after = balance(name, account.enrolment) + change
        if after < Decimal(str(least)):
            yield name, account.enrolment, after


def exact(value: Any) -> Decimal:
    """A number as an exact amount, half a hundredth rounded up."""
    return Decimal(str(value)).quantize(SMALLEST, rounding=ROUND_HALF_UP)


def _formula(protocol: Protocol, posting: Posting) -> Callable[[Mapping[str, Any]], Decimal | None]:
    scope = amount_scope(protocol, posting.on)
    asked = compile_expression(posting.amount, scope)
    instants = [name for name in sorted(asked.names) if scope.names[name] is Type.INSTANT]

    def amount(values: Mapping[str, Any]) -> Decimal | None:
        written = {name: parse_instant(values[name]) for name in instants if values.get(name)}
        found = asked.python({**values, **written})
        return None if found is None else exact(found)

    return amount
