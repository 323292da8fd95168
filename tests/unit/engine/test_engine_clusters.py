"""Clusters drawn whole: all who share one get its arm, arms stay even among clusters, and the list tells nothing."""

from collections import Counter

from genklang.engine.randomisation import ListState, cluster_of, draw
from genklang.protocol.types import Arm, Randomise

DECLARED = Randomise(
    after="asked",
    arms={"new": Arm(sv="Nytt", en="New"), "usual": Arm(sv="Vanligt", en="Usual")},
    blocks=[2, 4],
    cluster="team",
)


def drawn(teams: list[str], *, seed: str = "s") -> tuple[list[str], ListState]:
    state: ListState = {}
    arms = []
    for team in teams:
        arm, state = draw(state, seed=seed, declared=DECLARED, stratum=(team,))
        arms.append(arm)
    return arms, state


def test_everybody_of_a_cluster_gets_its_arm_whoever_comes_between() -> None:
    arms, _state = drawn(["north", "south", "north", "east", "south", "north"])
    by_team = {("north", arms[0]), ("south", arms[1]), ("east", arms[3])}
    assert set(zip(["north", "south", "north", "east", "south", "north"], arms, strict=True)) == by_team


def test_arms_are_even_among_clusters_and_not_among_people() -> None:
    teams = [f"team {number}" for number in range(20) for _person in range(1 + number % 5)]
    arms, _state = drawn(teams)
    of_teams = dict(zip(teams, arms, strict=True))
    assert abs(Counter(of_teams.values())["new"] - 10) <= 2


def test_another_seed_gives_others() -> None:
    teams = [f"team {number}" for number in range(12)]
    assert len({tuple(drawn(teams, seed=str(seed))[0]) for seed in range(20)}) > 10


def test_what_is_kept_says_where_and_never_which() -> None:
    _arms, state = drawn(["north", "south"])
    assert "new" not in repr(state) and "usual" not in repr(state)


def test_one_cluster_however_it_is_typed() -> None:
    assert cluster_of("Team  Norr ") == cluster_of("team norr") != cluster_of("team syd")
