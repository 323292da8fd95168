"""Private links: what a guest reads and says, what opening means, and everything that closes a link."""

import pytest
from django.test import Client
from django.urls import reverse

from genklang.operate import clock, inviting, services
from genklang.operate.models import Attachment, Event, Link
from genklang.operate.problems import Refused
from genklang.operate.views import visiting
from genklang.people.models import AccessLog, Person, User
from tests.conftest import SignIn
from tests.web.operate_core.conftest import Wall
from tests.web.operate_visiting.conftest import School, address_of, opened, say_address


def test_nothing_is_sent_before_everybody_has_said_yes_and_the_words_are_there(school: School) -> None:
    film = school.film()
    for missing in ("asked", "yes", "words"):
        with pytest.raises(Refused):
            school.say("sent", film=film, whom="Mamma")
        if missing == "asked":
            asked = school.say("asked_consent", film=film, who="Kim", used_for="familjen")
        elif missing == "yes":
            school.say("consented", film=film, asked=asked)
        else:
            school.say("subtitled", film=film, language="ar", text="0:01 واحد")
    school.say("sent", film=film, whom="Mamma")


def test_words_in_another_language_are_not_the_familys(school: School) -> None:
    film = school.film()
    school.permitted(film)
    school.say("subtitled", film=film, language="so", text="0:01 laba")
    with pytest.raises(Refused):
        school.say("sent", film=film, whom="Mamma")


def test_looking_ahead_is_not_opening(school: School, visitor: Client) -> None:
    address = address_of(school.sent()[1])
    page = visitor.get(address)
    assert (page.status_code, "Division" in page.content.decode()) == (200, False)
    assert not Event.objects.filter(kind="seen").exists()
    assert visitor.get(f"{address}open/").status_code == 405


def test_opening_is_remembered_once(school: School, visitor: Client) -> None:
    _film, sent = school.sent()
    address = address_of(sent)
    for _time in range(2):
        assert "Division" in opened(visitor, address)
    seen = Event.objects.get(kind="seen")
    assert (seen.by, seen.data, seen.link) == ("family", {"sent": sent}, Link.objects.get(event=sent))


def test_only_the_hash_is_kept_and_a_new_address_ends_the_earlier(school: School, visitor: Client) -> None:
    _film, sent = school.sent()
    first, second = address_of(sent), address_of(sent)
    assert (visitor.get(first).status_code, visitor.get(second).status_code) == (404, 200)
    kept = str(Link.objects.filter(event=sent).values().get())
    assert second.strip("/").split("/")[1] not in kept


def test_every_page_behind_a_link_is_kept_from_indexes_caches_and_referrers(school: School, visitor: Client) -> None:
    film, sent = school.sent()
    address = address_of(sent)
    opened(visitor, address)
    media = Attachment.objects.get(event=film).media
    for path in (address, f"{address}files/{media.public_id}/"):
        page = visitor.get(path)
        assert page["X-Robots-Tag"] == "noindex, nofollow"
        assert "no-store" in page["Cache-Control"]
        assert page["Referrer-Policy"] in {"same-origin", "no-referrer"}


def test_the_family_reads_in_its_language_and_from_right_to_left(school: School, visitor: Client) -> None:
    address = address_of(school.sent()[1])
    opened(visitor, address)
    page = visitor.get(address, headers={"accept-language": "ar,en;q=0.5"}).content.decode()
    assert '<html lang="ar" dir="rtl">' in page
    assert "اسأل المدرسة" in page
    assert '<html lang="so">' in visitor.get(f"{address}?language=so").content.decode()
    assert '<html lang="en">' in visitor.get(f"{address}?language=xx").content.decode()


def test_a_question_has_what_it_is_about_filled_in_and_gets_its_answer(school: School, visitor: Client) -> None:
    _film, sent = school.sent()
    address = address_of(sent)
    assert "question" in opened(visitor, address)
    answer = visitor.post(
        say_address(address, "asked"), {"_key": "q", "question": "How do we help?", "sent": "another", "language": "en"}
    )
    assert answer.status_code == 302
    asked = Event.objects.get(kind="asked")
    assert asked.data == {"question": "How do we help?", "sent": sent}
    school.say("answered", asked=asked.key, answer="Look at it together.")
    assert "Look at it together." in visitor.get(address).content.decode()


