"""Who came, stayed and left, as the log tells it: for the flow of participants beside a finding (as CONSORT asks)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from genklang.engine.conditions import Condition, fact_kinds
from genklang.measure.study import sample_of
from genklang.measure.tables import Log, Tables
from genklang.protocol.parts import Text
from genklang.protocol.types import Protocol

STILL = Text(sv="deltar fortfarande, inget värde än", en="still taking part, no value yet")
NOT_ELIGIBLE = Text(sv="uppfyllde inte kraven", en="did not meet the criteria")
NOT_DRAWN = Text(sv="inte lottade än", en="not drawn yet")
WAITING = Text(sv="tillfrågas senare", en="to be asked later")
WAIVED = Text(sv="ska inte tillfrågas", en="not to be asked")
Counted = tuple[tuple[Text, int], ...]


@dataclass(frozen=True, slots=True)
class Came:
    """How many came, how many of these could take part (None where everybody could), and why some went no further."""

    assessed: int
    eligible: int | None
    left: Counted


def came(protocol: Protocol, tables: Tables) -> Came:
    """The way to the study's table: everybody enrolled, and who of them is not in it, and why."""
    study = protocol.study
    logs = [log for log in tables.logs if log.state.stage is not None]
    if study is not None and study.draw is not None:
        sample = sample_of(protocol, logs, study.draw)
        left = [(WAITING, sample.waiting), (WAIVED, sample.waived)]
        return Came(sample.population, len(sample.asked) + sample.waiting + sample.waived, _some(left))
    eligible = eligible_of(protocol, logs)
    if protocol.randomise is None:
        return Came(len(logs), None, ())
    outside = [log for log in logs if log.state.arm is None]
    allowed = {log.enrolment for log in eligible}
    reasons = [NOT_ELIGIBLE if log.enrolment not in allowed else _why_not(protocol, log) for log in outside]
    return Came(len(logs), len(eligible), _counted(reasons))


def eligible_of(protocol: Protocol, logs: Sequence[Log]) -> list[Log]:
    """Those who by what is known of them could take part."""
    if protocol.eligible is None:
        return list(logs)
    condition = Condition(protocol.eligible, fact_kinds(protocol))
    return [log for log in logs if condition.holds(log.state.facts)]


def standings(protocol: Protocol, logs: Iterable[Log]) -> Counted:
    """Where those stand who have no value: the final stage that they left in, or still taking part."""
    return _counted([_standing(protocol, log) for log in logs])


def received(protocol: Protocol, logs: Iterable[Log]) -> int:
    """How many of them got the practice, by the event that shows it."""
    kind = protocol.study.received if protocol.study else None
    return sum(1 for log in logs if any(event.kind == kind for event in log.events))


def _standing(protocol: Protocol, log: Log) -> Text:
    stage = protocol.stages.get(log.state.stage or "")
    return Text(sv=stage.sv, en=stage.en) if stage and stage.final else STILL


def _why_not(protocol: Protocol, log: Log) -> Text:
    standing = _standing(protocol, log)
    return NOT_DRAWN if standing is STILL else standing


def _counted(reasons: Sequence[Text]) -> Counted:
    said = {(reason.sv, reason.en): reason for reason in reasons}
    counts = Counter((reason.sv, reason.en) for reason in reasons)
    return tuple((said[key], n) for key, n in counts.most_common())


def _some(counts: Iterable[tuple[Text, int]]) -> Counted:
    return tuple((reason, n) for reason, n in counts if n)
