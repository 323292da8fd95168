"""The pages of files, rows that wait, senders and journeys: axe and 320 px on each, in both languages."""

import pytest
from django.urls import reverse

from genklang.operate.filed import FileRow
from genklang.operate.models import Enrolment
from genklang.people.models import User
from tests.browser.conftest import OpenAs
from tests.browser.running import both_widths
from tests.web.operate_core.conftest import wall
from tests.web.operate_journey.test_journey import way
from tests.web.operate_paperwork.conftest import GOOD, WRONG, Office, office

__all__ = ["office", "wall", "way"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_page_of_files(office: Office, alva: User, bo: User, language: str, open_as: OpenAs) -> None:
    office.with_sender().hand_in(GOOD + WRONG)
    row = FileRow.objects.filter(status="waiting")[0]
    here = office.adoption.public_id
    for who, path in (
        (bo, reverse("operate:files", args=[here])),
        (bo, reverse("operate:file-row", args=[here, row.public_id])),
        (alva, reverse("operate:sender", args=[here])),
        (bo, reverse("operate:worklist")),
    ):
        both_widths(open_as(who, path, language=language))


@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_page_of_a_journey(way: Enrolment, bo: User, language: str, open_as: OpenAs) -> None:
    path = reverse("operate:journey", args=[way.public_id])
    both_widths(open_as(bo, path, language=language))
    both_widths(open_as(bo, reverse("operate:journey-pdf", args=[way.public_id]), language=language))
