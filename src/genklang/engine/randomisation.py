"""Concealed allocation by stratified permuted blocks of random size, of people or of whole clusters; random samples.

Each stratum has an endless sequence of its own, fixed by the seed. What is kept between draws is only how far each has
come, so nobody who reads it without the seed can tell what comes next, not even where a block ends.
Method: permuted blocks with random block sizes, see Rosenberger and Lachin, Randomization in Clinical Trials (2nd ed.).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence

from genklang.protocol.types import Randomise

ListState = Mapping[str, tuple[int, int]]
"""How far each stratum has come: its key, the number of the block, and how many of that block are drawn."""

_WORD = 1 << 64


def draw(state: ListState, *, seed: str, declared: Randomise, stratum: Sequence[str]) -> tuple[str, ListState]:
    """Draw an arm as the protocol says: the next of the stratum; for a cluster (`stratum` names it) the one it has.

    Returns the arm and the new state; `state` is not changed. A cluster's place in the list is kept, never its arm.
    """
    arms, blocks = shares(declared), declared.blocks
    if declared.cluster is None:
        return allocate(state, seed=seed, arms=arms, blocks=blocks, stratum=stratum)
    key = stratum_key(["cluster", *stratum])
    if key in state:
        number, place = state[key]
        return _block(seed, stratum_key(()), number, arms, blocks)[place], state
    place_in_list = state.get(stratum_key(()), (0, 0))
    arm, following = allocate(state, seed=seed, arms=arms, blocks=blocks, stratum=())
    return arm, {**following, key: place_in_list}


def cluster_of(value: object) -> str:
    """The name of a cluster, the same however it was typed: "Team  Norr" and "team norr" are one."""
    return " ".join(str(value).split()).casefold()


def allocate(
    state: ListState, *, seed: str, arms: Mapping[str, int], blocks: Sequence[int], stratum: Sequence[str]
) -> tuple[str, ListState]:
    """Draw the next arm of a stratum. `arms` are shares by name.

    Returns the arm and the new state; `state` is not changed.
    """
    key = stratum_key(stratum)
    number, drawn = state.get(key, (0, 0))
    block = _block(seed, key, number, arms, blocks)
    following = (number, drawn + 1) if drawn + 1 < len(block) else (number + 1, 0)
    return block[drawn], {**state, key: following}


def sequence(seed: str, *, arms: Mapping[str, int], blocks: Sequence[int], stratum: Sequence[str], n: int) -> list[str]:
    """The first n arms of a stratum, for an audit by whoever holds the seed."""
    key, drawn = stratum_key(stratum), list[str]()
    number = 0
    while len(drawn) < n:
        drawn += _block(seed, key, number, arms, blocks)
        number += 1
    return drawn[:n]


def is_drawn(seed: str, *, draw: str, enrolment: str, share: float) -> bool:
    """Whether an enrolment is in a random sample: the same answer for whoever holds the seed, unknown to all others.

    Each is drawn by itself with the chance `share` (Bernoulli sampling), so that nobody's draw depends on who came
    before.
    """
    message = json.dumps(["draw", draw, enrolment], ensure_ascii=False).encode()
    digest = hmac.new(seed.encode(), message, hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") < share * _WORD


def shares(randomise: Randomise) -> dict[str, int]:
    """The arms' shares, as `allocate` takes them."""
    return {name: arm.share for name, arm in randomise.arms.items()}


def stratum_key(stratum: Sequence[str]) -> str:
    """A stratum as one text that no other stratum shares."""
    return json.dumps(list(stratum), ensure_ascii=False, separators=(",", ":"))


def _block(seed: str, key: str, number: int, arms: Mapping[str, int], blocks: Sequence[int]) -> list[str]:
    """One block: its size drawn from `blocks`, its order by Fisher and Yates."""
    one_round = [name for name in sorted(arms) for _ in range(arms[name])]
    words = _words(seed, key, number)
    size = blocks[_below(len(blocks), words)]
    if size % len(one_round):
        raise ValueError(f"a block of {size} cannot be shared as {dict(arms)}: use a multiple of {len(one_round)}")
    block = one_round * (size // len(one_round))
    for last in range(len(block) - 1, 0, -1):
        other = _below(last + 1, words)
        block[last], block[other] = block[other], block[last]
    return block


def _words(seed: str, key: str, number: int) -> Iterator[int]:
    counter = 0
    while True:
        message = json.dumps([key, number, counter], ensure_ascii=False).encode()
        digest = hmac.new(seed.encode(), message, hashlib.sha256).digest()
        yield from (int.from_bytes(digest[start : start + 8], "big") for start in range(0, 32, 8))
        counter += 1


def _below(limit: int, words: Iterator[int]) -> int:
    """A number from 0 to limit - 1, each as likely: words from the uneven end are thrown away."""
    even = _WORD - _WORD % limit
    return next(word % limit for word in words if word < even)
