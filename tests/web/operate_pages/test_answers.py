"""Forms made from a protocol's questions: types, bounds, clock times, local instants, what is known already."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import translation

from genklang.operate.forms.answers import HAPPENED, AnswerForm, Asking
from genklang.operate.forms.fields import clock_time
from genklang.protocol.types import EventKind

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
QUESTIONS: dict[str, dict[str, Any]] = {
    "agrees": {"type": "boolean"},
    "hours": {"type": "number", "min": 0, "max": 24, "unit": {"sv": "timmar", "en": "hours"}},
    "month": {"type": "integer", "min": 3, "max": 24},
    "dose_times": {"type": "times"},
    "reason": {"type": "choice", "options": {"moved": {"sv": "Flyttade", "en": "Moved"}}},
    "start": {"type": "instant"},
    "day": {"type": "date"},
    "at": {"type": "time"},
    "words": {"type": "text"},
    "perhaps": {"type": "number", "required": False},
    "ages": {"type": "numbers"},
    "which": {"type": "reference", "of": "booked"},
    "several": {"type": "reference", "of": "booked", "many": True},
    "who": {"type": "member", "required": False},
}


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


def form_of(names: str, answers: dict[str, str] | None = None, **asking: Any) -> AnswerForm:
    fields = {name: {"sv": name, "en": name.capitalize(), **QUESTIONS[name]} for name in names.split()}
    kind = EventKind.model_validate({"sv": "Test", "en": "Test", "by": "nurse", "fields": fields})
    data = None if answers is None else {"_key": "one", **answers}
    return AnswerForm(Asking(kind, zone="Europe/Stockholm", now=NOW, **asking), data)


@pytest.mark.parametrize(
    ("name", "written", "answer"),
    [
        ("agrees", "false", False),
        ("hours", "2,5", 2.5),
        ("hours", "2.5", 2.5),
        ("hours", "\u00a03 ", 3),
        ("month", "12", 12),
        ("dose_times", "20, 8:30 och 8.30", ["08:30", "20:00"]),
        ("reason", "moved", "moved"),
        ("start", "2026-03-02T10:30", "2026-03-02T09:30:00Z"),
        ("start", "2026-10-25T02:30", "2026-10-25T00:30:00Z"),
        ("day", "2026-03-02", "2026-03-02"),
        ("at", "07:05", "07:05"),
        ("words", " to walk to the shop ", "to walk to the shop"),
        ("ages", "3; 4,5 6, 7", [3, 4.5, 6, 7]),
    ],
)
def test_what_is_written_becomes_an_answer(name: str, written: str, answer: object) -> None:
    form = form_of(name, {name: written})
    assert form.is_valid(), form.errors
    assert form.answers == {name: answer}


@pytest.mark.parametrize(
    ("name", "written", "says"),
    [
        ("agrees", "", "Choose one of the answers"),
        ("hours", "", "Nothing is written"),
        ("hours", "plenty", "“plenty” is no number. Write a number. From 0 to 24."),
        ("hours", "24.1", "From 0 to 24."),
        ("hours", "nan", "From 0 to 24."),
        ("month", "3.5", "Write a whole number"),
        ("dose_times", "8, noon, 25:00", "“noon, 25:00” is no time of the day"),
        ("reason", "died", "“died” is not among the answers"),
        ("start", "2026-03-29T02:30", "never came"),
        ("start", "tomorrow", "is no date with a time"),
        ("ages", "3; many", "“many” is no number. Write for example 3; 4,5; 6."),
    ],
)
def test_a_wrong_answer_says_what_to_write(name: str, written: str, says: str) -> None:
    form = form_of(name, {name: written})
    assert not form.is_valid()
    assert says in form.errors[name][0]


def test_a_wrong_answer_keeps_the_rest() -> None:
    form = form_of("hours words", {"hours": "many", "words": "went swimming"})
    assert not form.is_valid()
    assert 'value="many"' in str(form["hours"])
    assert "went swimming" in str(form["words"])


def test_what_is_known_is_confirmed_and_not_asked() -> None:
    form = form_of("agrees hours", known={"agrees": True})
    assert [field.name for field in form.questions] == ["hours"]
    assert [(field.name, said) for field, said, _since in form.confirmed] == [("agrees", "Yes")]
    assert 'value="true"' in str(form["agrees"]) and "checked" in str(form["agrees"])


def test_a_known_answer_changed_to_a_wrong_one_is_asked_again() -> None:
    form = form_of("hours", {"hours": "x"}, known={"hours": 3})
    assert not form.is_valid()
    assert [field.name for field in form.questions] == ["hours"]


def test_what_is_given_is_carried_without_being_asked() -> None:
    form = form_of("words hours", {"hours": "1"}, given={"words": "B-17"})
    assert form.is_valid()
    assert "words" not in form.fields
    assert form.answers == {"words": "B-17", "hours": 1}


def test_an_optional_answer_left_out_is_left_out() -> None:
    form = form_of("perhaps", {"perhaps": ""})
    assert form.is_valid()
    assert form.answers == {}


def test_it_cannot_have_happened_later_than_now() -> None:
    assert form_of("", {HAPPENED: "2026-03-02T13:00"}).is_valid()
    later = form_of("", {HAPPENED: "2026-03-02T13:01"})
    assert not later.is_valid()
    assert "still to come" in later.errors[HAPPENED][0]


def test_texts_come_in_swedish() -> None:
    with translation.override("sv"):
        form = form_of("hours", {"hours": "12,5"}, known={})
        assert form["hours"].label == "hours"
        assert form.is_valid()


@pytest.mark.parametrize(
    ("written", "time"), [("8", "08:00"), ("0830", "08:30"), ("kl.8", "08:00"), ("24", None), ("8:60", None)]
)
def test_clock_times(written: str, time: str | None) -> None:
    assert clock_time(written) == time


CHOICES = {"which": [("B-1", "The pool"), ("B-2", "The shop")], "who": [("m1", "Gun")]}


def test_what_is_pointed_at_is_chosen_by_its_words() -> None:
    form = form_of("which who", {"which": "B-2", "who": ""}, choices=CHOICES)
    assert form.is_valid(), form.errors
    assert form.answers == {"which": "B-2"}
    assert "The pool" in str(form["which"]) and "None of them" in str(form["who"])


def test_what_is_not_there_to_choose_is_refused() -> None:
    form = form_of("which", {"which": "B-9"}, choices=CHOICES)
    assert "is not among the answers" in form.errors["which"][0]


def test_several_may_be_chosen() -> None:
    fields = {"several": {"sv": "s", "en": "S", **QUESTIONS["several"]}}
    kind = EventKind.model_validate({"sv": "Test", "en": "Test", "by": "nurse", "fields": fields})
    asking = Asking(kind, zone="Europe/Stockholm", now=NOW, choices={"several": CHOICES["which"]})
    form = AnswerForm(asking, QueryDict("_key=one&several=B-1&several=B-2"))
    assert form.is_valid(), form.errors
    assert form.answers == {"several": ["B-1", "B-2"]}


def test_where_there_is_nothing_to_choose_it_says_so() -> None:
    form = form_of("which", choices={"which": []})
    assert form["which"].help_text == "There is nothing to choose between yet."
