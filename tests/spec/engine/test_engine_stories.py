"""Every story of cases/, told to the pure engine as it arrives, and as one fold of the whole log."""

import pytest

from genklang.engine import Event, Machine, current
from genklang.engine.types import OutcomeFact
from tests.spec.engine.runner import Case, PureDriver, load_cases, run

CASES = load_cases()
each_case = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


@each_case
def test_it_ends_as_the_story_tells(case: Case) -> None:
    case.check(run(case, PureDriver()))


@each_case
def test_one_fold_of_the_log_ends_in_the_same_state_and_facts(case: Case) -> None:
    driver = PureDriver()
    run(case, driver)
    folded = _folded(case)
    assert folded[0] == driver.state
    assert folded[1] == driver.facts


@each_case
def test_the_open_alarms_and_tasks_are_those_that_the_effects_left(case: Case) -> None:
    driver = PureDriver()
    run(case, driver)
    assert {due.id for due in driver.state.unanswered} == driver.alarms.keys() | driver.tasks.keys()


def test_no_two_stories_have_the_same_name() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


def _folded(case: Case) -> tuple[object, dict[str, OutcomeFact]]:
    machine = Machine(case.protocol, zone=case.zone)
    events = [line.event for line in case.lines if line.event]
    ticks = [
        Event(f"tick-{number}", "time_passed", line.at) for number, line in enumerate(case.lines) if line.event is None
    ]
    step = machine.fold("enrolment", [*reversed(events), *ticks])
    return step.state, current(step.facts)
