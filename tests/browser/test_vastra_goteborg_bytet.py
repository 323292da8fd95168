"""The Swap, walked as its people would: offers and requests, match, agree, both confirm, balances, and feeling safe."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from genklang.operate import books
from genklang.people.models import Person, User
from tests.browser.conftest import OpenAs, check_page
from tests.web.operate_market.conftest import Swap, gun, hans, swap, wall

__all__ = ["gun", "hans", "swap", "wall"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def both_widths(page: Page) -> None:
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        check_page(page)


def test_two_neighbours_swap(swap: Swap, doris: Person, gun: Person, bo: User, open_as: OpenAs) -> None:
    """Gun offers, Doris finds it and answers, Gun says yes and helps, Doris confirms, the time has moved."""
    theirs = open_as(gun, "/me/", width=320)
    theirs.get_by_role("link", name="Erbjud något").click()
    expect(theirs.locator("main")).to_contain_text("För de andra heter du Gun")
    theirs.get_by_label("Vad kan du hjälpa till med?").fill("Jag lagar cyklar")
    theirs.get_by_role("button", name="Spara").click()

    page = open_as(doris, "/me/")
    page.get_by_role("link", name="Se vad andra erbjuder och ber om (1)").click()
    expect(page.locator("main")).to_contain_text("Jag lagar cyklar")
    expect(page.locator("main")).not_to_contain_text("Gunhild")
    both_widths(page)
    page.get_by_role("link", name="Svara en granne").click()
    page.get_by_label("Vad vill du säga?").fill("Min växel hoppar. Jag bjuder på kaffe.")
    page.get_by_role("button", name="Spara").click()

    theirs.goto(theirs.url)
    answer = theirs.locator("article.told").filter(has_text="Min växel hoppar")
    expect(answer).to_contain_text("Doris")
    both_widths(theirs)
    answer.get_by_role("link", name="Tacka ja").click()
    theirs.get_by_label("När och var ses ni?").fill("Lördag klockan tio vid cykelrummet")
    theirs.get_by_role("button", name="Spara").click()
    theirs.get_by_role("link", name="Skriv upp att du har hjälpt till").click()
    theirs.get_by_label("Hur länge?").fill("1,5")
    theirs.get_by_role("button", name="Spara").click()
    expect(theirs.locator(".account")).to_contain_text("0 timmar")

    page.goto(page.url)
    expect(page.locator("main")).to_contain_text("Lördag klockan tio vid cykelrummet")
    told = page.locator("article.told").filter(has_text="1,5 timmar")
    told.get_by_role("link", name="Bekräfta tiden").click()
    page.get_by_role("radio", name="Nej").check()
    page.get_by_role("button", name="Spara").click()
    expect(page.locator(".account")).to_contain_text("−1,5 timmar")
    page.get_by_role("link", name="Vad som har kommit och gått").click()
    expect(page.locator("table")).to_contain_text("Gun")
    both_widths(page)

    theirs.goto(theirs.url)
    expect(theirs.locator(".account")).to_contain_text("1,5 timmar")
    expect(theirs.locator(".account")).to_contain_text("Be om något!")
    assert sum(books.balance(swap.enrolment(who), "time") for who in ("B-1", "B-2", "B-3")) == 0


def test_the_host_sees_the_ledger_and_talks_with_both(swap: Swap, bo: User, open_as: OpenAs) -> None:
    """Swaps are reckoned to zero; whoever disagrees becomes the host's to do."""
    swap.does("B-2", "confirmed", told=swap.swaps("B-1", "B-2", 1.5), acquainted=False)
    told = swap.swaps("B-1", "B-3", 6)
    swap.does("B-3", "disputed", told=told, message="Det var en timme")
    page = open_as(bo, reverse("operate:ledger", args=[swap.adoption.public_id, "time"]))
    expect(page.locator("tfoot")).to_contain_text("0 timmar")
    expect(page.locator("table").first).to_contain_text("−1,5 timmar")
    both_widths(page)
    page.goto(f"{page.url.partition('/adoptions')[0]}/work/")
    expect(page.locator("main")).to_contain_text("Värden talar med båda")
    page.goto(f"{page.url.split('/work')[0]}{reverse('operate:case', args=[swap.enrolment('B-3').public_id])}")
    expect(page.locator("main")).to_contain_text("0 timmar")
    page.get_by_role("link", name="Har talat med båda").first.click()
    page.get_by_label("Vad kom ni fram till?").fill("Doris skriver om det")
    page.get_by_role("button", name="Spara").click()
    expect(page.locator("main")).to_contain_text("Doris skriver om det")


def test_a_newcomer_says_how_it_feels_first(swap: Swap, alva: User, doris: Person, open_as: OpenAs) -> None:
    """Feeling safe is asked at the start and after half a year; the lead sees both, and new acquaintances."""
    swap.does("B-2", "confirmed", told=swap.swaps("B-1", "B-2", 1.5), acquainted=False)
    page = open_as(doris, "/me/", width=320)
    page.get_by_role("link", name="Säg hur det känns nu").click()
    page.get_by_label("Hur trygg känner du dig").fill("7")
    page.get_by_label("Hur många kvällar").fill("3")
    page.get_by_role("button", name="Spara").click()
    expect(page.locator("main")).to_contain_text("Sa hur det känns")
    lead = open_as(alva, reverse("operate:adoption", args=[swap.adoption.public_id]))
    expect(lead.locator("main")).to_contain_text("Nya bekantskaper")
    expect(lead.locator("main")).to_contain_text("Trygghet från början")
    expect(lead.get_by_role("link", name="Tid", exact=True)).to_be_visible()


def test_the_pages_in_english(swap: Swap, doris: Person, bo: User, open_as: OpenAs) -> None:
    swap.does("B-2", "offered", what="I mend bicycles")
    swap.does("B-2", "confirmed", told=swap.swaps("B-1", "B-2", 1.5), acquainted=False)
    own = swap.enrolment("B-1").public_id
    for who, name, what, words in (
        (doris, "others", [own], "What others offer and ask for"),
        (doris, "my-account", [own], "You have given more than you have been given"),
        (bo, "ledger", [swap.adoption.public_id, "time"], "All together"),
    ):
        page = open_as(who, reverse(f"operate:{name}", args=what), language="en")
        expect(page.locator("main")).to_contain_text(words)
        both_widths(page)
