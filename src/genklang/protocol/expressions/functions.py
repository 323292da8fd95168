"""The functions of the language: their arguments and results. What they do is in `python`, `sql` and `drawing`."""

from dataclasses import dataclass
from typing import Literal

from genklang.protocol.expressions.nodes import Type

B, W, N, T = Type.BOOLEAN, Type.INTEGER, Type.NUMBER, Type.TEXT
D, M, L = Type.DATE, Type.INSTANT, Type.DURATION
NS = Type.NUMBERS

Group = Literal["scalar", "aggregate", "random", "table"]


@dataclass(frozen=True, slots=True)
class Overload:
    """One way to call a function: the types it takes, the type it gives, and the operation that does it."""

    params: tuple[Type, ...]
    result: Type
    op: str
    value: int | None = None


@dataclass(frozen=True, slots=True)
class Function:
    """A function as people meet it. Without overloads its arguments are checked by a rule of its own."""

    name: str
    group: Group
    example: str
    meaning: str
    overloads: tuple[Overload, ...] = ()


def _same(op: str, *kinds: Type) -> tuple[Overload, ...]:
    return tuple(Overload((kind,), kind, op) for kind in kinds)


def _length_of(name: str, microseconds: int) -> Function:
    ways = tuple(Overload((kind,), L, "duration", microseconds) for kind in (W, N))
    return Function(name, "scalar", f"{name}(2)", f"A duration of so many {name}.", ways)


