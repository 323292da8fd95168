"""The ledgers of an adoption: transfers written in the transaction of the event that makes them, and balances read.

Transfers are a function of the logs (`engine.ledgers`), so that they can always be made anew and proved.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db import connection
from django.db.models import QuerySet, Sum
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from genklang.bank.models import ProtocolVersion
from genklang.bank.selectors import protocol_of
from genklang.engine import ledgers
from genklang.engine.ledgers import Account, Books
from genklang.engine.types import Event as EngineEvent
from genklang.operate.directory import AdoptionDirectory, engine_event
from genklang.operate.models import Adoption, Enrolment, Event, Transfer
from genklang.operate.problems import Problem
from genklang.operate.rows import insert
from genklang.protocol.types import Protocol

HUNDRED, KEPT = 100, 64
SAME = ("ledger", "event", "part", "occurred_at", "source_id", "source_account", "target_id", "target_account")
Row = tuple[object, ...]
_books: dict[str, Books] = {}


def books_for(version: ProtocolVersion) -> Books:
    """The ledgers of a protocol version; made once a process."""
    if version.digest not in _books:
        if len(_books) >= KEPT:
            _books.pop(next(iter(_books)), None)
        _books[version.digest] = Books(protocol_of(version))
    return _books[version.digest]


def settle(enrolment: Enrolment, kinds: Iterable[str] | None = None) -> None:
    """Makes the enrolment's transfers what its log says, where events of these kinds came or went; left out: of any.

    The caller holds the enrolment's lock, and has written the events.
    """
    books = books_for(enrolment.protocol_version)
    if not books.concerns or (kinds is not None and books.concerns.isdisjoint(kinds)):
        return
    wanted, rows = transfers_of(enrolment), Transfer.objects.filter(enrolment=enrolment)
    if {_told(row) for row in wanted} != {_told(row) for row in rows}:
        rows.delete()
        insert(wanted)


def transfers_of(enrolment: Enrolment) -> list[Transfer]:
    """Unsaved rows of what the enrolment's log moves, reckoned anew."""
    books = books_for(enrolment.protocol_version)
    if not books.concerns:
        return []
    log = list(Event.objects.filter(enrolment=enrolment, kind__in=books.concerns))
    held = frozenset(row.key for row in log if row.held)
    events = list(map(engine_event, log))
    who = AdoptionDirectory(enrolment.adoption_id, about=events)
    return _rows(enrolment, books.transfers(enrolment.key, events, who=who, held=held))


def differs(enrolment: Enrolment) -> bool:
    """Whether the rows are not those of the log."""
    wanted = {_told(row) for row in transfers_of(enrolment)}
    return wanted != {_told(row) for row in Transfer.objects.filter(enrolment=enrolment)}


def balance(enrolment: Enrolment, ledger: str) -> Decimal:
    """What the enrolment's account holds."""
    return _held(Transfer.objects.filter(ledger=ledger, target=enrolment)) - _held(
        Transfer.objects.filter(ledger=ledger, source=enrolment)
    )


def account_balance(adoption: Adoption, ledger: str, account: str) -> Decimal:
    """What an account that is nobody's own holds."""
    rows = Transfer.objects.filter(adoption=adoption, ledger=ledger)
    return _held(rows.filter(target=None, target_account=account)) - _held(
        rows.filter(source=None, source_account=account)
    )


def amount_of(row: Transfer) -> Decimal:
    """What the row moves, in the ledger's unit."""
    return Decimal(row.hundredths) / HUNDRED


def too_low(enrolment: Enrolment, event: EngineEvent, *, pending: Iterable[Event] = ()) -> list[Problem]:
    """Why an event that somebody reports would bring an account below the least that it may hold.

    `pending` are events of the enrolment that are not written yet. Holds the adoption meanwhile, so that two who draw
    on the same account come one after the other.
    """
    books, protocol = books_for(enrolment.protocol_version), protocol_of(enrolment.protocol_version)
    if event.kind not in books.posted or all(each.least is None for each in protocol.ledgers.values()):
        return []
    if connection.in_atomic_block:
        Adoption.objects.select_for_update(no_key=True).filter(pk=enrolment.adoption_id).first()
    rows = Event.objects.filter(enrolment=enrolment, kind__in=books.concerns, held=None)
    new = [*map(engine_event, pending), event]
    log, who = [*map(engine_event, rows), *new], AdoptionDirectory(enrolment.adoption_id, about=new)
    ids = {one.id for one in new}
    made = [one for one in books.transfers(enrolment.key, log, who=who) if one.event in ids]
    rows_of = {row.key: row for row in Enrolment.objects.filter(adoption=enrolment.adoption_id, key__in=_people(made))}

    def held(ledger: str, key: str) -> Decimal:
        return balance(rows_of[key], ledger) if key in rows_of else Decimal(0)

    found = ledgers.below_least(protocol.ledgers, made, held)
    return [_below(protocol, name, after, own=key == enrolment.key) for name, key, after in found]


def _below(protocol: Protocol, name: str, after: Decimal, *, own: bool) -> Problem:
    """Of another's account only that it is empty is told, never what it holds."""
    least = _written(Decimal(str(protocol.ledgers[name].least)))
    if own:
        what = _("would bring your balance to %(after)s, and the least is %(least)s") % {
            "after": _written(after),
            "least": least,
        }
        return Problem("event", what, _("Write less, or wait until something has come in."), "")
    return Problem("event", _("is more than the other can give just now"), _("Write less, or wait a while."), "")


def _written(amount: Decimal) -> str:
    return number_format(amount.normalize() if amount % 1 else amount.quantize(Decimal(1)))


def _people(transfers: Sequence[ledgers.Transfer]) -> set[str]:
    return {key for one in transfers for key in (one.source.enrolment, one.target.enrolment) if key}


def _rows(enrolment: Enrolment, transfers: Sequence[ledgers.Transfer]) -> list[Transfer]:
    known = Enrolment.objects.filter(adoption=enrolment.adoption_id, key__in=_people(transfers))
    numbers: dict[str, int] = dict(known.values_list("key", "pk"))
    return [
        Transfer(
            adoption_id=enrolment.adoption_id,
            enrolment=enrolment,
            ledger=one.ledger,
            event=one.event,
            part=one.part,
            occurred_at=one.occurred_at,
            source_id=numbers.get(one.source.enrolment),
            source_account=one.source.name,
            target_id=numbers.get(one.target.enrolment),
            target_account=one.target.name,
            hundredths=int(one.amount * HUNDRED),
        )
        for one in transfers
        if _is_known(one.source, numbers) and _is_known(one.target, numbers)
    ]


def _is_known(account: Account, numbers: dict[str, int]) -> bool:
    return not account.enrolment or account.enrolment in numbers


def _told(row: Transfer) -> Row:
    return (*(getattr(row, name) for name in SAME), row.hundredths)


def _held(rows: QuerySet[Transfer]) -> Decimal:
    return Decimal(rows.aggregate(n=Sum("hundredths"))["n"] or 0) / HUNDRED
