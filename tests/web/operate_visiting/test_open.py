"""Open pages: what anybody reads and says, what waits to be let through, and how much one may write."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from genklang.operate import services
from genklang.operate.models import Adoption, Enrolment, Event, Link, Status
from genklang.operate.views import visiting
from genklang.people.models import Organisation, Person, User
from tests.conftest import SignIn
from tests.web.operate_core.conftest import Wall, publish
from tests.web.operate_visiting.conftest import PRACTICES, School, opened, say_address


@pytest.fixture
def live(lindmala: Organisation, alva: User, bo: User, wall: Wall) -> Adoption:
    """Lindmåla asks openly: Bo leads the conversation, Alva answers."""
    version = publish((PRACTICES / "kungalv-live" / "protocol.yaml").read_text(encoding="utf-8"))
    adoption = services.adopt(organisation=lindmala, protocol_version=version, actor=None, name="Lindmåla live")
    services.assign(adoption, user=bo, role="moderator")
    services.assign(adoption, user=alva, role="official")
    return adoption


@pytest.fixture
def talk(live: Adoption, wall: Wall) -> School:
    """A conversation that is on."""
    talk = School(services.enrol(live, title="School food", key="S-1"), wall)
    talk.say("opened", by="moderator")
    wall.time += 1_000_000
    return talk


def page_of(talk: School) -> str:
    return reverse("operate:open-matter", args=[talk.enrolment.public_id])


def ask(visitor: Client, talk: School, words: str, *, key: str = "one") -> str:
    """Somebody asks; the address of their own page."""
    talk.wall.time += 1_000_000
    path = reverse("operate:open-say", args=[talk.enrolment.public_id, "asked"])
    answer = visitor.post(path, {"_key": key, "words": words, "language": "en"})
    assert answer.status_code == 200
    return str(answer.context["address"]).partition("testserver")[2]


def test_a_question_is_shown_once_it_is_let_through_and_to_its_asker_before(talk: School, visitor: Client) -> None:
    own = ask(visitor, talk, "Who decides?")
    question = Event.objects.get(kind="asked")
    assert (question.by, question.actor, question.key) == ("anybody", None, "page-one")
    assert "Who decides?" not in visitor.get(page_of(talk)).content.decode()
    assert "Who decides?" in opened(visitor, own)
    talk.say("let_through", by="moderator", question=question.key)
    assert "Who decides?" in visitor.get(page_of(talk)).content.decode()
    talk.say("held_back", by="moderator", question=question.key, why="personal")
    assert "Who decides?" not in visitor.get(page_of(talk)).content.decode()
    assert "It is about an individual" in visitor.get(own).content.decode()


def test_those_who_answer_are_named_never_by_address(talk: School, visitor: Client, alva: User) -> None:
    ask(visitor, talk, "Who decides?")
    talk.say("let_through", by="moderator", question="page-one")
    talk.say("answered", by="official", user=alva, question="page-one", words="The board")
    page = visitor.get(page_of(talk)).content.decode()
    assert "Alva, politician or official" in page
    assert "example.se" not in page


def test_questions_wait_in_turn(talk: School, visitor: Client) -> None:
    for key in ("one", "two"):
        ask(visitor, talk, f"Question {key}?", key=key)
        talk.say("let_through", by="moderator", question=f"page-{key}")
    page = visitor.get(page_of(talk)).content.decode()
    assert "Number 2 in turn. Waits for: Answer" in page
    talk.say("answered", by="official", question="page-one", words="Yes")
    assert "Number 2" not in visitor.get(page_of(talk)).content.decode()


def test_nothing_is_exchanged_while_nothing_is_new(talk: School, visitor: Client) -> None:
    ask(visitor, talk, "Who decides?")
    mark = visitor.get(page_of(talk)).context["mark"]
    asked = {"part": "log", "seen": mark}
    assert visitor.get(page_of(talk), asked).status_code == 204
    talk.say("let_through", by="moderator", question="page-one")
    part = visitor.get(page_of(talk), asked)
    assert (part.status_code, "<html" in part.content.decode()) == (200, False)


def test_what_asker_tells_of_themselves_is_shown_to_nobody_else(talk: School, visitor: Client) -> None:
    own = ask(visitor, talk, "Who decides?")
    opened(visitor, own)
    data = {"_key": "me", "age": "under_25", "before": "false", "language": "en"}
    assert visitor.post(say_address(own, "about_me"), data).status_code == 302
    assert Event.objects.get(kind="about_me").data == {"question": "page-one", "age": "under_25", "before": False}
    assert "Under 25" not in visitor.get(page_of(talk)).content.decode()


def test_whoever_asked_takes_the_question_back(talk: School, visitor: Client) -> None:
    own = ask(visitor, talk, "Who decides?")
    opened(visitor, own)
    talk.say("let_through", by="moderator", question="page-one")
    talk.wall.time += 1_000_000
    visitor.post(say_address(own, "withdrawn"), {"_key": "w", "language": "en"})
    assert "Who decides?" not in visitor.get(page_of(talk)).content.decode()
    assert visitor.get(own).status_code == 404


@pytest.mark.parametrize("kind", ["let_through", "answered", "about_me", "nonsense"])
def test_anybody_says_only_what_anybody_may(talk: School, visitor: Client, kind: str) -> None:
    path = reverse("operate:open-say", args=[talk.enrolment.public_id, kind])
    assert visitor.post(path, {"_key": "x", "language": "en"}).status_code == 404
    assert not Link.objects.exists()


def test_too_long_and_too_often_are_refused(talk: School, visitor: Client) -> None:
    path = reverse("operate:open-say", args=[talk.enrolment.public_id, "asked"])
    assert visitor.post(path, {"_key": "x", "words": "x" * 2001, "language": "en"}).status_code == 422
    while not visiting.public_brake.seconds_to_wait((talk.enrolment.pk, "127.0.0.1")):
        pass
    answer = visitor.post(path, {"_key": "y", "words": "Why?", "language": "en"})
    assert (answer.status_code, int(answer["Retry-After"]) > 0) == (429, True)
    assert not Event.objects.filter(kind="asked").exists()


def test_the_page_remains_when_all_is_said_and_takes_nothing_more(talk: School, visitor: Client) -> None:
    ask(visitor, talk, "Who decides?")
    talk.say("let_through", by="moderator", question="page-one")
    talk.say("finished", by="moderator")
    talk.say("closed", by="moderator")
    page = visitor.get(page_of(talk)).content.decode()
    assert ("Who decides?" in page, "Your question" in page, "hx-get" in page) == (True, False, False)


def test_all_of_an_adoption_is_listed_once_something_is_told(talk: School, visitor: Client, live: Adoption) -> None:
    path = reverse("operate:open-pages", args=[live.public_id])
    assert "School food" not in visitor.get(path).content.decode()
    ask(visitor, talk, "Who decides?")
    talk.say("let_through", by="moderator", question="page-one")
    page = visitor.get(path)
    assert ("School food" in page.content.decode(), page["X-Robots-Tag"]) == (True, "noindex, nofollow")


def test_what_is_about_a_person_has_no_open_page(school: School, live: Adoption, visitor: Client) -> None:
    for name, about in (
        ("open-matter", school.enrolment.public_id),
        ("open-pages", school.enrolment.adoption.public_id),
    ):
        assert visitor.get(reverse(f"operate:{name}", args=[about])).status_code == 404


def test_a_planned_adoption_is_not_open_yet(talk: School, live: Adoption, visitor: Client) -> None:
    live.status = Status.PLANNED
    live.save()
    assert visitor.get(page_of(talk)).status_code == 404


def test_cia_reads_what_anybody_reads_and_nothing_behind_it(
    talk: School, cia: User, sign_in: SignIn, doris: Person
) -> None:
    enrolment: Enrolment = talk.enrolment
    assert sign_in(cia).get(page_of(talk)).status_code == 200
    assert sign_in(cia).get(reverse("operate:case", args=[enrolment.public_id])).status_code == 404


def test_an_askers_own_page_is_nobody_elses(
    talk: School, visitor: Client, alva: User, bo: User, sign_in: SignIn
) -> None:
    ask(visitor, talk, "Who decides?")
    link = Link.objects.get()
    for user in (alva, bo):
        assert sign_in(user).post(reverse("operate:link", args=[link.public_id])).status_code == 404
    case = sign_in(bo).get(reverse("operate:case", args=[talk.enrolment.public_id])).content.decode()
    assert "Private links" not in case
    assert "let_through/?question=page-one" in case


def test_asking_again_costs_little(
    talk: School, visitor: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for key in range(5):
        ask(visitor, talk, "Who decides?", key=f"k{key}")
    asked = {"part": "log", "seen": visitor.get(page_of(talk)).context["mark"]}
    with django_assert_max_num_queries(3):
        assert visitor.get(page_of(talk), asked).status_code == 204
