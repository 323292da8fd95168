"""Random typed expressions over random rows with unknowns: Python and the databases give the same value."""

import math
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genklang.protocol.expressions import ExpressionError, Scope, Type, compile_expression
from tests.spec.expressions.engines import ENGINES, close

COLUMNS = {
    "i": Type.INTEGER,
    "j": Type.INTEGER,
    "x": Type.NUMBER,
    "y": Type.NUMBER,
    "p": Type.BOOLEAN,
    "q": Type.BOOLEAN,
    "s": Type.TEXT,
    "t": Type.TEXT,
    "d": Type.DATE,
    "a": Type.INSTANT,
    "w": Type.DURATION,
}
LETTERS = "aBZåÖé '\"\\%_🙂"
NUMBERS = st.integers(-160, 160).map(lambda eighths: eighths / 8)
TEXTS = st.text(LETTERS, max_size=4)
DATES = st.dates().map(str)
VALUES: dict[Type, st.SearchStrategy[Any]] = {
    Type.BOOLEAN: st.booleans(),
    Type.INTEGER: st.integers(-30, 30),
    Type.NUMBER: NUMBERS,
    Type.TEXT: TEXTS,
    Type.DATE: DATES,
    Type.INSTANT: st.integers(-(10**15), 2 * 10**15),
    Type.DURATION: st.integers(-(10**12), 10**12),
}
ROWS = st.lists(st.fixed_dictionaries({n: st.none() | VALUES[k] for n, k in COLUMNS.items()}), min_size=1, max_size=5)

# What makes each type: the types of the parts, and how they are written.
FORMS: dict[Type, list[tuple[str, tuple[Type, ...]]]] = {}


def form(result: Type, template: str, *parts: Type) -> None:
    FORMS.setdefault(result, []).append((template, parts))


B, W, N, T = Type.BOOLEAN, Type.INTEGER, Type.NUMBER, Type.TEXT
D, M, L = Type.DATE, Type.INSTANT, Type.DURATION
for kind in (W, N, T, D, M, L):
    for sign in ("=", "<>", "<", "<=", ">", ">="):
        form(B, f"({{}} {sign} {{}})", kind, kind)
    form(B, "({} between {} and {})", kind, kind, kind)
    form(B, "({} not between {} and {})", kind, kind, kind)
    form(B, "({} in ({}, {}))", kind, kind, kind)
    form(B, "({} not in ({}, {}))", kind, kind, kind)
    form(B, "({} is null)", kind)
    form(kind, "least({}, {}, {})", kind, kind, kind)
    form(kind, "greatest({}, {})", kind, kind)
for kind in (B, W, N, T, D, M, L):
    form(kind, "case when {} then {} when {} then {} else {} end", B, kind, B, kind, kind)
    form(kind, "case when {} then {} end", B, kind)
    form(kind, "case {} when {} then {} else {} end", W, W, kind, kind)
    form(kind, "coalesce({}, {})", kind, kind)
    form(kind, "nullif({}, {})", kind, kind)
for template in ("({} and {})", "({} or {})", "({} and {})", "({} = {})", "({} <> {})"):
    form(B, template, B, B)
form(B, "({} and {} and {})", B, B, B)
form(B, "({} or {} or {})", B, B, B)
form(B, "(not {})", B)
form(B, "({} is not null)", B)
form(B, "contains({}, {})", T, T)
for sign in ("+", "-", "*"):
    form(W, f"({{}} {sign} {{}})", W, W)
    form(N, f"({{}} {sign} {{}})", N, W)
    form(N, f"({{}} {sign} {{}})", N, N)
form(W, "({} % {})", W, W)
for name in ("round", "floor", "ceil"):
    form(W, f"{name}({{}})", N)
