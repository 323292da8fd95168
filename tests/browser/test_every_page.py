"""Every page, in Swedish and English, at 1280 and 320 px: nothing scrolls sideways, and axe finds nothing."""

import pytest
from pytest_django import Settings

from genklang.people.models import Action, Organisation, Person, User
from genklang.people.services import record_access
from tests.browser.conftest import OpenAs, check_each_way
from tests.browser.pages import EVERY_PAGE
from tests.filling import fill_bank

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def addresses(lindmala: Organisation, granvik: Organisation, doris: Person, bo: User) -> dict[str, str]:
    """What the braces in EVERY_PAGE stand for, with enough behind each page that it has something to show."""
    fill_bank()
    for _ in range(60):
        record_access(organisation=lindmala, actor=bo, person=doris, action=Action.VIEW, purpose="Planerat besök")
    return {"lindmala": lindmala.slug, "granvik": granvik.slug, "doris": str(doris.public_id)}


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("who", sorted({who for who, _path in EVERY_PAGE}))
def test_every_page(
    who: str,
    language: str,
    addresses: dict[str, str],
    open_as: OpenAs,
    settings: Settings,
    request: pytest.FixtureRequest,
) -> None:
    """All of somebody's pages in one test: filling the bank takes longer than looking at a page of it."""
    settings.GENKLANG_DEMO = True
    someone = None if who == "nobody" else request.getfixturevalue(who)
    wrong = []
    for path in [path for whose, path in EVERY_PAGE if whose == who]:
        page = open_as(someone, path.format(**addresses), language=language)
        assert page.locator("html").get_attribute("lang") == language
        try:
            check_each_way(page, language)
        except AssertionError as found:
            wrong.append(f"{path}: {found}")
        page.context.close()
    assert not wrong, "\n".join(wrong)
