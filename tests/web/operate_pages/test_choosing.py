"""Choosing among records by their words: only what stands, only what waits, and what a link has chosen."""

from collections.abc import Iterator

import pytest
from django.urls import reverse
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from genklang.operate import joining, services
from genklang.operate.incoming import IncomingEvent, Source
from genklang.operate.models import Enrolment, Event
from genklang.operate.pages.asking import asking_about
from genklang.operate.pages.protocols import words_of
from genklang.operate.pages.telling import Telling
from genklang.operate.pages.ways import Ways, about, tellings
from genklang.people.models import AccessLog, Action, Organisation, Person, User
from genklang.people.services import add_person
from tests.conftest import SignIn
from tests.web.operate_core.conftest import Wall, at, publish
from tests.web.operate_pages.conftest import PRACTICES


@pytest.fixture(autouse=True)
def _swedish() -> Iterator[None]:
    with translation.override("sv"):
        yield


@pytest.fixture
def case(lindmala: Organisation, doris: Person, bo: User, wall: Wall) -> Enrolment:
    """A network investigation about Doris, with two people on the map and two agreements."""
    version = publish((PRACTICES / "laholm-natverksutredning" / "protocol.yaml").read_text())
    adoption = services.adopt(organisation=lindmala, protocol_version=version, actor=None, name="Nätverk")
    services.assign(adoption, user=bo, role="network_leader")
    enrolment = services.enrol(adoption, person=doris, key="N-1")
    tell(enrolment, wall, "07:01", "person_added", id="P-1", name="Kerstin", relation="moster", closeness=1)
    tell(enrolment, wall, "07:02", "person_added", id="P-2", name="Ali", relation="tränare", closeness=2)
    tell(enrolment, wall, "07:03", "agreed", id="A-1", what="Skjuts", who="P-2", by_when="2026-03-10")
    tell(enrolment, wall, "07:04", "agreed", id="A-2", what="Middag", who="P-1", by_when="2026-03-20")
    return enrolment


def tell(enrolment: Enrolment, wall: Wall, when: str, kind: str, *, id: str, by: str = "", **data: object) -> None:
    """Lets an event happen on 2 March 2026."""
    wall.set(f"2026-03-02 {when}")
    by = by or words_of(enrolment).protocol.events[kind].by[0]
    event = IncomingEvent(id, enrolment.key, kind, at(f"2026-03-02 {when}"), data)
    [answer] = services.record(enrolment.adoption, [event], source=Source(by=by))
    assert answer.status == "accepted", answer
    enrolment.refresh_from_db()


def choices(enrolment: Enrolment, kind: str, field: str) -> dict[str, str]:
    return dict(asking_about(enrolment, kind).choices[field])


def test_records_are_told_in_words_the_latest_first(case: Enrolment) -> None:
    assert choices(case, "person_removed", "who") == {"P-2": "Ali, tränare", "P-1": "Kerstin, moster"}
    assert choices(case, "followed_up", "agreement")["A-1"] == "Skjuts, Ali, 10 mars"


def test_what_was_taken_back_cannot_be_chosen(case: Enrolment, bo: User) -> None:
    services.void(Event.objects.get(key="P-2"), user=bo, role="network_leader")
    assert list(choices(case, "person_removed", "who")) == ["P-1"]


def test_what_no_longer_waits_cannot_be_chosen(case: Enrolment, wall: Wall) -> None:
    tell(case, wall, "07:10", "followed_up", id="F-1", agreement="A-1", kept="partly")
    assert list(choices(case, "followed_up", "agreement")) == ["A-2"]


def test_what_need_not_be_chosen_can_be_left_out(case: Enrolment, bo: User, sign_in: SignIn) -> None:
    path = reverse("operate:report", args=[case.public_id, "agreed"])
    page = sign_in(bo).get(path).content.decode()
    assert "None of them" in page
    answer = sign_in(bo).post(path, {"_key": "x", "what": "Läxor", "who": "", "by_when": "2026-04-01"})
    assert answer.status_code == 302
    assert "who" not in Event.objects.get(key="page-x").data


def test_a_link_chooses_and_one_alone_is_chosen(case: Enrolment, bo: User, sign_in: SignIn) -> None:
    path = reverse("operate:report", args=[case.public_id, "followed_up"])
    assert 'value="A-1" id="id_agreement_1" checked' not in sign_in(bo).get(path).content.decode()
    assert asking_about(case, "followed_up", chosen={"agreement": "A-1"}).chosen == {"agreement": "A-1"}
    assert asking_about(case, "followed_up", chosen={"agreement": "P-1"}).chosen == {}


def test_what_is_not_among_the_choices_is_refused(case: Enrolment, bo: User, sign_in: SignIn) -> None:
    path = reverse("operate:report", args=[case.public_id, "followed_up"])
    answer = sign_in(bo).post(path, {"_key": "x", "agreement": "P-1", "kept": "partly"})
    assert answer.status_code == 422