_SCALAR = (
    Function("coalesce", "scalar", "coalesce(hours, 0)", "The first of its arguments that is known."),
    Function("nullif", "scalar", "nullif(hours, 0)", "Unknown where both are equal, else the first."),
    Function("least", "scalar", "least(hours, 24)", "The least of its arguments that are known."),
    Function("greatest", "scalar", "greatest(hours, 0)", "The greatest of its arguments that are known."),
    Function("abs", "scalar", "abs(change)", "Without its sign.", _same("abs", W, N, L)),
    Function(
        "round",
        "scalar",
        "round(hours)",
        "The nearest whole number, halves away from zero; round(hours, 1) keeps one decimal.",
        (*_same("same", W), Overload((N,), W, "round"), Overload((N, W), N, "round_to")),
    ),
    Function(
        "floor", "scalar", "floor(hours)", "The whole number below.", (*_same("same", W), Overload((N,), W, "floor"))
    ),
    Function(
        "ceil", "scalar", "ceil(hours)", "The whole number above.", (*_same("same", W), Overload((N,), W, "ceil"))
    ),
    Function("exp", "scalar", "exp(x)", "e to the power; unknown above 709.", (Overload((N,), N, "exp"),)),
    Function("ln", "scalar", "ln(x)", "The natural logarithm; unknown for zero and below.", (Overload((N,), N, "ln"),)),
    Function(
        "power",
        "scalar",
        "power(x, 2)",
        "The first to the power of the second; unknown where it is no real number or too large.",
        (Overload((N, N), N, "power"),),
    ),
    Function("lower", "scalar", "lower(reason)", "In small letters (A–Z and Å, Ä, Ö, É, Ü, Æ, Ø).", _same("lower", T)),
    Function(
        "upper", "scalar", "upper(reason)", "In capital letters (a–z and å, ä, ö, é, ü, æ, ø).", _same("upper", T)
    ),
    Function(
        "length",
        "scalar",
        "length(reason)",
        "How many characters; of a list of numbers, how many numbers.",
        (Overload((T,), W, "length"), Overload((NS,), W, "how_many")),
    ),
    Function(
        "contains",
        "scalar",
        "contains(reason, 'flytt')",
        "True where the first text holds the second.",
        (Overload((T, T), B, "contains"),),
    ),
    _length_of("minutes", 60_000_000),
    _length_of("hours", 3_600_000_000),
    _length_of("days", 86_400_000_000),
    Function(
        "days_between",
        "scalar",
        "days_between(asked_on, answered_on)",
        "From the first to the second: calendar days between dates, days of 24 hours with decimals between instants.",
        (Overload((D, D), W, "dates_between"), Overload((M, M), N, "instants_between")),
    ),
    Function("times", "scalar", "times('08:00', '20:00')", "A list of local times of day, for facts of type times."),
    Function("numbers", "scalar", "numbers(4, 9)", "A list of numbers, for facts and fields of type numbers."),
)
_TABLE = (
    Function(
        "lookup",
        "table",
        "lookup('norm', 'amount', household)",
        "The figure of a table's column in the row of the key: exact for words; for numbers the last row whose key is "
        "not above. Only in the lines of a proposal, where the date says which edition. Where no row fits, or its "
        "column is left out, the proposal stops and says so.",
    ),
    Function(
        "lookup_sum",
        "table",
        "lookup_sum('child_norm', 'amount', ages)",
        "The figures of each number of a list, added up; 0 for an empty list. Only in the lines of a proposal.",
    ),
)
_AGGREGATE = (
    Function(
        "count", "aggregate", "count(*)", "How many rows; count(x): with x known; count(distinct x): different x."
    ),
    Function(
        "sum",
        "aggregate",
        "sum(hours)",
        "The sum of what is known; of booleans, how many are true. Unknown where there is nothing to add.",
        (Overload((B,), W, "sum"), *_same("sum", W, N, L)),
    ),
    Function(
        "avg",
        "aggregate",
        "avg(met)",
        "The mean of what is known; of booleans, the share that is true. Unknown where there is nothing.",
        (Overload((B,), N, "avg"), Overload((N,), N, "avg")),
    ),
    Function(
        "min",
        "aggregate",
        "min(hours)",
        "The least; of booleans, true where all are.",
        _same("min", B, W, N, T, D, M, L),
    ),
    Function(
        "max",
        "aggregate",
        "max(hours)",
        "The greatest; of booleans, true where any is.",
        _same("max", B, W, N, T, D, M, L),
    ),
    Function("median", "aggregate", "median(hours)", "The middle value.", (Overload((N,), N, "median"),)),
    Function(
        "first",
        "aggregate",
        "first(points)",
        "The earliest that is known. Only in signals, whose rows are in order of time.",
        _same("first", B, W, N, T, D, M),
    ),
    Function(
        "last",
        "aggregate",
        "last(points)",
        "The latest that is known. Only in signals, whose rows are in order of time.",
        _same("last", B, W, N, T, D, M),
    ),
)
_RANDOM = (
    Function(
        "uniform",
        "random",
        "uniform(1, 9)",
        "Anywhere between two numbers or durations.",
        (Overload((N, N), N, "uniform"), Overload((L, L), L, "uniform")),
    ),
    Function(
        "normal",
        "random",
        "normal(8, 1.4)",
        "Normally distributed: mean and standard deviation.",
        (Overload((N, N), N, "normal"), Overload((L, L), L, "normal")),
    ),
    Function(
        "lognormal",
        "random",
        "lognormal(minutes(5), 0.8)",
        "Log-normally distributed: median, and standard deviation of the logarithm.",
        (Overload((N, N), N, "lognormal"), Overload((L, N), L, "lognormal")),
    ),
    Function(
        "exponential",
        "random",
        "exponential(hours(3))",
        "Exponentially distributed, by its mean.",
        _same("exponential", N, L),
    ),
    Function(
        "gamma",
        "random",
        "gamma(hours_before, 4)",
        "Gamma distributed: mean and shape (the higher, the narrower).",
        (Overload((N, N), N, "gamma"), Overload((L, N), L, "gamma")),
    ),
    Function("poisson", "random", "poisson(3)", "A count with this mean.", (Overload((N,), W, "poisson"),)),
    Function("beta", "random", "beta(2, 5)", "Between 0 and 1, by its two shapes.", (Overload((N, N), N, "beta"),)),
    Function("bernoulli", "random", "bernoulli(0.3)", "True with this probability.", (Overload((N,), B, "bernoulli"),)),
    Function("choose", "random", "choose('bus', 0.7, 'car', 0.3)", "One of the values, each followed by its weight."),
    Function("id", "random", "id()", "A new identifier.", (Overload((), T, "id"),)),
    Function("now", "random", "now()", "The simulated instant.", (Overload((), M, "now"),)),
)
FUNCTIONS = {function.name: function for function in (*_SCALAR, *_AGGREGATE, *_RANDOM, *_TABLE)}
