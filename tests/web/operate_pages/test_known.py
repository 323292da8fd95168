"""Asking once: what is known is confirmed, who may see where it was said, when it is too old, and what is counted."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from genklang.operate import services, sparing
from genklang.operate.incoming import Source
from genklang.operate.models import Adoption, Enrolment, Event
from genklang.operate.pages.asking import asking_about
from genklang.operate.pages.known import Teller, told
from genklang.operate.sent_forms import SentForm
from genklang.people.models import Organisation, Person, User
from tests.conftest import SignIn
from tests.web.operate_core.conftest import Wall, publish

ASKING = """
language: 1
practice: {name}
version: 1.0.0
title: {{sv: {title}, en: {title}}}
summary: {{sv: Frågar., en: Asks.}}
roles:
  person: {{participant: true, sv: Person, en: Person}}
  worker: {{sv: Handläggare, en: Worker}}
facts:
  tongue: {{concept: best_language, type: text, {valid}sv: Vilket språk?, en: Which language?}}
  people_at_home: {{concept: household_size, type: integer, min: 1, max: {most}, sv: Hur många?, en: How many?}}
stages:
  here: {{sv: Här, en: Here}}
events:
  talked:
    sv: Samtal
    en: Conversation
    by: [person, worker]
    fields:
      tongue: {{type: text, required: false, states: tongue, sv: Vilket språk?, en: Which language?}}
      people_at_home:
        {{type: integer, required: false, min: 1, max: {most}, states: people_at_home, sv: Hur många?, en: How many?}}
      words: {{type: text, required: false, sv: Vad sades?, en: What was said?}}
"""


def asking(organisation: Organisation, name: str, *, valid: str = "", most: int = 20) -> Adoption:
    """A practice that asks two questions, run by the organisation."""
    text = ASKING.format(name=name, title=name.capitalize(), valid=f"valid: {valid}, " if valid else "", most=most)
    return services.adopt(organisation=organisation, protocol_version=publish(text), actor=None, name=name)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def here(lindmala: Organisation, doris: Person, bo: User, wall: Wall) -> Enrolment:
    """Doris in a practice where Bo works; answers about language hold for two months."""
    adoption = asking(lindmala, "here", valid="2 months")
    services.assign(adoption, user=bo, role="worker")
    return services.enrol(adoption, person=doris, key="H-1")


@pytest.fixture
def there(lindmala: Organisation, doris: Person, wall: Wall) -> Enrolment:
    """Doris in another, where Bo does not work; there she has said that she speaks Finnish."""
    enrolment = services.enrol(asking(lindmala, "there"), person=doris, key="T-1")
    return answered(enrolment, tongue="finska", people_at_home=12)


def answered(enrolment: Enrolment, **data: object) -> Enrolment:
    """The enrolment, once its questions have been answered."""
    services.record_one(enrolment, "talked", data, source=Source(by="worker"))
    enrolment.refresh_from_db()
    return enrolment


def known(enrolment: Enrolment, user: User | None, own_role: str = "") -> dict[str, object]:
    """What the form of a conversation shows as known to somebody."""
    enrolment.refresh_from_db()
    return dict(asking_about(enrolment, "talked", teller=Teller(user, own_role) if user else None).known)


def send(client: Client, enrolment: Enrolment, **data: str) -> None:
    """Sends the form of a conversation, as staff."""
    path = reverse("operate:report", args=[enrolment.public_id, "talked"])
    assert client.post(path, {"_key": f"k{SentForm.objects.count()}{len(data)}", **data}).status_code == 302


def test_what_was_said_here_is_known_here(here: Enrolment, bo: User) -> None:
    assert known(here, bo) == {}
    assert known(answered(here, tongue="svenska"), bo) == {"tongue": "svenska"}


def test_what_is_too_old_is_asked_again(here: Enrolment, bo: User, wall: Wall) -> None:
    answered(here, tongue="svenska", people_at_home=2)
    wall.set("2026-05-02 06:59")
    assert known(here, bo) == {"tongue": "svenska", "people_at_home": 2}
    wall.set("2026-05-02 07:00")
    assert known(here, bo) == {"people_at_home": 2}
    assert asking_about(here, "talked", teller=Teller(bo)).again == {"tongue"}


def test_the_person_need_not_tell_another_practice_again(here: Enrolment, there: Enrolment, doris: Person) -> None:
    assert known(here, doris.user, "person") == {"tongue": "finska", "people_at_home": 12}
    since = asking_about(here, "talked", teller=Teller(doris.user, "person")).since  # type: ignore[arg-type]
    assert "There" in since["tongue"]


def test_staff_see_only_what_they_may_see_anyway(here: Enrolment, there: Enrolment, bo: User, alva: User) -> None:
    assert known(here, bo) == {}
    assert known(here, None) == {}
    assert known(here, alva)["tongue"] == "finska"
    services.assign(there.adoption, user=bo, role="worker")
    assert known(here, bo)["tongue"] == "finska"


def test_an_answer_that_does_not_fit_the_question_is_not_shown(
    lindmala: Organisation, there: Enrolment, doris: Person, alva: User
) -> None:
    narrow = services.enrol(asking(lindmala, "narrow", most=9), person=doris, key="N-1")
    assert known(narrow, alva) == {"tongue": "finska"}


def test_staff_see_when_it_was_said_and_when_to_ask_again(here: Enrolment, wall: Wall) -> None:
    answered(here, tongue="svenska", people_at_home=2)
    assert told(here) == [("Which language?", "svenska (said today)"), ("How many?", "2")]
    wall.set("2026-06-01 08:00")
    assert told(here)[0][1] == "svenska (said 2 March; ask again)"


def test_what_was_taken_back_is_not_known(here: Enrolment, bo: User) -> None:
    answered(here, tongue="svenska")
    services.void(Event.objects.get(kind="talked"), user=bo, role="worker")
    assert known(here, bo) == {}


def test_what_forms_ask_and_spare_is_counted(here: Enrolment, bo: User, wall: Wall, sign_in: SignIn) -> None:
    client = sign_in(bo)
    send(client, here, tongue="svenska", words="Hej")
    send(client, here, tongue="svenska", people_at_home="2")
    send(client, here, tongue="finska", people_at_home="2", words="Hej då")
    assert sparing.asked(here.adoption) == sparing.Asked(asked=2, repeated=0, confirmed=2, corrected=1)
    wall.set("2026-06-01 08:00")
    send(client, here, tongue="finska")
    found = sparing.asked(here.adoption)
    assert found == sparing.Asked(asked=3, repeated=1, confirmed=2, corrected=2)
    assert (found.in_all, round(found.share, 3)) == (7, 0.286)


def test_a_form_taken_back_counts_no_more(here: Enrolment, bo: User, sign_in: SignIn) -> None:
    send(sign_in(bo), here, tongue="svenska")
    assert sparing.asked(here.adoption).asked == 1
    services.void(Event.objects.get(kind="talked"), user=bo, role="worker")
    assert sparing.asked(here.adoption).in_all == 0


def test_a_form_without_such_questions_leaves_no_trace(here: Enrolment, bo: User, sign_in: SignIn) -> None:
    send(sign_in(bo), here, words="Hej")
    assert not SentForm.objects.exists()


def test_a_form_sent_twice_counts_once(here: Enrolment, bo: User, sign_in: SignIn) -> None:
    path = reverse("operate:report", args=[here.public_id, "talked"])
    for _time in range(2):
        sign_in(bo).post(path, {"_key": "same", "tongue": "svenska"})
    assert SentForm.objects.get().asked == 1
