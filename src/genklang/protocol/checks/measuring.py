"""Checks of what is counted: indicators and the economy."""

from genklang.protocol.checks.notes import Notes
from genklang.protocol.document import Path
from genklang.protocol.expressions import Type
from genklang.protocol.problems import quoted
from genklang.protocol.scopes import ENROLMENTS, PARTICIPANT, RESERVED, economy_scope, table_scope
from genklang.protocol.types import Economy, Protocol

MOST_HEADLINES = 5
_FIGURES = (Type.NUMBER, Type.BOOLEAN)


def check(protocol: Protocol, notes: Notes) -> None:
    """Note what is wrong with indicators and economy."""
    _indicators(protocol, notes)
    if protocol.economy:
        _economy(protocol.economy, notes)


def _indicators(protocol: Protocol, notes: Notes) -> None:
    headlines = [name for name, indicator in protocol.indicators.items() if indicator.headline]
    for name in headlines[MOST_HEADLINES:]:
        what = f"{quoted(name)} is headline number {headlines.index(name) + 1}, and {MOST_HEADLINES} are enough"
        notes.note(("indicators", name), what, "Write headline: false for those that matter least.", key=True)
    for name, indicator in protocol.indicators.items():
        path = ("indicators", name)
        if name in RESERVED:
            what = f"{quoted(name)} is a name that quantities already know"
            notes.note(path, what, "Give the indicator another name.", written=name, key=True)
        _aggregate(path, indicator.of, indicator.value, notes)
        for number, group in enumerate(indicator.by):
            _grouping(notes.item((*path, "by"), number), group, notes)


def _aggregate(path: Path, of: str, value: str, notes: Notes) -> None:
    protocol = notes.protocol
    tables = (*protocol.expectations, *protocol.events, ENROLMENTS)
    if notes.known((*path, "of"), of, tables, kind="expectation or event"):
        notes.expression((*path, "value"), value, table_scope(protocol, of), *_FIGURES)


def _grouping(path: Path, name: str, notes: Notes) -> None:
    protocol = notes.protocol
    known = [fact for fact, declared in protocol.facts.items() if declared.type not in ("times", "numbers")]
    known += ["stage", *(["arm"] if protocol.randomise else []), *protocol.draws]
    known += [PARTICIPANT] if len(protocol.participant_roles) > 1 else []
    notes.known(path, name, known, kind="fact to show it by")


def _economy(economy: Economy, notes: Notes) -> None:
    scope = economy_scope(notes.protocol)
    for name, line in economy.lines.items():
        path = ("economy", "lines", name)
        notes.known((*path, "price"), line.price, economy.prices, kind="price")
        notes.expression((*path, "quantity"), line.quantity, scope, Type.NUMBER)
    first = next(iter(economy.prices.values())).amount.currency
    for name, price in economy.prices.items():
        if price.amount.currency != first:
            what = f"{price.amount} is another currency than the first price's ({first})"
            amount = ("economy", "prices", name, "amount")
            notes.note(amount, what, f"Write every price in {first}.", written=str(price.amount))
