"""Both choose: a link-up takes two, those linked up are gone from the list, and breaking off sets both free."""

from django.urls import reverse

from genklang.people.models import Person
from tests.conftest import SignIn
from tests.web.operate_market.conftest import Swap


def stages(families: Swap) -> list[str]:
    return [families.enrolment(who).stage for who in ("F-1", "F-2", "F-3")]


def choose(families: Swap) -> str:
    """Doris's family choose Gun's; the id of the choice as it came to Gun's."""
    families.does("F-2", "shared", about="Vi är tre", been_through="Skulder", id="story-2")
    assert families.does("F-1", "chose", family="story-2", message="Hej").status == "accepted"
    return families.latest("F-2", "choice_came")


def test_one_choice_links_nobody_and_two_do(families: Swap) -> None:
    choice = choose(families)
    assert stages(families) == ["looking", "looking", "looking"]
    assert families.does("F-2", "chose_back", choice=choice, message="På söndag").status == "accepted"
    assert stages(families) == ["linked", "linked", "looking"]


def test_those_who_are_linked_up_cannot_be_chosen(families: Swap, doris: Person, sign_in: SignIn) -> None:
    families.does("F-3", "shared", about="Vi är två", been_through="Sjukdom", id="story-3")
    families.does("F-1", "wished", about="Vi är fyra", wish="Lugnare morgnar", id="wish")
    page = reverse("operate:others", args=[families.enrolment("F-1").public_id])
    assert "Sjukdom" in sign_in(doris).get(page).content.decode()
    families.does("F-3", "invited", family="wish", message="Hej")
    choice = choose(families)
    families.does("F-2", "chose_back", choice=choice, message="På söndag")
    assert families.does("F-3", "invited", family="wish", message="Hej igen").status == "refused"
    assert "Skulder" not in sign_in(doris).get(page).content.decode()


def test_a_yes_to_somebody_who_is_taken_meanwhile_is_refused(families: Swap) -> None:
    families.does("F-1", "wished", about="Vi är fyra", wish="Lugnare morgnar", id="wish")
    families.does("F-3", "invited", family="wish", message="Hej")
    choice = choose(families)
    families.does("F-1", "chose_back", choice=families.latest("F-1", "choice_came"), message="På söndag")
    assert stages(families) == ["linked", "looking", "linked"]
    late = families.does("F-2", "chose_back", choice=choice, message="På lördag")
    assert late.status == "refused"
    assert stages(families) == ["linked", "looking", "linked"]


def test_breaking_off_sets_both_free(families: Swap) -> None:
    families.does("F-2", "chose_back", choice=choose(families), message="På söndag")
    families.does("F-1", "broke_off", link=families.latest("F-1", "match_came"))
    assert stages(families) == ["looking", "looking", "looking"]


def test_each_kind_sees_only_the_other(families: Swap, gun: Person, sign_in: SignIn) -> None:
    families.does("F-1", "wished", about="Vi är fyra", wish="Lugnare morgnar")
    families.does("F-3", "shared", about="Vi är två", been_through="Sjukdom")
    page = sign_in(gun).get(reverse("operate:others", args=[families.enrolment("F-2").public_id])).content.decode()
    assert "Lugnare morgnar" in page and "Familjen Berg" in page
    assert "Sjukdom" not in page
