"""What an adoption can give back to the bank: each outcome as it would leave, or why it may not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext as _

from genklang import evaluate as evaluation  # its parts, and numpy with them, load when used
from genklang.bank.adopters import Release, Withdrawal
from genklang.bank.given import given_row
from genklang.bank.giving import may_be_given, take_releases, withdraw
from genklang.evaluate.problems import EvaluationError
from genklang.operate import clock
from genklang.operate.adopters import tell_bank
from genklang.operate.models import Adoption, Enrolment
from genklang.operate.pages.answers import Answer
from genklang.operate.pages.evaluating import target_of
from genklang.operate.pages.locking import lock_of
from genklang.operate.pages.protocols import protocol_of
from genklang.operate.pages.result import Result, result_of
from genklang.operate.pages.words import inside_sentence, language, say
from genklang.protocol.types import Protocol

if TYPE_CHECKING:
    from genklang.evaluate.release.results import Released


@dataclass(frozen=True)
class Offer:
    """One outcome: what would leave, or why it may not; `given` once this very result has been given.

    `stands`: a result of it is with the bank and counts; `withdrawn`: the latest one counts no more.
    """

    name: str
    label: str
    released: Released | None = None
    why_not: tuple[str, ...] = ()
    given: bool = False
    withdrawn: Withdrawal | None = None
    stands: bool = False

    @property
    def row(self) -> dict[str, object]:
        """The result in words and numbers, as the bank would show it."""
        return given_row(self.released) if self.released else {}

    @property
    def may_leave(self) -> bool:
        """Whether there is something new that may be given."""
        return self.released is not None and not self.why_not and not self.given


def offers_of(adoption: Adoption) -> list[Offer]:
    """Every outcome of the study; nothing for a practice without one."""
    with translation.override("en"):  # what leaves is the same whatever language the reader has
        result = result_of(adoption)
        made = [leaving(adoption, answer) for answer in _answers(result)] if result else []
    rows = list(Release.objects.filter(adopter__key=adoption.public_id).select_related("withdrawal"))
    given, latest = {row.digest for row in rows}, {row.outcome: row for row in rows}
    ready = [released for _name, released, _wrong in made if released and released.digest not in given]
    refused = may_be_given(adoption.public_id, ready, at=clock.moment(clock.now()))
    protocol = protocol_of(adoption.protocol_version)
    return [
        Offer(
            name,
            _label(protocol, name),
            released,
            tuple(problem.say(language()) for problem in [*wrong, *refused.get(name, [])]),
            released is not None and released.digest in given,
            latest[name].withdrawn if name in latest else None,
            name in latest and latest[name].withdrawn is None,
        )
        for name, released, wrong in made
    ]


def give(adoption: Adoption, seen: Collection[str], *, at: datetime) -> list[Release] | None:
    """Gives the bank what may leave, as it was `seen` (digests); None, and nothing given, when it has changed since.

    Raises EvaluationError if it may not leave beside what was given meanwhile.
    """
    ready = [offer.released for offer in offers_of(adoption) if offer.may_leave and offer.released]
    if {each.digest for each in ready} != set(seen):
        return None
    return take_releases(tell_bank(adoption), ready, protocol_digest=adoption.protocol_version.digest, at=at)


def take_back(adoption: Adoption, outcome: str, why: str, *, at: datetime) -> bool:
    """What was given of the outcome counts no more, and everybody may read why. Returns whether there was any."""
    return withdraw(tell_bank(adoption), outcome, why=why, at=at) is not None


def _answers(result: Result) -> list[Answer]:
    return [*result.compared, *result.others]


def leaving(adoption: Adoption, answer: Answer) -> tuple[str, Released | None, list[evaluation.Problem]]:
    """An answer, by its key, as it may leave by itself; or all that is wrong."""
    if answer.finding is None:
        wrong = evaluation.Text(sv="resultatet går inte att räkna ut än.", en="the result cannot be worked out yet.")
        instead = evaluation.Text(sv="Se resultatsidan.", en="See the result page.")
        return answer.key, None, [evaluation.Problem(wrong=wrong, instead=instead, column=answer.key)]
    protocol = protocol_of(adoption.protocol_version)
    assert protocol.study is not None
    outcome = protocol.study.outcomes.get(answer.name)
    target = None if outcome is None else target_of(protocol, outcome)
    people = None if answer.finding.flow else Enrolment.objects.filter(adoption=adoption).count()
    try:
        made = evaluation.release_finding(
            answer.finding,
            outcome=answer.key,
            people=people,
            target=target,
            adjusted=answer.adjusted,
            locked=_was_locked(adoption),
            words=_arms(protocol),
        )
    except EvaluationError as error:
        return answer.key, None, list(error.problems)
    return answer.key, made, []


def _arms(protocol: Protocol) -> dict[str, evaluation.Text]:
    """What the arms are called in both languages, by what they are called in English."""
    arms = protocol.randomise.arms.values() if protocol.randomise else ()
    return {arm.en: evaluation.Text(sv=arm.sv, en=arm.en) for arm in arms}


def _was_locked(adoption: Adoption) -> bool:
    """Whether the first who took part began under the plan that was followed; never so in an imported past."""
    lock = lock_of(adoption)
    return lock.holds and lock.study == protocol_of(adoption.protocol_version).study


def _label(protocol: Protocol, key: str) -> str:
    study, (name, _sign, arm) = protocol.study, key.partition(":")
    found = (study.outcomes.get(name) or study.series.get(name)) if study else None
    label = say(found) if found else _("Result")
    return f"{label}: {inside_sentence(say(protocol.randomise.arms[arm]))}" if arm and protocol.randomise else label
