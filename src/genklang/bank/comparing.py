"""Practices side by side: one row for each thing worth comparing, one cell for each practice."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from genklang.bank.models import Practice, Spread
from genklang.bank.published import figures_of, labels, place_names
from genklang.bank.readable import readable
from genklang.bank.results import Results
from genklang.bank.selectors import protocol_of, results_of
from genklang.bank.wording import said, started
from genklang.protocol.types import Protocol

Lines = list[str]
MOST_FIGURES = 6


@dataclass(frozen=True)
class Row:
    """One row: its heading, and for each practice the lines of its cell."""

    heading: str
    cells: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class _Side:
    practice: Practice
    results: Results
    protocol: Protocol


def comparison(practices: list[Practice]) -> list[Row]:
    """The rows; empty for no practices. A cell with nothing to say is an empty tuple."""
    sides = [_side(practice) for practice in practices]
    made: list[tuple[str, Callable[[_Side], Lines]]] = [
        (_("The promise"), lambda side: [side.practice.summary]),
        (_("Where it has run"), lambda side: [place_names(side.results)]),
        (_("Area"), lambda side: labels("areas", side.practice.areas)),
        (_("For whom"), lambda side: labels("target_groups", side.practice.target_groups)),
        (_("Published figures"), _figures),
        (_("How the figures were made"), _design),
        (_("What made it work"), lambda side: labels("success_factors", side.practice.success_factors)),
        (_("Who is needed"), lambda side: [said(side.results.effort.team)]),
        (_("Time to get going"), lambda side: [said(side.results.effort.lead_time)]),
        (_("What is expected, and when"), _duties),
        (_("What is measured"), lambda side: [item.name for item in readable(side.protocol).indicators]),
        (_("Who has asked or taken it up"), _spread),
    ]
    return [Row(heading, tuple(tuple(lines(side)) for side in sides)) for heading, lines in made] if sides else []


def _side(practice: Practice) -> _Side:
    assert practice.current is not None
    return _Side(practice, results_of(practice), protocol_of(practice.current))


def _figures(side: _Side) -> Lines:
    figures = figures_of(side.results, side.protocol)
    return [f"{figure.name}: {figure.text}" for figure in figures[:MOST_FIGURES]]


def _design(side: _Side) -> Lines:
    return [*labels("designs", [side.practice.design]), said(side.results.design_note)]


def _duties(side: _Side) -> Lines:
    return [f"{duty.what}: {duty.when}, {duty.deadline}" for duty in readable(side.protocol).duties]


def _spread(side: _Side) -> Lines:
    told = (Spread.Kind.ASKED, Spread.Kind.VISITED, Spread.Kind.DECIDED, Spread.Kind.STOPPED)
    events = [event for event in side.practice.spread.all() if event.kind in told]
    return [f"{event.who}: {started(str(Spread.Kind(event.kind).label)).lower()}" for event in events]
