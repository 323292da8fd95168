"""The study plan: it writes itself from the protocol, and says beforehand what so many people could show."""

from collections.abc import Iterator
from html import unescape

import pytest
from django.test import Client
from django.utils import translation

from genklang.bank.foreseen import foreseen
from genklang.bank.models import Practice
from genklang.bank.planning import plan_rows
from genklang.bank.reading import read_folder
from genklang.bank.selectors import protocol_of
from genklang.bank.services import publish
from tests.web.bank.test_bank_pages import PRACTICES

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Words are read in English, but for the page in both languages."""
    with translation.override("en"):
        yield


def published(slug: str) -> Practice:
    return publish(read_folder(PRACTICES / slug))


def test_the_plan_says_all_that_is_locked() -> None:
    practice = published("eskilstuna-hemrehab")
    assert practice.current is not None
    rows = {row.item: row.text for row in plan_rows(protocol_of(practice.current))}
    assert rows["How it is studied"] == "Randomised comparison"
    assert rows["The answer that decides"].startswith("Home-care hours a month after 12 months (hours a month)")
    assert "lower is better" in rows["The answer that decides"]
    assert rows["Shown for groups of people"].startswith("How old is the person?")
    assert len([item for item in rows if item.startswith("Also looked at")]) == 3


def test_a_sample_says_how_it_is_drawn() -> None:
    practice = published("sormland-varnas")
    assert practice.current is not None
    rows = {row.item: row.text for row in plan_rows(protocol_of(practice.current))}
    assert rows["The sample"] == "Interview after two years: 20 of 100 by lot"


def test_four_times_as_many_people_show_half_the_difference() -> None:
    practice = published("usa-ekonomiskt-stod-efter-fangelse")
    assert practice.current is not None
    found = foreseen(practice.current, 432)
    assert found is not None and len(found.sentences) == 3
    smallest = [float(text.split()[0]) for _people, text in found.rows]
    assert smallest == sorted(smallest, reverse=True)
    assert smallest[3] == pytest.approx(smallest[1] / 2, rel=0.15)
    assert "invented people" in found.supposed[0]


@pytest.mark.parametrize(("language", "words"), [("sv", "Vad kan vi se"), ("en", "What could we see")])
def test_the_page_in_both_languages(client: Client, language: str, words: str) -> None:
    published("usa-ekonomiskt-stod-efter-fangelse")
    address = "/practices/usa-ekonomiskt-stod-efter-fangelse/plan/"
    answer = client.get(f"{address}?people=200", headers={"accept-language": language})
    text = unescape(answer.content.decode())
    assert answer.status_code == 200 and words in text and "200" in text and "sha256:" in text
    assert client.get(f"{address}?people=none", headers={"accept-language": language}).status_code == 422


def test_a_practice_without_a_study_has_no_plan(client: Client) -> None:
    published("borlange-tillsammans")
    assert client.get("/practices/borlange-tillsammans/plan/").status_code == 404


def test_a_series_is_told_by_how_long_it_is_followed() -> None:
    practice = published("vaxjo-vaxjoloftet")
    assert practice.current is not None
    found = foreseen(practice.current, 100)
    assert found is not None and found.by_time and len(found.sentences) == 3
    smallest = [float(text.replace(",", "")) for _periods, text in found.rows]
    assert smallest == sorted(smallest, reverse=True) and smallest[2] > 0
