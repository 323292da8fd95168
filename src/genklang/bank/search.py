"""Search: documents become weighted terms, and terms rank documents by BM25. One way, in memory and over a table.

Weights are whole numbers and everything is added in one order, so that every database ranks alike. Method: Robertson
and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009); texts weigh as fields do in their BM25F.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol as Interface

from genklang.bank.words import Word, lay_meanings, words

LANGUAGES = ("sv", "en")
LENGTH = ""  # the term under which a document's length is kept
SATURATION, LENGTH_EFFECT = 1.2, 0.6
GRAM_WORTH = 0.35  # a shared gram says less than a shared stem
MEANING_WORTH = 0.8  # what the query was taken to mean says less than what it says
ALIKE = 0.7  # share of a word's grams that must be there for it to count as found
FAINTEST = 0.25  # hits below this share of the best one's score are left out
MOST_WORDS = 40

Weights = Mapping[str, Mapping[str, int]]  # term → document → weight


@dataclass(frozen=True)
class Document:
    """What one practice says in one language: texts, each with how much a word in it weighs."""

    slug: str
    language: str
    texts: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Hit:
    """A practice that was found, how well it fits, and what the query was taken to mean when that is what found it."""

    slug: str
    score: float
    meaning: str = ""


class Postings(Interface):
    """Where terms are kept: which documents hold them and with what weight."""

    def weights(self, language: str, terms: Iterable[str]) -> Weights:
        """The documents of each term; terms that none holds may be left out. `LENGTH` gives every document's length."""


class MemoryPostings:
    """Postings in memory, for the command line and tests."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._held: dict[str, dict[str, dict[str, int]]] = {language: defaultdict(dict) for language in LANGUAGES}
        for document in documents:
            for term, weight in term_weights(document).items():
                self._held[document.language][term][document.slug] = weight

    def weights(self, language: str, terms: Iterable[str]) -> Weights:
        """See `Postings`."""
        held = self._held[language]
        return {term: held[term] for term in terms if term in held}


def term_weights(document: Document) -> dict[str, int]:
    """Every term of a document and its weight; under `LENGTH` the weighted number of words."""
    found: Counter[str] = Counter({LENGTH: 0})
    for text, weight in document.texts:
        for word in words(text, document.language):
            found[LENGTH] += weight
            for term in (word.stem, *word.grams):
                found[term] += weight
    return dict(found)


def search(query: str, postings: Postings) -> list[Hit]:
    """The practices that fit, best first, equally good ones by name. The better of Swedish and English counts."""
    best: dict[str, Hit] = {}
    for language in LANGUAGES:
        for hit in _search_in(language, query, postings):
            if hit.slug not in best or hit.score > best[hit.slug].score:
                best[hit.slug] = hit
    hits = sorted(best.values(), key=lambda hit: (-hit.score, hit.slug))
    return [hit for hit in hits if hit.score >= FAINTEST * hits[0].score]


def _search_in(language: str, query: str, postings: Postings) -> list[Hit]:
    said = words(query, language)[:MOST_WORDS]
    meanings = lay_meanings(said, language)
    meant = [word for subject in meanings for meaning in subject for word in words(meaning, language)]
    weights = postings.weights(language, sorted({LENGTH, *_terms(said), *_terms(meant)}))
    by_words, by_meaning = _scores(said, weights), _scores(meant, weights)
    meaning = ", ".join(subject[0] for subject in meanings)
    hits = []
    for slug in weights.get(LENGTH, {}):
        direct, indirect = by_words.get(slug, 0.0), MEANING_WORTH * by_meaning.get(slug, 0.0)
        if direct + indirect > 0:
            hits.append(Hit(slug, direct + indirect, meaning if indirect > direct else ""))
    return hits


def _scores(query: Sequence[Word], weights: Weights) -> dict[str, float]:
    """BM25 of each document that holds at least one of the words, or something much like it."""
    lengths = weights.get(LENGTH, {})
    worth = {word.stem: 1.0 for word in query} | {gram: GRAM_WORTH for word in query for gram in word.grams}
    mean = sum(lengths.values()) / len(lengths) if lengths else 1.0
    scores = {slug: 0.0 for slug in lengths if any(_holds(slug, word, weights) for word in query)}
    for term in sorted(worth):
        holding = weights.get(term, {})
        rarity = worth[term] * math.log(1 + (len(lengths) - len(holding) + 0.5) / (len(holding) + 0.5))
        for slug in scores.keys() & holding.keys():
            size = 1 - LENGTH_EFFECT + LENGTH_EFFECT * lengths[slug] / mean
            scores[slug] += rarity * holding[slug] * (SATURATION + 1) / (holding[slug] + SATURATION * size)
    return scores


def _holds(slug: str, word: Word, weights: Weights) -> bool:
    if slug in weights.get(word.stem, {}):
        return True
    shared = sum(slug in weights.get(gram, {}) for gram in word.grams)
    return bool(word.grams) and shared >= ALIKE * len(word.grams)


def _terms(query: Iterable[Word]) -> set[str]:
    return {term for word in query for term in (word.stem, *word.grams)}
