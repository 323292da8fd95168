"""What each sees of the Swap: others by their chosen names and open offers only; balances; the ledger for staff."""

import re

import pytest
from django.urls import reverse

from genklang.operate.models import Event
from genklang.people.models import AccessLog, Action, Person, User
from tests.conftest import SignIn
from tests.web.operate_market.conftest import Swap


def others(swap: Swap, who: str) -> str:
    return reverse("operate:others", args=[swap.enrolment(who).public_id])


def text(html: str) -> str:
    """What can be read or found in a page's main part."""
    return html[html.index("<main") : html.index("</main>")]


def test_others_are_known_by_their_chosen_names_only(swap: Swap, doris: Person, sign_in: SignIn) -> None:
    swap.does("B-2", "offered", what="Jag lagar cyklar", id="page-1")
    swap.does("B-3", "requested", what="Sällskap till affären", id="page-2")
    page = text(sign_in(doris).get(others(swap, "B-1")).content.decode())
    assert re.findall(r"Jag lagar cyklar|Sällskap till affären", page) == ["Jag lagar cyklar", "Sällskap till affären"]
    assert "Gun ·" in page and "Hasse ·" in page


FORBIDDEN = ("Gunhild", "Hemlig", "gun@example.se", "1950", "B-2", "page-1")


@pytest.mark.parametrize("address", ["others", "form", "my page", "my page, answered", "account"])
def test_nothing_else_of_another_can_be_reached(swap: Swap, doris: Person, sign_in: SignIn, address: str) -> None:
    swap.does("B-2", "offered", what="Jag lagar cyklar", id="page-1")
    me = swap.enrolment("B-1").public_id
    if address in ("my page, answered", "account"):
        swap.does("B-1", "offered", what="Jag bakar", id="mine")
        swap.does("B-2", "answered", about="mine", message="En limpa, tack")
        swap.does("B-1", "agreed", answer=swap.latest("B-1", "answer_came"), message="På lördag")
        swap.does("B-1", "helped", agreement=swap.latest("B-1", "agreed"), hours=1)
        swap.does("B-2", "confirmed", told=swap.latest("B-2", "hours_came"), acquainted=False)
    where = {
        "others": others(swap, "B-1"),
        "form": f"{reverse('operate:my-form', args=[me, 'answered'])}?about={Event.objects.get(key='page-1').pk}",
        "account": reverse("operate:my-account", args=[me]),
    }.get(address, reverse("operate:my-page"))
    page = sign_in(doris).get(where).content.decode()
    assert [word for word in FORBIDDEN if word in text(page)] == []
    if address in ("my page, answered", "account"):
        assert "Gun" in text(page)


def test_what_is_taken_away_or_belongs_to_somebody_who_left_is_gone(swap: Swap, doris: Person, sign_in: SignIn) -> None:
    swap.does("B-2", "offered", what="Cyklar", id="o-1")
    swap.does("B-2", "offered", what="Symaskiner", id="o-2")
    swap.does("B-3", "offered", what="Bullar", id="o-3")
    swap.does("B-3", "offered", what="Oops", id="o-4")
    swap.does("B-2", "withdrawn", which="o-1")
    swap.void("B-3", "o-4")
    client, address = sign_in(doris), others(swap, "B-1")
    assert re.findall("Cyklar|Symaskiner|Bullar|Oops", client.get(address).content.decode()) == ["Bullar", "Symaskiner"]
    swap.does("B-3", "left_the_swap")
    assert re.findall("Cyklar|Symaskiner|Bullar|Oops", client.get(address).content.decode()) == ["Symaskiner"]
    assert swap.does("B-1", "answered", about="o-1", message="Hej").status == "refused"
    assert swap.does("B-1", "answered", about="o-3", message="Hej").status == "refused"


