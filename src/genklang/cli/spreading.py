"""Where the parts of a rehearsal are run: in several processes here, or on Spark."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genklang.rehearsal.spread import Done, Part, Spread

PARTS_A_WORKER = 4  # so that nobody waits for the slowest


def over_processes(count: int) -> Spread:
    """In so many processes of this machine."""

    def spread(run: Callable[[Part], Done], parts: Sequence[Part]) -> Iterable[Done]:
        from concurrent.futures import ProcessPoolExecutor

        with ProcessPoolExecutor(count) as pool:
            yield from pool.map(run, parts)

    return spread


def over_spark(master: str) -> Spread:
    """On Spark; each of its machines has Genklang installed. Raises ImportError, with what to install."""
    from genklang.measure.files import spark_session

    session = spark_session(master)

    def spread(run: Callable[[Part], Done], parts: Sequence[Part]) -> Iterable[Done]:
        found: list[Done] = session.sparkContext.parallelize(parts, len(parts)).map(run).collect()
        return found

    return spread
