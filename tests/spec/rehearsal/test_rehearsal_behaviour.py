"""The table of how simulated people behave, run on the real engine."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from genklang.protocol.types import Protocol
from genklang.rehearsal.participant import Life
from genklang.rehearsal.running import rehearse
from tests.spec.engine.runner import protocol_from

TABLE = yaml.safe_load((Path(__file__).parent / "cases" / "behaviour.yaml").read_text(encoding="utf-8"))
PARAMETER = {"sv": "Andel", "en": "Share", "value": 1, "min": 0, "max": 1}


def protocol_of(case: dict[str, Any]) -> Protocol:
    rehearsal = {
        "facts": case.get("facts", {}),
        "behaviour": case["behaviour"],
        "parameters": {"share": PARAMETER},
    }
    return protocol_from({**TABLE["protocol"], "rehearsal": rehearsal})


def lived(case: dict[str, Any]) -> Life:
    given = {name: float(value) for name, value in case.get("parameters", {}).items()}
    years = (case["days"] + 0.01) / 365.2425
    rehearsal = rehearse(
        protocol_of(case), enrolments=1, years=years, seed=1, zone="Europe/Stockholm", parameters=given
    )
    return rehearsal.participants[0]


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: str(case["case"]))
def test_simulated_people_do_as_they_are_told(case: dict[str, Any]) -> None:
    life, then = lived(case), case["then"]
    happened = Counter(event.kind for event in life.events)
    ended = {
        name: Counter(fact.status for fact in life.facts if fact.expectation == name)
        for name in then.get("outcomes", {})
    }
    known = life.state.facts
    late = [fact.minutes_late for fact in life.facts]
    assert {name: happened[name] for name in then.get("events", {})} == then.get("events", {})
    assert {name: dict(count) for name, count in ended.items()} == then.get("outcomes", {})
    assert life.state.stage == then.get("stage", life.state.stage)
    assert {name: known.get(name) for name in then.get("facts", {})} == then.get("facts", {})
    if "minutes_late" in then:
        assert late == then["minutes_late"] if len(then["minutes_late"]) > 1 else set(late) == set(then["minutes_late"])
