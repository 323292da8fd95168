"""Rehearsed records point at what they are about, and rehearsed families answer each for themselves.

The sources print no figures: what comes back is what was put in, and the tests say so.
"""

import pytest

from tests.unit.rehearsal.cast import rehearsed

NETWORK, FAMILY = "laholm-natverksutredning", "borlange-familjevaldsteam"


def test_every_answer_points_at_an_own_invitation_and_none_is_answered_twice() -> None:
    for life in rehearsed(NETWORK, enrolments=20, years=1).participants:
        invited = {event.id: event for event in life.events if event.kind == "invited"}
        people = {event.id for event in life.events if event.kind == "person_added"}
        answered = [event.data["invitation"] for event in life.events if event.kind == "answered"]
        assert set(answered) <= invited.keys()
        assert len(set(answered)) == len(answered)
        assert {event.data["who"] for event in invited.values()} <= people


def test_agreements_are_followed_up_by_their_own_day() -> None:
    lives = rehearsed(NETWORK, enrolments=20, years=1).participants
    agreed = sum(event.kind == "agreed" for life in lives for event in life.events)
    followed = sum(event.kind == "followed_up" for life in lives for event in life.events)
    assert 0 < followed <= agreed


def test_what_was_put_in_of_agreements_comes_back() -> None:
    events = [event for life in rehearsed(NETWORK, enrolments=40, years=1).participants for event in life.events]
    kept = [event.data["kept"] == "as_agreed" for event in events if event.kind == "followed_up"]
    assert len(kept) > 100
    assert sum(kept) / len(kept) == pytest.approx(0.7, abs=0.1)


def test_each_adult_and_child_is_asked_for_themselves_and_nobody_else() -> None:
    for life in rehearsed(FAMILY, enrolments=15, years=1).participants:
        roles = {event.data["member"]: event.data["role"] for event in life.events if event.kind == "member_joined"}
        asked = {key for key, role in roles.items() if role in ("adult", "child")}
        safety = [fact for fact in life.facts if fact.expectation == "safety_of_each"]
        assert {fact.due.rpartition("/")[2] for fact in safety} == asked
        assert {event.data["who"] for event in life.events if event.kind in ("safety", "rated")} <= asked


def test_no_family_has_a_decision_before_all_three_parts_are_there() -> None:
    lives = rehearsed(FAMILY, enrolments=15, years=1).participants
    decided = [life for life in lives if any(event.kind == "decided" for event in life.events)]
    assert decided
    for life in decided:
        first = {event.kind: event.occurred_at for event in reversed(life.events)}
        assert max(first[part] for part in ("money", "adults", "children")) <= first["decided"]
