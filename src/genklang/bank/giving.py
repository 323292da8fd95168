"""The verbs of giving back: the only code that writes adopters and releases."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from genklang import evaluate as evaluation  # its parts, and numpy with them, load when used
from genklang.bank.adopters import Adopter, Release, Withdrawal
from genklang.bank.models import Practice
from genklang.evaluate.problems import EvaluationError, Problem


def note_adopter(practice: Practice, *, key: UUID, place: str, since: date, simulated: bool) -> Adopter:
    """The bank knows that somebody runs the practice. Doing it twice changes nothing."""
    known = {"practice": practice, "place": place, "since": since, "simulated": simulated}
    return Adopter.objects.get_or_create(key=key, defaults=known)[0]


def note_end(key: UUID, until: date | None) -> None:
    """They have stopped, on that day; or, with None, gone on after all."""
    Adopter.objects.filter(key=key).update(until=until)


def may_be_given(key: UUID, released: Iterable[evaluation.Released], *, at: datetime) -> dict[str, list[Problem]]:
    """Why each outcome may not leave beside what has left before, by its name; nothing where all may."""
    ledger, refused = _ledger(Release.objects.filter(adopter__key=key)), {}
    for each in released:
        try:
            ledger = ledger.after(each.entry(adoption=str(key), at=_day(at)))
        except EvaluationError as error:
            refused[each.outcome] = list(error.problems)
    return refused


@transaction.atomic
def take_releases(
    adopter: Adopter, released: Iterable[evaluation.Released], *, protocol_digest: str, at: datetime
) -> list[Release]:
    """Keeps what an adopter gives, all or nothing; what has been given before, to the figure, is not kept twice.

    Raises EvaluationError where something, beside what was given before, would tell of too few.
    """
    Adopter.objects.select_for_update().get(pk=adopter.pk)
    ledger, kept = _ledger(adopter.releases.all()), []
    known = set(adopter.releases.values_list("digest", flat=True))
    for each in released:
        if each.digest in known:
            continue
        entry = each.entry(adoption=str(adopter.key), at=_day(at))
        ledger = ledger.after(entry)
        kept.append(
            Release.objects.create(
                adopter=adopter,
                protocol_digest=protocol_digest,
                outcome=each.outcome,
                at=at,
                content=each.as_dict(),
                entry=entry.as_dict(),
                digest=each.digest,
            )
        )
    return kept


@transaction.atomic
def withdraw(adopter: Adopter, outcome: str, *, why: str, at: datetime) -> Withdrawal | None:
    """The adopter's latest result of the outcome counts no more; None where there is none, or it is withdrawn already.

    It stays in the ledger: what has left may have been read, and the next release is guarded against it.
    """
    Adopter.objects.select_for_update().get(pk=adopter.pk)
    latest = adopter.releases.filter(outcome=outcome).select_related("withdrawal").order_by("at", "pk").last()
    if latest is None or latest.withdrawn is not None:
        return None
    return Withdrawal.objects.create(release=latest, at=at, why=why)


def _ledger(releases: Iterable[Release]) -> evaluation.Ledger:
    return evaluation.Ledger(tuple(evaluation.Entry.of_dict(release.entry) for release in releases))


def _day(at: datetime) -> str:
    return at.date().isoformat()
