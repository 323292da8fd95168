"""What the bank's pages ask for: practices that are shown, filtered and found, and their protocols."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from genklang.bank.models import Practice, ProtocolVersion, SearchTerm
from genklang.bank.results import Results
from genklang.bank.search import Hit, Weights, search
from genklang.bank.vocabulary import vocabulary
from genklang.protocol.reading import from_canonical
from genklang.protocol.types import Protocol

MOST_TERMS_A_QUERY = 500
PROTOCOLS_KEPT = 200
_protocols: dict[str, Protocol] = {}


@dataclass(frozen=True)
class Wanted:
    """What a visitor filters by; empty means anything."""

    words: str = ""
    area: str = ""
    target_group: str = ""
    success_factor: str = ""
    design: str = ""


class TablePostings:
    """Postings from the database's table, only for practices that are shown."""

    def weights(self, language: str, terms: Iterable[str]) -> Weights:
        """See `search.Postings`."""
        found: dict[str, dict[str, int]] = {}
        wanted = list(terms)
        for start in range(0, len(wanted), MOST_TERMS_A_QUERY):
            rows = SearchTerm.objects.filter(
                language=language, term__in=wanted[start : start + MOST_TERMS_A_QUERY], practice__shown=True
            ).values_list("term", "practice__slug", "weight")
            for term, slug, weight in rows:
                found.setdefault(term, {})[slug] = weight
        return found


def shown_practices() -> QuerySet[Practice]:
    """The practices that the bank shows, each with its current protocol version."""
    return Practice.objects.filter(shown=True, current__isnull=False).select_related("current", "lineage")


def find_practices(wanted: Wanted) -> tuple[list[Practice], dict[str, Hit]]:
    """The practices that fit, best first, and why each was found; by title when no words are given."""
    chosen = [practice for practice in shown_practices().prefetch_related("stories") if _fits(practice, wanted)]
    if not wanted.words.strip():
        return sorted(chosen, key=lambda practice: practice.title.casefold()), {}
    hits = {hit.slug: hit for hit in search(wanted.words, TablePostings())}
    found = [practice for practice in chosen if practice.slug in hits]
    return sorted(found, key=lambda practice: (-hits[practice.slug].score, practice.slug)), hits


def varied(practices: Iterable[Practice], *, count: int) -> list[Practice]:
    """So many practices that differ: of each first area the one whose results say most, those with a figure first."""
    ranked = sorted(practices, key=_how_telling)
    firsts = {practice.areas[0]: practice for practice in reversed(ranked) if practice.areas}
    chosen = sorted(firsts.values(), key=_how_telling)
    return [*chosen, *(practice for practice in ranked if practice not in chosen)][:count]


def _how_telling(practice: Practice) -> tuple[bool, int, str]:
    headline = results_of(practice).headline
    numberless = headline is None or headline.direction is not None
    return numberless, list(vocabulary()["designs"]).index(practice.design), practice.slug


def protocol_of(version: ProtocolVersion) -> Protocol:
    """The protocol of a stored version; read once for each digest."""
    if version.digest not in _protocols:  # only then is its text asked for, which may not have been read
        if len(_protocols) >= PROTOCOLS_KEPT:
            _protocols.pop(next(iter(_protocols)), None)
        _protocols[version.digest] = from_canonical(version.canonical)
    return _protocols[version.digest]


def results_of(practice: Practice) -> Results:
    """What is published about the practice."""
    return Results.model_validate(practice.results)


def _fits(practice: Practice, wanted: Wanted) -> bool:
    return (
        (not wanted.area or wanted.area in practice.areas)
        and (not wanted.target_group or wanted.target_group in practice.target_groups)
        and (not wanted.success_factor or wanted.success_factor in practice.success_factors)
        and (not wanted.design or wanted.design == practice.design)
    )
