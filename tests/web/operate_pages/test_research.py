"""A researcher takes a study's data: only with a permit, only while it holds, only that study's, and it is logged."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from genklang.operate import services
from genklang.operate.models import Adoption, Permit
from genklang.people.models import AccessLog, Action, Organisation, User
from genklang.people.services import ensure_user
from tests.conftest import SignIn
from tests.web.operate_core.conftest import publish
from tests.web.operate_pages.test_result import TRIAL, few_of_the_trial


@pytest.fixture
def trial(lindmala: Organisation, alva: User) -> Adoption:
    """The first 80 people of the trial."""
    return few_of_the_trial(lindmala, alva)


@pytest.fixture
def rut(db: None) -> User:
    """A researcher at a university: an account, and nothing more."""
    return ensure_user(email="rut@example.org", name="Rut")


def address(name: str, adoption: Adoption) -> str:
    return reverse(f"operate:{name}", args=[adoption.public_id])


def give(client: Client, adoption: Adoption, **changed: str) -> int:
    until = (timezone.localdate() + timedelta(days=30)).isoformat()
    data = {"email": "rut@example.org", "name": "Rut", "purpose": "Dnr 2026-1", "until": until} | changed
    return client.post(address("permits", adoption), data).status_code


def test_only_with_a_permit_that_holds_and_only_that_study(
    trial: Adoption, lindmala: Organisation, alva: User, rut: User, sign_in: SignIn
) -> None:
    other = services.adopt(
        organisation=lindmala, protocol_version=publish((TRIAL / "protocol.yaml").read_text()), actor=None, name="Other"
    )
    lead, researcher = sign_in(alva), sign_in(rut)
    data = address("study-package", trial)
    assert researcher.get(data).status_code == 404
    assert give(lead, trial) == 302
    assert researcher.get(data).status_code == 200
    assert "Dnr 2026-1" in researcher.get(reverse("operate:studies")).content.decode()
    refused = [researcher.get(address(name, trial)).status_code for name in ("result", "people", "log", "permits")]
    assert refused == [404, 404, 404, 404]
    assert researcher.get(address("study-package", other)).status_code == 404
    lead.post(reverse("operate:end-permit", args=[trial.public_id, Permit.objects.get().pk]))
    assert researcher.get(data).status_code == 404


def test_a_permit_whose_day_has_passed_opens_nothing(trial: Adoption, alva: User, rut: User, sign_in: SignIn) -> None:
    give(sign_in(alva), trial)
    Permit.objects.update(until=timezone.localdate() - timedelta(days=1))
    assert sign_in(rut).get(address("study-package", trial)).status_code == 404


def test_giving_taking_and_ending_are_logged(trial: Adoption, alva: User, rut: User, sign_in: SignIn) -> None:
    lead = sign_in(alva)
    give(lead, trial)
    sign_in(rut).get(address("study-package", trial))
    lead.post(reverse("operate:end-permit", args=[trial.public_id, Permit.objects.get().pk]))
    rows = AccessLog.objects.filter(action=Action.EXPORT).order_by("pk")
    assert [row.actor for row in rows] == [alva, rut, alva]
    assert rows[1].organisation == trial.organisation


@pytest.mark.parametrize(
    "wrong", [{"until": "2020-01-01"}, {"until": "2099-01-01"}, {"purpose": " "}, {"email": "rut"}]
)
def test_a_permit_needs_a_purpose_and_an_end(
    trial: Adoption, alva: User, sign_in: SignIn, wrong: dict[str, str]
) -> None:
    assert give(sign_in(alva), trial, **wrong) == 422
    assert not Permit.objects.exists()


def test_staff_and_other_leads_give_no_permits(trial: Adoption, bo: User, cia: User, sign_in: SignIn) -> None:
    assert give(sign_in(bo), trial) == 404
    assert give(sign_in(cia), trial) == 404
    assert not Permit.objects.exists()
