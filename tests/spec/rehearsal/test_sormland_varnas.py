"""Värnäs: 26 beds, about 300 people a year, within ten days. And what of that does not hang together."""

from functools import cache
from pathlib import Path

import pytest

from genklang.protocol.reading import read_protocol
from genklang.rehearsal.running import Rehearsal, rehearse

PATH = Path(__file__).parents[3] / "practices" / "sormland-varnas" / "protocol.yaml"
BEDS, A_YEAR, DAYS = 26, 300, 10


@cache
def rehearsed(completes: float | None = None, seed: int = 7) -> Rehearsal:
    """A year's applicants, and the years until the last of them has been phoned."""
    protocol = read_protocol(PATH.read_text(), file=PATH.name)
    parameters = {} if completes is None else {"completes": completes}
    return rehearse(protocol, enrolments=A_YEAR, years=3.3, seed=seed, zone="Europe/Stockholm", parameters=parameters)


def waits(rehearsal: Rehearsal) -> list[float]:
    """Days from application to admission."""
    facts = [fact for life in rehearsal.participants for fact in life.facts if fact.expectation == "admission"]
    return [fact.minutes_late / 1440 for fact in facts if fact.minutes_late is not None]


def most_at_once(rehearsal: Rehearsal) -> int:
    """How many beds were held at the same time, at most."""
    changes = [
        (event.occurred_at, 1 if event.kind == "place_given" else -1)
        for life in rehearsal.participants
        for event in life.events
        if event.kind in ("place_given", "discharged")
    ]
    held = most = 0
    for _at, change in sorted(changes):
        held += change
        most = max(most, held)
    return most


@pytest.mark.parametrize("seed", [7, 8])
def test_three_hundred_a_year_come_within_ten_days_where_some_leave_early(seed: int) -> None:
    found = waits(rehearsed(seed=seed))
    assert len(found) == A_YEAR
    assert sum(wait <= DAYS for wait in found) / A_YEAR > 0.95


def test_the_beds_are_full_at_times_and_never_more_than_full() -> None:
    assert most_at_once(rehearsed()) == BEDS


def test_if_everybody_stayed_the_whole_time_the_beds_would_not_suffice() -> None:
    found = waits(rehearsed(completes=1))
    assert round(BEDS * 365 / 36) == 264
    assert sum(wait <= DAYS for wait in found) / A_YEAR < 0.5
    assert max(wait for wait in found) > 60


def test_a_fifth_is_drawn_and_half_of_those_who_answer_live_a_full_life() -> None:
    lives = rehearsed().participants
    drawn = [event for life in lives for event in life.events if event.kind == "drawn"]
    chosen = sum(event.data["chosen"] for event in drawn)
    answers = [event.data["full_life"] for life in lives for event in life.events if event.kind == "survey_answered"]
    assert len(drawn) == A_YEAR and 0.13 < chosen / A_YEAR < 0.27
    assert 0.5 < len(answers) / chosen < 0.9
    assert 0.3 < sum(answers) / len(answers) < 0.7
