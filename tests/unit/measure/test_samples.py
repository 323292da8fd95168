"""A survey's sample: who was drawn and has had their time, who is silent, and what each has cost."""

from typing import Any

import pytest

from genklang import evaluate
from genklang.engine import Event, Machine, parse_instant
from genklang.measure.flow import came
from genklang.measure.study import sample_of, study_table
from genklang.measure.tables import Record, Tables
from genklang.protocol.types import Protocol
from tests.spec.engine.runner import protocol_from

DAY = 86_400_000_000
START = parse_instant("2026-01-01T12:00:00Z")
HORIZON = START + 200 * DAY


def protocol() -> Protocol:
    """Some of those who leave are asked a month later."""
    return protocol_from(
        {
            "stages": {"here": {}, "gone": {}},
            "events": {
                "left": {"by": "person", "moves": ["here", "gone"]},
                "answered": {"by": "person", "fields": {"well": {"type": "boolean"}}},
            },
            "draws": {"asked": {"sv": "Tillfrågad", "en": "Asked", "after": "left", "share": 0.5}},
            "expectations": {
                "interview": {
                    "after": "asked",
                    "in": "30 days",
                    "expect": "answered",
                    "early": "5 days",
                    "within": "20 days",
                }
            },
            "study": {
                "design": "survey",
                "draw": "asked",
                "question": {"sv": "Hur är det?", "en": "How is it?"},
                "outcomes": {
                    "well": {"sv": "Bra", "en": "Well", "of": "answered", "value": "avg(well)", "target": 0.5}
                },
            },
        }
    )


def tables(*lives: tuple[bool, int, bool | None, bool]) -> Tables:
    """Each: whether drawn, the day of leaving, the answer (None: silent), and whether it was waived."""
    declared, records = protocol(), []
    machine = Machine(declared, zone="Europe/Stockholm")
    for number, (chosen, day, answer, waived) in enumerate(lives):
        left = START + day * DAY
        events = [
            Event("0", "enrolled", START),
            Event("1", "left", left, by="person"),
            Event("2", "drawn", left, data={"draw": "asked", "chosen": chosen}, by="system", sequence=1),
        ]
        if answer is not None:
            events.append(Event("3", "answered", left + 31 * DAY, data={"well": answer}, by="person"))
        step = machine.fold(str(number), events, until=HORIZON)
        if waived:
            due = next(fact.due for fact in step.facts)
            data: dict[str, Any] = {"due": due, "reason": "Avled"}
            events.append(Event("4", "waived", left + 32 * DAY, data=data, by="person"))
            step = machine.fold(str(number), events, until=HORIZON)
        records.append(Record(str(number), events, step.facts, step.state))
    return Tables(declared, records, zone="Europe/Stockholm", horizon=HORIZON)


DRAWN = [(True, 10, True, False)] * 5 + [(True, 10, False, False)] * 3 + [(True, 12, None, False)] * 4
ALL = [*DRAWN, (True, 190, None, False), *[(False, 11, None, False)] * 10, (False, 195, None, False)]


def test_those_who_have_had_their_time_are_the_sample_silent_or_not() -> None:
    made = tables(*ALL)
    sample = sample_of(protocol(), made.logs, "asked")
    assert (len(sample.asked), sample.waiting, sample.waived) == (12, 1, 0)
    assert sample.population == 22, "who left after the last of those asked is not what they were drawn from"
    table = study_table(protocol(), made)
    assert table["well"].count(None) == 4
    assert set(table["population"]) == {22}


def test_who_was_waived_is_left_out_and_not_silent() -> None:
    made = tables(*ALL, (True, 10, None, True))
    sample = sample_of(protocol(), made.logs, "asked")
    assert (len(sample.asked), sample.waived) == (12, 1)
    said = {reason.en: n for reason, n in came(protocol(), made).left}
    assert said == {"to be asked later": 1, "not to be asked": 1}


def test_the_finding_shows_what_the_silent_could_change() -> None:
    table = study_table(protocol(), tables(*ALL))
    finding = evaluate.evaluate_table(table, design="survey", outcome="well", population="population", target=0.5)
    assert finding.estimate.value == 5 / 8
    ends = [finding.estimated(name).value for name in ("bound_lower", "bound_upper")]
    assert ends == pytest.approx([5 / 12, 9 / 12])
