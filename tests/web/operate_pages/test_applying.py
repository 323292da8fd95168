"""Where anybody can apply: nothing before the code, alike for everybody, once, marked where it is simulated."""

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from genklang.operate import applying, services
from genklang.operate.incoming import Source
from genklang.operate.models import Adoption, ApplyAddress, Enrolment, Event, Status
from genklang.operate.views import applying as views
from genklang.people import codes
from genklang.people.models import AccessLog, Action, Organisation, Person, User
from genklang.people.services import add_person
from tests.conftest import SignIn
from tests.web.operate_core.conftest import PRACTICES, Wall, publish

MAJ = "maj@example.se"


@pytest.fixture(autouse=True)
def _mail_and_no_brakes(settings: Settings) -> None:
    settings.EMAIL_HOST = "mail.example.se"
    for brake in (views.visitor_brake, views.mailbox_brake, views.door_brake, views.guess_brake):
        brake.forget()


def run(slug: str, organisation: Organisation, *, name: str, simulated: bool = False) -> Adoption:
    text = (PRACTICES / slug / "protocol.yaml").read_text(encoding="utf-8")
    adoption = services.adopt(organisation=organisation, protocol_version=publish(text), actor=None, name=name)
    Adoption.objects.filter(pk=adoption.pk).update(simulated=simulated)
    adoption.refresh_from_db()
    return adoption


@pytest.fixture
def varnas(lindmala: Organisation, alva: User, bo: User, wall: Wall) -> Adoption:
    """Lindmåla's home, with an address where anybody can apply; Bo receives."""
    adoption = run("sormland-varnas", lindmala, name="Värnäs")
    services.assign(adoption, user=bo, role="intake")
    applying.open_address(adoption, user=alva)
    return adoption


@pytest.fixture
def stranger() -> Client:
    """A browser that nobody knows."""
    return Client(headers={"accept-language": "en"})


def ask(client: Client, email: str = MAJ, *, word: str = "varnas", name: str = "Maj", **more: str) -> int:
    """Writes name and address on the page; the answer's status."""
    return client.post(f"/apply/{word}/", {"name": name, "email": email, **more}).status_code


