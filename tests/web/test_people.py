"""People in the browser's eyes: the demo's door, sign-in, account, the access log, and the verbs behind."""

import re

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from genklang.people import selectors, services
from genklang.people.models import AccessLog, Action, Membership, Organisation, Person, Role, User
from tests.conftest import SignIn


def test_the_demo_does_not_exist_outside_the_demo(client: Client, db: None) -> None:
    assert client.get("/demo/").status_code == 404
    assert client.post("/demo/", {"kind": "lead"}).status_code == 404
    assert not User.objects.exists()


@pytest.mark.parametrize("kind", services.DEMO_KINDS)
def test_one_click_signs_in(kind: services.DemoKind, client: Client, settings: Settings, db: None) -> None:
    settings.GENKLANG_DEMO = True
    page = client.post("/demo/", {"kind": kind}, follow=True)
    assert services.DEMO_NAMES[kind] in page.content.decode()
    user = User.objects.get()
    assert user.simulated
    assert user.persons.exists() is (kind == "participant")
    roles = {"lead": {Role.LEAD}, "nurse": {Role.STAFF}, "participant": set(), "editor": {Role.EDITOR}}
    assert set(user.memberships.values_list("role", flat=True)) == roles[kind]


def test_stepping_in_twice_makes_one_user(db: None) -> None:
    assert services.ensure_demo_user("nurse") == services.ensure_demo_user("nurse")
    assert Membership.objects.count() == 1


def test_an_unknown_demo_visitor_is_not_found(client: Client, settings: Settings, db: None) -> None:
    settings.GENKLANG_DEMO = True
    assert client.post("/demo/", {"kind": "mayor"}).status_code == 404


def test_the_demo_service_refuses_outside_the_demo(client: Client, db: None) -> None:
    with pytest.raises(PermissionDenied):
        services.sign_in_as_demo(client.request().wsgi_request, "lead")


def test_a_password_signs_in_and_a_wrong_one_does_not(client: Client, alva: User) -> None:
    alva.set_password("en lång och lugn mening")
    alva.save()
    wrong = client.post("/sign-in/login/", {"login": alva.email, "password": "fel"})
    assert "error-summary" in wrong.content.decode()
    right = client.post("/sign-in/login/", {"login": "ALVA@example.se", "password": "en lång och lugn mening"})
    assert right.headers["Location"] == "/welcome/"


def test_nobody_opens_an_account_alone(client: Client, db: None) -> None:
    client.post("/sign-in/signup/", {"email": "dag@example.se", "password1": "en lång och lugn mening"})
    assert not User.objects.exists()


def test_the_account_shows_my_roles(alva: User, sign_in: SignIn) -> None:
    page = sign_in(alva).get("/account/").content.decode()
    assert "Lindmåla kommun" in page
    assert "lead" in page


@pytest.mark.parametrize("path", ["/account/", "/welcome/", "/organisations/lindmala/access-log/"])
def test_own_pages_ask_a_stranger_to_sign_in(path: str, client: Client, lindmala: Organisation) -> None:
    assert client.get(path).headers["Location"].startswith("/sign-in/login/")


@pytest.mark.parametrize(("who", "status"), [("alva", 200), ("bo", 403), ("cia", 404), ("doris", 404), ("elin", 404)])
def test_who_reads_the_access_log(
    who: str, status: int, lindmala: Organisation, sign_in: SignIn, request: pytest.FixtureRequest
) -> None:
    client = sign_in(request.getfixturevalue(who))
    assert client.get("/organisations/lindmala/access-log/").status_code == status


def test_the_log_shows_its_own_organisation_only_and_logs_the_reading(
    alva: User, bo: User, cia: User, doris: Person, granvik: Organisation, sign_in: SignIn
) -> None:
    services.record_access(
        organisation=doris.organisation, actor=bo, person=doris, action=Action.VIEW, purpose="Hembesök"
    )
    services.record_access(organisation=granvik, actor=cia, action=Action.EXPORT, purpose="Granviks hemlighet")
    page = sign_in(alva).get("/organisations/lindmala/access-log/").content.decode()
    assert "Hembesök" in page
    assert "hemlighet" not in page
    assert AccessLog.objects.filter(actor=alva, action=Action.CHECK).count() == 1


