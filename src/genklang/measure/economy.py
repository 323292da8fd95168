"""What a practice costs and saves: quantities from the indicators, times prices.

Quantities are floats, for they come from indicators; money is Decimal. An amount is the quantity's shortest decimal
form times the price, rounded half to even to a hundredth: the same on every machine.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Literal

from genklang.protocol.expressions import compile_expression
from genklang.protocol.scopes import economy_scope
from genklang.protocol.types import EconomyLine, Protocol
from genklang.protocol.units import Money

_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Amount:
    """One line of the economy over the whole time. `amount` is positive for a saving and negative for a cost."""

    name: str
    counts_as: Literal["saving", "cost"]
    quantity: float | None
    price: Money
    amount: Decimal | None
    per_month: Decimal | None

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON; money as text, since it is exact."""
        return {
            "line": self.name,
            "counts_as": self.counts_as,
            "quantity": self.quantity,
            "price": str(self.price),
            "amount": _text(self.amount),
            "per_month": _text(self.per_month),
        }


@dataclass(frozen=True, slots=True)
class EconomyResult:
    """All lines and what is left when costs are taken from savings; None where a quantity is not known."""

    lines: tuple[Amount, ...]
    net: Decimal | None
    net_per_month: Decimal | None
    months: float
    currency: str

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "lines": [line.as_dict() for line in self.lines],
            "net": _text(self.net),
            "net_per_month": _text(self.net_per_month),
            "months": self.months,
            "currency": self.currency,
        }


def economy(
    protocol: Protocol,
    indicators: Mapping[str, float | None],
    *,
    enrolments: float,
    enrolment_months: float,
    months: float,
    prices: Mapping[str, Money] | None = None,
    effect: float | None = None,
) -> EconomyResult | None:
    """Compute the protocol's economy, None where it has none.

    `indicators` are the ungrouped values over the whole time, which lasts `months` average months. `prices` replace the
    protocol's own where named. `effect` is the primary study outcome's difference between the arms.
    """
    if protocol.economy is None:
        return None
    known = {
        **indicators,
        "enrolments": float(enrolments),
        "enrolment_months": enrolment_months,
        "effect": effect,
    }
    own = prices or {}
    charged = {name: own.get(name, price.amount) for name, price in protocol.economy.prices.items()}
    lines = tuple(
        _line(name, line, quantity=quantity_of(protocol, line, known), price=charged[line.price], months=months)
        for name, line in protocol.economy.lines.items()
    )
    amounts = [line.amount for line in lines]
    net = None if None in amounts else sum((amount for amount in amounts if amount is not None), Decimal(0))
    return EconomyResult(lines, net, _per_month(net, months), months, next(iter(charged.values())).currency)


def quantity_of(protocol: Protocol, line: EconomyLine, known: Mapping[str, float | None]) -> float | None:
    """The quantity of one line from the indicators and counts that are known."""
    quantity = compile_expression(line.quantity, economy_scope(protocol)).python(known)
    return None if quantity is None else float(quantity)


def _line(name: str, line: EconomyLine, *, quantity: float | None, price: Money, months: float) -> Amount:
    amount = None
    if quantity is not None:
        sign = 1 if line.counts_as == "saving" else -1
        amount = _rounded(sign * Decimal(repr(quantity)) * price.amount)
    return Amount(name, line.counts_as, quantity, price, amount, _per_month(amount, months))


def _per_month(amount: Decimal | None, months: float) -> Decimal | None:
    return None if amount is None or months <= 0 else _rounded(amount / Decimal(repr(months)))


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(_HUNDREDTH, rounding=ROUND_HALF_EVEN)


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)
