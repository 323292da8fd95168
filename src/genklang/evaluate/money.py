"""What a practice costs and saves, month by month: payback, net, and how many units make it break even."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from genklang.evaluate.arrays import Floats
from genklang.evaluate.columns import LARGEST
from genklang.evaluate.findings import Curve, Estimate, Finding, Flag, Outcome
from genklang.evaluate.methods import BREAK_EVEN
from genklang.evaluate.problems import Problems
from genklang.evaluate.texts import Number, Text
from genklang.evaluate.verdicts import Verdict

SEK = Text(sv="kronor", en="SEK")
_NOTHING = 1e-9  # SEK
ASSUMPTIONS = (
    Text(
        sv="Sparade enheter blir sparade pengar: tiden eller platsen används till annat eller läggs ner.",
        en="Units saved become money saved: the time or the place is used for something else or closed.",
    ),
    Text(sv="Priserna är desamma hela tiden och räknas inte ned.", en="Prices stay the same and are not discounted."),
)


@dataclass(frozen=True, kw_only=True)
class Costs:
    """A cost model. Money in SEK; `units` saved each month (one number, or one a month, the last then goes on)."""

    upfront: float
    running: float
    saving: float
    units: float | Sequence[float]
    saving_low: float | None = None
    saving_high: float | None = None

    def monthly_units(self, months: int) -> Floats:
        given = np.atleast_1d(np.asarray(self.units, dtype=np.float64))
        return np.concatenate([given, np.full(max(0, months - len(given)), given[-1])])[:months]

    def balance(self, months: int, *, saving: float | None = None) -> Floats:
        """What is gained so far after month 1, 2, …, below zero until paid back."""
        each = self.saving if saving is None else saving
        return np.cumsum(each * self.monthly_units(months) - self.running) - self.upfront


def payback(balance: Floats) -> int | None:
    """The first month, from 1, after which the balance is never below zero; None if not within the horizon."""
    below = np.flatnonzero(balance < -1e-9 * max(1.0, float(np.abs(balance).max())))
    month = 1 if not below.size else int(below[-1]) + 2
    return month if month <= len(balance) else None


def break_even(
    costs: Costs, *, months: int = 60, confidence: float = 0.95, practice: Text | None = None, unit: Text | None = None
) -> Finding:
    """Is the practice paid back within the horizon, and when? With an interval where the saving has one.

    `unit` names what is saved ("visits"). The interval's limits come from the saving's, so its confidence is theirs.
    Raises EvaluationError for negative or missing amounts, or limits that do not hold the saving between them.
    """
    _check(costs, months)
    balances = {name: costs.balance(months, saving=saving) for name, saving in _savings(costs).items()}
    net = _net(costs, balances, confidence, months)
    extra = [each for each in (_payback(balances, confidence), _units_needed(costs, months)) if each is not None]
    flags = [_no_interval()] if costs.saving_low is None else []
    flags += [_never(months)] if payback(balances["saving"]) is None else []
    return Finding(
        design="break_even",
        question=Text(sv="Betalar arbetssättet sig, och när?", en="Does the practice pay for itself, and when?"),
        outcome=Outcome(label=unit or Text(sv="enheter", en="units"), kind="money", unit=SEK, better="higher"),
        practice=practice,
        estimates=(net, *extra),
        verdict=_verdict(balances),
        relevant=0.0,
        confidence=confidence,
        assumptions=ASSUMPTIONS,
        flags=tuple(flags),
        curves=_curves(balances),
        settings=(("upfront", costs.upfront), ("running", costs.running), ("saving", costs.saving), ("months", months)),
    )


def _savings(costs: Costs) -> dict[str, float]:
    savings = {"saving": costs.saving}
    if costs.saving_low is not None and costs.saving_high is not None:
        savings |= {"low": costs.saving_low, "high": costs.saving_high}
    return savings


def _net(costs: Costs, balances: dict[str, Floats], confidence: float, months: int) -> Estimate:
    held = "low" in balances
    return Estimate(
        name="net_per_month",
        label=Text(sv="netto per månad", en="net per month").fill(),
        value=float(balances["saving"][-1]) / months,
        low=float(balances["low"][-1]) / months if held else None,
        high=float(balances["high"][-1]) / months if held else None,
        confidence=confidence if held else None,
        method=BREAK_EVEN,
    )


def _payback(balances: dict[str, Floats], confidence: float) -> Estimate | None:
    month = payback(balances["saving"])
    if month is None:
        return None
    held = "low" in balances
    soonest, latest = (payback(balances[name]) if held else None for name in ("high", "low"))
    return Estimate(
        name="payback_months",
        label=Text(sv="månader till återbetalning", en="months to payback"),
        value=float(month),
        low=None if soonest is None else float(soonest),
        high=None if latest is None else float(latest),
        confidence=confidence if held else None,
        method=BREAK_EVEN,
    )


def _units_needed(costs: Costs, months: int) -> Estimate | None:
    if costs.saving <= _NOTHING:
        return None
    cost = costs.running + costs.upfront / months
    held = costs.saving_low is not None and costs.saving_low > _NOTHING and costs.saving_high is not None
    return Estimate(
        name="break_even_units",
        label=Text(sv="enheter i månaden för att gå jämnt ut", en="units a month to break even"),
        value=cost / costs.saving,
        low=cost / costs.saving_high if held and costs.saving_high else None,
        high=cost / costs.saving_low if held and costs.saving_low else None,
        method=BREAK_EVEN,
    )


def _verdict(balances: dict[str, Floats]) -> Verdict:
    """Better when it is paid back whatever saving the interval holds, worse when it is not at any."""
    paid = {name: payback(balance) is not None for name, balance in balances.items()}
    if all(paid.values()):
        return Verdict.BETTER
    return Verdict.UNINFORMATIVE if any(paid.values()) else Verdict.WORSE


def _no_interval() -> Flag:
    return Flag(
        id="no_interval",
        text=Text(
            sv="Besparingen har inget osäkerhetsintervall: svaret är säkrare på papperet än i verkligheten.",
            en="The saving has no interval: the answer is surer on paper than in life.",
        ),
    )


def _never(months: int) -> Flag:
    text = Text(
        sv="Med den väntade besparingen betalar det sig inte inom {months} månader.",
        en="With the expected saving it does not pay for itself within {months} months.",
    )
    return Flag(id="not_paid_back", text=text.fill(months=Number(months, 0)))


def _curves(balances: dict[str, Floats]) -> tuple[Curve, ...]:
    months = tuple(float(month) for month in range(1, len(balances["saving"]) + 1))
    low, high = (tuple(map(float, balances[name])) if name in balances else () for name in ("low", "high"))
    return (
        Curve(
            name="balance",
            label=Text(sv="Saldo efter varje månad", en="Balance after each month"),
            x=months,
            y=tuple(map(float, balances["saving"])),
            low=low,
            high=high,
        ),
    )


def _check(costs: Costs, months: int) -> None:
    problems = Problems()
    amount = Text(sv="{name} är {value}.", en="{name} is {value}.")
    positive = Text(sv="Skriv ett belopp från noll och uppåt.", en="Write an amount of zero or more.")
    units = np.atleast_1d(np.asarray(costs.units, dtype=np.float64))
    for name, values in (("upfront", costs.upfront), ("running", costs.running), ("units", units)):
        for value in np.atleast_1d(np.asarray(values, dtype=np.float64)):
            if not 0 <= value <= LARGEST:
                problems.add(amount.fill(name=name, value=f"{value:g}"), positive)
    if not units.size:
        problems.add(Text(sv="units är tom.", en="units is empty."), positive)
    if months < 1:
        problems.add(amount.fill(name="months", value=months), Text(sv="Skriv minst 1.", en="Write at least 1."))
    limits = [each for each in (costs.saving_low, costs.saving, costs.saving_high) if each is not None]
    told = ", ".join(f"{each:g}" for each in limits)
    if len(limits) == 2 or limits != sorted(limits) or not all(abs(each) <= LARGEST for each in limits):
        problems.add(
            amount.fill(name="saving (low, expected, high)", value=told),
            Text(
                sv="Skriv besparingen ensam, eller med båda gränserna på var sin sida.",
                en="Write the saving alone, or with both limits, one on each side.",
            ),
        )
    problems.check()
