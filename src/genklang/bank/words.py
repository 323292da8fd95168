"""Words become search terms, stems and four-letter grams; and lay people's words become officials'.

Stems with character 4-grams rank Swedish best of what was tried: the grams stand in for splitting compounds and
forgive misspelling. Terms are kept apart by their first sign: "=" a stem, "~" a gram.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from genklang.bank.vocabulary import data_file

STEMMERS = {"sv": "swedish", "en": "english"}
GRAM = 4
LONGEST = 60
_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")


@dataclass(frozen=True)
class Word:
    """A word as searched for: its stem, and its grams (none for words shorter than a gram)."""

    stem: str
    grams: tuple[str, ...]


@dataclass(frozen=True)
class LayWord:
    """What is said, as sets of stems of which one must be there in full, and what the bank calls it."""

    phrases: tuple[frozenset[str], ...]
    means: tuple[str, ...]


def words(text: str, language: str) -> list[Word]:
    """The telling words of a text, in order. Letters keep their rings and dots: "har" never finds "hår"."""
    folded = unicodedata.normalize("NFC", text).casefold().replace("’", "'")
    found = (word[:LONGEST] for word in _WORD.findall(folded))
    return [_word(word, language) for word in found if word not in stop_words(language)]


def lay_meanings(query: list[Word], language: str) -> list[tuple[str, ...]]:
    """What the bank calls what the query says, by subject; empty where the bank has no other words for it."""
    stems = {word.stem for word in query}
    return [entry.means for entry in lay_words(language) if any(phrase <= stems for phrase in entry.phrases)]


@cache
def stop_words(language: str) -> frozenset[str]:
    """Words too common to search by."""
    return frozenset(data_file("stop-words.yaml")[language])


@cache
def lay_words(language: str) -> tuple[LayWord, ...]:
    """The list of lay words in one language."""
    entries: Any = data_file("lay-words.yaml")
    return tuple(_lay_word(entry[language], language) for entry in entries if language in entry)


def _lay_word(entry: Any, language: str) -> LayWord:
    phrases = (frozenset(word.stem for word in words(phrase, language)) for phrase in entry["phrases"])
    return LayWord(tuple(phrase for phrase in phrases if phrase), tuple(entry["means"]))


@lru_cache(maxsize=50_000)
def _word(word: str, language: str) -> Word:
    import snowballstemmer  # all its languages: a tenth of what a worker, which never searches, takes to start

    # The stemmer keeps its state between calls and is not safe for threads; one a call costs microseconds.
    stem = snowballstemmer.stemmer(STEMMERS[language]).stemWord(word)
    grams = (word[start : start + GRAM] for start in range(len(word) - GRAM + 1))
    return Word("=" + stem, tuple(dict.fromkeys("~" + gram for gram in grams)))
