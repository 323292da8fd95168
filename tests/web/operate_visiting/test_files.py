"""Files in events: kept by content, read by whoever may read the event, and gone when an event erases them."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from genklang.operate import attaching
from genklang.operate.models import Attachment, Event
from genklang.operate.problems import Refused
from genklang.people.models import AccessLog, Person, User
from genklang.voices.models import Media
from tests.conftest import SignIn
from tests.web.operate_visiting.conftest import FILM, School, address_of, opened, say_address

Committed = DjangoCaptureOnCommitCallbacks
CAST = {"bo": 200, "alva": 200, "doris": 200, "fia": 404, "cia": 404, "elin": 404}


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Committed) -> Committed:
    """What is to be done when a transaction has ended, done at the end of the block."""
    return django_capture_on_commit_callbacks


def on_disk(settings: Settings) -> list[Path]:
    return [path for path in (Path(settings.VAR) / "media").glob("*/*/*") if path.is_file()]


def file_of(event: str) -> str:
    return reverse("operate:file", args=[Attachment.objects.get(event=event).media.public_id])


@pytest.mark.parametrize("who", CAST)
def test_who_may_see_a_film(
    who: str, school: School, fia: User, request: pytest.FixtureRequest, sign_in: SignIn
) -> None:
    path = file_of(school.film())
    assert sign_in(request.getfixturevalue(who)).get(path).status_code == CAST[who]


def test_signed_out_nobody_sees_it(school: School, visitor: Client) -> None:
    assert visitor.get(file_of(school.film())).status_code == 302


def test_looking_at_a_film_is_logged(school: School, sign_in: SignIn, bo: User, doris: Person) -> None:
    sign_in(bo).get(file_of(school.film()))
    assert AccessLog.objects.filter(actor=bo, person=doris).count() == 1


def test_a_film_is_given_as_what_it_is_and_never_as_a_page(school: School, sign_in: SignIn, bo: User) -> None:
    answer = sign_in(bo).get(file_of(school.film()))
    assert answer["Content-Type"] == "video/webm"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer) == FILM


PARTS = {
    "bytes=0-": (206, FILM),
    "bytes=4-7": (206, FILM[4:8]),
    "bytes=-5": (206, FILM[-5:]),
    "bytes=2000-999999": (206, FILM[2000:]),
    "bytes=999999-": (416, b""),
    "bytes=7-4": (200, FILM),
    "bytes=0-1,4-5": (200, FILM),
    "lines=1-2": (200, FILM),
}


@pytest.mark.parametrize("asked", PARTS)
def test_parts_of_a_film(asked: str, school: School, sign_in: SignIn, bo: User) -> None:
    answer = sign_in(bo).get(file_of(school.film()), headers={"range": asked})
    status, content = PARTS[asked]
    assert (answer.status_code, b"".join(answer)) == (status, content)
    if status == 206:
        assert int(answer["Content-Length"]) == len(content)


def test_a_guest_sees_the_film_and_its_words_and_no_other(school: School, visitor: Client) -> None:
    film, sent = school.sent()
    other = school.film(FILM + b"other")
    address = address_of(sent)
    page = opened(visitor, address)
    words = Attachment.objects.get(language="ar").media
    assert str(words.public_id) in page
    answer = visitor.get(f"{address}files/{words.public_id}/")
    assert b"".join(answer).startswith(b"WEBVTT\n\n00:00:00.000 --> 00:00:02.000\nTolv")
    assert visitor.get(f"{address}files/{Attachment.objects.get(event=film).media.public_id}/").status_code == 200
    assert visitor.get(f"{address}files/{Attachment.objects.get(event=other).media.public_id}/").status_code == 404


def test_no_means_that_film_and_words_are_gone_for_everybody(
    school: School,
    visitor: Client,
    sign_in: SignIn,
    bo: User,
    settings: Settings,
    committed: Committed,
) -> None:
    film, sent = school.sent()
    path, words = file_of(film), Attachment.objects.get(language="ar").media
    address = address_of(sent)
    opened(visitor, address)
    with committed(execute=True):
        school.say("said_no", film=film)
    assert on_disk(settings) == []
    assert sign_in(bo).get(path).status_code == 410
    assert visitor.get(f"{address}files/{words.public_id}/").status_code in {404, 410}
    assert "webm" not in visitor.get(address).content.decode()
    assert set(Media.objects.values_list("name", flat=True)) == {""}


def test_the_same_film_twice_lies_once_and_goes_with_the_last(
    school: School, settings: Settings, committed: Committed
) -> None:
    first, second = school.film(), school.film()
    assert len(on_disk(settings)) == 1
    with committed(execute=True):
        school.say("said_no", film=first)
    assert len(on_disk(settings)) == 1
    with committed(execute=True):
        school.say("said_no", film=second)
    assert on_disk(settings) == []


def test_whoever_is_in_it_says_no_through_their_link(school: School, visitor: Client) -> None:
    film = school.film()
    address = address_of(school.say("asked_consent", film=film, who="Kim", used_for="familjen"))
    opened(visitor, address)
    visitor.post(say_address(address, "said_no"), {"_key": "n", "language": "en"})
    assert Event.objects.get(kind="said_no").data == {"film": film}
    assert Media.objects.get().withdrawn_at is not None


def test_what_is_refused_leaves_no_film_behind(school: School, settings: Settings) -> None:
    upload = SimpleUploadedFile("film.webm", FILM)
    with pytest.raises(Refused):
        school.say("filmed", recording=upload, about="x", kind="nonsense")
    assert (Media.objects.count(), on_disk(settings)) == (0, [])


def test_the_same_form_twice_leaves_one_film(school: School) -> None:
    for _time in range(2):
        school.say("filmed", id="page-1", about="x", kind="work", recording=SimpleUploadedFile("f.webm", FILM))
        school.wall.time -= 1_000_000
    assert Media.objects.count() == 1


def test_nobody_takes_a_film_that_belongs_to_another_event(school: School) -> None:
    media = Attachment.objects.get(event=school.film()).media
    second = school.say("filmed", about="x", kind="work", recording=str(media.public_id))
    assert not Attachment.objects.filter(event=second).exists()


def test_a_film_whose_event_never_came_goes_after_a_day(school: School, settings: Settings) -> None:
    school.film()
    Attachment.objects.all().delete()
    assert attaching.sweep() == 0
    Media.objects.update(kept_at="2026-01-01T00:00Z")
    assert attaching.sweep() == 1
    assert on_disk(settings) == []
