"""What an expression says of itself, what it refuses, and what it draws."""

import math
from random import Random
from statistics import fmean, median
from typing import Any

import pytest

from genklang.protocol.expressions import Expression, ExpressionError, Scope, Type, compile_expression
from genklang.protocol.expressions.calls import ORDERED_AGGREGATES
from genklang.protocol.expressions.functions import FUNCTIONS
from genklang.protocol.expressions.nodes import TableShape
from genklang.protocol.expressions.sql import NotInSql

NAMES = {
    "hours": Type.NUMBER,
    "count_of": Type.INTEGER,
    "met": Type.BOOLEAN,
    "arm": Type.TEXT,
    "day": Type.DATE,
    "at": Type.INSTANT,
    "wait": Type.DURATION,
    "doses": Type.TIMES,
}
ONE = Scope(NAMES, options={"arm": frozenset({"training", "usual"})})
MANY = Scope(NAMES, aggregates=True)
DRAWN = Scope(NAMES, random=True)


def drawn(text: str, row: dict[str, Any] | None = None, *, times: int = 4000) -> list[Any]:
    draw, rng = compile_expression(text, DRAWN).draw, Random(7)
    return [draw(row or {}, rng) for _ in range(times)]


def test_an_expression_tells_its_type_and_names() -> None:
    expression = compile_expression("case when met then hours * 2 else count_of end", ONE)
    assert expression.type is Type.NUMBER
    assert expression.names == {"met", "hours", "count_of"}


def test_what_a_row_does_not_hold_is_unknown() -> None:
    assert compile_expression("hours > 3", ONE).python({}) is None
    assert compile_expression("hours is null", ONE).python({}) is True


@pytest.mark.parametrize("scope", [ONE, MANY, DRAWN])
def test_each_kind_is_computed_in_its_own_way_only(scope: Scope) -> None:
    expression: Expression = compile_expression("count(*)" if scope.aggregates else "hours", scope)
    refused = {"python": scope is not ONE, "aggregate": scope is not MANY, "draw": scope is MANY}
    for way, no in refused.items():
        if no:
            with pytest.raises(TypeError):
                getattr(expression, way)


@pytest.mark.parametrize(
    ("text", "offset", "words"),
    [
        ("", 0, "empty"),
        ("hours >", 7, "ends too early"),
        ("hours 3", 6, "not expected here"),
        ("(hours", 6, 'where ")" is wanted'),
        ("hours == 3", 6, "Write ="),
        ("met && met", 4, "Write and"),
        ("!met", 0, "Write not"),
        ('arm = "usual"', 6, "single quotes"),
        ("arm = 'usual", 6, "not ended"),
        ("1 < hours < 3", 10, "chained"),
        ("hours = null", 0, "is null"),
        ("hours in ()", 0, "empty"),
        ("hours in (1, null)", 0, "never found"),
        ("arm like 'u%'", 4, "contains"),
        ("met is true", 7, "is null"),
        ("hous > 3", 0, 'Did you mean "hours"'),
        ("maximum(hours)", 0, "no function"),
        ("rond(hours)", 0, "Did you mean round"),
        ("avg(hours)", 0, "only one here"),
        ("uniform(1, 2)", 0, "only a rehearsal"),
        ("arm = 'trainig'", 6, 'Did you mean "training"'),
        ("arm in ('usual', 'control')", 17, "nothing that arm can be"),
        ("case arm when 'none' then 1 end", 14, "nothing that arm can be"),
        ("hours > arm", 8, "is text, where number is wanted"),
        ("met + 1", 0, "case when"),
        ("at + 1", 0, "hours(2)"),
        ("day - day", 0, "days_between"),
        ("arm + arm", 0, "||"),
        ("hours % 2", 0, "whole numbers"),
        ("met < met", 0, "no order"),
        ("least(met, met)", 0, "no order"),
        ("doses = doses", 0, "times"),
        ("round(hours, count_of)", 13, "decimals"),
        ("round(hours, 9)", 13, "decimals"),
        ("nullif(hours)", 0, "wrong number"),
        ("times('8:00')", 6, "no time of day"),
        ("days_between(day, 'soon')", 0, "cannot take"),
        ("date '2026-02-30'", 0, "no date"),
        ("case when hours then 1 end", 10, "not true or false"),
        ("case when met then 1 else 'a' end", 26, "where integer is wanted"),
        ("1234567890123456", 0, "too large"),
        ("1..2", 0, "cannot be read"),
        ("hours; drop table", 5, "not part of the language"),
        ("hours -- all", 6, "a comment"),
        ("cast(hours as text)", 11, "wanted"),
        ("(select 1)", 8, "wanted"),
        ("__import__('os')", 0, "no function"),
        ("arm.upper()", 3, "not part of the language"),
        ("(" * 60 + "1" + ")" * 60, 24, "nested too deeply"),
        (" + ".join(["1"] * 60), 98, "too many terms"),
        ("power(" * 6 + "hours" + ", 2)" * 6, 0, "too large"),
        ("x" * 5000, 0, "too long"),
    ],
)
def test_what_is_wrong_is_told_where_it_is(text: str, offset: int, words: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        compile_expression(text, ONE)
    assert raised.value.problems[0].offset == offset
    assert words in str(raised.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hours", "outside an aggregate"),
        ("3", "no aggregate"),
        ("sum(avg(hours))", "inside another"),
        ("sum(distinct hours)", "takes no distinct"),
        ("round(hours) filter (where met)", "takes no filter"),
        ("count()", "takes one argument"),
        ("sum(*)", "Only count"),
        ("avg(arm)", "cannot take"),
        ("avg(wait)", "cannot take"),
        ("count(doses)", "lists of times"),
    ],
)
def test_what_is_wrong_with_an_aggregate_is_told(text: str, words: str) -> None:
    with pytest.raises(ExpressionError, match=words):
        compile_expression(text, MANY)


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(ExpressionError) as raised:
        compile_expression("hous > 3 and arm = 4 or rond(hours) = 1", ONE)
    assert [problem.offset for problem in raised.value.problems] == [0, 19, 24]


