"""The lead upgrades an adoption, and takes it back, in a real browser: plan, doing, and both languages and widths."""

from collections.abc import Callable

import pytest

from genklang.operate import services
from genklang.people.models import User
from tests.browser.conftest import OpenAs, check_page
from tests.web.operate_core.conftest import Ward, dispensers, wall, ward
from tests.web.operate_upgrading.conftest import newer
from tests.web.operate_upgrading.test_upgrading import DEARER, LONGER, NOTED, without_visits

__all__ = ["dispensers", "newer", "wall", "ward"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Newer = Callable[..., object]


def address(ward: Ward) -> str:
    return f"/adoptions/{ward.adoption.public_id}/upgrade/"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_the_lead_does_it_and_takes_it_back(
    scripts: bool, ward: Ward, newer: Newer, alva: User, open_as: OpenAs
) -> None:
    newer(NOTED)
    page = open_as(alva, f"/adoptions/{ward.adoption.public_id}/settings/", language="en", scripts=scripts)
    page.get_by_role("link", name="Newer version").click()
    assert "move to the new version" in page.inner_text("main")
    page.get_by_role("button", name="Do all of it").click()
    assert "Now you run version 1.1.0." in page.inner_text("body")
    page.get_by_role("button", name="Back to version 1.0.0").click()
    assert "You are back on version 1.0.0." in page.inner_text("body")


@pytest.mark.parametrize("what", ["plan", "conflict", "done"])
def test_it_can_be_read_by_everybody(what: str, ward: Ward, newer: Newer, alva: User, open_as: OpenAs) -> None:
    services.change_adoption(ward.adoption, name="Medicingivare", overlay={"prices": {"visit": "250 SEK"}})
    newer(*(without_visits() if what == "conflict" else [NOTED, LONGER, DEARER]))
    for language in ("sv", "en"):
        page = open_as(alva, address(ward), language=language)
        if what == "done" and language == "sv":
            page.get_by_role("button", name="Gör alltsammans").click()
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 900})
            check_page(page)
