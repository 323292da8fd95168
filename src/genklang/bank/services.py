"""The verbs of the bank: the only code that writes practices, versions, stories, spread and search terms."""

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import transaction

from genklang.bank.documents import document_of
from genklang.bank.models import Practice, ProtocolVersion, SearchTerm, Spread, Story
from genklang.bank.reading import LANGUAGES, Folder, practice_folders, read_folder
from genklang.bank.search import term_weights
from genklang.bank.vocabulary import FOLDER as DATA_FOLDER
from genklang.protocol.problems import Problem, ProtocolErrors
from genklang.protocol.reading import canonical_json, digest

log = logging.getLogger(__name__)
EDITORS = ""  # the source of what the bank's editors tell: nothing published
AFTER_THE_FOLDER = 1000  # positions below are the folder's own
LOADER = b"1"  # raise it when what is stored of a folder changes, so that every folder is read anew


@dataclass
class LoadReport:
    """What loading did: practices by name, and everything that was wrong with those that could not be read."""

    loaded: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def load_practices(root: Path | None = None) -> LoadReport:
    """Brings the bank in step with the folders below `root` (left out: the setting's). Doing it twice changes nothing.

    A folder that cannot be read is reported and leaves the practice as it was; a practice whose folder is gone is
    hidden, never deleted, since adoptions may be pinned to it.
    """
    root = root or settings.GENKLANG_PRACTICES
    report = LoadReport()
    folders = practice_folders(root)
    known = dict(Practice.objects.filter(shown=True).values_list("slug", "folder_digest"))
    for folder in folders:
        stamp = _stamp(folder)
        if known.get(folder.name) == stamp:
            report.unchanged.append(folder.name)
        else:
            _load(folder, stamp, report)
    report.hidden = _hide_others([folder.name for folder in folders])
    _connect_lineage()
    for problem in report.problems:
        log.warning("practice not loaded: %s", problem)
    return report


@transaction.atomic
def publish(folder: Folder, *, stamp: str = "") -> Practice:
    """Writes one practice as read from its folder, and returns it. The protocol's version is added when it is new."""
    practice, _created = Practice.objects.update_or_create(slug=folder.slug, defaults=_fields(folder, stamp))
    practice.current = publish_version(practice, folder)
    practice.save(update_fields=["current"])
    for language, markdown in folder.stories.items():
        Story.objects.update_or_create(practice=practice, language=language, defaults={"markdown": markdown})
    _replace_spread(practice, folder)
    _replace_terms(practice, folder)
    return practice


def publish_version(practice: Practice, folder: Folder) -> ProtocolVersion:
    """The version with exactly this protocol; the same row every time."""
    fields = {
        "practice": practice,
        "version": folder.protocol.version,
        "source": folder.source,
        "canonical": canonical_json(folder.protocol),
    }
    return ProtocolVersion.objects.get_or_create(digest=digest(folder.protocol), defaults=fields)[0]


def tell_spread(practice: Practice, *, kind: str, who: str, happened: str, note: str = "") -> Spread:
    """Adds what has become of the idea, last in its row, in the words that the editor wrote."""
    last = practice.spread.order_by("-position").first()
    return Spread.objects.create(
        practice=practice,
        position=max(AFTER_THE_FOLDER, last.position + 1 if last else 0),
        kind=kind,
        who_sv=who,
        who_en=who,
        happened=happened,
        note_sv=note,
        note_en=note,
        source=EDITORS,
    )


def _load(folder: Path, stamp: str, report: LoadReport) -> None:
    try:
        publish(read_folder(folder), stamp=stamp)
    except ProtocolErrors as errors:
        report.problems.extend(errors.problems)
    else:
        report.loaded.append(folder.name)


def _fields(folder: Folder, stamp: str) -> dict[str, object]:
    protocol, results = folder.protocol, folder.results
    return {
        "title_sv": protocol.title.sv,
        "title_en": protocol.title.en,
        "summary_sv": protocol.summary.sv,
        "summary_en": protocol.summary.en,
        "areas": results.areas,
        "target_groups": results.target_groups,
        "success_factors": results.success_factors,
        "design": results.design,
        "results": results.model_dump(mode="json"),
        "shown": True,
        "folder_digest": stamp,
    }


def _replace_spread(practice: Practice, folder: Folder) -> None:
    practice.spread.exclude(source=EDITORS).delete()  # what editors have told is in no folder
    Spread.objects.bulk_create(
        Spread(
            practice=practice,
            position=position,
            kind=event.kind,
            who_sv=event.who.sv,
            who_en=event.who.en,
            happened=event.when or "",
            note_sv=event.note.sv if event.note else "",
            note_en=event.note.en if event.note else "",
            source=event.source,
        )
        for position, event in enumerate(folder.results.spread)
    )


def _replace_terms(practice: Practice, folder: Folder) -> None:
    practice.search_terms.all().delete()
    SearchTerm.objects.bulk_create(
        (
            SearchTerm(practice=practice, language=language, term=term, weight=weight)
            for language in LANGUAGES
            for term, weight in term_weights(document_of(folder, language)).items()
        ),
        batch_size=2000,
    )


def _hide_others(slugs: Iterable[str]) -> list[str]:
    gone = Practice.objects.filter(shown=True).exclude(slug__in=list(slugs))
    names = list(gone.values_list("slug", flat=True))
    gone.update(shown=False)
    return names


def _connect_lineage() -> None:
    by_slug = {practice.slug: practice for practice in Practice.objects.select_related("lineage")}
    for practice in by_slug.values():
        parent = by_slug.get(practice.results.get("lineage") or "")
        if practice.lineage != parent:
            practice.lineage = parent
            practice.save(update_fields=["lineage"])


def _stamp(folder: Path) -> str:
    """A digest of everything that what is stored was made from: the folder, the bank's word lists and the loader."""
    stamp = hashlib.sha256(LOADER)
    for file in sorted([*folder.glob("*.yaml"), *folder.glob("*.md"), *DATA_FOLDER.glob("*.yaml")]):
        stamp.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return stamp.hexdigest()
