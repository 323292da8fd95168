"""Chance in the house: samples are drawn once, by the secret seed, and can be checked. And references at the door."""

import json

import pytest
from django.db import connection

from genklang.cli import main
from genklang.operate import services
from genklang.operate.auditing import audit
from genklang.operate.incoming import IncomingEvent, Outcome, RowAnswer, Source
from genklang.operate.machines import load_state
from genklang.operate.models import Adoption, Enrolment, Event
from genklang.people import services as people
from genklang.people.models import Organisation
from tests.web.operate_core.conftest import Wall, at, publish, wall

__all__ = ["wall"]
pytestmark = pytest.mark.django_db

PROTOCOL = """
language: 1
practice: asked-again
version: 1.0.0
title: {sv: Frågade igen, en: Asked again}
summary: {sv: Frågade igen., en: Asked again.}
roles:
  person: {participant: true, sv: Deltagare, en: Participant}
  worker: {sv: Handläggare, en: Worker}
stages:
  here: {sv: Här, en: Here}
  gone: {sv: Borta, en: Gone}
  done: {final: true, sv: Klart, en: Done}
events:
  met: {sv: Träff, en: Met, by: worker}
  noted: {sv: Noterat, en: Noted, by: worker, fields: {about: {type: reference, of: met, sv: Om, en: About}}}
  discharged: {sv: Skrevs ut, en: Discharged, by: worker, moves: [here, gone]}
  answered: {sv: Svarade, en: Answered, by: person, moves: [gone, done]}
draws:
  asked: {sv: Tillfrågas, en: To be asked, after: discharged, share: 0.2}
expectations:
  survey: {sv: Enkät, en: Survey, during: gone, after: asked, in: 2 years, expect: answered, within: 30 days}
"""
WORKER = Source(by="worker")


@pytest.fixture
def adoption(lindmala: Organisation, wall: Wall) -> Adoption:
    return services.adopt(organisation=lindmala, protocol_version=publish(PROTOCOL), actor=None, name="Uppföljning")


def enrolled(adoption: Adoption, number: int) -> Enrolment:
    person = people.add_person(organisation=adoption.organisation, display_name=f"P {number}")
    return services.enrol(adoption, person=person, key=f"P-{number}", at=at("2026-03-02 06:30"))


def report(enrolment: Enrolment, kind: str, *, id: str = "", **data: object) -> RowAnswer:
    event = IncomingEvent(id or f"{enrolment.key}-{kind}", enrolment.key, kind, at("2026-03-02 06:45"), data)
    return services.record(enrolment.adoption, [event], source=WORKER)[0]


def test_one_in_five_is_drawn_and_only_they_are_expected_to_answer(adoption: Adoption) -> None:
    rows = [enrolled(adoption, number) for number in range(60)]
    assert {report(row, "discharged").status for row in rows} == {Outcome.ACCEPTED}
    chosen = set()
    for row in rows:
        row.refresh_from_db()
        state = load_state(row)
        assert state.facts["asked"] in (True, False)
        assert [due.expectation for due in state.dues] == (["survey"] if state.facts["asked"] else [])
        chosen |= {row.key} if state.facts["asked"] else set()
    assert 3 <= len(chosen) <= 25
    assert all(one.agrees for one in audit(adoption))
    assert len(audit(adoption)) == 60


def tamper(event: Event, **data: object) -> None:
    """What only somebody with the database in hand can do."""
    with connection.cursor() as cursor:
        text = json.dumps(event.data | data)
        cursor.execute("UPDATE operate_event SET data = %s WHERE id = %s", [text, event.pk])


def test_a_draw_that_was_tampered_with_is_found(adoption: Adoption, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(5):
        report(enrolled(adoption, number), "discharged")
    drawn = Event.objects.filter(kind="drawn").first()
    assert drawn is not None
    tamper(drawn, chosen=not drawn.data["chosen"])
    assert [one.agrees for one in audit(adoption)].count(False) == 1
    assert main(["audit", "Uppföljning"]) == 1
    out = capsys.readouterr()
    assert "5 draws and allocations made again, 1 differ" in out.out
    assert "enrolment P-0, asked:" in out.err
    assert adoption.seed not in out.out + out.err
    tamper(drawn)
    assert main(["audit", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["Uppföljning"]) == 5


def test_an_unknown_adoption_is_told(adoption: Adoption, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "Nothing"]) == 1
    assert 'There is no adoption "Nothing"' in capsys.readouterr().err


def test_the_house_alone_draws(adoption: Adoption) -> None:
    answer = report(enrolled(adoption, 1), "drawn", draw="asked", chosen=True)
    assert answer.status is Outcome.REFUSED


def test_a_reference_must_point_at_an_event_of_the_same_log(adoption: Adoption) -> None:
    one, other = enrolled(adoption, 1), enrolled(adoption, 2)
    assert report(other, "met", id="theirs").status is Outcome.ACCEPTED
    assert report(one, "met", id="mine").status is Outcome.ACCEPTED
    assert report(one, "noted", id="n1", about="theirs").problems[0].where == "about"
    assert report(one, "noted", id="n2", about="P-1:enrolled").status is Outcome.REFUSED
    assert report(one, "noted", id="n3", about="mine").status is Outcome.ACCEPTED


def test_events_that_come_together_may_point_at_each_other(adoption: Adoption) -> None:
    row = enrolled(adoption, 1)
    events = [
        IncomingEvent("a", row.key, "met", at("2026-03-02 06:31")),
        IncomingEvent("b", row.key, "noted", at("2026-03-02 06:32"), {"about": "a"}),
        IncomingEvent("c", row.key, "noted", at("2026-03-02 06:33"), {"about": "a"}),
    ]
    report(row, "met", id="later")
    assert [one.status for one in services.record(adoption, events, source=WORKER)] == [Outcome.ACCEPTED] * 3
