"""The result: a trial imported as history, evaluated in the reader's language, with flow and a survival curve."""

import json
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse

from genklang.measure.study import is_mean_of_shares
from genklang.operate import services
from genklang.operate.imports import apply_import
from genklang.operate.models import Adoption
from genklang.people.models import Organisation, User
from genklang.protocol.reading import read_protocol
from tests.conftest import SignIn
from tests.web.operate_core.conftest import publish

PRACTICES = Path(__file__).parents[3] / "practices"
TRIAL = PRACTICES / "usa-ekonomiskt-stod-efter-fangelse"


def few_of_the_trial(organisation: Organisation, lead: User) -> Adoption:
    """The first 80 people of the trial of aid after prison, imported as history."""
    version = publish((TRIAL / "protocol.yaml").read_text())
    adoption = services.adopt(
        organisation=organisation, protocol_version=version, actor=None, name="Trial", historical=True
    )
    lines = (TRIAL / "data.csv").read_text().splitlines(keepends=True)
    place = lines[0].strip().split(",").index("enrolment")
    chosen = sorted({line.split(",")[place] for line in lines[1:]})[:80]
    few = [lines[0], *(line for line in lines[1:] if line.split(",")[place] in chosen)]
    apply_import(adoption, "".join(few).encode(), file="data.csv", user=lead)
    return adoption


@pytest.fixture
def trial(lindmala: Organisation, alva: User) -> Adoption:
    """The first 80 people of the trial."""
    return few_of_the_trial(lindmala, alva)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("By lot", "Weeks from the lot", "Within 52 weeks")),
        ("sv", ("Lottade", "Att tänka på", "Inom 52 veckor")),
    ],
)
def test_the_whole_answer_stands_there(
    trial: Adoption, alva: User, sign_in: SignIn, language: str, words: tuple[str, ...]
) -> None:
    client: Client = sign_in(alva)
    path = reverse("operate:result", args=[trial.public_id])
    page = client.get(path, headers={"accept-language": language}).content.decode()
    for word in words:
        assert word in page
    assert page.count("<svg") > 3
    assert "n = 80" in page
    assert "work_experience" not in page


def test_the_study_table_holds_no_name_and_no_number(trial: Adoption, alva: User, sign_in: SignIn) -> None:
    path = reverse("operate:study-package", args=[trial.public_id])
    archive = ZipFile(BytesIO(sign_in(alva).get(path).content))
    rows = archive.read("study.csv").decode().splitlines()
    assert len(rows) == 81
    assert rows[0].startswith("participant,arm,")
    assert rows[1].startswith("P0001,")
    dictionary = json.loads(archive.read("datapackage.json"))
    described = {field["name"]: field for field in dictionary["resources"][0]["schema"]["fields"]}
    assert list(described) == rows[0].split(",")
    assert described["arm"]["categories"]
    assert trial.protocol_version.digest in dictionary["sources"][0]["title"]


def test_a_study_without_people_says_why(lindmala: Organisation, alva: User, sign_in: SignIn) -> None:
    version = publish((TRIAL / "protocol.yaml").read_text())
    empty = services.adopt(organisation=lindmala, protocol_version=version, actor=None, name="Empty")
    page = sign_in(alva).get(reverse("operate:result", args=[empty.public_id])).content.decode()
    assert "There is no answer yet" in page and "0 have come so far" in page
    assert "The plan is locked when the first person begins" in page


@pytest.mark.parametrize(
    ("value", "is_share"),
    [("avg(met)", True), ("avg(met) filter (where stage = 'active')", True), ("avg(minutes_late)", False)],
)
def test_each_persons_share_is_told_as_per_cent(value: str, is_share: bool) -> None:
    protocol = read_protocol((PRACTICES / "umea-medicingivare" / "protocol.yaml").read_text(), file="protocol.yaml")
    assert protocol.study
    outcome = protocol.study.outcomes["adherence"].model_copy(update={"value": value})
    assert is_mean_of_shares(protocol, outcome) is is_share
