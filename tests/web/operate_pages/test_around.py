"""Before and after in words: the same, dearer, cheaper, or nobody can say."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from genklang.measure.around_change import CostAround, LineAround
from genklang.operate.pages import around


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def cost(before: list[float], after: list[float]) -> CostAround:
    return CostAround((LineAround("hours", tuple(before), tuple(after)),), "SEK")


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ([100, 102, 98], [101, 103, 99], "About the same cost"),
        ([100, 102, 98], [200, 202, 198], "It costs 100% more"),
        ([100, 102, 98], [50, 52, 48], "It costs 50% less"),
        ([100, 10, 190], [180, 20, 205], "chance alone may explain that"),
    ],
)
def test_the_cost_is_told_in_plain_words(before: list[float], after: list[float], words: str) -> None:
    made = cost(before, after)
    assert words in around.in_words(made, around.difference(made)).replace("\u00a0", "").replace(" %", "%")


def test_too_few_periods_are_said_to_be_too_few() -> None:
    made = cost([100], [90])
    assert "too few for an interval" in around.note(made, around.difference(made))


def test_an_interval_says_what_it_takes_for_granted() -> None:
    made = cost([100, 102, 98], [150, 151, 155])
    said = around.note(made, around.difference(made))
    assert "3 whole periods before are compared with 3 after." in said
    assert "taken as independent" in said
