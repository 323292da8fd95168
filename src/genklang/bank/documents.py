"""What of a practice can be searched, and how much each part weighs."""

from collections.abc import Iterable, Iterator

from genklang.bank.reading import LANGUAGES, Folder
from genklang.bank.search import Document
from genklang.bank.vocabulary import label

TITLE, SUMMARY, LABEL, PLACE, STORY = 8, 4, 3, 3, 1


def documents(folders: Iterable[Folder]) -> list[Document]:
    """The searchable documents of practices: one in each language."""
    return [document_of(folder, language) for folder in folders for language in LANGUAGES]


def document_of(folder: Folder, language: str) -> Document:
    """What one practice says in one language."""
    protocol = folder.protocol
    return Document(
        folder.slug,
        language,
        [
            (protocol.title.in_language(language), TITLE),
            (protocol.summary.in_language(language), SUMMARY),
            *((text, LABEL) for text in _labels(folder, language)),
            *((place.name.in_language(language), PLACE) for place in folder.results.places),
            *((event.who.in_language(language), STORY) for event in folder.results.spread),
            *((text, STORY) for text in _protocol_words(folder, language)),
            (folder.stories[language], STORY),
        ],
    )


def _labels(folder: Folder, language: str) -> Iterator[str]:
    results = folder.results
    for kind in ("areas", "target_groups", "success_factors"):
        for name in getattr(results, kind):
            yield label(kind, name, language)
    yield label("designs", results.design, language)


def _protocol_words(folder: Folder, language: str) -> Iterator[str]:
    protocol = folder.protocol
    for parts in (protocol.roles, protocol.events, protocol.expectations, protocol.indicators):
        for part in parts.values():
            yield part.in_language(language)
