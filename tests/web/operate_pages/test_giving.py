"""Giving back: the lead sees to the figure what would leave, gives just that, and nobody else can."""

import pytest
from django.test import Client
from django.urls import reverse

from genklang.bank.adopters import Adopter, Release
from genklang.operate import services
from genklang.operate.machines import adoption_machine
from genklang.operate.models import Adoption, Status
from genklang.operate.pages.giving import _was_locked, offers_of
from genklang.people.models import AccessLog, Action, Organisation, User
from tests.conftest import SignIn
from tests.web.operate_core.conftest import Ward, publish
from tests.web.operate_pages.test_result import few_of_the_trial


@pytest.fixture
def trial(lindmala: Organisation, alva: User) -> Adoption:
    """The first 80 people of the trial."""
    return few_of_the_trial(lindmala, alva)


def path(adoption: Adoption) -> str:
    return reverse("operate:give-back", args=[adoption.public_id])


def seen(adoption: Adoption) -> list[str]:
    return [offer.released.digest for offer in offers_of(adoption) if offer.may_leave and offer.released]


def test_the_lead_sees_and_gives(trial: Adoption, alva: User, sign_in: SignIn) -> None:
    client: Client = sign_in(alva)
    page = client.get(path(trial), headers={"accept-language": "en"}).content.decode()
    assert "Can be given" in page
    assert "Plan locked before the start" in page
    client.post(path(trial), {"seen": seen(trial)})
    kept = Release.objects.all()
    first = kept[0]
    assert first.adopter.place == "Lindmåla kommun" and not first.content["as_planned"]
    assert first.protocol_digest == trial.protocol_version.digest
    assert AccessLog.objects.filter(actor=alva, action=Action.EXPORT).exists()
    assert "Given" in client.get(path(trial), headers={"accept-language": "en"}).content.decode()
    evidence = reverse("bank:evidence", args=[trial.protocol_version.practice.slug])
    trial.protocol_version.practice.current = trial.protocol_version
    trial.protocol_version.practice.save()
    told = Client().get(evidence, headers={"accept-language": "en"}).content.decode()
    assert "Lindmåla" in told


def test_what_leaves_is_the_same_in_either_language(trial: Adoption, alva: User, sign_in: SignIn) -> None:
    client = sign_in(alva)
    client.get(path(trial), headers={"accept-language": "sv"})
    first = seen(trial)
    client.get(path(trial), headers={"accept-language": "en"})
    assert seen(trial) == first and first


def test_figures_that_have_changed_are_not_given_unseen(trial: Adoption, alva: User, sign_in: SignIn) -> None:
    answer = sign_in(alva).post(path(trial), {"seen": ["0" * 64]}, headers={"accept-language": "en"})
    assert answer.status_code == 422
    assert "have changed since you saw them" in answer.content.decode()
    assert not Release.objects.exists()


def test_who_may(trial: Adoption, bo: User, cia: User, sign_in: SignIn) -> None:
    services.assign(trial, user=bo, role=next(iter(adoption_machine(trial).protocol.staff_roles)))
    assert sign_in(bo).get(path(trial)).status_code == 403
    assert sign_in(cia).get(path(trial)).status_code == 404
    assert sign_in(cia).post(path(trial), {"seen": []}).status_code == 404
    assert Client().get(path(trial)).status_code == 302


def test_a_plan_is_locked_only_if_the_first_began_under_it(ward: Ward, dispensers: Adoption) -> None:
    assert _was_locked(dispensers)
    text = dispensers.protocol_version.source
    changed = publish(text.replace("target: 0.99}", "target: 0.5}").replace("version: 1.0.0", "version: 2.0.0"))
    dispensers.protocol_version = changed
    dispensers.save()
    assert not _was_locked(dispensers)


def test_an_imported_past_was_not_planned(trial: Adoption) -> None:
    assert not _was_locked(trial)


def test_the_bank_knows_who_began_and_who_stopped(trial: Adoption) -> None:
    known = Adopter.objects.get(key=trial.public_id)
    assert known.place == "Lindmåla kommun" and known.until is None
    services.set_status(trial, Status.ENDED)
    known.refresh_from_db()
    assert known.until is not None


def test_a_lead_withdraws_what_was_wrong_and_says_why(trial: Adoption, alva: User, bo: User, sign_in: SignIn) -> None:
    client: Client = sign_in(alva)
    client.post(path(trial), {"seen": seen(trial)})
    address = reverse("operate:withdraw-result", args=[trial.public_id])
    assert client.post(address, {"outcome": "arrested_52", "why": " "}).status_code == 422
    assert client.post(address, {"outcome": "arrested_52", "why": "Två rader var fel"}).status_code == 302
    assert Release.objects.filter(withdrawal__why="Två rader var fel").count() == 1
    page = client.get(path(trial), headers={"accept-language": "en"}).content.decode()
    assert "You withdrew the latest result" in page and "Två rader var fel" in page
    assert AccessLog.objects.filter(actor=alva, action=Action.EXPORT).count() == 2