def test_what_one_guest_says_is_not_told_to_another(school: School, visitor: Client) -> None:
    film, sent = school.sent()
    other = school.say("sent", film=film, whom="Pappa")
    first, second = address_of(sent), address_of(other)
    opened(visitor, first)
    visitor.post(say_address(first, "asked"), {"_key": "q", "question": "Between us", "language": "en"})
    school.say("answered", asked=Event.objects.get(kind="asked").key, answer="Only you")
    page = opened(visitor, second)
    assert "Division" in page
    assert "Between us" not in page
    assert "Only you" not in page
    assert "Kim" not in page


def test_an_empty_question_is_told_and_nothing_is_saved(school: School, visitor: Client) -> None:
    address = address_of(school.sent()[1])
    opened(visitor, address)
    answer = visitor.post(say_address(address, "asked"), {"_key": "q", "question": "", "language": "en"})
    assert answer.status_code == 422
    assert "Nothing is written" in answer.content.decode()
    assert not Event.objects.filter(kind="asked").exists()


@pytest.mark.parametrize("kind", ["seen", "answered", "filmed", "nonsense"])
def test_a_guest_says_nothing_that_is_not_asked(school: School, visitor: Client, kind: str) -> None:
    address = address_of(school.sent()[1])
    opened(visitor, address)
    before = Event.objects.count()
    assert visitor.post(say_address(address, kind), {"_key": "x", "language": "en"}).status_code == 404
    assert Event.objects.count() == before


def test_a_form_that_has_been_answered_is_not_asked_again(school: School, visitor: Client) -> None:
    film = school.film()
    asked = school.say("asked_consent", film=film, who="Kim", used_for="familjen")
    address = address_of(asked)
    assert "Yes, it may be shown" in opened(visitor, address)
    visitor.post(say_address(address, "consented"), {"_key": "c", "language": "en"})
    assert Event.objects.get(kind="consented").data == {"film": film, "asked": asked}
    assert "Yes, it may be shown" not in visitor.get(address).content.decode()


@pytest.mark.parametrize("end", ["called back", "time", "voided", "ended"])
def test_what_closes_a_link(school: School, visitor: Client, bo: User, wall: Wall, end: str) -> None:
    film, sent = school.sent()
    media = Attachment.objects.get(event=film).media
    address = address_of(sent)
    opened(visitor, address)
    if end == "called back":
        inviting.call_back(Link.objects.get(event=sent), user=bo)
    elif end == "time":
        wall.time += 30 * 24 * 60 * clock.MINUTE
    elif end == "voided":
        wall.time += 1_000_000
        services.void(Event.objects.get(key=sent), user=bo, role="teacher")
    else:
        school.say("ended")
    assert visitor.get(address).status_code == 404
    assert visitor.get(f"{address}files/{media.public_id}/").status_code == 404
    assert visitor.post(say_address(address, "asked"), {"question": "?"}).status_code == 404


def test_reading_through_a_link_is_in_the_access_log(school: School, visitor: Client, doris: Person) -> None:
    opened(visitor, address_of(school.sent()[1]))
    row = AccessLog.objects.get(person=doris)
    assert (row.actor, "Mamma" in row.purpose) == (None, True)


def test_a_guest_who_writes_too_much_is_told_to_wait(school: School, visitor: Client) -> None:
    address = address_of(school.sent()[1])
    opened(visitor, address)
    link = Link.objects.get(role="family")
    while not visiting.guest_brake.seconds_to_wait(link.pk):
        pass
    answer = visitor.post(say_address(address, "asked"), {"question": "?"})
    assert (answer.status_code, int(answer["Retry-After"]) > 0) == (429, True)


CAST = {"bo": 200, "alva": 200, "fia": 404, "cia": 404, "elin": 404, "doris": 404}


@pytest.mark.parametrize("who", CAST)
def test_who_may_give_a_link(
    who: str, school: School, lindmala: object, request: pytest.FixtureRequest, sign_in: SignIn
) -> None:
    link = Link.objects.get(event=school.sent()[1])
    client = sign_in(request.getfixturevalue(who))
    path = reverse("operate:link", args=[link.public_id])
    assert client.get(path).status_code == CAST[who]
    assert client.post(path).status_code == CAST[who]
    link.refresh_from_db()
    assert (link.sha256 is not None) == (CAST[who] == 200)
    calls = client.post(reverse("operate:link-call-back", args=[link.public_id])).status_code
    assert calls == {200: 302}.get(CAST[who], 404)


def test_signed_out_nobody_gives_a_link(school: School, visitor: Client) -> None:
    link = Link.objects.get(event=school.sent()[1])
    assert visitor.get(reverse("operate:link", args=[link.public_id])).status_code == 302
