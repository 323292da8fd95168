"""What is wrong with a story, or with the protocol it is about, is told at its line, with what to write instead."""

from dataclasses import dataclass

import pytest

from genklang.protocol.problems import Problem, ProtocolErrors
from genklang.rehearsal.cases import failures, read_cases
from tests.spec.engine.runner import protocol_from

PROTOCOL = protocol_from(
    {
        "stages": {"active": {}, "ended": {"final": True}},
        "events": {
            "dose_taken": {"by": ["device", "nurse"], "during": "active", "fields": {"grams": {"type": "number"}}},
            "called": {"by": "nurse"},
            "ended": {"by": "nurse", "moves": ["active", "ended"]},
        },
        "expectations": {
            "dose": {
                "daily_at": ["08:00"],
                "expect": "dose_taken",
                "within": "60 min",
                "remind": [{"at": "0 min", "by": "device"}],
                "otherwise": {"alarm": "nurse"},
            },
            "call": {"after": "dose_taken", "expect": "called", "within": "2 h", "otherwise": {"task": "nurse"}},
        },
        "indicators": {"adherence": {"sv": "F", "en": "A", "of": "dose", "value": "avg(met)"}},
    }
)
MET = "    about: dose\n    when: [[2026-03-02 07:00, enrolled], [2026-03-02 08:05, dose_taken, {grams: 1}]]\n"


@dataclass(frozen=True)
class Told:
    """A story's text below its name, and the line and words that are told of it (the story itself is line 2)."""

    name: str
    text: str
    line: int
    words: tuple[str, ...]


FORM = [
    Told("nothing but a name", "", 2, ("is missing",)),
    Told(
        "a misspelt key",
        "    when: [[2026-03-02 07:00, tick]]\n    them: {}\n",
        4,
        ('"them" is not a word of the language here', '"then"'),
    ),
    Told("a line without event", "    when: [[2026-03-02 07:00]]\n    then: {}\n", 3, ("not a time, an event",)),
    Told("no time", "    when: [[tomorrow, enrolled]]\n    then: {}\n", 3, ('"tomorrow" is no date and time',)),
    Told("a time in the gap", "    when: [[2026-03-29 02:30, tick]]\n    then: {}\n", 3, ("does not exist",)),
    Told("an offset", '    when: [["2026-03-02T02:30+01:00", tick]]\n    then: {}\n', 3, ("is no local time",)),
    Told("an unknown event", "    when: [[2026-03-02 07:00, dose_take]]\n    then: {}\n", 3, ('mean "dose_taken"?',)),
    Told("an unknown stage", MET + "    then: {stage: activ}\n", 5, ('mean "active"?',)),
    Told("an unknown status", MET + "    then: {facts: {dose 2026-03-02 08:00: done}}\n", 5, ("the statuses",)),
    Told("no minutes", MET + "    then: {facts: {dose 2026-03-02 08:00: met soon}}\n", 5, ("is no number of minutes",)),
    Told("an unknown expectation", MET + "    then: {tasks: {doze 2026-03-02 08:00: nurse}}\n", 5, ('mean "dose"?',)),
    Told("what it is not about", MET + "    then: {tasks: {call 2026-03-02 08:05: nurse}}\n", 5, ("is not about",)),
    Told("an unknown indicator", MET + "    then: {indicators: {adherense: 1}}\n", 5, ('mean "adherence"?',)),
    Told("a lot where none is drawn", MET + "    lot: training\n    then: {}\n", 5, ("the arms", "Leave it out")),
    Told("no time zone", MET + "    zone: Mars/Base\n    then: {}\n", 5, ('"Mars/Base" is no time zone',)),
]
END = [
    Told("another status", MET + "    then: {facts: {dose 2026-03-02 08:00: missed}}\n", 5, ("came as", "met 5")),
    Told("other minutes", MET + "    then: {facts: {dose 2026-03-02 08:00: met 6}}\n", 5, ('"met 5"',)),
    Told("nothing told", MET + "    then: {}\n", 5, ("Nothing is told of", "dose 2026-03-02 08:00: met 5")),
    Told(
        "never came",
        MET + "    then:\n      facts: {dose 2026-03-02 08:00: met,\n        dose 2026-03-03 08:00: met}\n",
        7,
        ("never came",),
    ),
    Told(
        "an alarm",
        MET + "    then: {facts: {dose 2026-03-02 08:00: met}, alarms: {dose 2026-03-02 08:00: nurse}}\n",
        5,
        ("never came",),
    ),
    Told("a reminder", MET + "    then: {facts: {dose 2026-03-02 08:00: met}, reminders: {}}\n", 5, ("device",)),
    Told(
        "an indicator",
        MET + "    then: {facts: {dose 2026-03-02 08:00: met}, indicators: {adherence: 0.5}}\n",
        5,
        ('"0.5"', '"1"'),
    ),
    Told("a stage", MET + "    then: {facts: {dose 2026-03-02 08:00: met}, stage: ended}\n", 5, ('"active"',)),
    Told(
        "a field left out",
        "    about: dose\n    when: [[2026-03-02 07:00, enrolled], [2026-03-02 08:05, dose_taken]]\n    then: {}\n",
        4,
        ('field "grams" is refused: an answer is missing', "refused: true"),
    ),
    Told(
        "a refusal that was none",
        "    about: []\n    when: [[2026-03-02 07:00, enrolled], [2026-03-02 08:05, called, {refused: true}]]\n"
        "    then: {}\n",
        4,
        ("was let in",),
    ),
    Told(
        "what was not held",
        "    about: []\n    when: [[2026-03-02 07:00, enrolled], [2026-03-02 08:05, called, {held: true}]]\n"
        "    then: {}\n",
        4,
        ("was let in", "it is held"),
    ),
]