def test_an_answer_reaches_the_other_and_waits_there(swap: Swap, doris: Person, gun: Person, sign_in: SignIn) -> None:
    swap.does("B-2", "offered", what="Jag lagar cyklar", id="page-1")
    form = f"{reverse('operate:my-form', args=[swap.enrolment('B-1').public_id, 'answered'])}?about="
    number = str(Event.objects.get(key="page-1").pk)
    client = sign_in(doris)
    sent = client.post(form + number, {"about": number, "message": "Min cykel är trasig", "_key": "k"})
    assert sent.status_code == 302
    theirs = text(sign_in(gun).get(reverse("operate:my-page")).content.decode())
    assert "Waiting for your answer" in theirs
    assert "Min cykel är trasig" in theirs and "Doris" in theirs
    link = re.search(r'href="([^"]*/agreed/\?answer=[^"]*)"', theirs)
    assert link
    answer = sign_in(gun).get(link[1])
    assert "Min cykel är trasig" in answer.content.decode()


def test_the_balance_stands_on_my_page_and_on_the_case_page(
    swap: Swap, doris: Person, bo: User, sign_in: SignIn
) -> None:
    swap.does("B-2", "confirmed", told=swap.swaps("B-1", "B-2", 1.5), acquainted=False)
    mine = text(sign_in(doris).get(reverse("operate:my-page")).content.decode())
    assert "1.5 hours" in mine and "You have given more than you have been given" in mine
    case = reverse("operate:case", args=[swap.enrolment("B-2").public_id])
    assert "−1.5 hours" in text(sign_in(bo).get(case).content.decode())


def test_the_ledger_shows_every_account_and_the_sum(swap: Swap, bo: User, sign_in: SignIn) -> None:
    swap.does("B-2", "confirmed", told=swap.swaps("B-1", "B-2", 1.5), acquainted=False)
    page = text(sign_in(bo).get(reverse("operate:ledger", args=[swap.adoption.public_id, "time"])).content.decode())
    assert "Gunhild Hemlig" in page and "−1.5 hours" in page
    assert re.search(r"All together</th><td[^>]*>0 hours", page)
    looked = AccessLog.objects.filter(actor=bo, action=Action.LIST).values_list("person__display_name", flat=True)
    assert set(looked) == {"Doris", "Gunhild Hemlig"}
    file = sign_in(bo).get(reverse("operate:ledger-csv", args=[swap.adoption.public_id, "time"])).content.decode()
    assert file.splitlines()[0] == "occurred_at,event,from,to,amount,unit"
    assert file.splitlines()[1].split(",")[2:] == ["B-2", "B-1", "1.5", "hours"]
    assert AccessLog.objects.filter(actor=bo, action=Action.EXPORT).count() == 1


def test_whoever_looks_among_others_is_no_name_to_them(swap: Swap, doris: Person, gun: Person, sign_in: SignIn) -> None:
    swap.does("B-1", "offered", what="Jag bakar", id="page-1")
    sign_in(gun).get(others(swap, "B-2"))
    assert AccessLog.objects.filter(person=doris, actor=gun.user, action=Action.LIST).count() == 1
    mine = sign_in(doris).get(reverse("operate:my-page")).content.decode()
    assert "Somebody else who takes part" in mine
    assert "Gunhild" not in mine


PAGES = {
    "others": (["B-1"], "200 404 404 404 404 302"),
    "my-account": (["B-1"], "200 404 404 404 404 302"),
    "ledger": (["time"], "404 404 200 200 404 302"),
    "ledger-csv": (["time"], "404 404 200 200 404 302"),
}


@pytest.mark.parametrize("name", PAGES)
def test_who_may_see_it(
    name: str, swap: Swap, doris: Person, gun: Person, alva: User, bo: User, cia: User, sign_in: SignIn, client: object
) -> None:
    """Doris, whose it is; Gun, who takes part too; Alva, who leads; Bo, the host; Cia, from elsewhere; nobody."""
    what, wanted = PAGES[name]
    own = what == ["B-1"]
    address = reverse(
        f"operate:{name}", args=[swap.enrolment("B-1").public_id] if own else [swap.adoption.public_id, *what]
    )
    found = [sign_in(who).get(address).status_code for who in (doris, gun, alva, bo, cia)]
    found.append(client.get(address).status_code)  # type: ignore[attr-defined]
    assert " ".join(map(str, found)) == wanted


def test_a_ledger_that_there_is_not(swap: Swap, bo: User, sign_in: SignIn) -> None:
    for name in ("ledger", "ledger-csv"):
        assert sign_in(bo).get(reverse(f"operate:{name}", args=[swap.adoption.public_id, "money"])).status_code == 404
