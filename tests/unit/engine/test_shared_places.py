"""Who is given a place: the turn, shares and borrowing, starts in a running period, and what is never overbooked."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from genklang.engine import State, parse_instant
from genklang.engine.shared import OwnPlaces, Places, Shared, in_turn, occupancy
from genklang.engine.shared.places import shared_as_dict, shared_from_dict
from genklang.engine.time import DAY, NEVER
from tests.spec.engine.runner import protocol_from

START = parse_instant("2026-03-01T08:00:00Z")
TOWNS = ("east", "west")


def places(own: OwnPlaces | None = None, **place: Any) -> Places:
    shares = {name: {"sv": name, "en": name, "places": number} for name, number in place.pop("shares", {}).items()}
    declared = {"sv": "Säng", "en": "Bed", "waiting": "queue", "holding": "ward", "gives": "admitted", **place}
    protocol = protocol_from(
        {
            "facts": {"urgent": {"type": "boolean"}, "town": {"type": "choice", "options": {}}},
            "stages": {"queue": {}, "ward": {}, "home": {"final": True}},
            "events": {
                "admitted": {"by": "system", "moves": ["queue", "ward"]},
                "left": {"by": "nurse", "moves": [["queue", "home"], ["ward", "home"]]},
            },
            "places": {"bed": {**declared, "shares": shares}},
        }
    )
    return Places(protocol, zone="Europe/Stockholm", own={"bed": own} if own else None)


def state(enrolment: str, stage: str, day: float = 0, **facts: Any) -> State:
    return State(enrolment, stage, START + round(day * DAY), None, facts, (), 0, None, frozenset(), NEVER)


def let(beds: Places, shared: Shared, *states: State, at: float = 0) -> tuple[Shared, list[str]]:
    """Tells the states, then gives places; everybody who is given one takes it at once."""
    for one in states:
        shared = beds.observe(shared, one)
    settled = beds.give(shared, START + round(at * DAY))
    return settled.shared, [delivery.enrolment for delivery in settled.deliveries]


def test_the_one_who_has_waited_longest_is_given_a_place() -> None:
    beds = places(capacity=1)
    shared, given = let(
        beds, beds.begin(), state("a", "queue", 2), state("b", "queue", 1), state("c", "queue", 3), at=4
    )
    assert given == ["b"]
    assert [one.enrolment for one in in_turn(shared["bed"])] == ["a", "c"]


def test_who_is_in_a_hurry_goes_before() -> None:
    beds = places(capacity=1, first="urgent")
    waiting = [state("a", "queue", 1, urgent=False), state("b", "queue", 2, urgent=True), state("c", "queue", 0)]
    assert let(beds, beds.begin(), *waiting, at=3)[1] == ["b"]


def test_telling_it_twice_gives_nothing_twice() -> None:
    beds = places(capacity=1)
    shared, first = let(beds, beds.begin(), state("a", "queue"), state("b", "queue", 1), at=2)
    again, second = let(beds, shared, state("a", "queue"), state("b", "queue", 1), at=3)
    assert (first, second, again) == (["a"], [], shared)


def test_a_place_that_is_left_goes_to_the_next() -> None:
    beds = places(capacity=1)
    shared, _ = let(beds, beds.begin(), state("a", "ward"), state("b", "queue", 1), at=2)
    assert let(beds, shared, state("a", "home", 3), at=3)[1] == ["b"]


def test_a_place_that_could_not_be_taken_goes_to_the_next_and_is_not_offered_again() -> None:
    beds = places(capacity=1)
    settled = beds.give(let(beds, beds.begin(), state("b", "queue", 1))[0], START + DAY)
    shared, _ = let(beds, beds.begin(), state("a", "queue"), at=1)
    shared = beds.observe(beds.answered(shared, f"a:bed:{START + DAY}", accepted=False), state("b", "queue", 1))
    assert settled.deliveries == ()
    assert let(beds, shared, at=2)[1] == ["b"]


def test_each_share_has_its_own_places() -> None:
    beds = places(capacity=3, shared_by="town", shares={"east": 2, "west": 1})
    people = [state(f"e{number}", "queue", number, town="east") for number in range(4)]
    shared, given = let(beds, beds.begin(), *people, at=5)
    assert given == ["e0", "e1"]
    assert let(beds, shared, state("w", "queue", 6, town="west"), at=6)[1] == ["w"]


def test_what_nobody_of_its_own_share_waits_for_may_be_borrowed() -> None:
    beds = places(capacity=3, shared_by="town", shares={"east": 2, "west": 1}, borrowing=True)
    people = [state(f"e{number}", "queue", number, town="east") for number in range(4)]
    shared, given = let(beds, beds.begin(), *people, at=5)
    assert given == ["e0", "e1", "e2"]
    east, west = occupancy(shared["bed"], beds.limits["bed"]).parts
    assert (east.held, east.borrowed, east.waiting, west.held) == (3, 1, 1, 0)


def test_the_share_that_lent_is_first_in_turn_for_the_next_place() -> None:
    beds = places(capacity=2, shared_by="town", shares={"east": 1, "west": 1}, borrowing=True)
    people = [state(f"e{number}", "queue", number, town="east") for number in range(3)]
    shared, _ = let(beds, beds.begin(), *people, at=4)
    shared, nobody = let(beds, shared, state("w", "queue", 5, town="west"), at=5)
    assert nobody == []
    assert let(beds, shared, state("e0", "home", 6), at=6)[1] == ["w"]


def test_places_that_no_share_owns_are_for_anybody() -> None:
    beds = places(capacity=3, shared_by="town", shares={"east": 1, "west": 1})
    people = [state(f"e{number}", "queue", number, town="east") for number in range(3)]
    assert let(beds, beds.begin(), *people, at=4)[1] == ["e0", "e1"]


def test_so_many_may_start_within_the_running_period() -> None:
    beds = places(starts=2, per="1 year")
    shared, given = let(beds, beds.begin(), *(state(name, "queue") for name in "abc"))
    assert given == ["a", "b"]
    shared, none = let(beds, shared, state("a", "home", 30), at=30)
    assert none == []
    free = beds.next_free(shared)
    assert free is not None
    assert [one.enrolment for one in beds.give(shared, free).deliveries] == ["c"]
    assert beds.give(shared, free - 1).deliveries == ()


def test_a_start_that_was_taken_back_counts_no_more() -> None:
    beds = places(starts=1, per="1 year")
    shared, _ = let(beds, beds.begin(), state("a", "queue"), at=1)
    shared = beds.answered(shared, f"a:bed:{START + DAY}", accepted=True)
    shared, _ = let(beds, shared, state("a", "ward", 1), state("b", "queue", 2), at=3)
    shared, given = let(beds, shared, state("a", "queue"), at=4)
    assert given == ["a"]


def test_own_numbers_replace_the_practices() -> None:
    both = {"east": 2, "west": 1}
    beds = places(OwnPlaces(capacity=1, shares={"west": 1}), capacity=3, shared_by="town", shares=both)
    assert let(beds, beds.begin(), *(state(f"e{n}", "queue", n, town="east") for n in range(3)), at=3)[1] == ["e0"]


def test_what_is_remembered_survives_being_written_down() -> None:
    beds = places(starts=2, per="1 year", first="urgent")
    shared, _ = let(
        beds, beds.begin(), state("a", "ward"), *(state(n, "queue", 1, urgent=n == "b") for n in "bc"), at=2
    )
    assert shared_from_dict(shared_as_dict(shared)) == shared


Told = tuple[int, str, str]
histories = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(["queue", "ward", "home"]), st.sampled_from(TOWNS)), max_size=40
)


@given(histories, st.booleans())
@settings(max_examples=150)
def test_never_more_are_given_than_there_are_and_nobody_waits_for_what_is_free(
    told: list[Told], borrowing: bool
) -> None:
    beds = places(capacity=3, shared_by="town", shares={"east": 2, "west": 1}, borrowing=borrowing)
    shared: Shared = beds.begin()
    for day, (number, stage, town) in enumerate(told):
        name = f"p{number}"
        held = occupancy(shared["bed"], beds.limits["bed"]).held
        shared = beds.observe(shared, state(name, stage, day, town=town))
        settled = beds.give(shared, START + day * DAY)
        now = occupancy(settled.shared["bed"], beds.limits["bed"])
        assert now.held <= max(3, held + 1)
        if settled.deliveries:
            assert now.held <= 3
        for one in settled.deliveries:
            settled = settled._replace(shared=beds.answered(settled.shared, one.event.id, accepted=True))
            settled = settled._replace(
                shared=beds.observe(
                    settled.shared, state(one.enrolment, "ward", day, town=_town(shared, one.enrolment))
                )
            )
        shared = settled.shared
        if borrowing and now.free:
            assert now.waiting == 0


def _town(shared: Shared, enrolment: str) -> str | None:
    stand = shared["bed"].stand(enrolment)
    return stand.share if stand else None
