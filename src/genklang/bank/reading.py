"""From a practice's folder to a validated whole: protocol, stories, results. Knows no database; gathers every error."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from genklang.bank.results import Figure, Results
from genklang.bank.vocabulary import vocabulary
from genklang.protocol.document import Document, read_yaml
from genklang.protocol.document import Path as Place
from genklang.protocol.problems import Problem, ProtocolErrors, quoted, suggestion
from genklang.protocol.reading import read_protocol
from genklang.protocol.types import Protocol
from genklang.protocol.wording import problems_of

LANGUAGES = ("sv", "en")
SHORTEST_STORY = 200  # characters; less than this is a note and tells nobody how it went


@dataclass(frozen=True)
class Folder:
    """A practice as it lies in its folder, read and checked."""

    slug: str
    source: str
    protocol: Protocol
    stories: dict[str, str]
    results: Results


def practice_folders(root: Path) -> list[Path]:
    """The practices' folders below `root`, by name: those that hold a protocol.yaml."""
    return sorted(file.parent for file in root.glob("*/protocol.yaml"))


def read_folder(folder: Path) -> Folder:
    """Read one practice. Raises ProtocolErrors with everything that is wrong in any of its files."""
    problems: list[Problem] = []
    source, protocol = _protocol(folder, problems)
    results = _results(folder, protocol, problems)
    stories = {language: _story(folder, language, problems) for language in LANGUAGES}
    if problems or protocol is None or results is None:
        raise ProtocolErrors(problems)
    return Folder(folder.name, source, protocol, stories, results)


def problems_beside(folder: Path, protocol: Protocol | None) -> list[Problem]:
    """Return everything that is wrong beside the protocol: with the results, which may name it, and the stories."""
    problems: list[Problem] = []
    _results(folder, protocol, problems)
    for language in LANGUAGES:
        _story(folder, language, problems)
    return problems


def read_results(text: str, *, file: str, protocol: Protocol | None = None) -> Results:
    """Read results.yaml; with the protocol also check what it names. Raises ProtocolErrors with everything wrong."""
    document = read_yaml(text, file=file)
    if not isinstance(document.data, dict):
        raise ProtocolErrors([Problem(file, 1, 1, "", "The file holds no results", "", 'Begin with "practice: …".')])
    try:
        results = Results.model_validate(document.data)
    except ValidationError as error:
        raise ProtocolErrors(problems_of(error.errors(include_url=False), document, root=Results)) from None
    problems = [*_unknown_words(results, document), *_unknown_names(results, protocol, document)]
    if problems:
        raise ProtocolErrors(problems)
    return results


def _protocol(folder: Path, problems: list[Problem]) -> tuple[str, Protocol | None]:
    file = folder / "protocol.yaml"
    source = read_text(file, problems)
    try:
        protocol = read_protocol(source, file=str(file)) if source else None
    except ProtocolErrors as errors:
        problems.extend(errors.problems)
        return source, None
    if protocol and protocol.practice != folder.name:
        problems.append(_wrong_folder(file, protocol.practice))
    return source, protocol


def _results(folder: Path, protocol: Protocol | None, problems: list[Problem]) -> Results | None:
    file = folder / "results.yaml"
    text = read_text(file, problems)
    try:
        results = read_results(text, file=str(file), protocol=protocol) if text else None
    except ProtocolErrors as errors:
        problems.extend(errors.problems)
        return None
    if results and results.practice != folder.name:
        problems.append(_wrong_folder(file, results.practice))
    return results


def _story(folder: Path, language: str, problems: list[Problem]) -> str:
    file = folder / f"story.{language}.md"
    text = read_text(file, problems)
    if text and len(text) < SHORTEST_STORY:
        what = f"The story is {len(text)} characters long"
        problems.append(
            Problem(str(file), 1, 1, "", what, "", "Tell what it was like, what was done and what happened.")
        )
    return text


def read_text(file: Path, problems: list[Problem]) -> str:
    """Return the text of a practice's file; empty where it cannot be had, and then `problems` says why."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        problems.append(
            Problem(str(file), 1, 1, "", "The file is missing", "", "Write it; see docs/how-to/add-a-practice.")
        )
    except UnicodeDecodeError:
        problems.append(Problem(str(file), 1, 1, "", "The text is not UTF-8", "", "Save it as UTF-8."))
    else:
        if text.strip():
            return text
        problems.append(
            Problem(str(file), 1, 1, "", "The file is empty", "", "Write it; see docs/how-to/add-a-practice.")
        )
    return ""


def _wrong_folder(file: Path, written: str) -> Problem:
    what = f"The practice is called {quoted(written)} but lies in the folder {quoted(file.parent.name)}"
    return Problem(str(file), 1, 1, "practice", what, written, "Give both the same name.")


def _unknown_words(results: Results, document: Document) -> Iterator[Problem]:
    for kind in ("areas", "target_groups", "success_factors"):
        known = vocabulary()[kind]
        for number, name in enumerate(getattr(results, kind)):
            if name not in known:
                yield _unknown(document, (kind, number), name, known, "the bank's vocabulary")


def _unknown_names(results: Results, protocol: Protocol | None, document: Document) -> Iterator[Problem]:
    for path, name in _named_sources(results):
        if name not in results.sources:
            yield _unknown(document, path, name, results.sources, "sources")
    for key, figure in results.figures.items():
        if figure.against and figure.against not in results.figures:
            yield _unknown(document, ("figures", key, "against"), figure.against, results.figures, "figures")
        if protocol is not None:
            yield from _unknown_in_protocol(key, figure, protocol, document)


def _unknown_in_protocol(key: str, figure: Figure, protocol: Protocol, document: Document) -> Iterator[Problem]:
    if figure.compares_with and figure.compares_with not in measures(protocol):
        yield _unknown(
            document, ("figures", key, "compares_with"), figure.compares_with, measures(protocol), "the protocol"
        )
    arms = protocol.randomise.arms if protocol.randomise else {}
    if figure.arm and figure.arm not in arms:
        yield _unknown(document, ("figures", key, "arm"), figure.arm, arms, "the protocol")
    for fact, option in figure.subgroup.items():
        options = protocol.facts[fact].options if fact in protocol.facts else {}
        if option not in options:
            yield _unknown(document, ("figures", key, "subgroup", fact), option, options, "the protocol")


def _named_sources(results: Results) -> Iterator[tuple[Place, str]]:
    for key, figure in results.figures.items():
        yield ("figures", key, "source"), figure.source
    for number, event in enumerate(results.spread):
        yield ("spread", number, "source"), event.source
    for number, place in enumerate(results.places):
        if place.source:
            yield ("places", number, "source"), place.source


def measures(protocol: Protocol) -> dict[str, Any]:
    """The indicators and outcomes of a protocol, by name."""
    return {**protocol.indicators, **(protocol.study.outcomes if protocol.study else {})}


def _unknown(document: Document, path: Place, name: str, known: Any, among: str) -> Problem:
    place = document.position(path)
    what = f"{quoted(name)} is not among {among}"
    instead = suggestion(name, known, nothing="Leave it out.")
    return Problem(document.file, place.line, place.column, ", ".join(map(str, path)), what, name, instead)
