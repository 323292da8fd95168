"""What simulated people's accounts come to: reckoned from their logs, just as in earnest."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from genklang.engine.ledgers import Account, Books, Transfer, balances
from genklang.engine.shared import Told
from genklang.engine.types import Event
from genklang.rehearsal.running import Rehearsal


@dataclass(frozen=True, slots=True)
class LedgerOutcome:
    """A ledger at the end of a rehearsal, in its own unit.

    `moved` is the sum of all transfers, `total` that of all balances: always nothing. `lowest` and `highest` are
    those of participants' accounts.
    """

    name: str
    transfers: int
    moved: Decimal
    total: Decimal
    lowest: Decimal
    highest: Decimal


def transfers_in(rehearsal: Rehearsal) -> list[Transfer]:
    """Everything that simulated people have moved between accounts."""
    books, everybody = Books(rehearsal.protocol), _Everybody(rehearsal)
    if not books.concerns:
        return []
    return [
        transfer
        for life in rehearsal.participants
        for transfer in books.transfers(
            life.enrolment, [event for event in life.events if event.kind in books.concerns], who=everybody
        )
    ]


def ledgers_in(rehearsal: Rehearsal) -> list[LedgerOutcome]:
    """How each ledger ended, in the protocol's order."""
    transfers = transfers_in(rehearsal)
    held = balances(transfers)
    return [_outcome(name, transfers, held) for name in rehearsal.protocol.ledgers]


def _outcome(name: str, transfers: list[Transfer], held: dict[tuple[str, Account], Decimal]) -> LedgerOutcome:
    amounts = [one.amount for one in transfers if one.ledger == name]
    own = [amount for (ledger, account), amount in held.items() if ledger == name and account.enrolment]
    total = sum((amount for (ledger, _), amount in held.items() if ledger == name), Decimal(0))
    nothing = Decimal(0)
    moved = sum(amounts, nothing)
    return LedgerOutcome(name, len(amounts), moved, total, min(own, default=nothing), max(own, default=nothing))


class _Everybody:
    """Where events and enrolments of a rehearsal are looked up."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        lives = rehearsal.participants
        self._events: dict[str, tuple[str, Event]] = {
            event.id: (life.enrolment, event) for life in lives for event in life.events
        }
        self._enrolments = {life.enrolment for life in lives}

    def told(self, event: str) -> Told | None:
        found = self._events.get(event)
        return Told(*found) if found else None

    def has(self, enrolment: str) -> bool:
        return enrolment in self._enrolments
