"""Every practice with a study shows its finding: invented people live through it, and the result page tells it.

Few people and a short time, so that it is quick: what is tested is the way from the log to the page, not the answer.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.cache import cache
from django.urls import reverse

from genklang.operate.demo import building
from genklang.operate.demo.scenes import Scene
from genklang.operate.models import Adoption
from genklang.people.models import Organisation, User
from genklang.protocol.reading import read_protocol
from tests.conftest import SignIn
from tests.web.operate_core.conftest import publish

PRACTICES = Path(__file__).parents[3] / "practices"
STUDIED = [
    each.name
    for each in sorted(PRACTICES.iterdir())
    if read_protocol((each / "protocol.yaml").read_text(), file=each.name).study
]
NOT_A_NUMBER = re.compile(r"\b(nan|inf|None)\b")


@dataclass(frozen=True)
class Size:
    """How many live through it, and for how long."""

    people: int = 8
    years: float = 1.2


SIZES = {
    "umea-medicingivare": Size(years=0.1),
    "kungalv-live": Size(people=3, years=0.2),
    "laholm-ledsagarservice": Size(people=4, years=2.5),
    "sormland-varnas": Size(people=40, years=3.3),
    "sundsvall-skonsmon": Size(people=4, years=2),
    "vaxjo-vaxjoloftet": Size(people=20, years=4),
    "eskilstuna-hemrehab": Size(people=16, years=2.5),
    "usa-ekonomiskt-stod-efter-fangelse": Size(people=40),
    "uddevalla-automatisering": Size(people=6, years=0.5),
    "volontar-hemhandling": Size(people=12, years=0.25),
}


@pytest.fixture
def lived(lindmala: Organisation, request: pytest.FixtureRequest) -> Adoption:
    """The practice, adopted by Lindmåla, with invented people up to now."""
    practice = request.param
    publish((PRACTICES / practice / "protocol.yaml").read_text())
    size = SIZES.get(practice, Size())
    building._play(Scene(practice, practice, size.people, size.years, None, (), doris=False), lindmala)
    return Adoption.objects.get(name=practice)


@pytest.mark.parametrize("lived", STUDIED, indirect=True)
def test_its_finding_stands_on_the_page(lived: Adoption, alva: User, sign_in: SignIn) -> None:
    client = sign_in(alva)
    for language, words in {"sv": "Planerat och gjort", "en": "Planned and done"}.items():
        cache.clear()
        answer = client.get(reverse("operate:result", args=[lived.public_id]), headers={"accept-language": language})
        page = answer.content.decode()
        assert answer.status_code == 200
        assert words in page
        assert page.count('<ol class="sentences">') >= 1, re.findall(r"<li>(.*?)</li>", page)
        sentences = re.findall(r"<li>(.*?)</li>", page.split('<ol class="sentences">')[1].split("</ol>")[0])
        assert len(sentences) == 3
        assert "<svg" in page
        text = re.sub(r"<svg.*?</svg>|<[^>]*>", " ", page, flags=re.DOTALL)
        assert not NOT_A_NUMBER.search(text)
        assert "Traceback" not in page


def test_nearly_every_practice_has_a_study() -> None:
    without = {each.name for each in PRACTICES.iterdir()} - set(STUDIED)
    assert without == {"borlange-tillsammans"}, "one organisation, once: nothing to compare"
