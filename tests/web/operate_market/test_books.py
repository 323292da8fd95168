"""Transfers are written with the event that makes them, taken back with it, proved, and made anew."""

from decimal import Decimal

import pytest

from genklang.operate import books, proving
from genklang.operate.models import Enrolment, Transfer
from tests.web.operate_market.conftest import Swap

EVERYBODY = ("B-1", "B-2", "B-3")


def balances(swap: Swap) -> list[Decimal]:
    return [books.balance(swap.enrolment(who), "time") for who in EVERYBODY]


def nothing_differs() -> bool:
    return not list(proving.differences(Enrolment.objects.with_protocol()))


def test_the_time_moves_when_whoever_was_helped_confirms(swap: Swap) -> None:
    told = swap.swaps("B-1", "B-2", 1.5)
    assert balances(swap) == [0, 0, 0]
    assert swap.does("B-2", "confirmed", told=told, acquainted=False).status == "accepted"
    assert balances(swap) == [Decimal("1.5"), Decimal("-1.5"), 0]
    assert nothing_differs()


def test_what_is_taken_back_is_moved_back(swap: Swap) -> None:
    told = swap.swaps("B-1", "B-2", 2)
    swap.does("B-2", "confirmed", told=told, acquainted=True, id="c")
    swap.void("B-2", "c")
    assert balances(swap) == [0, 0, 0]
    assert swap.does("B-2", "confirmed", told=told, acquainted=True).status == "accepted"
    assert balances(swap) == [2, -2, 0]
    swap.void("B-1", swap.latest("B-1", "helped"))
    assert balances(swap) == [0, 0, 0], "what the giver takes back does not count with the other either"
    assert nothing_differs()


def test_the_same_hours_are_confirmed_once(swap: Swap) -> None:
    told = swap.swaps("B-1", "B-2", 1)
    swap.does("B-2", "confirmed", told=told, acquainted=False)
    again = swap.does("B-2", "confirmed", told=told, acquainted=False)
    assert again.status == "refused"
    assert again.problems[0].where == "told"
    assert balances(swap) == [1, -1, 0]


def test_nobody_comes_below_the_least(swap: Swap) -> None:
    swap.does("B-2", "confirmed", told=swap.swaps("B-1", "B-2", 6), acquainted=False)
    told = swap.swaps("B-1", "B-2", 4.5)
    refused = swap.does("B-2", "confirmed", told=told, acquainted=False)
    assert (refused.status, "-10" in str(refused.problems[0])) == ("refused", True)
    swap.does("B-3", "confirmed", told=swap.swaps("B-2", "B-3", 1), acquainted=False)
    assert swap.does("B-2", "confirmed", told=told, acquainted=False).status == "accepted"
    assert balances(swap) == [Decimal("10.5"), Decimal("-9.5"), -1]


def test_accounts_always_sum_to_zero(swap: Swap) -> None:
    for giver, taker, hours in (("B-1", "B-2", 1.25), ("B-2", "B-3", 0.75), ("B-3", "B-1", 3), ("B-3", "B-2", 2)):
        swap.does(taker, "confirmed", told=swap.swaps(giver, taker, hours), acquainted=False)
        assert sum(balances(swap)) == 0
    assert balances(swap) == [Decimal("-1.75"), Decimal("-2.5"), Decimal("4.25")]


def test_verify_tells_of_a_transfer_that_the_log_does_not_make(swap: Swap) -> None:
    swap.does("B-2", "confirmed", told=swap.swaps("B-1", "B-2", 1), acquainted=False)
    Transfer.objects.update(hundredths=9900)
    assert [each.what for each in proving.differences(Enrolment.objects.with_protocol())] == [
        "the transfers between accounts are not those of the log"
    ]
    books.settle(swap.enrolment("B-2"))
    assert nothing_differs()
    assert balances(swap) == [1, -1, 0]


@pytest.mark.parametrize("about", ["nothing", "offer-own"])
def test_only_what_others_offer_can_be_answered(swap: Swap, about: str) -> None:
    swap.does("B-1", "offered", what="Läxhjälp", id="offer-own")
    assert swap.does("B-1", "answered", about=about, message="Hej").status == "refused"
