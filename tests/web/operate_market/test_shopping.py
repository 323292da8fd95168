"""Two kinds of participant: requests are seen by volunteers, taken by one of them, and paid for to the last öre."""

from decimal import Decimal

import pytest
from django.urls import reverse

from genklang.operate import books
from genklang.people.models import Person
from tests.conftest import SignIn
from tests.web.operate_market.conftest import Swap


def held(shopping: Swap) -> list[Decimal]:
    people = [books.balance(shopping.enrolment(who), "money") for who in ("P-1", "V-1", "V-2")]
    return [*people, books.account_balance(shopping.adoption, "money", "purse")]


def test_only_one_takes_a_request(shopping: Swap, hans: Person, sign_in: SignIn) -> None:
    shopping.does("P-1", "requested", list="mjölk", area="Norr", id="r")
    page = reverse("operate:others", args=[shopping.enrolment("V-2").public_id])
    assert "mjölk" in sign_in(hans).get(page).content.decode()
    assert shopping.does("V-1", "took", request="r", message="Strax", id="t").status == "accepted"
    assert "mjölk" not in sign_in(hans).get(page).content.decode()
    assert shopping.does("V-2", "took", request="r", message="Jag med").status == "refused"
    shopping.void("V-1", "t")
    assert "mjölk" in sign_in(hans).get(page).content.decode()
    assert shopping.does("V-2", "took", request="r", message="Då tar jag").status == "accepted"


def test_whoever_is_helped_sees_no_requests(shopping: Swap, doris: Person, sign_in: SignIn) -> None:
    shopping.does("P-1", "requested", list="mjölk", area="Norr")
    mine = sign_in(doris).get(reverse("operate:my-page")).content.decode()
    assert "See what others offer" not in mine
    page = sign_in(doris).get(reverse("operate:others", args=[shopping.enrolment("P-1").public_id]))
    assert "mjölk" not in page.content.decode()


def test_every_krona_is_followed(shopping: Swap) -> None:
    shopping.does("P-1", "requested", list="mjölk", area="Norr", id="r")
    shopping.does("V-1", "took", request="r", message="Strax", id="t")
    assert shopping.does("V-1", "bought", errand="t", amount=212.35, receipt="K 17", id="b").status == "accepted"
    spent = Decimal("212.35")
    assert held(shopping) == [-spent, spent, 0, 0]
    shopping.does("V-1", "repaid", role="coordinator", purchase="b")
    assert held(shopping) == [-spent, 0, 0, spent]
    shopping.does("P-1", "person_paid", role="coordinator", delivery=shopping.latest("P-1", "delivered"))
    assert held(shopping) == [0, 0, 0, 0]
    shopping.void("V-1", "b")
    assert sum(held(shopping)) == 0


@pytest.mark.parametrize("who", ["P-1", "V-1"])
def test_a_volunteer_asks_nobody_to_shop_and_the_helped_take_no_errand(shopping: Swap, who: str) -> None:
    shopping.does("P-1", "requested", list="mjölk", area="Norr", id="r")
    wrong = ("took", {"request": "r", "message": "x"}) if who == "P-1" else ("requested", {"list": "x", "area": "y"})
    assert shopping.does(who, wrong[0], **wrong[1]).status == "refused"
