"""Proposals in the database: what was proposed stays with the decision, and a change is explained to the person."""

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from genklang.operate import services
from genklang.operate.incoming import IncomingEvent, Outcome, Source
from genklang.operate.models import Adoption, Enrolment, Event
from genklang.operate.pages.sums import sums_of
from genklang.operate.problems import Refused
from genklang.operate.upgrading import apply_upgrade
from genklang.people.models import Organisation, Person, User
from tests.conftest import SignIn
from tests.web.operate_core.conftest import Wall, at, publish

PRACTICES = Path(__file__).parents[3] / "practices"
APPLIED: dict[str, Any] = {
    "month": "2026-03-01",
    "adults": "single",
    "children_at_home": False,
    "housing_cost": 6500,
    "income": 4000,
}
OFFICER = Source(by="case_worker")


@pytest.fixture
def household(lindmala: Organisation, bo: User, doris: Person, wall: Wall) -> Enrolment:
    """Doris has applied, and Bo decides."""
    version = publish((PRACTICES / "vaxjo-vaxjoloftet" / "protocol.yaml").read_text(encoding="utf-8"))
    adoption = services.adopt(organisation=lindmala, protocol_version=version, actor=None, name="Löftet")
    services.assign(adoption, user=bo, role="case_worker")
    enrolment = services.enrol(adoption, person=doris, role="household", key="V-1")
    services.record_one(enrolment, "applied", APPLIED, source=Source(by="household"), id="a1")
    wall.set("2026-03-03 09:00")
    return enrolment


def decide(enrolment: Enrolment, **data: Any) -> dict[str, Any]:
    """Decides, and returns what the log then holds."""
    services.record_one(enrolment, "decided", {"application": "a1", **data}, source=OFFICER)
    return dict(Event.objects.get(enrolment=enrolment, kind="decided").data)


def test_what_was_proposed_is_kept_with_the_decision(household: Enrolment) -> None:
    assert decide(household, amount=7720)["proposed"] == 7720


def test_nobody_can_write_another_proposal_into_the_log(household: Enrolment) -> None:
    assert decide(household, amount=9000, proposed=9000, reason="Busskort")["proposed"] == 7720


def test_another_amount_without_a_reason_is_refused(household: Enrolment) -> None:
    with pytest.raises(Refused) as refused:
        decide(household, amount=9000)
    assert [problem.where for problem in refused.value.problems] == ["reason"]
    assert not Event.objects.filter(kind="decided").exists()


def test_a_blank_reason_is_none(household: Enrolment) -> None:
    with pytest.raises(Refused):
        decide(household, amount=9000, reason="  ")


def test_a_system_is_not_asked_why_and_the_proposal_is_kept_all_the_same(household: Enrolment) -> None:
    rows = [IncomingEvent("d1", "V-1", "decided", at("2026-03-03 08:00"), {"application": "a1", "amount": 100})]
    answers = services.record(household.adoption, rows, source=Source(by="system", house=True))
    assert answers[0].status in (Outcome.ACCEPTED, Outcome.REFUSED)
    if answers[0].status is Outcome.ACCEPTED:
        assert Event.objects.get(key="d1").data["proposed"] == 7720


def test_the_form_is_filled_in_with_the_proposal(household: Enrolment, bo: User, sign_in: SignIn) -> None:
    page = sign_in(bo).get(reverse("operate:report", args=[household.public_id, "decided"]))
    content = page.content.decode()
    assert 'value="7720"' in content
    assert 'name="proposed"' not in content
    assert "5,220" in content


@pytest.mark.parametrize(("who", "answer"), [("bo", 200), ("cia", 404), ("fia", 404)])
def test_who_may_decide(
    who: str, answer: int, household: Enrolment, sign_in: SignIn, request: pytest.FixtureRequest
) -> None:
    client = sign_in(request.getfixturevalue(who))
    assert client.get(reverse("operate:report", args=[household.public_id, "decided"])).status_code == answer


def test_the_coordinator_reads_the_sum_and_has_no_way_to_decide(
    household: Enrolment, fia: User, sign_in: SignIn
) -> None:
    services.assign(household.adoption, user=fia, role="coordinator")
    page = sign_in(fia).get(reverse("operate:case", args=[household.public_id])).content.decode()
    assert "Proposed: 7,720 SEK" in page
    assert "Confirm or change" not in page


def test_the_worklist_shows_the_amount_and_the_way(household: Enrolment, bo: User, sign_in: SignIn) -> None:
    page = sign_in(bo).get(reverse("operate:worklist")).content.decode()
    assert "Proposed: 7,720 SEK" in page
    assert reverse("operate:report", args=[household.public_id, "decided"]) + "?application=a1" in page


def test_the_person_sees_each_step_and_its_source(household: Enrolment, doris: Person, sign_in: SignIn) -> None:
    page = sign_in(doris).get(reverse("operate:my-page")).content.decode()
    for said in (
        "3,940 (one adult)",
        "1,280 (people in the household 1)",
        "national norm 5,220 + housing 6,500",
        "0.7 per cent",
    ):
        assert said in page


def test_an_adoption_without_proposals_shows_none(company: Enrolment, doris: Person, sign_in: SignIn) -> None:
    assert "How it is worked out" not in sign_in(doris).get(reverse("operate:my-page")).content.decode()
    assert isinstance(company.adoption, Adoption)


ADULTS = "\n      - {from: 2027-01-01, rows: [{adults: single, amount: 4000}, {adults: couple, amount: 7200}]}"
SHARED = "\n      - {from: 2027-01-01, rows: [{persons: 1, amount: 1300}, {persons: 2, amount: 1430}]}"
AFTER = {"amount: 7100}]}": ADULTS, "{persons: 7, amount: 2830}, {persons: 8}]}": SHARED}


def test_a_new_years_figures_reach_those_who_wait_and_change_no_earlier_sum(household: Enrolment, wall: Wall) -> None:
    decide(household, amount=7720)
    wall.set("2026-12-20 08:00")
    services.record_one(
        household, "applied", {**APPLIED, "month": "2027-01-01"}, source=Source(by="household"), id="a2"
    )
    household.refresh_from_db()
    assert [bool(each.answer) for each in sums_of(household)] == [False, True]
    text = (PRACTICES / "vaxjo-vaxjoloftet" / "protocol.yaml").read_text(encoding="utf-8")
    text = text.replace("version: 1.0.0", "version: 1.1.0")
    for last, following in AFTER.items():
        assert text.count(last) == 1
        text = text.replace(last, last + following)
    apply_upgrade(household.adoption, publish(text), actor=None)
    latest, first = sums_of(Enrolment.objects.get(pk=household.pk))
    assert "".join(filter(str.isdigit, latest.answer)) == "7800"
    assert first.decided is not None and not first.changed_since and not first.decided.difference