def test_texts_never_become_code() -> None:
    trick = '\'); raise SystemExit #\\\'{0}\\"""\n'
    expression = compile_expression("'" + trick.replace("'", "''") + "'", ONE)
    assert expression.python({}) == trick


@pytest.mark.parametrize("text", ["doses", "case when met then times('08:00') end"])
def test_lists_of_times_are_for_python_alone(text: str) -> None:
    expression = compile_expression(text, ONE)
    assert expression.python({"doses": ("08:00",), "met": True}) == ("08:00",)
    if "times(" in text:
        with pytest.raises(NotInSql):
            expression.sql("duckdb")


def test_draws_have_no_sql() -> None:
    with pytest.raises(NotInSql):
        compile_expression("uniform(1, 2)", DRAWN).sql("duckdb")


def test_columns_may_be_written_otherwise() -> None:
    expression = compile_expression("hours > 3", ONE)
    assert expression.sql("postgres", column=lambda name: f"t.{name}") == "(t.hours > 3)"


@pytest.mark.parametrize(
    ("text", "mean", "near"),
    [
        ("uniform(2, 6)", 4, 0.1),
        ("normal(10, 2)", 10, 0.15),
        ("exponential(3)", 3, 0.2),
        ("gamma(12, 4)", 12, 0.3),
        ("poisson(3)", 3, 0.1),
        ("poisson(70.5)", 70.5, 0.6),
        ("beta(2, 6)", 0.25, 0.01),
        ("case when bernoulli(0.3) then 1 else 0 end", 0.3, 0.03),
        ("hours(uniform(1, 3)) / hours(1)", 2, 0.05),
        ("lognormal(minutes(5), 0.5) / minutes(1)", 5 * math.exp(0.125), 0.2),
    ],
)
def test_draws_have_their_mean(text: str, mean: float, near: float) -> None:
    assert fmean(drawn(text)) == pytest.approx(mean, abs=near)


def test_a_lognormal_draw_has_its_median() -> None:
    assert median(drawn("lognormal(5, 0.8)")) == pytest.approx(5, abs=0.3)


def test_choices_come_by_their_weights() -> None:
    found = drawn("choose('a', 3, 'b', 1, 'c', 0)")
    assert found.count("a") / len(found) == pytest.approx(0.75, abs=0.03)
    assert set(found) == {"a", "b"}


def test_the_same_seed_draws_the_same() -> None:
    text = "choose(normal(1, 2), 1, gamma(3, 2), poisson(2))"
    assert drawn(text, times=50) == drawn(text, times=50)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("gamma(0, 4)", 0),
        ("gamma(-1, 4)", None),
        ("gamma(1, 0)", None),
        ("exponential(0)", 0),
        ("exponential(-1)", None),
        ("normal(1, -1)", None),
        ("lognormal(-1, 1)", None),
        ("poisson(-1)", None),
        ("poisson(0)", 0),
        ("beta(0, 1)", None),
        ("bernoulli(0)", False),
        ("bernoulli(1)", True),
        ("choose('a', 0)", None),
        ("choose('a', hours)", None),
        ("uniform(hours, 3)", None),
        ("hours(gamma(-1, 4))", None),
    ],
)
def test_parameters_that_make_no_distribution_draw_nothing(text: str, value: Any) -> None:
    assert drawn(text, times=20) == [value] * 20


def test_durations_are_drawn_as_whole_microseconds() -> None:
    for text in ("uniform(minutes(1), minutes(2))", "exponential(hours(3))", "0.3 * normal(hours(3), hours(1))"):
        assert all(isinstance(value, int) for value in drawn(text, times=50))


def test_now_and_identifiers() -> None:
    assert drawn("now() + minutes(1)", {"now": 5}, times=1) == [60_000_005]
    assert len(set(drawn("id()", times=100))) == 100


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_examples_of_the_reference_are_right(name: str) -> None:
    names = {
        "x": Type.NUMBER,
        "hours": Type.NUMBER,
        "hours_before": Type.NUMBER,
        "change": Type.NUMBER,
        "met": Type.BOOLEAN,
        "reason": Type.TEXT,
        "asked_on": Type.DATE,
        "answered_on": Type.DATE,
        "household": Type.TEXT,
        "ages": Type.NUMBERS,
        "points": Type.NUMBER,
    }
    group = FUNCTIONS[name].group
    amount = frozenset({"amount"})
    tables = {"norm": TableShape(Type.TEXT, amount), "child_norm": TableShape(Type.NUMBER, amount)}
    scope = Scope(
        names,
        aggregates=group == "aggregate",
        random=group == "random",
        tables=tables if group == "table" else None,
        in_order=name in ORDERED_AGGREGATES,
    )
    assert compile_expression(FUNCTIONS[name].example, scope)