def test_the_log_is_filtered_and_paged(alva: User, bo: User, doris: Person, sign_in: SignIn) -> None:
    for _ in range(51):
        services.record_access(organisation=doris.organisation, actor=bo, person=doris, action=Action.VIEW)
    services.record_access(organisation=doris.organisation, actor=None, action=Action.IMPORT, purpose="Fil")
    client = sign_in(alva)
    address = "/organisations/lindmala/access-log/"
    assert "51 entries" in client.get(address, {"person": "dor"}).content.decode()
    assert "1 entry" in client.get(address, {"action": "import"}).content.decode()
    second = client.get(address, {"person": "dor", "page": "2"}).content.decode()
    assert "Page 2 of 2" in second
    assert "?person=dor&amp;page=1" in second
    assert "Nothing in the log matches" in client.get(address, {"actor": "ingen"}).content.decode()


def test_a_log_row_can_be_neither_changed_nor_deleted(alva: User, doris: Person) -> None:
    row = services.record_access(organisation=doris.organisation, actor=alva, person=doris, action=Action.VIEW)
    for forbidden in (
        row.save,
        row.delete,
        AccessLog.objects.all().delete,
        lambda: AccessLog.objects.update(purpose=""),
    ):
        with pytest.raises(TypeError, match="append-only"):
            forbidden()
    assert AccessLog.objects.count() == 1


def test_access_cannot_be_logged_across_the_wall(cia: User, doris: Person, granvik: Organisation) -> None:
    with pytest.raises(ValueError, match="another organisation"):
        services.record_access(organisation=granvik, actor=cia, person=doris, action=Action.VIEW)


def test_who_looked_tells_the_person_newest_first(bo: User, doris: Person) -> None:
    services.record_access(organisation=doris.organisation, actor=bo, person=doris, action=Action.VIEW, purpose="Besök")
    services.record_access(organisation=doris.organisation, actor=None, person=doris, action=Action.IMPORT)
    services.record_access(organisation=doris.organisation, actor=doris.user, person=doris, action=Action.VIEW)
    looks = selectors.who_looked(doris)
    assert [look.by_self for look in looks] == [True, False, False]
    assert looks[2].who == "Bo"
    assert looks[2].purpose == "Besök"


def test_a_wrong_zone_is_refused(db: None) -> None:
    with pytest.raises(ValidationError, match="Stockholm"):
        services.add_organisation(slug="x", name="X", zone="Europe/Lindmåla")


def test_persons_of_a_simulated_organisation_are_simulated(db: None) -> None:
    organisation = services.ensure_demo_organisation()
    assert services.add_person(organisation=organisation, display_name="Ebbe").simulated


def test_add_member_lets_the_first_lead_in(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getpass", lambda prompt: "en lång och lugn mening")
    call_command("add_member", "anna@example.se", "lindmala", "--name", "Lindmåla kommun")
    anna = User.objects.get(email="anna@example.se")
    assert anna.check_password("en lång och lugn mening")
    assert anna.memberships.get().role == Role.LEAD


def test_add_member_asks_for_the_name_of_an_unknown_organisation(db: None) -> None:
    with pytest.raises(CommandError, match='"lindmala" is not known'):
        call_command("add_member", "anna@example.se", "lindmala")


def test_whoever_has_no_password_signs_in_with_a_code_by_mail(
    client: Client, doris: Person, settings: Settings
) -> None:
    assert "/sign-in/login/code/" not in client.get("/sign-in/login/").content.decode()  # no mail server, no offer
    settings.EMAIL_HOST = "mail.example.se"
    assert "/sign-in/login/code/" in client.get("/sign-in/login/").content.decode()
    answer = client.post("/sign-in/login/code/", {"email": "doris@example.se"}, headers={"accept-language": "en"})
    assert answer.headers["Location"] == "/sign-in/login/code/confirm/"
    [letter] = mail.outbox
    assert (letter.subject, "example.com" in str(letter.body)) == ("Your code for Genklang", False)
    code = str(letter.body).split()[2]
    assert "error-summary" in client.post("/sign-in/login/code/confirm/", {"code": "BCDF-GHJK"}).content.decode()
    assert client.post("/sign-in/login/code/confirm/", {"code": code}).headers["Location"] == "/welcome/"
    assert client.get("/me/").status_code == 200


def test_asked_for_a_code_the_page_answers_alike_whoever_has_an_account(doris: Person, client: Client) -> None:
    pages = []
    for email in ("doris@example.se", "nobody@example.se"):
        visitor = Client()
        visitor.post("/sign-in/login/code/", {"email": email})
        page = visitor.get("/sign-in/login/code/confirm/").content.decode()
        pages.append(re.sub(r"\w{64}", "", page))
    assert pages[0] == pages[1]
    assert len(mail.outbox) == 2
    assert not User.objects.filter(email="nobody@example.se").exists()
