"""The evidence page: real results pooled and graded, silence counted, invented ones never."""

import uuid
from dataclasses import replace
from datetime import date
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from genklang.bank.adopters import Adopter, Release
from genklang.bank.evidence import evidence_of
from genklang.bank.giving import may_be_given, note_adopter, note_end, take_releases, withdraw
from genklang.bank.models import Practice
from genklang.bank.reading import read_folder
from genklang.bank.services import publish
from genklang.evaluate import pool
from genklang.evaluate.grade import Grade
from genklang.evaluate.problems import EvaluationError
from genklang.evaluate.release.results import Group, Released
from genklang.evaluate.texts import Text
from tests.web.bank.test_bank_pages import PRACTICES

pytestmark = pytest.mark.django_db
HEMREHAB = "eskilstuna-hemrehab"


@pytest.fixture
def practice() -> Practice:
    return publish(read_folder(PRACTICES / HEMREHAB))


def result(value: float, error: float = 2.0, *, n: int = 200, verdict: str = "better") -> Released:
    """Fewer hours a month among those who trained."""
    return Released(
        outcome="hours_12",
        design="randomised",
        method="Welch",
        people=n,
        value=value,
        low=value - 1.96 * error,
        high=value + 1.96 * error,
        standard_error=error,
        from_interval=False,
        is_share=False,
        unit=Text(sv="timmar i månaden", en="hours a month"),
        better="lower",
        target=None,
        verdict=verdict,
        relevant=3.0,
        attrition=0.05,
        uneven=0.01,
        as_planned=True,
        groups=(
            Group(name=Text.of("training"), n=n // 2, value=15.0),
            Group(name=Text.of("usual"), n=n - n // 2, value=15.0 - value),
        ),
    )


def adopter(practice: Practice, place: str, *, simulated: bool = False) -> Adopter:
    return note_adopter(practice, key=uuid.uuid4(), place=place, since=date(2025, 1, 1), simulated=simulated)


def give(practice: Practice, place: str, one: Released, *, simulated: bool = False, digest: str = "") -> Adopter:
    who = adopter(practice, place, simulated=simulated)
    assert practice.current is not None
    take_releases(who, [one], protocol_digest=digest or practice.current.digest, at=timezone.now())
    return who


def page(client: Client, query: str = "", language: str = "en") -> str:
    response = client.get(f"/practices/{HEMREHAB}/evidence/{query}", headers={"accept-language": language})
    assert response.status_code == 200
    return unescape(response.content.decode())


def test_nobody_has_given_anything(practice: Practice, client: Client) -> None:
    text = page(client)
    assert "No evidence" in text
    assert "Nobody has given a result back yet" in text


def test_results_are_pooled_graded_and_carried_over(practice: Practice, client: Client) -> None:
    for place, value in (("Umeå", -9.0), ("Borlänge", -7.0), ("Gotland", -8.5)):
        give(practice, place, result(value))
    note_end(adopter(practice, "Tystköping").key, date(2026, 1, 1))
    found = evidence_of(practice)
    assert found is not None and found.primary is not None and found.primary.pooled is not None
    direct = pool([-9.0, -7.0, -8.5], [4.0, 4.0, 4.0], without_result=1)
    assert found.primary.pooled.headline.value == pytest.approx(direct.headline.value)
    assert found.graded.grade == Grade.STRONG
    text = page(client, "?people=200")
    assert "3 results (3 better, 1 that have given none)" in text
    assert "Tystköping" in text and "stopped" in text
    assert "The next place" in text
    assert "What one place more may expect" in text
    assert "−1,630" in text  # 200 people × −8.17 hours
    swedish = page(client, "?people=200", language="sv")
    assert "Vad kan det betyda för oss?" in swedish
    assert "Tystköping" in swedish


def test_what_did_not_stand_among_several_is_told_plainly(practice: Practice, client: Client) -> None:
    give(practice, "Umeå", replace(result(-9.0), verdict="no difference shown", alone="better"))
    text = page(client)
    assert "(alone it would have been “" in text
    assert "ensamt hade det blivit ”" in page(client, language="sv")


def test_harm_and_silence_pull_the_grade_down(practice: Practice) -> None:
    give(practice, "Umeå", result(-9.0))
    give(practice, "Borlänge", result(8.0, verdict="worse"))
    for place in ("A", "B", "C"):
        adopter(practice, place)
    found = evidence_of(practice)
    assert found is not None
    assert found.graded.grade < Grade.STRONG
    assert dict(found.graded.verdicts) == {"better": 1, "worse": 1, "none": 3}
    assert "1 sämre" in found.graded.plain("sv")


def test_invented_results_are_marked_and_count_for_nothing(practice: Practice, client: Client) -> None:
    give(practice, "Lindmåla", result(-9.0), simulated=True)
    found = evidence_of(practice)
    assert found is not None and found.simulated and found.graded.grade == Grade.NONE
    assert "Invented results" in page(client)
    give(practice, "Umeå", result(-3.0))
    found = evidence_of(practice)
    assert found is not None and not found.simulated and found.primary is not None
    assert [each.adopter.place for each in found.primary.given] == ["Umeå"]


def test_what_was_measured_otherwise_is_shown_and_not_pooled(practice: Practice, client: Client) -> None:
    give(practice, "Umeå", result(-9.0))
    give(practice, "Borlänge", result(-7.0), digest="sha256:" + "0" * 64)
    found = evidence_of(practice)
    assert found is not None and found.primary is not None and found.primary.pooled is None
    assert "Measured otherwise" in page(client)


def test_what_is_carried_over_names_the_place_that_it_comes_from(practice: Practice) -> None:
    give(practice, "Borlänge", result(-3.0), digest="sha256:" + "0" * 64)
    give(practice, "Umeå", result(-9.0))
    found = evidence_of(practice)
    assert found is not None and found.primary is not None
    [(name, much)] = found.primary.for_us(10)
    assert "Umeå" in name and much.startswith("−90")


@pytest.mark.parametrize("design", ["interrupted_time_series", "one_group"])
def test_what_is_not_so_much_a_person_is_not_carried_over(practice: Practice, design: str) -> None:
    give(practice, "Umeå", replace(result(-9.0), design=design))
    found = evidence_of(practice)
    assert found is not None and found.primary is not None
    assert found.primary.for_us(200) == []


def test_a_release_beside_an_earlier_one_must_not_tell_of_few(practice: Practice) -> None:
    who = give(practice, "Umeå", result(-9.0, n=200))
    assert practice.current is not None
    one_more = result(-9.1, n=201)
    assert list(may_be_given(who.key, [one_more], at=timezone.now())) == ["hours_12"]
    with pytest.raises(EvaluationError):
        take_releases(who, [one_more], protocol_digest=practice.current.digest, at=timezone.now())
    assert Release.objects.count() == 1
    again = take_releases(who, [result(-9.0, n=200)], protocol_digest=practice.current.digest, at=timezone.now())
    assert again == [] and Release.objects.count() == 1


def test_what_has_left_can_neither_be_changed_nor_taken_back(practice: Practice) -> None:
    give(practice, "Umeå", result(-9.0))
    release = Release.objects.get()
    with pytest.raises(TypeError):
        release.save()
    with pytest.raises(TypeError):
        release.delete()


def test_every_figure_given_can_be_had_as_a_file(practice: Practice, client: Client) -> None:
    give(practice, "Umeå", result(-9.0))
    plain = client.get(f"/practices/{HEMREHAB}/evidence.json").json()
    assert plain["releases"][0]["value"] == -9.0
    assert plain["releases"][0]["place"] == "Umeå"


def test_the_page_says_whether_it_hangs_on_one_place(practice: Practice, client: Client) -> None:
    for place, value in (("Umeå", -9.0), ("Borlänge", -7.0), ("Gotland", -8.5), ("Kiruna", -6.0)):
        give(practice, place, result(value))
    text = page(client)
    assert "The conclusion is the same whichever place is left out" in text
    assert "The average with each place left out" in text
    assert "more than chance" in text
    found = evidence_of(practice)
    assert found and found.primary
    assert [place for place, _average, _excludes in found.primary.without_each] == [
        each.adopter.place for each in found.primary.given
    ]


def test_those_without_a_result_stand_in_the_picture(practice: Practice) -> None:
    give(practice, "Umeå", result(-9.0))
    adopter(practice, "Tystköping")
    found = evidence_of(practice)
    assert found and found.primary and found.primary.chart
    assert [(point.x, point.y is None) for point in found.primary.chart.points] == [
        ("Umeå", False),
        ("Tystköping: no result", True),
    ]


def test_a_withdrawn_result_counts_no_more_and_is_told(practice: Practice, client: Client) -> None:
    who = give(practice, "Umeå", result(4.0, verdict="worse"))
    assert practice.current is not None
    take_releases(who, [result(-9.0, n=300)], protocol_digest=practice.current.digest, at=timezone.now())
    assert withdraw(who, "hours_12", why="The hours of two teams were missing", at=timezone.now())
    assert withdraw(who, "hours_12", why="Again", at=timezone.now()) is None
    found = evidence_of(practice)
    assert found is not None and found.primary is None, "the earlier result must not stand in for it"
    assert found.graded.grade == Grade.NONE
    assert "The hours of two teams were missing" in page(client)
    plain = client.get(f"/practices/{HEMREHAB}/evidence.json").json()["releases"]
    assert "value" not in plain[1] and plain[1]["withdrawn"]["why"].startswith("The hours")


def test_what_was_withdrawn_still_guards_the_next(practice: Practice) -> None:
    who = give(practice, "Umeå", result(-9.0, n=200))
    withdraw(who, "hours_12", why="Wrong", at=timezone.now())
    assert list(may_be_given(who.key, [result(-9.1, n=201)], at=timezone.now())) == ["hours_12"]
    take_releases(who, [result(-8.0, n=260)], protocol_digest="sha256:" + "1" * 64, at=timezone.now())
    found = evidence_of(practice)
    assert found and found.primary and len(found.primary.given) == 1
