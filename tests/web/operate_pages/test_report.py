"""The result as a document: tagged, in the reader's language, with the words of the page, and marked when invented."""

from io import BytesIO
from itertools import pairwise

import pytest
from django.urls import reverse
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from genklang.operate.models import Adoption
from genklang.people.models import Organisation, User
from tests.conftest import SignIn
from tests.web.operate_pages.test_result import few_of_the_trial


@pytest.fixture
def trial(lindmala: Organisation, alva: User) -> Adoption:
    """The first 80 people of the trial."""
    return few_of_the_trial(lindmala, alva)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Who came, stayed and left", "All numbers", "Bear in mind", "Its digest, which locks the plan")),
        ("sv", ("Alla siffror", "Att tänka på", "Arbetssättets version")),
    ],
)
def test_the_document_says_what_the_page_says(
    trial: Adoption, alva: User, sign_in: SignIn, language: str, words: tuple[str, ...]
) -> None:
    client = sign_in(alva)
    answer = client.get(reverse("operate:report-pdf", args=[trial.public_id]), headers={"accept-language": language})
    assert answer["Content-Type"] == "application/pdf"
    document = PdfReader(BytesIO(answer.content))
    text = " ".join(" ".join(page.extract_text().split()) for page in document.pages)
    for word in (*words, trial.protocol_version.digest[:20]):
        assert word in text
    root = document.root_object
    marks = root["/MarkInfo"]
    assert isinstance(marks, DictionaryObject) and marks["/Marked"]
    assert "/StructTreeRoot" in root
    assert str(root["/Lang"]) == language
    assert "Simul" not in text


def test_no_column_is_printed_upon_another(trial: Adoption, alva: User, sign_in: SignIn) -> None:
    answer = sign_in(alva).get(reverse("operate:report-pdf", args=[trial.public_id]), headers={"accept-language": "en"})
    places: dict[str, float] = {}

    def note(text: str, cm: list[float], tm: list[float], _font: object, _size: object) -> None:
        places.setdefault(text.strip(), cm[4] + tm[4])

    for page in PdfReader(BytesIO(answer.content)).pages:
        page.extract_text(visitor_text=note)
    columns = [places[name] for name in ("How it is studied", "Planned", "What was done", "Kept")]
    assert all(right - left > 40 for left, right in pairwise(columns)), columns


def test_invented_people_are_marked(trial: Adoption, alva: User, sign_in: SignIn) -> None:
    Adoption.objects.update(simulated=True)
    answer = sign_in(alva).get(reverse("operate:report-pdf", args=[trial.public_id]))
    text = " ".join(PdfReader(BytesIO(answer.content)).pages[0].extract_text().split())
    assert "invented" in text or "påhittade" in text
