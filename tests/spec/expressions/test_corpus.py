"""The corpus holds in every engine, and is SQL as others read it."""

from typing import Any

import pytest
import sqlglot

from genklang.protocol.expressions import Scope, compile_expression
from genklang.protocol.expressions.sql import DIALECTS
from tests.spec.expressions.corpus import COLUMNS, MANY_ROWS, ONE_ROW, ROW, TABLE, TABLE_COLUMNS
from tests.spec.expressions.engines import ENGINES

ONE = Scope(COLUMNS)
MANY = Scope(TABLE_COLUMNS, aggregates=True)
CASES = [
    pytest.param(text, value, scope, rows, id=f"{group}: {text}")
    for groups, scope, rows in ((ONE_ROW, ONE, [ROW]), (MANY_ROWS, MANY, TABLE))
    for group, cases in groups.items()
    for text, value in cases
]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("text", "value", "scope", "rows"), CASES)
def test_every_engine_gives_the_value(engine: str, text: str, value: Any, scope: Scope, rows: Any) -> None:
    expression = compile_expression(text, scope)
    found = ENGINES[engine](expression, rows)
    assert found == (value if value is None or isinstance(value, bool | str) else pytest.approx(value, rel=1e-12))
    assert isinstance(found, bool) == isinstance(value, bool)


@pytest.mark.parametrize(("text", "value", "scope", "rows"), CASES)
def test_it_is_sql_that_others_read(text: str, value: Any, scope: Scope, rows: Any) -> None:
    expression = compile_expression(text, scope)
    assert sqlglot.parse_one(text, read="postgres") is not None
    for dialect in DIALECTS:
        assert sqlglot.parse_one(expression.sql(dialect), read=dialect) is not None
