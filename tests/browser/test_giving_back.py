"""A result goes back to the bank, by keyboard, and whoever comes next reads what it could mean for them."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from genklang.operate.models import Adoption
from genklang.people.models import Organisation, User
from tests.browser.conftest import OpenAs, check_page
from tests.filling import fill_bank
from tests.web.operate_pages.test_result import few_of_the_trial

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
USA = "usa-ekonomiskt-stod-efter-fangelse"


@pytest.fixture
def trial(lindmala: Organisation, alva: User) -> Adoption:
    """The first 80 people of the trial."""
    fill_bank()
    return few_of_the_trial(lindmala, alva)


def test_the_lead_gives_and_a_visitor_reads(trial: Adoption, alva: User, open_as: OpenAs) -> None:
    page = open_as(alva, reverse("operate:result", args=[trial.public_id]), language="en")
    page.get_by_role("link", name="Give your result back to the bank").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Can be given").first).to_be_visible()
    expect(page.get_by_text("No", exact=True).first).to_be_visible()  # the plan of an imported past was not locked
    page.get_by_role("button", name="Give to the bank").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("is with the bank")).to_be_visible()
    expect(page.get_by_role("button", name="Give to the bank")).to_have_count(0)

    for language, words in (("sv", "Om det går som i Lindmåla"), ("en", "If it goes as in Lindmåla")):
        visitor = open_as(None, f"/practices/{USA}/", language=language)
        visitor.locator(f'a[href="/practices/{USA}/evidence/"]').click()
        visitor.locator("#id_people").fill("250")
        visitor.keyboard.press("Enter")
        expect(visitor.get_by_text(words)).to_be_visible()
        expect(visitor.get_by_role("rowheader", name="Lindmåla kommun")).to_be_visible()
        for width in (1280, 320):
            visitor.set_viewport_size({"width": width, "height": 900})
            check_page(visitor)
