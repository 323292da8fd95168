"""Simulated people point at what is there, belong to households, are of one kind or another, and are drawn."""

from collections import Counter

import pytest

from genklang.engine import Event
from genklang.protocol.reading import read_protocol
from genklang.rehearsal.running import Rehearsal, rehearse

PROTOCOL = """
language: 1
practice: pointing
version: 1.0.0
title: {sv: Pekar, en: Pointing}
summary: {sv: Pekar., en: Pointing.}
roles:
  child: {participant: true, sv: Barn, en: Child}
  elder: {participant: true, sv: Äldre, en: Elder}
  parent: {member: true, sv: Förälder, en: Parent}
  worker: {sv: Handläggare, en: Worker}
stages:
  open: {sv: Öppen, en: Open}
  closed: {final: true, sv: Stängd, en: Closed}
events:
  goal_set: {sv: Mål, en: Goal, by: worker}
  followed:
    {sv: Följdes upp, en: Followed up, by: worker,
     fields: {goals: {type: reference, of: goal_set, many: true, sv: Mål, en: Goals}}}
  noted: {sv: Noterat, en: Noted, by: worker, fields: {about: {type: reference, of: goal_set, sv: Om, en: About}}}
  answered: {sv: Svarade, en: Answered, by: [parent, worker], fields: {who: {type: member, sv: Vem, en: Who}}}
  played: {sv: Lekte, en: Played, by: child}
  closed: {sv: Stängdes, en: Was closed, by: worker, moves: [open, closed]}
draws:
  sampled: {sv: Urval, en: Sample, after: closed, share: 0.3}
expectations:
  follow:
    {sv: Uppföljning, en: Follow-up, after: goal_set, in: 7 days, expect: followed, matching: goals, within: 2 days}
  voice: {sv: Röst, en: Voice, after: goal_set, each: parent, expect: answered, within: 5 days}
rehearsal:
  facts: {participant: "choose('child', 0.5, 'elder', 0.5)"}
  members: {parent: "1 + poisson(1)"}
  behaviour:
    noted: {delay: days(1)}
    goal_set: {every: 10 days, delay: days(2)}
    follow: {delay: days(1)}
    voice: {delay: days(1)}
    played: {delay: days(3)}
    closed: {delay: days(60)}
"""


@pytest.fixture(scope="module")
def lived() -> Rehearsal:
    return rehearse(read_protocol(PROTOCOL, file="p.yaml"), zone="Europe/Stockholm", enrolments=40, years=0.5, seed=3)


def of(lived: Rehearsal, kind: str) -> list[Event]:
    return [event for life in lived.participants for event in life.events if event.kind == kind]


def test_each_follow_up_points_at_its_own_goal(lived: Rehearsal) -> None:
    for life in lived.participants:
        goals = [event.id for event in life.events if event.kind == "goal_set"]
        followed = [event.data["goals"] for event in life.events if event.kind == "followed"]
        assert followed == [[goal] for goal in goals[: len(followed)]]
        assert followed


def test_nothing_is_noted_about_what_is_not_there_yet(lived: Rehearsal) -> None:
    assert of(lived, "noted") == []


def test_every_member_is_asked_and_answers(lived: Rehearsal) -> None:
    for life in lived.participants:
        parents = sorted(event.data["member"] for event in life.events if event.kind == "member_joined")
        goals = [event for event in life.events if event.kind == "goal_set"]
        answers = Counter(event.data["who"] for event in life.events if event.kind == "answered")
        assert parents
        assert dict(life.state.members) == dict.fromkeys(parents, "parent")
        assert set(answers) == set(parents)
        assert max(answers.values()) <= len(goals)


def test_only_children_play(lived: Rehearsal) -> None:
    kinds = {life.enrolment: life.state.facts["participant"] for life in lived.participants}
    assert set(kinds.values()) == {"child", "elder"}
    for life in lived.participants:
        assert any(event.kind == "played" for event in life.events) == (kinds[life.enrolment] == "child")


def test_about_three_in_ten_are_drawn_the_same_each_time(lived: Rehearsal) -> None:
    drawn = [life.state.facts["sampled"] for life in lived.participants]
    assert 4 <= sum(drawn) <= 20
    again = rehearse(read_protocol(PROTOCOL, file="p.yaml"), zone="Europe/Stockholm", enrolments=40, years=0.5, seed=3)
    assert [life.state.facts["sampled"] for life in again.participants] == drawn
