"""What an adoption could show anybody now: how many take part, its headline figures, what the study's answer means.

Each with the mark of everybody in it, so that `publishing.show` can tell whether a reader who subtracts would learn of
too few.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import translation

from genklang import evaluate as evaluation  # its parts, and numpy with them, load when used
from genklang.measure.engines import own_values
from genklang.measure.tables import Log
from genklang.measure.values import SMALLEST_CELL, IndicatorValue, for_release
from genklang.operate.models import Adoption, Enrolment, PublicFigure
from genklang.operate.pages.answers import Answer
from genklang.operate.pages.figures import figure_of
from genklang.operate.pages.giving import leaving
from genklang.operate.pages.measuring import measure, one_moment, parts_of
from genklang.operate.pages.protocols import protocol_of
from genklang.operate.pages.result import result_of
from genklang.operate.publishing import Figure
from genklang.protocol.types import Indicator

HEADLINES = 5


def could_be_shown(adoption: Adoption) -> list[Figure]:
    """Every figure that may be shown by itself; nothing where fewer than five take part.

    Figures and marks are of one moment: a mark that is newer than its figure would hide who has just come into it.
    """
    with one_moment():
        return _could_be_shown(adoption)


def _could_be_shown(adoption: Adoption) -> list[Figure]:
    people = list(Enrolment.objects.filter(adoption=adoption).order_by("pk").values_list("key", flat=True))
    if len(people) < SMALLEST_CELL:
        return []
    everybody = evaluation.marks_of(people, dict.fromkeys(people, "takes part"))
    number = Figure(kind=PublicFigure.Kind.PEOPLE, name="", content={"n": len(people)}, marks=everybody)
    return [number, *_indicators(adoption, people), *_answer(adoption, people)]


def headlines_of(adoption: Adoption) -> dict[str, Indicator]:
    """The headline indicators, at most five."""
    indicators = protocol_of(adoption.protocol_version).indicators
    return dict([(name, each) for name, each in indicators.items() if each.headline][:HEADLINES])


def _indicators(adoption: Adoption, people: list[str]) -> Iterator[Figure]:
    """Shares and averages over the whole time, counts a month of the latest one; never of fewer than five people."""
    headlines, figures = headlines_of(adoption), measure(adoption)
    told = [figure_of(name, each, figures) for name, each in headlines.items()]
    cells = [cell for cell in for_release([cell for cell in told if cell]) if cell.value is not None]
    own = own_values(protocol_of(adoption.protocol_version), parts_of(adoption), cells)
    for cell in cells:
        indicator = headlines[cell.indicator]
        yield Figure(
            kind=PublicFigure.Kind.INDICATOR,
            name=cell.indicator,
            content={"sv": indicator.sv, "en": indicator.en, "unit": indicator.unit, "value": cell.value},
            marks=evaluation.marks_of(
                people, {who: _put_in(cell, value) for who, value in own[cell.indicator].items()}
            ),
        )


def _put_in(cell: IndicatorValue, value: float | None) -> str:
    """What somebody put into a cell; rounded, since sums come in no order."""
    return f"{cell.period} {cell.by} {value if value is None else format(value, '.9g')}"


def _answer(adoption: Adoption, people: list[str]) -> Iterator[Figure]:
    """What the study's answer means, of a result that may itself leave."""
    with translation.override("en"):  # the same whatever language the reader has
        result = result_of(adoption)
    if result is None or result.primary.finding is None or leaving(adoption, result.primary)[1] is None:
        return
    said = {language: _meaning(result.primary, language) for language in ("sv", "en")}
    told = {log.enrolment: _log_in_short(log) for part in parts_of(adoption) for log in part.logs}
    yield Figure(
        kind=PublicFigure.Kind.ANSWER, name=result.primary.key, content=said, marks=evaluation.marks_of(people, told)
    )


def _meaning(answer: Answer, language: str) -> str:
    with translation.override(language):
        return answer.sentences[-1]


def _log_in_short(log: Log) -> str:
    facts = [(fact.due, fact.status, fact.resolved_at) for fact in log.facts]
    return repr(([(event.id, event.kind) for event in log.events], facts))
