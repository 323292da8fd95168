"""The demonstration: made once, simulated throughout, and alive."""

from dataclasses import replace
from unittest.mock import patch

import pytest

from genklang.operate import clock, worker
from genklang.operate.demo import building, scenes
from genklang.operate.demo.living import FORGETS, Living
from genklang.operate.demo.names import invented_names
from genklang.operate.models import Adoption, Alarm, Enrolment, Event, OutcomeFact
from genklang.people.models import Person
from genklang.protocol.units import HOUR, MINUTE

pytestmark = pytest.mark.django_db

SMALL = tuple(replace(scene, people=4, years=0.2, arrivals=None) for scene in scenes.SCENES)


@pytest.fixture
def demo() -> None:
    """A small one; that the trial imports is tested with the import."""
    with patch.object(building, "SCENES", SMALL), patch.object(building, "_import_trial"):
        assert building.ensure_demo()


@pytest.mark.usefixtures("demo")
def test_everybody_in_it_is_marked_as_simulated() -> None:
    assert set(Adoption.objects.values_list("simulated", flat=True)) == {True}
    assert set(Person.objects.values_list("simulated", flat=True)) == {True}
    assert Enrolment.objects.count() == len(SMALL) * 4


@pytest.mark.usefixtures("demo")
def test_it_is_made_once() -> None:
    with patch.object(building, "SCENES", SMALL), patch.object(building, "_import_trial"):
        assert not building.ensure_demo()
    assert Adoption.objects.count() == len(SMALL)


@pytest.mark.usefixtures("demo")
def test_one_forgotten_dose_is_an_escalated_alarm_and_another_is_soon_one() -> None:
    living = Living()
    now = clock.now()
    living.step(now)
    worker.tick(now)
    first = Alarm.objects.get(enrolment__key__in=FORGETS, closed_at=None)
    assert first.level == 1

    living.step(now + 5 * MINUTE)
    worker.tick(now + 5 * MINUTE)
    assert Alarm.objects.filter(enrolment__key__in=FORGETS, closed_at=None).count() == 2


@pytest.mark.usefixtures("demo")
def test_its_people_live_on_so_that_nobody_is_missed_for_want_of_a_device() -> None:
    later = clock.now() + 30 * HOUR
    before = Event.objects.filter(kind="dose_taken").count()
    with patch.object(clock, "now", lambda: later):
        assert Living().step(later) > 0
        worker.tick(later)
    assert Event.objects.filter(kind="dose_taken").count() > before
    others = OutcomeFact.objects.filter(expectation="dose", current=True, target_at__gt=later - 29 * HOUR)
    taken = others.exclude(enrolment__key__in=FORGETS).exclude(status="missed").count()
    assert taken >= 0.8 * others.exclude(enrolment__key__in=FORGETS).count() > 0


@pytest.mark.usefixtures("demo")
def test_what_the_signed_in_participant_can_do_is_left_to_them() -> None:
    later = clock.now() + 24 * 30 * HOUR
    with patch.object(clock, "now", lambda: later):
        Living().step(later)
    doris = Event.objects.filter(enrolment__person__user__isnull=False, key__startswith="live/")
    assert not doris.filter(by="person").exists()
    assert doris.filter(by="device").exists()
    assert max(len(key) for key in doris.values_list("key", flat=True)) < 60  # ids must not grow from day to day


def test_names_are_different_and_the_same_for_the_same_seed() -> None:
    names = invented_names(300, seed=1)
    assert len(set(names)) == 300
    assert names == invented_names(300, seed=1) != invented_names(300, seed=2)
