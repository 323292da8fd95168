"""Who works in an organisation: the lead's page, its permissions as a table, and what is written down."""

import re

import pytest
from django.test import Client

from genklang.operate import colleagues
from genklang.operate.problems import Refused
from genklang.people import services as people
from genklang.people.models import AccessLog, Action, Membership, Organisation, Person, Role, User
from tests.conftest import SignIn

pytestmark = pytest.mark.django_db
PAGE = "/organisations/lindmala/colleagues/"
NEW = {"name": "Fia Berg", "email": "fia@example.se", "role": "staff"}


def roles(organisation: Organisation, email: str) -> set[str]:
    return set(Membership.objects.filter(organisation=organisation, user__email=email).values_list("role", flat=True))


def noted(organisation: Organisation) -> list[str]:
    rows = AccessLog.objects.filter(organisation=organisation, action=Action.DECIDE)
    return [f"{row.actor}: {row.purpose}" for row in rows.order_by("pk")]


@pytest.mark.parametrize(
    ("who", "status"), [("alva", 200), ("bo", 403), ("cia", 404), ("doris", 404), ("elin", 404), (None, 302)]
)
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("one", [False, True], ids=["list", "one"])
def test_who_decides_about_colleagues(
    who: str | None,
    status: int,
    method: str,
    one: bool,
    bo: User,
    lindmala: Organisation,
    sign_in: SignIn,
    request: pytest.FixtureRequest,
) -> None:
    client = sign_in(request.getfixturevalue(who)) if who else Client()
    path = f"{PAGE}{bo.pk}/" if one else PAGE
    answer = getattr(client, method)(path, NEW)
    expected = 302 if (who, method, one) == ("alva", "post", True) else status
    assert answer.status_code == expected
    changed = who == "alva" and method == "post" and not one
    assert roles(lindmala, NEW["email"]) == ({"staff"} if changed else set())


def test_another_organisations_colleague_does_not_exist_here(alva: User, cia: User, sign_in: SignIn) -> None:
    assert sign_in(alva).get(f"{PAGE}{cia.pk}/").status_code == 404
    assert sign_in(alva).post(f"{PAGE}{cia.pk}/", {"ends": "yes"}).status_code == 404
    assert Membership.objects.filter(user=cia).exists()


def test_a_new_colleague_chooses_a_password_by_an_address_shown_once(
    alva: User, lindmala: Organisation, sign_in: SignIn
) -> None:
    page = sign_in(alva).post(PAGE, NEW).content.decode()
    found = re.search(r"http://testserver(/sign-in/password/reset/key/\S+?)<", page)
    assert found and "/sign-in/password/reset/key/" not in sign_in(alva).get(PAGE).content.decode()
    fresh = Client()
    form = fresh.get(found[1], follow=True)
    fresh.post(form.request["PATH_INFO"], {"password1": "en lång fras här", "password2": "en lång fras här"})
    assert User.objects.get(email=NEW["email"]).check_password("en lång fras här")
    assert noted(lindmala) == ["Alva: Fia Berg was given the role staff"]


def test_a_wrong_address_and_no_name_are_said(alva: User, sign_in: SignIn) -> None:
    answer = sign_in(alva).post(PAGE, {"email": "fia", "role": "staff"})
    assert answer.status_code == 422
    assert "This is no e-mail address" in answer.content.decode()


@pytest.mark.parametrize("role", ["editor", "mayor"])
def test_a_lead_makes_no_editors(role: str, alva: User, lindmala: Organisation, sign_in: SignIn) -> None:
    assert sign_in(alva).post(PAGE, NEW | {"role": role}).status_code == 422
    with pytest.raises(Refused):
        colleagues.take_on(lindmala, email=NEW["email"], name="Fia", role=Role.EDITOR, actor=alva)
    assert roles(lindmala, NEW["email"]) == set()


@pytest.mark.parametrize("known", ["elsewhere", "has signed in", "has a password", "takes part", "inactive", "new"])
def test_the_way_in_is_given_only_to_somebody_new(
    known: str, alva: User, lindmala: Organisation, granvik: Organisation
) -> None:
    user = colleagues.take_on(lindmala, email=NEW["email"], name="Fia", role=Role.STAFF, actor=alva)
    if known == "elsewhere":
        people.add_member(email=user.email, organisation=granvik, role=Role.LEAD)
    elif known == "has signed in":
        user.last_login = user.joined_at
    elif known == "has a password":
        user.set_password("en lång fras här")
    elif known == "takes part":
        people.add_person(organisation=granvik, display_name="Fia", user=user)
    elif known == "inactive":
        user.is_active = False
    assert colleagues.can_be_let_in(user, lindmala) is (known == "new")


def test_a_role_is_changed_and_ended_and_both_are_written_down(
    alva: User, bo: User, lindmala: Organisation, sign_in: SignIn
) -> None:
    client = sign_in(alva)
    client.post(f"{PAGE}{bo.pk}/", {"role": "lead"})
    assert roles(lindmala, bo.email) == {"lead"}
    client.post(f"{PAGE}{bo.pk}/", {"ends": "yes"})
    assert roles(lindmala, bo.email) == set()
    assert noted(lindmala) == ["Alva: Bo now has the role lead", "Alva: Bo no longer works here"]


@pytest.mark.parametrize("sent", [{"ends": "yes"}, {"role": "staff"}])
def test_the_only_lead_stays(sent: dict[str, str], alva: User, lindmala: Organisation, sign_in: SignIn) -> None:
    answer = sign_in(alva).post(f"{PAGE}{alva.pk}/", sent)
    assert answer.status_code == 422
    assert "This is the only lead that the organisation has" in answer.content.decode()
    assert roles(lindmala, alva.email) == {"lead"}
    assert noted(lindmala) == []


def test_a_lead_who_leaves_is_led_away(alva: User, bo: User, lindmala: Organisation, sign_in: SignIn) -> None:
    people.add_member(email=bo.email, organisation=lindmala, role=Role.LEAD)
    assert sign_in(alva).post(f"{PAGE}{alva.pk}/", {"ends": "yes"}).headers["Location"] == "/welcome/"


def test_somebody_who_takes_part_may_also_work_here(alva: User, doris: Person, lindmala: Organisation) -> None:
    assert doris.user
    colleagues.take_on(lindmala, email=doris.user.email, name="", role=Role.STAFF, actor=alva)
    colleagues.let_go(lindmala, user=doris.user, actor=alva)
    assert Person.objects.filter(pk=doris.pk, user=doris.user).exists()
