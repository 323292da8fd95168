"""A ledger of an adoption for those who work there: every account with what it holds, every transfer, and the sum."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from genklang.operate import books, clock
from genklang.operate.models import Adoption, Enrolment, Event, Transfer
from genklang.operate.pages.exchange import amount_in_words
from genklang.operate.pages.words import Words, say
from genklang.protocol.together import Ledger

PER_PAGE = 50


@dataclass(frozen=True)
class Holding:
    """An account and what it holds; `enrolment` is empty where it is nobody's own."""

    name: str
    holds: Decimal
    written: str
    enrolment: Enrolment | None = None


@dataclass(frozen=True)
class Moved:
    """A transfer in words."""

    when: str
    what: str
    source: str
    target: str
    amount: str


@dataclass(frozen=True)
class LedgerPage:
    """The whole page. `total` is the sum over all accounts, in words: always nothing."""

    name: str
    label: str
    holdings: list[Holding]
    total: str
    page: Page[Transfer]
    moved: list[Moved]


def ledger_page(adoption: Adoption, name: str, ledger: Ledger, words: Words, *, page: str | None) -> LedgerPage:
    """Accounts, lowest first, and one page of transfers, latest first."""
    holdings = holdings_of(adoption, name, ledger, words)
    total = sum((each.holds for each in holdings), Decimal(0))
    rows = Paginator(_transfers(adoption, name), PER_PAGE).get_page(page)
    moved = [_moved(row, ledger, words, kinds_of(list(rows))) for row in rows]
    return LedgerPage(name, say(ledger), holdings, amount_in_words(total, ledger), rows, moved)


def holdings_of(adoption: Adoption, name: str, ledger: Ledger, words: Words) -> list[Holding]:
    """Every account: those that are nobody's own, then those who take part, whoever holds least first."""
    own = [
        _holding(say(account), books.account_balance(adoption, name, key), ledger)
        for key, account in ledger.accounts.items()
    ]
    came, went = (_sums(adoption, name, side) for side in ("target", "source"))
    people = Enrolment.objects.filter(adoption=adoption, pk__in=came.keys() | went.keys()).select_related("person")
    held = [
        _holding(row.called, Decimal(came.get(row.pk, 0) - went.get(row.pk, 0)) / books.HUNDRED, ledger, row)
        for row in people
    ]
    return own + sorted(held, key=lambda each: (each.holds, each.name))


def csv_lines(adoption: Adoption, name: str, ledger: Ledger) -> Iterator[list[str]]:
    """Every transfer for a spreadsheet: numbers of enrolments, no names."""
    unit = ledger.unit.en if ledger.unit else "SEK"
    yield ["occurred_at", "event", "from", "to", "amount", "unit"]
    for row in _transfers(adoption, name).order_by("occurred_at", "pk").iterator():
        source, target = (_key(row.source, row.source_account), _key(row.target, row.target_account))
        when = clock.moment(row.occurred_at).isoformat()
        yield [when, row.event, source, target, str(books.amount_of(row)), unit]


def people_of(shown: LedgerPage) -> list[Enrolment]:
    """Everybody whose name the page tells."""
    among = {row for transfer in shown.page for row in (transfer.source, transfer.target) if row}
    return list(among | {each.enrolment for each in shown.holdings if each.enrolment})


def kinds_of(rows: list[Transfer]) -> dict[str, str]:
    """The kind of event behind each transfer, by the event's key."""
    found = Event.objects.filter(key__in=[row.event for row in rows], enrolment__in={row.enrolment_id for row in rows})
    return dict(found.values_list("key", "kind"))


def _transfers(adoption: Adoption, name: str) -> QuerySet[Transfer]:
    rows = Transfer.objects.filter(adoption=adoption, ledger=name)
    return rows.select_related("source__person", "target__person")


def _sums(adoption: Adoption, name: str, side: str) -> dict[int, int]:
    rows = Transfer.objects.filter(adoption=adoption, ledger=name).exclude(**{side: None}).order_by()
    return dict(rows.values_list(side).annotate(n=Sum("hundredths")))


def _holding(name: str, holds: Decimal, ledger: Ledger, enrolment: Enrolment | None = None) -> Holding:
    return Holding(name, holds, amount_in_words(holds, ledger), enrolment)


def _moved(row: Transfer, ledger: Ledger, words: Words, kinds: dict[str, str]) -> Moved:
    return Moved(
        when=words.when(row.occurred_at),
        what=words.event(kinds.get(row.event, row.event)),
        source=_called(row.source, row.source_account, ledger),
        target=_called(row.target, row.target_account, ledger),
        amount=amount_in_words(books.amount_of(row), ledger),
    )


def _called(enrolment: Enrolment | None, account: str, ledger: Ledger) -> str:
    if enrolment:
        return enrolment.called
    return say(ledger.accounts.get(account), account) or _("nobody")


def _key(enrolment: Enrolment | None, account: str) -> str:
    return enrolment.key if enrolment else account
