"""Quantities that a protocol writes with a unit: durations ("14 days") and money ("290 SEK")."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

MICROSECOND = 1
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE

_EXACT = {"s": SECOND, "second": SECOND, "min": MINUTE, "minute": MINUTE, "h": HOUR, "hour": HOUR}
_CALENDAR_DAYS = {"day": 1, "week": 7}
_CALENDAR_MONTHS = {"month": 1, "year": 12}
_DURATION = re.compile(r"(\d+) *([a-z]+)")
_MONEY = re.compile(r"(-?\d+(?:\.\d+)?) *([A-Z]{3})")


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time: calendar months and days are local wall time, microseconds are exact time."""

    months: int = 0
    days: int = 0
    microseconds: int = 0

    PATTERN: ClassVar[str] = r"^\d+ *(s|seconds?|min|minutes?|h|hours?|days?|weeks?|months?|years?)$"

    @classmethod
    def parse(cls, written: str) -> "Duration":
        """Read "90 min", "14 days", "3 months". Raises ValueError with what to write."""
        match = _DURATION.fullmatch(written.strip())
        number, unit = (int(match[1]), match[2]) if match else (0, "")
        singular = unit if unit in _EXACT else unit.removesuffix("s")
        if singular in _EXACT:
            return cls(microseconds=number * _EXACT[singular])
        if singular in _CALENDAR_DAYS:
            return cls(days=number * _CALENDAR_DAYS[singular])
        if singular in _CALENDAR_MONTHS:
            return cls(months=number * _CALENDAR_MONTHS[singular])
        raise ValueError(
            "is no duration. Write a whole number and a unit (min, h, days, weeks, months, years), "
            'for example "14 days"'
        )

    def __str__(self) -> str:
        for amount, unit in ((self.months, "month"), (self.days, "day")):
            if amount:
                return f"{amount} {unit}{'s' if amount != 1 else ''}"
        for size, unit in ((HOUR, "h"), (MINUTE, "min")):
            if self.microseconds % size == 0:
                return f"{self.microseconds // size} {unit}"
        return f"{self.microseconds // SECOND} s"

    def __bool__(self) -> bool:
        return bool(self.months or self.days or self.microseconds)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency, given by its ISO 4217 code."""

    amount: Decimal
    currency: str

    PATTERN: ClassVar[str] = r"^-?\d+(\.\d+)? *[A-Z]{3}$"

    @classmethod
    def parse(cls, written: str) -> "Money":
        """Read "290 SEK". Raises ValueError with what to write."""
        match = _MONEY.fullmatch(written.strip())
        if not match:
            raise ValueError('is no amount of money. Write a number and a currency, for example "290 SEK"')
        return cls(Decimal(match[1]), match[2])

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


def _reader(kind: type[Duration] | type[Money]) -> BeforeValidator:
    def read(value: Any) -> Any:
        if isinstance(value, kind):
            return value
        return kind.parse(str(value))

    return BeforeValidator(read)


def _schema(kind: type[Duration] | type[Money], example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": kind.PATTERN, "examples": [example]})


DurationField = Annotated[Duration, _reader(Duration), PlainSerializer(str), _schema(Duration, "14 days")]
MoneyField = Annotated[Money, _reader(Money), PlainSerializer(str), _schema(Money, "290 SEK")]
