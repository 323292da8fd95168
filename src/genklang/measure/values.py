"""What measuring gives: one value per indicator, period and group, with how many people stand behind it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

SMALLEST_CELL = 5


@dataclass(frozen=True, slots=True)
class IndicatorValue:
    """One cell of an indicator.

    `period` is the first local day of the week, month, quarter or year, None where the indicator has no `per`. `by`
    holds the groups in the order the protocol gives them. `value` is None where there is nothing to compute from. `n`
    counts people (distinct enrolments), `rows` the outcome facts, events or enrolments behind the value. `suppressed`
    marks a cell that is too small to leave the organisation.
    """

    indicator: str
    period: date | None
    by: tuple[tuple[str, str | None], ...]
    value: float | None
    n: int
    rows: int
    suppressed: bool = False

    @property
    def groups(self) -> dict[str, str | None]:
        """The groups as a mapping, for example {"arm": "training"}."""
        return dict(self.by)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON, in a fixed order."""
        return {
            "indicator": self.indicator,
            "period": self.period.isoformat() if self.period else None,
            "by": self.groups,
            "value": self.value,
            "n": self.n,
            "rows": self.rows,
            "suppressed": self.suppressed,
        }

    @property
    def order(self) -> tuple[object, ...]:
        """Sorts by period and group, what is unknown last: the same whatever the database's collation."""
        groups = tuple((group is None, group or "") for _, group in self.by)
        return (self.period is None, self.period or date.min, groups)


def flag_small(values: Iterable[IndicatorValue], *, smallest: int = SMALLEST_CELL) -> list[IndicatorValue]:
    """Mark the cells with fewer than `smallest` people. The values stay: for eyes inside the organisation."""
    return [replace(value, suppressed=value.n < smallest) for value in values]


def for_release(values: Iterable[IndicatorValue], *, smallest: int = SMALLEST_CELL) -> list[IndicatorValue]:
    """What may leave the organisation: in cells with fewer than `smallest` people value and counts are taken out."""
    flagged = flag_small(values, smallest=smallest)
    return [replace(value, value=None, n=0, rows=0) if value.suppressed else value for value in flagged]


def as_number(value: object) -> float | None:
    """A database's number as a float. True is 1, False 0. Raises TypeError for what is no number."""
    if value is None:
        return None
    if isinstance(value, bool | int | float | Decimal):
        return float(value)
    raise TypeError(f"an indicator's value must be a number, not {type(value).__name__}")


def as_label(group: object) -> str | None:
    """A group's value as text: of a boolean "true" or "false"."""
    if group is None:
        return None
    return str(group).lower() if isinstance(group, bool) else str(group)


def overall(values: Iterable[IndicatorValue]) -> Mapping[str, float | None]:
    """Ungrouped values by indicator name."""
    return {value.indicator: value.value for value in values}
