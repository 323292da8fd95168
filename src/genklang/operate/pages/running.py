"""Where a practice runs, for the bank's public page: figures that were shown, renewed when that tells of nobody."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from types import NoneType
from zoneinfo import ZoneInfo

from django.utils.formats import date_format

from genklang.bank.models import Practice
from genklang.operate import clock
from genklang.operate.models import Adoption, PublicFigure, Status
from genklang.operate.pages.figures import in_unit
from genklang.operate.pages.keeping import Lasting, kept
from genklang.operate.pages.showing import could_be_shown, headlines_of
from genklang.operate.pages.words import language
from genklang.operate.publishing import show, standing

RENEWED_EVERY = 60 * clock.MINUTE


@dataclass(frozen=True)
class Place:
    """One adoption as anybody may see it. `people` is None where fewer than five take part; then no more is told.

    `as_of` is the day that the latest figure is of; one of another day says so beside it.
    """

    organisation: str
    since: datetime
    simulated: bool
    historical: bool
    people: int | None
    figures: list[tuple[str, str]]
    people_of: str = ""
    sentence: str = ""
    as_of: date | None = None


def places_of(practice: Practice) -> list[Place]:
    """The adoptions that run, or have run, anywhere in this house."""
    rows = Adoption.objects.filter(protocol_version__practice=practice).exclude(status=Status.PLANNED)
    rows = rows.select_related("organisation", "protocol_version").order_by("simulated", "started_at")
    return [_place(row) for row in rows]


def _place(adoption: Adoption) -> Place:
    renew = partial(renewed, adoption)
    kept(adoption, "public", renew, kept_for=RENEWED_EVERY, lasting=Lasting(NoneType, lambda _number: None))
    rows, as_of = standing(adoption), None
    if rows:
        as_of = _day(adoption, rows[-1])
    people = next((row for row in rows if row.kind == PublicFigure.Kind.PEOPLE), None)
    answers = [row for row in rows if row.kind == PublicFigure.Kind.ANSWER]
    return Place(
        organisation=adoption.organisation.name,
        since=adoption.started_at,
        simulated=adoption.simulated,
        historical=adoption.historical,
        people=people.content["n"] if people else None,
        people_of=_other_day(adoption, people, as_of) if people else "",
        figures=list(_figures(adoption, rows, as_of)),
        sentence=f"{answers[-1].content[language()]} {_other_day(adoption, answers[-1], as_of)}".strip()
        if answers
        else "",
        as_of=as_of,
    )


def renewed(adoption: Adoption) -> None:
    """Shows what has become possible to show."""
    show(adoption, could_be_shown(adoption), at=clock.moment(clock.now()))


def _figures(adoption: Adoption, rows: list[PublicFigure], as_of: date | None) -> Iterator[tuple[str, str]]:
    """The headline figures that have been shown, in the protocol's order."""
    shown = {row.name: row for row in rows if row.kind == PublicFigure.Kind.INDICATOR}
    for row in (shown[name] for name in headlines_of(adoption) if name in shown):
        said = in_unit(row.content["value"], row.content["unit"])
        yield row.content[language()], f"{said} {_other_day(adoption, row, as_of)}".strip()


def _other_day(adoption: Adoption, row: PublicFigure, as_of: date | None) -> str:
    """The day that a figure is of, where it is not that of the latest."""
    day = _day(adoption, row)
    return "" if day == as_of else f"({date_format(day, 'DATE_FORMAT')})"


def _day(adoption: Adoption, row: PublicFigure) -> date:
    return row.at.astimezone(ZoneInfo(adoption.zone)).date()