form(W, "abs({})", W)
form(W, "length({})", T)
form(W, "days_between({}, {})", D, D)
form(W, "(- ({}))", W)
form(N, "({} / {})", N, N)
form(N, "({} / {})", W, W)
form(N, "round({}, 2)", N)
form(N, "abs({})", N)
form(N, "({} / {})", L, L)
form(N, "days_between({}, {})", M, M)
form(T, "({} || {})", T, T)
form(T, "lower({})", T)
form(T, "upper({})", T)
form(M, "({} + {})", M, L)
form(M, "({} - {})", M, L)
form(L, "({} - {})", M, M)
form(L, "({} + {})", L, L)
form(L, "minutes({})", W)
form(L, "hours({})", N)
form(L, "({} / {})", L, N)
form(L, "({} * 0.125)", L)


@st.composite
def expressions(draw: st.DrawFn, kind: Type, depth: int) -> str:
    """A text of a type: a column, a literal, or a form of parts a level below."""
    if depth == 0 or draw(st.integers(0, 4)) == 0:
        return draw(leaves(kind))
    template, parts = draw(st.sampled_from(FORMS[kind]))
    return template.format(*[draw(expressions(part, depth - 1)) for part in parts])


def leaves(kind: Type) -> st.SearchStrategy[str]:
    columns = st.sampled_from([name for name, known in COLUMNS.items() if known is kind])
    if kind in (Type.INSTANT, Type.DURATION):
        return columns
    if kind in (Type.TEXT, Type.DATE):
        prefix = "date " if kind is Type.DATE else ""
        return columns | VALUES[kind].map(lambda text: f"{prefix}'{text.replace(chr(39), chr(39) * 2)}'")
    return columns | VALUES[kind].map(lambda value: str(value).lower())


AGGREGATES = [
    ("count({})", (*COLUMNS.values(),)),
    ("count(distinct {})", (B, W, T, D)),
    ("sum({})", (B, W, N, L)),
    ("avg({})", (B, W, N)),
    ("min({})", (B, W, N, T, D, M, L)),
    ("max({})", (B, W, N, T, D, M, L)),
    ("median({})", (W, N)),
]


@st.composite
def aggregates(draw: st.DrawFn) -> str:
    template, kinds = draw(st.sampled_from(AGGREGATES))
    text = template.format(draw(expressions(draw(st.sampled_from(kinds)), 2)))
    return f"{text} filter (where {draw(expressions(B, 2))})" if draw(st.booleans()) else text


@pytest.fixture(scope="module", autouse=True)
def _closed_connections() -> Iterator[None]:
    yield
    close()


def agree(text: str, scope: Scope, rows: list[dict[str, Any]]) -> None:
    try:
        expression = compile_expression(text, scope)
    except ExpressionError as error:
        assert "too large" in str(error), error
        return
    first, *others = [(engine, compute(expression, rows)) for engine, compute in ENGINES.items()]
    for engine, value in others:
        assert same(first[1], value), (text, first, (engine, value))
    assert first[1] is None or isinstance(first[1], bool) == (expression.type is Type.BOOLEAN)


def same(one: Any, other: Any) -> bool:
    if isinstance(one, bool | str) or one is None or other is None:
        return type(one) is type(other) and one == other
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)


LIMITS = settings(max_examples=250)


@LIMITS
@given(kind=st.sampled_from(list(VALUES)), data=st.data(), rows=ROWS)
def test_engines_agree_on_one_row(kind: Type, data: st.DataObject, rows: list[dict[str, Any]]) -> None:
    agree(data.draw(expressions(kind, 3)), Scope(COLUMNS), rows[:1])


@LIMITS
@given(text=aggregates(), rows=ROWS)
def test_engines_agree_on_many_rows(text: str, rows: list[dict[str, Any]]) -> None:
    agree(text, Scope(COLUMNS, aggregates=True), rows)


@settings(max_examples=500)
@given(text=st.text(st.sampled_from("ip x=<>!'\"()+-*/%,.|&09_åas andornotincasewhenthenend\n\0;"), max_size=40))
def test_any_text_is_an_expression_or_says_why_not(text: str) -> None:
    try:
        compile_expression(text, Scope(COLUMNS)).python({"i": 1, "p": True, "x": 0.5})
    except ExpressionError as error:
        for problem in error.problems:
            assert 0 <= problem.offset <= len(text)
            assert problem.what
            assert problem.instead
