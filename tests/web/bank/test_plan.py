"""The study plan: it writes itself from the protocol, and says beforehand what so many people could show."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from django.test import Client
from django.utils import translation

from genklang.bank.foreseen import foreseen
from genklang.bank.foreseen_over_time import _wobble_of_groups
from genklang.bank.foreseen_said import in_words
from genklang.bank.models import Practice
from genklang.bank.planning import plan_rows
from genklang.bank.reading import read_folder
from genklang.bank.selectors import protocol_of
from genklang.bank.services import publish
from genklang.evaluate import Study, power_of
from tests.web.bank.test_bank_pages import PRACTICES
from tests.web.operate_core.conftest import publish as publish_text

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
    assert found is not None and found.counts == "periods" and len(found.sentences) == 3
    smallest = [float(text.replace(",", "")) for _periods, text in found.rows]
    assert smallest == sorted(smallest, reverse=True) and smallest[2] > 0


TEAMS = """
practice: lindmala-lag
version: 1.0.0
language: 1
title: {sv: Lag, en: Teams}
summary: {sv: Lag som börjar., en: Teams that begin.}
roles:
  citizen: {sv: Invånare, en: Citizen, participant: true}
  nurse: {sv: Sjuksköterska, en: Nurse}
facts:
  team: {concept: team, type: text, sv: Vilket lag?, en: Which team?}
  begins: {concept: begins, type: boolean, sv: Börjar laget?, en: Does the team begin?}
stages:
  active: {sv: Med, en: Taking part}
events:
  noted: {sv: Noterat, en: Noted, by: nurse, fields: {hours: {type: number, sv: Timmar, en: Hours}}}
  began: {sv: Laget började, en: The team began, by: nurse}
  asked: {sv: Frågad, en: Asked, by: nurse}
expectations:
  note: {sv: Not, en: Note, during: active, every: 7 days, expect: noted, within: 1 day, otherwise: {task: nurse}}
  begin:
    sv: Start
    en: Start
    when: begins
    after: enrolled
    in: 200 days
    expect: began
    within: 1 day
    otherwise: {task: nurse}
  ask: {sv: Fråga, en: Ask, after: enrolled, in: 1 day, expect: asked, within: 1 day, otherwise: {task: nurse}}
indicators:
  hours: {sv: Timmar, en: Hours, of: noted, value: avg(hours)}
study:
  design: difference_in_differences
  question: {sv: Hjälper det?, en: Does it help?}
  groups: team
  series:
    hours: {sv: Timmar, en: Hours, of: noted, value: avg(hours), change: began, better: lower, relevant: 1}
rehearsal:
  enrolments: 24
  years: 1
  facts:
    team: choose('A', 1, 'B', 1, 'C', 1, 'D', 1, 'E', 1, 'F', 1)
    begins: "team = 'A' or team = 'B' or team = 'C'"
  behaviour:
    note: {probability: "1", delay: hours(1), fields: {hours: "gamma(20, 4)"}}
    begin: {probability: "1", delay: hours(1)}
    ask: {probability: "1", delay: hours(1)}
"""
LOT = """randomise:
  after: asked
  arms:
    early: {sv: Tidigt, en: Early}
    late: {sv: Sent, en: Late}
  cluster: team
"""


def teams(design: str) -> str:
    text = TEAMS.replace("difference_in_differences", design)
    if design == "synthetic_control":
        return text.replace("years: 1", "years: 3")
    if design == "difference_in_differences":
        return text
    return text.replace("  groups: team\n", "").replace("indicators:\n", f"{LOT}indicators:\n")


@pytest.mark.parametrize("design", ["difference_in_differences", "stepped_wedge", "synthetic_control"])
@pytest.mark.parametrize(("language", "words"), [("en", "in “Hours” is shown"), ("sv", "i ”Timmar” syns")])
def test_groups_over_time_are_told_by_how_many_they_are(design: str, language: str, words: str) -> None:
    with translation.override(language):
        found = foreseen(publish_text(teams(design)), 100)
    assert found is not None and found.counts == "groups"
    assert words in found.sentences[1]
    shown = [float(text.split()[0].replace(",", ".")) for _groups, text in found.rows if text[0].isdigit()]
    assert shown and all(0 < each < 20 for each in shown)
    if design == "synthetic_control":
        assert len(shown) == 3, "among ten places no rank is low enough"
    else:
        assert shown == sorted(shown, reverse=True)


def test_the_power_of_groups_is_the_librarys() -> None:
    version = publish_text(teams("difference_in_differences"))
    found = foreseen(version, 100)
    wobble = _wobble_of_groups(version.digest, version.pk)
    assert found is not None and wobble is not None
    sd, periods = wobble
    theirs = power_of(Study(design="difference_in_differences", n=24, sd=sd, periods=periods, relevant=-1)).study.effect
    assert dict(found.rows)["24"] == in_words(theirs)


@pytest.mark.parametrize(
    ("slug", "language", "words"),
    [
        ("umea-medicingivare", "en", r"difference of [\d.]+ percentage points is shown"),
        ("umea-medicingivare", "sv", r"skillnad på [\d,]+ procentenheter syns"),
        ("eskilstuna-hemrehab", "en", r"difference of [\d.]+ hours a month is shown"),
        ("sormland-varnas", "en", r"difference of \d+ per 100 is shown"),
    ],
)
def test_the_sentence_has_the_tables_unit(slug: str, language: str, words: str) -> None:
    practice = published(slug)
    assert practice.current is not None
    with translation.override(language):
        found = foreseen(practice.current, 100)
    assert found is not None and re.search(words, found.sentences[1])


def test_a_share_of_people_is_shown_in_points_and_not_in_hundredths() -> None:
    practice = published("sormland-varnas")
    assert practice.current is not None
    found = foreseen(practice.current, 100)
    assert found is not None
    assert 5 < float(dict(found.rows)["100"].split()[0]) < 30
