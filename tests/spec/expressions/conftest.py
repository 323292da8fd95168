"""Connections that the engines keep are closed when the tests are over."""

from collections.abc import Iterator

import pytest

from tests.spec.expressions.engines import close


@pytest.fixture(scope="session", autouse=True)
def _closed_connections() -> Iterator[None]:
    yield
    close()
