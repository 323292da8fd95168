"""What the operations of expressions do in Python, where an operator does not say it. Unknown is None."""

import math
from collections.abc import Sequence
from datetime import date
from random import Random
from statistics import median as middle
from typing import Any

LARGEST_WHOLE = 9e18
LARGEST_EXPONENT = 709.0
SMALLEST_EXPONENT = -700.0
CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZÅÄÖÉÜÆØ"
SMALL = "abcdefghijklmnopqrstuvwxyzåäöéüæø"
_TO_SMALL = str.maketrans(CAPITALS, SMALL)
_TO_CAPITALS = str.maketrans(SMALL, CAPITALS)
_LARGEST_POISSON_STEP = 16.0


def whole(number: float | None) -> int | None:
    """Return the nearest whole number, halves away from zero; unknown beyond what 64 bits hold."""
    if number is None or not -LARGEST_WHOLE < number < LARGEST_WHOLE:
        return None
    return math.trunc(number + 0.5) if number >= 0 else math.trunc(number - 0.5)


def floor(number: float) -> int | None:
    """Return the whole number below; unknown beyond what 64 bits hold."""
    return math.floor(number) if -LARGEST_WHOLE < number < LARGEST_WHOLE else None


def ceil(number: float) -> int | None:
    """Return the whole number above; unknown beyond what 64 bits hold."""
    return math.ceil(number) if -LARGEST_WHOLE < number < LARGEST_WHOLE else None


def round_to(number: float, power: int) -> float | None:
    """Return the number with as many decimals as the power of ten says; unknown where it is too large."""
    rounded = whole(number * power)
    return None if rounded is None else rounded / power


def modulo(one: int, other: int) -> int:
    """Return what is left after division, with the sign of the first, as SQL has it."""
    left = abs(one) % abs(other)
    return -left if one < 0 else left


def exp(number: float) -> float | None:
    """Return e to the power, unknown where it is too large to be written."""
    return math.exp(max(number, SMALLEST_EXPONENT)) if number <= LARGEST_EXPONENT else None


def ln(number: float) -> float | None:
    """Return the natural logarithm, unknown for zero and below."""
    return math.log(number) if number > 0 else None


def power(base: float, exponent: float) -> float | None:
    """Return base to the power of exponent, unknown where that is no real number or too large or small."""
    if base == 0:
        return float(0**exponent) if exponent >= 0 else None
    if base < 0 and exponent != math.floor(exponent):
        return None
    if abs(exponent * math.log(abs(base))) > -SMALLEST_EXPONENT:
        return None
    return float(math.pow(base, exponent))


def least(values: Sequence[Any]) -> Any:
    """Return the least of what is known."""
    return min((value for value in values if value is not None), default=None)


def greatest(values: Sequence[Any]) -> Any:
    """Return the greatest of what is known."""
    return max((value for value in values if value is not None), default=None)


def small(text: str) -> str:
    """Return the text in small letters."""
    return text.translate(_TO_SMALL)


def capitals(text: str) -> str:
    """Return the text in capital letters."""
    return text.translate(_TO_CAPITALS)


def dates_between(one: str, other: str) -> int:
    """Return whole days from one ISO date to another."""
    return (date.fromisoformat(other) - date.fromisoformat(one)).days


def total(values: Sequence[Any]) -> Any:
    """Return the sum, unknown where there is nothing to add."""
    if not values:
        return None
    return math.fsum(values) if any(isinstance(value, float) for value in values) else sum(values)


def mean(values: Sequence[float]) -> float | None:
    """Return the mean, unknown where there is nothing."""
    return math.fsum(values) / len(values) if values else None


def median(values: Sequence[float]) -> float | None:
    """Return the middle value, or the mean of the two in the middle."""
    return float(middle(values)) if values else None


def normal(rng: Random, mean: float, deviation: float) -> float | None:
    """Draw from a normal distribution; unknown where the deviation is negative."""
    return rng.normalvariate(mean, deviation) if deviation >= 0 else None


def lognormal(rng: Random, median: float, sigma: float) -> float | None:
    """Draw from a log-normal distribution given by its median; unknown where that is negative."""
    return median * math.exp(min(sigma * rng.normalvariate(0.0, 1.0), LARGEST_EXPONENT)) if median >= 0 else None


def exponential(rng: Random, mean: float) -> float | None:
    """Draw from an exponential distribution given by its mean; unknown where that is negative."""
    if mean <= 0:
        return 0.0 if mean == 0 else None
    return rng.expovariate(1.0) * mean


def gamma(rng: Random, mean: float, shape: float) -> float | None:
    """Draw from a gamma distribution given by its mean and shape; unknown where they make none."""
    if mean <= 0 or shape <= 0:
        return 0.0 if mean == 0 and shape > 0 else None
    return rng.gammavariate(shape, mean / shape)


def beta(rng: Random, one: float, other: float) -> float | None:
    """Draw from a beta distribution; unknown where a shape is not above zero."""
    return rng.betavariate(one, other) if one > 0 and other > 0 else None


def poisson(rng: Random, mean: float) -> int | None:
    """Draw a count by Knuth's product of uniforms, a step of the mean at a time; unknown where the mean is negative."""
    if not 0 <= mean <= 1e6:
        return None
    count = 0
    while mean > 0:
        limit, product = math.exp(-min(mean, _LARGEST_POISSON_STEP)), rng.random()
        while product > limit:
            count += 1
            product *= rng.random()
        mean -= _LARGEST_POISSON_STEP
    return count


def choose(rng: Random, weights: Sequence[float | None]) -> int | None:
    """Draw the number of one of several, by weight; a weight that is negative or unknown counts as none."""
    known = [max(weight or 0.0, 0.0) for weight in weights]
    drawn = rng.random() * math.fsum(known)
    for number, weight in enumerate(known):
        drawn -= weight
        if drawn < 0:
            return number
    return None


def identifier(rng: Random) -> str:
    """Draw an identifier of 16 hexadecimal digits."""
    return f"{rng.getrandbits(64):016x}"
