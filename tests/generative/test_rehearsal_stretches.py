"""A rehearsal that answers many dues in one step comes to the same as one that takes each by itself, to the byte."""

import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genklang.engine import Machine
from genklang.engine.time import DAY, Zone
from genklang.protocol.reading import read_protocol
from genklang.protocol.types import Protocol
from genklang.rehearsal.participant import Life, Participant
from genklang.rehearsal.running import FIRST_DAY
from genklang.rehearsal.script import Script

UMEA = Path(__file__).parents[2] / "practices" / "umea-medicingivare" / "protocol.yaml"
ZONE = "Europe/Stockholm"
START = Zone(ZONE).at(FIRST_DAY) + 60 * DAY  # the clock is put forward after a month


def dispensers(**written: str) -> Protocol:
    """The dispensers' protocol with other words in some places."""
    text = UMEA.read_text(encoding="utf-8")
    for before, after in CHANGED.items():
        assert before in text
        text = text.replace(before, written.get(after, before))
    return read_protocol(text, file="protocol.yaml")


CHANGED = {
    "value: 0.995": "in_time",
    "value: 0.9,": "after_alarm",
    '"lognormal(minutes(5), 0.8)"': "dose_delay",
    '"lognormal(minutes(20), 0.6)"': "dose_late",
    "within: 60 min": "window",
    "every: 24 h": "alive",
    "{probability: 0.999, delay: minutes(0), late_probability: 1, late_delay: hours(12)}": "alive_answered",
    "{probability: 0.97, delay:": "refill",
}
PROTOCOLS = {
    "as published": dispensers(),
    "many missed": dispensers(in_time="value: 0.9", after_alarm="value: 0.7,", refill="{probability: 0.7, delay:"),
    "long windows": dispensers(window="early: 3 h\n    within: 5 h", dose_delay='"minutes(uniform(-240, 330))"'),
    "very late": dispensers(in_time="value: 0.9", dose_late='"lognormal(minutes(200), 0.6)"'),
    "by day": dispensers(alive="every: 1 day", alive_answered='{delay: "minutes(exponential(90) - 45)"}'),
}


def lived(machine: Machine, script: Script, *, seed: int, days: int, quick: bool) -> Life:
    person = Participant(machine, script, seed=seed, index=0, quick=quick)
    life = person.live(START, START + days * DAY)
    with pytest.raises(StopIteration) as ended:
        next(life)
    found: Life = ended.value.value
    return found


def read(life: Life) -> dict[str, Any]:
    names = ("enrolment", "events", "facts", "state", "effects", "steps")
    return {name: getattr(life, name) for name in names}


@pytest.mark.parametrize("name", PROTOCOLS)
@given(st.integers(0, 2**32), st.integers(1, 60))
@settings(max_examples=6)
def test_a_life_is_the_same_however_it_is_run(name: str, seed: int, days: int) -> None:
    protocol = PROTOCOLS[name]
    machine, script = Machine(protocol, zone=ZONE), Script(protocol, zone=ZONE)
    quick = lived(machine, script, seed=seed, days=days, quick=True)
    one_by_one = lived(machine, script, seed=seed, days=days, quick=False)
    assert len(quick.facts) == len(one_by_one.facts)
    assert len(quick.events) == len(one_by_one.events)
    assert read(quick) == read(one_by_one)


def test_most_dues_of_a_dispenser_are_taken_in_stretches() -> None:
    protocol = PROTOCOLS["as published"]
    machine, script = Machine(protocol, zone=ZONE), Script(protocol, zone=ZONE)
    life = lived(machine, script, seed=1, days=180, quick=True)
    assert life.at_once > 0.9 * len(life.facts) > 300


def test_a_life_can_be_sent_to_another_process() -> None:
    protocol = PROTOCOLS["as published"]
    machine, script = Machine(protocol, zone=ZONE), Script(protocol, zone=ZONE)
    life = lived(machine, script, seed=1, days=20, quick=True)
    sent = pickle.loads(pickle.dumps(life))
    assert read(sent) == read(life)
    assert isinstance(sent.events, tuple)
