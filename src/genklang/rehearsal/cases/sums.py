"""What a story tells about proposals: the amount, or why the sum stops."""

from collections.abc import Mapping
from typing import Any

from genklang.engine import asked
from genklang.engine.proposals import Sum, Worked
from genklang.rehearsal.cases.reading import PlacedCase
from genklang.rehearsal.cases.stories import Mismatch, PureDriver


def with_proposed(driver: PureDriver, kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The data of an event with what was proposed in it, as at the door in production."""
    enrolment = driver.state.enrolment
    return asked.with_proposed(driver.machine, kind, data, log=lambda: driver.log, enrolment=enrolment)


def mismatches(told: PlacedCase, driver: PureDriver) -> list[Mismatch]:
    """The sums that are told, and came otherwise."""
    sums: Mapping[str, float | str] = told.case.then.get("sums", {})
    if not sums:
        return []
    found = asked.asked(driver.machine, driver.log, enrolment=driver.state.enrolment)
    came = {one.event.id: _in_words(one.sum) for one in found}
    wanted = {id: text if isinstance(text, str) else f"{text:.10g}" for id, text in sums.items()}
    return [Mismatch(("sums", id), text, came.get(id)) for id, text in wanted.items() if came.get(id) != text]


def _in_words(found: Sum) -> str:
    if isinstance(found, Worked):
        return f"{found.result:.10g}"
    return " ".join([found.why, *(found.names or ([found.table] if found.table else []))])
