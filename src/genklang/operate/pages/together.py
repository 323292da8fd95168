"""A study's answers judged together: the more that is looked at, the more easily chance shows something."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from genklang.operate.pages.answers import Answer
from genklang.protocol.types import Protocol, Study


def allowed_for(protocol: Protocol, plan: Protocol, answers: list[Answer]) -> list[Answer]:
    """The answers, each judged for how many they are. `plan` is the protocol as it stood when the plan was locked.

    The outcome that was named first beforehand is judged alone; where it compares several arms, they are judged
    together.
    """
    from genklang.evaluate.multiplicity import together

    named = bool(answers) and plan.study is not None and primary_of(plan.study) == primary_of(protocol.study)
    first = [each for each in answers if named and each.name == answers[0].name]
    rest = answers[len(first) :]
    if len(first) < 2 and len([*first, *_tested(rest)]) < 2:
        return answers
    families = [_tested(first) if len(first) > 1 else [], _tested(rest)]
    adjusted = {
        answer.key: one
        for family in families
        if family
        for answer, one in zip(family, together([each.finding for each in family if each.finding]), strict=True)
    }
    return [replace(each, adjusted=adjusted.get(each.key)) for each in answers]


def _tested(answers: Iterable[Answer]) -> list[Answer]:
    return [each for each in answers if each.finding is not None and each.finding.p is not None]


def primary_of(study: Study | None) -> str | None:
    """What the plan puts first."""
    if study is None:
        return None
    return "survival" if study.design == "survival" else next(iter({**study.outcomes, **study.series}), None)
