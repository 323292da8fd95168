"""One Spark for all its tests: it takes some seconds to start."""

from collections.abc import Iterator
from typing import Any

import pytest

from genklang.measure.files import spark_session

MASTER = "local[2]"


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A session in local mode."""
    session = spark_session(MASTER)
    # Tiny tables: splitting them, and compiling each query, takes longer than running it.
    for name, value in {"shuffle.partitions": "1", "codegen.wholeStage": "false", "adaptive.enabled": "false"}.items():
        session.conf.set(f"spark.sql.{name}", value)
    yield session
    session.stop()
