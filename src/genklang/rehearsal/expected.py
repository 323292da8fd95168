"""What a forecast holds: figures with intervals, by indicator, period and group, and money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from genklang.protocol.units import Money


@dataclass(frozen=True, slots=True)
class Expected:
    """A figure with the interval that holds 95 % of replications; None where there is nothing to compute it from."""

    value: float | None
    low: float | None
    high: float | None

    def as_dict(self) -> dict[str, float | None]:
        """Plain values for JSON."""
        return {"value": self.value, "low": self.low, "high": self.high}


@dataclass(frozen=True, slots=True)
class ExpectedCell:
    """An indicator in one period (by its first day) and group."""

    period: date | None
    by: tuple[tuple[str, str | None], ...]
    expected: Expected


@dataclass(frozen=True, slots=True)
class ExpectedIndicator:
    """An indicator over the whole time, as it is in an ordinary period (the mean of periods), and cell by cell.

    `a_period` is None for an indicator without `per`. `published` is whatever figure the caller handed in to stand
    beside.
    """

    name: str
    overall: Expected
    a_period: Expected | None
    cells: tuple[ExpectedCell, ...]
    published: Any = None

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON, without what was published."""
        return {
            "indicator": self.name,
            "overall": self.overall.as_dict(),
            "a_period": self.a_period.as_dict() if self.a_period else None,
            "cells": [
                {"period": cell.period.isoformat() if cell.period else None, "by": dict(cell.by)}
                | cell.expected.as_dict()
                for cell in self.cells
            ],
        }


@dataclass(frozen=True, slots=True)
class ExpectedAmount:
    """One line of the economy: quantity over the whole time, and money a month (positive for a saving)."""

    name: str
    counts_as: Literal["saving", "cost"]
    quantity: Expected
    price: Money
    per_month: Expected

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "line": self.name,
            "counts_as": self.counts_as,
            "quantity": self.quantity.as_dict(),
            "price": str(self.price),
            "per_month": self.per_month.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class Expectation:
    """What to expect. `simulated` participants stand for `enrolments`; `months` are average months."""

    practice: str
    enrolments: int
    simulated: int
    years: float
    months: float
    seed: int
    replications: int
    parameters: Mapping[str, float]
    indicators: tuple[ExpectedIndicator, ...]
    effect: Expected | None
    economy: tuple[ExpectedAmount, ...]
    net: Expected | None
    net_per_month: Expected | None
    currency: str | None

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "practice": self.practice,
            "enrolments": self.enrolments,
            "simulated": self.simulated,
            "years": self.years,
            "months": self.months,
            "seed": self.seed,
            "replications": self.replications,
            "parameters": dict(self.parameters),
            "indicators": [indicator.as_dict() for indicator in self.indicators],
            "effect": self.effect.as_dict() if self.effect else None,
            "economy": [line.as_dict() for line in self.economy],
            "net": self.net.as_dict() if self.net else None,
            "net_per_month": self.net_per_month.as_dict() if self.net_per_month else None,
            "currency": self.currency,
        }
