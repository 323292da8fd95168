"""Figures that anybody may read at any time: when a new one may take the former's place."""

import pytest

from genklang.evaluate.release import differing, marks_of, may_take_its_place

PEOPLE = [f"u{number}" for number in range(40)]


def marks(values: dict[int, float], people: int = 40) -> bytes:
    """The marks of some people's values, by number."""
    return marks_of(PEOPLE[:people], {PEOPLE[number]: str(value) for number, value in values.items()})


TWENTY = dict.fromkeys(range(20), 1.0)


@pytest.mark.parametrize(
    ("what", "after", "may"),
    [
        ("nothing is new", TWENTY, True),
        ("one came", TWENTY | {20: 1.0}, False),
        ("four came", TWENTY | dict.fromkeys(range(20, 24), 1.0), False),
        ("five came", TWENTY | dict.fromkeys(range(20, 25), 1.0), True),
        ("one left", dict.fromkeys(range(19), 1.0), False),
        ("five left", dict.fromkeys(range(15), 1.0), True),
        ("one came and one left", dict.fromkeys(range(1, 21), 1.0), False),
        ("three came and three left", dict.fromkeys(range(3, 23), 1.0), True),
        ("one was corrected", TWENTY | {7: 0.0}, False),
        ("five were corrected", TWENTY | dict.fromkeys(range(5), 0.0), True),
        ("everybody left", {}, True),
        ("it is of four only", dict.fromkeys(range(4), 2.0), False),
    ],
)
def test_a_new_figure_beside_one_of_twenty(what: str, after: dict[int, float], may: bool) -> None:
    assert may_take_its_place(marks(after), [marks(TWENTY)]) is may


def test_it_is_held_against_every_one_shown_before() -> None:
    first, second = marks(TWENTY), marks(TWENTY | dict.fromkeys(range(20, 25), 1.0))
    back_but_one = marks(TWENTY | {20: 1.0, 3: 0.5, 4: 0.5})
    assert may_take_its_place(second, [first])
    assert may_take_its_place(back_but_one, [second])
    assert not may_take_its_place(back_but_one, [first, second])


def test_of_fewer_than_five_nothing_is_shown_at_all() -> None:
    assert not may_take_its_place(marks(dict.fromkeys(range(4), 1.0)), [])
    assert may_take_its_place(marks(dict.fromkeys(range(5), 1.0)), [])
    assert may_take_its_place(marks({}), [])


def test_people_who_came_since_are_counted() -> None:
    assert differing(marks({}, people=3), marks({30: 1.0, 31: 0.0})) == 2