def letter() -> str:
    """The code in the letter that came last."""
    found = re.search(r"Your code: (\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def answer(client: Client, code: str, *, word: str = "varnas") -> str:
    """Writes the code; where that leads."""
    response = client.post(f"/apply/{word}/code/", {"code": code})
    return response.headers.get("Location", str(response.status_code))


def come(client: Client, email: str = MAJ, *, name: str = "Maj", word: str = "varnas", **more: str) -> str:
    """All the way in; where it leads."""
    assert ask(client, email, name=name, word=word, **more) == 302
    return answer(client, letter(), word=word)


def made() -> tuple[int, int, int]:
    return User.objects.count(), Person.objects.count(), Enrolment.objects.count()


def test_somebody_unknown_comes_in_by_a_code_and_straight_to_the_first_form(varnas: Adoption, stranger: Client) -> None:
    before = made()
    page = stranger.get("/apply/varnas/").content.decode()
    for said in ("Lindmåla kommun runs this", "intake, nurse, counsellor", "IMY"):
        assert said in page
    assert ask(stranger) == 302
    assert "maj@example.se" in stranger.get("/apply/varnas/code/").content.decode()
    assert made() == before  # nothing before the code
    where = answer(stranger, letter().lower().replace("-", " "))
    row = Enrolment.objects.get()
    assert where == reverse("operate:my-form", args=[row.public_id, "applied"])
    assert row.person is not None
    assert row.person.user is not None
    assert (row.person.display_name, row.person.organisation, row.person.user.email) == (
        "Maj",
        varnas.organisation,
        MAJ,
    )
    assert not row.person.user.has_usable_password()
    assert Event.objects.get(kind="enrolled").actor == row.person.user
    assert stranger.post(where, {"_key": "one", "home_municipality": "flen"}).headers["Location"] == "/me/"
    assert "Applied for a place" in stranger.get("/me/").content.decode()


def test_that_somebody_came_is_in_the_access_log(varnas: Adoption, stranger: Client) -> None:
    come(stranger)
    row = AccessLog.objects.get(action=Action.RECORD)
    assert (row.actor, row.person) == (User.objects.get(email=MAJ), Person.objects.get())
    assert "Värnäs" in row.purpose


def test_the_letter_says_nothing_of_what_it_is_about(varnas: Adoption, stranger: Client) -> None:
    ask(stranger)
    text = f"{mail.outbox[0].subject} {mail.outbox[0].body}"
    assert mail.outbox[0].to == [MAJ]
    assert not re.search(r"Värnäs|Lindmåla|Maj|addiction|beroende", text)


@pytest.mark.parametrize("who", ["nobody", "doris", "alva", "cia", "closed"])
def test_the_page_answers_alike_whoever_has_an_account(
    who: str, varnas: Adoption, doris: Person, cia: User, stranger: Client
) -> None:
    User.objects.create_user("closed@example.se", is_active=False)
    before = made()
    response = stranger.post("/apply/varnas/", {"name": "X", "email": f"{who}@example.se"})
    assert (response.status_code, response.headers["Location"]) == (302, "/apply/varnas/code/")
    page = stranger.get("/apply/varnas/code/").content.decode()
    assert re.sub(r"value=\"\w{64}\"|\w{64}", "", page).count(who) == 1  # the address, as it was written
    assert len(mail.outbox) == 1
    assert answer(stranger, "BCDF-GHJK") == "422"
    assert made() == before


def test_whoever_has_an_account_comes_in_the_same_way_and_keeps_the_name(
    varnas: Adoption, doris: Person, stranger: Client
) -> None:
    assert "/applied/" in come(stranger, "DORIS@example.se", name="Somebody else")
    row = Enrolment.objects.get()
    assert row.person == doris
    doris.refresh_from_db()
    assert doris.display_name == "Doris"


def test_whoever_takes_part_sees_my_page_signed_in_or_not(varnas: Adoption, stranger: Client) -> None:
    come(stranger)
    assert stranger.get("/apply/varnas/").headers["Location"] == "/me/"
    again = Client(headers={"accept-language": "en"})
    assert come(again, name="Maja") == "/apply/varnas/"
    assert again.get("/apply/varnas/").headers["Location"] == "/me/"
    assert (Person.objects.count(), Enrolment.objects.count()) == (1, 1)


def test_nobody_is_taken_for_another_of_the_same_name(varnas: Adoption, stranger: Client) -> None:
    known = add_person(organisation=varnas.organisation, display_name="Maj")
    come(stranger)
    known.refresh_from_db()
    assert known.user is None
    assert Person.objects.filter(display_name="Maj").count() == 2


def test_an_account_elsewhere_is_another_person_here_and_nobody_there_is_told(
    varnas: Adoption, granvik: Organisation, cia: User, stranger: Client, sign_in: SignIn
) -> None:
    there = add_person(organisation=granvik, display_name="Cia i Granvik", user=cia)
    come(stranger, cia.email, name="Cia hemma")
    row = Enrolment.objects.get()
    assert row.person is not None
    assert row.person != there
    assert (row.person.display_name, row.person.organisation) == ("Cia hemma", varnas.organisation)
    assert not AccessLog.objects.filter(organisation=granvik).exists()
    assert (
        sign_in(cia).get(reverse("operate:case", args=[row.public_id])).status_code == 404
    )  # leading Granvik opens nothing


def test_staff_may_apply_and_cannot_handle_their_own_matter(
    varnas: Adoption, bo: User, alva: User, stranger: Client, sign_in: SignIn
) -> None:
    come(stranger, bo.email, name="Bo")
    row = Enrolment.objects.get()
    services.record_one(row, "applied", {"home_municipality": "flen"}, source=Source(by="patient"))
    report = reverse("operate:report", args=[row.public_id, "withdrew"])
    assert stranger.post(report, {"_key": "one"}).status_code == 403
    services.assign(varnas, user=alva, role="intake")
    assert sign_in(alva).post(report, {"_key": "two"}).status_code == 302


def test_signed_in_one_goes_on_without_a_code(varnas: Adoption, alva: User, sign_in: SignIn) -> None:
    client = sign_in(alva)
    page = client.get("/apply/varnas/").content.decode()
    assert "You are signed in as Alva" in page
    assert 'type="email"' not in page
    assert "/applied/" in client.post("/apply/varnas/", {"name": "Alva"}).headers["Location"]
    assert Enrolment.objects.get().person.user == alva  # type: ignore[union-attr]
    assert not mail.outbox


def test_a_closed_account_stays_closed(varnas: Adoption, stranger: Client) -> None:
    User.objects.create_user("closed@example.se", is_active=False)
    assert "inactive" in come(stranger, "closed@example.se")
    assert not Enrolment.objects.exists()


def test_a_second_step_is_asked_for_before_anything_is_begun(varnas: Adoption, doris: Person, stranger: Client) -> None:
    from allauth.mfa.totp.internal import auth

    assert doris.user is not None
    auth.TOTP.activate(doris.user, auth.generate_totp_secret())
    assert "2fa" in come(stranger, doris.user.email)
    assert not Enrolment.objects.exists()
    assert stranger.get("/me/").status_code == 302


def test_another_users_second_step_is_not_skipped_by_being_signed_in(
    varnas: Adoption, doris: Person, alva: User, stranger: Client
) -> None:
    from allauth.mfa.totp.internal import auth

    assert doris.user is not None
    auth.TOTP.activate(doris.user, auth.generate_totp_secret())
    ask(stranger, doris.user.email)
    stranger.force_login(alva)
    answer(stranger, letter())
    assert not Enrolment.objects.exists()


def test_five_wrong_codes_and_it_works_no_more(varnas: Adoption, stranger: Client) -> None:
    ask(stranger)
    code = letter()
    assert [answer(stranger, "WRNG-CODE") for _ in range(5)] == ["422"] * 4 + ["/apply/varnas/"]
    assert answer(stranger, code) == "/apply/varnas/"
    assert not Enrolment.objects.exists()


def test_a_code_works_in_its_own_browser_alone(varnas: Adoption, stranger: Client) -> None:
    ask(stranger)
    assert answer(Client(), letter()) == "/apply/varnas/"
    assert "/applied/" in answer(stranger, letter())


@pytest.mark.parametrize(("minutes", "works"), [(codes.MINUTES - 1, True), (codes.MINUTES + 1, False)])
def test_a_code_works_for_a_quarter(
    minutes: int, works: bool, varnas: Adoption, stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(stranger)
    later = timezone.now() + timedelta(minutes=minutes)
    with monkeypatch.context() as patch:
        patch.setattr(timezone, "now", lambda: later)
        assert ("/applied/" in answer(stranger, letter())) == works


def test_an_address_that_was_never_confirmed_is_forgotten(varnas: Adoption, stranger: Client) -> None:
    ask(stranger)
    assert stranger.session.get_expiry_age() <= codes.MINUTES * 60
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    other = Client(headers={"accept-language": "en"})
    ask(other, "other@example.se")
    assert Session.objects.count() == 1
    answer(other, letter())
    assert other.session.get_expiry_age() > codes.MINUTES * 60


def test_a_new_code_ends_the_one_before(varnas: Adoption, stranger: Client) -> None:
    ask(stranger)
    first = letter()
    ask(stranger)
    assert answer(stranger, first) == "422"
    assert "/applied/" in answer(stranger, letter())


def test_a_code_is_for_one_address_alone(
    varnas: Adoption, lindmala: Organisation, alva: User, stranger: Client
) -> None:
    applying.open_address(run("volontar-hemhandling", lindmala, name="Handla"), user=alva)
    ask(stranger)
    assert answer(stranger, letter(), word="handla") == "/apply/handla/"
    assert not Enrolment.objects.exists()


@pytest.mark.parametrize("email", ["dorıs@example.se", "doriſ@example.se", "no address", "", "maj@@example.se"])
def test_an_address_that_is_none_or_looks_like_anothers_is_refused(
    email: str, varnas: Adoption, doris: Person, stranger: Client
) -> None:
    assert ask(stranger, email) == 422
    assert not mail.outbox


def test_one_mailbox_gets_five_letters_an_hour(varnas: Adoption, stranger: Client) -> None:
    assert [ask(stranger, email) for email in (MAJ, "MAJ@example.se") * 3] == [302] * 5 + [429]
    assert ask(stranger, "somebody@example.se") == 302
    assert len(mail.outbox) == 6


def test_one_place_asks_for_thirty_letters_an_hour(varnas: Adoption, stranger: Client) -> None:
    got = [ask(stranger, f"{n}@example.se") for n in range(31)]
    assert got == [302] * 30 + [429]


@pytest.mark.parametrize(
    ("status", "said"), [(Status.PAUSED, "It is paused"), (Status.ENDED, "It has ended"), (Status.PLANNED, "not begun")]
)
def test_what_does_not_run_says_so(status: Status, said: str, varnas: Adoption, stranger: Client) -> None:
    ask(stranger)
    code = letter()
    Adoption.objects.filter(pk=varnas.pk).update(status=status)
    page = stranger.get("/apply/varnas/").content.decode()
    assert said in page
    assert "<form method" not in page.partition("<main")[2].partition("</main")[0]
    assert answer(stranger, code) == "/apply/varnas/"
    assert ask(stranger) == 200
    assert not Person.objects.exists()


def test_without_a_mail_server_it_says_so_and_sends_nothing(
    varnas: Adoption, stranger: Client, settings: Settings, alva: User, sign_in: SignIn
) -> None:
    settings.EMAIL_HOST = ""
    assert "No letters can be sent" in stranger.get("/apply/varnas/").content.decode()
    assert ask(stranger) == 200
    assert not mail.outbox
    assert "name a mail server" in sign_in(alva).get(to("apply-address", varnas)).content.decode()


def test_a_letter_that_cannot_be_sent_says_so(
    varnas: Adoption, stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_args: object, **_kwargs: object) -> int:
        raise OSError

    monkeypatch.setattr(EmailMessage, "send", fails)
    assert ask(stranger) == 422


def test_simulated_works_and_says_so(lindmala: Organisation, alva: User, wall: Wall, stranger: Client) -> None:
    applying.open_address(run("sormland-varnas", lindmala, name="Värnäs", simulated=True), user=alva)
    assert "simulated-banner" in stranger.get("/apply/varnas/").content.decode()
    come(stranger)
    person = Person.objects.get()
    assert person.user is not None
    assert (person.simulated, person.user.simulated) == (True, True)


def test_in_the_demo_the_code_is_shown_and_opens_no_real_account(
    lindmala: Organisation, alva: User, wall: Wall, stranger: Client, settings: Settings
) -> None:
    settings.EMAIL_HOST, settings.GENKLANG_DEMO = "", True
    applying.open_address(run("sormland-varnas", lindmala, name="Värnäs", simulated=True), user=alva)
    for email, comes_in in ((MAJ, True), (alva.email, False)):
        client = Client(headers={"accept-language": "en"})
        ask(client, email)
        code = re.search(r"would have been (\S+?)<", client.get("/apply/varnas/code/").content.decode())
        assert code
        assert ("/applied/" in answer(client, code[1])) == comes_in
    assert not mail.outbox
    assert Enrolment.objects.count() == 1


def test_among_several_roles_one_says_which(lindmala: Organisation, alva: User, wall: Wall, stranger: Client) -> None:
    adoption = run("volontar-hemhandling", lindmala, name="Handla")
    applying.open_address(adoption, user=alva)
    assert ask(stranger, word="handla") == 422
    assert ask(stranger, word="handla", role="coordinator") == 422
    come(stranger, word="handla", role="volunteer")
    assert Enrolment.objects.get().role == "volunteer"


def to(name: str, adoption: Adoption) -> str:
    return reverse(f"operate:{name}", args=[adoption.public_id])


CAST = ("alva", "bo", "fia", "cia", "doris", "elin", "nobody")
#                    alva bo  fia cia doris elin nobody
TABLE = {
    ("get", "apply-address"): "200 403 404 404 404 404 302",
    ("post", "apply-address"): "302 403 404 404 404 404 302",
    ("post", "apply-take-away"): "302 403 404 404 404 404 302",
}


@pytest.mark.parametrize(("method", "page"), TABLE)
def test_only_the_lead_opens_and_takes_away(
    method: str,
    page: str,
    varnas: Adoption,
    alva: User,
    bo: User,
    fia: User,
    cia: User,
    doris: Person,
    elin: User,
    sign_in: SignIn,
) -> None:
    people: dict[str, User | Person] = {"alva": alva, "bo": bo, "fia": fia, "cia": cia, "doris": doris, "elin": elin}
    clients = {name: sign_in(who) for name, who in people.items()} | {"nobody": Client()}
    seen = {}
    for who in (*CAST[1:], "alva"):  # the lead last: what others may not do has not been done
        assert applying.adoption_behind("varnas") == varnas
        seen[who] = str(getattr(clients[who], method)(to(page, varnas)).status_code)
    assert seen == dict(zip(CAST, TABLE[method, page].split(), strict=True))


@pytest.mark.parametrize("who", CAST)
def test_the_open_page_is_everybodys(
    who: str,
    varnas: Adoption,
    fia: User,
    cia: User,
    doris: Person,
    elin: User,
    sign_in: SignIn,
    request: pytest.FixtureRequest,
) -> None:
    client = Client() if who == "nobody" else sign_in(request.getfixturevalue(who))
    assert client.get("/apply/varnas/").status_code == 200
    assert client.get("/apply/granvik/").status_code == 404


def test_taken_away_it_is_gone_and_opened_again_it_is_the_same(
    varnas: Adoption, alva: User, sign_in: SignIn, stranger: Client
) -> None:
    client = sign_in(alva)
    assert "testserver/apply/varnas/" in client.get(to("apply-address", varnas)).content.decode()
    client.post(to("apply-take-away", varnas))
    assert stranger.get("/apply/varnas/").status_code == 404
    assert ask(stranger) == 404
    client.post(to("apply-address", varnas))
    assert stranger.get("/apply/varnas/").status_code == 200
    decided = AccessLog.objects.filter(action=Action.DECIDE, actor=alva).count()
    assert decided == 3  # opened, taken away, opened again


def test_two_of_one_name_have_their_own_addresses(
    varnas: Adoption, granvik: Organisation, cia: User, stranger: Client
) -> None:
    other = run("sormland-varnas", granvik, name="Värnäs")
    assert applying.open_address(other, user=cia).word == "varnas-2"
    come(stranger, word="varnas-2")
    assert Person.objects.get().organisation == granvik


def test_a_practice_where_somebody_lets_one_in_has_no_address(
    companions: Adoption, alva: User, sign_in: SignIn
) -> None:
    assert sign_in(alva).get(to("apply-address", companions)).status_code == 404
    assert sign_in(alva).post(to("apply-address", companions)).status_code == 404
    assert not ApplyAddress.objects.exists()
