"""The committed copy of the trial: it is what the script makes, and its weeks add up to the published counts."""

import csv
import importlib.util
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest

from genklang.engine import Event, Machine
from genklang.protocol.reading import read_protocol

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "practices" / "usa-ekonomiskt-stod-efter-fangelse"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("rossi", ROOT / "script" / "rossi.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def rows(script: ModuleType) -> list[dict[str, str]]:
    with script.FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def at(row: dict[str, str]) -> datetime:
    return datetime.fromisoformat(row["occurred_at"])


def test_the_committed_file_is_what_the_script_makes(script: ModuleType) -> None:
    assert script.main(["--check"]) == 0


def test_a_changed_file_is_noticed(script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = tmp_path / "data.csv"
    changed.write_text(script.FILE.read_text(encoding="utf-8").replace(",17,", ",18,", 1), encoding="utf-8")
    monkeypatch.setattr(script, "FILE", changed)
    assert script.main(["--check"]) == 1


def test_arrests_within_52_weeks_are_48_and_66_of_216(rows: list[dict[str, str]]) -> None:
    arms = {row["enrolment"]: row["arm"] for row in rows if row["event"] == "allocated"}
    start = {row["enrolment"]: at(row) for row in rows if row["event"] == "allocated"}
    within = [r for r in rows if r["event"] == "arrested" and at(r) - start[r["enrolment"]] <= timedelta(weeks=52)]
    assert Counter(arms.values()) == {"aid": 216, "no_aid": 216}
    assert Counter(arms[row["enrolment"]] for row in within) == {"aid": 48, "no_aid": 66}
    assert len(within) == sum(row["event"] == "arrested" for row in rows)


def test_everybody_is_followed_for_52_weeks_and_arrests_come_before(rows: list[dict[str, str]]) -> None:
    start = {row["enrolment"]: at(row) for row in rows if row["event"] == "allocated"}
    end = {row["enrolment"]: at(row) for row in rows if row["event"] == "followed_up"}
    assert len(end) == 432
    assert all(end[person] - start[person] == timedelta(weeks=52) for person in start)
    assert all(start[r["enrolment"]] < at(r) < end[r["enrolment"]] for r in rows if r["event"] == "arrested")


def test_the_events_of_a_person_stand_in_order(rows: list[dict[str, str]]) -> None:
    first = [row["event"] for row in rows if row["enrolment"] == "rossi-001"]
    assert first == ["enrolled", "baseline", "allocated", "arrested", "followed_up"]
    times = [at(row) for row in rows if row["enrolment"] == "rossi-001"]
    assert times == sorted(times)
    assert times[3] - times[2] == timedelta(days=139)  # week 20: its last day


def test_through_the_engine_everybody_ends_and_every_follow_up_is_in_time(rows: list[dict[str, str]]) -> None:
    protocol = read_protocol((FOLDER / "protocol.yaml").read_text(encoding="utf-8"), file="protocol.yaml")
    machine = Machine(protocol, zone="Europe/Stockholm")
    people: dict[str, list[Event]] = {}
    for number, row in enumerate(rows):
        people.setdefault(row["enrolment"], []).append(event(machine, number, row))
    steps = [machine.fold(person, events) for person, events in people.items()]
    assert Counter(step.state.stage for step in steps) == {"ended": 432}
    assert not any(step.held for step in steps)
    assert Counter((fact.expectation, fact.status) for step in steps for fact in step.facts) == {("year", "met"): 432}
    assert sum(step.state.facts["work_experience"] is True for step in steps) == 247


def event(machine: Machine, number: int, row: dict[str, str]) -> Event:
    names = ["arm", "age", "work_experience", "married", "parole", "prior_convictions"]
    given = {name: row[name] for name in names if row[name]}
    if row["event"] != "baseline":
        data: dict[str, object] = dict(given)
    else:
        coerced = machine.coerce("baseline", given)
        assert not coerced.problems
        data = dict(coerced.data)
    micro = int(at(row).timestamp()) * 1_000_000
    return Event(id=f"row-{number:05d}", kind=row["event"], occurred_at=micro, by="researcher", data=data)
