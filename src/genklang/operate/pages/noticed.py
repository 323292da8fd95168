"""What signals say of somebody just now, and the figures that they rest on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst

from genklang.operate.forms.answers import answer_in_words
from genklang.operate.machines import shown_state
from genklang.operate.models import Enrolment
from genklang.operate.pages.protocols import words_of
from genklang.operate.pages.words import Words, say
from genklang.protocol.reckoning import Signal
from genklang.protocol.scopes import fields_of
from genklang.protocol.types import DataField


@dataclass(frozen=True)
class Noticed:
    """A signal that sounds: what it is called, and its series, the latest first: the day, and an answer a question."""

    what: str
    questions: list[str]
    rows: list[tuple[str, list[str]]]


def noticed(enrolment: Enrolment) -> list[Noticed]:
    """The signals that sound just now, in the order of the protocol. What a single answer says is no change in a
    series, and stands with the answer.
    """
    words = words_of(enrolment)
    signals = {name: signal for name, signal in words.protocol.signals.items() if signal.latest > 1}
    if not signals:
        return []
    series = shown_state(enrolment).series
    sounding = {name: series[name].rows for name in signals if name in series and series[name].sounding}
    return [_noticed(signals[name], rows, words) for name, rows in sounding.items()]


def _noticed(signal: Signal, rows: tuple[Mapping[str, Any], ...], words: Words) -> Noticed:
    asked: dict[str, DataField] = {}
    for event in signal.of:
        asked |= fields_of(words.protocol, event)
    names = [name for name in asked if any(name in row for row in rows)]
    told = [
        (capfirst(words.day(row["occurred_at"])), [_answer(asked[name], row.get(name), words) for name in names])
        for row in reversed(rows)
    ]
    return Noticed(say(signal), [say(asked[name]) for name in names], told)


def _answer(question: DataField, value: Any, words: Words) -> str:
    return words.when(value) if question.type == "instant" and value is not None else answer_in_words(question, value)
