"""The flow of participants beside a finding: what the table cannot tell, from the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from genklang.evaluate.texts import Text
from genklang.measure import flow as measured
from genklang.measure.study import StudyTable
from genklang.protocol.types import Protocol

if TYPE_CHECKING:
    from genklang.evaluate.findings import ArmFlow, Finding, Loss
    from genklang.measure.tables import Log, Tables


def with_flow(
    finding: Finding, protocol: Protocol, tables: Tables, table: StudyTable, missing: Sequence[bool]
) -> Finding:
    """The finding with how many came before the lot, and where those stand whose value is missing."""
    if finding.flow is None:
        return finding
    came = measured.came(protocol, tables)
    arms = tuple(_arm(arm, protocol, tables, table, missing) for arm in finding.flow.arms)
    left = tuple(_loss(reason.sv, reason.en, n) for reason, n in came.left)
    flow = replace(finding.flow, assessed=came.assessed, eligible=came.eligible, left_before=left, arms=arms)
    return replace(finding, flow=flow)


def _arm(arm: ArmFlow, protocol: Protocol, tables: Tables, table: StudyTable, missing: Sequence[bool]) -> ArmFlow:
    """Losses for want of a value told by stage, where the log and the finding agree on how many they are."""
    logs = {log.enrolment: log for log in tables.logs}
    own = [place for place, name in enumerate(table.get("arm", [arm.name] * len(missing))) if name == arm.name]
    if "arm" not in table:
        own = list(range(len(missing)))
    without = [logs[table["enrolment"][place]] for place in own if missing[place]]
    lost = tuple(each for loss in arm.lost for each in _told(loss, protocol, without))
    return replace(arm, lost=lost)


def _told(loss: Loss, protocol: Protocol, without: Sequence[Log]) -> list[Loss]:
    if loss.n != len(without) or "missing" not in loss.reason.en:
        return [loss]
    return [_loss(reason.sv, reason.en, n) for reason, n in measured.standings(protocol, without)]


def _loss(sv: str, en: str, n: int) -> Loss:
    from genklang.evaluate.findings import Loss

    return Loss(reason=Text(sv=sv, en=en), n=n)
