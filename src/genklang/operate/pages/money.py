"""What an adoption costs and saves a month, with the organisation's own prices."""

import re
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from genklang.measure.economy import EconomyResult, economy
from genklang.measure.study import is_mean_of_shares
from genklang.measure.values import overall
from genklang.operate.models import Adoption
from genklang.operate.pages.answers import PERCENT
from genklang.operate.pages.figures import in_unit
from genklang.operate.pages.measuring import Measured, prices_of
from genklang.operate.pages.protocols import protocol_of
from genklang.operate.pages.result import result_of
from genklang.operate.pages.words import say
from genklang.protocol.types import Protocol
from genklang.protocol.units import Money


@dataclass(frozen=True)
class MoneyLine:
    """A line of the economy, a month."""

    label: str
    quantity: str
    price: str
    per_month: str


@dataclass(frozen=True)
class MoneyPage:
    """All lines and what is left; `net` is empty where something is not known.

    `even` says at how many of what it saves the costs are covered; empty where it saves nothing, or several things.
    """

    lines: list[MoneyLine]
    net: str
    saves: bool
    even: str = ""


def money_of(adoption: Adoption, figures: Measured) -> MoneyPage | None:
    """The economy in words; None for a practice without one, or while nobody takes part."""
    protocol = protocol_of(adoption.protocol_version)
    found = _economy(adoption, protocol, figures) if figures.enrolments else None
    if found is None:
        return None
    net = found.net_per_month
    return MoneyPage(
        lines=_lines(protocol, found),
        net="" if net is None else in_money(net, found.currency),
        saves=net is not None and net >= 0,
        even=_even(protocol, found),
    )


def in_money(amount: Decimal | None, currency: str) -> str:
    """Whole units of the currency, with a space between thousands."""
    if amount is None:
        return _("not known yet")
    return f"{number_format(round(amount), use_l10n=True, force_grouping=True)} {_unit(currency)}".replace(
        "-", "\u2212"
    )


def _as_written(price: Money) -> str:
    return f"{number_format(price.amount, use_l10n=True, force_grouping=True)} {_unit(price.currency)}"


def _unit(currency: str) -> str:
    """What the currency is called: kronor have a word of their own."""
    return _("SEK") if currency == "SEK" else currency


def _economy(adoption: Adoption, protocol: Protocol, figures: Measured) -> EconomyResult | None:
    return economy(
        protocol,
        overall(figures.totals),
        enrolments=figures.enrolments,
        enrolment_months=figures.enrolment_months,
        months=figures.months,
        prices=prices_of(adoption),
        effect=_effect(adoption) if _needs_effect(protocol) else None,
    )


def _needs_effect(protocol: Protocol) -> bool:
    lines = protocol.economy.lines.values() if protocol.economy else ()
    return any(re.search(r"\beffect\b", line.quantity) for line in lines)


def _effect(adoption: Adoption) -> float | None:
    """The study's primary difference, once there is one."""
    result, study = result_of(adoption), protocol_of(adoption.protocol_version).study
    if result is None or study is None or result.primary.finding is None:
        return None
    effect, primary = result.primary.finding.estimate.value, study.outcomes.get(result.primary.name)
    in_percent = primary is not None and is_mean_of_shares(protocol_of(adoption.protocol_version), primary)
    return effect / PERCENT if in_percent else effect


def _even(protocol: Protocol, found: EconomyResult) -> str:
    """How many of the one thing that it saves pay for all it has cost so far."""
    lines = protocol.economy.lines if protocol.economy else {}
    savings = [one for one in found.lines if lines[one.name].counts_as == "saving"]
    costs = [one for one in found.lines if lines[one.name].counts_as == "cost"]
    if len(savings) != 1 or not costs or savings[0].quantity is None or not savings[0].price.amount:
        return ""
    if any(one.quantity is None for one in costs):
        return ""
    total = sum(float(one.quantity or 0) * float(one.price.amount) for one in costs)
    return _("%(what)s: it breaks even at %(needed)s, and so far there are %(quantity)s.") % {
        "what": say(lines[savings[0].name]),
        "needed": in_unit(round(total / float(savings[0].price.amount), 1), "number"),
        "quantity": in_unit(savings[0].quantity, "number"),
    }


def _lines(protocol: Protocol, found: EconomyResult) -> list[MoneyLine]:
    lines = protocol.economy.lines if protocol.economy else {}
    return [
        MoneyLine(
            label=say(lines[amount.name]),
            quantity=in_unit(amount.quantity, "number"),
            price=_as_written(amount.price),
            per_month=in_money(amount.per_month, found.currency),
        )
        for amount in found.lines
    ]
