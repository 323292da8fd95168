"""Published figures in words: what was found, for whom, by whom, and which of the protocol's measures says the same."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from genklang.bank.models import Practice, Spread
from genklang.bank.reading import measures
from genklang.bank.results import Figure, Results, Source
from genklang.bank.selectors import results_of
from genklang.bank.vocabulary import label
from genklang.bank.wording import bare, in_unit, inside, language, per_word, said, started, together, with_unit
from genklang.protocol.types import Protocol

PERCENT_DECIMALS = 1


@dataclass(frozen=True)
class FigureView:
    """One published figure: its name, the figure as text, notes, source, and the measure it can be compared with."""

    name: str
    text: str
    notes: tuple[str, ...]
    source: str
    source_key: str
    compares_with: str
    measure: str
    kind: str
    arm: str
    subgroup: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class PlaceView:
    """A place where it has run, and what is known about it."""

    name: str
    year: int | None
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class SpreadView:
    """One step on the idea's way."""

    kind: str
    stage: str
    who: str
    when: str
    note: str
    source: str


def figures_of(results: Results, protocol: Protocol) -> list[FigureView]:
    """Every published figure, in the order of the file."""
    return [figure_view(figure, results, protocol) for figure in results.figures.values()]


def figure_view(figure: Figure, results: Results, protocol: Protocol) -> FigureView:
    """One figure in the reader's language."""
    notes = [said(figure.note)] if figure.note else []
    if figure.own_arithmetic:
        notes.append(_("Our own arithmetic: %(how)s") % {"how": said(figure.own_arithmetic)})
    compared = measures(protocol).get(figure.compares_with or "")
    return FigureView(
        name=said(figure),
        text=figure_text(figure),
        notes=tuple(notes),
        source=short_source(results.sources[figure.source]),
        source_key=figure.source,
        compares_with=said(compared),
        measure=figure.compares_with or "",
        kind=figure.kind,
        arm=figure.arm or "",
        subgroup=tuple(figure.subgroup.items()),
    )


def figure_text(figure: Figure) -> str:
    """The figure itself: "99.2–99.8%", "about 8,000 a month", "rose"."""
    if figure.words:
        return said(figure.words)
    if figure.direction:
        directions = {"up": _("rose"), "down": _("fell"), "same": _("about the same")}
        return directions[figure.direction]
    text = _range(figure) if figure.low is not None else _value(figure)
    if figure.about:
        text = _("about %(figure)s") % {"figure": text}
    return " ".join(part for part in (text, per_word(figure.per)) if part)


def source_text(source: Source) -> str:
    """A source as one cites it."""
    return f"{source.publisher}: {source.title} ({source.year})"


def headline_of(practice: Practice) -> tuple[str, str, str] | None:
    """The figure for the practice's card: figure, name and publisher; None where nothing is published."""
    results = results_of(practice)
    figure = results.headline
    if figure is None:
        return None
    text, name = figure_text(figure), said(figure)
    if figure.against:
        other = results.figures[figure.against]
        text = _beside(figure, other)
        name = _("%(figure)s, against %(other)s") % {"figure": name, "other": inside(said(other))}
    return started(text), name, short_source(results.sources[figure.source])


def _beside(figure: Figure, other: Figure) -> str:
    """Two figures of the same sort, the unit said once: "10 against 26 hours a month"."""
    text = bare(figure.value or 0.0, figure.unit, decimals=PERCENT_DECIMALS if figure.unit == "share" else None)
    return _("%(figure)s against %(other)s") % {"figure": text, "other": figure_text(other)}


def short_source(source: Source) -> str:
    """A source in few words: who and when."""
    return f"{source.publisher}, {source.year}"


def places_of(results: Results) -> list[PlaceView]:
    """The places where the practice has run."""
    return [
        PlaceView(
            said(place.name),
            place.year,
            tuple((said(fact), in_unit(fact.value, fact.unit)) for fact in place.figures),
        )
        for place in results.places
    ]


def place_names(results: Results) -> str:
    """Where it has run, in one line; said where it has run nowhere."""
    return together(said(place.name) for place in results.places) or _("Not run anywhere yet")


def spread_of(practice: Practice, results: Results) -> list[SpreadView]:
    """The idea's way to others, in order."""
    return [
        SpreadView(
            str(Spread.Kind(event.kind).label),
            event.kind,
            event.who,
            event.happened,
            event.note,
            short_source(results.sources[event.source]) if event.source in results.sources else "",
        )
        for event in practice.spread.all()
    ]


def labels(kind: str, names: list[str]) -> list[str]:
    """The vocabulary's words for names, in the reader's language."""
    return [label(kind, name, language()) for name in names]


def _range(figure: Figure) -> str:
    low, high = figure.low or 0.0, figure.high or 0.0
    decimals = PERCENT_DECIMALS if figure.unit == "share" else None
    ends = [bare(end, figure.unit, decimals=decimals) for end in (low, high)]
    return with_unit("–".join(ends), figure.unit, high)


def _value(figure: Figure) -> str:
    unit = "points" if figure.unit == "share" and figure.kind == "difference" else figure.unit
    return in_unit(figure.value or 0.0, unit, decimals=_places(figure))


def _places(figure: Figure) -> int | None:
    """A share that we computed is shown to one decimal; what a source printed, as printed."""
    return PERCENT_DECIMALS if figure.unit == "share" and figure.own_arithmetic else None
