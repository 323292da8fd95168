"""Typed tree to columns: what is drawn at random for many at once, where it is drawn from numbers that all share.

Only what behaviours are mostly made of: numbers, parameters, sums, products, and the common distributions. For the rest
there is one at a time (`python`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genklang.protocol.expressions.nodes import Node, Type
from genklang.protocol.expressions.values import LARGEST_EXPONENT

Floats = NDArray[np.float64]
Uniforms = Callable[[int], Floats]
Known = Mapping[str, float]
Drawn = Callable[[Known, Uniforms], Any]


def drawing_columns(node: Node, numbers: Iterator[int]) -> Drawn | None:
    """A function from known numbers and sources of chance to a column, or one number for all; None where there is none.

    Each draw takes the next of `numbers`, and later asks for the uniform numbers (over 0, below 1) of that number. The
    function raises ValueError where a distribution's parameters make none.
    """
    if node.op == "literal" and node.type in (Type.INTEGER, Type.NUMBER, Type.DURATION):
        return lambda known, uniforms: node.value
    if node.op == "name" and node.type in (Type.INTEGER, Type.NUMBER):
        return lambda known, uniforms: known[node.value]
    args = [drawing_columns(arg, numbers) for arg in node.args]
    parts = [arg for arg in args if arg is not None]
    if len(parts) < len(args) or not parts:
        return None
    if node.op in _SUMS:
        return _reckoned(_SUMS[node.op], parts)
    if node.op == "duration":
        size = node.value
        return lambda known, uniforms: np.rint(parts[0](known, uniforms) * size)
    return _distribution(node, parts, numbers)


def _reckoned(combine: Callable[..., Any], parts: list[Drawn]) -> Drawn:
    return lambda known, uniforms: combine(*(part(known, uniforms) for part in parts))


def _distribution(node: Node, parts: list[Drawn], numbers: Iterator[int]) -> Drawn | None:
    if node.op not in _DISTRIBUTIONS or any(part.op in _DISTRIBUTIONS for arg in node.args for part in arg.walk()):
        return None
    distribution, sources = _DISTRIBUTIONS[node.op]
    own = [next(numbers) for _ in range(sources)]
    whole = node.type is Type.DURATION

    def drawn(known: Known, uniforms: Uniforms) -> Floats:
        values = distribution(*(part(known, uniforms) for part in parts), *(uniforms(number) for number in own))
        return np.rint(values) if whole else values

    return drawn


def standard_normal(one: Floats, other: Floats) -> Floats:
    """Box and Muller's: two uniform numbers to a normal one."""
    normal: Floats = np.sqrt(-2.0 * np.log(one)) * np.cos(2.0 * np.pi * other)
    return normal


def _uniform(low: float, high: float, one: Floats) -> Floats:
    return low + (high - low) * one


def _normal(mean: float, deviation: float, one: Floats, other: Floats) -> Floats:
    return mean + _positive(deviation) * standard_normal(one, other)


def _lognormal(median: float, sigma: float, one: Floats, other: Floats) -> Floats:
    drawn: Floats = _positive(median) * np.exp(np.minimum(sigma * standard_normal(one, other), LARGEST_EXPONENT))
    return drawn


def _exponential(mean: float, one: Floats) -> Floats:
    drawn: Floats = -_positive(mean) * np.log(one)
    return drawn


def _positive(value: float) -> float:
    if value < 0:
        raise ValueError(f"{value} is below 0")
    return value


_SUMS: dict[str, Callable[..., Any]] = {
    "add": lambda one, other: one + other,
    "subtract": lambda one, other: one - other,
    "multiply": lambda one, other: one * other,
    "negative": lambda one: -one,
}
_DISTRIBUTIONS: dict[str, tuple[Callable[..., Floats], int]] = {
    "uniform": (_uniform, 1),
    "normal": (_normal, 2),
    "lognormal": (_lognormal, 2),
    "exponential": (_exponential, 1),
}