def test_a_due_says_what_it_is_about_and_how_to_meet_it(case: Enrolment) -> None:
    words = words_of(case)
    due = "agreement/A-1/1"
    assert about(due, Telling(case.adoption, words)) == "Skjuts, Ali, 10 mars"
    [way] = Ways(words, {"followed_up": "Följ upp"}).of(due)
    assert (way.kind, way.query) == ("followed_up", "agreement=A-1")
    assert about("first_meeting/N-1:enrolled/1", Telling(case.adoption, words)) == ""


def test_what_many_dues_are_about_is_looked_up_at_once(
    case: Enrolment, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    place = (case.adoption_id, case.protocol_version_id)
    rows = [(place, f"agreement/A-{number}/1") for number in (1, 2)]
    words = words_of(case)
    with django_assert_num_queries(2):  # the agreements, and whom they name
        [telling] = tellings(rows, lambda _place: Telling(case.adoption, words)).values()
        assert [about(due, telling) for _place, due in rows] == ["Skjuts, Ali, 10 mars", "Middag, Kerstin, 20 mars"]


def test_a_date_is_told_as_a_day_and_its_deadline_as_the_last_whole_one(case: Enrolment) -> None:
    words = words_of(case)
    assert words.when_due("agreement", at("2026-03-10 00:00")) == "10 mars"
    assert words.until_due("agreement", at("2026-03-17 00:00")) == "16 mars"
    assert words.until_due("minutes", at("2026-03-22 16:00")) == "22 mars 16:00"


def test_a_form_of_two_references_tells_each_in_short(case: Enrolment, wall: Wall) -> None:
    start = "2026-03-20T16:00:00+01:00"
    tell(case, wall, "07:20", "meeting_planned", id="M-1", start=start, place="Hos Kerstin")
    tell(case, wall, "07:21", "invited", id="I-1", meeting="M-1", who="P-2", called="Ali")
    assert choices(case, "invitation_withdrawn", "invitation") == {"I-1": "20 mars 16:00, Ali"}


def test_looking_up_what_events_point_at_takes_one_query(
    case: Enrolment, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rows = list(Event.objects.filter(enrolment=case, kind="agreed"))
    telling = Telling(case.adoption, words_of(case))
    with django_assert_num_queries(1):
        telling.ready(rows)
        assert [telling.line(row) for row in rows] == ["Skjuts, Ali, 10 mars", "Middag, Kerstin, 20 mars"]


def test_a_form_that_shows_records_is_a_look(case: Enrolment, doris: Person, bo: User, sign_in: SignIn) -> None:
    looks = AccessLog.objects.filter(person=doris, actor=bo, action=Action.VIEW)
    sign_in(bo).get(reverse("operate:report", args=[case.public_id, "meeting_planned"]))
    assert looks.count() == 0
    sign_in(bo).get(reverse("operate:report", args=[case.public_id, "followed_up"]))
    assert looks.count() == 1


def test_a_parent_who_reads_about_her_child_is_logged(
    case: Enrolment, doris: Person, bo: User, lindmala: Organisation, sign_in: SignIn
) -> None:
    user = User.objects.create_user("gun@example.se", name="Gun")
    gun = add_person(organisation=lindmala, display_name="Gun", user=user)
    joining.join(case, person=gun, role="parent", user=bo, by="network_leader")
    assert "Kerstin" in sign_in(user).get("/me/").content.decode()
    sign_in(doris).get("/me/")
    looked = AccessLog.objects.filter(action=Action.VIEW).values_list("actor__name", "person__display_name")
    assert list(looked) == [("Gun", "Doris")]


def test_names_to_choose_between_are_a_list(
    lindmala: Organisation, doris: Person, bo: User, wall: Wall, sign_in: SignIn
) -> None:
    adoption = services.adopt(organisation=lindmala, protocol_version=publish(MATCHING), actor=None, name="Par")
    services.assign(adoption, user=bo, role="coordinator")
    gun = add_person(organisation=lindmala, display_name="Gun")
    services.enrol(adoption, person=gun, key="P-2")
    enrolment = services.enrol(adoption, person=doris, key="P-1")
    page = sign_in(bo).get(reverse("operate:report", args=[enrolment.public_id, "matched"])).content.decode()
    assert "Gun (P-2)" in page
    assert "Doris (P-1)" not in page
    assert AccessLog.objects.filter(person=gun, actor=bo, action=Action.LIST).count() == 1


MATCHING = """
language: 1
practice: matching
version: 1.0.0
title: {sv: Par, en: Pairs}
summary: {sv: Två och två., en: Two by two.}
roles:
  person: {participant: true, sv: Person, en: Person}
  coordinator: {sv: Samordnare, en: Coordinator}
stages:
  here: {sv: Här, en: Here}
events:
  matched:
    {sv: Para ihop, en: Match, by: coordinator, fields: {other: {type: participant, sv: Med vem?, en: With whom?}}}
"""
