"""The Swap: simulated neighbours swap, and whatever they do the accounts sum to zero."""

from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from genklang.protocol.reading import read_protocol
from genklang.rehearsal.ledgers import ledgers_in, transfers_in
from genklang.rehearsal.running import Rehearsal, rehearse

FILE = Path(__file__).parents[3] / "practices" / "vastra-goteborg-bytet" / "protocol.yaml"


@cache
def swapped(seed: int) -> Rehearsal:
    protocol = read_protocol(FILE.read_text(encoding="utf-8"), file=FILE.name)
    return rehearse(protocol, enrolments=20, years=0.75, seed=seed, zone="Europe/Stockholm")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_balances_sum_to_zero(seed: int) -> None:
    [time] = ledgers_in(swapped(seed))
    assert time.transfers > 50
    assert time.moved > 50
    assert time.total == 0
    assert time.lowest < 0 < time.highest


def test_every_confirmed_swap_moves_exactly_the_hours_that_were_told() -> None:
    lives = swapped(1).participants
    told = {event.id: event for life in lives for event in life.events if event.kind == "hours_came"}
    confirmed = [event for life in lives for event in life.events if event.kind == "confirmed"]
    moved = {one.event: one.amount for one in transfers_in(swapped(1))}
    hours = {event.id: Decimal(str(told[event.data["told"]].data["hours"])) for event in confirmed}
    assert moved == hours
