"""One result as it leaves a municipality: the estimate and what it rests on, and nothing about one person."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from genklang.evaluate.findings import Arm, Estimate, Finding
from genklang.evaluate.multiplicity import Adjusted
from genklang.evaluate.problems import Problems, refuse
from genklang.evaluate.release.ledger import Entry
from genklang.evaluate.release.rules import DEFAULT, Rules
from genklang.evaluate.texts import Text
from genklang.evaluate.verdicts import Better, Verdict

LEVELS = ("one_group", "survey")  # they tell where something stands, not what made it so
_Z = 1.959963984540054
_WAIT = Text(sv="Vänta tills fler deltar.", en="Wait until more take part.")


@dataclass(frozen=True, kw_only=True)
class Group:
    """One arm, or one period: how many, and their share or mean with its standard deviation."""

    name: Text
    n: int
    value: float | None
    standard_deviation: float | None = None

    def as_dict(self) -> dict[str, object]:
        plain = {"n": self.n, "value": self.value, "standard_deviation": self.standard_deviation}
        return {"name": self.name.as_dict(), **plain}

    @classmethod
    def of_dict(cls, plain: Mapping[str, Any]) -> Group:
        """What `as_dict` gave."""
        return cls(**{**plain, "name": Text(**plain["name"])})


@dataclass(frozen=True, kw_only=True)
class Released:
    """The result of one outcome, in its natural unit (a share as a fraction).

    `standard_error` is the estimate's own, or half its interval by 1.96 where the method has none (`from_interval`).
    `verdict` is the one that stands where several outcomes or arms were judged together; then `alone` is what it would
    have been by itself, None for one that was judged alone.
    `attrition` is the share of those who began that were not analysed; `uneven` how much that differs between the arms.
    """

    outcome: str
    design: str
    method: str
    people: int
    value: float
    low: float
    high: float
    standard_error: float
    from_interval: bool
    is_share: bool
    unit: Text
    better: Better | None
    target: float | None
    verdict: str
    relevant: float
    attrition: float
    uneven: float
    as_planned: bool
    groups: tuple[Group, ...]
    alone: str | None = None

    def as_dict(self) -> dict[str, Any]:
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__}
        if self.alone is None:
            del plain["alone"]
        return plain | {"unit": self.unit.as_dict(), "groups": [group.as_dict() for group in self.groups]}

    @classmethod
    def of_dict(cls, plain: Mapping[str, Any]) -> Released:
        """What `as_dict` gave."""
        groups = tuple(Group.of_dict(group) for group in plain["groups"])
        return cls(**{**plain, "unit": Text(**plain["unit"]), "groups": groups})

    @property
    def difference(self) -> float | None:
        """What can be pooled: the effect, or for one group its distance from the target; None without a target."""
        if self.design not in LEVELS:
            return self.value
        return None if self.target is None else self.value - self.target

    @property
    def digest(self) -> str:
        """SHA-256 of everything released."""
        written = json.dumps(self.as_dict(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(written.encode()).hexdigest()

    def entry(self, *, adoption: str, at: str) -> Entry:
        """Its line in the ledger: what an outsider could subtract from, or be subtracted from."""
        counts = [(group.name.en, group.n) for group in self.groups]
        if self.is_share:
            counts += [(f"{group.name.en}/1", _whole(group)) for group in self.groups if group.value is not None]
        return Entry(
            adoption=adoption,
            outcome=self.outcome,
            at=at,
            n=self.people,
            counts=tuple(counts),
            parameters=2 * len(self.groups) + 2,
            digest=self.digest,
        )


def release_finding(
    finding: Finding,
    *,
    outcome: str,
    locked: bool,
    words: Mapping[str, Text] | None = None,
    people: int | None = None,
    target: float | None = None,
    adjusted: Adjusted | None = None,
    rules: Rules = DEFAULT,
) -> Released:
    """A finding as it may leave. `outcome` is its name in the protocol; `locked`: the plan was fixed before the start.

    `words` says what arms are called, by their names in the finding, where that has them in one language only.
    `adjusted` is how it stands among the study's other outcomes and arms, where they were judged together.
    `people` is how many it rests on, where the finding itself counts something else (a series counts periods);
    `target` what one group is compared with.
    Raises EvaluationError with every reason why it may not leave. Never says a count that is too small.
    """
    estimate = finding.estimate
    if estimate.low is None or estimate.high is None:
        raise refuse(
            Text(sv="skattningen har inget intervall.", en="the estimate has no interval."),
            Text(sv="Ett resultat utan osäkerhet lämnas inte vidare.", en="A result without it is not passed on."),
            column=outcome,
        )
    groups = tuple(_group(arm, finding, words or {}) for arm in finding.arms) if people is None else ()
    n = people if people is not None else (finding.flow.analysed if finding.flow else sum(g.n for g in groups))
    _check(groups, n, is_share=finding.outcome.kind == "share", outcome=outcome, rules=rules)
    attrition, uneven = _lost(finding)
    error, from_interval = _error(estimate)
    return Released(
        outcome=outcome,
        design=finding.design,
        method=finding.method.name.en,
        people=n,
        value=estimate.value,
        low=estimate.low,
        high=estimate.high,
        standard_error=error,
        from_interval=from_interval,
        is_share=estimate.is_share,
        unit=finding.outcome.unit,
        better=finding.outcome.better,
        target=target,
        verdict=(adjusted.verdict if adjusted else finding.verdict).value,
        alone=adjusted.alone.value if adjusted else None,
        relevant=finding.relevant,
        attrition=attrition,
        uneven=uneven,
        as_planned=locked and all(row.kept for row in finding.plan),
        groups=groups,
    )


def verdict_of(released: Released) -> Verdict:
    """Its verdict, as the grade takes it."""
    return Verdict(released.verdict)


def _group(arm: Arm, finding: Finding, words: Mapping[str, Text]) -> Group:
    keep = finding.outcome.kind != "share"
    name = words.get(arm.name, arm.label)
    return Group(name=name, n=arm.n, value=arm.value, standard_deviation=arm.standard_deviation if keep else None)


def _whole(group: Group) -> int:
    return round((group.value or 0) * group.n)


def _error(estimate: Estimate) -> tuple[float, bool]:
    if estimate.standard_error is not None and estimate.standard_error > 0:
        return estimate.standard_error, False
    assert estimate.low is not None and estimate.high is not None
    return (estimate.high - estimate.low) / (2 * _Z), True


def _check(groups: tuple[Group, ...], n: int, *, is_share: bool, outcome: str, rules: Rules) -> None:
    problems = Problems()
    if n < rules.minimum_n:
        problems.add(
            Text(sv="färre än {n} personer.", en="fewer than {n} people.").fill(n=rules.minimum_n),
            _WAIT,
            column=outcome,
        )
    for group in groups:
        for wrong in _wrong_with(group, is_share=is_share, rules=rules):
            problems.add(wrong, _WAIT, column=outcome)
    if len(groups) and (2 * len(groups) + 2) / max(n, 1) > rules.most_parameters_per_person:
        problems.add(
            Text(sv="för många siffror om för få.", en="too many figures about too few."), _WAIT, column=outcome
        )
    problems.check()


def _wrong_with(group: Group, *, is_share: bool, rules: Rules) -> list[Text]:
    if group.n < rules.minimum_n:
        few = Text(sv="{arm} har färre än {n} personer.", en="{arm} has fewer than {n} people.")
        return [few.fill(arm=group.name, n=rules.minimum_n)]
    if not is_share or group.value is None:
        return []
    yes = _whole(group)
    if yes in (0, group.n):
        return [
            Text(sv="alla i {arm} har samma utfall.", en="everybody in {arm} has the same outcome.").fill(
                arm=group.name
            )
        ]
    if rules.is_small(yes) or rules.is_small(group.n - yes):
        small = Text(sv="{arm} har färre än {n} med ett utfall.", en="{arm} has fewer than {n} with an outcome.")
        return [small.fill(arm=group.name, n=rules.minimum_cell)]
    return []


def _lost(finding: Finding) -> tuple[float, float]:
    """The share not analysed of those who began in the arms compared, and the greatest difference between these."""
    began = [arm for arm in finding.flow.arms if arm.allocated] if finding.flow else []
    compared = {arm.name for arm in finding.arms}
    arms = [arm for arm in began if arm.name in compared] or began  # before and after are arms of one flow
    if not arms:
        return 0.0, 0.0
    shares = [1 - arm.analysed / arm.allocated for arm in arms]
    allocated = sum(arm.allocated for arm in arms)
    return 1 - sum(arm.analysed for arm in arms) / allocated, max(shares) - min(shares)
