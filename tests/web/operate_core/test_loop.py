"""The worker as it runs: in real time, in a thread, and as a command."""

import json
import threading
import time
from argparse import Namespace

import pytest
from pytest_django import DjangoAssertNumQueries

from genklang.cli import work
from genklang.operate import clock, services
from genklang.operate.loop import Loop
from genklang.operate.models import Alarm, Heartbeat
from genklang.people.models import Organisation, Person
from tests.web.operate_core.conftest import publish

pytestmark = pytest.mark.django_db(transaction=True)
PROMISE = 2.0  # seconds from a window's end to the alarm on the list
QUICK = """
language: 1
practice: snabbt-svar
version: 1.0.0
title: {sv: Snabbt svar, en: Quick answer}
summary: {sv: Någon svarar inom en sekund., en: Somebody answers within a second.}
roles:
  person: {participant: true, sv: Person, en: Person}
  nurse: {sv: Sjuksköterska, en: Nurse}
stages:
  active: {sv: Aktiv, en: Active}
events:
  answered: {by: nurse, sv: Svarat, en: Answered}
expectations:
  answer: {sv: Svar, en: Answer, after: enrolled, expect: answered, within: 1 s, otherwise: {alarm: nurse}}
"""


def enrolled(organisation: Organisation, person: Person) -> int:
    """Somebody who waits for an answer; the instant when the window ends, in µs."""
    adoption = services.adopt(
        organisation=organisation, protocol_version=publish(QUICK), actor=None, name="Snabbt svar"
    )
    return services.enrol(adoption, person=person, key="S-1").enrolled_at + clock.SECOND


def test_an_alarm_stands_on_the_list_within_two_seconds_of_the_window_s_end(
    lindmala: Organisation, doris: Person
) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=Loop(stop=stop).run)
    thread.start()
    try:
        ends_at = enrolled(lindmala, doris)
        while not Alarm.objects.exists() and clock.now() < ends_at + 10 * clock.SECOND:
            time.sleep(0.02)
        seen_at = clock.now()
    finally:
        stop.set()
        thread.join()
    assert Alarm.objects.get().raised_at == ends_at
    assert 0 <= (seen_at - ends_at) / clock.SECOND < PROMISE
    assert Heartbeat.objects.get().held_since is None


def test_once_does_what_is_due_and_stops(
    lindmala: Organisation, doris: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    enrolled(lindmala, doris)
    time.sleep(1.05)
    asked = Namespace(once=True, interval=1.0, clock_is_right=False, json=True)
    assert work.run(asked) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["enrolments"], told["set_aside"]) == (1, 0)
    assert Alarm.objects.count() == 1
    assert work.run(asked) == 0
    assert json.loads(capsys.readouterr().out)["enrolments"] == 0


def test_a_round_with_nothing_to_do_looks_twice_and_no_more(
    lindmala: Organisation, doris: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    loop = Loop()
    loop.once()  # the first notes a sign of life
    with django_assert_num_queries(2):
        assert not loop.once()