def text_of(told: Told) -> str:
    return f"stories:\n  - story: A story\n{told.text}"


def assert_told(told: Told, problem: Problem) -> None:
    assert (problem.file, problem.line) == ("tests.yaml", told.line), str(problem)
    assert all(words in str(problem) for words in told.words), str(problem)


@pytest.mark.parametrize("told", FORM, ids=lambda told: told.name)
def test_what_cannot_be_read_is_told_at_its_line(told: Told) -> None:
    with pytest.raises(ProtocolErrors) as raised:
        read_cases(text_of(told), file="tests.yaml", protocol=PROTOCOL)
    assert_told(told, raised.value.problems[0])


@pytest.mark.parametrize("told", END, ids=lambda told: told.name)
def test_what_ends_otherwise_is_told_at_its_line(told: Told) -> None:
    [case] = read_cases(text_of(told), file="tests.yaml", protocol=PROTOCOL)
    assert_told(told, failures(case)[0])


def test_a_story_that_ends_as_told_has_no_failures() -> None:
    told = Told("", MET + "    then: {facts: {dose 2026-03-02 08:00: met 5}, indicators: {adherence: 1}}\n", 0, ())
    [case] = read_cases(text_of(told), file="tests.yaml", protocol=PROTOCOL)
    assert failures(case) == []


def test_what_nothing_explains_yet_is_held_until_it_is_explained() -> None:
    text = """
    about: []
    when:
      - [2026-03-02 08:05, called, {held: true}]
      - [2026-03-02 07:00, enrolled]
    then: {stage: active}
"""
    [case] = read_cases(text_of(Told("", text, 0, ())), file="tests.yaml", protocol=PROTOCOL)
    assert failures(case) == []


def test_two_dues_with_one_target_are_told_apart() -> None:
    text = """
    about: call
    when:
      - [2026-03-02 07:00, enrolled]
      - [2026-03-02 08:05, dose_taken, {grams: 1}]
      - [2026-03-02 08:05, dose_taken, {grams: 2}]
      - [2026-03-02 12:00, tick]
    then:
      facts: {call 2026-03-02 08:05: missed, "call 2026-03-02 08:05 #2": missed}
      tasks: {call 2026-03-02 08:05: nurse, "call 2026-03-02 08:05 #2": nurse}
"""
    [case] = read_cases(text_of(Told("", text, 0, ())), file="tests.yaml", protocol=PROTOCOL)
    assert failures(case) == []


@pytest.mark.parametrize("text", ["", "just words", "stories: []"])
def test_a_file_without_stories_is_refused(text: str) -> None:
    with pytest.raises(ProtocolErrors):
        read_cases(text, file="tests.yaml", protocol=PROTOCOL)
