"""Gotland: about 65 of 80 families without a placement, twenty a year, and two avoided placements pay for the team."""

from collections import Counter
from functools import cache
from pathlib import Path

from genklang.engine.time import DAY
from genklang.protocol.reading import read_protocol
from genklang.rehearsal.forecast import forecast
from genklang.rehearsal.running import Rehearsal, rehearse

PATH = Path(__file__).parents[3] / "practices" / "gotland-spt" / "protocol.yaml"
PROTOCOL = read_protocol(PATH.read_text(), file=PATH.name)
FAMILIES, STAYED, A_YEAR = 80, 65, 20


@cache
def rehearsed(families: int = FAMILIES, seed: int = 5) -> Rehearsal:
    """Five years of families, as the source's."""
    return rehearse(PROTOCOL, enrolments=families, years=5, seed=seed, zone="Europe/Stockholm")


def times_of(rehearsal: Rehearsal, kind: str) -> list[int]:
    return sorted(event.occurred_at for life in rehearsal.participants for event in life.events if event.kind == kind)


def test_about_65_of_80_families_need_no_placement() -> None:
    found = next(one for one in forecast(rehearsed()).indicators if one.name == "no_placement").overall
    assert found.low is not None and found.high is not None
    assert found.low <= STAYED / FAMILIES <= found.high


def test_never_more_than_twenty_begin_within_a_year_however_many_ask() -> None:
    begun = times_of(rehearsed(families=160), "place_given")
    assert len(begun) > FAMILIES
    assert all(later - first >= 365 * DAY for first, later in zip(begun, begun[A_YEAR:], strict=False))


def test_with_twenty_asking_a_year_hardly_anybody_waits() -> None:
    asked, given = times_of(rehearsed(), "referred"), times_of(rehearsed(), "place_given")
    assert len(asked) == len(given) == FAMILIES


def test_each_in_the_family_answers_and_the_end_is_better_than_the_beginning() -> None:
    lives = rehearsed().participants
    members = sum(len(life.state.members) for life in lives)
    kinds = Counter(event.kind for life in lives for event in life.events)
    assert members > 2 * FAMILIES
    assert kinds["rated_start"] == members
    before, after = (_mean(kind) for kind in ("rated_start", "rated_end"))
    assert after - before > 1


def test_two_avoided_placements_pay_for_the_teams_year_from_a_price_in_the_middle_of_the_range() -> None:
    team = A_YEAR * 144_000
    assert 2 * 365 * 3_000 < team < 2 * 365 * 5_500 < 2 * 365 * 8_000
    assert PROTOCOL.economy is not None
    assert PROTOCOL.economy.prices["placement"].amount.amount == 365 * 5_500


def _mean(kind: str) -> float:
    answers = [event.data["family"] for life in rehearsed().participants for event in life.events if event.kind == kind]
    return float(sum(answers)) / len(answers)
