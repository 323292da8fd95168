"""The editors' desk: what they tell stands on the practice's page and outlives reading the folders anew."""

from pathlib import Path

import pytest
from django.test import Client

from genklang.bank.models import Practice, Spread
from genklang.bank.reading import read_folder
from genklang.bank.services import publish
from genklang.people.models import User
from tests.conftest import SignIn
from tests.filling import fill_bank

DESK = "/practices/desk/"
PRACTICES = Path(__file__).parents[3] / "practices"
TOLD = {
    "practice": "umea-medicingivare",
    "kind": "stopped",
    "who": "Granvik municipality",
    "happened": "2026-03",
    "note": "The supplier left.",
}


@pytest.fixture
def editor(elin: User, sign_in: SignIn) -> Client:
    fill_bank()
    return sign_in(elin)


def test_what_is_told_stands_on_the_page_and_stays(editor: Client) -> None:
    before = Spread.objects.count()
    assert editor.post(DESK, TOLD).status_code == 302
    publish(read_folder(PRACTICES / "umea-medicingivare"))
    assert Spread.objects.count() == before + 1
    page = editor.get("/practices/umea-medicingivare/").content.decode()
    assert "Granvik municipality" in page
    assert "The supplier left." in page
    assert "Told by the bank's editors" in page
    assert "Granvik municipality" in editor.get(DESK).content.decode()


def test_what_is_missing_is_told_at_once(editor: Client) -> None:
    answer = editor.post(DESK, {"practice": "nothing", "who": "", "happened": "last spring"})
    page = answer.content.decode()
    assert answer.status_code == 422
    for words in ("Choose a practice in the list.", "Choose what has happened.", "is no time", "Write who"):
        assert words in page
    assert not Spread.objects.filter(source="").exists()


def test_the_desk_is_for_editors(alva: User, bo: User, client: Client, sign_in: SignIn) -> None:
    assert sign_in(alva).get(DESK).status_code == 403
    assert sign_in(bo).get(DESK).status_code == 403
    assert client.get(DESK).status_code == 302
    assert not Practice.objects.filter(slug="desk").exists()
