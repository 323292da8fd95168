"""Counting what forms did not need to ask: written with what a form says, read for the adoption's page."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Sum

from genklang.operate.forms.answers import Spared
from genklang.operate.models import Adoption, Event
from genklang.operate.sent_forms import SentForm
from genklang.statements import prepared


@dataclass(frozen=True)
class Asked:
    """Over all forms of an adoption: questions about what can be known, by what became of them."""

    asked: int
    repeated: int
    confirmed: int
    corrected: int

    @property
    def in_all(self) -> int:
        """All questions that there were reason to ask."""
        return self.asked + self.confirmed + self.corrected

    @property
    def share(self) -> float:
        """The share that nobody had to answer."""
        return self.confirmed / self.in_all if self.in_all else 0


def note(adoption: Adoption, event: str, spared: Spared) -> None:
    """Remembers what the form asked; the same form sent twice is one. Forms without such questions leave no trace."""
    if any(spared):
        SentForm.objects.get_or_create(adoption=adoption, event=event, defaults=spared._asdict())


def asked(adoption: Adoption) -> Asked:
    """What the adoption's forms have asked and spared; those whose event was taken back do not count."""
    every = _sums.first(adoption.pk)
    if every is None:
        return Asked(**dict.fromkeys(Spared._fields, 0))
    gone = _sums_of.first(adoption.pk, [str(key) for key in _taken_back(adoption.pk)])
    return Asked(**{name: every[f"{name}__sum"] - (gone[f"{name}__sum"] if gone else 0) for name in Spared._fields})


@prepared
def _sums(adoption: int) -> QuerySet[SentForm, Any]:
    rows = SentForm.objects.filter(adoption=adoption).order_by().values("adoption")
    return rows.annotate(*(Sum(name) for name in Spared._fields))


@prepared
def _sums_of(adoption: int, events: list[str]) -> QuerySet[SentForm, Any]:
    rows = SentForm.objects.filter(adoption=adoption, event__in=events).order_by().values("adoption")
    return rows.annotate(*(Sum(name) for name in Spared._fields))


@prepared
def _taken_back(adoption: int) -> QuerySet[Event, object]:
    rows = Event.objects.filter(adoption=adoption, kind="voided").order_by()
    return rows.values_list("data__event", flat=True)
