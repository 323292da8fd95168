"""Families as the pages know them: a matter with people who belong to it, who may see what, and who is logged."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.test import Client
from django.urls import reverse

from genklang.engine import types as events
from genklang.operate import joining, services
from genklang.operate.history import History, load_histories
from genklang.operate.incoming import Source
from genklang.operate.members import EnrolmentMember
from genklang.operate.models import Adoption, Enrolment, Event
from genklang.operate.pages.asking import asking_about
from genklang.operate.pages.known import Teller
from genklang.operate.problems import Refused
from genklang.people.models import AccessLog, Action, Organisation, Person, User
from genklang.people.services import add_person
from tests.conftest import SignIn
from tests.web.operate_core.conftest import Wall, at, publish
from tests.web.operate_pages.conftest import PRACTICES

CAST = ("alva", "bo", "fia", "cia", "doris", "mona", "elin", "nobody")
#                              alva bo  fia cia doris mona elin nobody
READS = {
    "case": "200 200 404 404 404 404 404 302",
    "add-member": "403 200 404 404 404 404 404 302",
    "remove-member": "403 200 404 404 404 404 404 302",
    "my-form": "404 404 404 404 404 200 404 302",
}


@pytest.fixture
def family(lindmala: Organisation, bo: User, wall: Wall) -> Enrolment:
    """The Berg family, with Bo as their social worker."""
    version = publish((PRACTICES / "borlange-familjevaldsteam" / "protocol.yaml").read_text())
    adoption = services.adopt(organisation=lindmala, protocol_version=version, actor=None, name="Teamet")
    services.assign(adoption, user=bo, role="adult_worker")
    return services.enrol(adoption, title="Familjen Berg", key="F-1")


@pytest.fixture
def mona(family: Enrolment, lindmala: Organisation, bo: User) -> EnrolmentMember:
    """The mother, who can sign in."""
    user = User.objects.create_user("mona@example.se", name="Mona")
    person = add_person(organisation=lindmala, display_name="Mona", user=user)
    return joining.join(family, person=person, role="adult", user=bo, by="adult_worker")


@pytest.fixture
def everyone(
    alva: User,
    bo: User,
    fia: User,
    cia: User,
    doris: Person,
    elin: User,
    mona: EnrolmentMember,
    sign_in: SignIn,
) -> dict[str, Client]:
    """Each of the cast, signed in."""
    people: dict[str, User | Person] = {"alva": alva, "bo": bo, "fia": fia, "cia": cia, "doris": doris, "elin": elin}
    found = {name: sign_in(who) for name, who in people.items()}
    return {"nobody": Client(), "mona": sign_in(mona.person), **found}


@contextmanager
def refused(where: str) -> Iterator[None]:
    """Asserts that what is done is refused, because of one thing alone."""
    with pytest.raises(Refused) as caught:
        yield
    assert [problem.where for problem in caught.value.problems] == [where]


def address(page: str, family: Enrolment, mona: EnrolmentMember) -> str:
    rest = {"remove-member": [mona.key], "my-form": ["rated"]}.get(page, [])
    return reverse(f"operate:{page}", args=[family.public_id, *rest])


@pytest.mark.parametrize("page", READS)
def test_who_may_open(page: str, everyone: dict[str, Client], family: Enrolment, mona: EnrolmentMember) -> None:
    path = address(page, family, mona)
    seen = {who: str(client.get(path).status_code) for who, client in everyone.items()}
    assert seen == dict(zip(CAST, READS[page].split(), strict=True))


def test_who_may_write(everyone: dict[str, Client], family: Enrolment, mona: EnrolmentMember) -> None:
    data = {"role": "child", "name": "Nils"}
    for who, client in everyone.items():
        if who != "bo":
            client.post(address("add-member", family, mona), data)
            client.post(address("remove-member", family, mona))
    assert [one.key for one in joining.members_of(family)] == [mona.key]
    everyone["bo"].post(address("add-member", family, mona), data)
    everyone["bo"].post(address("remove-member", family, mona))
    assert [one.person.display_name for one in joining.members_of(family)] == ["Nils"]
    kinds = Event.objects.filter(enrolment=family).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["enrolled", "member_joined", "member_joined", "member_left"]


def test_whoever_left_sees_it_no_more(
    everyone: dict[str, Client], family: Enrolment, mona: EnrolmentMember, bo: User
) -> None:
    assert "Familjen Berg" in everyone["mona"].get("/me/").content.decode()
    joining.leave(mona, user=bo, by="adult_worker")
    assert "Familjen Berg" not in everyone["mona"].get("/me/").content.decode()
    assert everyone["mona"].get(address("my-form", family, mona)).status_code == 404


def test_a_look_at_a_family_is_a_look_at_everybody_in_it(
    everyone: dict[str, Client], family: Enrolment, mona: EnrolmentMember, bo: User, lindmala: Organisation
) -> None:
    nils = add_person(organisation=lindmala, display_name="Nils")
    joining.join(family, person=nils, role="child", user=bo, by="adult_worker")
    everyone["bo"].get(address("case", family, mona))
    looked = AccessLog.objects.filter(actor=bo, action=Action.VIEW).values_list("person__display_name", flat=True)
    assert sorted(looked) == ["Mona", "Nils"]
    everyone["bo"].get("/work/")
    listed = AccessLog.objects.filter(actor=bo, action=Action.LIST).values_list("person__display_name", flat=True)
    assert sorted(listed) == ["Mona", "Nils"]


def test_a_matter_with_nobody_in_it_is_logged_too(family: Enrolment, bo: User, sign_in: SignIn) -> None:
    sign_in(bo).get(reverse("operate:case", args=[family.public_id]))
    [row] = AccessLog.objects.filter(actor=bo, action=Action.VIEW)
    assert (row.person, row.purpose) == (None, "Teamet")


def test_a_member_speaks_for_oneself(
    everyone: dict[str, Client], family: Enrolment, mona: EnrolmentMember, bo: User, lindmala: Organisation
) -> None:
    nils = add_person(organisation=lindmala, display_name="Nils")
    child = joining.join(family, person=nils, role="child", user=bo, by="adult_worker")
    data = {"_key": "one", "who": child.key, "safe": "3", "repeated": "2"}
    everyone["mona"].post(address("my-form", family, mona), data)
    [row] = Event.objects.filter(kind="rated")
    assert (row.by, row.data["who"]) == ("adult", mona.key)


def test_what_another_in_the_family_has_told_is_not_filled_in_for_a_member(
    lindmala: Organisation, bo: User, mona: EnrolmentMember, wall: Wall
) -> None:
    text = (PRACTICES / "borlange-familjevaldsteam" / "protocol.yaml").read_text()
    asks = "by: adult_worker\n    fields:\n      reach"
    assert asks in text
    version = publish(text.replace(asks, asks.replace("adult_worker", "[adult_worker, adult, child]")))
    adoption = services.adopt(organisation=lindmala, protocol_version=version, actor=None, name="Teamet")
    family = services.enrol(adoption, title="Familjen Ek", key="E-1")
    users = {}
    for name, role in (("Eva", "adult"), ("Eskil", "child")):
        users[name] = User.objects.create_user(f"{name}@example.se", name=name)
        person = add_person(organisation=lindmala, display_name=name, user=users[name])
        joining.join(family, person=person, role=role, user=bo, by="adult_worker")
    data = {"reach": "ring mormor", "language": "svenska", "children": 1, "safe_home": True, "wish": "Lugn"}
    services.record_one(family, "adults", data, source=Source(by="adult", user=users["Eva"]))
    family.refresh_from_db()
    own = asking_about(family, "adults", teller=Teller(users["Eva"], "adult")).known
    assert own["reach"] == "ring mormor"
    assert asking_about(family, "adults", teller=Teller(users["Eskil"], "child")).known == {}


def test_a_member_cannot_do_what_is_for_staff(
    everyone: dict[str, Client], family: Enrolment, mona: EnrolmentMember
) -> None:
    path = reverse("operate:my-form", args=[family.public_id, "decided"])
    assert everyone["mona"].get(path).status_code == 403


def test_the_log_holds_no_name(family: Enrolment, mona: EnrolmentMember) -> None:
    assert all("Mona" not in str(row.data) for row in Event.objects.filter(enrolment=family))


def test_another_organisation_s_person_cannot_belong_to_it(family: Enrolment, granvik: Organisation, bo: User) -> None:
    stranger = add_person(organisation=granvik, display_name="Stranger")
    with refused("person"):
        joining.join(family, person=stranger, role="adult", user=bo, by="adult_worker")


@pytest.mark.parametrize("title", ["", "   "])
def test_a_matter_needs_a_title(family: Enrolment, title: str) -> None:
    with refused("title"):
        services.enrol(family.adoption, title=title, key="F-2")


def test_a_matter_is_about_no_person(family: Enrolment, doris: Person) -> None:
    with refused("person"):
        services.enrol(family.adoption, person=doris, key="F-2")


def test_staff_are_assigned_to_staff_s_roles_only(family: Enrolment, fia: User) -> None:
    for role in ("adult", "child"):
        with refused("role"):
            services.assign(family.adoption, user=fia, role=role)


def test_enrolling_a_matter_asks_for_its_title_alone(family: Enrolment, bo: User, sign_in: SignIn) -> None:
    client, path = sign_in(bo), reverse("operate:enrol", args=[family.adoption.public_id])
    shown = client.get(path)
    assert set(shown.context["form"].fields) == {"title", "number"}
    assert client.post(path, {"title": ""}).status_code == 422
    assert client.post(path, {"title": "Familjen Ek"}).status_code == 302
    assert Enrolment.objects.get(title="Familjen Ek").person is None


def test_a_worker_reports_in_the_role_that_is_theirs(family: Enrolment, mona: EnrolmentMember) -> None:
    data = {"who": mona.key, "danger": "calm", "plan": "Ring i morgon"}
    answer = services.record_one(family, "safety", data, source=Source(by="adult_worker"))
    assert answer.status == "accepted"
    with pytest.raises(Refused):
        services.record_one(family, "safety", data, source=Source(by="adult"))


def test_a_rehearsed_family_has_its_people(
    family: Enrolment, lindmala: Organisation, bo: User, sign_in: SignIn
) -> None:
    joined = [
        events.Event("E-1:enrolled", "enrolled", at("2026-02-01 08:00"), "system", {}, -1),
        events.Event("j1", "member_joined", at("2026-02-01 08:01"), "system", {"member": "adult-1", "role": "adult"}),
        events.Event("j2", "member_joined", at("2026-02-01 08:02"), "system", {"member": "child-1", "role": "child"}),
        events.Event("l2", "member_left", at("2026-02-03 08:02"), "system", {"member": "child-1"}),
    ]
    people = {key: add_person(organisation=lindmala, display_name=key.title()) for key in ("adult-1", "child-1")}
    told = History(None, "E-1", joined, title="Familjen Ek", members=people)
    [row] = load_histories(family.adoption, [told], until=at("2026-02-05 08:00"))
    assert [member.person.display_name for member in joining.members_of(row)] == ["Adult-1"]
    page = sign_in(bo).get(reverse("operate:case", args=[row.public_id])).content.decode()
    assert "Familjen Ek" in page
    assert "Child-1" in page  # in the history


def test_one_of_several_participants_must_be_named(lindmala: Organisation, doris: Person, wall: Wall) -> None:
    adoption = helping(lindmala)
    with refused("participant"):
        services.enrol(adoption, person=doris, key="H-1")
    row = services.enrol(adoption, person=doris, role="helped", key="H-1")
    assert (row.role, Event.objects.get(enrolment=row).data["participant"]) == ("helped", "helped")


def test_the_form_asks_which_of_several_participants(
    lindmala: Organisation, alva: User, wall: Wall, sign_in: SignIn
) -> None:
    adoption, client = helping(lindmala), sign_in(alva)
    path = reverse("operate:enrol", args=[adoption.public_id])
    assert client.post(path, {"name": "Gun"}).context["form"].errors.keys() == {"participant"}
    client.post(path, {"name": "Gun", "participant": "helper"})
    assert Enrolment.objects.get(adoption=adoption).role == "helper"


HELPING = """
language: 1
practice: helping
version: 1.0.0
title: {sv: Hjälp, en: Help}
summary: {sv: Någon hjälper någon., en: Somebody helps somebody.}
roles:
  helper: {participant: true, sv: Den som hjälper, en: Helper}
  helped: {participant: true, sv: Den som får hjälp, en: Helped}
  coordinator: {sv: Samordnare, en: Coordinator}
stages:
  here: {sv: Här, en: Here}
events:
  talked: {sv: Vi pratade, en: We talked, by: [helper, helped]}
"""


def helping(organisation: Organisation) -> Adoption:
    """Two kinds of participant."""
    return services.adopt(organisation=organisation, protocol_version=publish(HELPING), actor=None, name="Hjälp")
