"""A practice as a card: its promise, where it runs, one figure and why it was found."""

from dataclasses import dataclass

from django.urls import reverse

from genklang.bank.models import Practice
from genklang.bank.published import headline_of, labels, place_names
from genklang.bank.rings import Picture, picture
from genklang.bank.search import Hit
from genklang.bank.selectors import results_of
from genklang.bank.story import opening_of


@dataclass(frozen=True)
class Card:
    """What a card shows. `figure` is figure, name and source; `meaning` what the words were taken to mean."""

    title: str
    url: str
    opening: str
    summary: str
    where: str
    tags: tuple[str, ...]
    figure: tuple[str, str, str] | None
    meaning: str
    picture: Picture


def card_of(practice: Practice, hit: Hit | None = None) -> Card:
    """The card of one practice in the reader's language."""
    results = results_of(practice)
    return Card(
        title=practice.title,
        url=reverse("bank:practice", args=[practice.slug]),
        opening=opening_of(practice),
        summary=practice.summary,
        where=place_names(results),
        tags=tuple(labels("areas", practice.areas)),
        figure=headline_of(practice),
        meaning=hit.meaning if hit else "",
        picture=picture(practice.slug, areas=practice.areas, taken_up=len(results.spread)),
    )
