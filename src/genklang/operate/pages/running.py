"""Where a practice runs, for the bank's public page: aggregates of at least five people, renewed once an hour."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from genklang.bank.models import Practice
from genklang.measure.values import SMALLEST_CELL, for_release
from genklang.operate import clock
from genklang.operate.models import Adoption, Status
from genklang.operate.pages.figures import figure_of, in_unit
from genklang.operate.pages.keeping import kept
from genklang.operate.pages.measuring import measured
from genklang.operate.pages.protocols import protocol_of
from genklang.operate.pages.result import result_of
from genklang.operate.pages.words import language, say

RENEWED_EVERY = 60 * clock.MINUTE
HEADLINES = 5


@dataclass(frozen=True)
class Place:
    """One adoption as anybody may see it. `people` is None where fewer than five take part; then no more is told."""

    organisation: str
    since: datetime
    simulated: bool
    historical: bool
    people: int | None
    figures: list[tuple[str, str]]
    sentences: tuple[str, ...] = ()


def places_of(practice: Practice) -> list[Place]:
    """The adoptions that run, or have run, anywhere in this house."""
    rows = Adoption.objects.filter(protocol_version__practice=practice).exclude(status=Status.PLANNED)
    rows = rows.select_related("organisation", "protocol_version").order_by("simulated", "started_at")
    return [kept(row, f"public-{language()}", partial(_place, row), kept_for=RENEWED_EVERY) for row in rows]


def _place(adoption: Adoption) -> Place:
    figures = measured(adoption)
    enough = figures.enrolments >= SMALLEST_CELL
    return Place(
        organisation=adoption.organisation.name,
        since=adoption.started_at,
        simulated=adoption.simulated,
        historical=adoption.historical,
        people=figures.enrolments if enough else None,
        figures=_figures(adoption) if enough else [],
        sentences=_sentences(adoption) if enough else (),
    )


def _figures(adoption: Adoption) -> list[tuple[str, str]]:
    """Shares and averages over the whole time, counts a month of the latest one; never of fewer than five people."""
    indicators, figures = protocol_of(adoption.protocol_version).indicators, measured(adoption)
    chosen = {name: each for name, each in indicators.items() if each.headline}
    told = [figure_of(name, each, figures) for name, each in chosen.items()]
    released = {value.indicator: value.value for value in for_release([value for value in told if value])}
    return [
        (say(indicator), in_unit(released[name], indicator.unit))
        for name, indicator in list(chosen.items())[:HEADLINES]
        if released.get(name) is not None
    ]


def _sentences(adoption: Adoption) -> tuple[str, ...]:
    result = result_of(adoption)
    return result.primary.sentences if result else ()
