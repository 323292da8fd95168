"""A protocol in words: what is expected of whom, in Swedish and English, generated from the protocol."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from genklang.bank.readable import Readable, readable
from genklang.bank.reading import read_folder
from genklang.bank.wording import duration, every, in_unit, inside, together
from genklang.protocol.units import Duration

PRACTICES = Path(__file__).resolve().parents[3] / "practices"


def shown(name: str, language: str) -> Readable:
    with translation.override(language):
        return readable(read_folder(PRACTICES / name).protocol)


@pytest.fixture
def swedish() -> Iterator[None]:
    with translation.override("sv"):
        yield


def test_a_dose_is_told_with_its_alarm_and_who_is_told_next() -> None:
    dose = shown("umea-medicingivare", "en").duties[0]
    assert (dose.when, dose.what, dose.deadline) == (
        "Every day, at the person's own times",
        "The dose is taken",
        "within 1 hour",
    )
    assert dose.otherwise == "alarm to: nurse; after 15 minutes without an answer to: nurse on call"
    assert dose.reminders == "at once from the device and after 30 minutes by text message"


def test_the_same_in_swedish() -> None:
    dose, refill = shown("umea-medicingivare", "sv").duties[:2]
    assert dose.when == "Varje dag, på personens egna tider"
    assert dose.deadline == "inom 1 timme"
    assert refill.when == "Var 14:e dag, räknat från senaste gången"


def test_the_lottery_is_told() -> None:
    view = shown("eskilstuna-hemrehab", "en")
    assert view.drawing is not None
    assert view.drawing.arms == ("Training at home", "Ordinary home care")
    assert view.eligible[0] == "Is there a cognitive disorder, such as dementia? – no"
    assert view.duties[0].condition == "Stage: taking part. Only for: training at home"
    assert shown("laholm-ledsagarservice", "en").drawing is None


def test_every_stage_that_is_not_final_has_a_way_on() -> None:
    for folder in PRACTICES.glob("*/protocol.yaml"):
        stages = shown(folder.parent.name, "sv").stages
        assert all(stage.ways for stage in stages if not stage.final)
        assert not any(stage.ways or stage.happens for stage in stages if stage.final)


def test_who_answers_is_told_at_the_role() -> None:
    roles = {role.name: role for role in shown("umea-medicingivare", "en").roles}
    assert roles["Nurse on call"].answers == ("Alarm that nobody has answered: the dose is taken",)
    assert roles["Patient"].reminded == ("The dose is taken",)


@pytest.mark.parametrize(
    ("written", "said", "recurring"),
    [
        ("1 day", "1 dag", "Varje dag"),
        ("14 days", "14 dagar", "Var 14:e dag"),
        ("2 days", "2 dagar", "Var 2:a dag"),
        ("12 days", "12 dagar", "Var 12:e dag"),
        ("52 weeks", "52 veckor", "Var 364:e dag"),
        ("3 months", "3 månader", "Var 3:e månad"),
        ("1 year", "1 år", "Varje år"),
        ("24 h", "24 timmar", "Varje dygn"),
        ("90 min", "90 minuter", "Var 90:e minut"),
        ("10 s", "10 sekunder", None),
    ],
)
def test_lengths_of_time(written: str, said: str, recurring: str | None, swedish: None) -> None:
    length = Duration.parse(written)
    assert duration(length) == said
    assert recurring is None or every(length) == recurring


def test_numbers_and_units(swedish: None) -> None:
    assert in_unit(0.992, "share") == "99,2\xa0%"
    assert in_unit(0.305, "share") == "30,5\xa0%"
    assert in_unit(780000, "SEK") == "780\xa0000 kr"
    assert in_unit(97.5, "SEK") == "97,50 kr"
    assert in_unit(-16, "hours") == "−16 timmar"
    assert in_unit(1, "hours") == "1 timme"
    assert in_unit(0, "number") == "0"


def test_names_in_a_sentence() -> None:
    assert [inside("Nurse"), inside("I'll come"), inside("LSS-handläggare")] == [
        "nurse",
        "I'll come",
        "LSS-handläggare",
    ]
    with translation.override("en"):
        assert [together([]), together(["a"]), together(["a", "b", "c"])] == ["", "a", "a, b and c"]


def lines(name: str, heading: str, language: str = "en") -> tuple[str, ...]:
    """The sentences under a heading; none where it is not there."""
    parts = {part.name: part.lines for part in shown(name, language).parts}
    return parts.get(heading, ())


@pytest.mark.parametrize(
    ("name", "heading", "line"),
    [
        ("eskilstuna-brukardirektor", "What it is about", "Not a person, but: meeting."),
        ("ronneby-ungdomsprogram", "Noticed by itself", "“Did not come to the session”: seen in what comes in as"),
        (
            "ronneby-ungdomsprogram",
            "First things first",
            "“Began the programme” has to wait until this is settled: say",
        ),
        ("forandra-radikalt", "Private links", "“Ask leave” gives a private link to: whoever told us. It works for 30"),
        ("forandra-radikalt", "What others may read", "only after: say yes to the quote."),
        ("sormland-varnas", "A limited number", "Whoever waits"),
        ("vaxjo-vaxjoloftet", "Sums that a person confirms", "It decides nothing"),
        ("vastra-goteborg-bytet", "Accounts", "All accounts together are always zero."),
        ("laholm-natverksutredning", "On the wall, and drawn", "The people around as a map"),
    ],
)
def test_each_further_part_is_told(name: str, heading: str, line: str) -> None:
    assert any(line in said for said in lines(name, heading)), lines(name, heading)


def test_a_practice_without_further_parts_tells_none() -> None:
    assert shown("umea-medicingivare", "en").parts == ()


def test_an_outcome_before_and_after_is_told() -> None:
    outcome = shown("ronneby-ungdomsprogram", "sv").outcomes[0]
    assert outcome.detail.endswith("före och efter, hos samma personer")
