"""Borlänge: all 300 of the staff talk in groups of four, and the phases take the years that they took."""

import pytest

from tests.unit.rehearsal.cast import rehearsed

BORLANGE = "borlange-tillsammans"
DAY = 24 * 3600 * 1_000_000


def test_three_hundred_talk_in_groups_of_four() -> None:
    (life,) = rehearsed(BORLANGE, enrolments=1, years=3).participants
    talked = [event for event in life.events if event.kind == "talked"]
    assert {event.data["people"] for event in talked} == {4}
    assert 4 * len(talked) == pytest.approx(300, rel=0.05)


def test_the_first_two_phases_take_just_over_a_year() -> None:
    (life,) = rehearsed(BORLANGE, enrolments=1, years=3).participants
    at = {event.kind: event.occurred_at for event in life.events}
    assert 365 < (at["skills_known"] - at["case_told"]) / DAY < 430


def test_every_proposal_is_voted_on_and_told_what_came_of_it_or_is_a_task() -> None:
    (life,) = rehearsed(BORLANGE, enrolments=1, years=3).participants
    answers = [fact.status for fact in life.facts if fact.expectation == "answer"]
    proposals = sum(event.kind == "proposed" for event in life.events)
    assert len(answers) == proposals > 3
    assert proposals == sum(event.kind == "voted" for event in life.events)
