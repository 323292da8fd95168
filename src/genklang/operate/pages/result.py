"""The study of an adoption, evaluated as its protocol planned: the answers, the plan, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from genklang.bank.planning import PlanRow
from genklang.bank.wording import design_in_words
from genklang.engine.time import Zone
from genklang.operate import clock
from genklang.operate.models import Adoption
from genklang.operate.pages.answers import Answer
from genklang.operate.pages.evaluating import answers_of
from genklang.operate.pages.keeping import kept
from genklang.operate.pages.locking import Lock, lock_of, planned_and_done
from genklang.operate.pages.measuring import prices_of, tables_of
from genklang.operate.pages.protocols import protocol_of
from genklang.operate.pages.words import language, say
from genklang.protocol.types import Protocol

if TYPE_CHECKING:
    from genklang.measure.tables import Tables


@dataclass(frozen=True)
class Result:
    """All that the study says: the question, the primary answer, the others and those beside them; and the plan.

    `arms` are the primary outcome's other arms against the control, where there are several.

    `plan` has each part of it with what was done and whether it was kept; `early` says why the answer is preliminary.
    """

    question: str
    design: str
    primary: Answer
    arms: tuple[Answer, ...]
    others: tuple[Answer, ...]
    beside: tuple[Answer, ...]
    locked: str
    lock_digest: str
    plan: tuple[tuple[PlanRow, str, bool], ...]
    early: tuple[str, ...]

    @property
    def compared(self) -> tuple[Answer, ...]:
        """The primary outcome, an answer for each arm against the control."""
        return (self.primary, *self.arms)

    @property
    def departures(self) -> list[str]:
        """The parts of the plan that were not kept."""
        return [row.item for row, _done, was_kept in self.plan if not was_kept]


def result_of(adoption: Adoption) -> Result | None:
    """The study evaluated on the adoption's log; None for a protocol without a study. Kept until the log grows."""
    if protocol_of(adoption.protocol_version).study is None:
        return None
    return kept(adoption, f"result-{language()}", lambda: evaluate(adoption, tables_of(adoption)))


def evaluate(adoption: Adoption, tables: Tables) -> Result:
    """Evaluates every outcome or series of the study."""
    protocol, lock = protocol_of(adoption.protocol_version), lock_of(adoption)
    study = protocol.study
    assert study is not None
    answers, beside = answers_of(protocol, tables, lock.protocol, prices=prices_of(adoption))
    return Result(
        question=say(study.question),
        design=design_in_words(study.design),
        primary=answers[0],
        arms=tuple(each for each in answers[1:] if each.name == answers[0].name),
        others=tuple(each for each in answers[1:] if each.name != answers[0].name),
        beside=tuple(beside),
        locked=lock.said,
        lock_digest=lock.version.digest,
        plan=tuple(planned_and_done(lock, protocol)),
        early=tuple(_early(adoption, protocol, lock, tables)),
    )


def _early(adoption: Adoption, protocol: Protocol, lock: Lock, tables: Tables) -> list[str]:
    """Why the answer is preliminary: the time planned has not passed, or fewer have come than planned."""
    study, said = protocol.study, []
    if study is None or lock.at is None or adoption.historical:
        return []
    if study.horizon:
        until = Zone(adoption.zone).add(clock.instant(lock.at), study.horizon)
        if until > tables.horizon:
            day: date = tables.day(until)
            said.append(_("The plan reads the answer %(day)s.") % {"day": date_format(day, "DATE_FORMAT")})
    if study.size and len(tables.logs) < study.size:
        counts = {"planned": study.size, "come": len(tables.logs)}
        said.append(_("%(planned)s people are planned, and %(come)s have come.") % counts)
    return said
