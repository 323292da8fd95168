"""Allocation: balanced within blocks, the same for the same seed, unreadable without it, and fair."""

import itertools
import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genklang.engine.randomisation import ListState, allocate, sequence

ARMS = {"training": 1, "usual": 1}
BLOCKS = [4, 6]


def draw(n: int, *, seed: str = "a", stratum: tuple[str, ...] = ("old",), arms: dict[str, int] = ARMS) -> list[str]:
    state: ListState = {}
    drawn = []
    for _ in range(n):
        arm, state = allocate(state, seed=seed, arms=arms, blocks=BLOCKS, stratum=stratum)
        drawn.append(arm)
    return drawn


@given(st.text(max_size=20), st.lists(st.text(max_size=5), max_size=3), st.integers(0, 60))
@settings(max_examples=60)
def test_the_sequence_is_what_is_drawn(seed: str, stratum: list[str], n: int) -> None:
    assert draw(n, seed=seed, stratum=tuple(stratum)) == sequence(seed, arms=ARMS, blocks=BLOCKS, stratum=stratum, n=n)


@given(st.text(max_size=20), st.integers(0, 100))
@settings(max_examples=60)
def test_arms_never_differ_by_more_than_half_the_largest_block(seed: str, n: int) -> None:
    drawn = Counter(draw(n, seed=seed))
    assert abs(drawn["training"] - drawn["usual"]) <= max(BLOCKS) // 2


@given(st.text(max_size=20))
@settings(max_examples=30)
def test_every_block_is_shared_as_declared(seed: str) -> None:
    arms = {"training": 2, "usual": 1}
    state: ListState = {}
    block: list[str] = []
    for _ in range(60):
        arm, state = allocate(state, seed=seed, arms=arms, blocks=[3, 6], stratum=())
        block.append(arm)
        if state["[]"][1] == 0:  # a block is full
            assert block.count("training") == 2 * block.count("usual")
            block = []


def test_strata_do_not_touch_each_other() -> None:
    alone = draw(10, stratum=("old",))
    state: ListState = {}
    mixed = []
    for _ in range(10):
        arm, state = allocate(state, seed="a", arms=ARMS, blocks=BLOCKS, stratum=("old",))
        mixed.append(arm)
        _, state = allocate(state, seed="a", arms=ARMS, blocks=BLOCKS, stratum=("young",))
    assert mixed == alone


def test_the_order_in_which_arms_are_declared_decides_nothing() -> None:
    assert draw(20, arms={"usual": 1, "training": 1}) == draw(20)


def test_strata_that_read_alike_are_kept_apart() -> None:
    assert draw(40, stratum=("a", "b")) != draw(40, stratum=("a,b",))


def test_another_seed_gives_another_sequence() -> None:
    assert len({tuple(draw(40, seed=str(seed))) for seed in range(20)}) == 20


def test_what_is_kept_says_nothing_of_what_comes_next() -> None:
    """For one and the same kept state, different seeds go on differently: the state alone cannot tell."""
    following: dict[str, set[str]] = {}
    for seed in range(200):
        state: ListState = {}
        for _ in range(3):
            _, state = allocate(state, seed=str(seed), arms=ARMS, blocks=BLOCKS, stratum=())
        arm, _ = allocate(state, seed=str(seed), arms=ARMS, blocks=BLOCKS, stratum=())
        following.setdefault(json.dumps(state), set()).add(arm)
    assert following == {json.dumps({"[]": [0, 3]}): {"training", "usual"}}


def test_a_state_is_not_changed_by_a_draw_and_goes_through_json() -> None:
    state: ListState = {}
    _, following = allocate(state, seed="a", arms=ARMS, blocks=BLOCKS, stratum=())
    assert state == {}
    read = {key: tuple(value) for key, value in json.loads(json.dumps(following)).items()}
    assert read == following


def test_orders_of_a_block_are_about_equally_likely() -> None:
    orders = Counter(tuple(sequence(str(seed), arms=ARMS, blocks=[4], stratum=(), n=4)) for seed in range(3000))
    assert set(orders) == {order for order in itertools.product(ARMS, repeat=4) if order.count("usual") == 2}
    expected = 3000 / 6
    chi_square = sum((count - expected) ** 2 / expected for count in orders.values())
    assert chi_square < 20.5  # 99.9 % of a chi-square with 5 degrees of freedom


def test_block_sizes_are_about_equally_likely() -> None:
    sizes: Counter[int] = Counter()
    for seed in range(2000):
        state: ListState = {}
        for drawn in range(1, 7):
            _, state = allocate(state, seed=str(seed), arms=ARMS, blocks=BLOCKS, stratum=())
            if state["[]"] == (1, 0):
                sizes[drawn] += 1
                break
    assert abs(sizes[4] - 1000) < 110 and sizes[4] + sizes[6] == 2000


def test_a_block_that_cannot_be_shared_is_refused() -> None:
    with pytest.raises(ValueError, match="multiple of 2"):
        allocate({}, seed="a", arms=ARMS, blocks=[3], stratum=())
