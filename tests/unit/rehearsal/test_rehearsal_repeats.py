"""The same seed gives the same bytes, however work is split; what is rehearsed is what the engine makes of the log."""

import json
from collections import Counter

import pytest

from genklang.cli import main
from genklang.engine import Machine, to_json
from genklang.rehearsal.running import Rehearsal, rehearse
from tests.unit.rehearsal.cast import ESKILSTUNA, LAHOLM, ROSSI, UMEA, ZONE, practice

SHORT = [(UMEA, 3, 0.2), (ESKILSTUNA, 12, 0.3), (LAHOLM, 3, 0.5), (ROSSI, 12, 1.1)]


def lines(rehearsal: Rehearsal) -> list[str]:
    return [json.dumps(line) for line in rehearsal.event_lines()]


@pytest.mark.parametrize(("name", "enrolments", "years"), SHORT)
def test_same_seed_gives_the_same_log(name: str, enrolments: int, years: float) -> None:
    first, again, other = (
        rehearse(practice(name), enrolments=enrolments, years=years, zone=ZONE, seed=seed) for seed in (7, 7, 8)
    )
    assert lines(first) == lines(again)
    assert lines(first) != lines(other)


def test_a_participants_life_does_not_depend_on_how_many_others_there_are() -> None:
    few, many = (rehearse(practice(UMEA), enrolments=n, years=0.2, seed=7, zone=ZONE) for n in (2, 5))
    assert few.participants == many.participants[:2]


@pytest.mark.parametrize(("name", "enrolments", "years"), SHORT)
def test_the_log_folds_to_the_same_facts_and_state(name: str, enrolments: int, years: float) -> None:
    rehearsal = rehearse(practice(name), enrolments=enrolments, years=years, seed=3, zone=ZONE)
    machine = Machine(practice(name), zone=ZONE)
    for life in rehearsal.participants:
        step = machine.fold(life.enrolment, life.events, until=rehearsal.end - 1)
        assert not step.held
        assert set(step.facts) == set(life.facts)
        assert to_json(step.state) == to_json(life.state)


def test_events_have_ids_of_their_own_and_lie_within_the_rehearsal() -> None:
    rehearsal = rehearse(practice(ESKILSTUNA), enrolments=20, years=0.5, seed=1, zone=ZONE)
    events = [event for life in rehearsal.participants for event in life.events]
    assert max(Counter(event.id for event in events).values()) == 1
    assert all(rehearsal.start <= event.occurred_at < rehearsal.end for event in events)


def test_arms_are_balanced_within_every_stratum() -> None:
    rehearsal = rehearse(practice(ESKILSTUNA), enrolments=240, years=0.1, seed=5, zone=ZONE)
    strata: dict[object, Counter[str | None]] = {}
    for life in rehearsal.participants:
        key = (life.state.facts["age_group"], life.state.facts["first_time"])
        strata.setdefault(key, Counter())[life.state.arm] += 1
    assert len(strata) == 6
    assert all(abs(count["training"] - count["usual"]) <= 3 for count in strata.values())


def test_the_command_prints_the_same_bytes_twice(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["rehearse", f"practices/{UMEA}", "--enrolments", "4", "--years", "0.2", "--seed", "7", "--json"]
    printed = []
    for _ in range(2):
        assert main(words) == 0
        printed.append(capsys.readouterr())
    assert printed[0].out == printed[1].out
    assert printed[0].err == "", "progress is for terminals only"
    assert json.loads(printed[0].out)["simulated"] is True
