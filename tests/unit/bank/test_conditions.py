"""Conditions in plain words: who can take part, and for whom something is expected."""

from pathlib import Path

import pytest
from django.utils import translation

from genklang.bank.conditions import condition, conditions
from genklang.protocol.reading import read_protocol
from genklang.protocol.types import Protocol

PRACTICES = Path(__file__).resolve().parents[3] / "practices"


def protocol(name: str) -> Protocol:
    return read_protocol((PRACTICES / name / "protocol.yaml").read_text(encoding="utf-8"), file=name)


def test_all_that_must_be_so_is_a_list_and_alternatives_are_one_line() -> None:
    with translation.override("sv"):
        told = conditions(protocol("gotland-spt"), protocol("gotland-spt").eligible)
    assert told[0] == "Är en placering utanför hemmet nära? – ja"
    assert told[2] == "Har annan öppenvård prövats utan att det räckt? – ja, eller: Blir det snabbt värre? – ja"


def test_nothing_is_asked_for_where_nothing_is_written() -> None:
    assert conditions(protocol("gotland-spt"), None) == []


@pytest.mark.parametrize(
    ("practice", "written", "said"),
    [
        ("ronneby-ungdomsprogram", "age between 16 and 29", "How old are you? – 16 to 29"),
        ("ronneby-ungdomsprogram", "not age between 16 and 29", "How old are you? – not 16 to 29"),
        ("ronneby-ungdomsprogram", "18 <= age", "How old are you? – at least 18"),
        ("ronneby-ungdomsprogram", "not (age >= 18)", "How old are you? – less than 18"),
        ("ronneby-ungdomsprogram", "age + 1 > 18", "age + 1 > 18"),
        ("ronneby-ungdomsprogram", "not (age + 1 > 18)", "not (age + 1 > 18)"),
        ("gavle-elevfilmer", "family_language <> 'sv'", "Which language does the family prefer to read? – not Swedish"),
        (
            "gavle-elevfilmer",
            "family_language in ('sv', 'ar')",
            "Which language does the family prefer to read? – Swedish or Arabic",
        ),
        ("eskilstuna-hemrehab", "arm = 'training'", "training at home"),
        ("sundsvall-skonsmon", "participant = 'team'", "team"),
        ("vaxjo-vaxjoloftet", "planned_hours is null", "Planned hours a week – not known"),
        ("vaxjo-vaxjoloftet", "planned_hours is not null", "Planned hours a week – known"),
        (
            "vaxjo-vaxjoloftet",
            "not (passes_swedish and passes_maths)",
            "Do you pass Swedish? – no, or: Do you pass maths? – no",
        ),
        ("umea-medicingivare", "stage = 'active'", "Stage – has a dispenser"),
        ("umea-medicingivare", "nobody_knows = 'this'", "nobody_knows = 'this'"),
    ],
)
def test_a_condition_reads_as_a_question_and_its_answer(practice: str, written: str, said: str) -> None:
    with translation.override("en"):
        assert condition(protocol(practice), written) == said
