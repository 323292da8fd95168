"""Showing figures to anybody: the only code that writes public figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Q

from genklang import evaluate as evaluation  # its parts, and numpy with them, load when used
from genklang.operate.models import Adoption
from genklang.operate.public_figures import PublicFigure


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure that could be shown: what it says in every language, and each one's mark in it."""

    kind: PublicFigure.Kind
    name: str
    content: dict[str, Any]
    marks: bytes


@transaction.atomic
def show(adoption: Adoption, figures: Iterable[Figure], *, at: datetime) -> list[PublicFigure]:
    """Shows each figure that, beside all that were shown before, tells of nobody or of enough people.

    The others stand as they were. Returns what is new.
    """
    Adoption.objects.select_for_update().get(pk=adoption.pk)
    return [_add(adoption, figure, at) for figure in figures if _may_be_shown(adoption, figure)]


def standing(adoption: Adoption) -> list[PublicFigure]:
    """The latest of every figure that was ever shown, without its marks; the newest last."""
    figures = PublicFigure.objects.filter(adoption=adoption).order_by()
    latest = figures.values("kind", "name").annotate(last=Max("pk")).values_list("last", flat=True)
    return list(PublicFigure.objects.filter(pk__in=list(latest)).defer("marks").order_by("pk"))


def _may_be_shown(adoption: Adoption, figure: Figure) -> bool:
    """A figure may have been called something else, and counted otherwise, in another version of the protocol."""
    version = adoption.protocol_version.digest
    before = PublicFigure.objects.filter(adoption=adoption, kind=figure.kind).order_by("pk")
    before = before.filter(Q(name=figure.name) | ~Q(protocol_digest=version))
    shown = [(row.name, bytes(row.marks)) for row in before]
    own = [marks for name, marks in shown if name == figure.name]
    if own and own[-1] == figure.marks:
        return False
    return evaluation.may_take_its_place(figure.marks, [marks for _name, marks in shown])


def _add(adoption: Adoption, figure: Figure, at: datetime) -> PublicFigure:
    return PublicFigure.objects.create(
        adoption=adoption,
        kind=figure.kind,
        name=figure.name,
        protocol_digest=adoption.protocol_version.digest,
        at=at,
        content=figure.content,
        marks=figure.marks,
    )
