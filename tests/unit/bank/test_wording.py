"""Small pieces of language agree with what they stand beside, in both languages."""

import pytest
from django.utils.translation import override

from genklang.bank.wording import own_unit
from genklang.protocol.types import Text

HOURS, LESSONS = Text(sv="timmar", en="hours"), Text(sv="lektioner", en="lessons")


@pytest.mark.parametrize(
    ("language", "unit", "value", "words"),
    [
        ("sv", HOURS, 1, "timme"),
        ("sv", HOURS, 1.5, "timmar"),
        ("en", HOURS, 1, "hour"),
        ("en", HOURS, 0, "hours"),
        ("sv", LESSONS, 1, "lektioner"),
        ("en", LESSONS, 2, "lessons"),
    ],
)
def test_a_unit_of_time_agrees_with_its_number(language: str, unit: Text, value: float, words: str) -> None:
    with override(language):
        assert own_unit(unit, value) == words
