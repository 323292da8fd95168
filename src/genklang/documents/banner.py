"""A journey as a PDF banner to print for a wall: of a set height, as long as its steps need."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from genklang.documents.journey import Journey, Step, pages
from genklang.documents.printing import printer

MOST_LETTERS = 90  # what a box holds; the table on screen has all of it
MARGIN = 14.0  # cm for the lanes' names, at 60 cm of height
_WORDS: dict[str, dict[str, str]] = {
    "sv": {
        "feeling": "Hur det kändes",
        "wait": "{n} dagars väntan",
        "day": "1 dags väntan",
        "repeated": "{n} frågor igen",
        "question": "1 fråga igen",
        "told": "bara berättat, finns inte i loggen",
        "logged": "bara i loggen, inte berättat",
        "-2": "mycket dåligt",
        "-1": "dåligt",
        "0": "varken eller",
        "1": "bra",
        "2": "mycket bra",
    },
    "en": {
        "feeling": "How it felt",
        "wait": "{n} days' wait",
        "day": "1 day's wait",
        "repeated": "{n} questions again",
        "question": "1 question again",
        "told": "told only, not in the log",
        "logged": "in the log only, not told",
        "-2": "very bad",
        "-1": "bad",
        "0": "neither",
        "1": "good",
        "2": "very good",
    },
}


@dataclass(frozen=True)
class Paper:
    """How large a banner is to be, in cm: its height, and the width of each step."""

    height: float = 60
    step: float = 24

    @property
    def margin(self) -> float:
        """What the lanes' names need at the left."""
        return MARGIN * self.height / 60


def words(language: str) -> dict[str, str]:
    """What stands on a map of a journey, in the language."""
    return _WORDS["sv" if language.startswith("sv") else "en"]


def waited(days: int, language: str) -> str:
    """ "12 days' wait"; empty for none."""
    said = words(language)
    return (said["day"] if days == 1 else said["wait"].format(n=days)) if days else ""


def asked_again(questions: int, language: str) -> str:
    """ "3 questions again"; empty for none."""
    said = words(language)
    return (said["question"] if questions == 1 else said["repeated"].format(n=questions)) if questions else ""


def source(step: Step, language: str) -> str:
    """Where the step is missing: in the log or in the telling; empty where both have it."""
    if step.told and step.logged:
        return ""
    return words(language)["told" if step.told else "logged"]


def banner_pdf(journey: Journey, paper: Paper, *, title: str, summary: str, footer: str, language: str) -> bytes:
    """The journey as a banner; longer than a PDF page can be, it goes on on the next."""
    said: dict[str, Any] = {
        "title": title,
        "summary": summary,
        "footer": footer,
        "language": language[:2],
        "words": words(language),
        "height": paper.height,
        "step": paper.step,
        "margin": paper.margin,
        "lanes": list(journey.lanes.values()),
        "sheets": list(_sheets(journey, paper, language)),
    }
    return printer("journey").pdf(said)


def _sheets(journey: Journey, paper: Paper, language: str) -> Iterator[dict[str, Any]]:
    rows = {lane: row for row, lane in enumerate(journey.lanes)}
    start = 0
    for n in pages(len(journey.steps), step=paper.step, margin=paper.margin * 2):
        some = journey.steps[start : start + n]
        start += n
        felt = [(place, step.feeling) for place, step in enumerate(some) if step.feeling is not None]
        yield {
            "steps": [_said(step, rows[step.lane], language) for step in some],
            "curve": [[*first, *second] for first, second in pairwise(felt)],
        }


def _said(step: Step, row: int, language: str) -> dict[str, Any]:
    return {
        "text": textwrap.shorten(step.text, MOST_LETTERS, placeholder=" …"),
        "when": step.when.isoformat(),
        "lane": row,
        "told": step.told,
        "wait": waited(step.wait, language),
        "repeated": asked_again(step.repeated, language),
        "source": source(step, language),
        "feeling": step.feeling,
        "felt": words(language).get(str(step.feeling), ""),
    }
